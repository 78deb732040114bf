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
} from "../../record/codes.ts";

/*  What may follow what. A cell is the next state, · is illegal: such a report changes nothing and is counted.
 *
 *                 ack  fill      last-fill  cancel    reject    expire   done     replace  restate  bust
 *  PendingNew     New  Partial   Filled     Canceled  Rejected  Expired  DoneDay  New      New      ·
 *  New            ·    Partial   Filled     Canceled  Rejected  Expired  DoneDay  New      New      ·
 *  Partial        ·    Partial   Filled     Canceled  ·         Expired  DoneDay  Partial  Partial  Partial
 *  Filled         ·    ·         ·          ·         ·         ·        ·        ·        ·        Filled
 *  Canceled       ·    Canceled  Canceled   ·         ·         ·        ·        ·        ·        Canceled
 *  Expired        ·    Expired   Expired    ·         ·         ·        ·        ·        ·        Expired
 *  DoneForDay     ·    DoneDay   DoneDay    Canceled  ·         Expired  ·        ·        ·        DoneDay
 *  Rejected       ·    ·         ·          ·         ·         ·        ·        ·        ·        ·
 *
 *  A fill, cancel, replace or restatement may come without an ack before it: it says as much. A fill that crossed the
 *  cancel has happened all the same, so it counts, and the order stays canceled. A bust of everything that was filled
 *  leads a partially filled order back to New. Pending cancel and pending replace are a dimension of their own: they are
 *  shown before the state of an open order, while the order can still be filled.
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
export const ORDER_EVENT_FILL = 1;
export const ORDER_EVENT_LAST_FILL = 2;
export const ORDER_EVENT_CANCEL = 3;
export const ORDER_EVENT_REJECT = 4;
export const ORDER_EVENT_EXPIRE = 5;
export const ORDER_EVENT_DONE = 6;
export const ORDER_EVENT_REPLACE = 7;
export const ORDER_EVENT_RESTATE = 8;
export const ORDER_EVENT_BUST = 9;
export const ORDER_EVENT_COUNT = 10;

/** Result of `next` where the table has a dot. */
export const ILLEGAL = 0;

export const NOT_PENDING = 0;
export const PENDING_CANCEL = 1;
export const PENDING_REPLACE = 2;

const X = ILLEGAL;
const P = PARTIALLY_FILLED;
const C = CANCELED;
const E = EXPIRED;
const D = DONE_FOR_DAY;

// biome-ignore format: one row a state, one column an event.
const NEXT = new Uint8Array([
  /* free         */ X, X, X, X, X, X, X, X, X, X,
  /* pending new  */ NEW, P, FILLED, C, REJECTED, E, D, NEW, NEW, X,
  /* new          */ X, P, FILLED, C, REJECTED, E, D, NEW, NEW, X,
  /* partial      */ X, P, FILLED, C, X, E, D, P, P, P,
  /* filled       */ X, X, X, X, X, X, X, X, X, FILLED,
  /* canceled     */ X, C, C, X, X, X, X, X, X, C,
  /* rejected     */ X, X, X, X, X, X, X, X, X, X,
  /* expired      */ X, E, E, X, X, X, X, X, X, E,
  /* done for day */ X, D, D, C, X, E, X, X, X, D,
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

/** The state after an event, or ILLEGAL. */
export function next(state: number, event: number): number {
  return NEXT[state * ORDER_EVENT_COUNT + event]!;
}

/** True while the order can still trade. */
export function isOpen(state: number): boolean {
  return state >= PENDING_NEW && state <= PARTIALLY_FILLED;
}

/** OrdStatus (39): the pending status comes first, as long as the order is open. */
export function ordStatus(state: number, pending: number): number {
  if (pending !== NOT_PENDING && isOpen(state)) {
    return pending === PENDING_CANCEL ? STATUS_PENDING_CANCEL : STATUS_PENDING_REPLACE;
  }
  return STATUS[state]!;
}
