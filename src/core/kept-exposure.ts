// What accounts have executed on their last trading day without signs of prices, and positions, as a snapshot keeps them. A start adds
// up the quantities of open orders again.

import { NONE } from "../base/units.ts";
import { SIDE_BUY, SIDE_SELL } from "../record/codes.ts";
import type { AreaViews } from "./area-views.ts";
import * as layout from "./assembly/layout.ts";
import type { CoreCode } from "./code.ts";
import type { Core } from "./core.ts";
import type { CoreTables } from "./core-tables.ts";
import { FREE } from "./orders/states.ts";
import { KEPT_LONGS, PositionTable } from "./position-table.ts";
import type { StateSink, StateSource } from "./state-io.ts";

/** Sizes of both sides: low parts, then high parts. */
const SIZE_LONGS = 4;
/** From a size's low part to its high part, in longs of the exposure: open quantities stand between. */
const TO_HIGH = 4;
const HALF = 64n;

export function saveExposure(area: AreaViews, tables: CoreTables, to: StateSink): void {
  savePositions(area, tables, to);
  const sizes: bigint[] = [];
  for (let i = 0; i < tables.accountCount; i++) {
    const account = tables.account.aim(i);
    for (const side of [SIDE_BUY, SIDE_SELL]) {
      const size = account.isLevel ? 0n : account.executedSize(side);
      sizes.push(BigInt.asIntN(64, size), size >> HALF);
    }
  }
  const words = new Int32Array(BigInt64Array.from(sizes).buffer);
  to.words("executedSizes", words, words.length);
}

/** `accounts`, `symbols`: the index here of each there. Versions before kept no sizes: those of prices above 0 are the values. */
export function loadExposure(
  { area, code, tables }: Core,
  from: StateSource,
  accounts: readonly number[],
  symbols: readonly number[],
): void {
  const kept = from.has("executedSizes") ? longsOf(from, "executedSizes") : null;
  for (const [i, index] of accounts.entries()) {
    if (index === NONE) continue;
    const account = tables.account.aim(index);
    const words = account.exposure();
    const exposure = new BigInt64Array(words.buffer, words.byteOffset, words.length / 2);
    for (const [which, side] of [SIDE_BUY, SIDE_SELL].entries()) {
      const value = account.executedNotional(side);
      const size = value < 0n ? -value : value;
      const at = i * SIZE_LONGS + 2 * which;
      exposure[which] = kept === null ? BigInt.asIntN(64, size) : kept[at]!;
      exposure[which + TO_HIGH] = kept === null ? size >> HALF : kept[at + 1]!;
    }
  }
  loadPositions(area, code, from, accounts, symbols);
  code.addUpExposure();
}

/** Account and symbol stand before the numbers. Rows of 0 are kept of orders alone: a venue may still report executions of them. */
function savePositions(area: AreaViews, tables: CoreTables, to: StateSink): void {
  const table = new PositionTable(area);
  const ofOrders = pairsOfOrders(tables);
  const longs: bigint[] = [];
  for (let row = 0; row < table.count; row++) {
    const { start, today, openBuy, openSell, account, symbol } = table.aim(row);
    // A start adds up those of clients anew.
    if (tables.account.aim(account).isLevel) continue;
    // One with open orders has its trading day beside their quantities.
    const isFlat = start === 0n && today === 0n && openBuy === 0n && openSell === 0n;
    if (isFlat && !ofOrders.has(pairOf(account, symbol))) continue;
    longs.push(BigInt(account), BigInt(symbol), ...table.kept());
  }
  const words = new Int32Array(BigInt64Array.from(longs).buffer);
  to.words("positions", words, words.length);
}

/** Accounts and symbols of the orders that the table still has, done ones too. */
function pairsOfOrders(tables: CoreTables): ReadonlySet<string> {
  const pairs = new Set<string>();
  for (let slot = 0; slot < tables.fresh; slot++) {
    const { state, account, symbol } = tables.order.aim(slot);
    if (state !== FREE) pairs.add(pairOf(account, symbol));
  }
  return pairs;
}

const pairOf = (account: number, symbol: number): string => account + "/" + symbol;

/** Versions before kept none: positions begin at 0. Where there is no longer room for all, rows of 0 are left out. */
function loadPositions(
  area: AreaViews,
  code: CoreCode,
  from: StateSource,
  accounts: readonly number[],
  symbols: readonly number[],
): void {
  if (!from.has("positions")) return;
  const kept = longsOf(from, "positions");
  const table = new PositionTable(area);
  const hasRoom = kept.length / (2 + KEPT_LONGS) <= area.word(layout.POSITION_CAPACITY);
  for (let at = 0; at < kept.length; at += 2 + KEPT_LONGS) {
    // The day stands before what is 0 in a flat row.
    if (!hasRoom && kept.subarray(at + 3, at + 2 + KEPT_LONGS).every((long) => long === 0n)) continue;
    const row = code.addPosition(accounts[Number(kept[at])]!, symbols[Number(kept[at + 1])]!);
    table.aim(row).setKept(kept.subarray(at + 2, at + 2 + KEPT_LONGS));
  }
}

function longsOf(from: StateSource, name: string): BigInt64Array {
  const words = new Int32Array(from.length(name));
  from.words(name, words);
  return new BigInt64Array(words.buffer);
}
