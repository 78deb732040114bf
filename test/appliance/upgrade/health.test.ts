import { expect, test } from "bun:test";
import { sessionsIn } from "../../../appliance/upgrade/health.ts";
import { SessionStatus } from "../../../src/host/systemd/session-status.ts";

test("the sessions are read from what the gateway says of itself", () => {
  expect(
    sessionsIn(
      `${new SessionStatus(
        () => 3,
        () => 2,
      ).text()}; 2 lanes`,
    ),
  ).toEqual({ clients: 0, venues: 0 });
  expect(sessionsIn("about 12 of 40 client sessions on, 1 of 2 venues up; the journal's disk is full")).toEqual({
    clients: 12,
    venues: 1,
  });
});

test("of another service, or while it starts, nothing is known", () => {
  for (const status of ["", "reading the journal", "3 of 4 sessions"]) expect(sessionsIn(status)).toBeNull();
});
