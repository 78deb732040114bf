import { aim } from "./area.ts";
import { begin, char, decimal, end, id, soh, stamp, tag, text, whole } from "./message.ts";
import { putInt } from "./numbers.ts";
import {
  ACCOUNT,
  ACCOUNT_LENGTH,
  AVG_PX,
  CL_ORD_ID,
  CL_ORD_ID_LENGTH,
  CUM_QTY,
  EXEC_ID,
  EXEC_ID_LENGTH,
  EXEC_REF_ID,
  EXEC_REF_ID_LENGTH,
  LAST_PX,
  LAST_QTY,
  LEAVES_QTY,
  ORDER_ID,
  ORDER_ID_LENGTH,
  ORIG_CL_ORD_ID,
  ORIG_CL_ORD_ID_LENGTH,
  PRICE,
  QUANTITY,
  SIDE,
  SYMBOL,
  SYMBOL_LENGTH,
  TEXT,
  TEXT_LENGTH,
  TIF,
  TYPE,
} from "./execution-report.ts";
import { NO_PRICE } from "./units.ts";

const EXECUTION_REPORT = 56;

/**
 * Writes an ExecutionReport (8) from the record at `report`, ascending by tag. What differs between versions is told as it is to
 * be written: `transType` and `execType` 0, `rejReason` and `processed` negative leave the field out.
 * Returns  the length of the message, which begins at `written`; with `isWhole` 0 groups and CheckSum are to follow.
 */
export function writeExecution(
  to: usize,
  report: usize,
  sequence: i32,
  processed: i32,
  transType: u32,
  hasLast: u32,
  status: u32,
  execType: u32,
  hasOrig: u32,
  rejReason: i32,
  isWhole: u32,
): i32 {
  aim(to);
  let at = begin(EXECUTION_REPORT, sequence, processed);
  at = id(at, 1, report + ACCOUNT, load<u8>(report, ACCOUNT_LENGTH));
  at = decimal(at, 6, load<f64>(report, AVG_PX));
  at = id(at, 11, report + CL_ORD_ID, load<u8>(report, CL_ORD_ID_LENGTH));
  at = whole(at, 14, load<f64>(report, CUM_QTY));
  at = id(at, 17, report + EXEC_ID, load<u8>(report, EXEC_ID_LENGTH));
  at = id(at, 19, report + EXEC_REF_ID, load<u8>(report, EXEC_REF_ID_LENGTH));
  if (transType !== 0) at = char(at, 20, transType);
  if (hasLast !== 0) {
    const price = load<f64>(report, LAST_PX);
    at = decimal(at, 31, price === NO_PRICE ? 0 : price);
    at = whole(at, 32, load<f64>(report, LAST_QTY));
  }
  at = id(at, 37, report + ORDER_ID, load<u8>(report, ORDER_ID_LENGTH));
  at = whole(at, 38, load<f64>(report, QUANTITY));
  at = char(at, 39, status);
  const type = <u32>load<u8>(report, TYPE);
  if (type !== 0) at = char(at, 40, type);
  if (hasOrig !== 0) at = id(at, 41, report + ORIG_CL_ORD_ID, load<u8>(report, ORIG_CL_ORD_ID_LENGTH));
  const price = load<f64>(report, PRICE);
  if (price !== NO_PRICE) at = decimal(at, 44, price);
  at = char(at, 54, load<u8>(report, SIDE));
  at = id(at, 55, report + SYMBOL, load<u8>(report, SYMBOL_LENGTH));
  at = text(at, 58, report + TEXT, load<u8>(report, TEXT_LENGTH));
  const timeInForce = <u32>load<u8>(report, TIF);
  if (timeInForce !== 0) at = char(at, 59, timeInForce);
  at = stamp(at, 60);
  if (rejReason >= 0) at = soh(putInt(tag(at, 103), rejReason));
  if (execType !== 0) {
    at = char(at, 150, execType);
    at = whole(at, 151, load<f64>(report, LEAVES_QTY));
  }
  return end(at, isWhole !== 0);
}
