import { TRADING_CANCEL_ONLY, TRADING_OFF, TRADING_ON } from "../../record/control-codes.ts";
import { ACCEPTED, SESSION_CANCEL_ONLY, SESSION_OFF, VENUE_CANCEL_ONLY, VENUE_OFF } from "../risk/reason-codes.ts";
import { address } from "./area.ts";
import { SESSION_TRADING_AT, VENUE_TRADING_AT } from "./layout.ts";

// Trading state of each client session and each venue: on, cancel-only or off. An operator sets it; the core alone writes it, agents
// and the main thread read it.

/** Behind the count of changes. */
const STATES_AT: usize = 4;

/** Reason to refuse a new order or a replace of this session, or ACCEPTED. The session is known. */
// @ts-ignore: decorator
@inline
export function refusalOfSession(session: i32): i32 {
  const state = load<i32>(stateAt(SESSION_TRADING_AT, session));
  if (state === TRADING_ON) return ACCEPTED;
  return state === TRADING_OFF ? SESSION_OFF : SESSION_CANCEL_ONLY;
}

/** Reason to refuse a new order or a replace for this venue, or ACCEPTED. */
// @ts-ignore: decorator
@inline
export function refusalOfVenue(venue: i32): i32 {
  const state = load<i32>(stateAt(VENUE_TRADING_AT, venue));
  if (state === TRADING_ON) return ACCEPTED;
  return state === TRADING_OFF ? VENUE_OFF : VENUE_CANCEL_ONLY;
}

export function isTradingState(state: i32): bool {
  return state === TRADING_ON || state === TRADING_CANCEL_ONLY || state === TRADING_OFF;
}

/** Sets a state; agents then see another count of changes. Returns false where it was so before. */
export function setTrading(table: usize, id: i32, state: i32): bool {
  const at = stateAt(table, id);
  if (load<i32>(at) === state) return false;
  atomic.store<i32>(at, state);
  atomic.add<i32>(address(table), 1);
  return true;
}

// @ts-ignore: decorator
@inline
function stateAt(table: usize, id: i32): usize {
  return address(table) + STATES_AT + (<usize>id << 2);
}
