// Made from src/record/layout/order-request.ts by `npm run generate`.
import { char, decimal, id, putId, soh, tag, whole } from "./message.ts";
import {
  ACCOUNT,
  ACCOUNT_LENGTH,
  ACCOUNT_LONG,
  CL_ORD_ID,
  CL_ORD_ID_LENGTH,
  ORDER_ID,
  ORDER_ID_LENGTH,
  ORDER_ID_LONG,
  ORD_TYPE,
  ORIG_CL_ORD_ID,
  ORIG_CL_ORD_ID_LENGTH,
  PRICE,
  QUANTITY,
  REQUEST_CANCEL,
  REQUEST_NEW,
  SIDE,
  SYMBOL,
  SYMBOL_LENGTH,
  SYMBOL_LONG,
  TIME_IN_FORCE,
} from "./order-request.ts";
import { NO_PRICE } from "./units.ts";
import { idOf } from "./values.ts";

/**
 * Reads the fields that have no rule but their type's from the message that was scanned into the record at `record`, whose head
 * is zeroed. Returns false where one is missing, or out of the ordinary.
 */
export function readFields(record: usize, kind: u32): bool {
  const clOrdId = idOf(11, record + CL_ORD_ID);
  if (clOrdId <= 0) return false;
  store<u8>(record, clOrdId, CL_ORD_ID_LENGTH);
  if (kind !== REQUEST_NEW) {
    const origClOrdId = idOf(41, record + ORIG_CL_ORD_ID);
    if (origClOrdId <= 0) return false;
    store<u8>(record, origClOrdId, ORIG_CL_ORD_ID_LENGTH);
    const orderId = idOf(37, record + ORDER_ID);
    if (orderId < 0) return false;
    store<u8>(record, orderId, ORDER_ID_LENGTH);
  }
  const account = idOf(1, record + ACCOUNT);
  if (account < 0) return false;
  store<u8>(record, account, ACCOUNT_LENGTH);
  const symbol = idOf(55, record + SYMBOL);
  if (symbol <= 0) return false;
  store<u8>(record, symbol, SYMBOL_LENGTH);
  return true;
}

/**
 * Writes the fields that have no rule but their type's, of tags between `above` and `below`, ascending; `version` counts from
 * FIX.4.0 on. Returns where the next field goes.
 */
// @ts-ignore: decorator
@inline
export function writeFields(at: usize, record: usize, kind: u32, version: u32, above: u32, below: u32): usize {
  if (above < 1 && below > 1 && (kind !== REQUEST_CANCEL || version >= 2)) at = id(at, 1, record + ACCOUNT, record + ACCOUNT_LONG, load<u8>(record, ACCOUNT_LENGTH));
  if (above < 37 && below > 37 && kind !== REQUEST_NEW) at = id(at, 37, record + ORDER_ID, record + ORDER_ID_LONG, load<u8>(record, ORDER_ID_LENGTH));
  if (above < 38 && below > 38) at = whole(at, 38, load<f64>(record, QUANTITY));
  if (above < 40 && below > 40 && kind !== REQUEST_CANCEL) at = char(at, 40, load<u8>(record, ORD_TYPE));
  if (above < 44 && below > 44 && kind !== REQUEST_CANCEL && load<f64>(record, PRICE) !== NO_PRICE) at = decimal(at, 44, load<f64>(record, PRICE));
  if (above < 54 && below > 54) at = char(at, 54, load<u8>(record, SIDE));
  if (above < 55 && below > 55) at = soh(putId(tag(at, 55), record + SYMBOL, record + SYMBOL_LONG, load<u8>(record, SYMBOL_LENGTH)));
  if (above < 59 && below > 59 && kind !== REQUEST_CANCEL) at = char(at, 59, load<u8>(record, TIME_IN_FORCE));
  return at;
}
