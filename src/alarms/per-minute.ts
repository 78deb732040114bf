const MINUTE_MS = 60_000;

/** The counter had this value from this time on. */
interface Sample {
  readonly atMs: number;
  readonly count: number;
}

/** Growth of counters over the last minute, by name. A counter that stays as it is takes no more memory. */
export class PerMinute {
  private readonly samples = new Map<string, Sample[]>();
  private lastMs = Number.NEGATIVE_INFINITY;

  /** Takes a counter's value at a time; returns its growth since a minute before, or since the first value or `before` it. */
  take(name: string, count: number, atMs: number, before = count): number {
    // A clock that was set back, or a counter that begins again: what was before says nothing.
    if (atMs < this.lastMs) for (const one of this.samples.values()) one.length = 0;
    this.lastMs = atMs;
    let samples = this.samples.get(name);
    if (samples === undefined) {
      samples = before === count ? [] : [{ atMs, count: before }];
      this.samples.set(name, samples);
    }
    const last = samples.at(-1);
    if (last !== undefined && count < last.count) samples.length = 0;
    if (samples.at(-1)?.count !== count) samples.push({ atMs, count });
    while (samples.length > 1 && samples[1]!.atMs <= atMs - MINUTE_MS) samples.shift();
    return count - samples[0]!.count;
  }
}
