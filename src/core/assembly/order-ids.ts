import { copyId, hashSequentialId, sameId } from "../../record/assembly/ids.ts";
import { ID_BYTES } from "../../record/assembly/units.ts";
import { orderIdIndex, orderIdMask, orderIds } from "./area.ts";
import { NONE } from "./codes.ts";
import { addEntry, bucketBehind, bucketOf, entryAt, goesOn, placesOf, removeEntry } from "./id-index.ts";
import { isOpen } from "./life-cycle.ts";
import { Order, orderAt } from "./order.ts";

/*  OrderIDs (37) that venues gave to orders, and an index over them: (venue, OrderID) → slot. An order has the one that its
 *  venue said last, in a room of 64 bytes at slot · 64.
 *
 *  The index (id-index.ts) has slots. An OrderID leads to one order: to the last one that was given it, but never to a done one while
 *  an open one has it. An order that has lost it so keeps the text, and its `isByOrderId` is 0.
 */

// @ts-ignore: decorator
@inline
function textAt(slot: i32): usize {
  return orderIds + <usize>slot * ID_BYTES;
}

/** Returns the slot of the order that a venue knows by this OrderID, or NONE. */
export function byOrderId(from: usize, venue: i32, length: i32): i32 {
  if (length === 0) return NONE;
  return find(from, venue, length, hashSequentialId(from, length, venue));
}

/** Sets the OrderID of an order that has a venue; the one it had is forgotten. */
export function setOrderId(order: Order, from: usize, length: i32): void {
  const own = textAt(order.slot);
  if (order.orderIdLength === length && sameId(own, from, length)) return;
  removeOrderId(order);
  copyId(own, from, length);
  order.orderIdLength = length;
  if (length > 0) enter(order, hashSequentialId(own, length, order.venue));
}

/** Forgets the OrderID of an order. */
export function removeOrderId(order: Order): void {
  order.orderIdLength = 0;
  if (order.isByOrderId !== 0) unlink(order);
}

/** Copies an order's OrderID; its length is the order's `orderIdLength`. */
export function copyOrderId(order: Order, to: usize): void {
  copyId(to, textAt(order.slot), order.orderIdLength);
}

/** Enters the OrderID of an order into an index in which it is not yet; the order had it at the time that the index is of. */
export function indexOrderId(order: Order): void {
  if (order.isByOrderId !== 0) addEntry(orderIdIndex, orderIdMask, order.orderIdHash, order.slot);
}

/** Reads where the index has the OrderID of an order. */
// @ts-ignore: decorator
@inline
export function placeOfOrderId(order: Order): i32 {
  return load<i32>(bucketOf(orderIdIndex, orderIdMask, order.orderIdHash));
}

function enter(order: Order, hash: i32): void {
  const slot = order.slot;
  const found = find(textAt(slot), order.venue, order.orderIdLength, hash);
  if (found !== NONE) {
    const other = orderAt(found);
    if (isOpen(other.state) && !isOpen(order.state)) return;
    unlink(other);
  }
  order.isByOrderId = 1;
  order.orderIdHash = hash;
  addEntry(orderIdIndex, orderIdMask, hash, slot);
}

function unlink(order: Order): void {
  removeEntry(orderIdIndex, orderIdMask, order.orderIdHash, order.slot);
  order.isByOrderId = 0;
  order.orderIdHash = 0;
}

function find(from: usize, venue: i32, length: i32, hash: i32): i32 {
  let bucket = bucketOf(orderIdIndex, orderIdMask, hash);
  while (true) {
    for (let places = placesOf(bucket, hash); places !== 0; places &= places - 1) {
      const slot = entryAt(bucket, places);
      if (isOrder(slot, from, venue, length)) return slot;
    }
    if (!goesOn(bucket)) return NONE;
    bucket = bucketBehind(orderIdIndex, orderIdMask, bucket);
  }
}

function isOrder(slot: i32, from: usize, venue: i32, length: i32): bool {
  const order = orderAt(slot);
  return order.venue === venue && order.orderIdLength === length && sameId(textAt(slot), from, length);
}
