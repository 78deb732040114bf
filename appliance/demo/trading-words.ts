import { LATENCY_BYTES } from "../../src/telemetry/latency.ts";

/*  Shared by the demo's main thread and its trading lane:
 *
 *  int     0  state     written by the trading lane
 *  int    16  phase that is wanted, 17 the gateway's port (0: not known yet), 18 closing     written by the main thread
 *  int    32  phase that has begun      written by the trading lane
 *  double 32  open orders, 33 requests without an answer for too long
 *  double 64 + 16·phase  requests, reports, refused on purpose, too late, other rejects of that phase
 *  byte 4096 + 2·LATENCY_BYTES·phase  round trip, then the way to the exchange
 */
export const STATE_WORD = 0;
export const WANTED_WORD = 16;
export const PORT_WORD = 17;
export const CLOSE_WORD = 18;
export const PHASE_WORD = 32;

export const OPEN = 32;
export const LOST = 33;

export const REQUESTS = 0;
export const REPORTS = 1;
/** Orders beyond the account's limit, which the gateway has to refuse. */
export const REFUSED = 2;
/** Cancels and replaces of orders that were done when they came. */
export const TOO_LATE = 3;
export const OTHER_REJECTS = 4;

export const TRADING = 1;
export const ENDED = 2;

/** Phases: two that nobody sees, so that what is measured runs compiled code; then the two that are shown; the end. */
export const WARM_BURST = 0;
export const WARM_PACED = 1;
export const PACED = 2;
export const BURST = 3;
export const NO_MORE = 4;

const LATENCY_AT = 4096;
export const TRADING_BYTES = LATENCY_AT + 2 * LATENCY_BYTES * NO_MORE;

/** First of a phase's counters, a word of the doubles. */
export function countsOf(phase: number): number {
  return 64 + 16 * phase;
}

export function roundTripAt(phase: number): number {
  return LATENCY_AT + 2 * LATENCY_BYTES * phase;
}

export function toExchangeAt(phase: number): number {
  return roundTripAt(phase) + LATENCY_BYTES;
}

/** Requests in a second, of all clients, while they are paced. */
export const PACED_PER_SECOND = 2_000;

export interface TradedSymbol {
  readonly name: string;
  readonly priceE8: number;
  readonly tickE8: number;
}

/** What the trading lane is started with. */
export interface TraderData {
  readonly role: "trader";
  readonly sessions: readonly string[];
  /** CompIDs of the gateway, for clients and at the exchange. */
  readonly gateway: string;
  readonly exchange: string;
  readonly account: string;
  readonly symbols: readonly TradedSymbol[];
  /** Requests of one session that wait for their first report at once, in a burst. */
  readonly window: number;
  /** Between paced requests it spins. */
  readonly spins: boolean;
  /** The account's limit; in a burst some orders are beyond it on purpose. */
  readonly maxOrderQty: number;
  readonly shared: SharedArrayBuffer;
}

/** What it posts: the port that its exchange listens on, or why it has ended. */
export interface TraderMessage {
  readonly exchangePort?: number;
  readonly failed?: string;
}
