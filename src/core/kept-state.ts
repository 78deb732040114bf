// What the core knows, as a snapshot keeps it. Tables go as they are; what depends on the configuration's order (account
// and symbol indexes) goes with names and finds its place again by them.

import { putWhole } from "../base/decimal.ts";
import { ID_BYTES, SHORT_ID_BYTES } from "../base/id.ts";
import { NONE } from "../base/units.ts";
import type { AreaViews } from "./area-views.ts";
import * as layout from "./assembly/layout.ts";
import type { Core } from "./core.ts";
import { loadExecutions, saveExecutions } from "./kept-executions.ts";
import { loadOrders, saveOrders } from "./kept-orders.ts";
import { FREE } from "./orders/states.ts";
import type { StateSink, StateSource } from "./state-io.ts";

const SYMBOL_DOUBLES = layout.SYMBOL_BYTES / 8;

/** Writes all that inputs have changed, and no more: limits, routes and entitlements are the configuration's. */
export function saveState({ area, tables }: Core, to: StateSink): void {
  saveNames(area, layout.ACCOUNT_NAMES, to, "accountNames");
  saveNames(area, layout.SYMBOL_NAMES, to, "symbolNames");
  saveOrders(area, to);
  saveExecutions(area, to);
  to.numbers("reportIndexes", [...area.ints(layout.REPORT_INDEXES_AT, area.word(layout.SESSION_IDS))]);
  to.numbers("requestIndexes", [...area.ints(layout.REQUEST_INDEXES_AT, area.word(layout.VENUE_IDS))]);
  to.numbers("odometers", [area.double(layout.NUMBER), area.double(layout.EXECUTION)]);
  to.numbers("killed", [area.word(layout.KILLED), area.double(layout.KILLED_US)]);
  const accounts: number[] = [];
  const highParts: number[] = [];
  const positions: number[] = [];
  for (let i = 0; i < tables.accountCount; i++) {
    const account = tables.account.aim(i);
    accounts.push(...account.state());
    highParts.push(...account.highParts());
    positions.push(...account.positionParts());
  }
  to.numbers("accounts", accounts);
  // Apart, since earlier versions had none of these.
  to.numbers("accountsHigh", highParts);
  to.numbers("accountPositions", positions);
  to.numbers("references", referencesOf(area));
}

/** Pairs of a symbol's index and the reference price that an operator has set. */
function referencesOf(area: AreaViews): number[] {
  const count = area.word(layout.SYMBOL_NAMES + layout.NAME_COUNT);
  const rows = area.doubles(layout.SYMBOLS_AT, count * SYMBOL_DOUBLES);
  const references: number[] = [];
  for (let i = 0; i < count; i++)
    if (rows[i * SYMBOL_DOUBLES + layout.SYMBOL_INSTRUCTED] === 1)
      references.push(i, rows[i * SYMBOL_DOUBLES + layout.SYMBOL_REFERENCE]!);
  return references;
}

/** Brings a core that has taken no input yet to where `saveState` was. Throws when today's tables have no room for it. */
export function loadState(core: Core, from: StateSource): void {
  const { area, code, tables } = core;
  const accounts = loadNames(core, layout.ACCOUNTS, from, "accountNames");
  const symbols = loadNames(core, layout.SYMBOLS, from, "symbolNames");
  loadOrders(core, from);
  area.ints(layout.REPORT_INDEXES_AT, area.word(layout.SESSION_IDS)).set(from.numbers("reportIndexes"));
  area.ints(layout.REQUEST_INDEXES_AT, area.word(layout.VENUE_IDS)).set(from.numbers("requestIndexes"));
  const odometers = from.numbers("odometers");
  setCounter(area, layout.NUMBER, layout.NUMBER_DIGITS, odometers[0]!);
  setCounter(area, layout.EXECUTION, layout.EXECUTION_DIGITS, odometers[1]!);
  loadExecutions(area, tables.order, from, odometers[0]!);
  const killed = from.numbers("killed");
  area.setWord(layout.KILLED, killed[0]!);
  // Earlier versions kept no time.
  area.setDouble(layout.KILLED_US, killed[1] ?? 0);
  const values = from.numbers("accounts");
  const highParts = from.numbers("accountsHigh");
  const positions = from.numbers("accountPositions");
  for (const [i, index] of accounts.entries()) {
    const account = tables.account.aim(index);
    fillFrom(account.state(), values, i);
    fillFrom(account.highParts(), highParts, i);
    if (positions.length === 0) account.derivePosition();
    else fillFrom(account.positionParts(), positions, i);
  }
  const references = from.numbers("references");
  for (let i = 0; i < references.length; i += 2) code.instruct(symbols[references[i]!]!, references[i + 1]!);
  if (!isIdentity(accounts) || !isIdentity(symbols)) moveIndexes(core, accounts, symbols);
}

function saveNames(area: AreaViews, table: number, to: StateSink, name: string): void {
  const count = area.word(table + layout.NAME_COUNT);
  const words = (count * ID_BYTES) >> 2;
  to.words(name, area.ints(table + layout.NAMES_AT, words), words);
  to.numbers(name, [...area.tableBytes(table + layout.NAME_LENGTHS_AT, count)]);
}

/** Takes up the names of a snapshot. Returns the index of each here. */
function loadNames({ area, code }: Core, table: number, from: StateSource, name: string): number[] {
  const lengths = from.numbers(name);
  const names = new Int32Array(from.length(name));
  from.words(name, names);
  // Versions with names of up to 32 bytes saved that many of each.
  const stride = names.length * 4 < lengths.length * ID_BYTES ? SHORT_ID_BYTES : ID_BYTES;
  const at = area.at + layout.SCRATCH;
  const id = new Int32Array(area.buffer, at, ID_BYTES / 4);
  return lengths.map((length, i) => {
    id.fill(0);
    id.set(names.subarray((i * stride) / 4, ((i + 1) * stride) / 4));
    const found = code.findName(table, at, length);
    return found === NONE ? code.addName(table, at, length) : found;
  });
}

/** Sets a counter and its digits. */
function setCounter(area: AreaViews, counter: number, digits: number, value: number): void {
  area.setDouble(counter, value);
  area.bytes.fill(0, digits, digits + 16);
  area.bytes[digits + 16] = putWhole(area.bytes, digits, value) - digits;
}

/** Takes row `i`; rows are as long as `view`. */
function fillFrom(view: Float64Array, rows: readonly number[], i: number): void {
  view.set(rows.slice(i * view.length, (i + 1) * view.length));
}

function isIdentity(indexes: readonly number[]): boolean {
  return indexes.every((index, i) => index === i);
}

/** The configuration names accounts or symbols in another order than it did. */
function moveIndexes({ tables }: Core, accounts: readonly number[], symbols: readonly number[]): void {
  for (let slot = 0; slot < tables.fresh; slot++) {
    const order = tables.order.aim(slot);
    if (order.state === FREE) continue;
    if (order.account !== NONE) order.account = accounts[order.account]!;
    if (order.symbol !== NONE) order.symbol = symbols[order.symbol]!;
  }
}
