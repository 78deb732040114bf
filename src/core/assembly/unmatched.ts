import {
  EXEC_FILL,
  EXEC_PARTIAL_FILL,
  EXEC_TRADE,
  EXEC_TRADE_CANCEL,
  EXEC_TRADE_CORRECT,
  REPORT_CANCEL_REJECT,
  REPORT_EXECUTION,
  SIDE_BUY,
  SIDE_SELL,
  SIDE_SELL_SHORT,
} from "../../record/codes.ts";
import { Control } from "../../record/assembly/control.ts";
import { ExecutionReport } from "../../record/assembly/execution-report.ts";
import { ID_BYTES, NO_PRICE } from "../../record/assembly/units.ts";
import {
  CONTROL_APPLIED,
  CONTROL_ASSIGN_REPORT,
  CONTROL_BAD_RECORD,
  CONTROL_BAD_VALUE,
  CONTROL_TABLE_FULL,
  CONTROL_TEXT_AT,
  CONTROL_UNCHANGED,
  CONTROL_UNKNOWN_NAME,
  CONTROL_UNKNOWN_ORDER,
} from "../../record/control-codes.ts";
import { COUNT_UNMATCHED, COUNT_UNMATCHED_LOST } from "../counters.ts";
import { accountAt } from "./accounts.ts";
import { address, area, double, setDouble, setWord, word } from "./area.ts";
import { NONE } from "./codes.ts";
import { NO_FACTOR } from "./conversion.ts";
import { ACCOUNTS, FACTOR_BYTES, SYMBOL_WITHOUT_RATE, SYMBOLS } from "./layout.ts";
import { clientOf, execute } from "./levels.ts";
import { lock, lockAccount, unlock } from "./locks.ts";
import { isCountable, worthOf } from "./money.ts";
import { addName, findName } from "./names.ts";
import { executePosition, hasPosition, roomForPositions } from "./positions.ts";
import { count, setCounter } from "./state.ts";
import { symbolAt } from "./symbols.ts";
import { dayOf } from "./trading-days.ts";
import * as layout from "./unmatched-layout.ts";

// Reports of orders that are not known here are kept until an operator assigns each to an account, whose position and executed amounts
// then have its execution once, or dismisses it. A bust or correction of an execution that was assigned is assigned in the same way.

@unmanaged
class Unmatched {
  state: i32;
  spare: i32;
  receivedUs: f64;
  doneUs: f64;

  get text(): usize {
    return changetype<usize>(this) + layout.UNMATCHED_TEXT_AT;
  }
  get number(): f64 {
    return load<f64>(this.text);
  }
}

function unmatchedAt(row: i32): Unmatched {
  return changetype<Unmatched>(address(layout.UNMATCHED_AT) + <usize>row * layout.UNMATCHED_BYTES);
}

/** The text of the report that came last: behind the rows. */
let came: usize = 0;

/** Keeps a report that is of no order here, unless it is there already. */
export function keepUnmatched(report: ExecutionReport, timeUs: f64): void {
  setWord(layout.UNMATCHED_LAST, NONE);
  const kind = report.kind;
  if (kind !== REPORT_EXECUTION && kind !== REPORT_CANCEL_REJECT) return;
  write(report);
  if (isThere()) return;
  const at = place();
  if (at === NONE) {
    setWord(layout.UNMATCHED_LAST, 0);
    count(COUNT_UNMATCHED_LOST);
    return;
  }
  // The same in every replay, wherever that begins.
  const number = Math.max(Math.floor(timeUs), double(layout.UNMATCHED_NUMBER) + 1);
  setDouble(layout.UNMATCHED_NUMBER, number);
  setWord(layout.UNMATCHED_LAST, 1);
  lock(area + layout.UNMATCHED_LOCK);
  const row = unmatchedAt(at);
  // One that says an execution has taken the place of one that says none.
  if (row.state === layout.UNMATCHED_IS_OPEN) count(COUNT_UNMATCHED_LOST);
  memory.fill(changetype<usize>(row), 0, layout.UNMATCHED_BYTES);
  row.state = layout.UNMATCHED_IS_OPEN;
  row.receivedUs = timeUs;
  memory.copy(row.text, came, layout.UNMATCHED_REPORT_BYTES);
  store<f64>(row.text, number);
  unlock(area + layout.UNMATCHED_LOCK);
  countUnmatched();
}

