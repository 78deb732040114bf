import { NONE } from "../base/units.ts";

const CAPACITY = 1024;

/** Positions of every stride-th message of a session in its stream, so that a search for any message reads few entries. */
export class SequenceIndex {
  private readonly memory = new ArrayBuffer(12 * CAPACITY);
  private readonly positions = new Float64Array(this.memory, 0, CAPACITY);
  private readonly sequences = new Int32Array(this.memory, 8 * CAPACITY, CAPACITY);
  private count = 0;
  private stride = 16;
  private nextSequence = 1;

  /** The position of a message with this sequence, or of the next one, is to be recorded. */
  get wanted(): number {
    return this.nextSequence;
  }

  /** Records a message's position; sequences only grow until `clear`. */
  note(sequence: number, position: number): void {
    if (sequence < this.nextSequence) return;
    if (this.count === CAPACITY) this.thin();
    this.sequences[this.count] = sequence;
    this.positions[this.count] = position;
    this.count++;
    this.nextSequence = sequence + this.stride;
  }

  /** Position of the last indexed message with a sequence up to `sequence`, else of the first indexed one; NONE in an empty index. */
  before(sequence: number): number {
    if (this.count === 0) return NONE;
    let low = 0;
    let high = this.count - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.sequences[middle]! <= sequence) low = middle;
      else high = middle - 1;
    }
    return this.positions[low]!;
  }

  clear(): void {
    this.count = 0;
    this.stride = 16;
    this.nextSequence = 1;
  }

  /** The index's contents, for a snapshot. */
  noted(): { indexSequences: number[]; indexPositions: number[] } {
    return {
      indexSequences: Array.from(this.sequences.subarray(0, this.count)),
      indexPositions: Array.from(this.positions.subarray(0, this.count)),
    };
  }

  /** Drops every second message and doubles the stride. */
  private thin(): void {
    this.count = CAPACITY / 2;
    for (let i = 0; i < this.count; i++) {
      this.sequences[i] = this.sequences[2 * i]!;
      this.positions[i] = this.positions[2 * i]!;
    }
    this.stride *= 2;
  }
}
