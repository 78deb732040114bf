// Made from src/record/layout/execution-report.ts by `npm run generate`.
import { char, decimal, id, text, time } from "./message.ts";
import {
  ACCOUNT,
  ACCOUNT_LENGTH,
  ACCOUNT_LONG,
  AVG_PX,
  CL_ORD_ID,
  CL_ORD_ID_LENGTH,
  CL_ORD_ID_LONG,
  CUM_QTY,
  EXEC_ID,
  EXEC_ID_LENGTH,
  EXEC_ID_LONG,
  EXEC_REF_ID,
  EXEC_REF_ID_LENGTH,
  EXEC_REF_ID_LONG,
  LAST_PX,
  LAST_QTY,
  LEAVES_QTY,
  ORDER_ID,
  ORDER_ID_LENGTH,
  ORDER_ID_LONG,
  ORD_TYPE,
  ORIG_CL_ORD_ID,
  ORIG_CL_ORD_ID_LENGTH,
  ORIG_CL_ORD_ID_LONG,
  PRICE,
  QUANTITY,
  SIDE,
  STATED,
  SYMBOL,
  SYMBOL_LENGTH,
  SYMBOL_LONG,
  TEXT,
  TEXT_BYTES,
  TEXT_LENGTH,
  TEXT_LONG,
  TIME_IN_FORCE,
  TRANSACT_DIGITS,
  TRANSACT_US,
  WRITES_ACCOUNT,
  WRITES_AVG_PX,
  WRITES_CL_ORD_ID,
  WRITES_CUM_QTY,
  WRITES_EXEC_ID,
  WRITES_EXEC_REF_ID,
  WRITES_LEAVES_QTY,
  WRITES_ORDER_ID,
  WRITES_ORD_TYPE,
  WRITES_ORIG_CL_ORD_ID,
  WRITES_PRICE,
  WRITES_QUANTITY,
  WRITES_SIDE,
  WRITES_SYMBOL,
  WRITES_TEXT,
  WRITES_TIME_IN_FORCE,
  WRITES_TRANSACT_US,
} from "./execution-report.ts";
import { UNREADABLE, readDecimal, readQuantity } from "./numbers.ts";
import { endOf, find, startOf } from "./scan.ts";
import { NO_PRICE } from "./units.ts";
import { idOf, readChar } from "./values.ts";

/**
 * Reads the fields that have no rule but their type's from the message that was scanned into the record at `record`, whose head
 * is zeroed. Returns false where one is missing, or out of the ordinary.
 */
