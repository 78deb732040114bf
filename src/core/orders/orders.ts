import { broken } from "../../base/broken.ts";
import { SHORT_ID_BYTES } from "../../base/id.ts";
import { NONE } from "../../base/units.ts";
import { Views } from "../../base/views.ts";
import type { StateSink, StateSource } from "../state-io.ts";
import { Ids } from "./ids.ts";
import { FREE, isOpen } from "./life-cycle.ts";
import type { OpenBySession } from "./open-by-session.ts";
import { MOST_IDS, ORDER_BYTES, Order } from "./order.ts";
import { OrderIds } from "./order-ids.ts";

/*  The order table: `maxOrders` slots, each free, open or done.
 *
 *      free ──take──▶ open ──retire──▶ done ──recycle──▶ free        done orders stand in a queue, oldest first
 *
 *  A done order may live again (the bust of a filled one), and is then open again; it stays done where no claim to ids is left.
 *  Else it stays (status requests, late reports, duplicate ClOrdIDs) until its slot or its ids are needed. Slots are
 *  given out freed first, then fresh ones, then the oldest done one; open ones never.
 *
 *  Of the pool of 2 · maxOrders ids every open order has a claim to two, its own and one for a cancel, and may take more
 *  (replaces, cancels after refused cancels) only from what nobody can claim:
 *
 *      claimed = Σ max(2, ids of the order) over open orders       claimed <= 2 · maxOrders, always
 *
 *  So a cancel always finds an entry: its claim, or one that nobody claims, or (when replaces have taken all of those) the
 *  newest one of the same order that is not its current ClOrdID, such as that of a cancel which was refused.
 */
const CLAIM = 2;
/** Where a row of versions with ids of up to 32 bytes had the venue's OrderID. */
const OLD_ORDER_ID_AT = 160;

/** Slots of orders and the ClOrdIDs that lead to them. */
export class Orders {
  readonly views: Views;
  readonly ids: Ids;
  private readonly orderIds: OrderIds;
  /** Slots that have ever been used: [0, fresh). */
  fresh = 0;
  private freed = NONE;
  private oldest = NONE;
  private newest = NONE;
  private claimed = 0;
  openCount = 0;
  /** Orders in the table that need attention. */
  attentionCount = 0;
  /** Counts them by client session; null: nobody asks. Set before the first order. */
  openBySession: OpenBySession | null = null;
  /** The slot that queue operations look at, apart from the caller's own view. */
  private readonly other: Order;

  /** Bytes that a table for `maxOrders` takes. */
  static bytesFor(maxOrders: number): number {
    return maxOrders * ORDER_BYTES + Ids.bytesFor(maxOrders * CLAIM) + OrderIds.bytesFor(maxOrders);
  }

  constructor(readonly maxOrders: number) {
    this.views = Views.allocate(maxOrders * ORDER_BYTES);
    this.ids = new Ids(maxOrders * CLAIM);
    this.orderIds = new OrderIds(maxOrders);
    this.other = new Order(this.views);
  }

  /** The slot that the next `take` without a slot returns, or NONE when every order is open. */
  candidate(): number {
    if (this.freed !== NONE) return this.freed;
    return this.fresh < this.maxOrders ? this.fresh : this.oldest;
  }

  /** True when a new order finds both a slot and its claim to ids. */
  hasRoom(): boolean {
    return this.candidate() !== NONE && this.claimed + CLAIM <= this.maxOrders * CLAIM;
  }

  /** True when an order that is done from the start (a rejected one) can be remembered. */
  hasRoomForDone(): boolean {
    return this.candidate() !== NONE && (this.ids.free > 0 || this.oldest !== NONE);
  }

  /** True when one more request of this open order can be remembered beside those it has. */
  hasRoomFor(order: Order): boolean {
    return order.idCount < CLAIM || this.canClaimMore(order);
  }

  /** Clears `slot` (the candidate; in a replay the journalled one) and aims the view at it. */
  take(slot: number, order: Order): void {
    if (slot < 0 || slot >= this.maxOrders) broken("order slot", slot);
    if (slot === this.freed) this.freed = order.aim(slot).next;
    else if (slot === this.fresh) this.fresh++;
    else this.takeOther(slot);
    order.aim(slot).clear();
  }

  /** Counts an order of this session that has just become open; it has one id. */
  opened(session: number): void {
    this.openCount++;
    if (this.openBySession !== null) this.openBySession.opened(session);
    this.claimed += CLAIM;
    if (this.claimed > this.maxOrders * CLAIM) broken("ids claimed by open orders", this.claimed);
  }

