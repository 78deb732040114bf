import { aim, area } from "./area.ts";
import { PREFIX_AT, PREFIX_LENGTH_AT } from "./layout.ts";
import { begin, char, end, put32, soh, stamp, tag } from "./message.ts";
import { putInt, putWhole } from "./numbers.ts";
import { writeFields } from "./order-request-fields.ts";
import { KIND, NUMBER, ORIG_NUMBER, REQUEST_CANCEL, REQUEST_NEW, SLOT } from "./order-request.ts";

const NEW_ORDER_SINGLE = 68;
const ORDER_CANCEL_REQUEST = 70;
const ORDER_CANCEL_REPLACE_REQUEST = 71;
const DASH = 45;
const NO_MORE_TAGS: u32 = 0xffffffff;
/** HandlInst (21): automated, no broker. */
const AUTOMATED = 49;
/** CxlType (125): cancel of the whole remaining quantity. */
const FULL = 70;

/**
 * Writes NewOrderSingle (D), OrderCancelRequest (F) or OrderCancelReplaceRequest (G) from the record at `order`, ascending by tag.
 * Returns  the length of the message, which begins at `written`; with `isWhole` 0 the caller adds groups and CheckSum.
 */
export function writeOrder(
  to: usize,
  order: usize,
  sequence: i32,
  processed: i32,
  version: u32,
  hasTransactTime: u32,
  hasCxlType: u32,
  isWhole: u32,
): i32 {
  aim(to);
  const kind = load<u32>(order, KIND);
  const isNew = kind === REQUEST_NEW;
  const isCancel = kind === REQUEST_CANCEL;
  const type: u32 = isNew ? NEW_ORDER_SINGLE : isCancel ? ORDER_CANCEL_REQUEST : ORDER_CANCEL_REPLACE_REQUEST;
  let at = begin(type, sequence, processed);
  at = writeFields(at, order, kind, version, 0, 11);
  at = venueId(tag(at, 11), load<f64>(order, NUMBER), load<i32>(order, SLOT));
  at = writeFields(at, order, kind, version, 11, 21);
  if (!isCancel) at = char(at, 21, AUTOMATED);
  at = writeFields(at, order, kind, version, 21, 41);
  if (!isNew) at = venueId(tag(at, 41), load<f64>(order, ORIG_NUMBER), load<i32>(order, SLOT));
  at = writeFields(at, order, kind, version, 41, 60);
  if (hasTransactTime !== 0) at = stamp(at, 60);
  at = writeFields(at, order, kind, version, 60, 125);
  if (isCancel && hasCxlType !== 0) at = char(at, 125, FULL);
  at = writeFields(at, order, kind, version, 125, NO_MORE_TAGS);
  return end(at, isWhole !== 0);
}

/** Writes the ClOrdID to a venue (src/fix/orders/venue-id.ts) and the end of its field. */
function venueId(at: usize, number: f64, slot: i32): usize {
  at = putWhole(put32(at, area + PREFIX_AT, load<u8>(area, PREFIX_LENGTH_AT)), number);
  store<u8>(at, DASH);
  return soh(putInt(at + 1, slot));
}
