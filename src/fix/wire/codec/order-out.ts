import { aim, area } from "./area.ts";
import { PREFIX_AT, PREFIX_LENGTH_AT } from "./layout.ts";
import { begin, char, end, put, put32, soh, tag } from "./message.ts";
import { putInt, putWhole } from "./numbers.ts";
import { writeFields } from "./order-request-fields.ts";
import {
  HANDL_INST,
  KIND,
  NUMBER,
  ORD_TYPE,
  ORIG_NUMBER,
  PRICE,
  REQUEST_CANCEL,
  REQUEST_NEW,
  SLOT,
  TIME_IN_FORCE,
  TRANSACT_DIGITS,
  TRANSACT_US,
  WRITES_HANDL_INST,
  WRITES_ORD_TYPE,
  WRITES_PRICE,
  WRITES_QUANTITY,
  WRITES_SIDE,
  WRITES_TIME_IN_FORCE,
} from "./order-request.ts";
import {
  IS_CONFIGURED,
  NEEDS_HANDL_INST,
  NEEDS_TRANSACT_TIME,
  PEER_CHANGED,
  PEER_CXL_TYPE,
  PEER_FLAGS,
  PEER_WRITES,
} from "./peer.ts";
import { sayNow } from "./report-out.ts";
import { NO_PRICE } from "./units.ts";

const NEW_ORDER_SINGLE = 68;
const ORDER_CANCEL_REQUEST = 70;
const ORDER_CANCEL_REPLACE_REQUEST = 71;
const DASH = 45;
const NO_MORE_TAGS: u32 = 0xffffffff;
const MARKET = 49;
const DAY = 48;
/** HandlInst (21) where a venue requires it and the client has said none: automated, no broker. */
const AUTOMATED = 49;

/**
 * Writes NewOrderSingle (D), OrderCancelRequest (F) or OrderCancelReplaceRequest (G) from the record at `order`, ascending by tag, as
 * the peer's `table` (peer.ts) says; `without` has the bits of fields that are left out.
 * `beside` is what follows (src/record/groups.ts), 0 for nothing.
 * Returns  the length of the message, which begins at `written`; with `isWhole` 0, and where fields are configured, the caller adds
 *          fields and CheckSum.
 */
export function writeOrder(
  to: usize,
  order: usize,
  table: usize,
  sequence: i32,
  processed: i32,
  without: u32,
  isWhole: u32,
  beside: usize,
): i32 {
  aim(to);
  const flags = load<u32>(table, PEER_FLAGS);
  const writes = load<u32>(table, PEER_WRITES) & ~without;
  if ((flags & NEEDS_HANDL_INST) !== 0 && load<u8>(order, HANDL_INST) === 0) store<u8>(order, AUTOMATED, HANDL_INST);
  if ((flags & NEEDS_TRANSACT_TIME) !== 0 && load<u8>(order, TRANSACT_DIGITS) === 0)
    sayNow(order + TRANSACT_US, order + TRANSACT_DIGITS);
  const kind = load<u32>(order, KIND);
  const isNew = kind === REQUEST_NEW;
  const type: u32 = isNew ? NEW_ORDER_SINGLE : kind === REQUEST_CANCEL ? ORDER_CANCEL_REQUEST : ORDER_CANCEL_REPLACE_REQUEST;
  let at = begin(type, sequence, processed);
  at = writeFields(at, order, writes, 0, 11);
  at = venueId(tag(at, 11), load<f64>(order, NUMBER), load<i32>(order, SLOT));
  at = writeFields(at, order, writes, 11, 41);
  if (!isNew) at = venueId(tag(at, 41), load<f64>(order, ORIG_NUMBER), load<i32>(order, SLOT));
  at = writeFields(at, order, writes, 41, 125);
  const cxlType = load<u32>(table, PEER_CXL_TYPE);
  if (cxlType !== 0) at = char(at, 125, cxlType);
  at = writeFields(at, order, writes, 125, NO_MORE_TAGS);
  if (beside !== 0) at = put(at, beside + 4, load<u32>(beside));
  return end(at, isWhole !== 0 && (flags & IS_CONFIGURED) === 0);
}

/**
 * First tag of the record that says more than its absence, and that these messages do not have; 0: none. `beside` has the bits of
 * the fields that are written from beside the record.
 */
export function tagWithoutPlace(order: usize, table: usize, beside: u32): u32 {
  const written = load<u32>(table, PEER_WRITES) | beside;
  // What the configuration changes is meant to be so.
  const has = written | load<u32>(table, PEER_CHANGED);
  const handlInst = load<u8>(order, HANDL_INST);
  if ((has & WRITES_HANDL_INST) === 0 && handlInst !== 0 && handlInst !== AUTOMATED) return 21;
  if (load<u32>(order, KIND) === REQUEST_CANCEL) return 0;
  if ((has & WRITES_QUANTITY) === 0) return 38;
  const ordType = load<u8>(order, ORD_TYPE);
  if ((has & WRITES_ORD_TYPE) === 0) return 40;
  if ((has & WRITES_PRICE) === 0 && ordType !== MARKET && load<i64>(order, PRICE) !== NO_PRICE) return 44;
  if ((has & WRITES_SIDE) === 0) return 54;
  // Also where it is dropped: an order that ends at once must not become one for the day.
  return (written & WRITES_TIME_IN_FORCE) !== 0 || load<u8>(order, TIME_IN_FORCE) === DAY ? 0 : 59;
}

/** Writes the ClOrdID to a venue (src/fix/orders/venue-id.ts) and the end of its field. */
function venueId(at: usize, number: f64, slot: i32): usize {
  at = putWhole(put32(at, area + PREFIX_AT, load<u8>(area, PREFIX_LENGTH_AT)), number);
  store<u8>(at, DASH);
  return soh(putInt(at + 1, slot));
}
