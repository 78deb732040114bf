import type { Asked, Outcome } from "./outcome.ts";

/** What an operator lets a client session or a venue do. */
export const TRADING_STATES = ["on", "cancel-only", "off"] as const;
export type TradingState = (typeof TRADING_STATES)[number];

/** A client session, a venue or a drop copy session, by its name in the configuration. */
export interface Counterparty {
  readonly kind: "session" | "venue" | "drop-copy";
  readonly name: string;
}

/** MsgSeqNum of the next message in each direction. */
export interface Numbers {
  readonly nextIn: number;
  readonly nextOut: number;
}

/** Both are null where nobody answered. */
export interface NumbersOutcome extends Outcome {
  readonly old: Numbers | null;
  readonly new: Numbers | null;
}

/** Characters of the text of a Logout. */
export const MOST_LOGOUT_TEXT = 160;
/** Largest MsgSeqNum that may be set. */
export const MOST_NUMBER = 999_999_999;

/** Steers client sessions, venues and drop copy sessions while the gateway runs. Each outcome says `unknown-name` of one that is not configured. */
export interface SessionCommands {
  /** Null: it is not configured. */
  tradingState(of: Counterparty): TradingState | null;
  /** Sends a Logout with this text, printable ASCII; "" for one that says that an operator did it. */
  logout(of: Counterparty, text: string): Promise<Outcome>;
  /** Closes the connection without a Logout. */
  disconnect(of: Counterparty): Promise<Outcome>;
  /** Connects to a venue at once, whatever its reconnect delay is. */
  connect(venue: string): Promise<Outcome>;
  /**
   * Sets one number or both, 1 to MOST_NUMBER. While it is logged on, the one sent next can only be raised, which a SequenceReset
   * says, and the one expected next only within an open gap.
   */
  setNumbers(of: Counterparty, numbers: Partial<Numbers>): Promise<NumbersOutcome>;
  /** Passes over what stops the copies of the reports of this client agent: `client0`. */
  skipCopies(agent: string): Promise<Outcome>;
  /** Not of a drop copy session. Holds from the next order on, and after a restart. `off` also logs out, refuses Logons, and does not connect to a venue. */
  setTradingState(of: Counterparty, state: TradingState, asked: Asked): Promise<Outcome>;
}
