import type { Views } from "../../base/views.ts";
import { TRADING_STATES, type TradingState } from "../../operation/session-commands.ts";

/** Trading state of an id, from the states that begin at `tradingAt` with the count of their changes. */
export function tradingStateAt({ ints }: Views, tradingAt: number, id: number): TradingState {
  return TRADING_STATES[Atomics.load(ints, (tradingAt >> 2) + 1 + id)]!;
}
