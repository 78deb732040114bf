import { expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addressedCount } from "../../ffi/memory.ts";
import { sharedMemory } from "../../src/assembly/module.ts";
import { loadConfig } from "../../src/config/load.ts";
import { buildWarmUpLane } from "../../src/gateway/lane.ts";
import { planGateway } from "../../src/plan/plan.ts";
import { planWarmUp, type WarmUp } from "../../src/warm-up/plan.ts";
import { RARE_CASES, runWarmUp, WarmUpCourse } from "../../src/warm-up/warm-up.ts";
import type { WarmUpHost } from "../../src/warm-up/warm-up-lane.ts";
import { SMALL } from "../config/small.ts";

/** Messages and events that the rare cases must produce. */
const OUTCOMES = {
  "sessions begin, end and are refused": [
    "client A",
    "client 5",
    "client 1",
    "client 0",
    "venue A",
    "venue 5",
    "venue 1",
    "venue 0",
    "session logon",
    "session disconnect",
    "connection refused",
    "venue up",
    "venue down",
  ],
  "gaps are asked for and filled, both ways": ["client 2", "venue 2", "client again 4", "venue again 4"],
  "reports and orders are sent again": ["client again 8 F", "client again 8 0", "venue again D"],
  "faulty messages are rejected by reason": ["0", "1", "4", "5", "6", "9", "10", "13", "16"].map(
    (code) => `client 3 ${code}`,
  ),
  "messages that are no orders are refused": ["client j"],
  "every kind of report": ["0", "3", "4", "5", "6", "8", "C", "D", "E", "F", "G", "H", "I"].map(
    (type) => `client 8 ${type}`,
  ),
  "every limit": [
    ...["001", "002", "003", "006", "008", "010", "011", "012", "015", "016", "018"],
    ...["101", "102", "104", "106", "107", "108"],
  ].map((code) => `client 8 RISK-${code}`),
  "every reason of the core's": ["202", "203", "205", "210"].map((code) => `client 8 CORE-${code}`),
  "every reason of a refused change": [
    ...["CORE-202", "CORE-203", "CORE-210", "CORE-211", "CORE-212", "CORE-213", "CORE-214"],
    ...["RISK-002", "RISK-010", "RISK-012", "RISK-015"],
  ].map((code) => `client 9 ${code}`),
  "the venue's refusals": ["client 9", "client 8 8", "client 8 VENUE-001", "is of no order here"],
  "reports that are not counted": [
    "passed on, and else ignored: the order's state does not allow it",
    "ignored, its ExecID was counted before",
    "passed on, and else ignored: no known ExecType",
    "taken, though it is not what its executions add up to",
    "booked: more is executed than was ordered",
  ],
  "orders, changes and cancels": ["venue D", "venue F", "venue G"],
};

/** The host of the first lane, and a warm-up for each lane. */
function hostOf(preset: string, spins: boolean): { host: WarmUpHost; warmUps: WarmUp[] } {
  const config = loadConfig(SMALL.replace("[client.", `[lanes]\npreset = "${preset}"\n[client.`), "file").config!;
  const plan = planGateway(config);
  // Each is warmed up alone here, so they share their place.
  const warmUps = config.lanes.place.flatMap((place) => planWarmUp(config, place.agents, plan.memoryBytes) ?? []);
  const behind = Math.max(...warmUps.map((warmUp) => warmUp.plan.memoryBytes));
  const shared = sharedMemory(plan.memoryBytes + behind);
  return { host: { lane: 0, shared, spins, birth: 1_700_000_000, build: buildWarmUpLane }, warmUps };
}

function seenIn(preset: string, lane: number, spins: boolean): Map<string, number> {
  const { host, warmUps } = hostOf(preset, spins);
  return seenOn(host, warmUps[lane]!);
}

