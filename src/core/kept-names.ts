// Which accounts and symbols of a snapshot a core takes up, and the form of symbols that the configuration may have lost.

import { NONE } from "../base/units.ts";
import type { AreaViews } from "./area-views.ts";
import * as layout from "./assembly/layout.ts";
import type { Core } from "./core.ts";
import { KEPT_WORDS } from "./kept-settings.ts";
import { FREE } from "./orders/states.ts";
import { KEPT_LONGS } from "./position-table.ts";
import { SETTINGS } from "./risk/settings.ts";
import { nameCount } from "./setting-table.ts";
import type { StateSink, StateSource } from "./state-io.ts";

/** Of each symbol: the signs of its prices, and the low and high half of its step. */
const FORM_WORDS = 3;
// Of a symbol's row, ints.
const SIGNS = 52 / 4;
const STEP = 56 / 4;

/** Names that something is known of, by their indexes in a snapshot: the others need no room where they are not configured. */
export interface UsedNames {
  readonly accounts: Set<number>;
  readonly symbols: Set<number>;
}

/** What the orders that were loaded, the exposures and the settings of a snapshot are about. */
export function usedNames({ area, tables }: Core, from: StateSource, isFormer: boolean): UsedNames {
  const used: UsedNames = { accounts: new Set(), symbols: new Set() };
  for (let slot = 0; slot < tables.fresh; slot++) {
    const order = tables.order.aim(slot);
    if (order.state === FREE) continue;
    used.accounts.add(order.account);
    used.symbols.add(order.symbol);
  }
  const traders = area.ints(layout.ORDER_TRADERS_AT, tables.fresh);
  for (const trader of traders) if (trader !== 0) used.accounts.add(trader - 1);
  const accounts = from.numbers("accountNames").length;
  if (isFormer) {
    for (let i = 0; i < accounts; i++) used.accounts.add(i);
    for (let i = 0; i < from.numbers("symbolNames").length; i++) used.symbols.add(i);
    return used;
  }
  useSettings(from, used);
  usePositions(from, used);
  const words = new Int32Array(from.length("accounts"));
  from.words("accounts", words);
  const each = accounts === 0 ? 0 : words.length / accounts;
  for (let i = 0; i < accounts; i++)
    if (words.subarray(i * each, (i + 1) * each).some((word) => word !== 0)) used.accounts.add(i);
  return used;
}

function useSettings(from: StateSource, used: UsedNames): void {
  const references = new Int32Array(from.has("references") ? from.length("references") : 0);
  if (references.length > 0) from.words("references", references);
  for (let at = 0; at < references.length; at += 3) used.symbols.add(references[at]!);
  if (!from.has("settings")) return;
  const kept = new Int32Array(from.length("settings"));
  from.words("settings", kept);
  for (let at = 0; at < kept.length; at += KEPT_WORDS) {
    const [subject, index, setting] = [kept[at]!, kept[at + 1]!, kept[at + 2]!];
    // What no operator sets is given again where the configuration has it.
    if (SETTINGS[subject]?.[setting]?.isOfFile === true) continue;
    if (subject === layout.ACCOUNTS) used.accounts.add(index);
    else if (subject === layout.SYMBOLS) used.symbols.add(index);
  }
}

function usePositions(from: StateSource, used: UsedNames): void {
  if (!from.has("positions")) return;
  const words = new Int32Array(from.length("positions"));
  from.words("positions", words);
  // Account and symbol stand before the numbers, eight bytes each.
  for (let at = 0; at < words.length; at += 2 * (2 + KEPT_LONGS)) {
    used.accounts.add(words[at]!);
    used.symbols.add(words[at + 2]!);
  }
}

/** Keeps what executions of a symbol are understood by, for the time when it is not configured any more. */
export function saveForms(area: AreaViews, to: StateSink): void {
  const count = nameCount(area, layout.SYMBOLS);
  const rows = area.ints(layout.SYMBOLS_AT, (count * layout.SYMBOL_BYTES) / 4);
  const forms: number[] = [];
  for (let i = 0; i < count; i++) {
    const at = (i * layout.SYMBOL_BYTES) / 4;
    forms.push(rows[at + SIGNS]!, rows[at + STEP]!, rows[at + STEP + 1]!);
  }
  to.words("symbolForms", Int32Array.from(forms), forms.length);
}

/** Symbols that today's configuration has not keep the form that they had. Versions before kept none. */
export function loadForms({ area, code }: Core, from: StateSource, symbols: readonly number[]): void {
  if (!from.has("symbolForms")) return;
  const forms = new Int32Array(from.length("symbolForms"));
  from.words("symbolForms", forms);
  const rows = area.ints(layout.SYMBOLS_AT, (nameCount(area, layout.SYMBOLS) * layout.SYMBOL_BYTES) / 4);
  for (const [i, index] of symbols.entries()) {
    const [signs, low, high] = forms.subarray(i * FORM_WORDS, (i + 1) * FORM_WORDS);
    const step = (BigInt(high!) << 32n) | BigInt(low! >>> 0);
    if (index === NONE || step === 0n || rows[(index * layout.SYMBOL_BYTES) / 4 + STEP] !== 0) continue;
    code.setSymbol(index, signs!, step, NONE);
  }
}
