// What the core knows, as a snapshot keeps it. Tables go as they are; what depends on the configuration's order (account
// and symbol indexes) goes with names and finds its place again by them.

import { putWhole } from "../base/decimal.ts";
import { ID_BYTES, SHORT_ID_BYTES } from "../base/id.ts";
import { NO_PRICE, NONE } from "../base/units.ts";
import type { AreaViews } from "./area-views.ts";
import * as layout from "./assembly/layout.ts";
import type { CoreCode } from "./code.ts";
import type { Core } from "./core.ts";
import { exactAccount, hasFormerNumbers } from "./former-state.ts";
import { loadDuplicates, saveDuplicates } from "./kept-duplicates.ts";
import { loadExecutionTimes, saveExecutionTimes } from "./kept-execution-times.ts";
import { loadExecutions, saveExecutions } from "./kept-executions.ts";
import { loadExposure, saveExposure } from "./kept-exposure.ts";
import { loadFirmMessages, saveFirmMessages } from "./kept-firm-messages.ts";
import { loadForms, saveForms, usedNames } from "./kept-names.ts";
import { loadOrders, saveOrders } from "./kept-orders.ts";
import { loadOverrides, saveOverrides } from "./kept-overrides.ts";
import { loadReferences, saveReferences } from "./kept-references.ts";
import { loadSettings, saveSettings, settleFirm } from "./kept-settings.ts";
import { loadTemporaries, saveTemporaries } from "./kept-temporaries.ts";
import { loadUnmatched, saveUnmatched } from "./kept-unmatched.ts";
import { FREE } from "./orders/states.ts";
import { nameCount, settingTable } from "./setting-table.ts";
import type { StateSink, StateSource } from "./state-io.ts";

/** Writes all that inputs have changed, and no more: what operators have not set, routes and entitlements are the configuration's. */
export function saveState({ area, tables }: Core, to: StateSink): void {
  saveNames(area, layout.ACCOUNT_NAMES, to, "accountNames");
  saveNames(area, layout.SYMBOL_NAMES, to, "symbolNames");
  saveForms(area, to);
  saveOrders(area, to);
  saveExecutions(area, to);
  to.numbers("reportIndexes", used(area.ints(layout.REPORT_INDEXES_AT, area.word(layout.SESSION_IDS))));
  to.numbers("requestIndexes", used(area.ints(layout.REQUEST_INDEXES_AT, area.word(layout.VENUE_IDS))));
  to.numbers("odometers", [area.double(layout.NUMBER), area.double(layout.EXECUTION)]);
  to.numbers("killed", [area.word(layout.KILLED), area.double(layout.KILLED_US)]);
  to.numbers("sessionTrading", used(tradingOf(area, layout.SESSION_TRADING_AT, layout.SESSION_IDS)));
  to.numbers("venueTrading", used(tradingOf(area, layout.VENUE_TRADING_AT, layout.VENUE_IDS)));
  saveMarks(area, to, "sessionMarks", layout.SESSION_MARKS_AT, layout.SESSION_IDS);
  saveMarks(area, to, "venueMarks", layout.VENUE_MARKS_AT, layout.VENUE_IDS);
  const accounts: number[] = [];
  for (let i = 0; i < tables.accountCount; i++) {
    const account = tables.account.aim(i);
    // A start adds up clients and the firm anew.
    accounts.push(...(account.isLevel ? account.state().map(() => 0) : account.state()));
  }
  to.words("accounts", Int32Array.from(accounts), accounts.length);
  saveExposure(area, tables, to);
  saveDuplicates(area, to);
  saveExecutionTimes(area, to);
  saveFirmMessages(area, to);
  saveReferences(area, to);
  saveSettings(area, to);
  saveTemporaries(area, to);
  saveOverrides(area, to);
  saveUnmatched(area, to);
  const references = referencesOf(area);
  to.words("references", Int32Array.from(references), references.length);
}

/** Without the 0s at its end: ids that nobody has yet. A later start may have fewer of them. */
function used(byId: Int32Array): number[] {
  let end = byId.length;
  while (end > 0 && byId[end - 1] === 0) end--;
  return [...byId.subarray(0, end)];
}

