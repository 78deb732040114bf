// A lane's warm-up: runs all hot code until the JIT compiles nothing again.

import { accessSync, constants, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { addressedCount, forgetAddresses } from "../../ffi/memory.ts";
import { Compiles, methodsOf } from "../stalls/compiles.ts";
import { Counterparties } from "./counterparties.ts";
import {
  cancelsAndReplaces,
  faultyMessages,
  fieldsBeside,
  killSwitchAndFullDisk,
  operatorCancels,
  repeatingGroups,
  riskRefusals,
  tradeOrders,
  venueAnswers,
} from "./order-flow.ts";
import type { WarmUp } from "./plan.ts";
import {
  disconnects,
  idleTurns,
  refusedConnections,
  sequenceGaps,
  sessionEndings,
  sessionMessages,
  shutDown,
  slowReaders,
} from "./session-flow.ts";
import type { WarmUpHost } from "./warm-up-lane.ts";

/** Result; plain data for the main thread. */
export interface WarmUpResult {
  readonly orders: number;
  readonly ms: number;
  /** Compilations, and how many of them recompiled a function. */
  readonly compiles: number;
  readonly again: number;
  /** False when the time limit ended it before it was warm. */
  readonly warm: boolean;
  /** The error that ended it, or null. The lane then starts cold. */
  readonly problem: string | null;
}

const ORDERS_PER_SLICE = 1_000;
/** With fewer orders some hot function is still to be compiled for the last time. */
const LEAST_ORDERS = 5_000;
/** Consecutive slices without a recompilation that count as warm. Rare functions may still be compiled for the first time. */
const STABLE_SLICES = 2;

type Scenario = (peers: Counterparties) => void;

/** Rare cases, in this order on one gateway. */
export const RARE_CASES: readonly Scenario[] = [
  (peers) => peers.open(),
  refusedConnections,
  (peers) => peers.logonBoth(),
  venueAnswers,
  riskRefusals,
  faultyMessages,
  cancelsAndReplaces,
  fieldsBeside,
  repeatingGroups,
  killSwitchAndFullDisk,
  (peers) => sessionMessages(peers, peers.client1),
  (peers) => sessionMessages(peers, peers.client2),
  (peers) => sessionMessages(peers, peers.venue),
  (peers) => sequenceGaps(peers, peers.client1),
  (peers) => sequenceGaps(peers, peers.venue),
  (peers) => sessionEndings(peers, peers.client2),
  disconnects,
  slowReaders,
  idleTurns,
];

/**
 * Warms up until warm or `maxMs`. Memory, files and connections are released; only compiled code stays.
 * `progress` is called after each scenario.
 */
export function runWarmUp(host: WarmUpHost, warmUp: WarmUp, progress: () => void = () => {}): WarmUpResult {
  const began = performance.now();
  const kept = addressedCount();
  const course = new WarmUpCourse(host, warmUp, scratchDirectory(host.lane));
  const isLate = (): boolean => performance.now() - began > warmUp.maxMs;
  let problem: string | null = null;
  try {
    course.run(isLate, progress);
  } catch (error) {
    problem = (error as Error).message;
  }
  const { orders, compiles, again, warm } = course;
  forgetAddresses(kept);
  // Also returns the memory of its buffers, which fullGC of bun:jsc keeps.
  Bun.gc(true);
  return { orders, compiles, again, ms: performance.now() - began, warm, problem };
}

/** Runs the scenarios on one gateway: rare cases, the usual order flow until it is warm, the stop. */
export class WarmUpCourse {
  orders = 0;
  compiles = 0;
  again = 0;
  warm = false;
  /** Messages by receiver and kind, and events by name: how often each was seen. */
  readonly seen = new Map<string, number>();

  constructor(
    private readonly host: WarmUpHost,
    private readonly warmUp: WarmUp,
    private readonly dir: string,
  ) {}

  /** When `isLate`, only the stop is left. */
  run(isLate: () => boolean, progress: () => void = () => {}): void {
    const peers = new Counterparties(this.host, this.warmUp, this.dir);
    try {
      const watch = new Compiles(methodsOf([peers.gateway.own, peers.gateway.loop]));
      const step = (scenario: Scenario): void => {
        scenario(peers);
        this.keepEvents(peers);
        progress();
      };
      for (const scenario of RARE_CASES) if (!isLate()) step(scenario);
      this.compiles += watch.checkAll();
      let still = 0;
      while (!this.warm && !isLate()) {
        step((all) => tradeOrders(all, ORDERS_PER_SLICE));
        this.orders += ORDERS_PER_SLICE;
        const { again } = watch;
        this.compiles += watch.checkAll();
        still = watch.again > again ? 0 : still + 1;
        this.warm = still >= STABLE_SLICES && this.orders >= LEAST_ORDERS;
      }
      // Behind the usual flow, which compiles for orders that come one by one.
      if (!isLate()) step(operatorCancels);
      this.compiles += watch.checkAll();
      step(shutDown);
      this.again = watch.again;
      this.keepMessages("client", peers.client1);
      this.keepMessages("client", peers.client2);
      this.keepMessages("venue", peers.venue);
    } finally {
      peers.close();
    }
  }

  private keepMessages(who: string, peer: { readonly seen: ReadonlyMap<string, number> }): void {
    for (const [kind, count] of peer.seen) this.keep(`${who} ${kind}`, count);
  }

  private keepEvents(peers: Counterparties): void {
    // Alarms differ in field values and order ids.
    const why = (text: string): string => text.replace(/^=\S* /, "").replace(/;.*/, "");
    peers.gateway.drainEvents((name, text) => this.keep(text === "" ? name : why(text), 1));
  }

  private keep(key: string, count: number): void {
    this.seen.set(key, (this.seen.get(key) ?? 0) + count);
  }
}

const PREFIX = "sallyport-warm-up-";

/** Directory for short-lived files, in memory where possible. Removes directories that killed processes left. */
function scratchDirectory(lane: number): string {
  const base = ["/dev/shm", tmpdir()].find(isWritable) ?? tmpdir();
  for (const name of readdirSync(base)) {
    const pid = /^sallyport-warm-up-(\d+)-\d+$/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(`${base}/${name}`, { recursive: true, force: true });
  }
  return `${base}/${PREFIX}${process.pid}-${lane}`;
}

function isWritable(dir: string): boolean {
  try {
    accessSync(dir, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code === "EPERM";
  }
}
