import { copyId, hashSequentialId, ID_BYTES, SHORT_ID_BYTES, sameId } from "../base/id.ts";
import { NONE } from "../base/units.ts";
import { Views } from "../base/views.ts";
import type { AreaViews } from "./area-views.ts";
import * as layout from "./assembly/layout.ts";
import { exactOrders } from "./former-state.ts";
import { isOpen, type Order } from "./orders/order.ts";
import { FREE } from "./orders/states.ts";
import type { StateSink, StateSource } from "./state-io.ts";

/** 1e-16 money in one 1e-4 money. */
const E12 = 1_000_000_000_000n;
/** Where a row of versions with ids of up to 32 bytes had the venue's OrderID. */
const OLD_ORDER_ID_AT = 160;
/** What numbers of a snapshot are of the area, in their order. */
const ORDER_NUMBERS = [
  layout.FRESH,
  layout.FREED,
  layout.OLDEST,
  layout.NEWEST,
  layout.CLAIMED,
  layout.OPEN_COUNT,
] as const;
const ID_NUMBERS = [layout.IDS_FRESH, layout.IDS_FREED, layout.IDS_USED] as const;

/** Writes the order table, ClOrdIDs and OrderIDs, with their indexes. */
export function saveOrders(area: AreaViews, to: StateSink): void {
  const save = (name: string, table: number, bytes: number): void =>
    to.words(name, area.ints(table, bytes / 4), bytes / 4);
  const fresh = area.word(layout.FRESH);
  const idsFresh = area.word(layout.IDS_FRESH);
  to.numbers(
    "orders",
    ORDER_NUMBERS.map((word) => area.word(word)),
  );
  save("orders", layout.ORDERS_AT, fresh * layout.ORDER_BYTES);
  to.numbers(
    "ids",
    ID_NUMBERS.map((word) => area.word(word)),
  );
  save("ids", layout.IDS_AT, idsFresh * layout.ID_ENTRY_BYTES);
  save("idTails", layout.ID_TAILS_AT, idsFresh * layout.TAIL_BYTES);
  save("idIndex", layout.ID_INDEX_AT, 8 * area.word(layout.ID_INDEX_SLOTS));
  save("orderIds", layout.ORDER_IDS_AT, fresh * ID_BYTES);
  save("orderIdIndex", layout.ORDER_ID_INDEX_AT, 8 * area.word(layout.ORDER_ID_INDEX_SLOTS));
}

/** Into tables in which nothing is yet, of any size that has room. `order` is any view of the orders; `isFormer`: its numbers are doubles. */
export function loadOrders(area: AreaViews, order: Order, from: StateSource, isFormer: boolean): void {
  const numbers = from.numbers("orders");
  const [fresh] = numbers;
  const maxOrders = area.word(layout.MAX_ORDERS);
  if (fresh! > maxOrders)
    throw new Error(`core.maxOrders: expected at least ${fresh}, as many as the journal has used, got ${maxOrders}`);
  for (const [i, word] of ORDER_NUMBERS.entries()) area.setWord(word, numbers[i]!);
  const rows = area.ints(layout.ORDERS_AT, (fresh! * layout.ORDER_BYTES) / 4);
  from.words("orders", rows);
  if (isFormer) exactOrders(rows);
  loadIds(area, from);
  if (from.has("orderIds")) {
    from.words("orderIds", area.ints(layout.ORDER_IDS_AT, (fresh! * ID_BYTES) / 4));
    loadIndex(area, layout.ORDER_ID_INDEX_AT, area.word(layout.ORDER_ID_INDEX_SLOTS), from, "orderIdIndex");
  } else takeOrderIds(area, order);
  if (!from.has("executionFacts")) deriveTotals(area, order);
  countOrders(area, order);
}

function loadIds(area: AreaViews, from: StateSource): void {
  const numbers = from.numbers("ids");
  const [fresh] = numbers;
  const capacity = area.word(layout.ID_CAPACITY);
  if (fresh! > capacity) throw new Error(`core.maxOrders: expected room for ${fresh} ClOrdIDs, got ${capacity}`);
  for (const [i, word] of ID_NUMBERS.entries()) area.setWord(word, numbers[i]!);
  from.words("ids", area.ints(layout.IDS_AT, (fresh! * layout.ID_ENTRY_BYTES) / 4));
  // Snapshots of versions with ids of up to 32 bytes have no tails.
  if (from.has("idTails")) from.words("idTails", area.ints(layout.ID_TAILS_AT, (fresh! * layout.TAIL_BYTES) / 4));
  loadIndex(area, layout.ID_INDEX_AT, area.word(layout.ID_INDEX_SLOTS), from, "idIndex");
}

