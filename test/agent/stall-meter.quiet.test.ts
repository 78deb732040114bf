import { numberOfDFGCompiles } from "bun:jsc";
import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monotonicNs, wallUs } from "../../ffi/clock.ts";
import { dontNeed, fillMemory, mapAnonymous, unmap } from "../../ffi/memory.ts";
import { setFifo, setOrdinary } from "../../ffi/scheduler.ts";
import { threadId } from "../../ffi/thread.ts";
import { Views } from "../../src/base/views.ts";
import { LANE_WORDS_BYTES, STEAL_DOUBLE } from "../../src/lane/words.ts";
import { Compiles, methodsOf } from "../../src/stalls/compiles.ts";
import { EngineWatch } from "../../src/stalls/engine-watch.ts";
import { StallMeter } from "../../src/stalls/meter.ts";
import { StallReader, type StallRecord } from "../../src/stalls/reader.ts";
import { STALLS_BYTES, StallTable } from "../../src/stalls/table.ts";
import { StealTime, ThreadCounters } from "../../src/stalls/thread-counters.ts";
import { untilSync } from "../eventually.ts";
import { type LaneRig, lane } from "../lane/rig.ts";

const PROC = mkdtempSync(join(tmpdir(), "sallyport-stalls-"));
/** On a machine with more to do than it can, the true cause of every stall would be that this thread is pushed aside. */
beforeAll(() => void setFifo(0, 1));
afterAll(() => {
  setOrdinary(0);
  rmSync(PROC, { recursive: true });
});

/** Far longer than what a busy machine does to a turn now and then, so that what a test provokes stands out. */
const STALL_NS = 20_000_000;
const LONG_NS = 60_000_000;
const BYTES = 128 << 20;
/** One test is patient twice. */
const PATIENCE_NS = 25e9;
setDefaultTimeout(60_000);

let meters: StallMeter[] = [];
afterEach(() => {
  for (const meter of meters) meter.end();
  meters = [];
});

/** A lane of agents a and b that spins on this thread, and the meter of its stalls. */
function metered(seen: { stealTime?: StealTime; compiled?: object; spins?: boolean } = {}) {
  const rig = lane("ab", seen.spins ?? true, "aba");
  const views = Views.allocate(STALLS_BYTES);
  const engine = new EngineWatch(rig.shared, LANE_WORDS_BYTES, new Compiles(methodsOf([seen.compiled ?? {}])));
  const ledger = new ThreadCounters("/proc", threadId());
  const stealTime = seen.stealTime ?? null;
  const table = new StallTable(views, 0);
  const meter = new StallMeter(table, ledger, stealTime, engine, rig.time, rig.shared, LANE_WORDS_BYTES);
  meters.push(meter);
  rig.loop.watch = meter;
  rig.loop.recordStalls(meter, STALL_NS);
  return { rig, meter, reader: new StallReader(views, 0, ["a", "b"]) };
}

/** One turn in which agent b does `act` and says that it has worked, between turns that do nothing. */
function once(rig: LaneRig, act: () => void, work = 1): void {
  for (let i = 0; i < 3; i++) rig.loop.turn();
  rig.agents[1]!.onPoll = () => {
    rig.agents[1]!.onPoll = () => {};
    act();
  };
  rig.agents[1]!.work = [work];
  for (let i = 0; i < 3; i++) rig.loop.turn();
}

function spin(ns: number): void {
  const end = monotonicNs() + ns;
  while (monotonicNs() < end);
}

/** What is provoked may coincide with what the machine does: it is provoked until one stall is `wanted`. */
function provoke(reader: StallReader, meter: StallMeter, wanted: (stall: StallRecord) => boolean, act: () => void) {
  const until = monotonicNs() + PATIENCE_NS;
  while (monotonicNs() < until) {
    act();
    // What is begun at one look is finished at the next, where no turn was idle.
    meter.check();
    meter.check();
    const found = reader.records().find(wanted);
    if (found !== undefined) return found;
  }
  throw new Error(`never put down to it: ${JSON.stringify(reader.records().slice(-5))}`);
}