/** Trading states by id. */
function tradingOf(area: AreaViews, table: number, ids: number): Int32Array {
  return area.ints(table, 1 + area.word(ids)).subarray(1);
}

const MARK_WORDS = layout.TRADING_MARK_BYTES / 4;

/** Who has set which trading state: the id and the mark of each that somebody has. */
function saveMarks(area: AreaViews, to: StateSink, name: string, table: number, ids: number): void {
  const marks = area.ints(table, area.word(ids) * MARK_WORDS);
  const kept: number[] = [];
  for (let id = 0; id < area.word(ids); id++) {
    const mark = marks.subarray(id * MARK_WORDS, (id + 1) * MARK_WORDS);
    if (mark.some((word) => word !== 0)) kept.push(id, ...mark);
  }
  to.words(name, Int32Array.from(kept), kept.length);
}

/** Earlier versions kept none. */
function loadMarks(area: AreaViews, from: StateSource, name: string, table: number, ids: number): void {
  if (!from.has(name)) return;
  const kept = wordsOf(from, name);
  const marks = area.ints(table, area.word(ids) * MARK_WORDS);
  for (let at = 0; at < kept.length; at += 1 + MARK_WORDS)
    marks.set(kept.subarray(at + 1, at + 1 + MARK_WORDS), kept[at]! * MARK_WORDS);
}

/**
 * For each reference price that an operator has set: the symbol's index, low and high half of the price. For an earlier version that takes
 * the journal back.
 */
function referencesOf(area: AreaViews): number[] {
  const count = nameCount(area, layout.SYMBOLS);
  const table = settingTable(area, layout.SYMBOLS);
  const references: number[] = [];
  for (let i = 0; i < count; i++) {
    const { isSet, value } = table.aim(i, layout.REFERENCE_SETTING);
    if (isSet) references.push(i, Number(BigInt.asIntN(32, value)), Number(value >> 32n));
  }
  return references;
}

/** Brings a core that has taken no input yet to where `saveState` was. Throws when today's tables have no room for it. */
export function loadState(core: Core, from: StateSource): void {
  const { area, code, tables } = core;
  const isFormer = hasFormerNumbers(from);
  loadOrders(core, from, isFormer);
  const used = usedNames(core, from, isFormer);
  const accounts = loadNames(core, layout.ACCOUNTS, from, "accountNames", used.accounts);
  const symbols = loadNames(core, layout.SYMBOLS, from, "symbolNames", used.symbols);
  loadForms(core, from, symbols);
  area.ints(layout.REPORT_INDEXES_AT, area.word(layout.SESSION_IDS)).set(from.numbers("reportIndexes"));
  area.ints(layout.REQUEST_INDEXES_AT, area.word(layout.VENUE_IDS)).set(from.numbers("requestIndexes"));
  const odometers = from.numbers("odometers");
  setCounter(area, layout.NUMBER, layout.NUMBER_DIGITS, odometers[0]!);
  setCounter(area, layout.EXECUTION, layout.EXECUTION_DIGITS, odometers[1]!);
  loadExecutions(area, tables.order, from, odometers[0]!, isFormer);
  const killed = from.numbers("killed");
  area.setWord(layout.KILLED, killed[0]!);
  // Earlier versions kept no time.
  area.setDouble(layout.KILLED_US, killed[1] ?? 0);
  // Earlier versions had none: all are on.
  tradingOf(area, layout.SESSION_TRADING_AT, layout.SESSION_IDS).set(from.numbers("sessionTrading"));
  tradingOf(area, layout.VENUE_TRADING_AT, layout.VENUE_IDS).set(from.numbers("venueTrading"));
  loadMarks(area, from, "sessionMarks", layout.SESSION_MARKS_AT, layout.SESSION_IDS);
  loadMarks(area, from, "venueMarks", layout.VENUE_MARKS_AT, layout.VENUE_IDS);
  const states = isFormer ? formerAccounts(from, accounts.length) : wordsOf(from, "accounts");
  for (const [i, index] of accounts.entries()) {
    if (index === NONE) continue;
    const state = tables.account.aim(index).state();
    state.set(states.subarray(i * state.length, (i + 1) * state.length));
  }
  if (isFormer) instructFormer(code, from, symbols);
  else if (!loadSettings(core, from, accounts, symbols)) instructAll(code, wordsOf(from, "references"), symbols);
  loadTemporaries(core, from, accounts, symbols);
  loadOverrides(core, from);
  loadUnmatched(core, from);
  settleFirm(core);
  if (!isIdentity(accounts) || !isIdentity(symbols)) moveIndexes(core, accounts, symbols);
  loadExposure(core, from, accounts, symbols);
  loadDuplicates(area, code, from, accounts, symbols);
  loadExecutionTimes(code, from, accounts, symbols);
  loadFirmMessages(code, from);
  loadReferences(area, from, symbols);
}