export function readFields(record: usize, kind: u32): bool {
  let stated: u32 = 0;
  const orderId = idOf(37, record + ORDER_ID, record + ORDER_ID_LONG);
  if (orderId < 0) return false;
  store<u8>(record, orderId, ORDER_ID_LENGTH);
  const execId = idOf(17, record + EXEC_ID, record + EXEC_ID_LONG);
  if (execId <= 0) return false;
  store<u8>(record, execId, EXEC_ID_LENGTH);
  const side = readChar(54);
  if (side < 0) return false;
  store<u8>(record, side, SIDE);
  const ordType = readChar(40);
  if (ordType < 0) return false;
  store<u8>(record, ordType, ORD_TYPE);
  const quantity = find(38);
  if (quantity >= 0) {
    const value = readQuantity(startOf(quantity), endOf(quantity));
    if (value === UNREADABLE) return false;
    store<i64>(record, value, QUANTITY);
    stated |= 8;
  }
  const priceE8 = find(44);
  if (priceE8 >= 0) {
    const value = readDecimal(startOf(priceE8), endOf(priceE8));
    if (value === UNREADABLE) return false;
    store<i64>(record, value, PRICE);
    stated |= 64;
  } else store<i64>(record, NO_PRICE, PRICE);
  const timeInForce = readChar(59);
  if (timeInForce < 0) return false;
  store<u8>(record, timeInForce, TIME_IN_FORCE);
  const lastQty = find(32);
  if (lastQty >= 0) {
    const value = readQuantity(startOf(lastQty), endOf(lastQty));
    if (value === UNREADABLE) return false;
    store<i64>(record, value, LAST_QTY);
    stated |= 16;
  }
  const lastPxE8 = find(31);
  if (lastPxE8 >= 0) {
    const value = readDecimal(startOf(lastPxE8), endOf(lastPxE8));
    if (value === UNREADABLE) return false;
    store<i64>(record, value, LAST_PX);
    stated |= 32;
  } else store<i64>(record, NO_PRICE, LAST_PX);
  const leavesQty = find(151);
  if (leavesQty >= 0) {
    const value = readQuantity(startOf(leavesQty), endOf(leavesQty));
    if (value === UNREADABLE) return false;
    store<i64>(record, value, LEAVES_QTY);
    stated |= 2;
  }
  const cumQty = find(14);
  if (cumQty >= 0) {
    const value = readQuantity(startOf(cumQty), endOf(cumQty));
    if (value === UNREADABLE) return false;
    store<i64>(record, value, CUM_QTY);
    stated |= 1;
  }
  const avgPxE8 = find(6);
  if (avgPxE8 >= 0) {
    const value = readDecimal(startOf(avgPxE8), endOf(avgPxE8));
    if (value === UNREADABLE) return false;
    store<i64>(record, value, AVG_PX);
    stated |= 4;
  }
  const symbol = idOf(55, record + SYMBOL, record + SYMBOL_LONG);
  if (symbol < 0) return false;
  store<u8>(record, symbol, SYMBOL_LENGTH);
  const account = idOf(1, record + ACCOUNT, record + ACCOUNT_LONG);
  if (account < 0) return false;
  store<u8>(record, account, ACCOUNT_LENGTH);
  store<u8>(record, stated, STATED);
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
  if (above < 6 && below > 6 && (writes & WRITES_AVG_PX) !== 0) at = decimal(at, 6, load<i64>(record, AVG_PX));
  if (above < 11 && below > 11 && (writes & WRITES_CL_ORD_ID) !== 0) at = id(at, 11, record + CL_ORD_ID, record + CL_ORD_ID_LONG, load<u8>(record, CL_ORD_ID_LENGTH));
  if (above < 14 && below > 14 && (writes & WRITES_CUM_QTY) !== 0) at = decimal(at, 14, load<i64>(record, CUM_QTY));
  if (above < 17 && below > 17 && (writes & WRITES_EXEC_ID) !== 0) at = id(at, 17, record + EXEC_ID, record + EXEC_ID_LONG, load<u8>(record, EXEC_ID_LENGTH));
  if (above < 19 && below > 19 && (writes & WRITES_EXEC_REF_ID) !== 0) at = id(at, 19, record + EXEC_REF_ID, record + EXEC_REF_ID_LONG, load<u8>(record, EXEC_REF_ID_LENGTH));
  if (above < 37 && below > 37 && (writes & WRITES_ORDER_ID) !== 0) at = id(at, 37, record + ORDER_ID, record + ORDER_ID_LONG, load<u8>(record, ORDER_ID_LENGTH));
  if (above < 38 && below > 38 && (writes & WRITES_QUANTITY) !== 0 && load<i64>(record, QUANTITY) >= 0) at = decimal(at, 38, load<i64>(record, QUANTITY));
  if (above < 40 && below > 40 && (writes & WRITES_ORD_TYPE) !== 0 && load<u8>(record, ORD_TYPE) !== 0) at = char(at, 40, load<u8>(record, ORD_TYPE));
  if (above < 41 && below > 41 && (writes & WRITES_ORIG_CL_ORD_ID) !== 0) at = id(at, 41, record + ORIG_CL_ORD_ID, record + ORIG_CL_ORD_ID_LONG, load<u8>(record, ORIG_CL_ORD_ID_LENGTH));
  if (above < 44 && below > 44 && (writes & WRITES_PRICE) !== 0 && load<i64>(record, PRICE) !== NO_PRICE) at = decimal(at, 44, load<i64>(record, PRICE));
  if (above < 54 && below > 54 && (writes & WRITES_SIDE) !== 0) at = char(at, 54, load<u8>(record, SIDE));
  if (above < 55 && below > 55 && (writes & WRITES_SYMBOL) !== 0) at = id(at, 55, record + SYMBOL, record + SYMBOL_LONG, load<u8>(record, SYMBOL_LENGTH));
  if (above < 58 && below > 58 && (writes & WRITES_TEXT) !== 0) at = text(at, 58, record + TEXT, TEXT_BYTES, record + TEXT_LONG, load<u8>(record, TEXT_LENGTH));
  if (above < 59 && below > 59 && (writes & WRITES_TIME_IN_FORCE) !== 0 && load<u8>(record, TIME_IN_FORCE) !== 0) at = char(at, 59, load<u8>(record, TIME_IN_FORCE));
  if (above < 60 && below > 60 && (writes & WRITES_TRANSACT_US) !== 0 && load<u8>(record, TRANSACT_DIGITS) !== 0) at = time(at, 60, load<f64>(record, TRANSACT_US), load<u8>(record, TRANSACT_DIGITS));
  if (above < 151 && below > 151 && (writes & WRITES_LEAVES_QTY) !== 0) at = decimal(at, 151, load<i64>(record, LEAVES_QTY));
  return at;
}
