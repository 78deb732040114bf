// A lane's warm-up: everything it will ever do, done until the compiler has nothing more to learn from it. Cold.

import { accessSync, constants, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { addressedCount, forgetAddresses } from "../../ffi/memory.ts";
import { Compiles, methodsOf } from "../stalls/compiles.ts";
import { Counterparties } from "./counterparties.ts";
import { answers, brakes, bulk, changes, crowd, faults, groups, refusals } from "./order-flow.ts";
import type { WarmUp } from "./plan.ts";
import { breaks, ends, evening, gaps, quiet, slow, strangers, talk } from "./session-flow.ts";
import type { WarmUpHost } from "./warm-up-lane.ts";

/** What it came to; plain data for the main thread. */
export interface WarmUpResult {
  readonly rounds: number;
  readonly orders: number;
  readonly ms: number;
  /** Compilations, all rounds; and those in which something that had been compiled before was compiled again. */
  readonly compiles: number;
  readonly again: number;
  /** False when time ran out before the compiler was at rest. */
  readonly warm: boolean;
  /** What went wrong on the stage, or null. The lane is none the worse, but cold. */
  readonly problem: string | null;
}

const ORDERS_PER_ROUND = 4_000;
/** More than the stage's order table holds. */
const CROWD = 1_100;
/** Rounds in which nothing is compiled again, before it counts as warm: rare functions may still come up for the first time. */
const STILL_ROUNDS = 2;

const SLICES = 4;

type Act = (scene: Counterparties) => void;

/** One after the other, all on one stage: everything that does not happen every day. */
export const ODDITIES: readonly Act[] = [
  (scene) => scene.open(),
  strangers,
  (scene) => scene.logonBoth(),
  answers,
  refusals,
  faults,
  changes,
  groups,
  brakes,
  (scene) => talk(scene, scene.anna),
  (scene) => talk(scene, scene.bert),
  (scene) => talk(scene, scene.market),
  (scene) => gaps(scene, scene.anna),
  (scene) => gaps(scene, scene.market),
  (scene) => ends(scene, scene.bert),
  breaks,
  slow,
  (scene) => crowd(scene, CROWD),
  quiet,
];

/** And what does, before everyone goes home. */
const ACTS = [...ODDITIES, ...Array<Act>(SLICES).fill((scene) => bulk(scene, ORDERS_PER_ROUND / SLICES)), evening];

/**
 * Warms up until warm or `maxMs`; nothing of it is left but what the compiler has learnt. `progress` is called
 * now and then.
 */
export function runWarmUp(host: WarmUpHost, warmUp: WarmUp, progress: () => void = () => {}): WarmUpResult {
  const began = performance.now();
  const kept = addressedCount();
  const course = new Course(host, warmUp, scratchDirectory(host.lane));
  let rounds = 0;
  let still = 0;
  const isLate = (): boolean => performance.now() - began > warmUp.maxMs;
  let problem: string | null = null;
  try {
    while (still < STILL_ROUNDS && !isLate()) {
      const { again } = course;
      course.round(ACTS, isLate, progress);
      still = course.again > again ? 0 : still + 1;
      rounds++;
    }
  } catch (error) {
    problem = (error as Error).message;
  }
  const { compiles, again } = course;
  forgetAddresses(kept);
  // Also gives the memory back that its buffers had, which fullGC of bun:jsc keeps.
  Bun.gc(true);
  const orders = rounds * ORDERS_PER_ROUND;
  return { rounds, orders, compiles, again, ms: performance.now() - began, warm: still >= STILL_ROUNDS, problem };
}

/** One stage after another. */
export class Course {
  compiles = 0;
  again = 0;
  /** What came to whom, and how often. */
  readonly seen = new Map<string, number>();
  private watch: Compiles | null = null;

  constructor(
    private readonly host: WarmUpHost,
    private readonly warmUp: WarmUp,
    private readonly dir: string,
  ) {}

  /** A gateway's whole life, with an early evening when it is that late. */
  round(acts = ACTS, isLate: () => boolean = () => false, progress: () => void = () => {}): void {
    const scene = new Counterparties(this.host, this.warmUp, this.dir);
    try {
      this.watch ??= new Compiles(methodsOf([scene.stage.own, scene.stage.loop]));
      for (const act of acts) {
        if (act !== evening && isLate()) continue;
        act(scene);
        this.keepEvents(scene);
        progress();
      }
      this.keepMessages("client", scene.anna);
      this.keepMessages("client", scene.bert);
      this.keepMessages("venue", scene.market);
    } finally {
      scene.close();
    }
    this.compiles += this.watch.checkAll();
    this.again = this.watch.again;
  }

  private keepMessages(who: string, peer: { readonly seen: ReadonlyMap<string, number> }): void {
    for (const [kind, count] of peer.seen) this.keep(`${who} ${kind}`, count);
  }

  private keepEvents(scene: Counterparties): void {
    // Alarms differ in field values and order ids.
    const why = (text: string): string => text.replace(/^=\S* /, "").replace(/;.*/, "");
    scene.stage.drainEvents((name, text) => this.keep(text === "" ? name : why(text), 1));
  }

  private keep(key: string, count: number): void {
    this.seen.set(key, (this.seen.get(key) ?? 0) + count);
  }
}

const PREFIX = "sallyport-warm-up-";

/** A place for files that live for a second: memory where there is some. What a killed process has left there goes. */
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
