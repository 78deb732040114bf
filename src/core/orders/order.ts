import { putWhole } from "../../base/decimal.ts";
import { NONE } from "../../base/units.ts";
import type { Views } from "../../base/views.ts";
import type { DecimalCounter } from "./decimal-counter.ts";

/*  One order, 192 bytes = 3 cache lines; written by the core alone. What a fill touches stands in the first two.
 *
 *  byte 0        8           16        24       32       40        48       52       56      60        64
 *       ┌────────┬───────────┬─────────┬────────┬────────┬─────────┬────────┬────────┬───────┬─────────┐
 *       │number  │lastNumber │quantity │priceE8 │cumQty  │reserved │session │account │symbol │ state … │
 *       ├────────┼───────────┼─────────┼────────┼────────┼─────────┼────────┴───┬────┴───────┴─────────┤
 *    64 │cumWhole│cumRest    │current  │pending │pendQty │pendPrice│pendReserved│ venue │ tif … count  │
 *       ├────────┴───┬───────┴─────────┼────────┴────────┼─────────┴────────────┴───────┴──────────────┘
 *   128 │ids current │pendingId next   │previous, digits │ 160 epoch, day │168 leavesQty │ executedValue │184 told attention │
 *       └────────────┴─────────────────┴─────────────────┴────────────────┴──────────────┴───────────────┴───────────────────┘
 *  number        the first request's number; as decimal text the OrderID a client sees
 *  lastNumber    of the newest request sent for it: reports with numbers from `number` to this are its own
 *  current       the number under which the venue knows it now: the new order's or the last accepted replace's
 *  reserved      what it holds of its account's open notional, 1e-4 money; pendReserved: what a pending replace adds
 *  cumWhole/Rest value of its executions: 1e-4 money, and what is left of it in 1e-8
 *  leavesQty     what can still be filled: as the venue said it, else quantity less cumQty; 0 when it is done
 *  executedValue what its executions add to its account, each rounded up to 1e-4 money
 *  told          OrdStatus (39) of the venue that no state here stands for (stopped, suspended, …), or 0
 *  attention     1: something of it can't be held exactly, or contradicts itself: somebody must look at it
 *  digits        the first 12 digits of `number` as text; OrderIDs of 13 digits are made from the number
 *  ids           its ClOrdIDs, newest first; `currentId` is the one it goes by, `pendingId` the pending request's
 *  epoch, day    of the newest request: how often the session's numbers had been reset, and the trading day
 *  next/previous in the queue of done orders, or (next) of free slots
 */
export const ORDER_BYTES = 192;
const WORDS = ORDER_BYTES / 4;
const DOUBLES = ORDER_BYTES / 8;
/** An order remembers no more ClOrdIDs than this. */
export const MOST_IDS = 255;
/** Doubles, and the first of two bytes. */
const LEAVES_QTY = 21;
const EXECUTED_VALUE = 22;
const TOLD_AT = 184;
/** Word of the digits. */
const DIGITS = 37;
const TWELVE_DIGITS = 1e12;

/** A view of one slot of the order table; owns nothing, is re-aimed with `aim`. */
export class Order {
  slot = 0;
  private i = 0;
  private d = 0;
  private b = 0;
  private readonly i32: Int32Array;
  private readonly f64: Float64Array;
  private readonly u8: Uint8Array;

  constructor(readonly views: Views) {
    this.i32 = views.ints;
    this.f64 = views.doubles;
    this.u8 = views.bytes;
  }

  aim(slot: number): this {
    this.slot = slot;
    this.i = slot * WORDS;
    this.d = slot * DOUBLES;
    this.b = slot * ORDER_BYTES;
    return this;
  }

