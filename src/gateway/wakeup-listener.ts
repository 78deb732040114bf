/** Pause after a wake-up, so that many in a row become one; no lane waits for it. */
const PAUSE_MS = 50;
/** While a command waits for its answer, the pause is this short. */
const SHORT_PAUSE_MS = 1;

/** Sends commands to lanes. */
export interface CommandSender {
  /** A command waits for its answer. */
  readonly isWaiting: boolean;
  /** Reads answers. */
  poll(): void;
}

/** Waits for the lanes' MainWakeup words, and lets what they say be read when one has changed. */
export class WakeupListener {
  private stopped = false;
  /** End the pauses that are under way. */
  private readonly pauses = new Set<() => void>();

  constructor(
    private readonly ints: Int32Array,
    /** Index of each lane's MAIN_WAKEUP_WORD. */
    private readonly words: readonly number[],
    private readonly senders: readonly CommandSender[],
    /** Reads what else lanes say. */
    private readonly poll: () => void,
  ) {}

  start(): void {
    for (const word of this.words) void this.listen(word);
  }

  /** A command was sent: its answer does not wait for the end of a pause. */
  hurry(): void {
    for (const end of this.pauses) end();
  }

  /** Later wake-ups are ignored. */
  stop(): void {
    this.stopped = true;
    this.hurry();
    for (const word of this.words) Atomics.notify(this.ints, word);
  }

  private async listen(word: number): Promise<void> {
    for (;;) {
      const seen = Atomics.load(this.ints, word);
      if (this.stopped) return;
      for (const sender of this.senders) sender.poll();
      this.poll();
      await this.pause();
      // A wake-up since the load ends this wait at once.
      await Atomics.waitAsync(this.ints, word, seen).value;
    }
  }

  private async pause(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, this.senders.some(({ isWaiting }) => isWaiting) ? SHORT_PAUSE_MS : PAUSE_MS);
    this.pauses.add(resolve);
    await promise;
    this.pauses.delete(resolve);
    clearTimeout(timer);
  }
}