describe("a stall is put down to", () => {
  test("the agent whose turn was long", () => {
    const { rig, meter, reader } = metered();
    const found = provoke(
      reader,
      meter,
      ({ cause }) => cause === "long turn",
      () => once(rig, () => spin(LONG_NS)),
    );
    expect(found.agent).toBe("b");
    expect(found.agentUs).toBeGreaterThan(LONG_NS / 2000);
    expect(found.gapUs).toBeGreaterThanOrEqual(found.agentUs);
  });

  test("an agent that says it did nothing, once a first stall was a riddle", () => {
    const { rig, meter, reader } = metered();
    const idle = () => once(rig, () => spin(LONG_NS), 0);
    provoke(reader, meter, ({ agent }) => agent === null, idle);
    expect(provoke(reader, meter, ({ cause }) => cause === "long turn", idle).agent).toBe("b");
  });

  test("page faults of memory that was given back", () => {
    const { rig, meter, reader } = metered();
    const address = mapAnonymous(BYTES);
    const act = () => {
      dontNeed(address, BYTES);
      fillMemory(address, 1, BYTES);
    };
    const found = provoke(
      reader,
      meter,
      ({ cause }) => cause === "minor fault",
      () => once(rig, act),
    );
    expect(found.minorFaults).toBeGreaterThan(100);
    unmap(address, BYTES);
  });

  test("a collection", () => {
    const { rig, meter, reader } = metered();
    const found = provoke(
      reader,
      meter,
      ({ cause }) => cause === "collection",
      () =>
        once(rig, () => {
          Bun.gc(true);
          spin(LONG_NS);
        }),
    );
    expect(found.collections).toBe(1);
  });

  test("functions that had to be compiled anew", () => {
    const until = monotonicNs() + PATIENCE_NS;
    let found: StallRecord | undefined;
    // Each time with a function that is surprised for the first time, and a meter that knows it.
    while (found === undefined && monotonicNs() < until) {
      const adder = newAdder();
      const { rig, meter, reader } = metered({ compiled: { adder } });
      untilCompiled(adder, 1);
      meter.check();
      once(rig, () => {
        untilCompiled(adder, 0.5);
        spin(LONG_NS);
      });
      meter.check();
      meter.check();
      found = reader.records().find(({ cause }) => cause === "recompilation");
    }
    expect(found?.recompilations).toBeGreaterThan(0);
  });

  test("a hypervisor that took the CPU, by the kernel's count of it", () => {
    const stat = (ticks: number) => writeFileSync(join(PROC, "stat"), `cpu 1 1\ncpu3 0 0 0 0 0 0 0 ${ticks} 0 0\n`);
    stat(100);
    const { rig, meter, reader } = metered({ stealTime: new StealTime(PROC, 3) });
    rig.shared.doubles[(LANE_WORDS_BYTES >> 3) + STEAL_DOUBLE] = 1e9;
    meter.check();
    let ticks = 100;
    const found = provoke(
      reader,
      meter,
      ({ cause }) => cause === "steal",
      () =>
        once(rig, () => {
          ticks += 4;
          stat(ticks);
          spin(LONG_NS);
        }),
    );
    expect(found.stealMs).toBeGreaterThanOrEqual(40);
  });
});

interface Adder {
  run(value: number, times: number): void;
}

let adders = 0;

/** One whose functions have never run: the engine shares compiled code among functions of the same text. */
function newAdder(): Adder {
  const Adder = new Function(`return class Adder${++adders} {
    sum = 0;
    run(value, times) {
      for (let i = 0; i < times; i++) this.add(value);
    }
    add(value) {
      this.sum += value;
    }
  }`)();
  return new Adder();
}

/** Runs it until it has been compiled once more; the compiler has a thread of its own, which gets this CPU in between. */
function untilCompiled(adder: Adder, value: number): void {
  const before = numberOfDFGCompiles(adder.run);
  untilSync("compiled code", () => {
    adder.run(value, 300_000);
    return numberOfDFGCompiles(adder.run) > before;
  });
}

test("what a look has begun is finished in idle turns", () => {
  const { rig, meter, reader } = metered({ compiled: { adder: newAdder() } });
  rig.loop.watch = null;
  const until = monotonicNs() + PATIENCE_NS;
  let seen: unknown[] = [];
  do {
    once(rig, () => spin(LONG_NS));
    const since = monotonicNs();
    rig.loop.turn();
    meter.check();
    const begun = meter.checking;
    const before = reader.count;
    rig.agents[1]!.work = [1];
    seen = [];
    for (let i = 0; i < 2; i++) {
      rig.loop.turn();
      seen.push([meter.checking, reader.count - before]);
    }
    // A stall of the machine's own between these turns ends the one that is looked into.
    if (begun && monotonicNs() - since < STALL_NS) break;
    seen = [];
  } while (monotonicNs() < until);
  expect(seen).toEqual([
    [true, 0],
    [false, 1],
  ]);
});

test("to block with nothing to do is no stall", () => {
  const { rig, meter, reader } = metered({ spins: false });
  const blockedAtUs: number[] = [];
  rig.waiter.onWait = (timeoutMs) => {
    if (timeoutMs === 0) return;
    spin(LONG_NS / 2);
    blockedAtUs.push(wallUs());
    spin(LONG_NS / 2);
  };
  while (blockedAtUs.length < 3) rig.loop.turn();
  rig.loop.turn();
  meter.check();
  meter.check();
  // The machine may stall at any time, but no such stall spans a block.
  const spanning = reader
    .records()
    .filter(({ atUs, gapUs }) => blockedAtUs.some((blockedUs) => atUs < blockedUs && blockedUs < atUs + gapUs));
  expect(spanning).toEqual([]);
});

test("to warm up leaves nothing in the book", () => {
  const { meter, reader } = metered();
  meter.warmUp();
  meter.check();
  expect(reader.count).toBe(0);
  expect(reader.sums().every(({ count, totalUs, worstUs }) => count + totalUs + worstUs === 0)).toBe(true);
});
