import { NONE } from "../base/units.ts";
import { Views } from "../base/views.ts";

/*  One order, three cache lines:
 *
 *  int 0 state  1 pending  2 session  3 account  4 symbol  5 venue  6 side type tif  7 ids (list head)
 *      8 id     9 pendingId  10 nextDone  11 orderIdLength
 *  dbl 6 quantity  7 priceE8  8 cumQty  9 cumValue (1e-8 × units)  10 reservedE4  11 number  12 firstNumber  13 lastNumber
 *      14 pendingNumber  15 pendingQuantity  16 pendingPriceE8  17 pendingReservedE4    byte 144 OrderID of the venue (32)
 */
export const ORDER_BYTES = 192;
export const ORDER_ID_AT = 144;

export const PENDING_NONE = 0;
export const PENDING_CANCEL = 1;
export const PENDING_REPLACE = 2;

/** A view of one order of the table; re-aimed with `aim`. */
export class Order {
  slot = 0;
  at = 0;
  private readonly i32: Int32Array;
  private readonly f64: Float64Array;
  private i = 0;
  private f = 0;

  constructor(readonly views: Views) {
    this.i32 = views.ints;
    this.f64 = views.doubles;
  }

  aim(slot: number): this {
    this.slot = slot;
    this.at = slot * ORDER_BYTES;
    this.i = this.at >>> 2;
    this.f = this.at >>> 3;
    return this;
  }

  get state(): number {
    return this.i32[this.i]!;
  }
  set state(value: number) {
    this.i32[this.i] = value;
  }
  get pending(): number {
    return this.i32[this.i + 1]!;
  }
  set pending(value: number) {
    this.i32[this.i + 1] = value;
  }
  get session(): number {
    return this.i32[this.i + 2]!;
  }
  set session(value: number) {
    this.i32[this.i + 2] = value;
  }
  get account(): number {
    return this.i32[this.i + 3]!;
  }
  set account(value: number) {
    this.i32[this.i + 3] = value;
  }
  get symbol(): number {
    return this.i32[this.i + 4]!;
  }
  set symbol(value: number) {
    this.i32[this.i + 4] = value;
  }
  get venue(): number {
    return this.i32[this.i + 5]!;
  }
  set venue(value: number) {
    this.i32[this.i + 5] = value;
  }
  get side(): number {
    return this.i32[this.i + 6]! & 255;
  }
  get ordType(): number {
    return (this.i32[this.i + 6]! >> 8) & 255;
  }
  get timeInForce(): number {
    return (this.i32[this.i + 6]! >> 16) & 255;
  }
  setTerms(side: number, ordType: number, timeInForce: number): void {
    this.i32[this.i + 6] = side | (ordType << 8) | (timeInForce << 16);
  }
  /** Newest of its ids; the others follow in the id table. */
  get ids(): number {
    return this.i32[this.i + 7]!;
  }
  set ids(value: number) {
    this.i32[this.i + 7] = value;
  }
  /** Id entry of the ClOrdID it goes by. */
  get id(): number {
    return this.i32[this.i + 8]!;
  }
  set id(value: number) {
    this.i32[this.i + 8] = value;
  }
  /** Id entry of the pending cancel's or replace's ClOrdID. */
  get pendingId(): number {
    return this.i32[this.i + 9]!;
  }
  set pendingId(value: number) {
    this.i32[this.i + 9] = value;
  }
  get nextDone(): number {
    return this.i32[this.i + 10]!;
  }
  set nextDone(value: number) {
    this.i32[this.i + 10] = value;
  }
  get orderIdLength(): number {
    return this.i32[this.i + 11]!;
  }
  set orderIdLength(value: number) {
    this.i32[this.i + 11] = value;
  }
  get quantity(): number {
    return this.f64[this.f + 6]!;
  }
  set quantity(value: number) {
    this.f64[this.f + 6] = value;
  }
  get priceE8(): number {
    return this.f64[this.f + 7]!;
  }
  set priceE8(value: number) {
    this.f64[this.f + 7] = value;
  }
  get cumQty(): number {
    return this.f64[this.f + 8]!;
  }
  set cumQty(value: number) {
    this.f64[this.f + 8] = value;
  }
  /** Sum of LastQty × LastPx, for AvgPx only. */
  get cumValue(): number {
    return this.f64[this.f + 9]!;
  }
  set cumValue(value: number) {
    this.f64[this.f + 9] = value;
  }
  get reservedE4(): number {
    return this.f64[this.f + 10]!;
  }
  set reservedE4(value: number) {
    this.f64[this.f + 10] = value;
  }
  /** Request number by which the venue knows it now. */
  get number(): number {
    return this.f64[this.f + 11]!;
  }
  set number(value: number) {
    this.f64[this.f + 11] = value;
  }
  /** First and last request numbers of this order: what lies between is its own. */
  get firstNumber(): number {
    return this.f64[this.f + 12]!;
  }
  set firstNumber(value: number) {
    this.f64[this.f + 12] = value;
  }
  get lastNumber(): number {
    return this.f64[this.f + 13]!;
  }
  set lastNumber(value: number) {
    this.f64[this.f + 13] = value;
  }
  get pendingNumber(): number {
    return this.f64[this.f + 14]!;
  }
  set pendingNumber(value: number) {
    this.f64[this.f + 14] = value;
  }
  get pendingQuantity(): number {
    return this.f64[this.f + 15]!;
  }
  set pendingQuantity(value: number) {
    this.f64[this.f + 15] = value;
  }
  get pendingPriceE8(): number {
    return this.f64[this.f + 16]!;
  }
  set pendingPriceE8(value: number) {
    this.f64[this.f + 16] = value;
  }
  get pendingReservedE4(): number {
    return this.f64[this.f + 17]!;
  }
  set pendingReservedE4(value: number) {
    this.f64[this.f + 17] = value;
  }