  /** Remembers one more ClOrdID of the order that was taken. Returns its entry. */
  addId(order: Order, from: Int32Array, at: number, length: number): number {
    const open = isOpen(order.state);
    if (open && order.idCount >= CLAIM) {
      if (this.canClaimMore(order)) this.claimed++;
      else this.forgetOne(order);
    }
    while (this.ids.free === 0) this.recycle(this.oldest);
    const entry = this.ids.add(from, at, order.session, length, order.slot, order.ids);
    order.ids = entry;
    order.idCount++;
    return entry;
  }

  /** Keeps the OrderID that a venue's report has of this order. */
  keepOrderId(order: Order, from: Int32Array, at: number, length: number): void {
    this.orderIds.set(order, from, at, length, this.other);
  }

  /** Copies the OrderID of the order's venue; its length is the order's `orderIdLength`. */
  copyOrderId(order: Order, to: Int32Array, at: number): void {
    this.orderIds.copy(order, to, at);
  }

  /** The slot of the order that a venue knows by this OrderID, or NONE. */
  byOrderId(venue: number, from: Int32Array, at: number, length: number): number {
    return this.orderIds.find(from, at, venue, length, this.other);
  }

  /** An open order is done: it goes behind the other done ones. `order.state` is already the final one. */
  closed(order: Order): void {
    this.openCount--;
    if (this.openBySession !== null) this.openBySession.closed(order.session);
    this.claimed -= claimOf(order);
    if (this.openCount < 0 || this.claimed < this.openCount * CLAIM) broken("ids claimed by open orders", this.claimed);
    this.retire(order);
  }

  /** Puts a done order that was never open (a rejected one) behind the other done ones. */
  retire(order: Order): void {
    const slot = order.slot;
    order.previous = this.newest;
    order.next = NONE;
    if (this.newest === NONE) this.oldest = slot;
    else this.other.aim(this.newest).next = slot;
    this.newest = slot;
  }

  /** True when a done order that lives again finds its claim to ids. */
  canReopen(order: Order): boolean {
    return this.claimed + claimOf(order) <= this.maxOrders * CLAIM;
  }

  /** The same of one that gets another ClOrdID with it. */
  canReopenFor(order: Order): boolean {
    const claim = order.idCount < CLAIM ? CLAIM : order.idCount + 1;
    return this.claimed + claim <= this.maxOrders * CLAIM && order.idCount < MOST_IDS;
  }

  /** A done order lives again: it leaves the queue of done ones. The caller has asked `canReopen`. */
  reopened(order: Order): void {
    this.unlinkDone(order.slot);
    this.openCount++;
    if (this.openBySession !== null) this.openBySession.opened(order.session);
    this.claimed += claimOf(order);
    if (this.claimed > this.maxOrders * CLAIM) broken("ids claimed by open orders", this.claimed);
  }

  private canClaimMore(order: Order): boolean {
    return this.claimed < this.maxOrders * CLAIM && order.idCount < MOST_IDS;
  }

  private takeOther(slot: number): void {
    if (slot > this.fresh) {
      // Only in a replay: the journal was written with another maxOrders. Slots that it skipped become free ones.
      for (let i = this.fresh; i < slot; i++) this.give(i);
      this.fresh = slot + 1;
      return;
    }
    const state = this.other.aim(slot).state;
    if (isOpen(state)) broken("order slot is taken", slot);
    if (state === FREE) this.unlinkFree(slot);
    else this.forget(slot);
  }

  /** Frees a done order's slot and ids. */
  private recycle(slot: number): void {
    this.forget(slot);
    this.give(slot);
  }

  /** Takes a done order out of the queue and frees its ids. */
  private forget(slot: number): void {
    if (slot === NONE) broken("ids of done orders", this.claimed);
    const order = this.other.aim(slot);
    if (order.attention !== 0) this.attentionCount--;
    this.orderIds.remove(order);
    for (let entry = order.ids; entry !== NONE; ) {
      const after = this.ids.next(entry);
      this.ids.remove(entry);
      entry = after;
    }
    this.unlinkDone(slot);
  }

  private unlinkDone(slot: number): void {
    const order = this.other.aim(slot);
    const previous = order.previous;
    const next = order.next;
    if (previous === NONE) this.oldest = next;
    else order.aim(previous).next = next;
    if (next === NONE) this.newest = previous;
    else order.aim(next).previous = previous;
  }

  private give(slot: number): void {
    const order = this.other.aim(slot);
    order.state = FREE;
    order.attention = 0;
    order.next = this.freed;
    this.freed = slot;
  }

