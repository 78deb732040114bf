import { NO_PRICE } from "../../record/assembly/units.ts";
import { REQUEST_NEW, REQUEST_REPLACE } from "../../record/codes.ts";
import { ACCEPTED, DROPPED, FIRM_ALL_MESSAGES, FIRM_ORDER_MESSAGES } from "../risk/reason-codes.ts";
import { firmRow } from "./accounts.ts";
import { address, setWord, word } from "./area.ts";
import { NONE } from "./codes.ts";
import { setLevel } from "./detail.ts";
import {
  FIRM_ALL_MESSAGES_AT,
  FIRM_ALL_WINDOW_AT,
  FIRM_MESSAGE_NUMBER,
  FIRM_ORDER_MESSAGES_AT,
  FIRM_ORDER_NUMBER,
  FIRM_ORDER_WINDOW_AT,
  FIRM_TIME_SLOTS,
  FIRM_TIMES_AT,
  LEVEL_FIRM,
} from "./layout.ts";

/*  Limits of the messages of all client sessions together. The core takes them one after the other, whatever lane they come from, so that
 *  it counts exactly. The times of the newest ones are in two rings:
 *
 *       FIRM_TIMES_AT                slots                     2 · slots        message n has place n mod slots
 *       ┌────────────────────────────┬─────────────────────────┐                the limit m is reached while message n + 1 − m,
 *       │ new orders and replaces    │ messages of all kinds   │                n the newest one, is within the window
 *       └────────────────────────────┴─────────────────────────┘
 *
 *  What these limits refuse counts for none of them: a session that sends too much keeps others out no longer than for a window.
 */
const US_PER_MS: f64 = 1_000;

/** Checks a new order or a replace against both limits. Returns a reason, or ACCEPTED. */
export function checkFirmMessages(timeUs: f64): i32 {
  if (isFull(FIRM_ORDER_MESSAGES_AT, FIRM_ORDER_WINDOW_AT, FIRM_ORDER_NUMBER, 0, timeUs)) return ofFirm(FIRM_ORDER_MESSAGES);
  if (isFull(FIRM_ALL_MESSAGES_AT, FIRM_ALL_WINDOW_AT, FIRM_MESSAGE_NUMBER, 1, timeUs)) return ofFirm(FIRM_ALL_MESSAGES);
  return ACCEPTED;
}

/** Counts a request that was decided, of any kind. */
export function countFirmMessage(kind: i32, reason: i32, timeUs: f64): void {
  if (reason === DROPPED || reason === FIRM_ORDER_MESSAGES || reason === FIRM_ALL_MESSAGES) return;
  if ((kind === REQUEST_NEW || kind === REQUEST_REPLACE) && ofFirmRow(FIRM_ORDER_MESSAGES_AT) !== NO_PRICE)
    keepFirmMessage(true, timeUs);
  if (ofFirmRow(FIRM_ALL_MESSAGES_AT) !== NO_PRICE) keepFirmMessage(false, timeUs);
}

/** Keeps the time of a message, the newest one. `isOrder`: of the new orders and replaces. */
export function keepFirmMessage(isOrder: bool, timeUs: f64): void {
  const counter: usize = isOrder ? FIRM_ORDER_NUMBER : FIRM_MESSAGE_NUMBER;
  const number = word(counter) + 1;
  setWord(counter, number);
  store<f64>(timeAt(isOrder ? 0 : 1, number), timeUs);
}

function ofFirm(reason: i32): i32 {
  setLevel(LEVEL_FIRM, NONE);
  return reason;
}

// @ts-ignore: decorator
@inline
function ofFirmRow(offset: usize): i64 {
  return load<i64>(changetype<usize>(firmRow()) + offset);
}

/** True when a message is dated later than that. */
export function hasFirmMessageAfter(timeUs: f64): bool {
  return load<f64>(timeAt(0, word(FIRM_ORDER_NUMBER))) > timeUs || load<f64>(timeAt(1, word(FIRM_MESSAGE_NUMBER))) > timeUs;
}

/** Messages that are dated later than that have come then. */
export function dateFirmMessages(timeUs: f64): void {
  const times = address(FIRM_TIMES_AT);
  const count = 2 * word(FIRM_TIME_SLOTS);
  for (let i = 0; i < count; i++) {
    const at = times + (<usize>i << 3);
    if (load<f64>(at) > timeUs) store<f64>(at, timeUs);
  }
}

function isFull(limitAt: usize, windowAt: usize, counter: usize, ring: i32, timeUs: f64): bool {
  const most = ofFirmRow(limitAt);
  if (most === NO_PRICE) return false;
  const oldestUs = load<f64>(timeAt(ring, word(counter) + 1 - <i32>most));
  return oldestUs > timeUs - <f64>ofFirmRow(windowAt) * US_PER_MS;
}

function timeAt(ring: i32, number: i32): usize {
  const slots = word(FIRM_TIME_SLOTS);
  return address(FIRM_TIMES_AT) + (<usize>(ring * slots + (number & (slots - 1))) << 3);
}
