import { expect, test } from "bun:test";
import type { LanePlace } from "../../src/config/schema.ts";
import { assignCpus, laneName } from "../../src/host/cpu-placement.ts";
import type { Machine } from "../../src/host/machine.ts";

const EIGHT: Machine = {
  isolated: [4, 5, 6, 7],
  permitted: [0, 1, 2, 3, 4, 5, 6, 7],
  started: [0, 1, 2, 3],
  realTimeUs: 950_000,
  realTimePeriodUs: 1_000_000,
  deepestIdleUs: 0,
};
const TWO: Machine = { ...EIGHT, isolated: [], permitted: [0, 1], started: [0, 1] };
const SETTINGS = { fifoPriority: 0, keepOthersOff: true };

const place = (agents: string, cpu: number | null = null, idle: LanePlace["idle"] = "auto"): LanePlace => ({
  agents: agents.split(" "),
  cpu,
  idle,
});

test("lanes get their configured CPU, then isolated ones that no other has, then none", () => {
  const places = [place("client0"), place("core", 4), place("venue0", 1), place("keeper"), place("exchange")];
  const machine = { ...EIGHT, isolated: [4, 5, 6] };
  const { placements, others, warnings } = assignCpus(places, SETTINGS, machine);
  expect(placements.map(({ cpu }) => cpu)).toEqual([5, 4, 1, 6, null]);
  expect(placements.map(({ configured }) => configured)).toEqual([false, true, true, false, false]);
  expect(placements.map(({ isolated }) => isolated)).toEqual([true, true, false, true, false]);
  // A lane spins where its CPU is isolated.
  expect(placements.map(({ spins }) => spins)).toEqual([true, true, false, true, false]);
  expect(others).toEqual([0, 2, 3]);
  expect(warnings).toEqual([
    "no CPU is configured (lanes.cpus) or isolated for lane exchange: the scheduler moves it about",
  ]);
});

test("on two CPUs with one lane on CPU 0, the rest goes to CPU 1", () => {
  expect(assignCpus([place("core", 0)], SETTINGS, TWO)).toMatchObject({ others: [1], warnings: [] });
});

test("with lanes on every CPU the rest stays anywhere, and that is said", () => {
  const { others, warnings } = assignCpus([place("core", 0), place("keeper", 1)], SETTINGS, TWO);
  expect(others).toBeNull();
  expect(warnings).toEqual(["every CPU is given to a lane: the process's other threads share them"]);
});

test("no CPU at all: a warning, and nothing is moved", () => {
  const { placements, others, warnings } = assignCpus([place("core"), place("keeper")], SETTINGS, TWO);
  expect(placements.map(({ cpu }) => cpu)).toEqual([null, null]);
  expect(others).toBeNull();
  expect(warnings).toEqual([
    "no CPU is configured (lanes.cpus) or isolated for lane core, lane keeper: the scheduler moves it about",
  ]);
});

test("the cpuset bounds both lanes and the rest", () => {
  const confined = { ...EIGHT, permitted: [2, 3, 5], started: [2, 3] };
  const { placements, others, warnings } = assignCpus([place("core", 7), place("keeper")], SETTINGS, confined);
  expect(placements.map(({ cpu }) => cpu)).toEqual([null, 5]);
  expect(others).toEqual([2, 3]);
  expect(warnings[0]).toBe("CPU 7 for lane core is outside the cpuset of this process (2-3,5)");
});

test("the rest stays where the process was started, if a CPU of that is left; else it takes what it may have", () => {
  expect(assignCpus([place("core", 0)], SETTINGS, { ...EIGHT, started: [0, 1] }).others).toEqual([1]);
  expect(assignCpus([place("core", 0)], SETTINGS, { ...EIGHT, started: [0] }).others).toEqual([1, 2, 3]);
  // Isolated CPUs are the last resort: nothing spreads threads over them.
  const rest = { ...EIGHT, permitted: [4, 5], started: [4] };
  expect(assignCpus([place("core", 4)], SETTINGS, rest).others).toEqual([5]);
});

test("others can be left on the lanes' CPUs, which is said", () => {
  const { others, warnings } = assignCpus([place("core", 0)], { ...SETTINGS, keepOthersOff: false }, TWO);
  expect(others).toBeNull();
  expect(warnings[0]).toContain("keepOthersOff is false");
});

const FIFO = { fifoPriority: 10, keepOthersOff: true };
const UNLIMITED = { ...TWO, realTimeUs: -1 };

test.each<[string, LanePlace[], Machine, boolean, number, RegExp | null]>([
  ["parks, throttled", [place("core", 0, "park")], TWO, true, 10, null],
  ["spins, not throttled", [place("core", 0, "spin")], UNLIMITED, true, 10, null],
  ["spins, not told", [place("core", 0, "spin")], { ...TWO, realTimeUs: null }, true, 10, null],
  ["spins, throttled", [place("core", 0, "spin")], TWO, true, 0, /sched_rt_runtime_us is 950000.* 50 ms .*-1/],
  ["spins on an isolated CPU, throttled", [place("core")], EIGHT, true, 0, /sched_rt_runtime_us/],
  ["no CPU", [place("core", null, "spin")], UNLIMITED, true, 0, /needs a pinned CPU/],
  ["others left there", [place("core", 0, "park")], UNLIMITED, false, 0, /would get no time on CPU 0/],
  ["every CPU", [place("core", 0), place("keeper", 1)], UNLIMITED, true, 0, /would get no time on CPU 0/],
])("SCHED_FIFO: %s", (_, places, machine, keepOthersOff, priority, refusal) => {
  const { placements, warnings } = assignCpus(places, { ...FIFO, keepOthersOff }, machine);
  expect(placements[0]!.fifoPriority).toBe(priority);
  const said = warnings.filter((line) => line.startsWith("lane core runs under the ordinary scheduler: "));
  expect(said.length).toBe(refusal === null ? 0 : 1);
  if (refusal !== null) expect(said[0]).toMatch(refusal);
});

test("a lane is called by its most telling agent, within the kernel's 15 bytes", () => {
  const named = (agents: string): string => laneName(place(agents));
  expect(named("client0 core venue0 keeper")).toBe("lane core");
  expect(["venue3 keeper", "keeper", "client1 client2", "exchange"].map(named)).toEqual([
    "lane venue3",
    "lane keeper",
    "lane client1",
    "lane exchange",
  ]);
  expect("lane exchange".length).toBeLessThanOrEqual(15);
});
