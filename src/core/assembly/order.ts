import { copyDigits, digitsOf, putWhole } from "./decimal.ts";
import { orders } from "./area.ts";
import { ORDER_BYTES } from "./layout.ts";
import { NONE } from "./codes.ts";

/*  One order, 192 bytes = 3 cache lines; written by the core alone. A fill touches the first two.
 *
 *  byte 0        8           16        24       32       40        48       52       56      60        64
 *       ┌────────┬───────────┬─────────┬────────┬────────┬─────────┬────────┬────────┬───────┬─────────┐
 *       │number  │lastNumber │quantity │priceE8 │cumQty  │reserved │session │account │symbol │ state … │
 *       ├────────┼───────────┼─────────┼────────┼────────┼─────────┼────────┴───┬────┴───────┴─────────┤
 *    64 │worthHi │worthLow   │current  │pending │pendQty │pendPrice│pendReserved│ venue │ tif … more   │
 *       ├────────┴───┬───────┴─────────┼────────┴────────┼─────────┴────────────┴───────┴──────────────┘
 *   128 │ids current │pendingId next   │previous, digits │ 160 epoch, day │168 leavesQty │ executedValue │184 told … hash    │
 *       └────────────┴─────────────────┴─────────────────┴────────────────┴──────────────┴───────────────┴───────────────────┘
 *  number        the first request's number; as decimal text the OrderID a client sees
 *  priceE8       Price, of a stop order StopPx; NO_PRICE for one like a market order
 *  lastNumber    of the newest request sent for it: reports with numbers from `number` to this are its own
 *  current       the number under which the venue knows it now: the new order's or the last accepted replace's
 *  reserved      what it holds of its account's open notional, 1e-4 money; pendReserved: what a pending replace adds
 *  worth         value of its executions, 1e-16 money in 128 bits; UNKNOWN_WORTH (money.ts) where it is not held
 *  leavesQty     what can still be filled: as the venue said it, else quantity less cumQty; 0 when it is done
 *  executedValue what its executions add to its account, each rounded up to 1e-4 money
 *  told          OrdStatus (39) of the venue that no state here stands for (stopped, suspended, …), or 0
 *  attention     outcome (core/outcomes.ts) of the first report for which somebody must look at it, or 0; 1: of an earlier version
 *  hash (188)    of the OrderID, where that leads to this order (byte 186 is 1)
 *  cause (187)   why its pending cancel was sent, if not at its client's own request (record/control-codes.ts); and bit 7: the newest of its
 *                ClOrdIDs is that of a cancel which its client has not sent and is told nothing of; 6 to 3: IS_TRIGGERED … IS_TOLD_SILENT
 *  digits        the first 12 digits of `number` as text; OrderIDs of 13 digits are made from the number
 *  ids           its ClOrdIDs, newest first; `currentId` is the one it goes by, `pendingId` the pending request's
 *  more (127)    1: executions of it are in the buckets (executions.ts)
 *  epoch, day    of the newest request: how often the session's numbers had been reset, and the trading day
 *  next/previous in the queue of done orders, or (next) of free slots
 */
@unmanaged
export class Order {
  number: f64;
  lastNumber: f64;
  quantity: i64;
  priceE8: i64;
  cumQty: i64;
  reserved: i64;
  session: i32;
  account: i32;
  symbol: i32;
  stateByte: u8;
  pendingByte: u8;
  sideByte: u8;
  ordTypeByte: u8;
  worthHigh: i64;
  worthLow: u64;
  currentNumber: f64;
  /** Number of the cancel or replace that has not been answered, or 0. */
  pendingNumber: f64;
  pendingQuantity: i64;
  pendingPriceE8: i64;
  pendingReserved: i64;
  /** The venue's id, or NONE when it never went to one. */
  venue: i32;
  timeInForceByte: u8;
  orderIdLengthByte: u8;
  idCountByte: u8;
  hasMoreExecutions: u8;
  ids: i32;
  currentId: i32;
  pendingId: i32;
  next: i32;
  previous: i32;
  digits0: i32;
  digits1: i32;
  digits2: i32;
  epoch: i32;
  day: i32;
  leavesQty: i64;
  executedValue: i64;
  toldByte: u8;
  attentionByte: u8;
  /** 1 when the OrderID leads to this order, and then the OrderID's hash (order-ids.ts). */
  isByOrderId: u8;
  /** Why its pending cancel was sent, if not at its client's own request: CAUSE_…, or 0; and flags. */
  causeByte: u8;
  orderIdHash: i32;

