import { expect, test } from "bun:test";
import { published } from "./published.ts";

test("what lanes publish is plain data: nothing of it is lost in JSON", async () => {
  const { sessions, venues, latencies, lanes, journal } = published();
  const all = [
    sessions.list(),
    venues.list(),
    await venues.unacknowledged("XSIM", 10),
    latencies.all(),
    latencies.histogram("total"),
    lanes.list(),
    lanes.rings(),
    lanes.stalls(10),
    journal.streams(),
  ];
  expect(JSON.parse(JSON.stringify(all))).toEqual(all);
});
