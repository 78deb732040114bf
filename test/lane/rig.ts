import { LaneTime } from "../../src/base/lane-time.ts";
import { Views } from "../../src/base/views.ts";
import type { Agent } from "../../src/lane/agent.ts";
import { Loop, type Waiter } from "../../src/lane/loop.ts";
import { PeerWakeups } from "../../src/lane/peer-wakeups.ts";
import { LANE_WORDS_BYTES } from "../../src/lane/words.ts";

/** An agent that writes down what is done to it; `work` is what its next polls return. */
export class Noted implements Agent {
  work: number[] = [];
  deadline = Number.POSITIVE_INFINITY;
  isStopped = true;
  onPoll: () => void = () => {};

  constructor(
    readonly name: string,
    private readonly notes: string[],
  ) {}

  open(): void {
    this.notes.push(`open ${this.name}`);
  }
  poll(): number {
    this.notes.push(`poll ${this.name}`);
    this.onPoll();
    return this.work.shift() ?? 0;
  }
  deadlineNs(): number {
    return this.deadline;
  }
  stop(): void {
    this.notes.push(`stop ${this.name}`);
  }
  stopped(): boolean {
    return this.isStopped;
  }
  close(): void {
    this.notes.push(`close ${this.name}`);
  }
}

/** Sockets that never say anything: it counts the looks, and writes down how long each wait may take. */
export class Quiet implements Waiter {
  looks = 0;
  readonly waits: number[] = [];
  onWait: (timeoutMs: number) => void = () => {};

  beginTurn(): void {
    this.looks++;
  }

  wait(timeoutMs: number): number {
    this.waits.push(timeoutMs);
    this.onWait(timeoutMs);
    return 0;
  }

  /** The waits that were blocks, since the last call. */
  blocks(): number[] {
    return this.waits.splice(0).filter((timeout) => timeout !== 0);
  }
}

export interface LaneRig {
  readonly loop: Loop;
  readonly agents: Noted[];
  readonly notes: string[];
  readonly waiter: Quiet;
  readonly time: LaneTime;
  readonly shared: Views;
  readonly peerWakeups: PeerWakeups;
}

/** A lane of agents by name, polled in `order`. */
export function lane(names: string, spins = false, order = names): LaneRig {
  const notes: string[] = [];
  const agents = [...names].map((name) => new Noted(name, notes));
  const polled = [...order].map((name) => agents.find((agent) => agent.name === name)!);
  const shared = new Views(new SharedArrayBuffer(4096));
  const waiter = new Quiet();
  const time = new LaneTime();
  const peerWakeups = new PeerWakeups(shared, [LANE_WORDS_BYTES], 0);
  const loop = new Loop(agents, polled, waiter, peerWakeups, time, spins, shared, LANE_WORDS_BYTES);
  return { loop, agents, notes, waiter, time, shared, peerWakeups };
}
