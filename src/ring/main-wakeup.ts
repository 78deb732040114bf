/** Rung by a lane, heard by the main thread, which sleeps meanwhile: `calls.ts`. A word of shared memory, written by the lane. */
export class MainWakeup {
  constructor(
    private readonly ints: Int32Array,
    private readonly word: number,
  ) {}

  /** Where someone sleeps it takes some µs to wake him: for what is rare. Thread: the lane. */
  wake(): void {
    Atomics.add(this.ints, this.word, 1);
    Atomics.notify(this.ints, this.word);
  }
}
