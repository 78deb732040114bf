const MINUTE_MS = 60_000;

interface Sample {
  readonly atMs: number;
  readonly count: number;
}

/** Growth of counters over the last minute, by name. */
export class PerMinute {
  private readonly samples = new Map<string, Sample[]>();

  /** Takes a counter's value at a time; returns its growth since a minute before, or since the first value or `before` it. */
  take(name: string, count: number, atMs: number, before = count): number {
    let samples = this.samples.get(name);
    if (samples === undefined) {
      samples = before === count ? [] : [{ atMs, count: before }];
      this.samples.set(name, samples);
    }
    // A counter that begins again, or a clock that was set back: what was before says nothing.
    const last = samples.at(-1);
    if (last !== undefined && (count < last.count || atMs < last.atMs)) samples.length = 0;
    samples.push({ atMs, count });
    while (samples.length > 2 && samples[1]!.atMs <= atMs - MINUTE_MS) samples.shift();
    return count - samples[0]!.count;
  }
}
