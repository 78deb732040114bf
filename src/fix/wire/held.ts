import {
  REPORT_CANCEL_REJECT,
  REPORT_EXECUTION,
  REQUEST_CANCEL,
  REQUEST_NEW,
  REQUEST_REPLACE,
} from "../../record/codes.ts";
import { REPORT_TAGS } from "../../record/execution-report.ts";
import { REQUEST_TAGS } from "../../record/order-request.ts";
import { DIRECT_TAGS, REPORT_BIT, REQUEST_BIT } from "./codec/layout.ts";
import * as tag from "./tags.ts";

/*  Which fields of an order, a cancel, a replace, an ExecutionReport or an OrderCancelReject the record holds, or each session
 *  writes itself: header and trailer. All others stand beside the record. The codec's table of special tags has a bit for
 *  each kind of message whose record does not hold a tag.
 */
const NOT_IN_NEW = REQUEST_BIT << REQUEST_NEW;
const NOT_IN_CANCEL = REQUEST_BIT << REQUEST_CANCEL;
const NOT_IN_REPLACE = REQUEST_BIT << REQUEST_REPLACE;
const NOT_IN_EXECUTION = REPORT_BIT << REPORT_EXECUTION;
const NOT_IN_CANCEL_REJECT = REPORT_BIT << REPORT_CANCEL_REJECT;
const NOT_IN_ANY = NOT_IN_NEW | NOT_IN_CANCEL | NOT_IN_REPLACE | NOT_IN_EXECUTION | NOT_IN_CANCEL_REJECT;

/** CxlType (125): cancel of the whole remaining quantity. */
export const FULL = "F".charCodeAt(0);

/** Header and trailer of all versions, with the group of NoHops (627), and those of FIXT. */
export const SESSION_TAGS: readonly number[] = [
  ...[8, 9, 10, 34, 35, 43, 49, 50, 52, 56, 57, 89, 90, 91, 93, 97, 115, 116, 122, 128, 129, 142, 143, 144, 145],
  ...[212, 213, 347, 369, 370, 627, 628, 629, 630],
  ...[tag.ApplVerID, tag.CstmApplVerID, tag.ApplExtID],
];

/** By tag: bits of the messages whose record does not hold it. */
export const NOT_HELD = new Uint8Array(new ArrayBuffer(DIRECT_TAGS)).fill(NOT_IN_ANY);
for (const one of SESSION_TAGS) NOT_HELD[one] = 0;
for (const one of REQUEST_TAGS.D) NOT_HELD[one]! &= ~NOT_IN_NEW;
for (const one of REQUEST_TAGS.F) NOT_HELD[one]! &= ~NOT_IN_CANCEL;
for (const one of REQUEST_TAGS.G) NOT_HELD[one]! &= ~NOT_IN_REPLACE;
for (const one of [...REPORT_TAGS[8], tag.ExecTransType]) NOT_HELD[one]! &= ~NOT_IN_EXECUTION;
for (const one of REPORT_TAGS[9]) NOT_HELD[one]! &= ~NOT_IN_CANCEL_REJECT;

/** Bit of a MsgType in NOT_HELD; 0 for a type without such fields. */
export function heldBit(msgType: number): number {
  if (msgType === tag.EXECUTION_REPORT) return NOT_IN_EXECUTION;
  if (msgType === tag.NEW_ORDER_SINGLE) return NOT_IN_NEW;
  if (msgType === tag.ORDER_CANCEL_REQUEST) return NOT_IN_CANCEL;
  if (msgType === tag.ORDER_CANCEL_REPLACE_REQUEST) return NOT_IN_REPLACE;
  return msgType === tag.ORDER_CANCEL_REJECT ? NOT_IN_CANCEL_REJECT : 0;
}
