import { expect, test } from "bun:test";
import { PeriodicTasks } from "../../../src/base/periodic-tasks.ts";
import type { Command } from "../../../src/control/command-ring.ts";
import { NOT_SENT } from "../../../src/control/commands.ts";
import { SYMBOL_SETTINGS } from "../../../src/core/risk/settings.ts";
import { MarketHours, type MarketHoursParts } from "../../../src/gateway/operation/market-hours.ts";
import { CONTROL_BAD_VALUE } from "../../../src/record/control-codes.ts";
import { readChanges } from "../../../src/record/setting-changes.ts";
import type { Calendar } from "../../../src/schedule/calendar.ts";

const DAY: Calendar = {
  ...{ zone: "UTC", days: [1, 2, 3, 4, 5], holidays: [], halfDays: {}, resetAtOpen: false, resetAt: null },
  open: { day: 0, seconds: 9 * 3_600 },
  close: { day: 0, seconds: 16 * 3_600 },
};
const at = (text: string): number => Date.parse(`2026-11-${text}Z`) * 1_000;

/** Symbols with these calendars, under a core that takes commands or refuses them. */
function marketsOf(schedules: Record<string, string | undefined>) {
  const held = new Map<string, bigint>();
  const sent: string[] = [];
  const logged: string[] = [];
  const of = (names: Record<string, string | undefined>) => ({
    symbols: Object.fromEntries(Object.entries(names).map(([name, schedule]) => [name, { schedule }])),
    calendars: { DAY },
  });
  const refuses: string[] = [];
  const market = { config: of(schedules), takes: true, refuses, sent, logged, held };
  const setting = (name: string) => ({
    aim: (_: number, i: number) => {
      const value = held.get(`${name} ${SYMBOL_SETTINGS[i]!.name}`);
      return { isSet: value !== undefined, value: value ?? 0n };
    },
  });
  const parts = {
    config: () => market.config,
    core: { reader: { names: () => Object.keys(schedules), settings: (_: number, name: string) => setting(name) } },
    commands: {
      send: async ({ value, text }: Command) => {
        if (!market.takes) return { applied: false, result: NOT_SENT, reason: "busy" };
        const named = readChanges(Number(value), text!).some(({ name }) => refuses.includes(name));
        if (named) return { applied: false, result: CONTROL_BAD_VALUE, reason: "the value is out of range" };
        for (const change of readChanges(Number(value), text!)) {
          const key = `${change.name} ${SYMBOL_SETTINGS[change.setting]!.name}`;
          if (change.value === null) held.delete(key);
          else held.set(key, change.value);
          sent.push(
            `${key} ${change.value === null ? "file" : new Date(Number(change.value) / 1_000).toISOString().slice(8, 16)}`,
          );
        }
        return { applied: true, reason: "" };
      },
    },
    tasks: new PeriodicTasks(),
    log: { info: () => {}, warning: (text: string) => logged.push(text) },
  };
  return { market, hours: new MarketHours(parts as unknown as MarketHoursParts), of };
}

test("hours are given at the start, then once they are over; what has no calendar is left alone", async () => {
  const { market, hours } = marketsOf({ AAPL: "DAY", MSFT: undefined });
  await hours.check(at("25T10:00"));
  expect(market.sent.splice(0)).toEqual(["AAPL opensAt 25T09:00", "AAPL closesAt 25T16:00"]);
  await hours.check(at("25T15:59"));
  expect(market.sent).toEqual([]);
  await hours.check(at("25T16:00"));
  expect(market.sent.splice(0)).toEqual(["AAPL opensAt 26T09:00", "AAPL closesAt 26T16:00"]);
  // The clock was set back.
  await hours.check(at("25T12:00"));
  expect(market.sent).toEqual(["AAPL opensAt 25T09:00", "AAPL closesAt 25T16:00"]);
});

test("a reload gives a symbol hours and takes them from another; what is refused is tried again", async () => {
  const { market, hours, of } = marketsOf({ AAPL: "DAY", MSFT: undefined });
  await hours.check(at("25T10:00"));
  market.sent.length = 0;
  market.config = of({ AAPL: undefined, MSFT: "DAY" });
  market.takes = false;
  await hours.check(at("25T10:01"));
  expect([market.sent, market.logged]).toEqual([
    [],
    ["the hours of AAPL and others are not in force: busy; tried again each second"],
  ]);
  market.takes = true;
  await hours.check(at("25T10:02"));
  expect(market.sent).toEqual([
    "AAPL opensAt file",
    "AAPL closesAt file",
    "MSFT opensAt 25T09:00",
    "MSFT closesAt 25T16:00",
  ]);
});

test("a phase is given with the next one, and the market closes at the end of that until another is given", async () => {
  const { market, hours } = marketsOf({ AAPL: "DAY" });
  const phase = (name: string, from: number, to: number) => ({
    ...{ name, fromS: from * 3_600, toS: to * 3_600 },
    ...{ orderTypes: ["limit"], timesInForce: [] },
  });
  const phases = [phase("opening", 9, 10), phase("closing", 15, 16)];
  Object.assign(market.config.calendars, { DAY: { ...DAY, phases } });
  const given = (): Record<string, string> =>
    Object.fromEntries(market.sent.splice(0).map((line) => line.split(" ").slice(1) as [string, string]));
  await hours.check(at("25T08:00"));
  expect(given()).toMatchObject({ opensAt: "25T09:00", closesAt: "25T15:00", phaseEndsAt: "25T10:00" });
  expect(market.held.get("AAPL hasPhases")).toBe(1n);
  expect([market.held.get("AAPL phaseOrderTypes"), market.held.get("AAPL phaseTimesInForce")]).toEqual([4n, 0n]);
  expect([market.held.get("AAPL nextOrderTypes"), market.held.get("AAPL nextTimesInForce")]).toEqual([7230n, 223n]);
  await hours.check(at("25T09:59"));
  expect(given()).toEqual({});
  await hours.check(at("25T10:00"));
  expect(given()).toMatchObject({ closesAt: "25T16:00", phaseEndsAt: "25T15:00" });
  expect(market.held.get("AAPL nextOrderTypes")).toBe(4n);
  await hours.check(at("25T15:00"));
  expect(given()).toMatchObject({ phaseEndsAt: "25T16:00" });
  // The reload has taken the phases away.
  market.config = { ...market.config, calendars: { DAY } };
  await hours.check(at("25T15:01"));
  expect([...market.held.keys()]).toEqual(["AAPL opensAt", "AAPL closesAt"]);
});

test("a symbol that is refused is named once, and the others have their hours", async () => {
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`SYMBOL${i}`, "DAY"]));
  const { market, hours } = marketsOf(many);
  market.refuses.push("SYMBOL0");
  await hours.check(at("25T10:00"));
  await hours.check(at("25T10:01"));
  expect(market.held.size).toBe(2 * 99);
  expect(market.sent.length).toBe(2 * 99);
  expect(market.logged).toEqual([
    "the hours of SYMBOL0 are not in force: the value is out of range; tried again each second",
  ]);
  market.refuses.length = 0;
  await hours.check(at("25T10:02"));
  expect(market.held.size).toBe(2 * 100);
});

test("a symbol that is not configured any more is left alone", async () => {
  const { market, hours, of } = marketsOf({ GONE: "DAY", AAPL: "DAY" });
  await hours.check(at("25T10:00"));
  market.sent.length = 0;
  market.config = of({ AAPL: undefined });
  await hours.check(at("25T10:01"));
  expect(market.sent).toEqual(["AAPL opensAt file", "AAPL closesAt file"]);
});