function seenOn(host: WarmUpHost, warmUp: WarmUp): Map<string, number> {
  const dir = mkdtempSync(join(tmpdir(), "sallyport-warm-up-test-"));
  const course = new WarmUpCourse(host, warmUp, dir);
  let done = 0;
  const rareOnly = (): boolean => done >= RARE_CASES.length;
  course.run(rareOnly, () => done++);
  expect(existsSync(dir)).toBe(false);
  return course.seen;
}

const seen = seenIn("one", 0, true);

test.each(Object.entries(OUTCOMES))("warmed up: %s", (_, kinds) => {
  expect(kinds.filter((kind) => !seen.has(kind))).toEqual([]);
});

test("behind the usual flow an operator cancels many orders at once, several times", () => {
  const { host, warmUps } = hostOf("one", true);
  const course = new WarmUpCourse(host, warmUps[0]!, mkdtempSync(join(tmpdir(), "sallyport-warm-up-test-")));
  course.run(() => false);
  expect(course.seen.get("venue F")).toBeGreaterThan(5 * 160);
  expect(course.seen.get("client 8 4")).toBeGreaterThan(5 * 160);
});

test("a disk without room does not stay so", () => {
  expect(seen.get("client 8 CORE-203")).toBeLessThan(5);
});

test.each([
  ["wide", 0],
  ["wide", 1],
  ["wide", 2],
  ["two", 0],
])(
  "a lane of preset %s, number %d, runs the same cases beside the others",
  (preset, lane) => {
    const kinds = seenIn(preset, lane, true);
    expect(
      Object.values(OUTCOMES)
        .flat()
        .filter((kind) => !kinds.has(kind)),
    ).toEqual([]);
  },
  60_000,
);

test("the keeper's lane is not warmed up", () => {
  expect(hostOf("wide", true).warmUps).toHaveLength(3);
  expect(hostOf("two", true).warmUps).toHaveLength(1);
});

test("a warm-up begins with nothing of an earlier one in its memory", () => {
  const { host, warmUps } = hostOf("one", true);
  const warmUp = warmUps[0]!;
  const first = seenOn(host, warmUp);
  const second = seenOn(host, warmUp);
  expect([...first.keys()].filter((kind) => !second.has(kind))).toEqual([]);
});

test("a warm-up releases everything", () => {
  const { host, warmUps } = hostOf("one", true);
  const files = new Set(readdirSync("/proc/self/fd"));
  const kept = addressedCount();
  const warmUpResult = runWarmUp(host, { ...warmUps[0]!, maxMs: 300 });
  expect(warmUpResult.problem).toBeNull();
  // What other tests left may be closed meanwhile; nothing new is open.
  expect(readdirSync("/proc/self/fd").filter((fd) => !files.has(fd))).toEqual([]);
  expect(addressedCount()).toBe(kept);
  for (const place of ["/dev/shm", tmpdir()]) {
    expect(readdirSync(place).filter((name) => name.startsWith(`sallyport-warm-up-${process.pid}-`))).toEqual([]);
  }
});

test("a failed warm-up reports its problem", () => {
  const { host, warmUps } = hostOf("one", true);
  const { config } = warmUps[0]!;
  const listen = [{ host: "192.0.2.1", port: 1 }];
  const impossible = { ...warmUps[0]!, config: { ...config, client: { ...config.client, listen } } };
  expect(runWarmUp(host, impossible).problem).toContain("192.0.2.1");
});

test("what a killed process has left goes", () => {
  const { host, warmUps } = hostOf("one", true);
  const child = Bun.spawnSync(["true"]);
  const place = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
  const left = `${place}/sallyport-warm-up-${child.pid}-0`;
  Bun.spawnSync(["mkdir", "-p", left]);
  runWarmUp(host, { ...warmUps[0]!, maxMs: 1 });
  expect(existsSync(left)).toBe(false);
  rmSync(left, { recursive: true, force: true });
});

test("a lane of the built-in exchange alone has nothing to warm up", () => {
  expect(planWarmUp(loadConfig(SMALL, "file").config!, ["exchange"], 0)).toBeNull();
});
