import { aim, area, maskOf } from "./area.ts";
import { HIGH_WORD, KIND_BIT, NEEDS_HANDL_INST, NEEDS_TRANSACT_TIME, NOT_PLAIN, SPECIALS_WORD } from "./layout.ts";
import { readDecimal, readWhole } from "./numbers.ts";
import { endOf, find, startOf } from "./scan.ts";
import {
  ACCOUNT,
  ACCOUNT_LENGTH,
  CL_ORD_ID,
  CL_ORD_ID_LENGTH,
  KIND,
  ORDER_ID,
  ORDER_ID_LENGTH,
  ORIG_CL_ORD_ID,
  ORIG_CL_ORD_ID_LENGTH,
  POSS_RESEND,
  PRICE,
  QUANTITY,
  REQUEST_CANCEL,
  REQUEST_NEW,
  SIDE,
  SYMBOL,
  SYMBOL_LENGTH,
  TIF,
  TYPE,
} from "./order-request.ts";
import { ID_BYTES, NO_PRICE } from "./units.ts";

const AUTOMATED = 49;
const MARKET = 49;
const LIMIT = 50;
const DAY = 48;
const YES = 89;

/**
 * Reads the NewOrderSingle, OrderCancelRequest or OrderCancelReplaceRequest that was scanned into the OrderRequest at `order`;
 * whose it is, and when it came, the caller fills in.
 * Returns  0, or NOT_PLAIN when anything is out of the ordinary.
 */
export function readOrder(at: usize, order: usize, kind: u32, needs: u32): i32 {
  aim(at);
  const uncarried = (load<u32>(area, SPECIALS_WORD * 4) & (KIND_BIT << kind)) | load<u32>(area, HIGH_WORD * 4);
  if (uncarried !== 0) return NOT_PLAIN;
  for (let i: usize = 0; i < 64; i += 16) v128.store(order + i, i64x2.splat(0));
  store<u64>(order, 0, 64);
  store<u32>(order, kind, KIND);
  const clOrdId = readId(11, order + CL_ORD_ID);
  const symbol = readId(55, order + SYMBOL);
  const account = readId(1, order + ACCOUNT);
  if (clOrdId <= 0 || symbol <= 0 || account < 0) return NOT_PLAIN;
  store<u8>(order, clOrdId, CL_ORD_ID_LENGTH);
  store<u8>(order, symbol, SYMBOL_LENGTH);
  store<u8>(order, account, ACCOUNT_LENGTH);
  if (find(97) >= 0 && readChar(97) === YES) store<u8>(order, 1, POSS_RESEND);
  const side = readChar(54);
  if (side < 49 || (side > 57 && side < 65) || side > 71) return NOT_PLAIN;
  store<u8>(order, side, SIDE);
  if ((needs & NEEDS_TRANSACT_TIME) !== 0 && find(60) < 0) return NOT_PLAIN;
  if (kind !== REQUEST_NEW && !readOriginal(order)) return NOT_PLAIN;
  const quantityField = find(38);
  if (quantityField < 0 && kind !== REQUEST_CANCEL) return NOT_PLAIN;
  const quantity = quantityField < 0 ? 0 : readWhole(startOf(quantityField), endOf(quantityField));
  if (isNaN(quantity)) return NOT_PLAIN;
  store<f64>(order, quantity, QUANTITY);
  store<f64>(order, NO_PRICE, PRICE);
  return kind === REQUEST_CANCEL || readTerms(order, needs) ? 0 : NOT_PLAIN;
}

/** What a cancel or a replace is about. */
function readOriginal(order: usize): bool {
  const clOrdId = readId(41, order + ORIG_CL_ORD_ID);
  const orderId = readId(37, order + ORDER_ID);
  store<u8>(order, clOrdId, ORIG_CL_ORD_ID_LENGTH);
  store<u8>(order, orderId, ORDER_ID_LENGTH);
  return clOrdId > 0 && orderId >= 0;
}

/** What a cancel has not: OrdType, TimeInForce, Price. */
function readTerms(order: usize, needs: u32): bool {
  const ordType = readChar(40);
  if (ordType < 49 || (ordType > 57 && ordType < 65) || ordType > 77) return false;
  const timeInForce = readChar(59);
  if (timeInForce < 0 || timeInForce > 55) return false;
  const handlInst = readChar(21);
  if (handlInst !== AUTOMATED && (handlInst !== 0 || (needs & NEEDS_HANDL_INST) !== 0)) return false;
  store<u8>(order, ordType, TYPE);
  store<u8>(order, timeInForce === 0 ? DAY : timeInForce, TIF);
  const field = find(44);
  if (field < 0) return ordType !== LIMIT;
  const price = readDecimal(startOf(field), endOf(field));
  if (isNaN(price) || ordType === MARKET) return false;
  store<f64>(order, price, PRICE);
  return true;
}

/** The field's only character, 0 when absent, -1 when it is longer. */
export function readChar(tag: u32): i32 {
  const field = find(tag);
  if (field < 0) return 0;
  const at = startOf(field);
  return endOf(field) - at === 1 ? load<u8>(at) : -1;
}

/** Copies an id, zero padded. Returns its length, 0 when it is absent, -1 when it is too long. */
export function readId(tag: u32, to: usize): i32 {
  const field = find(tag);
  if (field < 0) return 0;
  const at = startOf(field);
  const bytes = <u32>(endOf(field) - at);
  if (bytes > ID_BYTES) return -1;
  putPadded(to, at, bytes);
  return <i32>bytes;
}

/** Writes an id of up to 32 bytes. */
export function putPadded(to: usize, at: usize, bytes: u32): void {
  if (bytes <= 16) {
    v128.store(to, v128.and(v128.load(at), maskOf(bytes)));
    v128.store(to, i64x2.splat(0), 16);
  } else {
    v128.store(to, v128.load(at));
    v128.store(to, v128.and(v128.load(at, 16), maskOf(bytes - 16)), 16);
  }
}