/** An index of pairs (number + 1, hash); it is made anew where it has another size. */
function loadIndex(area: AreaViews, table: number, slots: number, from: StateSource, name: string): void {
  const index = area.ints(table, 2 * slots);
  if (from.length(name) === index.length) {
    from.words(name, index);
    return;
  }
  const old = new Int32Array(from.length(name));
  from.words(name, old);
  const mask = index.length - 1;
  for (let i = 0; i < old.length; i += 2) {
    if (old[i] === 0) continue;
    let place = (old[i + 1]! << 1) & mask;
    while (index[place] !== 0) place = (place + 2) & mask;
    index[place] = old[i]!;
    index[place + 1] = old[i + 1]!;
  }
}

/** What versions that took no venue's totals did not keep of an order. */
function deriveTotals(area: AreaViews, order: Order): void {
  for (let slot = 0; slot < area.word(layout.FRESH); slot++) {
    order.aim(slot).leavesQty = isOpen(order.state) ? order.quantity - order.cumQty : 0n;
    order.executedValue = (order.worth + E12 - 1n) / E12;
  }
}

/** Counts orders that need attention, and the open ones of each session. */
function countOrders(area: AreaViews, order: Order): void {
  const sessions = area.word(layout.SESSION_IDS);
  const counts = area.ints(layout.OPEN_COUNTS_AT, sessions);
  let attention = 0;
  for (let slot = 0; slot < area.word(layout.FRESH); slot++) {
    if (order.aim(slot).attention !== 0) attention++;
    if (isOpen(order.state)) counts[order.session]!++;
  }
  area.setWord(layout.ATTENTION_COUNT, attention);
  if (area.word(layout.OPEN_SHOWN_AT) === 0) return;
  const places = area.ints(layout.OPEN_PLACES_AT, sessions);
  const shown = area.ints(layout.OPEN_SHOWN_AT, Math.max(...places) + 1);
  for (const [session, place] of places.entries()) if (place !== NONE) Atomics.store(shown, place, counts[session]!);
}

/** Out of the orders' own rows, where versions with ids of up to 32 bytes kept them: the newest orders last. */
function takeOrderIds(area: AreaViews, order: Order): void {
  const fresh = area.word(layout.FRESH);
  const rows = area.ints(layout.ORDERS_AT, (fresh * layout.ORDER_BYTES) / 4);
  const slots = Array.from({ length: fresh }, (_, slot) => slot);
  const numbers = slots.map((slot) => order.aim(slot).number);
  const old = Views.allocate(SHORT_ID_BYTES).ints;
  for (const slot of slots.sort((a, b) => numbers[a]! - numbers[b]!)) {
    const length = order.aim(slot).orderIdLength;
    const row = (slot * layout.ORDER_BYTES + OLD_ORDER_ID_AT) / 4;
    old.set(rows.subarray(row, row + SHORT_ID_BYTES / 4));
    rows.fill(0, row, row + SHORT_ID_BYTES / 4);
    order.orderIdLength = 0;
    // When its requests came is not known: its ClOrdIDs are not used again.
    order.day = NONE;
    if (order.state !== FREE && length > 0) enterOrderId(area, order, old, length);
  }
}

/** An OrderID leads to the last order that was given it, but never to a done one while an open one has it. */
function enterOrderId(area: AreaViews, order: Order, id: Int32Array, length: number): void {
  const { slot, venue } = order;
  const ids = area.ints(layout.ORDER_IDS_AT, (area.word(layout.MAX_ORDERS) * ID_BYTES) / 4);
  const index = area.ints(layout.ORDER_ID_INDEX_AT, 2 * area.word(layout.ORDER_ID_INDEX_SLOTS));
  const isDone = !isOpen(order.state);
  copyId(ids, slot * ID_BYTES, id, 0, length);
  order.orderIdLength = length;
  const hash = hashSequentialId(id, 0, length, venue);
  const mask = index.length - 1;
  let place = (hash << 1) & mask;
  for (; index[place] !== 0; place = (place + 2) & mask) {
    const other = index[place]! - 1;
    order.aim(other);
    if (index[place + 1] !== hash || order.venue !== venue || order.orderIdLength !== length) continue;
    if (!sameId(ids, other * ID_BYTES, id, 0, length)) continue;
    if (isOpen(order.state) && isDone) return;
    break;
  }
  index[place] = slot + 1;
  index[place + 1] = hash;
}
