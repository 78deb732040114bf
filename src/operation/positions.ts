import type { Outcome } from "./outcome.ts";

/** Position of an account in a symbol; exact decimals, below 0 where more was sold. */
export interface PositionView {
  readonly account: string;
  readonly symbol: string;
  /** At the start of the trading day, and bought less sold since then. */
  readonly start: string;
  readonly today: string;
  readonly position: string;
  /** What open orders can still buy and sell. */
  readonly openBuy: string;
  readonly openSell: string;
  /** As if all open orders of one side were filled and none of the other: what maxPosition limits, without its sign. */
  readonly worst: string;
}

/** A position at the start of the trading day, as an operator gives it. */
export interface GivenPosition {
  readonly account: string;
  readonly symbol: string;
  /** An exact decimal. */
  readonly quantity: string | number;
}

export interface PositionFilter {
  readonly account?: string;
  readonly symbol?: string;
}

export interface PositionPage {
  readonly positions: readonly PositionView[];
  /** Where the next page begins; null: this was the last one. */
  readonly next: number | null;
}

/** What became of positions that were given; `old` has those of before, empty where none was set. */
export interface PositionsOutcome extends Outcome {
  readonly old: readonly GivenPosition[];
}

/** Positions of accounts in symbols. */
export interface Positions {
  /** From row `from` on, no more than `most`. */
  page(filter: PositionFilter, from: number, most: number): Promise<PositionPage>;
  /** What is wrong with the first of them that can't be set, or why there is no room for all, or "". */
  problemOf(positions: readonly GivenPosition[]): string;
  /** Sets positions at the start of the trading day; `by` is who asks. All, and the room for them, are checked before the first is set. */
  start(positions: readonly GivenPosition[], by: string): Promise<PositionsOutcome>;
}
