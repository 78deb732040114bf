import { aim, area } from "./area.ts";
import { PREFIX_AT, PREFIX_LENGTH_AT } from "./layout.ts";
import { begin, char, decimal, end, id, put32, soh, stamp, tag, whole } from "./message.ts";
import { putInt, putWhole } from "./numbers.ts";
import {
  ACCOUNT,
  ACCOUNT_LENGTH,
  KIND,
  NUMBER,
  ORDER_ID,
  ORDER_ID_LENGTH,
  ORIG_NUMBER,
  PRICE,
  QUANTITY,
  REQUEST_CANCEL,
  REQUEST_NEW,
  SIDE,
  SLOT,
  SYMBOL,
  SYMBOL_LENGTH,
  TIF,
  TYPE,
} from "./order-request.ts";
import { NO_PRICE } from "./units.ts";

const NEW_ORDER_SINGLE = 68;
const ORDER_CANCEL_REQUEST = 70;
const ORDER_CANCEL_REPLACE_REQUEST = 71;
const DASH = 45;
/** HandlInst (21): automated, no broker. */
const AUTOMATED = 49;
/** CxlType (125) of a cancel of all that is left. */
const FULL = 70;

/**
 * Writes NewOrderSingle (D), OrderCancelRequest (F) or OrderCancelReplaceRequest (G) from the record at `order`, ascending by tag.
 * Returns  the length of the message, which begins at `written`; with `isWhole` 0 groups and CheckSum are to follow.
 */
export function writeOrder(
  to: usize,
  order: usize,
  sequence: i32,
  processed: i32,
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
  at = id(at, 1, order + ACCOUNT, load<u8>(order, ACCOUNT_LENGTH));
  at = venueId(tag(at, 11), load<f64>(order, NUMBER), load<i32>(order, SLOT));
  if (!isCancel) at = char(at, 21, AUTOMATED);
  at = id(at, 37, order + ORDER_ID, load<u8>(order, ORDER_ID_LENGTH));
  at = whole(at, 38, load<f64>(order, QUANTITY));
  if (!isCancel) at = char(at, 40, load<u8>(order, TYPE));
  if (!isNew) at = venueId(tag(at, 41), load<f64>(order, ORIG_NUMBER), load<i32>(order, SLOT));
  const price = load<f64>(order, PRICE);
  if (!isCancel && price !== NO_PRICE) at = decimal(at, 44, price);
  at = char(at, 54, load<u8>(order, SIDE));
  // A field is written even where the symbol is none, as every version asks for it.
  at = soh(put32(tag(at, 55), order + SYMBOL, load<u8>(order, SYMBOL_LENGTH)));
  if (!isCancel) at = char(at, 59, load<u8>(order, TIF));
  if (hasTransactTime !== 0) at = stamp(at, 60);
  if (isCancel && hasCxlType !== 0) at = char(at, 125, FULL);
  return end(at, isWhole !== 0);
}

/** The ClOrdID that a venue sees (src/fix/orders/venue-id.ts), and the end of its field. */
function venueId(at: usize, number: f64, slot: i32): usize {
  at = putWhole(put32(at, area + PREFIX_AT, load<u8>(area, PREFIX_LENGTH_AT)), number);
  store<u8>(at, DASH);
  return soh(putInt(at + 1, slot));
}
