import { aim, area } from "./area.ts";
import { BESIDE, HAS_CXL_TYPE, MARKS_AT, NOT_PLAIN } from "./layout.ts";
import { readDecimal, readQuantity, UNREADABLE } from "./numbers.ts";
import { endOf, find, startOf } from "./scan.ts";
import { readFields } from "./order-request-fields.ts";
import {
  HANDL_INST,
  HEAD_BYTES,
  KIND,
  ORD_TYPE,
  POSS_RESEND,
  PRICE,
  QUANTITY,
  RECEIVED_NS,
  REQUEST_CANCEL,
  SIDE,
  TIME_IN_FORCE,
  TRANSACT_DIGITS,
  TRANSACT_US,
} from "./order-request.ts";
import { NO_PRICE } from "./units.ts";
import { isOfVersion, readChar, readTransactTime, setAside } from "./values.ts";

const MARKET = 49;
const LIMIT = 50;
const DAY = 48;
/** GTD: it has a date or a time. */
const UNTIL = 54;
const YES = 89;
/** POSS_RESEND and POSS_DUP of record/codes.ts. */
const WAS_RESENT = 1;
const WAS_POSS_DUP = 2;
/** CxlType (125): cancel of the whole remaining quantity. */
const FULL = 70;

/**
 * Reads the scanned NewOrderSingle, OrderCancelRequest or OrderCancelReplaceRequest into the OrderRequest at `order`. The
 * caller sets session and time, and takes the fields that the record does not hold. `version` is a word of APPL_VER and HAS_….
 * Returns  0, or NOT_PLAIN.
 */
export function readOrder(at: usize, order: usize, kind: u32, version: u32): i32 {
  aim(at);
  if (!isOfVersion(version)) return NOT_PLAIN;
  for (let i: usize = 0; i < HEAD_BYTES - 8; i += 16) v128.store(order + i, i64x2.splat(0));
  store<u64>(order, 0, HEAD_BYTES - 8);
  store<f64>(order, 0, TRANSACT_US);
  store<u64>(order, 0, TRANSACT_DIGITS);
  store<f64>(order, 0, RECEIVED_NS);
  store<u32>(order, kind, KIND);
  if (!readFields(order, kind)) return NOT_PLAIN;
  if (!readTransactTime(60, order + TRANSACT_US, order + TRANSACT_DIGITS)) return NOT_PLAIN;
  if (find(97) >= 0 && readChar(97) === YES) store<u8>(order, WAS_RESENT, POSS_RESEND);
  else if (find(43) >= 0 && readChar(43) === YES) store<u8>(order, WAS_POSS_DUP, POSS_RESEND);
  const side = readChar(54);
  if (side < 49 || (side > 57 && side < 65) || side > 71) return NOT_PLAIN;
  store<u8>(order, side, SIDE);
  const quantityField = find(38);
  if (quantityField < 0 && kind !== REQUEST_CANCEL) return NOT_PLAIN;
  const quantity: i64 = quantityField < 0 ? 0 : readQuantity(startOf(quantityField), endOf(quantityField));
  if (quantity === UNREADABLE) return NOT_PLAIN;
  store<i64>(order, quantity, QUANTITY);
  store<i64>(order, NO_PRICE, PRICE);
  if (kind === REQUEST_CANCEL) return isFullCancel((version & HAS_CXL_TYPE) !== 0) ? 0 : NOT_PLAIN;
  return readTerms(order) ? 0 : NOT_PLAIN;
}

/** Reads the fields that a cancel does not have: OrdType, TimeInForce, Price. */
function readTerms(order: usize): bool {
  const ordType = readChar(40);
  // Other types have terms of their own.
  if (ordType !== LIMIT && ordType !== MARKET) return false;
  const timeInForce = readChar(59);
  if (timeInForce !== 0 && (timeInForce === UNTIL || !isLetterOrDigit(timeInForce))) return false;
  const handlInst = readChar(21);
  if (handlInst < 0) return false;
  store<u8>(order, handlInst, HANDL_INST);
  store<u8>(order, ordType, ORD_TYPE);
  store<u8>(order, timeInForce === 0 ? DAY : timeInForce, TIME_IN_FORCE);
  const field = find(44);
  if (field < 0) return ordType !== LIMIT;
  const price = readDecimal(startOf(field), endOf(field));
  if (price === UNREADABLE) return false;
  if (ordType === MARKET) {
    setAside(field);
    return true;
  }
  store<i64>(order, price, PRICE);
  return true;
}

/** The whole remaining quantity is cancelled; the record has no place for that. */
function isFullCancel(isNeeded: bool): bool {
  const field = find(125);
  if (field < 0) return !isNeeded;
  if (readChar(125) !== FULL) return !isNeeded;
  const mark = area + MARKS_AT + field;
  store<u8>(mark, load<u8>(mark) & (BESIDE - 1));
  return true;
}

/** A code of any version. The core decides which of them it accepts. */
function isLetterOrDigit(value: i32): bool {
  return (value >= 48 && value <= 57) || (value >= 65 && value <= 90);
}
