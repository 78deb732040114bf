import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Log } from "../../src/base/log.ts";
import { PROFILE_WORD } from "../../src/lane/words.ts";
import { Capturing, type CapturingParts } from "../../src/profiles/capturing.ts";
import type { CpuProfile } from "../../src/profiles/cpu-profile.ts";
import { LaneProfiler } from "../../src/profiles/lane-profiler.ts";
import { CaptureStore } from "../../src/profiles/store.ts";
import { until } from "../eventually.ts";

/** Two lanes of words; `turns` calls a lane's profiler as its loop would. */
function made(more: Partial<CapturingParts> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "sallyport-capturing-"));
  const ints = new Int32Array(128);
  const lines: string[] = [];
  const capturing = new Capturing({
    lanes: [
      { name: "lane 0 (core)", wordsAt: 0 },
      { name: "lane 1 (keeper)", wordsAt: 256 },
    ],
    ints,
    store: new CaptureStore(folder, { captures: 5, bytes: 1e7 }),
    documents: { "stalls.json": () => ({ lanes: [] }) },
    measured: {},
    sweep: () => {},
    watchCollections: () => () => {},
    heapSnapshot: () => "a heap",
    onAlarm: true,
    alarmSeconds: 0.05,
    alarmEveryMs: 60_000,
    log: new Log((level, who, what) => lines.push(`${level} ${who}: ${what}`)),
    ...more,
  });
  const text = (name: string, file: string): string => new TextDecoder().decode(capturing.read(name, file)!);
  return { capturing, ints, lines, text, end: () => rmSync(folder, { recursive: true }) };
}

function burn(ms: number): number {
  let sum = 0;
  for (const end = performance.now() + ms; performance.now() < end; ) sum += burnSome(sum);
  return sum;
}

function burnSome(from: number): number {
  let sum = from % 7;
  for (let i = 0; i < 2_000; i++) sum = (sum * 31 + i) % 1_000_003;
  return sum;
}

test("a lane gives its samples when its word asks, and stops when it no longer does", () => {
  const ints = new Int32Array(64);
  const sent: { profile: number; count: number; isLast: boolean }[] = [];
  const names = new Set<string>();
  const profiler = new LaneProfiler(ints, 0, ({ profile, traces, isLast }) => {
    sent.push({ profile, count: traces.traces.length, isLast });
    for (const { frames } of traces.traces) for (const { name } of frames) names.add(name);
  });
  burn(5);
  profiler.check();
  expect(sent).toEqual([]);
  ints[PROFILE_WORD] = 3;
  profiler.check();
  // A thread that does not run has no samples.
  for (let i = 0; i < 5; i++) {
    burn(i < 4 ? 20 : 200);
    profiler.check();
  }
  ints[PROFILE_WORD] = 0;
  profiler.check();
  profiler.check();
  expect(sent).toHaveLength(6);
  expect(sent.map(({ isLast }) => isLast)).toEqual([false, false, false, false, false, true]);
  expect(new Set(sent.map(({ profile }) => profile))).toEqual(new Set([3]));
  expect(sent.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThan(20);
  expect(names).toContain("burn");
});

test("a capture has the profile of each thread, a page and the documents", async () => {
  let orders = 7;
  const { capturing, ints, text, end } = made({
    measured: {
      "latencies.json": () => {
        const before = orders;
        return () => ({ orders: orders - before });
      },
    },
  });
  try {
    const work = setInterval(() => burn(8), 10);
    const captured = capturing.capture({ thread: "all", seconds: 0.3, why: "a test" });
    await until("the lanes to be asked", () => ints[PROFILE_WORD] === 1 && ints[64 + PROFILE_WORD] === 1);
    const traces = { traces: [{ timestamp: 1, frames: [{ name: "poll", sourceURL: "core.ts", line: 1, column: 1 }] }] };
    capturing.take(0, { profile: 1, traces, isLast: false });
    capturing.take(0, { profile: 99, traces, isLast: false });
    orders = 10;
    await until("the end", () => ints[PROFILE_WORD] === 0);
    for (const lane of [0, 1]) capturing.take(lane, { profile: 1, traces, isLast: true });
    const capture = await captured;
    clearInterval(work);
    expect(capture).toMatchObject({ seconds: 0.3, why: "a test", missing: [] });
    expect(capture.files.map(({ name }) => name)).toEqual([
      "flame.html",
      "lane-0.cpuprofile",
      "lane-1.cpuprofile",
      "latencies.json",
      "main.cpuprofile",
      "stalls.json",
    ]);
    // What is measured is that of the capture's time.
    expect(JSON.parse(text(capture.name, "latencies.json"))).toEqual({ orders: 3 });
    const main = JSON.parse(text(capture.name, "main.cpuprofile")) as CpuProfile;
    expect(main.nodes.map(({ callFrame }) => callFrame.functionName)).toContain("burn");
    expect((JSON.parse(text(capture.name, "lane-0.cpuprofile")) as CpuProfile).samples).toHaveLength(2);
    expect(text(capture.name, "flame.html")).toContain("lane 0 (core)");
    expect(capturing.list()).toEqual([capture]);
  } finally {
    end();
  }
});

test("a lane that does not answer is named, and the rest is captured", async () => {
  const { capturing, end } = made();
  try {
    const { missing, files } = await capturing.capture({ thread: 1, seconds: 0.05, why: "a test", heap: true });
    expect(missing).toEqual(["lane 1 (keeper): not all samples came within 2 s"]);
    expect(files.map(({ name }) => name)).toEqual([
      "flame.html",
      "lane-1.cpuprofile",
      "main.heapsnapshot",
      "stalls.json",
    ]);
  } finally {
    end();
  }
});

test("one capture at a time; a lane that is not there is refused", async () => {
  const { capturing, end } = made();
  try {
    const first = capturing.capture({ thread: "main", seconds: 0.1, why: "a test" });
    expect(capturing.capture({ thread: "main", seconds: 0.1, why: "another" })).rejects.toThrow("one at a time");
    await first;
    expect(capturing.capture({ thread: 7, seconds: 0.1, why: "a test" })).rejects.toThrow(
      "lane: expected 0 to 1, got 7",
    );
    await capturing.capture({ thread: "main", seconds: 0.01, why: "a test" });
  } finally {
    end();
  }
});

test("an alarm captures, and no other alarm does for a while", async () => {
  const { capturing, lines, end } = made({ lanes: [] });
  try {
    expect(capturing.alarmed({ kind: "latency", text: "p99 of venue SIM is 4 ms" })).toBe(true);
    expect(capturing.alarmed({ kind: "stalls", text: "another" })).toBe(false);
    await until("the capture", () => lines.length > 0);
    expect(lines[0]).toMatch(/^info gateway: captured \w+ because of an alarm: p99 of venue SIM is 4 ms$/);
    expect(capturing.list()[0]!.why).toBe("latency: p99 of venue SIM is 4 ms");
    expect(capturing.alarmed({ kind: "stalls", text: "another" })).toBe(false);
  } finally {
    end();
  }
});

test("without onAlarm no alarm captures", () => {
  const { capturing, end } = made({ onAlarm: false });
  expect(capturing.alarmed({ kind: "latency", text: "any" })).toBe(false);
  end();
});