  @inline
  get slot(): i32 {
    return <i32>((changetype<usize>(this) - orders) / ORDER_BYTES);
  }
  /** One of the states of orders/states.ts; FREE (0) when the slot holds no order. */
  @inline
  get state(): i32 {
    return this.stateByte;
  }
  @inline
  set state(value: i32) {
    this.stateByte = <u8>value;
  }
  @inline
  get pending(): i32 {
    return this.pendingByte;
  }
  @inline
  set pending(value: i32) {
    this.pendingByte = <u8>value;
  }
  @inline
  get side(): i32 {
    return this.sideByte;
  }
  @inline
  set side(value: i32) {
    this.sideByte = <u8>value;
  }
  @inline
  get ordType(): i32 {
    return this.ordTypeByte;
  }
  @inline
  set ordType(value: i32) {
    this.ordTypeByte = <u8>value;
  }
  @inline
  get timeInForce(): i32 {
    return this.timeInForceByte;
  }
  @inline
  set timeInForce(value: i32) {
    this.timeInForceByte = <u8>value;
  }
  /** Length of the venue's OrderID (order-ids.ts). */
  @inline
  get orderIdLength(): i32 {
    return this.orderIdLengthByte;
  }
  @inline
  set orderIdLength(value: i32) {
    this.orderIdLengthByte = <u8>value;
  }
  /** How many ClOrdIDs it has; at most MOST_IDS. */
  @inline
  get idCount(): i32 {
    return this.idCountByte;
  }
  @inline
  set idCount(value: i32) {
    this.idCountByte = <u8>value;
  }
  @inline
  get told(): i32 {
    return this.toldByte;
  }
  @inline
  set told(value: i32) {
    this.toldByte = <u8>value;
  }
  @inline
  get attention(): i32 {
    return this.attentionByte;
  }
  @inline
  set attention(value: i32) {
    this.attentionByte = <u8>value;
  }
  @inline
  get cause(): i32 {
    return this.causeByte & ~FLAGS;
  }
  @inline
  set cause(value: i32) {
    this.causeByte = <u8>(value | (this.causeByte & FLAGS));
  }
  /** The newest of its ClOrdIDs is that of a cancel of our own, of which its client knows nothing. */
  @inline
  get newestIsOurs(): bool {
    return (this.causeByte & NEWEST_IS_OURS) !== 0;
  }
  @inline
  set newestIsOurs(value: bool) {
    this.causeByte = <u8>(value ? this.causeByte | NEWEST_IS_OURS : this.causeByte & ~NEWEST_IS_OURS);
  }
  /** Its venue has reported that its stop, or what it waits for, is reached. */
  @inline
  get isTriggered(): bool {
    return (this.causeByte & IS_TRIGGERED) !== 0;
  }
  @inline
  set isTriggered(value: bool) {
    this.causeByte = <u8>(value ? this.causeByte | IS_TRIGGERED : this.causeByte & ~IS_TRIGGERED);
  }
  /** Its newest request, a cancel or replace, was refused because the venue does not answer. */
  @inline
  get isAnsweredFor(): bool {
    return (this.causeByte & IS_ANSWERED_FOR) !== 0;
  }
  @inline
  set isAnsweredFor(value: bool) {
    this.causeByte = <u8>(value ? this.causeByte | IS_ANSWERED_FOR : this.causeByte & ~IS_ANSWERED_FOR);
  }
  /** The client was told of the new order that the venue does not answer. */
  @inline
  get isToldSilent(): bool {
    return (this.causeByte & IS_TOLD_SILENT) !== 0;
  }
  @inline
  set isToldSilent(value: bool) {
    this.causeByte = <u8>(value ? this.causeByte | IS_TOLD_SILENT : this.causeByte & ~IS_TOLD_SILENT);
  }
  /** The venue has said by its status that it has the order, and has not acknowledged it. */
  @inline
  get isKnownByStatus(): bool {
    return (this.causeByte & IS_KNOWN_BY_STATUS) !== 0;
  }
  @inline
  set isKnownByStatus(value: bool) {
    this.causeByte = <u8>(value ? this.causeByte | IS_KNOWN_BY_STATUS : this.causeByte & ~IS_KNOWN_BY_STATUS);
  }

  /** Forgets what another order left in the slot, but for what `take` of a new one writes anyway. */
  clear(): void {
    const at = changetype<usize>(this);
    v128.store(at, i64x2.splat(0), 32);
    store<i32>(at, 0, 60);
    v128.store(at, i64x2.splat(0), 64);
    v128.store(at, i64x2.splat(0), 88);
    v128.store(at, i64x2.splat(0), 104);
    store<i32>(at, 0, 124);
    v128.store(at, i64x2.splat(-1), 128);
    this.previous = NONE;
    v128.store(at, i64x2.splat(0), 168);
    store<i64>(at, 0, 184);
  }

  /** Writes the OrderID that the client sees; returns its length. */
  copyNumber(to: usize): i32 {
    const number = this.number;
    copyDigits(to, changetype<usize>(this) + offsetof<Order>("digits0"));
    return number < TWELVE_DIGITS ? digitsOf(number) : <i32>(putWhole(to, number) - to);
  }
}

const TWELVE_DIGITS: f64 = 1e12;
/** Of the byte that has the cause, too. */
const NEWEST_IS_OURS = 0x80;
const IS_TRIGGERED = 0x40;
const IS_ANSWERED_FOR = 0x20;
const IS_KNOWN_BY_STATUS = 0x10;
const IS_TOLD_SILENT = 0x08;
const FLAGS = 0xf8;

// @ts-ignore: decorator
@inline
export function orderAt(slot: i32): Order {
  return changetype<Order>(orders + <usize>slot * ORDER_BYTES);
}
