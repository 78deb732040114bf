import { PENDING_CANCEL, PENDING_REPLACE } from "../orders/states.ts";
import { SIDE_BUY, TIF_FOK, TIF_IOC } from "../../record/codes.ts";
import { NO_PRICE } from "../../record/assembly/units.ts";
import { Account, accountAt } from "./accounts.ts";
import { address, word } from "./area.ts";
import { NONE } from "./codes.ts";
import {
  FRESH,
  PAIR_COUNT,
  RESTING_AT,
  RESTING_BYTES,
  RESTS_IN_ACCOUNT,
  RESTS_IN_CLIENT,
  RESTS_IN_NONE,
  SELF_TRADE_CANCEL_BOTH,
  SELF_TRADE_OFF,
} from "./layout.ts";
import { clientOf } from "./levels.ts";
import { isOpen } from "./life-cycle.ts";
import { crossingPriceOf, waitsForTrigger } from "./order-kinds.ts";
import { Order, orderAt } from "./order.ts";
import { Pair, pairAt, pairOf } from "./pairs.ts";

/*  Resting orders of accounts that prevent self trades, in leftist heaps: of each group and symbol one for each side, and one more for those
 *  whose cancel is under way. The first one of a heap is the most aggressive. 32 bytes by slot.
 *
 *  byte 0        8       12       16        20      24      28      32
 *       ┌────────┬───────┬────────┬─────────┬───────┬───────┬───────┐   left, right, parent  slot + 1, 0 for none
 *       │price   │left   │right   │parent   │rank   │pair   │heap   │   heap  where the heap's first one is in the pair (pairs.ts), 0: none
 *       └────────┴───────┴────────┴─────────┴───────┴───────┴───────┘
 *  price  the most aggressive one that it may rest at: of an order whose replace is pending its own or the new one; the largest or smallest
 *         number of one without a price, which may rest at any
 *  rank   of a node: 1 + that of its right child, which is never above that of its left one. So a path to the right has log2 n nodes
 *
 *  An order enters and leaves with O(log n) steps, the first one is found at once, and there is no memory but this. Orders that execute at
 *  once or not at all (IOC, FOK) rest nowhere, and so do stop and if-touched orders until they are triggered.
 */
@unmanaged
class Resting {
  price: i64;
  left: i32;
  right: i32;
  parent: i32;
  rank: i32;
  pair: i32;
  heap: i32;
}

const BUYS = <i32>offsetof<Pair>("buys");
const SELLS = <i32>offsetof<Pair>("sells");
/** From the heap of a side to that of its orders whose cancel is under way. */
const TO_LEAVING = <i32>(offsetof<Pair>("leavingBuys") - offsetof<Pair>("buys"));

// @ts-ignore: decorator
@inline
function nodeAt(number: i32): Resting {
  return changetype<Resting>(address(RESTING_AT) + <usize>(number - 1) * RESTING_BYTES);
}

/** The heap of a side in which orders rest, or of those whose cancel is under way. */
// @ts-ignore: decorator
@inline
export function heapOf(side: i32, isLeaving: bool): i32 {
  return (side === SIDE_BUY ? BUYS : SELLS) + (isLeaving ? TO_LEAVING : 0);
}

// @ts-ignore: decorator
@inline
function firstOf(pair: Pair, heap: i32): i32 {
  return load<i32>(changetype<usize>(pair) + <usize>heap);
}

function setFirst(pair: Pair, heap: i32, number: i32): void {
  store<i32>(changetype<usize>(pair) + <usize>heap, number);
}

/** Slot of the most aggressive order of a heap, or NONE. */
export function firstSlot(pair: Pair, heap: i32): i32 {
  return firstOf(pair, heap) - 1;
}

/** The price at which that one may rest. */
export function restingPrice(slot: i32): i64 {
  return nodeAt(slot + 1).price;
}

/** The children of a node, slot + 1, or 0: those behind it in its heap. */
export function leftOf(number: i32): i32 {
  return nodeAt(number).left;
}

export function rightOf(number: i32): i32 {
  return nodeAt(number).right;
}

/** The group of an account: itself, or its client where its setting says so and it has one. */
export function groupOf(account: i32): i32 {
  if (accountAt(account).restsIn !== RESTS_IN_CLIENT) return account;
  const client = clientOf(account);
  return client === NONE ? account : client;
}

/** Brings an order to the heap in which it rests as it stands now. */
export function settleResting(order: Order): void {
  if (accountAt(order.account).restsIn === RESTS_IN_NONE) return;
  const number = order.slot + 1;
  const node = nodeAt(number);
  const heap = restsIn(order);
  const price = heap === 0 ? 0 : priceOf(order);
  if (node.heap === heap && (heap === 0 || node.price === price)) return;
  if (node.heap !== 0) remove(number);
  if (heap === 0) return;
  const pair = pairOf(groupOf(order.account), order.symbol);
  node.price = price;
  node.left = 0;
  node.right = 0;
  node.rank = 1;
  node.pair = pair.row;
  node.heap = heap;
  setRoot(pair, heap, merge(firstOf(pair, heap), number, heap));
}

