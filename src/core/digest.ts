import { ID_BYTES } from "../base/id.ts";
import { AccountRow } from "./account-row.ts";
import type { AreaViews } from "./area-views.ts";
import * as layout from "./assembly/layout.ts";
import { OVERRIDE_BYTES } from "./assembly/override-layout.ts";
import { UNMATCHED_BYTES, UNMATCHED_NUMBER } from "./assembly/unmatched-layout.ts";
import { enteredOrders } from "./kept-duplicates.ts";
import { executionTimes, lostTimes } from "./kept-execution-times.ts";
import { firmMessages } from "./kept-firm-messages.ts";
import { overridesIn } from "./overrides.ts";
import { changedSettings } from "./setting-table.ts";
import { Temporaries } from "./temporaries.ts";
import { unmatchedIn } from "./unmatched.ts";

const PRIME = 0x01000193;

/** Mixes all that an input can change into one number; independent of where ids are in their indexes. */
export function digest(area: AreaViews): number {
  const unmatched = rowsOf(unmatchedIn(area).ints, UNMATCHED_BYTES);
  return mix(mix(bookDigest(area), unmatched), area.double(UNMATCHED_NUMBER)) >>> 0;
}

/** The same without unmatched reports. */
export function bookDigest(area: AreaViews): number {
  const fresh = area.word(layout.FRESH);
  let hash = mixTable(area, layout.ORDERS_AT, fresh * layout.ORDER_BYTES, 0x811c9dc5);
  for (const word of [layout.FREED, layout.OLDEST, layout.NEWEST, layout.CLAIMED]) hash = mix(hash, area.word(word));
  hash = mixTable(area, layout.ORDER_IDS_AT, fresh * ID_BYTES, hash);
  hash = mix(hash, area.word(layout.OPEN_COUNT));
  if (area.word(layout.HAS_FACTORS) !== 0)
    hash = mixTable(area, layout.ORDER_FACTORS_AT, fresh * layout.FACTOR_BYTES, hash);
  const idsFresh = area.word(layout.IDS_FRESH);
  hash = mixTable(area, layout.IDS_AT, idsFresh * layout.ID_ENTRY_BYTES, hash);
  hash = mixTable(area, layout.ID_TAILS_AT, idsFresh * layout.TAIL_BYTES, hash);
  hash = mix(hash, area.word(layout.IDS_USED));
  hash = mixTable(area, layout.FIRST_EXECUTIONS_AT, fresh * layout.FIRST_EXECUTIONS_BYTES, hash);
  const buckets = area.word(layout.EXECUTION_BUCKETS);
  hash = mixTable(area, layout.EXECUTIONS_AT, buckets * layout.BUCKET_BYTES, hash);
  hash = mixTable(area, layout.FACTS_AT, buckets * layout.FACTS_BYTES, hash);
  hash = mixNumbers(area, hash);
  hash = mixUsed(area.ints(layout.REPORT_INDEXES_AT, area.word(layout.SESSION_IDS)), hash);
  hash = mixUsed(area.ints(layout.REQUEST_INDEXES_AT, area.word(layout.VENUE_IDS)), hash);
  hash = mixUsed(area.ints(layout.SESSION_TRADING_AT, 1 + area.word(layout.SESSION_IDS)).subarray(1), hash);
  hash = mixUsed(area.ints(layout.VENUE_TRADING_AT, 1 + area.word(layout.VENUE_IDS)).subarray(1), hash);
  hash = mixUsed(marksOf(area, layout.SESSION_MARKS_AT, layout.SESSION_IDS), hash);
  hash = mixUsed(marksOf(area, layout.VENUE_MARKS_AT, layout.VENUE_IDS), hash);
  hash = mix(hash, area.double(layout.NUMBER));
  hash = mix(hash, area.double(layout.EXECUTION));
  return mix(hash, area.word(layout.KILLED)) >>> 0;
}

/** Who has set which trading state. */
function marksOf(area: AreaViews, table: number, ids: number): Int32Array {
  return area.ints(table, (area.word(ids) * layout.TRADING_MARK_BYTES) / 4);
}

