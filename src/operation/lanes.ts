/** Fill of a ring between two agents. */
export interface RingView {
  /** For instance "orders of client0". */
  readonly name: string;
  readonly records: number;
  readonly slots: number;
}

/** Sums of all stalls of one cause on a lane. */
export interface StallCauseView {
  readonly cause: string;
  readonly count: number;
  readonly totalUs: number;
  readonly worstUs: number;
}

/** One stall: a turn that began later than it should. */
export interface StallView {
  readonly lane: number;
  readonly atUs: number;
  readonly gapUs: number;
  readonly cause: string;
  /** Agent with the longest turn; null: none was timed. */
  readonly agent: string | null;
  readonly agentUs: number;
}

export type LaneState = "starting" | "open" | "running" | "drained" | "stopped" | "failed";

/** A lane: a pinned thread with its agents. Counts are since the start. */
export interface LaneView {
  readonly lane: number;
  readonly agents: readonly string[];
  readonly state: LaneState;
  readonly cpu: number | null;
  readonly idle: string;
  readonly turns: number;
  readonly workedTurns: number;
  readonly turnsPerSecond: number;
  readonly longestTurnUs: number;
  readonly collections: number;
  readonly compilations: number;
  readonly stalls: number;
  readonly stallCauses: readonly StallCauseView[];
}

/** Reads lanes and rings. Never disturbs a lane. */
export interface Lanes {
  list(): LaneView[];
  rings(): RingView[];
  /** The last stalls of all lanes, newest first, no more than `most`. */
  stalls(most: number): StallView[];
}
