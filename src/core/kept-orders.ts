import { ID_BYTES, SHORT_ID_BYTES } from "../base/id.ts";
import { NONE } from "../base/units.ts";
import type { AreaViews } from "./area-views.ts";
import * as layout from "./assembly/layout.ts";
import type { CoreCode } from "./code.ts";
import type { Core } from "./core.ts";
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

/** Writes the order table, ClOrdIDs and OrderIDs. */
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
  save("orderIds", layout.ORDER_IDS_AT, fresh * ID_BYTES);
  save("orderTimes", layout.ORDER_TIMES_AT, fresh * layout.ORDER_TIMES_BYTES);
  if (area.word(layout.HAS_TRADERS) !== 0) save("orderTraders", layout.ORDER_TRADERS_AT, fresh * 4);
  if (area.word(layout.HAS_FACTORS) !== 0) save("orderFactors", layout.ORDER_FACTORS_AT, fresh * layout.FACTOR_BYTES);
}

/** Into tables in which nothing is yet, of any size that has room. `isFormer`: numbers are doubles. */
export function loadOrders({ area, code, tables: { order } }: Core, from: StateSource, isFormer: boolean): void {
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
  // Earlier versions kept no times of orders.
  if (from.has("orderTimes"))
    from.words("orderTimes", area.ints(layout.ORDER_TIMES_AT, (fresh! * layout.ORDER_TIMES_BYTES) / 4));
  if (from.has("orderTraders")) {
    from.words("orderTraders", area.ints(layout.ORDER_TRADERS_AT, fresh!));
    area.setWord(layout.HAS_TRADERS, 1);
  }
  // Orders of versions before have factors of 1.
  if (from.has("orderFactors")) {
    from.words("orderFactors", area.ints(layout.ORDER_FACTORS_AT, (fresh! * layout.FACTOR_BYTES) / 4));
    area.setWord(layout.HAS_FACTORS, 1);
  }
  if (from.has("orderIds")) from.words("orderIds", area.ints(layout.ORDER_IDS_AT, (fresh! * ID_BYTES) / 4));
  else moveOrderIds(area, order);
  if (from.has("orderIdIndex")) takeOrderIdIndex(order, from);
  code.indexOrders();
  if (!from.has("orderIds")) giveOrderIds(area, code, order);
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
}

/** Versions before had an index of pairs of ints (slot + 1, hash), and did not say in a row whether its OrderID is in it. */
function takeOrderIdIndex(order: Order, from: StateSource): void {
  const index = new Int32Array(from.length("orderIdIndex"));
  from.words("orderIdIndex", index);
  for (let i = 0; i < index.length; i += 2) if (index[i] !== 0) order.aim(index[i]! - 1).setByOrderId(index[i + 1]!);
}

/** What versions that took no venue's totals did not keep of an order. */
function deriveTotals(area: AreaViews, order: Order): void {
  for (let slot = 0; slot < area.word(layout.FRESH); slot++) {
    order.aim(slot).leavesQty = isOpen(order.state) ? order.quantity - order.cumQty : 0n;
    order.executedValue = ((order.worth ?? 0n) + E12 - 1n) / E12;
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

/** Out of the orders' own rows, where versions with ids of up to 32 bytes kept them. */
function moveOrderIds(area: AreaViews, order: Order): void {
  const fresh = area.word(layout.FRESH);
  const rows = area.ints(layout.ORDERS_AT, (fresh * layout.ORDER_BYTES) / 4);
  const ids = area.ints(layout.ORDER_IDS_AT, (fresh * ID_BYTES) / 4);
  for (let slot = 0; slot < fresh; slot++) {
    const row = (slot * layout.ORDER_BYTES + OLD_ORDER_ID_AT) / 4;
    ids.set(rows.subarray(row, row + SHORT_ID_BYTES / 4), (slot * ID_BYTES) / 4);
    rows.fill(0, row, row + SHORT_ID_BYTES / 4);
    // When its requests came is not known: its ClOrdIDs are not used again.
    order.aim(slot).day = NONE;
  }
}

/** Enters these OrderIDs: those of the newest orders last. */
function giveOrderIds(area: AreaViews, code: CoreCode, order: Order): void {
  const slots = Array.from({ length: area.word(layout.FRESH) }, (_, slot) => slot);
  const numbers = slots.map((slot) => order.aim(slot).number);
  for (const slot of slots.sort((a, b) => numbers[a]! - numbers[b]!)) {
    const length = order.aim(slot).orderIdLength;
    order.orderIdLength = 0;
    if (order.state !== FREE && length > 0)
      code.giveOrderId(slot, area.address(layout.ORDER_IDS_AT) + slot * ID_BYTES, length);
  }
}
