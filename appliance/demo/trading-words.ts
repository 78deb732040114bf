import { LATENCY_BYTES } from "../../src/telemetry/latency.ts";

/*  What the demo's trading lane and the main thread tell each other:
 *
 *  int 0 state (by the trader)   16 stop (by main)
 *  double 16 requests · 17 reports · 18 rejects · 19 open · 20 lost   by the trader
 *  byte 4096 the round trip's histogram
 */
export const STATE_WORD = 0;
export const STOP_WORD = 16;
export const REQUESTS = 16;
export const REPORTS = 17;
export const REJECTS = 18;
export const OPEN = 19;
export const LOST = 20;
export const LATENCY_AT = 4096;
export const TRADING_BYTES = LATENCY_AT + LATENCY_BYTES;

export const TRADING = 1;
export const ENDED = 2;

export interface TradedSymbol {
  readonly name: string;
  readonly priceE8: number;
  readonly tickE8: number;
}

/** What the trading lane is given. */
export interface TraderData {
  readonly role: "trader";
  readonly port: number;
  readonly sessions: readonly string[];
  readonly gateway: string;
  readonly account: string;
  readonly symbols: readonly TradedSymbol[];
  /** Requests of one session that wait for their first report at once. */
  readonly window: number;
  /** The account's limit; some orders go beyond it on purpose. */
  readonly maxOrderQty: number;
  readonly shared: SharedArrayBuffer;
}
