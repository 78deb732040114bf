import { Worker } from "node:worker_threads";
import { Wakeup } from "../../ffi/poller.ts";
import type { Log } from "../base/log.ts";
import type { HotUse } from "../host/memory/hot-memory.ts";
import { JournalLost } from "../journal/store/damaged.ts";
import {
  LANE_DRAINED,
  LANE_RUNNING,
  LANE_STOPPED,
  RELEASED_WORD,
  STATE_WORD,
  STOP_AGENTS,
  STOP_LANE,
  STOP_WORD,
  WAKEUP_WORD,
} from "../lane/words.ts";
import { hasAgent, type LanePlan } from "../plan/plan.ts";
import type { LaneSamples } from "../profiles/lane-profiler.ts";
import type { WarmUpResult } from "../warm-up/warm-up.ts";
import type { ListenPorts } from "./lane-context.ts";
import type { LaneData } from "./lane-data.ts";

/** Message of a lane's thread once its agents are open. */
export interface LaneOpen {
  readonly ports: ListenPorts;
  readonly warmUpResult: WarmUpResult | null;
  readonly memory: HotUse;
}

/** Message of a lane's thread to the main thread. */
export interface LaneMessage {
  readonly open?: LaneOpen;
  readonly failed?: { readonly message: string; readonly stack: string; readonly isJournalLost: boolean };
  /** Samples of a profile that the main thread has asked for. */
  readonly samples?: LaneSamples;
}

const RUN_WITHIN_MS = 5_000;
/** Sessions have 2 s for the peer's Logout. */
const DRAIN_WITHIN_MS = 6_000;
const CLOSE_WITHIN_MS = 3_000;
/** The disk may take its time for what the keeper has begun. */
const KEEPER_WITHIN_MS = 15_000;
const POLL_EVERY_MS = 2;

/** The threads of all lanes, as the main thread sees them. */
export class LaneThreads {
  /** Resolves when a lane has stopped by a fault of ours. */
  readonly failed: Promise<Error>;
  /** Takes a lane's samples of a profile. */
  onSamples: (lane: number, samples: LaneSamples) => void = () => {};
  private fail: (error: Error) => void = () => {};
  private readonly workers: Worker[] = [];
  /** Lanes run, or may. */
  areReleased = false;

  constructor(
    private readonly lanes: readonly LanePlan[],
    private readonly ints: Int32Array,
    /** Module URL of the process's entry, which runs `lane-thread.ts` in a worker. */
    private readonly entry: string,
    private readonly log: Log,
  ) {
    this.failed = new Promise((resolve) => {
      this.fail = resolve;
    });
  }

  /** Starts a lane's thread. Resolves once its agents are open. */
  open(data: LaneData): Promise<LaneOpen> {
    return new Promise((resolve, reject) => {
      const worker = new Worker(new URL(this.entry), { workerData: data });
      this.workers.push(worker);
      const failed = (error: Error): void => {
        reject(error);
        this.fail(error);
      };
      worker.on("message", ({ open, failed: failure, samples }: LaneMessage) => {
        if (samples !== undefined) this.onSamples(data.lane, samples);
        if (open !== undefined) resolve(open);
        if (failure === undefined) return;
        if (process.env.SALLYPORT_TRACE !== undefined) this.log.error(failure.stack);
        failed(failure.isJournalLost ? new JournalLost(failure.message) : new Error(failure.message));
      });
      worker.on("error", failed);
    });
  }

  /** Lets the open lanes run. Resolves once every lane does. */
  async release(): Promise<void> {
    this.areReleased = true;
    for (const { wordsAt } of this.lanes) {
      Atomics.store(this.ints, (wordsAt >> 2) + RELEASED_WORD, 1);
      Atomics.notify(this.ints, (wordsAt >> 2) + RELEASED_WORD);
    }
    await this.reach(this.lanes, LANE_RUNNING, RUN_WITHIN_MS);
  }

  /** Ends the agents of all lanes, then the lanes. The keeper's is last: it keeps what the others write at their end. */
  async stop(): Promise<void> {
    this.ask(this.lanes, STOP_AGENTS);
    await this.reach(this.lanes, LANE_DRAINED, DRAIN_WITHIN_MS);
    const keeps = (lane: LanePlan): boolean => hasAgent(lane, "keeper");
    const others = this.lanes.filter((lane) => !keeps(lane));
    this.ask(others, STOP_LANE);
    await this.reach(others, LANE_STOPPED, CLOSE_WITHIN_MS);
    const keepers = this.lanes.filter(keeps);
    this.ask(keepers, STOP_LANE);
    await this.reach(keepers, LANE_STOPPED, KEEPER_WITHIN_MS);
  }

  /** Another thread that the gateway can't go on without has failed. */
  fault(error: Error): void {
    this.fail(error);
  }

  /** Threads that have ended no longer keep the process. */
  letGo(): void {
    for (const worker of this.workers) worker.unref();
  }

  /** Wakes a lane that may be parked. */
  wake({ wordsAt }: Pick<LanePlan, "wordsAt">): void {
    new Wakeup(Atomics.load(this.ints, (wordsAt >> 2) + WAKEUP_WORD)).wake();
  }

  private ask(lanes: readonly LanePlan[], how: number): void {
    for (const lane of lanes) {
      Atomics.store(this.ints, (lane.wordsAt >> 2) + STOP_WORD, how);
      this.wake(lane);
    }
  }

  /** Waits until each of these lanes is in this state or a later one. */
  private async reach(lanes: readonly LanePlan[], state: number, timeoutMs: number): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    while (!lanes.every(({ wordsAt }) => Atomics.load(this.ints, (wordsAt >> 2) + STATE_WORD) >= state)) {
      if (performance.now() > deadline) throw new Error(`a lane did not follow within ${timeoutMs / 1000} s`);
      await Bun.sleep(POLL_EVERY_MS);
    }
  }
}
