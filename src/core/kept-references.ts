// Prices of the newest quotes and executions, from which reference prices come, as a snapshot keeps them.

import { NONE } from "../base/units.ts";
import type { AreaViews } from "./area-views.ts";
import * as layout from "./assembly/layout.ts";
import { nameCount } from "./setting-table.ts";
import type { StateSink, StateSource } from "./state-io.ts";

// Of a symbol's row (core/assembly/symbols.ts): a price and its time for each, ints.
const FROM = layout.SYMBOL_EXECUTION_AT / 4;
const WORDS = layout.SYMBOL_BASE_AT / 4 - FROM;
const ROW = layout.SYMBOL_BYTES / 4;

/** Of each symbol that has had one: its index, and the words of its row. */
export function saveReferences(area: AreaViews, to: StateSink): void {
  const count = nameCount(area, layout.SYMBOLS);
  const rows = area.ints(layout.SYMBOLS_AT, count * ROW);
  const kept: number[] = [];
  for (let symbol = 0; symbol < count; symbol++) {
    const words = rows.subarray(symbol * ROW + FROM, symbol * ROW + FROM + WORDS);
    if (words.some((word) => word !== 0)) kept.push(symbol, ...words);
  }
  to.words("referencePrices", Int32Array.from(kept), kept.length);
}

/** `symbols`: the index here of each there. Versions before kept none. */
export function loadReferences(area: AreaViews, from: StateSource, symbols: readonly number[]): void {
  if (!from.has("referencePrices")) return;
  const kept = new Int32Array(from.length("referencePrices"));
  from.words("referencePrices", kept);
  const rows = area.ints(layout.SYMBOLS_AT, nameCount(area, layout.SYMBOLS) * ROW);
  for (let at = 0; at < kept.length; at += 1 + WORDS) {
    const symbol = symbols[kept[at]!] ?? NONE;
    if (symbol !== NONE) rows.set(kept.subarray(at + 1, at + 1 + WORDS), symbol * ROW + FROM);
  }
}
