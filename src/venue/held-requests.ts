import { broken } from "../base/broken.ts";
import { NONE } from "../base/units.ts";
import type { Views } from "../base/views.ts";
import { REQUEST_NEW } from "../record/codes.ts";
import { GROUP_SLOT_BYTES } from "../record/groups.ts";
import { ORDER_REQUEST_BYTES, OrderRequest } from "../record/order-request.ts";

/** Size of the memory of one venue's held requests, bytes: each has room for what is beside it, so that none lacks it. */
export function heldBytes(orders: number, cancels: number): number {
  return (orders + cancels) * (ORDER_REQUEST_BYTES + GROUP_SLOT_BYTES);
}

/*  Requests that wait until their venue's throttle admits them: cancels in their order, before them all others, which take turns by
 *  client session. Both are chains of slots, oldest first.
 *
 *  byte 0                                 slots · 576                           both by slot
 *       ┌─────────┬─ ─ ─┬─────────┬───────────────┬─ ─ ─┬───────────────┐      a record says how long it is
 *       │ request │     │ request │ what is beside│     │ what is beside│
 *       └─────────┴─ ─ ─┴─────────┴───────────────┴─ ─ ─┴───────────────┘
 */
export class HeldRequests {
  /** Aimed by `at`. */
  readonly request: OrderRequest;
  /** How many wait: new orders and replaces, and cancels. */
  orderCount = 0;
  cancelCount = 0;
  private readonly ints: Int32Array;
  private readonly groupsAt: number;
  /** By slot: the next one of its chain, and since when it waits. */
  private readonly next: Int32Array;
  private readonly sinceNs: Float64Array;
  private free = 0;
  private firstOrder = NONE;
  private lastOrder = NONE;
  private firstCancel = NONE;
  private lastCancel = NONE;
  /** The client session whose turn was last, as requests have it. */
  private lastClient = 0;

  constructor(
    views: Views,
    private readonly slotsAt: number,
    private readonly orders: number,
    private readonly cancels: number,
  ) {
    const slots = orders + cancels;
    this.ints = views.ints;
    this.request = new OrderRequest(views);
    this.groupsAt = slotsAt + slots * ORDER_REQUEST_BYTES;
    this.next = new Int32Array(new ArrayBuffer(4 * slots));
    this.sinceNs = new Float64Array(new ArrayBuffer(8 * slots));
    for (let slot = 0; slot < slots; slot++) this.next[slot] = slot + 1 === slots ? NONE : slot + 1;
  }

  get count(): number {
    return this.orderCount + this.cancelCount;
  }

  /** True when there is room for one more. */
  hasRoom(isCancel: boolean): boolean {
    return isCancel ? this.cancelCount < this.cancels : this.orderCount < this.orders;
  }

  /** Keeps the request at byte `from`, and what is beside it at `groupsFrom` if its record says so. */
  hold(from: number, groupsFrom: number, isCancel: boolean, nowNs: number): void {
    const slot = this.free;
    if (slot === NONE) return broken("held requests have no room", this.count);
    this.free = this.next[slot]!;
    this.next[slot] = NONE;
    this.sinceNs[slot] = nowNs;
    this.copy(this.slotsAt + slot * ORDER_REQUEST_BYTES, from, ORDER_REQUEST_BYTES);
    const bytes = this.at(slot).groupsLength;
    if (bytes > 0) this.copy(this.groupsAt + slot * GROUP_SLOT_BYTES, groupsFrom, bytes);
    if (isCancel) this.addCancel(slot);
    else this.addOrder(slot);
  }

  private copy(to: number, from: number, bytes: number): void {
    this.ints.copyWithin(to >> 2, from >> 2, (from + bytes) >> 2);
  }

  private addCancel(slot: number): void {
    if (this.lastCancel === NONE) this.firstCancel = slot;
    else this.next[this.lastCancel] = slot;
    this.lastCancel = slot;
    this.cancelCount++;
  }

  private addOrder(slot: number): void {
    if (this.lastOrder === NONE) this.firstOrder = slot;
    else this.next[this.lastOrder] = slot;
    this.lastOrder = slot;
    this.orderCount++;
  }

  /** Aims at the request in a slot. */
  at(slot: number): OrderRequest {
    return this.request.aim(this.slotsAt + slot * ORDER_REQUEST_BYTES);
  }

  /** Where the fields beside the request in a slot are; NONE: there are none. */
  groupsOf(slot: number): number {
    return this.at(slot).groupsLength === 0 ? NONE : this.groupsAt + slot * GROUP_SLOT_BYTES;
  }

  /** The cancel that goes next, or NONE. */
  get nextCancel(): number {
    return this.firstCancel;
  }

  /** The oldest new order or replace, or NONE; since when it waits, or Infinity. */
  get oldestOrder(): number {
    return this.firstOrder;
  }
  get oldestNs(): number {
    return this.firstOrder === NONE ? Number.POSITIVE_INFINITY : this.sinceNs[this.firstOrder]!;
  }

  /** The new order or replace that goes next, or NONE: the oldest one of the client session whose turn it is. */
  nextOrder(): number {
    let best = NONE;
    let fewest = Number.POSITIVE_INFINITY;
    for (let slot = this.firstOrder; slot !== NONE; slot = this.next[slot]!) {
      const after = (this.at(slot).epoch - this.lastClient - 1) >>> 0;
      if (after >= fewest) continue;
      fewest = after;
      best = slot;
    }
    return best;
  }

  /** The turn of the client session of the request in a slot is over. */
  tookTurn(slot: number): void {
    this.lastClient = this.at(slot).epoch;
  }

  /** The slot of the new order of a core's order slot and number, or NONE. */
  newOrder(orderSlot: number, number: number): number {
    for (let slot = this.firstOrder; slot !== NONE; slot = this.next[slot]!) {
      const request = this.at(slot);
      if (request.kind === REQUEST_NEW && request.slot === orderSlot && request.number === number) return slot;
    }
    return NONE;
  }

  /** Forgets the request in a slot. */
  release(slot: number): void {
    if (slot === this.firstCancel) {
      this.firstCancel = this.next[slot]!;
      if (this.firstCancel === NONE) this.lastCancel = NONE;
      this.cancelCount--;
    } else this.unchainOrder(slot);
    this.next[slot] = this.free;
    this.free = slot;
  }

  private unchainOrder(slot: number): void {
    let before = NONE;
    let at = this.firstOrder;
    while (at !== slot) {
      if (at === NONE) return broken("held request is in no chain", slot);
      before = at;
      at = this.next[at]!;
    }
    const after = this.next[slot]!;
    if (before === NONE) this.firstOrder = after;
    else this.next[before] = after;
    if (slot === this.lastOrder) this.lastOrder = before;
    this.orderCount--;
  }
}
