import { NS_PER_S } from "../../base/units.ts";

/** After this long without a request the count begins anew: what is that slow does no harm. */
const CALM_NS = 60 * NS_PER_S;

/** Counts how often one side asks for the same again: two engines that misunderstand each other could do so for ever. */
export class ResendGuard {
  private furthest = 0;
  private count = 0;
  private lastNs = 0;

  constructor(private readonly limit: number) {}

  /**
   * Takes note of a request from `begin` on. One that begins further than any before it is progress.
   * Returns  false when this is one too many.
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
