// The thread that measures, on the CPU that a lane would have.

import { parentPort, workerData } from "node:worker_threads";
import { monotonicNs } from "../../ffi/clock.ts";
import { pinThread, setThreadName, threadId } from "../../ffi/thread.ts";
import { NS_PER_S } from "../../src/base/units.ts";
import { Views } from "../../src/base/views.ts";
import { LANE_RUNNING, STATE_WORD, THREAD_WORD } from "../../src/lane/words.ts";
import { StealTime, ThreadCounters } from "../../src/stalls/thread-counters.ts";
import { Meter } from "./meter.ts";
import type { SoakData } from "./words.ts";

try {
  const { shared, cpu, seconds, thresholdNs } = workerData as SoakData;
  const views = new Views(shared);
  setThreadName("soak");
  const tid = threadId();
  pinThread(tid, [cpu]);
  const ledger = new ThreadCounters("/proc", tid);
  const stealTime = new StealTime("/proc", cpu);
  const meter = new Meter(views, ledger, stealTime, thresholdNs);
  Atomics.store(views.ints, THREAD_WORD, tid);
  Atomics.store(views.ints, STATE_WORD, LANE_RUNNING);
  meter.warmUp();
  const began = monotonicNs();
  meter.run(seconds * NS_PER_S);
  const took = (monotonicNs() - began) / NS_PER_S;
  meter.end();
  parentPort!.postMessage({ seconds: took, absent: [...ledger.absent, ...stealTime.absent] });
} catch (error) {
  parentPort!.postMessage({ failed: (error as Error).message });
}
