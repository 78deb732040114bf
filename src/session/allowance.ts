import { NS_PER_S } from "../base/units.ts";

/**
 * Bounds what a peer can make the journal or the log keep that is no message of a session: up to `burst` bytes (or lines) at
 * once, and `perSecond` each second after that. Counts the rest. The same for connections.
 */
export class Allowance {
  /** Refusals since the last `clear`, and their bytes. */
  refused = 0;
  refusedBytes = 0;
  private left: number;
  private sinceNs = 0;

  constructor(
    private readonly burst: number,
    private readonly perSecond: number,
  ) {
    this.left = burst;
  }

  /** Takes `bytes` from what is left. Returns  false when that is less: the caller then counts them with `refuse`. */
  take(bytes: number, nowNs: number): boolean {
    this.refill(nowNs);
    // After a refusal, waits for a second's worth: the counts are recorded once a second, not between any two messages.
    if (bytes > this.left || (this.refused > 0 && this.left < this.perSecond)) return false;
    this.left -= bytes;
    return true;
  }

  /** True when at least this much is left. */
  has(bytes: number, nowNs: number): boolean {
    this.refill(nowNs);
    return this.left >= bytes;
  }

  private refill(nowNs: number): void {
    const more = this.left + ((nowNs - this.sinceNs) / NS_PER_S) * this.perSecond;
    this.left = more > this.burst ? this.burst : more;
    this.sinceNs = nowNs;
  }

  /** Counts bytes that are not kept. */
  refuse(bytes: number): void {
    this.refused++;
    this.refusedBytes += bytes;
  }

  /** The counts are recorded. */
  clear(): void {
    this.refused = 0;
    this.refusedBytes = 0;
  }
}
