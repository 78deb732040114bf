// Made from src/record/layout/execution-report.ts by `npm run generate`.
import { char, decimal, id, text, whole } from "./message.ts";
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
  SYMBOL,
  SYMBOL_LENGTH,
  SYMBOL_LONG,
  TEXT,
  TEXT_LENGTH,
  TIME_IN_FORCE,
} from "./execution-report.ts";
import { NO_PRICE } from "./units.ts";
import { decimalOf, idOf, wholeOf } from "./values.ts";

/**
 * Reads the fields that have no rule but their type's from the message that was scanned into the record at `record`, whose head
 * is zeroed. Returns false where one is missing, or out of the ordinary.
 */
export function readFields(record: usize, kind: u32): bool {
  const orderId = idOf(37, record + ORDER_ID);
  if (orderId < 0) return false;
  store<u8>(record, orderId, ORDER_ID_LENGTH);
  const execId = idOf(17, record + EXEC_ID);
  if (execId <= 0) return false;
  store<u8>(record, execId, EXEC_ID_LENGTH);
  const quantity = wholeOf(38);
  if (isNaN(quantity)) return false;
  store<f64>(record, quantity, QUANTITY);
  const priceE8 = decimalOf(44);
  if (isNaN(priceE8)) return false;
  store<f64>(record, priceE8, PRICE);
  const lastQty = wholeOf(32);
  if (isNaN(lastQty)) return false;
  store<f64>(record, lastQty, LAST_QTY);
  const lastPxE8 = decimalOf(31);
  if (isNaN(lastPxE8)) return false;
  store<f64>(record, lastPxE8, LAST_PX);
  const leavesQty = wholeOf(151);
  if (isNaN(leavesQty)) return false;
  store<f64>(record, leavesQty, LEAVES_QTY);
  const cumQty = wholeOf(14);
  if (isNaN(cumQty)) return false;
  store<f64>(record, cumQty, CUM_QTY);
  return true;
}

/**
 * Writes the fields that have no rule but their type's, of tags between `above` and `below`, ascending; `version` counts from
 * FIX.4.0 on. Returns where the next field goes.
 */
// @ts-ignore: decorator
@inline
export function writeFields(at: usize, record: usize, kind: u32, version: u32, above: u32, below: u32): usize {
  if (above < 1 && below > 1) at = id(at, 1, record + ACCOUNT, record + ACCOUNT_LONG, load<u8>(record, ACCOUNT_LENGTH));
  if (above < 6 && below > 6) at = decimal(at, 6, load<f64>(record, AVG_PX));
  if (above < 11 && below > 11) at = id(at, 11, record + CL_ORD_ID, record + CL_ORD_ID_LONG, load<u8>(record, CL_ORD_ID_LENGTH));
  if (above < 14 && below > 14) at = whole(at, 14, load<f64>(record, CUM_QTY));
  if (above < 17 && below > 17) at = id(at, 17, record + EXEC_ID, record + EXEC_ID_LONG, load<u8>(record, EXEC_ID_LENGTH));
  if (above < 19 && below > 19) at = id(at, 19, record + EXEC_REF_ID, record + EXEC_REF_ID_LONG, load<u8>(record, EXEC_REF_ID_LENGTH));
  if (above < 37 && below > 37) at = id(at, 37, record + ORDER_ID, record + ORDER_ID_LONG, load<u8>(record, ORDER_ID_LENGTH));
  if (above < 38 && below > 38) at = whole(at, 38, load<f64>(record, QUANTITY));
  if (above < 40 && below > 40 && load<u8>(record, ORD_TYPE) !== 0) at = char(at, 40, load<u8>(record, ORD_TYPE));
  if (above < 41 && below > 41 && version >= 1) at = id(at, 41, record + ORIG_CL_ORD_ID, record + ORIG_CL_ORD_ID_LONG, load<u8>(record, ORIG_CL_ORD_ID_LENGTH));
  if (above < 44 && below > 44 && load<f64>(record, PRICE) !== NO_PRICE) at = decimal(at, 44, load<f64>(record, PRICE));
  if (above < 54 && below > 54) at = char(at, 54, load<u8>(record, SIDE));
  if (above < 55 && below > 55) at = id(at, 55, record + SYMBOL, record + SYMBOL_LONG, load<u8>(record, SYMBOL_LENGTH));
  if (above < 58 && below > 58) at = text(at, 58, record + TEXT, load<u8>(record, TEXT_LENGTH));
  if (above < 59 && below > 59 && load<u8>(record, TIME_IN_FORCE) !== 0) at = char(at, 59, load<u8>(record, TIME_IN_FORCE));
  if (above < 151 && below > 151 && version >= 1) at = whole(at, 151, load<f64>(record, LEAVES_QTY));
  return at;
}