function write(report: ExecutionReport): void {
  came = unmatchedAt(layout.MOST_UNMATCHED).text;
  memory.fill(came, 0, layout.UNMATCHED_REPORT_BYTES);
  store<i64>(came, report.lastQty, layout.UNMATCHED_LAST_QTY_AT);
  store<i64>(came, report.lastPxE8, layout.UNMATCHED_LAST_PX_AT);
  store<i64>(came, report.quantity, layout.UNMATCHED_ORDER_QTY_AT);
  store<i64>(came, report.priceE8, layout.UNMATCHED_PRICE_AT);
  store<i64>(came, report.cumQty, layout.UNMATCHED_CUM_QTY_AT);
  store<i64>(came, report.leavesQty, layout.UNMATCHED_LEAVES_QTY_AT);
  if (report.transactDigits !== 0) store<f64>(came, report.transactUs, layout.UNMATCHED_TRANSACT_AT);
  store<i32>(came, report.session, layout.UNMATCHED_VENUE_AT);
  store<u8>(came, report.kind, layout.UNMATCHED_KIND_AT);
  store<u8>(came, report.execType, layout.UNMATCHED_EXEC_TYPE_AT);
  store<u8>(came, report.ordStatus, layout.UNMATCHED_ORD_STATUS_AT);
  store<u8>(came, report.side, layout.UNMATCHED_SIDE_AT);
  writeId(0, report.orderIdAt, report.orderIdLength);
  writeId(1, report.execIdAt, report.execIdLength);
  writeId(2, report.execRefIdAt, report.execRefIdLength);
  writeId(3, report.symbolAt, report.symbolLength);
  writeId(4, report.accountAt, report.accountLength);
}

function writeId(which: usize, from: usize, length: i32): void {
  store<u8>(came + which, length, layout.UNMATCHED_LENGTHS_AT);
  memory.copy(came + layout.UNMATCHED_ORDER_ID_AT + which * ID_BYTES, from, <usize>length);
}

/** True when the report came before: the same execution, or one of another kind that says the same. */
function isThere(): bool {
  const isOne = isExecution(came) && load<u8>(came + 1, layout.UNMATCHED_LENGTHS_AT) !== 0;
  for (let i = 0; i < layout.MOST_UNMATCHED; i++) {
    const row = unmatchedAt(i);
    if (row.state === layout.UNMATCHED_FREE) continue;
    if (isOne ? isSameExecution(row.text) : saysTheSame(row.text)) return true;
  }
  return false;
}

/** An ExecID is one of its order, as in executions.ts: venues begin anew with each order, or each day. */
function isSameExecution(text: usize): bool {
  if (!isExecution(text) || isTrade(text) !== isTrade(came) || !isOfVenue(text, came)) return false;
  return isOfOrder(text, came) && isSameId(text + layout.UNMATCHED_EXEC_ID_AT, came + layout.UNMATCHED_EXEC_ID_AT);
}

function isOfVenue(text: usize, other: usize): bool {
  return load<i32>(text, layout.UNMATCHED_VENUE_AT) === load<i32>(other, layout.UNMATCHED_VENUE_AT);
}

function isOfOrder(text: usize, other: usize): bool {
  return isSameId(text + layout.UNMATCHED_ORDER_ID_AT, other + layout.UNMATCHED_ORDER_ID_AT);
}

function isSameId(one: usize, other: usize): bool {
  return memory.compare(one, other, ID_BYTES) === 0;
}

function saysTheSame(text: usize): bool {
  const from = layout.UNMATCHED_LAST_QTY_AT;
  return memory.compare(text + from, came + from, layout.UNMATCHED_REPORT_BYTES - from) === 0;
}

