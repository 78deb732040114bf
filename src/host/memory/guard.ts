import { readFileSync } from "node:fs";
import type { Log } from "../../base/log.ts";
import type { PeriodicTasks } from "../../base/periodic-tasks.ts";
import { KIB, MIB } from "../../base/units.ts";
import type { GatewayConfig } from "../../config/schema.ts";
import { Collections } from "../../stalls/collections.ts";

const CHECK_EVERY_MS = 500;
/** Collections without orders begin after this long without an order. */
const NO_ORDER_MS = 1_000;
/** Growth since the last collection that is worth another. */
const WORTH_BYTES = MIB;
/** Pause between collections while the process stays above its limit. */
const AGAIN_AFTER_MS = 10_000;

/** What the guard reads of the process and does to it. */
export interface Process {
  /** Private memory. */
  ownBytes(): number;
  /** The main thread's heap with its garbage. */
  heapBytes(): number;
  /** Collects the main thread's heap and returns free memory to the system. */
  collect(): void;
}

/** This process. */
export const THIS_PROCESS: Process = {
  ownBytes: () => Number(/^RssAnon:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "latin1"))?.[1] ?? 0) * KIB,
  heapBytes: () => process.memoryUsage().heapTotal,
  collect: () => Bun.gc(true),
};

/**
 * Keeps the process within its memory: collects the main thread's heap above the limit and, where the engine does not
 * collect for growth, while there are no orders. Lanes neither wait for this nor are interrupted by it.
 */
export class MemoryGuard {
  /** Above the limit after a collection. */
  alarmed = false;
  /** Collections of the main thread's heap, also by the engine. */
  collections = 0;
  private withoutOrders = 0;
  private atLimit = 0;
  private readonly seen = new Collections();
  /** 0: none. */
  limitBytes: number;
  private readonly off: boolean;
  private orders = -1;
  private lastOrderMs = 0;
  private leftBytes = 0;
  private limitCollectionMs = Number.NEGATIVE_INFINITY;
  private end: () => void = () => {};

  constructor(
    memory: Pick<GatewayConfig["memory"], "growthPercent" | "limitMiB">,
    private readonly orderCount: () => number,
    private readonly log: Log,
    private readonly process: Process = THIS_PROCESS,
  ) {
    this.limitBytes = memory.limitMiB * MIB;
    this.off = memory.growthPercent === "off";
  }

  /** Another limit, from the next check on. */
  limit(limitMiB: number): void {
    this.limitBytes = limitMiB * MIB;
  }

  start(periodicTasks: PeriodicTasks): void {
    this.end = periodicTasks.every(CHECK_EVERY_MS, () => this.check(performance.now()));
  }

  stop(): void {
    this.end();
    this.collections += this.seen.check();
    const own =
      this.off || this.limitBytes > 0 ? ` (${this.withoutOrders} without orders, ${this.atLimit} at the limit)` : "";
    this.log.info(`${this.collections} collections on the main thread${own}`);
  }

  check(nowMs: number): void {
    this.collections += this.seen.check();
    if (this.limitBytes > 0) this.checkLimit(nowMs);
    if (this.off) this.collectWithoutOrders(nowMs);
  }

  private checkLimit(nowMs: number): void {
    const bytes = this.process.ownBytes();
    if (bytes <= this.limitBytes) {
      if (this.alarmed) this.log.info(`${mib(bytes)}, within memory.limitMiB again`);
      this.alarmed = false;
      return;
    }
    if (nowMs - this.limitCollectionMs < AGAIN_AFTER_MS) return;
    this.limitCollectionMs = nowMs;
    this.collect();
    this.atLimit++;
    const left = this.process.ownBytes();
    if (left <= this.limitBytes)
      this.log.info(`${mib(bytes)} was beyond memory.limitMiB; collected, ${mib(left)} are left`);
    else if (!this.alarmed) {
      this.alarmed = true;
      this.log.alarm(
        `${mib(left)} of memory are beyond memory.limitMiB (${mib(this.limitBytes)}) also after a collection; orders continue`,
      );
    }
  }

  private collectWithoutOrders(nowMs: number): void {
    const orders = this.orderCount();
    if (orders !== this.orders) {
      this.orders = orders;
      this.lastOrderMs = nowMs;
    }
    if (nowMs - this.lastOrderMs < NO_ORDER_MS) return;
    if (this.process.heapBytes() - this.leftBytes < WORTH_BYTES) return;
    this.collect();
    this.withoutOrders++;
  }

  private collect(): void {
    this.process.collect();
    this.collections += this.seen.check();
    this.leftBytes = this.process.heapBytes();
  }
}

function mib(bytes: number): string {
  return `${(bytes / MIB).toFixed(0)} MiB`;
}