  /** Zeroes it; ids are then NONE. */
  clear(): void {
    for (let word = this.i; word < this.i + ORDER_BYTES / 4; word++) this.i32[word] = 0;
    this.ids = NONE;
    this.id = NONE;
    this.pendingId = NONE;
    this.nextDone = NONE;
  }
}

/**
 * The order table. Open orders stay until they are done; done ones are remembered (status requests, late reports, doubled
 * ids) until their slot is needed, oldest first.
 */
export class Orders {
  readonly views: Views;
  /** Slots in use, open and done. */
  used = 0;
  private doneHead = NONE;
  private doneTail = NONE;
  private readonly cursor: Order;

  constructor(readonly capacity: number) {
    this.views = Views.allocate(capacity * ORDER_BYTES);
    this.cursor = new Order(this.views);
  }

  /** True when `take` gives a slot. */
  hasSlot(): boolean {
    return this.used < this.capacity || this.doneHead !== NONE;
  }

  /** Slot of the done order that `take` would give next, or NONE while unused slots are left. */
  nextRecycled(): number {
    return this.used < this.capacity ? NONE : this.doneHead;
  }

  /** A slot for a new order, cleared. The caller has checked `hasSlot` and has forgotten the ids of `nextRecycled`. */
  take(): number {
    let slot = this.used;
    if (slot < this.capacity) this.used++;
    else slot = this.popDone();
    this.cursor.aim(slot).clear();
    return slot;
  }

  /** Takes the oldest done order out of the queue. */
  popDone(): number {
    const slot = this.doneHead;
    this.doneHead = this.cursor.aim(slot).nextDone;
    if (this.doneHead === NONE) this.doneTail = NONE;
    return slot;
  }

  /** Remembers an order that is done. */
  pushDone(slot: number): void {
    this.cursor.aim(slot).nextDone = NONE;
    if (this.doneTail === NONE) this.doneHead = slot;
    else this.cursor.aim(this.doneTail).nextDone = slot;
    this.doneTail = slot;
  }
}
