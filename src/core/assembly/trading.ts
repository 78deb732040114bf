import { TRADING_CANCEL_ONLY, TRADING_OFF, TRADING_ON } from "../../record/control-codes.ts";
import { ACCEPTED, SESSION_CANCEL_ONLY, SESSION_OFF, VENUE_CANCEL_ONLY, VENUE_OFF } from "../risk/reason-codes.ts";
import { address } from "./area.ts";
import { SESSION_TRADING_AT, TRADING_MARK_BY_AT, TRADING_MARK_BYTES, VENUE_TRADING_AT } from "./layout.ts";

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

/*  Who has set the state of an id last, and when. 40 bytes.
 *
 *  byte 0        8                    40
 *       ┌────────┬────────────────────┐   atUs  0 while it is written, and where nobody has
 *       │ atUs   │ by, zero padded    │
 *       └────────┴────────────────────┘
 */
export function markTrading(table: usize, id: i32, timeUs: f64, by: usize, byLength: i32): void {
  const at = address(table) + <usize>id * TRADING_MARK_BYTES;
  const most: usize = TRADING_MARK_BYTES - TRADING_MARK_BY_AT;
  atomic.store<i64>(at, 0);
  memory.fill(at + TRADING_MARK_BY_AT, 0, most);
  memory.copy(at + TRADING_MARK_BY_AT, by, <usize>byLength < most ? <usize>byLength : most);
  atomic.store<i64>(at, reinterpret<i64>(timeUs));
}

// @ts-ignore: decorator
@inline
function stateAt(table: usize, id: i32): usize {
  return address(table) + STATES_AT + (<usize>id << 2);
}
