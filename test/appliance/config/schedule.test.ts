import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SMALL } from "../../config/small.ts";
import { sallyport } from "../sallyport.ts";

const directory = mkdtempSync(join(tmpdir(), "sallyport-schedule-"));
const file = join(directory, "gateway.toml");
writeFileSync(
  file,
  `${SMALL.replace("[venues.SIM]", 'schedule = "NYSE"\n[client.sessions.DESK]\naccounts = ["ACC1"]\n[venues.SIM]\nschedule = "FX"')}
[calendars.NYSE]
zone = "America/New_York"
open = "09:30"
close = "16:00"
holidays = ["2026-11-26"]
halfDays = { 2026-11-27 = "13:00" }
[calendars.FX]
zone = "Australia/Sydney"
open = "mon 07:00"
close = "sat 07:00"
resetAt = "12:00"
`,
);
afterAll(() => rmSync(directory, { recursive: true }));

function schedule(...words: string[]) {
  return sallyport("schedule", "--config", file, ...words);
}

test("prints the next opens and closes of every session, in its zone and in UTC", () => {
  const { exitCode, stdout, stderr } = schedule("--from", "2026-11-25T15:00:00Z", "--count", "2");
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(stdout.split("\n")).toEqual([
    "client CLIENT: NYSE (America/New_York)",
    "  Wed 2026-11-25T09:30:00-05:00 to Wed 2026-11-25T16:00:00-05:00  2026-11-25T14:30:00Z to 2026-11-25T21:00:00Z  open now, reset",
    "  Fri 2026-11-27T09:30:00-05:00 to Fri 2026-11-27T13:00:00-05:00  2026-11-27T14:30:00Z to 2026-11-27T18:00:00Z  closes early, reset",
    "  Mon 2026-11-30T09:30:00-05:00 to Mon 2026-11-30T16:00:00-05:00  2026-11-30T14:30:00Z to 2026-11-30T21:00:00Z  reset",
    "",
    "client DESK: always open",
    "",
    "venue SIM: FX (Australia/Sydney, reset at 12:00:00)",
    "  Mon 2026-11-23T07:00:00+11:00 to Sat 2026-11-28T07:00:00+11:00  2026-11-22T20:00:00Z to 2026-11-27T20:00:00Z  open now, reset",
    "  Mon 2026-11-30T07:00:00+11:00 to Sat 2026-12-05T07:00:00+11:00  2026-11-29T20:00:00Z to 2026-12-04T20:00:00Z  reset",
    "  Mon 2026-12-07T07:00:00+11:00 to Sat 2026-12-12T07:00:00+11:00  2026-12-06T20:00:00Z to 2026-12-11T20:00:00Z  reset",
    "",
  ]);
});

test("fourteen openings unless told otherwise, of one session where it is named", () => {
  const { stdout } = schedule("--from", "2026-12-01T00:00:00Z", "--session", "CLIENT", "--json");
  const sessions = JSON.parse(stdout);
  expect(sessions.length).toBe(1);
  expect(sessions[0]).toMatchObject({ kind: "client", session: "CLIENT", calendar: "NYSE", zone: "America/New_York" });
  expect(sessions[0].openings.length).toBe(14);
  expect(sessions[0].openings[0]).toEqual({
    open: "2026-12-01T09:30:00-05:00",
    close: "2026-12-01T16:00:00-05:00",
    openUtc: "2026-12-01T14:30:00Z",
    closeUtc: "2026-12-01T21:00:00Z",
    openNow: false,
    reset: true,
    early: false,
  });
  expect(sessions[0].openings.at(-1).open).toBe("2026-12-18T09:30:00-05:00");
});

test("without an instant it begins now", () => {
  const { stdout } = schedule("--session", "CLIENT", "--json", "--count", "1");
  const [{ openings }] = JSON.parse(stdout);
  expect(Date.parse(openings.at(-1).closeUtc)).toBeGreaterThan(Date.now());
});

test("a session that is not there, and a configuration that is wrong", () => {
  expect(schedule("--session", "NOBODY")).toEqual({
    exitCode: 1,
    stdout: "",
    stderr: `sallyport: ${file}: no session NOBODY; there are: CLIENT, DESK, SIM\n`,
  });
  const broken = join(directory, "broken.toml");
  writeFileSync(broken, SMALL.replace("[venues.SIM]", 'schedule = "LSE"\n[venues.SIM]'));
  expect(sallyport("schedule", "--config", broken)).toEqual({
    exitCode: 1,
    stdout: "",
    stderr: 'client.sessions.CLIENT.schedule: expected the name of a calendar in calendars, got "LSE"\n',
  });
});
