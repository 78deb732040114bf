import { NS_PER_S } from "../../base/units.ts";

/** After this long without a request the count starts again: so slow a loop does no harm. */
const CALM_NS = 60 * NS_PER_S;

/** Counts how often one side asks for the same messages: two engines that misunderstand each other could ask without end. */
export class ResendGuard {
  private furthest = 0;
  private count = 0;
  private lastNs = 0;

  constructor(private readonly limit: number) {}

  /**
   * Counts a request from `begin` on. A request that begins behind all before it is progress.
   * Returns  false when the limit is exceeded.
   */
  asks(begin: number, nowNs: number): boolean {
    if (begin > this.furthest || nowNs - this.lastNs > CALM_NS) {
      this.furthest = begin;
      this.count = 0;
    }
    this.count++;
    this.lastNs = nowNs;
    return this.count <= this.limit;
  }

  /** A new connection, or new numbers. */
  clear(): void {
    this.furthest = 0;
    this.count = 0;
  }
}