function saveNames(area: AreaViews, table: number, to: StateSink, name: string): void {
  const count = area.word(table + layout.NAME_COUNT);
  const words = (count * ID_BYTES) >> 2;
  to.words(name, area.ints(table + layout.NAMES_AT, words), words);
  to.numbers(name, [...area.tableBytes(table + layout.NAME_LENGTHS_AT, count)]);
}

/** Takes up the names of a snapshot that are configured or used. Returns the index of each here, NONE for the others. */
function loadNames(
  { area, code }: Core,
  table: number,
  from: StateSource,
  name: string,
  used: ReadonlySet<number>,
): number[] {
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
    return found === NONE && used.has(i) ? code.addName(table, at, length) : found;
  });
}

/** Sets a counter and its digits. */
function setCounter(area: AreaViews, counter: number, digits: number, value: number): void {
  area.setDouble(counter, value);
  area.bytes.fill(0, digits, digits + 16);
  area.bytes[digits + 16] = putWhole(area.bytes, digits, value) - digits;
}

function wordsOf(from: StateSource, name: string): Int32Array {
  const words = new Int32Array(from.length(name));
  from.words(name, words);
  return words;
}

function instructAll(code: CoreCode, words: Int32Array, symbols: readonly number[]): void {
  for (let i = 0; i < words.length; i += 3)
    code.instruct(symbols[words[i]!]!, (BigInt(words[i + 2]!) << 32n) | BigInt(words[i + 1]! >>> 0), 0);
}

/** Pairs of a symbol's index and its price; 0: none. */
function instructFormer(code: CoreCode, from: StateSource, symbols: readonly number[]): void {
  const references = from.numbers("references");
  for (let i = 0; i < references.length; i += 2)
    code.instruct(symbols[references[i]!]!, references[i + 1] === 0 ? NO_PRICE : BigInt(references[i + 1]!), 0);
}

function formerAccounts(from: StateSource, count: number): Int32Array {
  const [states, high, positions] = ["accounts", "accountsHigh", "accountPositions"].map((name) => from.numbers(name));
  const rows = Array.from({ length: count }, (_, i) =>
    exactAccount(states!.slice(9 * i, 9 * i + 9), high!.slice(4 * i, 4 * i + 4), positions!.slice(3 * i, 3 * i + 3)),
  );
  return Int32Array.from(rows.flatMap(({ buffer }) => [...new Int32Array(buffer)]));
}

function isIdentity(indexes: readonly number[]): boolean {
  return indexes.every((index, i) => index === i || index === NONE);
}

/** The configuration names accounts or symbols in another order than it did. */
function moveIndexes({ area, tables }: Core, accounts: readonly number[], symbols: readonly number[]): void {
  for (let slot = 0; slot < tables.fresh; slot++) {
    const order = tables.order.aim(slot);
    if (order.state === FREE) continue;
    if (order.account !== NONE) order.account = accounts[order.account]!;
    if (order.symbol !== NONE) order.symbol = symbols[order.symbol]!;
  }
  const traders = area.ints(layout.ORDER_TRADERS_AT, tables.fresh);
  for (const [slot, trader] of traders.entries()) if (trader !== 0) traders[slot] = accounts[trader - 1]! + 1;
}
