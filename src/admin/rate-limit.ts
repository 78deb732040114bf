/** Most names that are counted at once; of others the oldest is forgotten, which is then full again. */
const MOST_NAMES = 4_096;

interface Bucket {
  tokens: number;
  atMs: number;
}

/** Token buckets by name: `perSecond` requests a second, and as many at once. */
export class RateLimit {
  private readonly buckets = new Map<string, Bucket>();

  constructor(private readonly perSecond: number) {}

  /** Takes one. Returns  false when there is none left. */
  take(name: string, nowMs: number): boolean {
    const before = this.buckets.get(name) ?? { tokens: this.perSecond, atMs: nowMs };
    // A clock that was set back takes no tokens away.
    const passedMs = Math.max(0, nowMs - before.atMs);
    const tokens = Math.min(this.perSecond, before.tokens + (passedMs * this.perSecond) / 1_000);
    // Set anew, so that the map's order is that of the last use.
    this.buckets.delete(name);
    if (this.buckets.size >= MOST_NAMES) this.buckets.delete(this.buckets.keys().next().value!);
    this.buckets.set(name, { tokens: tokens < 1 ? tokens : tokens - 1, atMs: nowMs });
    return tokens >= 1;
  }
}