/** Exposure of every account, reference prices of every symbol, times of messages, and what operators have set. */
function mixNumbers(area: AreaViews, hash: number): number {
  const accounts = area.word(layout.ACCOUNT_NAMES + layout.NAME_COUNT);
  const symbols = area.word(layout.SYMBOL_NAMES + layout.NAME_COUNT);
  const account = new AccountRow(area.table(layout.ACCOUNTS_AT, accounts * layout.ACCOUNT_BYTES));
  const prices = area.ints(layout.SYMBOLS_AT, (symbols * layout.SYMBOL_BYTES) / 4);
  let mixed = hash;
  for (let i = 0; i < accounts; i++) {
    mixed = mixWords(account.aim(i).state(), mixed);
    mixed = mixWords(account.exposure(), mixed);
  }
  mixed = mix(mixed, positionsOf(area));
  for (const entered of enteredOrders(area))
    for (const long of entered)
      mixed = mix(mixed, Number(BigInt.asIntN(32, long)) ^ Number(BigInt.asIntN(32, long >> 32n)));
  for (const time of executionTimes(area)) for (const one of time) mixed = mix(mixed, one);
  for (const lost of lostTimes(area)) mixed = (mixed + lost.reduce(mix, 0x811c9dc5)) | 0;
  for (let i = 0; i < symbols; i++) {
    const at = (i * layout.SYMBOL_BYTES) / 4;
    // From the execution to the operator's or the configuration's price.
    mixed = mixWords(prices.subarray(at + layout.SYMBOL_EXECUTION_AT / 4, at + layout.SYMBOL_BASE_AT / 4 + 2), mixed);
  }
  for (const time of firmMessages(area)) for (const one of time) mixed = mix(mixed, one);
  for (const { subject, index, setting, words } of changedSettings(area)) {
    mixed = mix(mix(mix(mixed, subject), index), setting);
    mixed = mixWords(words, mixed);
  }
  return mix(mix(mixed, temporariesOf(area)), rowsOf(overridesIn(area).ints, OVERRIDE_BYTES));
}

/** Values that have an end, in whatever order they stand. */
function temporariesOf(area: AreaViews): number {
  const table = Temporaries.of(area);
  let sum = 0;
  for (let row = 0; row < table.count; row++) {
    const { beneath, setting, index, subject, untilUs } = table.aim(row);
    sum = (sum + mixWords(beneath.words(), [subject, index, setting, untilUs / 1_000].reduce(mix, 0x811c9dc5))) | 0;
  }
  return sum;
}

/** Rows that are used, whose first word is their state, in whatever order they stand. */
function rowsOf(ints: Int32Array, bytes: number): number {
  const words = bytes / 4;
  let sum = 0;
  for (let at = 0; at < ints.length; at += words)
    if (ints[at] !== 0) sum = (sum + mixWords(ints.subarray(at, at + words), 0x811c9dc5)) | 0;
  return sum;
}

/** By id, without those at the end that nobody has yet. */
function mixUsed(byId: Int32Array, hash: number): number {
  let end = byId.length;
  while (end > 0 && byId[end - 1] === 0) end--;
  return mixWords(byId.subarray(0, end), hash);
}

/** All positions, in whatever order they stand. */
function positionsOf(area: AreaViews): number {
  const count = area.word(layout.POSITION_COUNT);
  const words = layout.POSITION_BYTES / 4;
  const ints = area.ints(layout.POSITIONS_AT, count * words);
  let sum = 0;
  for (let row = 0; row < count; row++) {
    const position = ints.subarray(row * words, (row + 1) * words);
    // One that a snapshot leaves out: all but its names and its day is 0.
    if (position.subarray(4).some((word) => word !== 0)) sum = (sum + mixWords(position, 0x811c9dc5)) | 0;
  }
  return sum;
}

function mix(hash: number, value: number): number {
  return Math.imul(hash ^ value, PRIME);
}

function mixTable(area: AreaViews, table: number, bytes: number, hash: number): number {
  return mixWords(area.ints(table, bytes / 4), hash);
}

function mixWords(ints: Int32Array, hash: number): number {
  let mixed = hash;
  for (let i = 0; i < ints.length; i++) mixed = Math.imul(mixed ^ ints[i]!, PRIME);
  return mixed;
}
