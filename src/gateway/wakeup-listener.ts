/** Pause after a wake-up, so that many in a row become one; no lane waits for it. */
const PAUSE_MS = 50;

/** Waits for the lanes' MainWakeup words and calls back when one has changed. */
export class WakeupListener {
  private stopped = false;

  constructor(
    private readonly ints: Int32Array,
    /** Index of each lane's MAIN_WAKEUP_WORD. */
    private readonly words: readonly number[],
    private readonly onWakeup: () => void,
  ) {}

  start(): void {
    for (const word of this.words) void this.listen(word);
  }

  /** Later wake-ups are ignored. */
  stop(): void {
    this.stopped = true;
    for (const word of this.words) Atomics.notify(this.ints, word);
  }

  private async listen(word: number): Promise<void> {
    for (;;) {
      const seen = Atomics.load(this.ints, word);
      if (this.stopped) return;
      this.onWakeup();
      // A wake-up since the load ends this wait at once.
      await Atomics.waitAsync(this.ints, word, seen).value;
      await Bun.sleep(PAUSE_MS);
    }
  }
}