/** A trade, a bust or a correction. */
function isExecution(text: usize): bool {
  const execType: i32 = load<u8>(text, layout.UNMATCHED_EXEC_TYPE_AT);
  return isTrade(text) || (isOfExecutions(text) && (execType === EXEC_TRADE_CANCEL || execType === EXEC_TRADE_CORRECT));
}

function isTrade(text: usize): bool {
  const execType: i32 = load<u8>(text, layout.UNMATCHED_EXEC_TYPE_AT);
  return isOfExecutions(text) && (execType === EXEC_TRADE || execType === EXEC_PARTIAL_FILL || execType === EXEC_FILL);
}

function isOfExecutions(text: usize): bool {
  return <i32>load<u8>(text, layout.UNMATCHED_KIND_AT) === REPORT_EXECUTION;
}

/**
 * A free row, else that of the one that was dismissed first, else for an execution the open one without one that came first, else the one
 * that was assigned first; NONE: there is no room.
 */
function place(): i32 {
  let found = NONE;
  let best = 4;
  let bestUs: f64 = Infinity;
  const forExecution = isExecution(came);
  for (let i = 0; i < layout.MOST_UNMATCHED; i++) {
    const row = unmatchedAt(i);
    const state = row.state;
    if (state === layout.UNMATCHED_FREE) return i;
    let rank = 1;
    let us = row.doneUs;
    if (state === layout.UNMATCHED_IS_OPEN) {
      if (!forExecution || isExecution(row.text)) continue;
      rank = 2;
      us = row.receivedUs;
    } else if (state !== layout.UNMATCHED_DISMISSED) rank = 3;
    if (rank > best || (rank === best && us >= bestUs)) continue;
    found = i;
    best = rank;
    bestUs = us;
  }
  return found;
}

/** Decides a command that assigns or dismisses one, and writes the factor of its symbol into it. */
export function decideUnmatched(control: Control): i32 {
  if (control.textLength !== layout.UNMATCHED_TEXT_BYTES) return CONTROL_BAD_RECORD;
  const at = find(control.amount);
  if (at === NONE) return CONTROL_UNKNOWN_ORDER;
  const report = unmatchedAt(at);
  const text = changetype<usize>(control) + CONTROL_TEXT_AT;
  if (report.state !== layout.UNMATCHED_IS_OPEN) return CONTROL_UNCHANGED;
  if (memory.compare(text, report.text, layout.UNMATCHED_REPORT_BYTES) !== 0) return CONTROL_BAD_RECORD;
  if (control.kind !== CONTROL_ASSIGN_REPORT) return CONTROL_APPLIED;
  const length = toLength(text);
  if (length <= 0 || <u32>length > ID_BYTES) return CONTROL_BAD_RECORD;
  const account = findName(ACCOUNTS, text + layout.UNMATCHED_TO_AT, length);
  if (account === NONE || accountAt(account).isLevel) return CONTROL_UNKNOWN_NAME;
  const symbol = symbolOf(text);
  if (symbol === NONE) return CONTROL_UNKNOWN_NAME;
  const row = symbolAt(symbol);
  stampFactor(text + layout.UNMATCHED_FACTOR_AT, row.factor);
  if (!isExecution(text)) return CONTROL_BAD_VALUE;
  if (!isTrade(text)) {
    const before = executionOf(text);
    if (before === NONE) return CONTROL_UNKNOWN_ORDER;
    const other = unmatchedAt(before).text;
    if (!isSameName(text, other)) return CONTROL_BAD_VALUE;
    if (<i32>load<u8>(text, layout.UNMATCHED_EXEC_TYPE_AT) === EXEC_TRADE_CANCEL) return CONTROL_APPLIED;
  }
  if ((row.flags & SYMBOL_WITHOUT_RATE) !== 0 || !hasWorth(text)) return CONTROL_BAD_VALUE;
  const client = clientOf(account);
  const added = (hasPosition(account, symbol) ? 0 : 1) + (client === NONE || hasPosition(client, symbol) ? 0 : 1);
  return added > roomForPositions() ? CONTROL_TABLE_FULL : CONTROL_APPLIED;
}

