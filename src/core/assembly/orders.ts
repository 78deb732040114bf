import { maxOrders, setWord, word } from "./area.ts";
import { NONE } from "./codes.ts";
import { forgetExecutions } from "./executions.ts";
import { fail } from "./host.ts";
import { addIdEntry, freeIds, indexIds, nextId, placeOfId, removeId, setNextId } from "./ids.ts";
import {
  ATTENTION_COUNT,
  BAD_SLOT,
  CLAIMED,
  FREED,
  FRESH,
  IDS_CLAIMED,
  IDS_OF_DONE,
  NEWEST,
  OLDEST,
  OPEN_COUNT,
  SLOT_TAKEN,
} from "./layout.ts";
import { FREE } from "../orders/states.ts";
import { isOpen } from "./life-cycle.ts";
import { closedOf, openedOf, reopenedOf } from "./open-by-session.ts";
import { dateOrder, lock, lockOfOrder, lockOrder, unlock } from "./locks.ts";
import { Order, orderAt } from "./order.ts";
import { indexOrderId, placeOfOrderId, removeOrderId, setOrderId } from "./order-ids.ts";

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
/** An order remembers no more ClOrdIDs than this. */
const MOST_IDS = 255;

/** The slot that the next new order takes, or NONE when every order is open. */
export function candidate(): i32 {
  const freed = word(FREED);
  if (freed !== NONE) return freed;
  const fresh = word(FRESH);
  return fresh < maxOrders ? fresh : word(OLDEST);
}

/** True when a new order finds both a slot and its claim to ids. */
export function hasRoom(): bool {
  return candidate() !== NONE && word(CLAIMED) + CLAIM <= maxOrders * CLAIM;
}

/** True when an order that is done from the start (a rejected one) can be remembered. */
export function hasRoomForDone(): bool {
  return candidate() !== NONE && (freeIds() > 0 || word(OLDEST) !== NONE);
}

/** True when one more request of this open order can be remembered beside those it has. */
export function hasRoomFor(order: Order): bool {
  return order.idCount < CLAIM || canClaimMore(order);
}

/** Clears `slot`: the candidate; in a replay the journalled one. */
export function take(slot: i32): Order {
  if (<u32>slot >= <u32>maxOrders) fail(BAD_SLOT, slot);
  lockOrder(slot);
  const order = orderAt(slot);
  if (slot === word(FREED)) setWord(FREED, order.next);
  else if (slot === word(FRESH)) setWord(FRESH, slot + 1);
  else takeOther(slot);
  order.clear();
  dateOrder(slot);
  forgetExecutions(order);
  return order;
}

/** Counts an order of this session that has just become open; it has one id. */
export function opened(session: i32): void {
  setWord(OPEN_COUNT, word(OPEN_COUNT) + 1);
  openedOf(session);
  claim(CLAIM);
}

/** Remembers one more ClOrdID of the order that was taken. Returns its entry. */
export function addId(order: Order, from: usize, length: i32): i32 {
  if (isOpen(order.state) && order.idCount >= CLAIM) {
    if (canClaimMore(order)) setWord(CLAIMED, word(CLAIMED) + 1);
    else forgetOne(order);
  }
  while (freeIds() === 0) recycle(word(OLDEST));
  const entry = addIdEntry(from, order.session, length, order.slot, order.ids);
  order.ids = entry;
  order.newestIsOurs = false;
  order.idCount++;
  return entry;
}

/** Forgets the newest ClOrdID of an open order, which is not its current one: the next one takes its place in the pool. */
export function forgetNewest(order: Order): void {
  const entry = order.ids;
  order.ids = nextId(entry);
  removeId(entry);
  if (order.idCount > CLAIM) setWord(CLAIMED, word(CLAIMED) - 1);
  order.idCount--;
}

/** An open order is done: it goes behind the other done ones. `order.state` is already the final one. */
export function closed(order: Order): void {
  const open = word(OPEN_COUNT) - 1;
  setWord(OPEN_COUNT, open);
  closedOf(order.session);
  const claimed = word(CLAIMED) - claimOf(order);
  setWord(CLAIMED, claimed);
  if (open < 0 || claimed < open * CLAIM) fail(IDS_CLAIMED, claimed);
  retire(order);
}

/** Puts a done order that was never open (a rejected one) behind the other done ones. */
export function retire(order: Order): void {
  const slot = order.slot;
  const newest = word(NEWEST);
  order.previous = newest;
  order.next = NONE;
  if (newest === NONE) setWord(OLDEST, slot);
  else orderAt(newest).next = slot;
  setWord(NEWEST, slot);
}

