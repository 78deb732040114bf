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
  AFTER_CANCELED,
  AFTER_DONE_FOR_DAY,
  AFTER_EXPIRED,
  AFTER_FILLED,
  AFTER_NEW,
  AFTER_PARTIALLY_FILLED,
  AFTER_PENDING_NEW,
  AFTER_REJECTED,
  ILLEGAL,
  ORDER_EVENT_ACK,
  ORDER_EVENT_CANCEL,
  ORDER_EVENT_COUNT,
  ORDER_EVENT_DONE,
  ORDER_EVENT_EXPIRE,
  ORDER_EVENT_REJECT,
  ORDER_EVENT_REPLACE,
  ORDER_EVENT_RESTATE,
} from "../orders/life-cycle.ts";
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

export {
  ILLEGAL,
  ORDER_EVENT_ACK,
  ORDER_EVENT_CANCEL,
  ORDER_EVENT_DONE,
  ORDER_EVENT_EXPIRE,
  ORDER_EVENT_REJECT,
  ORDER_EVENT_REPLACE,
  ORDER_EVENT_RESTATE,
};

/** The state after an event, or ILLEGAL. */
export function next(state: i32, event: i32): i32 {
  return (rowOf(state) >>> ((ORDER_EVENT_COUNT - 1 - event) << 2)) & 15;
}

function rowOf(state: i32): i32 {
  if (state === PENDING_NEW) return AFTER_PENDING_NEW;
  if (state === NEW) return AFTER_NEW;
  if (state === PARTIALLY_FILLED) return AFTER_PARTIALLY_FILLED;
  if (state === FILLED) return AFTER_FILLED;
  if (state === CANCELED) return AFTER_CANCELED;
  if (state === REJECTED) return AFTER_REJECTED;
  return state === EXPIRED ? AFTER_EXPIRED : AFTER_DONE_FOR_DAY;
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
