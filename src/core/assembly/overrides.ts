import { Control } from "../../record/assembly/control.ts";
import { OrderRequest } from "../../record/assembly/order-request.ts";
import {
  CONTROL_APPLIED,
  CONTROL_BAD_RECORD,
  CONTROL_BAD_VALUE,
  CONTROL_TABLE_FULL,
  CONTROL_TEXT_AT,
  CONTROL_UNCHANGED,
  CONTROL_UNKNOWN_NAME,
} from "../../record/control-codes.ts";
import {
  DUPLICATE_ORDER,
  MAX_DAILY_NOTIONAL,
  MAX_DAILY_VOLUME,
  MAX_GROSS_EXPOSURE,
  MAX_NET_EXPOSURE,
  MAX_ORDER_NOTIONAL,
  MAX_ORDER_QTY,
  MAX_POSITION,
  MAX_ADV_PERCENT,
  OPEN_ORDERS,
  PRICE_COLLAR,
} from "../risk/reason-codes.ts";
import { address, area, double, setDouble, setWord, word } from "./area.ts";
import { clearDetail, takeDetail } from "./detail.ts";
import { SESSION_IDS } from "./layout.ts";
import { lock, unlock } from "./locks.ts";
import * as layout from "./override-layout.ts";

// An order that one check refuses passes it once where two persons have granted that: an override names session, account, symbol, side,
// type, quantity, price and the check. The use is journalled before the order, with the number that the order gets, so that no restart lets
// a second one through.

@unmanaged
class Override {
  state: i32;
  reason: i32;
  untilUs: f64;
  grantedUs: f64;
  doneUs: f64;
  orderNumber: f64;

  get text(): usize {
    return changetype<usize>(this) + layout.OVERRIDE_TEXT_AT;
  }
  get id(): f64 {
    return load<f64>(this.text);
  }
}

function overrideAt(row: i32): Override {
  return changetype<Override>(address(layout.OVERRIDES_AT) + <usize>row * layout.OVERRIDE_BYTES);
}

/** Checks of how much an order may be: all others are never overridden (core/risk/overridable.ts says the same). */
function mayOverride(reason: i32): bool {
  if (reason === MAX_ORDER_QTY || reason === MAX_ORDER_NOTIONAL || reason === PRICE_COLLAR || reason === MAX_ADV_PERCENT) return true;
  if (reason === OPEN_ORDERS || reason === DUPLICATE_ORDER || reason === MAX_POSITION) return true;
  if (reason === MAX_GROSS_EXPOSURE || reason === MAX_NET_EXPOSURE) return true;
  return reason === MAX_DAILY_NOTIONAL || reason === MAX_DAILY_VOLUME;
}

/** The new order that is decided, 0 for another request; its time and the number that it gets. */
let current: usize = 0;
let currentUs: f64 = 0;
let currentNumber: f64 = 0;
/** Overrides that it has needed: bits by row. */
let needed: u64 = 0;

/** A request is decided: a new order, or (address 0) another one, which no override is for. */
// @ts-ignore: decorator
@inline
export function beginOverrides(request: usize, timeUs: f64, number: f64): void {
  current = request;
  currentUs = timeUs;
  currentNumber = number;
  needed = 0;
}

/**
 * True when the order that is decided may pass a check that it does not keep to. Called where it does not alone, with the refusal's detail
 * set: the first one that an override lets through stays with it.
 */
export function isOverridden(reason: i32): bool {
  if (current === 0) return false;
  for (let i = 0; i < layout.MOST_OVERRIDES; i++) {
    const row = overrideAt(i);
    if (row.reason !== reason || !isFor(row, changetype<OrderRequest>(current))) continue;
    const bit = (<u64>1) << i;
    if ((needed & bit) === 0) store<i32>(passedAt(i), takeDetail(passedAt(i) + layout.PASSED_TEXT_AT));
    else clearDetail();
    needed |= bit;
    return true;
  }
  return false;
}

/** True when an override is for this order: it is granted, or its use by an order of this number is journalled. */
function isFor(row: Override, request: OrderRequest): bool {
  if (row.state === layout.OVERRIDE_GRANTED) {
    if (row.untilUs <= currentUs) return false;
  } else if (row.state !== layout.OVERRIDE_USED || row.orderNumber !== currentNumber) return false;
  const text = row.text;
  if (load<i32>(text, layout.OVERRIDE_SESSION_AT) !== request.session) return false;
  if (<i32>load<u8>(text, layout.OVERRIDE_SIDE_AT) !== request.side) return false;
  if (<i32>load<u8>(text, layout.OVERRIDE_TYPE_AT) !== request.ordType) return false;
  if (load<i64>(text, layout.OVERRIDE_QUANTITY_AT) !== request.quantity) return false;
  if (load<i64>(text, layout.OVERRIDE_PRICE_AT) !== request.priceE8) return false;
  if (!isText(text, 0, layout.OVERRIDE_ACCOUNT_AT, request.accountAt, request.accountLength)) return false;
  if (!isText(text, 1, layout.OVERRIDE_SYMBOL_AT, request.symbolAt, request.symbolLength)) return false;
  if (load<u8>(text + 2, layout.OVERRIDE_LENGTHS_AT) === 0) return true;
  return isText(text, 2, layout.OVERRIDE_CL_ORD_ID_AT, request.clOrdIdAt, request.clOrdIdLength);
}

