import { expect, test } from "bun:test";
import { fits, MOST_SILENCES, Silences } from "../../src/alarms/silences.ts";
import { NOON_MS } from "./calm.ts";

const silence = (id: string, rule: string, subject: string, untilMs = NOON_MS) => ({
  id,
  rule,
  subject,
  untilMs,
  why: "maintenance",
  by: "anna",
  atMs: 0,
});

test.each([
  ["*", "", true],
  ["*", "venue SIM", true],
  ["venue SIM", "venue SIM", true],
  ["venue SIM", "venue SIM2", false],
  ["venue *", "venue SIM", true],
  ["venue *", "session SIM", false],
  ["*SIM", "venue SIM", true],
  ["v*e*M", "venue SIM", true],
  ["v*x*M", "venue SIM", false],
  ["ab*ba", "aba", false],
  ["", "venue SIM", false],
  ["a.c", "abc", false],
])("%p fits %p: %p", (pattern, text, does) => expect(fits(pattern, text)).toBe(does));

test("the silence of an alarm is the first one that fits both", () => {
  const silences = new Silences();
  silences.add(silence("s1", "venue-down", "venue A"));
  silences.add(silence("s2", "*", "venue *"));
  expect(silences.of("venue-down", "venue A")?.id).toBe("s1");
  expect(silences.of("sequence-gap", "venue A")?.id).toBe("s2");
  expect(silences.of("sequence-gap", "session A")).toBeNull();
});

test("silences end by their time or by hand", () => {
  const silences = new Silences();
  silences.add(silence("s1", "*", "*", NOON_MS));
  silences.add(silence("s2", "*", "*", NOON_MS + 1));
  expect(silences.expired(NOON_MS).map(({ id }) => id)).toEqual(["s1"]);
  expect(silences.remove("s2")?.id).toBe("s2");
  expect(silences.remove("s2")).toBeNull();
});

test("there is a most of them", () => {
  const silences = new Silences();
  for (let i = 0; i < MOST_SILENCES; i++) silences.add(silence(`s${i}`, "*", "*"));
  expect(() => silences.add(silence("more", "*", "*"))).toThrow(`expected at most ${MOST_SILENCES} silences`);
});