/** One of 1 is written as 0. */
function stampFactor(at: usize, factor: usize): void {
  memory.fill(at, 0, FACTOR_BYTES);
  if (factor !== NO_FACTOR) memory.copy(at, factor, FACTOR_BYTES);
}

/** Both are of the same side and symbol, and assigned to the same account. */
function isSameName(text: usize, other: usize): bool {
  if (load<u8>(text, layout.UNMATCHED_SIDE_AT) !== load<u8>(other, layout.UNMATCHED_SIDE_AT)) return false;
  if (memory.compare(text + layout.UNMATCHED_SYMBOL_AT, other + layout.UNMATCHED_SYMBOL_AT, ID_BYTES) !== 0) return false;
  return memory.compare(text + layout.UNMATCHED_TO_AT, other + layout.UNMATCHED_TO_AT, ID_BYTES) === 0;
}

/** True when side, quantity and price are said, and what the execution is worth is held. */
function hasWorth(text: usize): bool {
  const side: i32 = load<u8>(text, layout.UNMATCHED_SIDE_AT);
  if (side !== SIDE_BUY && side !== SIDE_SELL && side !== SIDE_SELL_SHORT) return false;
  const quantity = load<i64>(text, layout.UNMATCHED_LAST_QTY_AT);
  if (quantity <= 0 || !isCountable(quantity)) return false;
  return worth(text) !== NO_PRICE;
}

function worth(text: usize): i64 {
  const price = load<i64>(text, layout.UNMATCHED_LAST_PX_AT);
  if (price === NO_PRICE) return NO_PRICE;
  const factor = text + layout.UNMATCHED_FACTOR_AT;
  return worthOf(load<i64>(text, layout.UNMATCHED_LAST_QTY_AT), price, load<i64>(factor) === 0 ? NO_FACTOR : factor);
}

/** Does what was decided. */
export function applyUnmatched(control: Control, timeUs: f64): void {
  const at = find(control.amount);
  const text = changetype<usize>(control) + CONTROL_TEXT_AT;
  const isAssigned = control.kind === CONTROL_ASSIGN_REPORT;
  const before = isAssigned && !isTrade(text) ? executionOf(text) : NONE;
  lock(area + layout.UNMATCHED_LOCK);
  if (at !== NONE) {
    const row = unmatchedAt(at);
    row.state = isAssigned ? layout.UNMATCHED_ASSIGNED : layout.UNMATCHED_DISMISSED;
    row.doneUs = timeUs;
    memory.copy(row.text, text, layout.UNMATCHED_TEXT_BYTES);
  }
  if (before !== NONE) {
    const other = unmatchedAt(before);
    other.state = layout.UNMATCHED_TAKEN_BACK;
  }
  unlock(area + layout.UNMATCHED_LOCK);
  countUnmatched();
  if (!isAssigned) return;
  if (before !== NONE) book(unmatchedAt(before).text, -1, timeUs);
  if (<i32>load<u8>(text, layout.UNMATCHED_EXEC_TYPE_AT) !== EXEC_TRADE_CANCEL) book(text, 1, timeUs);
}

/** Counts an execution for its account, or (`sign` -1) takes it back. In a replay, names that are no longer configured are added. */
function book(text: usize, sign: i64, timeUs: f64): void {
  let account = findName(ACCOUNTS, text + layout.UNMATCHED_TO_AT, toLength(text));
  if (account === NONE) account = addName(ACCOUNTS, text + layout.UNMATCHED_TO_AT, toLength(text));
  let symbol = symbolOf(text);
  if (symbol === NONE) symbol = addName(SYMBOLS, text + layout.UNMATCHED_SYMBOL_AT, symbolLength(text));
  const side: i32 = load<u8>(text, layout.UNMATCHED_SIDE_AT);
  const quantity = sign * load<i64>(text, layout.UNMATCHED_LAST_QTY_AT);
  const value = sign * worth(text);
  const price = load<i64>(text, layout.UNMATCHED_LAST_PX_AT);
  const size = price < 0 ? -value : value;
  lockAccount(account);
  execute(account, side, quantity, value, size, dayOf(timeUs));
  executePosition(account, symbol, side, quantity, dayOf(timeUs));
}

