import { copyId, hashSequentialId, sameId } from "../../record/assembly/ids.ts";
import { ID_BYTES } from "../../record/assembly/units.ts";
import { orderIdIndex, orderIdMask, orderIds } from "./area.ts";
import { NONE } from "./codes.ts";
import { closeHole } from "./ids.ts";
import { isOpen } from "./life-cycle.ts";
import { Order, orderAt } from "./order.ts";

/*  OrderIDs (37) that venues gave to orders, and an index over them: (venue, OrderID) → slot. An order has the one that its
 *  venue said last, in a room of 64 bytes at slot · 64.
 *
 *  The index is open addressing over [slot + 1 (0: empty) | hash], as that of ClOrdIDs. An OrderID leads to one order: to the
 *  last one that was given it, but never to a done one while an open one has it. An order that has lost it so keeps the text.
 */

// @ts-ignore: decorator
@inline
function textAt(slot: i32): usize {
  return orderIds + <usize>slot * ID_BYTES;
}

// @ts-ignore: decorator
@inline
function indexAt(place: i32): usize {
  return orderIdIndex + (<usize>place << 2);
}

/** Returns the slot of the order that a venue knows by this OrderID, or NONE. */
export function byOrderId(from: usize, venue: i32, length: i32): i32 {
  if (length === 0) return NONE;
  return load<i32>(indexAt(placeOf(from, venue, length, hashSequentialId(from, length, venue)))) - 1;
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
  const length = order.orderIdLength;
  if (length === 0) return;
  order.orderIdLength = 0;
  const slot = order.slot;
  const wanted = slot + 1;
  const hash = hashSequentialId(textAt(slot), length, order.venue);
  let place = (hash << 1) & orderIdMask;
  let found = load<i32>(indexAt(place));
  while (found !== wanted) {
    // Another order has it.
    if (found === 0) return;
    place = (place + 2) & orderIdMask;
    found = load<i32>(indexAt(place));
  }
  closeHole(orderIdIndex, orderIdMask, place);
}

/** Copies an order's OrderID; its length is the order's `orderIdLength`. */
export function copyOrderId(order: Order, to: usize): void {
  copyId(to, textAt(order.slot), order.orderIdLength);
}

function enter(order: Order, hash: i32): void {
  const slot = order.slot;
  const at = indexAt(placeOf(textAt(slot), order.venue, order.orderIdLength, hash));
  const found = load<i32>(at);
  if (found !== 0 && isOpen(orderAt(found - 1).state) && !isOpen(order.state)) return;
  store<i32>(at, slot + 1);
  store<i32>(at, hash, 4);
}

/** The place of an OrderID in the index: an empty one when it leads to no order. */
function placeOf(from: usize, venue: i32, length: i32, hash: i32): i32 {
  let place = (hash << 1) & orderIdMask;
  let slot = load<i32>(indexAt(place)) - 1;
  while (slot >= 0 && (load<i32>(indexAt(place), 4) !== hash || !isOrder(slot, from, venue, length))) {
    place = (place + 2) & orderIdMask;
    slot = load<i32>(indexAt(place)) - 1;
  }
  return place;
}

function isOrder(slot: i32, from: usize, venue: i32, length: i32): bool {
  const order = orderAt(slot);
  return order.venue === venue && order.orderIdLength === length && sameId(textAt(slot), from, length);
}
