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
import {
  CANCELED,
  DONE_FOR_DAY,
  EXPIRED,
  FILLED,
  FREE,
  NEW,
  NOT_PENDING,
  PARTIALLY_FILLED,
  PENDING_CANCEL,
  PENDING_NEW,
  REJECTED,
} from "../orders/states.ts";

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
 *  say what the order is (venue-word.ts): one that ends with its last fill, one whose rest is canceled, one that lives again.
 *  A cancel, replace or restatement may come without an ack before it: it says as much. Pending cancel and pending replace are
 *  a dimension of their own: they are shown before the state of an open order, while the order can still be filled.
 */
export const ORDER_EVENT_ACK = 0;
export const ORDER_EVENT_CANCEL = 1;
export const ORDER_EVENT_REJECT = 2;
export const ORDER_EVENT_EXPIRE = 3;
export const ORDER_EVENT_DONE = 4;
export const ORDER_EVENT_REPLACE = 5;
export const ORDER_EVENT_RESTATE = 6;

/** Result of `next` where the table has a dot. */
export const ILLEGAL = 0;

/** The state after an event, or ILLEGAL. */
export function next(state: i32, event: i32): i32 {
  const open = isOpen(state);
  if (event === ORDER_EVENT_ACK) return state === PENDING_NEW ? NEW : ILLEGAL;
  if (event === ORDER_EVENT_CANCEL) return open || state === DONE_FOR_DAY ? CANCELED : ILLEGAL;
  if (event === ORDER_EVENT_REJECT) return open ? REJECTED : ILLEGAL;
  if (event === ORDER_EVENT_EXPIRE) return open || state === DONE_FOR_DAY ? EXPIRED : ILLEGAL;
  if (event === ORDER_EVENT_DONE) return open ? DONE_FOR_DAY : ILLEGAL;
  if (state === PENDING_NEW) return NEW;
  if (event === ORDER_EVENT_RESTATE) return state;
  return open || state === FILLED || state === DONE_FOR_DAY ? state : ILLEGAL;
}

/** True while the order can still trade. */
// @ts-ignore: decorator
@inline
export function isOpen(state: i32): bool {
  return <u32>(state - PENDING_NEW) <= <u32>(PARTIALLY_FILLED - PENDING_NEW);
}

/** OrdStatus (39) of each state, a byte each, from PENDING_NEW on. */
const STATUSES: u64 =
  <u64>STATUS_PENDING_NEW |
  (<u64>STATUS_NEW << 8) |
  (<u64>STATUS_PARTIALLY_FILLED << 16) |
  (<u64>STATUS_FILLED << 24) |
  (<u64>STATUS_CANCELED << 32) |
  (<u64>STATUS_REJECTED << 40) |
  (<u64>STATUS_EXPIRED << 48) |
  (<u64>STATUS_DONE_FOR_DAY << 56);

/** OrdStatus (39): the pending status comes first, as long as the order is open, then what only the venue says. */
export function ordStatus(state: i32, pending: i32, told: i32): i32 {
  if (pending !== NOT_PENDING && isOpen(state))
    return pending === PENDING_CANCEL ? STATUS_PENDING_CANCEL : STATUS_PENDING_REPLACE;
  if (told !== 0) return told;
  return state === FREE ? 0 : <i32>((STATUSES >>> (<u64>(state - PENDING_NEW) << 3)) & 255);
}

/** State of an order with this OrdStatus (39) of a venue, if that ends orders; else FREE. */
export function endOf(status: i32): i32 {
  if (status === STATUS_FILLED) return FILLED;
  if (status === STATUS_CANCELED) return CANCELED;
  if (status === STATUS_REJECTED) return REJECTED;
  if (status === STATUS_EXPIRED) return EXPIRED;
  return status === STATUS_DONE_FOR_DAY ? DONE_FOR_DAY : FREE;
}

/** True for an OrdStatus (39) with which an order can still trade. */
export function canTrade(status: i32): bool {
  if (status === STATUS_NEW || status === STATUS_PARTIALLY_FILLED || status === STATUS_PENDING_NEW) return true;
  if (status === STATUS_PENDING_CANCEL || status === STATUS_PENDING_REPLACE || status === STATUS_REPLACED) return true;
  return status === STATUS_STOPPED || status === STATUS_SUSPENDED;
}
