/** After a call, so that many at a time are one; lanes do not wait for it. */
const REST_MS = 50;

/** The main thread's end of the lanes' bells: hears them, so that nothing has to be looked at again and again. */
export class WakeupListener {
  private stopped = false;

  constructor(
    private readonly ints: Int32Array,
    /** The lanes' words that are rung. */
    private readonly words: readonly number[],
    private readonly called: () => void,
  ) {}

  start(): void {
    for (const word of this.words) void this.hear(word);
  }

  /** What is rung from now on is not heard. */
  stop(): void {
    this.stopped = true;
    for (const word of this.words) Atomics.notify(this.ints, word);
  }

  private async hear(word: number): Promise<void> {
    for (;;) {
      const seen = Atomics.load(this.ints, word);
      if (this.stopped) return;
      this.called();
      // What is rung from the load on ends this at once.
      await Atomics.waitAsync(this.ints, word, seen).value;
      await Bun.sleep(REST_MS);
    }
  }
}
