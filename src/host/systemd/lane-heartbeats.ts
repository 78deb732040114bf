import { HEARTBEAT_WORD, LANE_STOPPED, STATE_WORD } from "../../lane/words.ts";

/** The main thread's check that lanes run, by their heartbeat words. A lane that has stopped cleanly is left out. */
export class LaneHeartbeats {
  private readonly seen: number[];

  constructor(
    private readonly ints: Int32Array,
    /** Where each lane's words begin, by lane. */
    private readonly wordsAt: readonly number[],
  ) {
    this.seen = wordsAt.map((_, lane) => this.beat(lane));
  }

  /** Whether every lane has turned since the last call that returned true. */
  allTurned(): boolean {
    if (this.still().length > 0) return false;
    this.note();
    return true;
  }

  /** Whether any lane has made progress since the last call that returned true; also before its first turn. */
  anyTurned(): boolean {
    if (this.still().length === this.wordsAt.length) return false;
    this.note();
    return true;
  }

  /** Lanes that have not turned since then. */
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
