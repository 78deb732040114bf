import type { Views } from "../../base/views.ts";
import { ORDER_BYTES } from "../assembly/layout.ts";
import { PARTIALLY_FILLED, PENDING_NEW } from "./states.ts";

/** As in core/assembly/money.ts. */
const UNKNOWN_WORTH = -(2n ** 63n);

/*  One order, 192 bytes = 3 cache lines; written by the core's code alone (core/assembly/order.ts). A fill touches the first two.
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
 *  lastNumber    of the newest request sent for it: reports with numbers from `number` to this are its own
 *  current       the number under which the venue knows it now: the new order's or the last accepted replace's
 *  reserved      what it holds of its account's open notional, 1e-4 money; pendReserved: what a pending replace adds
 *  worth         value of its executions, 1e-16 money in 128 bits; the least high part where it is not held
 *  leavesQty     what can still be filled: as the venue said it, else quantity less cumQty; 0 when it is done
 *  executedValue what its executions add to its account, each rounded up to 1e-4 money
 *  told          OrdStatus (39) of the venue that no state here stands for (stopped, suspended, …), or 0
 *  attention     outcome (core/outcomes.ts) of the first report for which somebody must look at it, or 0; 1: of an earlier version
 *  hash (188)    of the OrderID, where that leads to this order (byte 186 is 1)
 *  cause (187)   why its pending cancel was sent, if not at its client's own request (record/control-codes.ts); and bit 7: the newest of its
 *                ClOrdIDs is that of a cancel which its client has not sent and is told nothing of
 *  digits        the first 12 digits of `number` as text; OrderIDs of 13 digits are made from the number
 *  ids           its ClOrdIDs, newest first; `currentId` is the one it goes by, `pendingId` the pending request's
 *  more (127)    1: executions of it are in the buckets (core/assembly/executions.ts)
 *  epoch, day    of the newest request: how often the session's numbers had been reset, and the trading day
 *  next/previous in the queue of done orders, or (next) of free slots
 */
const WORDS = ORDER_BYTES / 4;
const NUMBERS = ORDER_BYTES / 8;
/** Of eight bytes each, and the first of two bytes. */
const LEAVES_QTY = 21;
const EXECUTED_VALUE = 22;
const TOLD_AT = 184;
const ORDER_ID_HASH = 47;

/** A view of one slot of the order table; owns nothing, is re-aimed with `aim`. */
export class Order {
  slot = 0;
  private i = 0;
  private d = 0;
  private b = 0;
  private readonly i32: Int32Array;
  private readonly f64: Float64Array;
  private readonly i64: BigInt64Array;
  private readonly u8: Uint8Array;

  constructor(readonly views: Views) {
    this.i32 = views.ints;
    this.f64 = views.doubles;
    this.i64 = views.longs;
    this.u8 = views.bytes;
  }

  aim(slot: number): this {
    this.slot = slot;
    this.i = slot * WORDS;
    this.d = slot * NUMBERS;
    this.b = slot * ORDER_BYTES;
    return this;
  }

  get number(): number {
    return this.f64[this.d]!;
  }
  get lastNumber(): number {
    return this.f64[this.d + 1]!;
  }
  get quantity(): bigint {
    return this.i64[this.d + 2]!;
  }
  get priceE8(): bigint {
    return this.i64[this.d + 3]!;
  }
  get cumQty(): bigint {
    return this.i64[this.d + 4]!;
  }
  get reserved(): bigint {
    return this.i64[this.d + 5]!;
  }
  get session(): number {
    return this.i32[this.i + 12]!;
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
  get pending(): number {
    return this.u8[this.b + 61]!;
  }
  get side(): number {
    return this.u8[this.b + 62]!;
  }
  get ordType(): number {
    return this.u8[this.b + 63]!;
  }
  /** Value of its executions, 1e-16 money; null where it is not held. */
  get worth(): bigint | null {
    if (this.i64[this.d + 8] === UNKNOWN_WORTH) return null;
    return (this.i64[this.d + 8]! << 64n) + BigInt.asUintN(64, this.i64[this.d + 9]!);
  }
  get currentNumber(): number {
    return this.f64[this.d + 10]!;
  }
  /** Number of the cancel or replace that has not been answered, or 0. */
  get pendingNumber(): number {
    return this.f64[this.d + 11]!;
  }
  get pendingQuantity(): bigint {
    return this.i64[this.d + 12]!;
  }
  get pendingPriceE8(): bigint {
    return this.i64[this.d + 13]!;
  }
  get pendingReserved(): bigint {
    return this.i64[this.d + 14]!;
  }
  /** The venue's id, or NONE when it never went to one. */
  get venue(): number {
    return this.i32[this.i + 30]!;
  }
  get timeInForce(): number {
    return this.u8[this.b + 124]!;
  }
  /** Length of the venue's OrderID. */
  get orderIdLength(): number {
    return this.u8[this.b + 125]!;
  }
  set orderIdLength(value: number) {
    this.u8[this.b + 125] = value;
  }
  get ids(): number {
    return this.i32[this.i + 32]!;
  }
  get currentId(): number {
    return this.i32[this.i + 33]!;
  }
  get pendingId(): number {
    return this.i32[this.i + 34]!;
  }
  get next(): number {
    return this.i32[this.i + 35]!;
  }
  get previous(): number {
    return this.i32[this.i + 36]!;
  }
  get epoch(): number {
    return this.i32[this.i + 40]!;
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
  set hasMoreExecutions(value: number) {
    this.u8[this.b + 127] = value;
  }

  /** What can still be filled. */
  get leavesQty(): bigint {
    return this.i64[this.d + LEAVES_QTY]!;
  }
  set leavesQty(value: bigint) {
    this.i64[this.d + LEAVES_QTY] = value;
  }
  get executedValue(): bigint {
    return this.i64[this.d + EXECUTED_VALUE]!;
  }
  set executedValue(value: bigint) {
    this.i64[this.d + EXECUTED_VALUE] = value;
  }
  get told(): number {
    return this.u8[this.b + TOLD_AT]!;
  }
  get attention(): number {
    return this.u8[this.b + TOLD_AT + 1]!;
  }
  /** True when the OrderID leads to this order. */
  get isByOrderId(): boolean {
    return this.u8[this.b + TOLD_AT + 2] === 1;
  }
  /** The OrderID leads to this order; its hash. */
  setByOrderId(hash: number): void {
    this.u8[this.b + TOLD_AT + 2] = 1;
    this.i32[this.i + ORDER_ID_HASH] = hash;
  }
}

/** True while an order of this state can still trade. */
export function isOpen(state: number): boolean {
  return state >= PENDING_NEW && state <= PARTIALLY_FILLED;
}
