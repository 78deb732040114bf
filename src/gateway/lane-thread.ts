import { parentPort, workerData } from "node:worker_threads";
import { pinThread, setThreadName, threadId } from "../../ffi/thread.ts";
import { NS_PER_US } from "../base/units.ts";
import { Views } from "../base/views.ts";
import { HotMemory } from "../host/memory/hot-memory.ts";
import { NO_NODE } from "../host/memory/topology.ts";
import { pinLane } from "../host/pin-lane.ts";
import { JournalLost } from "../journal/store/damaged.ts";
import { LANE_FAILED, LANE_OPEN, RELEASED_WORD, STATE_WORD, THREAD_WORD } from "../lane/words.ts";
import { LaneProfiler } from "../profiles/lane-profiler.ts";
import { Compiles, methodsOf } from "../stalls/compiles.ts";
import { EngineWatch } from "../stalls/engine-watch.ts";
import { StallMeter } from "../stalls/meter.ts";
import { StallTable } from "../stalls/table.ts";
import { StealTime, ThreadCounters } from "../stalls/thread-counters.ts";
import { runWarmUp } from "../warm-up/warm-up.ts";
import { buildWarmUpLane, Lane } from "./lane.ts";
import { type LaneData, sharedViews } from "./lane-data.ts";
import type { LaneMessage } from "./lane-threads.ts";

/** Runs a lane on this thread until the lane ends. */
export function runLane(): void {
  const data = workerData as LaneData;
  try {
    run(data);
  } catch (error) {
    const ints = sharedViews(data).ints;
    Atomics.store(ints, wordOf(data) + STATE_WORD, LANE_FAILED);
    const { message, stack = "" } = error as Error;
    post({ failed: { message, stack, isJournalLost: error instanceof JournalLost } });
  }
}

/** Builds the lane, runs its warm-up, opens the agents and runs them. */
function run(data: LaneData): void {
  const ints = sharedViews(data).ints;
  const word = wordOf(data);
  setThreadName(data.threadName ?? `lane ${data.lane}`);
  Atomics.store(ints, word + THREAD_WORD, threadId());
  if (data.warmUp !== null && data.warmUpCpus) pinThread(0, data.warmUpCpus);
  const hot = new HotMemory(data.config.memory, data.node ?? NO_NODE, data.nodeIsScarce);
  Views.onLarge = (buffer) => hot.table(buffer);
  const lane = new Lane(data);
  const loop = lane.loop();
  const compiles = new Compiles(methodsOf([lane, loop]));
  // Built before the warm-up: code compiled for the only object of a class would be compiled again for the second.
  const host = { ...data, build: buildWarmUpLane };
  const warmUpResult = data.warmUp === null ? null : runWarmUp(host, data.warmUp, () => lane.beat());
  loop.open();
  Atomics.store(ints, word + STATE_WORD, LANE_OPEN);
  post({ open: { ports: lane.ports, warmUpResult, memory: hot.placeOwn(data.shared.buffer) } });
  while (Atomics.load(ints, word + RELEASED_WORD) === 0) Atomics.wait(ints, word + RELEASED_WORD, 0, 10);
  lane.connect();
  lane.reactor.laneCpu = data.cpu ?? -1;
  pinLane(data.cpu, data.fifoPriority ?? 0, ints, word);
  loop.profiler = new LaneProfiler(ints, data.plan.lanes[data.lane]!.wordsAt, (samples) => post({ samples }));
  const watch = new EngineWatch(sharedViews(data), data.plan.lanes[data.lane]!.wordsAt, compiles);
  loop.watch = watch;
  const stalls = meterStalls(data, lane, watch);
  if (stalls !== null) {
    if (data.warmUp !== null) stalls.warmUp();
    loop.watch = stalls;
    loop.recordStalls(stalls, data.config.lanes.stallUs * NS_PER_US);
  }
  loop.run();
  stalls?.end();
  watch.end();
  lane.reactor.close();
}

/** The meter of the lane's stalls, or null where they are not measured. */
function meterStalls(data: LaneData, lane: Lane, engine: EngineWatch): StallMeter | null {
  if (data.config.lanes.stallUs === 0) return null;
  const views = sharedViews(data);
  const { stallsAt, wordsAt } = data.plan.lanes[data.lane]!;
  const stealTime = data.cpu === null ? null : new StealTime("/proc", data.cpu);
  const counters = new ThreadCounters("/proc", threadId());
  return new StallMeter(new StallTable(views, stallsAt), counters, stealTime, engine, lane.time, views, wordsAt);
}

function post(message: LaneMessage): void {
  parentPort!.postMessage(message);
}

function wordOf(data: LaneData): number {
  return data.plan.lanes[data.lane]!.wordsAt >> 2;
}