  get number(): number {
    return this.f64[this.d]!;
  }
  set number(value: number) {
    this.f64[this.d] = value;
  }
  get lastNumber(): number {
    return this.f64[this.d + 1]!;
  }
  set lastNumber(value: number) {
    this.f64[this.d + 1] = value;
  }
  get quantity(): number {
    return this.f64[this.d + 2]!;
  }
  set quantity(value: number) {
    this.f64[this.d + 2] = value;
  }
  get priceE8(): number {
    return this.f64[this.d + 3]!;
  }
  set priceE8(value: number) {
    this.f64[this.d + 3] = value;
  }
  get cumQty(): number {
    return this.f64[this.d + 4]!;
  }
  set cumQty(value: number) {
    this.f64[this.d + 4] = value;
  }
  get reserved(): number {
    return this.f64[this.d + 5]!;
  }
  set reserved(value: number) {
    this.f64[this.d + 5] = value;
  }
  get session(): number {
    return this.i32[this.i + 12]!;
  }
  set session(value: number) {
    this.i32[this.i + 12] = value;
  }
  get account(): number {
    return this.i32[this.i + 13]!;
  }
  set account(value: number) {
    this.i32[this.i + 13] = value;
  }
  get symbol(): number {
    return this.i32[this.i + 14]!;
  }
  set symbol(value: number) {
    this.i32[this.i + 14] = value;
  }
  /** One of the lifecycle's states; FREE (0) when the slot holds no order. */
  get state(): number {
    return this.u8[this.b + 60]!;
  }
  set state(value: number) {
    this.u8[this.b + 60] = value;
  }
  get pending(): number {
    return this.u8[this.b + 61]!;
  }
  set pending(value: number) {
    this.u8[this.b + 61] = value;
  }
  get side(): number {
    return this.u8[this.b + 62]!;
  }
  set side(value: number) {
    this.u8[this.b + 62] = value;
  }
  get ordType(): number {
    return this.u8[this.b + 63]!;
  }
  set ordType(value: number) {
    this.u8[this.b + 63] = value;
  }
  get cumWhole(): number {
    return this.f64[this.d + 8]!;
  }
  set cumWhole(value: number) {
    this.f64[this.d + 8] = value;
  }
  get cumRest(): number {
    return this.f64[this.d + 9]!;
  }
  set cumRest(value: number) {
    this.f64[this.d + 9] = value;
  }
  get currentNumber(): number {
    return this.f64[this.d + 10]!;
  }
  set currentNumber(value: number) {
    this.f64[this.d + 10] = value;
  }
  /** Number of the cancel or replace that has not been answered, or 0. */
  get pendingNumber(): number {
    return this.f64[this.d + 11]!;
  }
  set pendingNumber(value: number) {
    this.f64[this.d + 11] = value;
  }
  get pendingQuantity(): number {
    return this.f64[this.d + 12]!;
  }
  set pendingQuantity(value: number) {
    this.f64[this.d + 12] = value;
  }
  get pendingPriceE8(): number {
    return this.f64[this.d + 13]!;
  }
  set pendingPriceE8(value: number) {
    this.f64[this.d + 13] = value;
  }
  get pendingReserved(): number {
    return this.f64[this.d + 14]!;
  }
  set pendingReserved(value: number) {
    this.f64[this.d + 14] = value;
  }
  /** The venue's id, or NONE when it never went to one. */
  get venue(): number {
    return this.i32[this.i + 30]!;
  }
  set venue(value: number) {
    this.i32[this.i + 30] = value;
  }
  get timeInForce(): number {
    return this.u8[this.b + 124]!;
  }
  set timeInForce(value: number) {
    this.u8[this.b + 124] = value;
  }
  /** Length of the venue's OrderID (order-ids.ts). */
  get orderIdLength(): number {
    return this.u8[this.b + 125]!;
  }
  set orderIdLength(value: number) {
    this.u8[this.b + 125] = value;
  }
  get ids(): number {
    return this.i32[this.i + 32]!;
  }
  set ids(value: number) {
    this.i32[this.i + 32] = value;
  }
  get currentId(): number {
    return this.i32[this.i + 33]!;
  }
  set currentId(value: number) {
    this.i32[this.i + 33] = value;
  }
  get pendingId(): number {
    return this.i32[this.i + 34]!;
  }
  set pendingId(value: number) {
    this.i32[this.i + 34] = value;
  }
  get next(): number {
    return this.i32[this.i + 35]!;
  }
  set next(value: number) {
    this.i32[this.i + 35] = value;
  }
  get previous(): number {
    return this.i32[this.i + 36]!;
  }
  set previous(value: number) {
    this.i32[this.i + 36] = value;
  }
  get epoch(): number {
    return this.i32[this.i + 40]!;
  }
  set epoch(value: number) {
    this.i32[this.i + 40] = value;
  }
  get day(): number {
    return this.i32[this.i + 41]!;
  }
  set day(value: number) {
    this.i32[this.i + 41] = value;
  }
  /** How many ClOrdIDs it has; at most MOST_IDS. */
  get idCount(): number {
    return this.u8[this.b + 126]!;
  }
  set idCount(value: number) {
    this.u8[this.b + 126] = value;
  }

