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
  fillOrderTable,
  killSwitchAndFullDisk,
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
  readonly rounds: number;
  readonly orders: number;
  readonly ms: number;
  /** Compilations of all rounds, and how many of them recompiled a function. */
  readonly compiles: number;
  readonly again: number;
  /** False when the time limit ended it before it was warm. */
  readonly warm: boolean;
  /** The error that ended it, or null. The lane then starts cold. */
  readonly problem: string | null;
}

const ORDERS_PER_ROUND = 4_000;
/** More than the order table of the warm-up's gateway holds. */
const OPEN_ORDERS = 1_100;
/** Consecutive rounds without a recompilation that count as warm. Rare functions may still be compiled for the first time. */
const STABLE_ROUNDS = 2;

const SLICES = 4;

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
  (peers) => fillOrderTable(peers, OPEN_ORDERS),
  idleTurns,
];

/** All of a round: rare cases, the usual order flow, the stop. */
const SCENARIOS = [
  ...RARE_CASES,
  ...Array<Scenario>(SLICES).fill((peers) => tradeOrders(peers, ORDERS_PER_ROUND / SLICES)),
  shutDown,
];

/**
 * Warms up until warm or `maxMs`. Memory, files and connections are released; only compiled code stays.
 * `progress` is called after each scenario.
 */
export function runWarmUp(host: WarmUpHost, warmUp: WarmUp, progress: () => void = () => {}): WarmUpResult {
  const began = performance.now();
  const kept = addressedCount();
  const course = new WarmUpRounds(host, warmUp, scratchDirectory(host.lane));
  let rounds = 0;
  let still = 0;
  const isLate = (): boolean => performance.now() - began > warmUp.maxMs;
  let problem: string | null = null;
  try {
    while (still < STABLE_ROUNDS && !isLate()) {
      const { again } = course;
      course.round(SCENARIOS, isLate, progress);
      still = course.again > again ? 0 : still + 1;
      rounds++;
    }
  } catch (error) {
    problem = (error as Error).message;
  }
  const { compiles, again } = course;
  forgetAddresses(kept);
  // Also returns the memory of its buffers, which fullGC of bun:jsc keeps.
  Bun.gc(true);
  const orders = rounds * ORDERS_PER_ROUND;
  return { rounds, orders, compiles, again, ms: performance.now() - began, warm: still >= STABLE_ROUNDS, problem };
}

/** Rounds of the warm-up, each on a new gateway. */
export class WarmUpRounds {
  compiles = 0;
  again = 0;
  /** Messages by receiver and kind, and events by name: how often each was seen. */
  readonly seen = new Map<string, number>();
  private watch: Compiles | null = null;

  constructor(
    private readonly host: WarmUpHost,
    private readonly warmUp: WarmUp,
    private readonly dir: string,
  ) {}

  /** Starts a gateway, runs the scenarios, stops it. When `isLate`, only the shutdown is left. */
  round(scenarios = SCENARIOS, isLate: () => boolean = () => false, progress: () => void = () => {}): void {
    const peers = new Counterparties(this.host, this.warmUp, this.dir);
    try {
      this.watch ??= new Compiles(methodsOf([peers.gateway.own, peers.gateway.loop]));
      for (const scenario of scenarios) {
        if (scenario !== shutDown && isLate()) continue;
        scenario(peers);
        this.keepEvents(peers);
        progress();
      }
      this.keepMessages("client", peers.client1);
      this.keepMessages("client", peers.client2);
      this.keepMessages("venue", peers.venue);
    } finally {
      peers.close();
    }
    this.compiles += this.watch.checkAll();
    this.again = this.watch.again;
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