/** True when a done order that lives again finds its claim to ids. */
export function canReopen(order: Order): bool {
  return word(CLAIMED) + claimOf(order) <= maxOrders * CLAIM;
}

/** The same of one that gets another ClOrdID with it. */
export function canReopenFor(order: Order): bool {
  const more = order.idCount < CLAIM ? CLAIM : order.idCount + 1;
  return word(CLAIMED) + more <= maxOrders * CLAIM && order.idCount < MOST_IDS;
}

/** A done order lives again: it leaves the queue of done ones. The caller has asked `canReopen`. */
export function reopened(order: Order): void {
  unlinkDone(order);
  setWord(OPEN_COUNT, word(OPEN_COUNT) + 1);
  reopenedOf(order.session);
  claim(claimOf(order));
}

function claim(more: i32): void {
  const claimed = word(CLAIMED) + more;
  setWord(CLAIMED, claimed);
  if (claimed > maxOrders * CLAIM) fail(IDS_CLAIMED, claimed);
}

function canClaimMore(order: Order): bool {
  return word(CLAIMED) < maxOrders * CLAIM && order.idCount < MOST_IDS;
}

function takeOther(slot: i32): void {
  const fresh = word(FRESH);
  if (slot > fresh) {
    // Only in a replay: the journal was written with another maxOrders. Slots that it skipped become free ones.
    for (let i = fresh; i < slot; i++) give(i);
    setWord(FRESH, slot + 1);
    return;
  }
  const order = orderAt(slot);
  if (isOpen(order.state)) fail(SLOT_TAKEN, slot);
  if (order.state === FREE) unlinkFree(slot);
  else forget(slot);
}

/** Frees a done order's slot and ids. */
function recycle(slot: i32): void {
  const at = lockOfOrder(slot);
  lock(at);
  forget(slot);
  give(slot);
  unlock(at);
}

/** Takes a done order out of the queue and frees its ids. */
function forget(slot: i32): void {
  if (slot === NONE) fail(IDS_OF_DONE, word(CLAIMED));
  const order = orderAt(slot);
  if (order.attention !== 0) setWord(ATTENTION_COUNT, word(ATTENTION_COUNT) - 1);
  removeOrderId(order);
  for (let entry = order.ids; entry !== NONE; ) {
    const after = nextId(entry);
    removeId(entry);
    entry = after;
  }
  unlinkDone(order);
  readAhead();
}

/** Reads where the ids of the oldest done order are, which the next new one forgets: its cache misses overlap with what is done now. */
function readAhead(): void {
  const oldest = word(OLDEST);
  if (oldest === NONE) return;
  const order = orderAt(oldest);
  read = placeOfId(order.ids) + placeOfOrderId(order);
}

/** Kept, so that the compiler lets it read. */
let read: i32 = 0;

/** Enters all orders into indexes that are empty. */
export function indexOrders(): void {
  const fresh = word(FRESH);
  for (let slot = 0; slot < fresh; slot++) {
    const order = orderAt(slot);
    if (order.state === FREE) continue;
    indexIds(order.ids);
    indexOrderId(order);
  }
}

/** Gives an order an OrderID, for snapshots of versions that had them elsewhere. */
export function giveOrderId(slot: i32, at: usize, length: i32): void {
  setOrderId(orderAt(slot), at, length);
}

function unlinkDone(order: Order): void {
  const previous = order.previous;
  const next = order.next;
  if (previous === NONE) setWord(OLDEST, next);
  else orderAt(previous).next = next;
  if (next === NONE) setWord(NEWEST, previous);
  else orderAt(next).previous = previous;
}

function give(slot: i32): void {
  const order = orderAt(slot);
  order.state = FREE;
  order.attention = 0;
  order.next = word(FREED);
  setWord(FREED, slot);
}

/** The freed slot is nearly always the first; in a replay with another maxOrders it may be any. */
function unlinkFree(slot: i32): void {
  const after = orderAt(slot).next;
  let before = word(FREED);
  if (slot === before) {
    setWord(FREED, after);
    return;
  }
  while (orderAt(before).next !== slot) before = orderAt(before).next;
  orderAt(before).next = after;
}

/** Gives up an id of an order that has several: the newest but its current one. */
function forgetOne(order: Order): void {
  let before = NONE;
  let entry = order.ids;
  while (entry === order.currentId) {
    before = entry;
    entry = nextId(entry);
  }
  const after = nextId(entry);
  if (before === NONE) order.ids = after;
  else setNextId(before, after);
  removeId(entry);
  order.idCount--;
}

/** Ids of the pool that an open order has a claim to. */
function claimOf(order: Order): i32 {
  return order.idCount > CLAIM ? order.idCount : CLAIM;
}
