import { copyId, hashSequentialId, ID_BYTES, sameId } from "../../base/id.ts";
import { NONE } from "../../base/units.ts";
import { Views } from "../../base/views.ts";
import type { StateSink, StateSource } from "../state-io.ts";
import { isOpen } from "./life-cycle.ts";
import type { Order } from "./order.ts";

/*  OrderIDs (37) that venues gave to orders, and an index over them: (venue, OrderID) → slot. An order has the one that its
 *  venue said last, in a room of 64 bytes at slot · 64.
 *
 *  The index is open addressing over [slot + 1 (0: empty) | hash], as that of ClOrdIDs. An OrderID leads to one order: to the
 *  last one that was given it, but never to a done one while an open one has it. An order that has lost it so keeps the text.
 */

/** OrderIDs by slot, and slots by (venue, OrderID). */
export class OrderIds {
  private readonly views: Views;
  private readonly index: Int32Array;
  private readonly mask: number;

  /** Bytes that a table for this many orders takes. */
  static bytesFor(capacity: number): number {
    return capacity * ID_BYTES + indexSlots(capacity) * 8;
  }

  constructor(capacity: number) {
    this.views = Views.allocate(capacity * ID_BYTES);
    const slots = indexSlots(capacity);
    this.index = Views.allocate(slots * 8).ints;
    this.mask = slots * 2 - 1;
  }

  /** Returns the slot of the order that a venue knows by this OrderID, or NONE. `other` is any view of the orders. */
  find(from: Int32Array, at: number, venue: number, length: number, other: Order): number {
    if (length === 0) return NONE;
    const place = this.placeOf(from, at, venue, length, hashSequentialId(from, at, length, venue), other);
    return this.index[place]! - 1;
  }

  /** Sets the OrderID of an order that has a venue; the one it had is forgotten. */
  set(order: Order, from: Int32Array, at: number, length: number, other: Order): void {
    const ints = this.views.ints;
    const own = order.slot * ID_BYTES;
    if (order.orderIdLength === length && sameId(ints, own, from, at, length)) return;
    this.remove(order);
    copyId(ints, own, from, at, length);
    order.orderIdLength = length;
    if (length > 0) this.enter(order, hashSequentialId(ints, own, length, order.venue), other);
  }

  /** Forgets the OrderID of an order. */
  remove(order: Order): void {
    const length = order.orderIdLength;
    if (length === 0) return;
    order.orderIdLength = 0;
    const index = this.index;
    const wanted = order.slot + 1;
    const hash = hashSequentialId(this.views.ints, order.slot * ID_BYTES, length, order.venue);
    let place = (hash << 1) & this.mask;
    while (index[place] !== wanted) {
      // Another order has it.
      if (index[place] === 0) return;
      place = (place + 2) & this.mask;
    }
    this.close(place);
  }

  /** Copies an order's OrderID. */
  copy(order: Order, to: Int32Array, at: number): void {
    copyId(to, at, this.views.ints, order.slot * ID_BYTES, order.orderIdLength);
  }

  private enter(order: Order, hash: number, other: Order): void {
    const index = this.index;
    const ints = this.views.ints;
    const own = order.slot * ID_BYTES;
    const place = this.placeOf(ints, own, order.venue, order.orderIdLength, hash, other);
    if (index[place] !== 0 && isOpen(other.aim(index[place]! - 1).state) && !isOpen(order.state)) return;
    index[place] = order.slot + 1;
    index[place + 1] = hash;
  }

  /** The place of an OrderID in the index: an empty one when it leads to no order. */
  private placeOf(from: Int32Array, at: number, venue: number, length: number, hash: number, other: Order): number {
    const index = this.index;
    for (let place = (hash << 1) & this.mask; ; place = (place + 2) & this.mask) {
      const slot = index[place]! - 1;
      if (slot < 0) return place;
      if (index[place + 1] !== hash) continue;
      other.aim(slot);
      if (other.venue !== venue || other.orderIdLength !== length) continue;
      if (sameId(this.views.ints, slot * ID_BYTES, from, at, length)) return place;
    }
  }

  /** Empties a place; those behind it move up. */
  private close(hole: number): void {
    const index = this.index;
    const mask = this.mask;
    for (let place = (hole + 2) & mask; index[place] !== 0; place = (place + 2) & mask) {
      const home = (index[place + 1]! << 1) & mask;
      if (((place - home) & mask) < ((place - hole) & mask)) continue;
      index[hole] = index[place]!;
      index[hole + 1] = index[place + 1]!;
      hole = place;
    }
    index[hole] = 0;
  }

  /** Of the slots [0, fresh). */
  save(to: StateSink, fresh: number): void {
    to.words("orderIds", this.views.ints, (fresh * ID_BYTES) >> 2);
    to.words("orderIdIndex", this.index, this.index.length);
  }

  /** Into a table in which nothing is yet; the index is made anew where it has another size. */
  load(from: StateSource): void {
    from.words("orderIds", this.views.ints);
    if (from.length("orderIdIndex") === this.index.length) {
      from.words("orderIdIndex", this.index);
      return;
    }
    const old = new Int32Array(from.length("orderIdIndex"));
    from.words("orderIdIndex", old);
    for (let i = 0; i < old.length; i += 2) {
      if (old[i] === 0) continue;
      let place = (old[i + 1]! << 1) & this.mask;
      while (this.index[place] !== 0) place = (place + 2) & this.mask;
      this.index[place] = old[i]!;
      this.index[place + 1] = old[i + 1]!;
    }
  }

  /** Mixes the OrderIDs of the slots [0, fresh) into `hash`; independent of where they stand in the index. */
  digest(hash: number, fresh: number): number {
    const ints = this.views.ints;
    for (let i = 0; i < (fresh * ID_BYTES) >> 2; i++) hash = Math.imul(hash ^ ints[i]!, 0x01000193);
    return hash;
  }
}

function indexSlots(capacity: number): number {
  let slots = 1024;
  while (slots < capacity * 2) slots *= 2;
  return slots;
}