  /** What can still be filled. */
  get leavesQty(): number {
    return this.f64[this.d + LEAVES_QTY]!;
  }
  set leavesQty(value: number) {
    this.f64[this.d + LEAVES_QTY] = value;
  }
  get executedValue(): number {
    return this.f64[this.d + EXECUTED_VALUE]!;
  }
  set executedValue(value: number) {
    this.f64[this.d + EXECUTED_VALUE] = value;
  }
  get told(): number {
    return this.u8[this.b + TOLD_AT]!;
  }
  set told(value: number) {
    this.u8[this.b + TOLD_AT] = value;
  }
  get attention(): number {
    return this.u8[this.b + TOLD_AT + 1]!;
  }
  set attention(value: number) {
    this.u8[this.b + TOLD_AT + 1] = value;
  }

  /** Forgets what another order left in the slot, but for what `take` of a new one writes anyway. */
  clear(): void {
    const f64 = this.f64;
    const d = this.d;
    f64[d + 4] = 0;
    f64[d + 5] = 0;
    f64[d + 8] = 0;
    f64[d + 9] = 0;
    f64[d + 11] = 0;
    f64[d + 12] = 0;
    f64[d + 13] = 0;
    f64[d + 14] = 0;
    f64[d + LEAVES_QTY] = 0;
    f64[d + EXECUTED_VALUE] = 0;
    f64[d + (TOLD_AT >> 3)] = 0;
    const ints = this.i32;
    const i = this.i;
    ints[i + 15] = 0;
    ints[i + 31] = 0;
    ints[i + 32] = NONE;
    ints[i + 33] = NONE;
    ints[i + 34] = NONE;
    ints[i + 35] = NONE;
    ints[i + 36] = NONE;
  }

  /** Keeps the digits of `number`. */
  keepNumber(number: DecimalCounter): void {
    this.number = number.value;
    number.copyShort(this.i32, this.i + DIGITS);
  }

  /** Writes the OrderID that the client sees; returns its length. */
  copyNumber(views: Views, at: number): number {
    const ints = views.ints;
    const word = at >> 2;
    const from = this.i + DIGITS;
    ints[word] = this.i32[from]!;
    ints[word + 1] = this.i32[from + 1]!;
    ints[word + 2] = this.i32[from + 2]!;
    ints[word + 3] = 0;
    ints[word + 4] = 0;
    ints[word + 5] = 0;
    ints[word + 6] = 0;
    ints[word + 7] = 0;
    const number = this.number;
    return number < TWELVE_DIGITS ? digitsOf(number) : putWhole(views.bytes, at, number) - at;
  }
}

function digitsOf(number: number): number {
  let digits = 1;
  for (let limit = 10; number >= limit; limit *= 10) digits++;
  return digits;
}
