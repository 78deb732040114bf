import {
  STATUS_CANCELED,
  STATUS_DONE_FOR_DAY,
  STATUS_EXPIRED,
  STATUS_FILLED,
  STATUS_NEW,
  STATUS_PARTIALLY_FILLED,
  STATUS_PENDING_CANCEL,
  STATUS_PENDING_NEW,
  STATUS_PENDING_REPLACE,
  STATUS_REJECTED,
  STATUS_REPLACED,
  STATUS_STOPPED,
  STATUS_SUSPENDED,
} from "../../record/codes.ts";

/*  What may follow what. A cell is the next state, · is illegal: such a report is passed on to the client and alarmed, and changes
 *  nothing else.
 *
 *                 ack  cancel    reject    expire   done     replace  restate
 *  PendingNew     New  Canceled  Rejected  Expired  DoneDay  New      New
 *  New            ·    Canceled  Rejected  Expired  DoneDay  New      New
 *  Partial        ·    Canceled  Rejected  Expired  DoneDay  Partial  Partial
 *  Filled         ·    ·         ·         ·        ·        Filled   Filled
 *  Canceled       ·    ·         ·         ·        ·        ·        Canceled
 *  Expired        ·    ·         ·         ·        ·        ·        Expired
 *  DoneForDay     ·    Canceled  ·         Expired  ·        DoneDay  DoneDay
 *  Rejected       ·    ·         ·         ·        ·        ·        Rejected
 *
 *  Executions (fills, busts, corrections) are legal in every state: they have happened. The venue's OrdStatus and LeavesQty then
 *  say what the order is (core/venue-word.ts): one that ends with its last fill, one whose rest is canceled, one that lives again.
 *  A cancel, replace or restatement may come without an ack before it: it says as much. Pending cancel and pending replace are
 *  a dimension of their own: they are shown before the state of an open order, while the order can still be filled.
 */
export const FREE = 0;
export const PENDING_NEW = 1;
export const NEW = 2;
export const PARTIALLY_FILLED = 3;
export const FILLED = 4;
export const CANCELED = 5;
export const REJECTED = 6;
export const EXPIRED = 7;
export const DONE_FOR_DAY = 8;
export const STATE_COUNT = 9;

export const ORDER_EVENT_ACK = 0;
export const ORDER_EVENT_CANCEL = 1;
export const ORDER_EVENT_REJECT = 2;
export const ORDER_EVENT_EXPIRE = 3;
export const ORDER_EVENT_DONE = 4;
export const ORDER_EVENT_REPLACE = 5;
export const ORDER_EVENT_RESTATE = 6;
export const ORDER_EVENT_COUNT = 7;

/** Result of `next` where the table has a dot. */
export const ILLEGAL = 0;

export const NOT_PENDING = 0;
export const PENDING_CANCEL = 1;
export const PENDING_REPLACE = 2;

const X = ILLEGAL;
const P = PARTIALLY_FILLED;
const F = FILLED;
const C = CANCELED;
const R = REJECTED;
const E = EXPIRED;
const D = DONE_FOR_DAY;

// biome-ignore format: one row a state, one column an event.
const NEXT = new Uint8Array([
  /* free         */ X, X, X, X, X, X, X,
  /* pending new  */ NEW, C, R, E, D, NEW, NEW,
  /* new          */ X, C, R, E, D, NEW, NEW,
  /* partial      */ X, C, R, E, D, P, P,
  /* filled       */ X, X, X, X, X, F, F,
  /* canceled     */ X, X, X, X, X, X, C,
  /* rejected     */ X, X, X, X, X, X, R,
  /* expired      */ X, X, X, X, X, X, E,
  /* done for day */ X, C, X, E, X, D, D,
]);

const STATUS = new Uint8Array(STATE_COUNT);
STATUS[PENDING_NEW] = STATUS_PENDING_NEW;
STATUS[NEW] = STATUS_NEW;
STATUS[PARTIALLY_FILLED] = STATUS_PARTIALLY_FILLED;
STATUS[FILLED] = STATUS_FILLED;
STATUS[CANCELED] = STATUS_CANCELED;
STATUS[REJECTED] = STATUS_REJECTED;
STATUS[EXPIRED] = STATUS_EXPIRED;
STATUS[DONE_FOR_DAY] = STATUS_DONE_FOR_DAY;

const ENDS = new Uint8Array(256);
for (let state = FILLED; state < STATE_COUNT; state++) ENDS[STATUS[state]!] = state;

const TRADES = new Uint8Array(256);
for (let state = PENDING_NEW; state < FILLED; state++) TRADES[STATUS[state]!] = 1;
TRADES[STATUS_PENDING_CANCEL] = 1;
TRADES[STATUS_PENDING_REPLACE] = 1;
TRADES[STATUS_REPLACED] = 1;
TRADES[STATUS_STOPPED] = 1;
TRADES[STATUS_SUSPENDED] = 1;

/** The state after an event, or ILLEGAL. */
export function next(state: number, event: number): number {
  return NEXT[state * ORDER_EVENT_COUNT + event]!;
}

/** True while the order can still trade. */
export function isOpen(state: number): boolean {
  return state >= PENDING_NEW && state <= PARTIALLY_FILLED;
}

/** OrdStatus (39): the pending status comes first, as long as the order is open, then what only the venue says. */
export function ordStatus(state: number, pending: number, told: number): number {
  if (pending !== NOT_PENDING && isOpen(state)) {
    return pending === PENDING_CANCEL ? STATUS_PENDING_CANCEL : STATUS_PENDING_REPLACE;
  }
  return told === 0 ? STATUS[state]! : told;
}

/** State of an order with this OrdStatus (39) of a venue, if that ends orders; else FREE. */
export function endOf(status: number): number {
  return ENDS[status]!;
}

/** True for an OrdStatus (39) with which an order can still trade. */
export function canTrade(status: number): boolean {
  return TRADES[status] === 1;
}
