// Made from src/record/layout/order-request.ts by `npm run generate`.
import { char, decimal, id, putId, soh, tag, time } from "./message.ts";
import {
  ACCOUNT,
  ACCOUNT_LENGTH,
  ACCOUNT_LONG,
  CL_ORD_ID,
  CL_ORD_ID_LENGTH,
  CL_ORD_ID_LONG,
  HANDL_INST,
  ORDER_ID,
  ORDER_ID_LENGTH,
  ORDER_ID_LONG,
  ORD_TYPE,
  ORIG_CL_ORD_ID,
  ORIG_CL_ORD_ID_LENGTH,
  ORIG_CL_ORD_ID_LONG,
  PRICE,
  QUANTITY,
  REQUEST_NEW,
  SIDE,
  SYMBOL,
  SYMBOL_LENGTH,
  SYMBOL_LONG,
  TIME_IN_FORCE,
  TRANSACT_DIGITS,
  TRANSACT_US,
  WRITES_ACCOUNT,
  WRITES_HANDL_INST,
  WRITES_ORDER_ID,
  WRITES_ORD_TYPE,
  WRITES_PRICE,
  WRITES_QUANTITY,
  WRITES_SIDE,
  WRITES_SYMBOL,
  WRITES_TIME_IN_FORCE,
  WRITES_TRANSACT_US,
} from "./order-request.ts";
import { NO_PRICE } from "./units.ts";
import { idOf } from "./values.ts";

/**
 * Reads the fields that have no rule but their type's from the message that was scanned into the record at `record`, whose head
 * is zeroed. Returns false where one is missing, or out of the ordinary.
 */
export function readFields(record: usize, kind: u32): bool {
  const clOrdId = idOf(11, record + CL_ORD_ID, record + CL_ORD_ID_LONG);
  if (clOrdId <= 0) return false;
  store<u8>(record, clOrdId, CL_ORD_ID_LENGTH);
  if (kind !== REQUEST_NEW) {
    const origClOrdId = idOf(41, record + ORIG_CL_ORD_ID, record + ORIG_CL_ORD_ID_LONG);
    if (origClOrdId <= 0) return false;
    store<u8>(record, origClOrdId, ORIG_CL_ORD_ID_LENGTH);
    const orderId = idOf(37, record + ORDER_ID, record + ORDER_ID_LONG);
    if (orderId < 0) return false;
    store<u8>(record, orderId, ORDER_ID_LENGTH);
  }
  const account = idOf(1, record + ACCOUNT, record + ACCOUNT_LONG);
  if (account < 0) return false;
  store<u8>(record, account, ACCOUNT_LENGTH);
  const symbol = idOf(55, record + SYMBOL, record + SYMBOL_LONG);
  if (symbol <= 0) return false;
  store<u8>(record, symbol, SYMBOL_LENGTH);
  return true;
}

/**
 * Writes the fields that have no rule but their type's, of tags between `above` and `below`, ascending; `writes` has the bits
 * of those that the message may have. Returns where the next field goes.
 */
// @ts-ignore: decorator
@inline
export function writeFields(at: usize, record: usize, writes: u32, above: u32, below: u32): usize {
  if (above < 1 && below > 1 && (writes & WRITES_ACCOUNT) !== 0) at = id(at, 1, record + ACCOUNT, record + ACCOUNT_LONG, load<u8>(record, ACCOUNT_LENGTH));
  if (above < 21 && below > 21 && (writes & WRITES_HANDL_INST) !== 0 && load<u8>(record, HANDL_INST) !== 0) at = char(at, 21, load<u8>(record, HANDL_INST));
  if (above < 37 && below > 37 && (writes & WRITES_ORDER_ID) !== 0) at = id(at, 37, record + ORDER_ID, record + ORDER_ID_LONG, load<u8>(record, ORDER_ID_LENGTH));
  if (above < 38 && below > 38 && (writes & WRITES_QUANTITY) !== 0 && load<i64>(record, QUANTITY) >= 0) at = decimal(at, 38, load<i64>(record, QUANTITY));
  if (above < 40 && below > 40 && (writes & WRITES_ORD_TYPE) !== 0) at = char(at, 40, load<u8>(record, ORD_TYPE));
  if (above < 44 && below > 44 && (writes & WRITES_PRICE) !== 0 && load<i64>(record, PRICE) !== NO_PRICE) at = decimal(at, 44, load<i64>(record, PRICE));
  if (above < 54 && below > 54 && (writes & WRITES_SIDE) !== 0) at = char(at, 54, load<u8>(record, SIDE));
  if (above < 55 && below > 55 && (writes & WRITES_SYMBOL) !== 0) at = soh(putId(tag(at, 55), record + SYMBOL, record + SYMBOL_LONG, load<u8>(record, SYMBOL_LENGTH)));
  if (above < 59 && below > 59 && (writes & WRITES_TIME_IN_FORCE) !== 0) at = char(at, 59, load<u8>(record, TIME_IN_FORCE));
  if (above < 60 && below > 60 && (writes & WRITES_TRANSACT_US) !== 0 && load<u8>(record, TRANSACT_DIGITS) !== 0) at = time(at, 60, load<f64>(record, TRANSACT_US), load<u8>(record, TRANSACT_DIGITS));
  return at;
}
