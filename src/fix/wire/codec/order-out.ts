import { aim, area } from "./area.ts";
import { PREFIX_AT, PREFIX_LENGTH_AT } from "./layout.ts";
import { begin, char, end, put, put32, soh, tag } from "./message.ts";
import { putInt, putWhole } from "./numbers.ts";
import { writeFields } from "./order-request-fields.ts";
import { KIND, NUMBER, ORIG_NUMBER, REQUEST_CANCEL, REQUEST_NEW, SLOT } from "./order-request.ts";

const NEW_ORDER_SINGLE = 68;
const ORDER_CANCEL_REQUEST = 70;
const ORDER_CANCEL_REPLACE_REQUEST = 71;
const DASH = 45;
const NO_MORE_TAGS: u32 = 0xffffffff;
/**
 * Writes NewOrderSingle (D), OrderCancelRequest (F) or OrderCancelReplaceRequest (G) from the record at `order`, ascending by tag.
 * `writes` has the bits of the record's fields that the message may have; `cxlType` 0 leaves the field out.
 * `beside` is what follows (src/record/groups.ts), 0 for nothing.
 * Returns  the length of the message, which begins at `written`; with `isWhole` 0 the caller adds fields and CheckSum.
 */
export function writeOrder(
  to: usize,
  order: usize,
  sequence: i32,
  processed: i32,
  writes: u32,
  cxlType: u32,
  isWhole: u32,
  beside: usize,
): i32 {
  aim(to);
  const kind = load<u32>(order, KIND);
  const isNew = kind === REQUEST_NEW;
  const type: u32 = isNew ? NEW_ORDER_SINGLE : kind === REQUEST_CANCEL ? ORDER_CANCEL_REQUEST : ORDER_CANCEL_REPLACE_REQUEST;
  let at = begin(type, sequence, processed);
  at = writeFields(at, order, writes, 0, 11);
  at = venueId(tag(at, 11), load<f64>(order, NUMBER), load<i32>(order, SLOT));
  at = writeFields(at, order, writes, 11, 41);
  if (!isNew) at = venueId(tag(at, 41), load<f64>(order, ORIG_NUMBER), load<i32>(order, SLOT));
  at = writeFields(at, order, writes, 41, 125);
  if (cxlType !== 0) at = char(at, 125, cxlType);
  at = writeFields(at, order, writes, 125, NO_MORE_TAGS);
  if (beside !== 0) at = put(at, beside + 4, load<u32>(beside));
  return end(at, isWhole !== 0);
}

/** Writes the ClOrdID to a venue (src/fix/orders/venue-id.ts) and the end of its field. */
function venueId(at: usize, number: f64, slot: i32): usize {
  at = putWhole(put32(at, area + PREFIX_AT, load<u8>(area, PREFIX_LENGTH_AT)), number);
  store<u8>(at, DASH);
  return soh(putInt(at + 1, slot));
}
