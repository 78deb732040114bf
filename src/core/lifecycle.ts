import {
  STATUS_CANCELED,
  STATUS_DONE_FOR_DAY,
  STATUS_EXPIRED,
  STATUS_FILLED,
  STATUS_NEW,
  STATUS_PARTIALLY_FILLED,
  STATUS_PENDING_NEW,
  STATUS_REJECTED,
} from "../record/codes.ts";

/** States of an order. Whether a cancel or replace is pending is kept apart: fills go on meanwhile. */
export const PENDING_NEW = 0;
export const NEW = 1;
export const PARTIALLY_FILLED = 2;
export const FILLED = 3;
export const CANCELED = 4;
export const REJECTED = 5;
export const EXPIRED = 6;
export const DONE_FOR_DAY = 7;
export const STATES = 8;

export const ON_ACK = 0;
export const ON_PARTIAL_FILL = 1;
export const ON_FULL_FILL = 2;
export const ON_CANCEL = 3;
export const ON_REJECT = 4;
export const ON_EXPIRE = 5;
export const ON_DONE = 6;
export const ON_REPLACE = 7;
export const EVENTS = 8;

export const ILLEGAL = -1;
const X = ILLEGAL;

/*  A fill may come before the acknowledgement, and after a cancel that crossed it: it happened, so it counts; a terminal
 *  state then stays what it is. A replace keeps the state (an unacknowledged order is thereby acknowledged). */
const NEXT = new Int8Array([
  //                 ack               partial           full    cancel    reject    expire   done          replace
  /* pending new  */ NEW, PARTIALLY_FILLED, FILLED, CANCELED, REJECTED, EXPIRED, DONE_FOR_DAY, NEW,
  /* new          */ X, PARTIALLY_FILLED, FILLED, CANCELED, REJECTED, EXPIRED, DONE_FOR_DAY, NEW,
  /* partial      */ X, PARTIALLY_FILLED, FILLED, CANCELED, X, EXPIRED, DONE_FOR_DAY, PARTIALLY_FILLED,
  /* filled       */ X, X, X, X, X, X, X, PARTIALLY_FILLED,
  /* canceled     */ X, CANCELED, CANCELED, X, X, X, X, X,
  /* rejected     */ X, X, X, X, X, X, X, X,
  /* expired      */ X, EXPIRED, EXPIRED, X, X, X, X, X,
  /* done for day */ X, DONE_FOR_DAY, DONE_FOR_DAY, CANCELED, X, EXPIRED, X, X,
]);

/** The state that follows, or ILLEGAL. */
export function nextState(state: number, event: number): number {
  return NEXT[state * EVENTS + event]!;
}

/** No order in this state can still trade by itself. */
export function isTerminal(state: number): boolean {
  return state >= FILLED;
}

const STATUS = new Uint8Array([
  STATUS_PENDING_NEW,
  STATUS_NEW,
  STATUS_PARTIALLY_FILLED,
  STATUS_FILLED,
  STATUS_CANCELED,
  STATUS_REJECTED,
  STATUS_EXPIRED,
  STATUS_DONE_FOR_DAY,
]);

/** OrdStatus (39) of a state. */
export function statusOf(state: number): number {
  return STATUS[state]!;
}
