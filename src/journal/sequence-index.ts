import { NONE } from "../base/units.ts";

const CAPACITY = 4096;

/** Where in its stream a session's messages stand: every stride-th one, so that any of them is found with a short look. */
export class SequenceIndex {
  private readonly sequences = new Int32Array(new ArrayBuffer(4 * CAPACITY));
  private readonly positions = new Float64Array(new ArrayBuffer(8 * CAPACITY));
  private count = 0;
  private stride = 16;
  private nextSequence = 1;

  /** Takes note of one message; sequences only grow until `clear`. */
  note(sequence: number, position: number): void {
    if (sequence < this.nextSequence) return;
    if (this.count === CAPACITY) this.thin();
    this.sequences[this.count] = sequence;
    this.positions[this.count] = position;
    this.count++;
    this.nextSequence = sequence + this.stride;
  }

  /** Position of the last noted message whose sequence is not above `sequence`; the first noted one if all are; NONE if there is none. */
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

  /** What was noted, for a snapshot. Cold. */
  noted(): { indexSequences: number[]; indexPositions: number[] } {
    return {
      indexSequences: Array.from(this.sequences.subarray(0, this.count)),
      indexPositions: Array.from(this.positions.subarray(0, this.count)),
    };
  }

  /** Drops every second one, in place, and notes half as often from now on. */
  private thin(): void {
    this.count = CAPACITY / 2;
    for (let i = 0; i < this.count; i++) {
      this.sequences[i] = this.sequences[2 * i]!;
      this.positions[i] = this.positions[2 * i]!;
    }
    this.stride *= 2;
  }
}