/**
 * Row of the execution that was assigned and that a bust or correction names in ExecRefID, or (of the same OrderID) the correction that has
 * taken its place; one of the same OrderID before others. NONE: there is none.
 */
function executionOf(text: usize): i32 {
  if (load<u8>(text + 2, layout.UNMATCHED_LENGTHS_AT) === 0) return NONE;
  const named = text + layout.UNMATCHED_EXEC_REF_ID_AT;
  const root = rootOf(named, text);
  let found = NONE;
  let best = 0;
  for (let i = 0; i < layout.MOST_UNMATCHED; i++) {
    const row = unmatchedAt(i);
    const other = row.text;
    if (row.state !== layout.UNMATCHED_ASSIGNED || !isOfVenue(other, text)) continue;
    if (<i32>load<u8>(other, layout.UNMATCHED_EXEC_TYPE_AT) === EXEC_TRADE_CANCEL) continue;
    const id = other + layout.UNMATCHED_EXEC_ID_AT;
    const isNamed = isSameId(id, named);
    const isOfSame = isOfOrder(other, text);
    if (!isNamed && !(isOfSame && isSameId(rootOf(id, text), root))) continue;
    const rank = (isOfSame ? 2 : 0) + (isNamed ? 1 : 0) + 1;
    if (rank <= best) continue;
    found = i;
    best = rank;
  }
  return found;
}

/** Where the ExecID is that assigned corrections of a venue's order go back to; `id` itself where there is none. */
function rootOf(id: usize, text: usize): usize {
  // Corrections that name each other have no end.
  for (let step = 0; step < MOST_CORRECTIONS; step++) {
    const at = correctionOf(id, text);
    if (at === NONE) break;
    id = unmatchedAt(at).text + layout.UNMATCHED_EXEC_REF_ID_AT;
  }
  return id;
}

const MOST_CORRECTIONS = 64;

function correctionOf(id: usize, text: usize): i32 {
  for (let i = 0; i < layout.MOST_UNMATCHED; i++) {
    const row = unmatchedAt(i);
    if (row.state !== layout.UNMATCHED_ASSIGNED && row.state !== layout.UNMATCHED_TAKEN_BACK) continue;
    if (<i32>load<u8>(row.text, layout.UNMATCHED_EXEC_TYPE_AT) !== EXEC_TRADE_CORRECT || !isOfVenue(row.text, text)) continue;
    if (isOfOrder(row.text, text) && isSameId(row.text + layout.UNMATCHED_EXEC_ID_AT, id)) return i;
  }
  return NONE;
}

function find(number: f64): i32 {
  for (let i = 0; i < layout.MOST_UNMATCHED; i++)
    if (unmatchedAt(i).state !== layout.UNMATCHED_FREE && unmatchedAt(i).number === number) return i;
  return NONE;
}

function symbolLength(text: usize): i32 {
  return load<u8>(text + 3, layout.UNMATCHED_LENGTHS_AT);
}

function symbolOf(text: usize): i32 {
  const length = symbolLength(text);
  return length === 0 ? NONE : findName(SYMBOLS, text + layout.UNMATCHED_SYMBOL_AT, length);
}

function toLength(text: usize): i32 {
  return load<u8>(text, layout.UNMATCHED_TO_LENGTH_AT);
}

export function countUnmatched(): void {
  let open = 0;
  for (let i = 0; i < layout.MOST_UNMATCHED; i++) if (unmatchedAt(i).state === layout.UNMATCHED_IS_OPEN) open++;
  setWord(layout.UNMATCHED_OPEN, open);
  setCounter(COUNT_UNMATCHED, open);
}