function isText(text: usize, which: usize, at: usize, given: usize, length: i32): bool {
  if (<i32>load<u8>(text + which, layout.OVERRIDE_LENGTHS_AT) !== length) return false;
  return memory.compare(text + at, given, <usize>length) === 0;
}

/** Row of the first granted override that the decided order has needed and whose use is not journalled; -1: none. */
export function nextNeeded(): i32 {
  for (let rest = needed; rest !== 0; rest &= rest - 1) {
    const row = <i32>ctz<u64>(rest);
    if (overrideAt(row).state === layout.OVERRIDE_GRANTED) return row;
  }
  return -1;
}

/** Length and text of what the order that is decided has passed by an override. */
export function passedAt(row: i32): usize {
  return address(layout.OVERRIDES_PASSED_AT) + <usize>row * layout.PASSED_BYTES;
}

export function idOf(row: i32): f64 {
  return overrideAt(row).id;
}

/** Decides a grant. */
export function decideOverride(control: Control): i32 {
  if (control.textLength !== layout.OVERRIDE_TEXT_BYTES) return CONTROL_BAD_RECORD;
  const text = changetype<usize>(control) + CONTROL_TEXT_AT;
  if (!mayOverride(control.value) || !(control.amount > control.atUs && control.amount < Infinity)) return CONTROL_BAD_VALUE;
  const session = load<i32>(text, layout.OVERRIDE_SESSION_AT);
  if (session < 0 || session >= word(SESSION_IDS)) return CONTROL_UNKNOWN_NAME;
  for (let i: usize = 0; i < 3; i++) {
    const length = <i32>load<u8>(text + i, layout.OVERRIDE_LENGTHS_AT);
    if (length > 64 || (length === 0 && i < 2)) return CONTROL_BAD_RECORD;
  }
  if (find(load<f64>(text)) !== -1) return CONTROL_UNCHANGED;
  return place() === -1 ? CONTROL_TABLE_FULL : CONTROL_APPLIED;
}

export function applyOverride(control: Control, timeUs: f64): void {
  const at = place();
  if (at === -1) return;
  lock(area + layout.OVERRIDE_LOCK);
  const row = overrideAt(at);
  row.state = layout.OVERRIDE_GRANTED;
  row.reason = control.value;
  row.untilUs = control.amount;
  row.grantedUs = timeUs;
  row.doneUs = 0;
  row.orderNumber = 0;
  memory.copy(row.text, changetype<usize>(control) + CONTROL_TEXT_AT, layout.OVERRIDE_TEXT_BYTES);
  countOverrides();
  unlock(area + layout.OVERRIDE_LOCK);
}

/** Decides that an override is used by the order that gets a number, has expired or is withdrawn: once. */
export function decideOverrideEnd(control: Control): i32 {
  const state = control.value;
  if (state !== layout.OVERRIDE_USED && state !== layout.OVERRIDE_EXPIRED && state !== layout.OVERRIDE_WITHDRAWN) return CONTROL_BAD_VALUE;
  const at = find(control.amount);
  if (at === -1) return CONTROL_UNKNOWN_NAME;
  if (overrideAt(at).state !== layout.OVERRIDE_GRANTED) return CONTROL_UNCHANGED;
  return state === layout.OVERRIDE_USED && control.textLength < 8 ? CONTROL_BAD_RECORD : CONTROL_APPLIED;
}

export function endOverride(control: Control, timeUs: f64): void {
  const at = find(control.amount);
  if (at === -1) return;
  const state = control.value;
  const row = overrideAt(at);
  lock(area + layout.OVERRIDE_LOCK);
  row.state = state;
  row.doneUs = timeUs;
  if (state === layout.OVERRIDE_USED) row.orderNumber = load<f64>(changetype<usize>(control), CONTROL_TEXT_AT);
  countOverrides();
  unlock(area + layout.OVERRIDE_LOCK);
}

/** Row of the first override that is past its end, -1: none. */
export function expiredOverride(timeUs: f64): i32 {
  if (word(layout.OVERRIDE_OPEN_COUNT) === 0 || timeUs < double(layout.OVERRIDE_END_US)) return -1;
  for (let i = 0; i < layout.MOST_OVERRIDES; i++) {
    const row = overrideAt(i);
    if (row.state === layout.OVERRIDE_GRANTED && row.untilUs <= timeUs) return i;
  }
  return -1;
}

export function countOverrides(): void {
  let count = 0;
  let endUs: f64 = Infinity;
  for (let i = 0; i < layout.MOST_OVERRIDES; i++) {
    const row = overrideAt(i);
    if (row.state !== layout.OVERRIDE_GRANTED) continue;
    count++;
    if (row.untilUs < endUs) endUs = row.untilUs;
  }
  setWord(layout.OVERRIDE_OPEN_COUNT, count);
  setDouble(layout.OVERRIDE_END_US, endUs);
}

function find(id: f64): i32 {
  for (let i = 0; i < layout.MOST_OVERRIDES; i++)
    if (overrideAt(i).state !== layout.OVERRIDE_FREE && overrideAt(i).id === id) return i;
  return -1;
}

/** A free row, else that of the one that was done first; -1: all are granted. */
function place(): i32 {
  let found = -1;
  let doneUs: f64 = Infinity;
  for (let i = 0; i < layout.MOST_OVERRIDES; i++) {
    const row = overrideAt(i);
    if (row.state === layout.OVERRIDE_FREE) return i;
    if (row.state === layout.OVERRIDE_GRANTED || row.doneUs >= doneUs) continue;
    found = i;
    doneUs = row.doneUs;
  }
  return found;
}
