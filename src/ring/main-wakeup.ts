/** Wakes the main thread from a lane: a word of shared memory, written by the lane; `gateway/wakeup-listener.ts` waits on it. */
export class MainWakeup {
  constructor(
    private readonly ints: Int32Array,
    private readonly word: number,
  ) {}

  /** Takes some µs when the main thread sleeps: for rare events. Thread: the lane. */
  wake(): void {
    Atomics.add(this.ints, this.word, 1);
    Atomics.notify(this.ints, this.word);
  }
}
