import { HEARTBEAT_WORD, LANE_STOPPED, STATE_WORD } from "../../lane/words.ts";

/** The heartbeats of all lanes, as the main thread sees them. A lane that has ended in order is no longer asked. */
export class LaneHeartbeats {
  private readonly seen: number[];

  constructor(
    private readonly ints: Int32Array,
    /** Where each lane's words begin, by lane. */
    private readonly wordsAt: readonly number[],
  ) {
    this.seen = wordsAt.map((_, lane) => this.beat(lane));
  }

  /** Whether every lane has turned since this last said so. */
  allTurned(): boolean {
    if (this.still().length > 0) return false;
    this.note();
    return true;
  }

  /** Whether any lane has made progress since it was last asked; that is so also before its first turn. */
  anyTurned(): boolean {
    if (this.still().length === this.wordsAt.length) return false;
    this.note();
    return true;
  }

  /** Lanes that have not turned since. */
  still(): number[] {
    return [...this.wordsAt.keys()].filter((lane) => !this.hasEnded(lane) && this.beat(lane) === this.seen[lane]);
  }

  private note(): void {
    for (const lane of this.wordsAt.keys()) this.seen[lane] = this.beat(lane);
  }

  private hasEnded(lane: number): boolean {
    return Atomics.load(this.ints, (this.wordsAt[lane]! >> 2) + STATE_WORD) === LANE_STOPPED;
  }

  private beat(lane: number): number {
    return Atomics.load(this.ints, (this.wordsAt[lane]! >> 2) + HEARTBEAT_WORD);
  }
}