/** True for a stop or if-touched order until its venue has reported that it is triggered, or executed. */
export function isWaiting(order: Order): bool {
  return waitsForTrigger(order.ordType) && !order.isTriggered && order.cumQty === 0;
}

function restsIn(order: Order): i32 {
  if (!isOpen(order.state) || isWaiting(order)) return 0;
  const timeInForce = order.timeInForce;
  if (timeInForce === TIF_IOC || timeInForce === TIF_FOK) return 0;
  return heapOf(order.side, order.pending === PENDING_CANCEL);
}

function priceOf(order: Order): i64 {
  const isBuy = order.side === SIDE_BUY;
  const price = aggressive(crossingPriceOf(order.ordType, order.priceE8), isBuy);
  if (order.pending !== PENDING_REPLACE) return price;
  const pending = aggressive(crossingPriceOf(order.ordType, order.pendingPriceE8), isBuy);
  return isBuy === pending > price ? pending : price;
}

function aggressive(price: i64, isBuy: bool): i64 {
  if (price !== NO_PRICE) return price;
  return isBuy ? i64.MAX_VALUE : i64.MIN_VALUE;
}

/** An account's settings stand in its row: its orders rest in its group, or (of one that prevents no self trades) nowhere. */
export function settleGroup(account: i32): void {
  const row = accountAt(account);
  const prevents = row.selfTrade > SELF_TRADE_OFF && row.selfTrade <= SELF_TRADE_CANCEL_BOTH;
  const restsIn = !prevents ? RESTS_IN_NONE : row.selfTradeGroup === 1 ? RESTS_IN_CLIENT : RESTS_IN_ACCOUNT;
  if (row.restsIn !== restsIn) move(account, row, restsIn);
}

/** All orders of the account leave their heaps, and enter others: the one command that looks at every order. */
function move(account: i32, row: Account, restsIn: i32): void {
  const fresh = word(FRESH);
  row.restsIn = restsIn;
  for (let slot = 0; slot < fresh; slot++) {
    const order = orderAt(slot);
    if (order.account !== account) continue;
    if (nodeAt(slot + 1).heap !== 0) remove(slot + 1);
    settleResting(order);
  }
}

/** After orders were loaded, or accounts have got their clients: all heaps are made anew. */
export function settleAllResting(): void {
  const fresh = word(FRESH);
  const pairs = word(PAIR_COUNT);
  for (let row = 0; row < pairs; row++) {
    const pair = pairAt(row);
    pair.buys = 0;
    pair.sells = 0;
    pair.leavingBuys = 0;
    pair.leavingSells = 0;
  }
  for (let slot = 0; slot < fresh; slot++) {
    nodeAt(slot + 1).heap = 0;
    const order = orderAt(slot);
    if (isOpen(order.state)) settleResting(order);
  }
}

function setRoot(pair: Pair, heap: i32, number: i32): void {
  setFirst(pair, heap, number);
  if (number !== 0) nodeAt(number).parent = 0;
}

/** True when one goes before another: at a more aggressive price, or with a lower slot at the same. */
function isBefore(one: i32, other: i32, isBuy: bool): bool {
  const price = nodeAt(one).price;
  const otherPrice = nodeAt(other).price;
  if (price === otherPrice) return one < other;
  return isBuy === price > otherPrice;
}

function rankOf(number: i32): i32 {
  return number === 0 ? 0 : nodeAt(number).rank;
}

/** Merges two heaps. Returns the first one of both. */
function merge(one: i32, other: i32, heap: i32): i32 {
  if (one === 0) return other;
  if (other === 0) return one;
  const isFirst = isBefore(one, other, isOfBuys(heap));
  const first = isFirst ? one : other;
  const node = nodeAt(first);
  const right = merge(node.right, isFirst ? other : one, heap);
  node.right = right;
  nodeAt(right).parent = first;
  balance(node);
  return first;
}

function isOfBuys(heap: i32): bool {
  return heap === BUYS || heap === BUYS + TO_LEAVING;
}

/** The right child has the lower rank. Returns whether the node's own rank has changed. */
function balance(node: Resting): bool {
  if (rankOf(node.left) < rankOf(node.right)) {
    const left = node.left;
    node.left = node.right;
    node.right = left;
  }
  const before = node.rank;
  node.rank = rankOf(node.right) + 1;
  return node.rank !== before;
}

function remove(number: i32): void {
  const node = nodeAt(number);
  const heap = node.heap;
  const pair = pairAt(node.pair);
  const below = merge(node.left, node.right, heap);
  let parent = node.parent;
  node.heap = 0;
  if (firstOf(pair, heap) === number) {
    setRoot(pair, heap, below);
    return;
  }
  const above = nodeAt(parent);
  if (above.left === number) above.left = below;
  else above.right = below;
  if (below !== 0) nodeAt(below).parent = parent;
  while (parent !== 0 && balance(nodeAt(parent))) parent = nodeAt(parent).parent;
}
