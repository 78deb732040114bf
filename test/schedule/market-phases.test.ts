import { expect, test } from "bun:test";
import { type MarketPhase, phasesFrom } from "../../src/schedule/market-phases.ts";

const at = (text: string): number => Date.parse(text) * 1_000;
const phase = (name: string, from: number, to: number): MarketPhase => ({
  ...{ name, fromS: from * 3_600, toS: to * 3_600 },
  ...{ orderTypes: ["limit"], timesInForce: ["day"] },
});

function told(zone: string, phases: readonly MarketPhase[], from: string): string[] {
  return phasesFrom({ zone }, phases, at(from)).map(
    ({ phase: one, endUs }) => `${one?.name ?? "all"} until ${new Date(endUs / 1_000).toISOString().slice(5, 16)}`,
  );
}

test("a phase, and the time between two", () => {
  const phases = [phase("opening", 7, 9), phase("closing", 16, 17)];
  expect(told("UTC", phases, "2026-11-25T06:59Z")).toEqual(["all until 11-25T07:00", "opening until 11-25T09:00"]);
  expect(told("UTC", phases, "2026-11-25T07:00Z")).toEqual(["opening until 11-25T09:00", "all until 11-25T16:00"]);
  expect(told("UTC", phases, "2026-11-25T17:00Z")).toEqual(["all until 11-26T07:00", "opening until 11-26T09:00"]);
});

test("phases that follow each other, one over midnight", () => {
  const phases = [phase("evening", 18, 23), phase("night", 23, 2)];
  expect(told("UTC", phases, "2026-11-25T22:00Z")).toEqual(["evening until 11-25T23:00", "night until 11-26T02:00"]);
  expect(told("UTC", phases, "2026-11-26T01:00Z")).toEqual(["night until 11-26T02:00", "all until 11-26T18:00"]);
});

test("a phase that is nearly a day long", () => {
  const phases = [phase("long", 9, 8)];
  expect(told("UTC", phases, "2026-11-25T07:59Z")).toEqual(["long until 11-25T08:00", "all until 11-25T09:00"]);
  expect(told("UTC", phases, "2026-11-25T08:30Z")).toEqual(["all until 11-25T09:00", "long until 11-26T08:00"]);
});

test("the zone's time, also where its clocks change", () => {
  const phases = [phase("opening", 7, 9)];
  const zone = "America/New_York";
  expect(told(zone, phases, "2026-10-31T12:00Z")).toEqual(["opening until 10-31T13:00", "all until 11-01T12:00"]);
  // On 8 March 2026 the time from 02:00 to 03:00 is left out, and what lies in it is empty.
  const skipped = [phase("skipped", 2, 3), phase("after", 3, 4)];
  expect(told(zone, skipped, "2026-03-08T06:00Z")).toEqual(["all until 03-08T07:00", "after until 03-08T08:00"]);
});