  /** The freed slot is nearly always the first; in a replay with another maxOrders it may be any. */
  private unlinkFree(slot: number): void {
    const after = this.other.aim(slot).next;
    if (slot === this.freed) {
      this.freed = after;
      return;
    }
    let before = this.freed;
    while (this.other.aim(before).next !== slot) before = this.other.next;
    this.other.next = after;
  }

  /** Gives up an id of an order that has several: the newest but its current one. */
  private forgetOne(order: Order): void {
    let before = NONE;
    let entry = order.ids;
    while (entry === order.currentId) {
      before = entry;
      entry = this.ids.next(entry);
    }
    const after = this.ids.next(entry);
    if (before === NONE) order.ids = after;
    else this.ids.setNext(before, after);
    this.ids.remove(entry);
    order.idCount--;
  }

  save(to: StateSink): void {
    to.numbers("orders", [this.fresh, this.freed, this.oldest, this.newest, this.claimed, this.openCount]);
    to.words("orders", this.views.ints, (this.fresh * ORDER_BYTES) >>> 2);
    this.ids.save(to);
    this.orderIds.save(to, this.fresh);
  }

  /** Into a table in which nothing is yet, of any size that has room. */
  load(from: StateSource): void {
    const numbers = from.numbers("orders");
    if (numbers[0]! > this.maxOrders)
      throw new Error(
        "core.maxOrders: expected at least " + numbers[0] + ", as many as the journal has used, got " + this.maxOrders,
      );
    this.fresh = numbers[0]!;
    this.freed = numbers[1]!;
    this.oldest = numbers[2]!;
    this.newest = numbers[3]!;
    this.claimed = numbers[4]!;
    this.openCount = numbers[5]!;
    from.words("orders", this.views.ints);
    this.ids.load(from);
    if (from.has("orderIds")) this.orderIds.load(from);
    else this.takeOrderIds();
    if (!from.has("executionFacts")) this.deriveTotals();
    const order = this.other;
    for (let slot = 0; slot < this.fresh; slot++) {
      if (order.aim(slot).attention !== 0) this.attentionCount++;
      if (this.openBySession !== null && isOpen(order.state)) this.openBySession.opened(order.session);
    }
  }

  /** What versions that took no venue's totals did not keep of an order. */
  private deriveTotals(): void {
    const order = this.other;
    for (let slot = 0; slot < this.fresh; slot++) {
      order.aim(slot).leavesQty = isOpen(order.state) ? order.quantity - order.cumQty : 0;
      order.executedValue = order.cumWhole + (order.cumRest > 0 ? 1 : 0);
    }
  }

  /** Out of the orders' own rows, where versions with ids of up to 32 bytes kept them: the newest orders last. */
  private takeOrderIds(): void {
    const order = new Order(this.views);
    const slots = Array.from({ length: this.fresh }, (_, slot) => slot);
    const numbers = slots.map((slot) => order.aim(slot).number);
    const old = Views.allocate(SHORT_ID_BYTES).ints;
    for (const slot of slots.sort((a, b) => numbers[a]! - numbers[b]!)) {
      const length = order.aim(slot).orderIdLength;
      const row = (slot * ORDER_BYTES + OLD_ORDER_ID_AT) >> 2;
      old.set(this.views.ints.subarray(row, row + SHORT_ID_BYTES / 4));
      this.views.ints.fill(0, row, row + SHORT_ID_BYTES / 4);
      order.orderIdLength = 0;
      // When its requests came is not known: its ClOrdIDs are not used again.
      order.day = NONE;
      if (order.state !== FREE && length > 0) this.keepOrderId(order, old, 0, length);
    }
  }

  /** Mixes the whole table into `hash`. */
  digest(hash: number): number {
    const words = (this.fresh * ORDER_BYTES) >>> 2;
    for (let i = 0; i < words; i++) hash = Math.imul(hash ^ this.views.ints[i]!, 0x01000193);
    hash = Math.imul(hash ^ this.freed, 0x01000193);
    hash = Math.imul(hash ^ this.oldest, 0x01000193);
    hash = Math.imul(hash ^ this.newest, 0x01000193);
    hash = Math.imul(hash ^ this.claimed, 0x01000193);
    hash = this.orderIds.digest(hash, this.fresh);
    return this.ids.digest(Math.imul(hash ^ this.openCount, 0x01000193));
  }
}

/** Ids of the pool that an open order has a claim to. */
function claimOf(order: Order): number {
  return order.idCount > CLAIM ? order.idCount : CLAIM;
}
