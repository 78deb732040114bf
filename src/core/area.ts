import { ascii } from "../base/ascii.ts";
import { ID_BYTES } from "../base/id.ts";
import { NONE } from "../base/units.ts";
import { CONTROL_ANSWER_BYTES, CONTROL_SLOT_BYTES, MOST_CHANGES } from "../record/control-codes.ts";
import { EXECUTION_REPORT_BYTES } from "../record/execution-report.ts";
import { GROUP_SLOT_BYTES } from "../record/groups.ts";
import { ORDER_REQUEST_BYTES } from "../record/order-request.ts";
import { RING_END_BYTES } from "../ring/assembly/layout.ts";
import type { OneToOne } from "../ring/one-to-one.ts";
import { putRingEnd } from "../ring/ring-end.ts";
import type { AreaViews } from "./area-views.ts";
import { VENUE_NAME_BYTES, VENUE_NAMES_AT } from "./assembly/detail-layout.ts";
import * as layout from "./assembly/layout.ts";
import {
  MOST_OVERRIDES,
  OVERRIDE_BYTES,
  OVERRIDES_AT,
  OVERRIDES_PASSED_AT,
  PASSED_BYTES,
} from "./assembly/override-layout.ts";
import { ROUTE_BITS, ROUTE_SET_BYTES } from "./assembly/route-layout.ts";
import { MOST_TEMPORARIES, TEMPORARIES_AT, TEMPORARY_BYTES } from "./assembly/temporary-layout.ts";
import { MOST_UNMATCHED, UNMATCHED_AT, UNMATCHED_BYTES } from "./assembly/unmatched-layout.ts";
import type { CoreConfig } from "./config.ts";
import { MAX_POSITIONS, SPARE_NAMES, UTC_DAYS } from "./config.ts";
import { levelRows } from "./level-rows.ts";
import { cxlRejReason, ordRejReason, reasonText } from "./risk/reasons.ts";
import { putSettingKinds, SETTINGS } from "./risk/settings.ts";
import { takenBits } from "./taken-bits.ts";

const IDS_PER_ORDER = 2;
/** Executions that are remembered for each order slot, besides its first ones. */
const EXECUTIONS_PER_ORDER = 4;
const REASONS = 256;
const MOST_ENTERED = 262_144;
/** Times of executions that are kept: for each order, but so many at least and at most. */
const TIMES_PER_ORDER = 4;
const LEAST_TIMES = 16_384;
const MOST_TIMES = 262_144;
/** Messages of all client sessions whose times are kept, of each of two kinds: the highest limit. */
const FIRM_TIMES = 131_072;
/** Pairs beside those that have a position. */
const SPARE_PAIRS = 1_024;

/** Records that TypeScript gives to the core: a request or report, its groups, a command, an answer. */
export const SCRATCH_GROUPS_AT = EXECUTION_REPORT_BYTES;
export const SCRATCH_CONTROL_AT = SCRATCH_GROUPS_AT + GROUP_SLOT_BYTES;
export const SCRATCH_ANSWER_AT = SCRATCH_CONTROL_AT + CONTROL_SLOT_BYTES;
export const SCRATCH_BYTES = SCRATCH_ANSWER_AT + CONTROL_ANSWER_BYTES;

/** What decides how large a core's area is. */
export interface CoreSizes {
  readonly maxOrders: number;
  /** Configured ones; clients, client sessions and traders are among the accounts. */
  readonly accounts: number;
  readonly symbols: number;
  /** Positions of accounts in symbols, and of clients (`positionRows`). */
  readonly positions: number;
  /** Pairs of a trader and a symbol whose executions are counted (`traderPairs`). */
  readonly traderPairs: number;
  /** As many more of each: those that a reload adds, and those of the journal's orders that are no longer configured. */
  readonly spareNames: number;
  readonly sessionIds: number;
  readonly venueIds: number;
  readonly dayOffsets: number;
  /** Agents with rings to and from the core. */
  readonly clients: number;
  readonly venues: number;
}

/** A ring of records and the one of their groups beside it. */
export interface RingPair {
  readonly ring: OneToOne;
  readonly groups: OneToOne;
}

/** All rings between a core and its agents, in the core's memory. */
export interface CoreRings {
  readonly toClients: readonly RingPair[];
  readonly toVenues: readonly RingPair[];
  readonly orders: readonly RingPair[];
  readonly reports: readonly RingPair[];
  /** Commands, and their answers; null: there are none. */
  readonly control: OneToOne | null;
  readonly answers: OneToOne | null;
  /** By session id and by venue id: which of the rings leads there, NONE for the ids of a past that has no agent today. */
  readonly sessionRing: Int32Array;
  readonly venueRing: Int32Array;
}

export function sizesOf(config: CoreConfig, clients: number, venues: number): CoreSizes {
  return {
    maxOrders: config.maxOrders,
    accounts: config.accounts.length + levelRows(config).length,
    symbols: config.symbols.length,
    positions: positionRows(config.maxPositions ?? MAX_POSITIONS, config.clients ?? []),
    traderPairs: traderPairs(config.maxPositions ?? MAX_POSITIONS, config.traders ?? []),
    spareNames: config.spareNames ?? SPARE_NAMES,
    sessionIds: config.sessionIds,
    venueIds: config.venueIds,
    dayOffsets: (config.tradingDay ?? UTC_DAYS).offsets.length,
    clients,
    venues,
  };
}

/** Rows of positions: with clients one more for each, that of the account's client. */
export function positionRows(maxPositions: number, clients: readonly unknown[]): number {
  return clients.length === 0 ? maxPositions : 2 * maxPositions;
}

/** Pairs of a trader and a symbol: as many as positions, where there are traders. */
export function traderPairs(maxPositions: number, traders: readonly unknown[]): number {
  return traders.length === 0 ? 0 : maxPositions;
}

/** Bytes of an area. */
export function coreBytes(sizes: CoreSizes): number {
  return tablesOf(sizes).reduce((at, { bytes }) => at + wholeLines(bytes), layout.HEAD_BYTES) + SCRATCH_BYTES;
}

interface Table {
  /** Where in the area its address is written. */
  readonly word: number;
  readonly bytes: number;
}

/** All tables in their order. */
function tablesOf(sizes: CoreSizes): Table[] {
  const { maxOrders, sessionIds, venueIds, clients, venues } = sizes;
  const ids = maxOrders * IDS_PER_ORDER;
  const buckets = bucketsFor(maxOrders * EXECUTIONS_PER_ORDER);
  const accounts = sizes.accounts + sizes.spareNames;
  const symbols = sizes.symbols + sizes.spareNames;
  const ends = (word: number, count: number): Table => ({ word, bytes: count * RING_END_BYTES });
  return [
    ...namesOf(layout.ACCOUNT_NAMES, accounts),
    ...namesOf(layout.SYMBOL_NAMES, symbols),
    { word: layout.ACCOUNTS_AT, bytes: (accounts + 1) * layout.ACCOUNT_BYTES },
    { word: layout.SYMBOLS_AT, bytes: symbols * layout.SYMBOL_BYTES },
    { word: layout.ACCOUNT_LOCKS_AT, bytes: 4 * (accounts + 1) },
    { word: layout.SYMBOL_LOCKS_AT, bytes: 4 * symbols },
    ...settingTables(accounts, symbols),
    { word: layout.POSITIONS_AT, bytes: sizes.positions * layout.POSITION_BYTES },
    { word: layout.POSITION_CLIENTS_AT, bytes: 4 * sizes.positions },
    { word: layout.DUPLICATES_AT, bytes: enteredSlots(maxOrders) * layout.DUPLICATE_BYTES },
    { word: layout.DUPLICATE_HEADS_AT, bytes: 4 * enteredSlots(maxOrders) },
    { word: layout.PAIRS_AT, bytes: pairCapacity(sizes) * layout.PAIR_BYTES },
    { word: layout.PAIR_INDEX_AT, bytes: 4 * powerOfTwo(64, 2 * pairCapacity(sizes)) },
    { word: layout.EXECUTION_TIMES_AT, bytes: executionTimes(maxOrders) * layout.EXECUTION_TIME_BYTES },
    { word: layout.FIRM_TIMES_AT, bytes: 2 * 8 * FIRM_TIMES },
    { word: layout.RESTING_AT, bytes: maxOrders * layout.RESTING_BYTES },
    { word: layout.POSITION_INDEX_AT, bytes: 4 * powerOfTwo(64, 2 * sizes.positions) },
    { word: layout.CHANGED_AT, bytes: 4 * MOST_CHANGES },
    { word: OVERRIDES_AT, bytes: MOST_OVERRIDES * OVERRIDE_BYTES },
    { word: UNMATCHED_AT, bytes: (MOST_UNMATCHED + 1) * UNMATCHED_BYTES },
    { word: OVERRIDES_PASSED_AT, bytes: MOST_OVERRIDES * PASSED_BYTES },
    { word: TEMPORARIES_AT, bytes: MOST_TEMPORARIES * TEMPORARY_BYTES },
    { word: layout.VENUE_OF_AT, bytes: 4 * symbols },
    { word: layout.VENUES_UP_AT, bytes: venueIds },
    { word: layout.ROUTE_SETS_AT, bytes: 2 * ROUTE_SET_BYTES },
    { word: layout.ROUTE_SESSIONS_AT, bytes: 2 * sessionIds * ROUTE_BITS },
    { word: layout.ROUTE_ACCOUNTS_AT, bytes: 2 * accounts * ROUTE_BITS },
    { word: layout.ROUTE_SYMBOLS_AT, bytes: 2 * symbols * ROUTE_BITS },
    { word: layout.VENUE_TAKES_AT, bytes: venueIds * layout.VENUE_TAKES_BYTES },
    { word: VENUE_NAMES_AT, bytes: venueIds * VENUE_NAME_BYTES },
    { word: layout.SESSION_LEVELS_AT, bytes: sessionIds * layout.SESSION_LEVEL_BYTES },
    { word: layout.ENTITLEMENTS_AT, bytes: 4 * (((sessionIds * accounts) >>> 5) + 1) },
    { word: layout.KNOWN_SESSIONS_AT, bytes: sessionIds },
    { word: layout.DEFAULT_ACCOUNTS_AT, bytes: 8 * sessionIds },
    { word: layout.SESSION_TRADING_AT, bytes: tradingBytes(sessionIds) },
    { word: layout.VENUE_TRADING_AT, bytes: tradingBytes(venueIds) },
    { word: layout.SESSION_MARKS_AT, bytes: sessionIds * layout.TRADING_MARK_BYTES },
    { word: layout.VENUE_MARKS_AT, bytes: venueIds * layout.TRADING_MARK_BYTES },
    { word: layout.DAY_OFFSETS_AT, bytes: 16 * sizes.dayOffsets },
    { word: layout.SESSION_RING_AT, bytes: 4 * sessionIds },
    { word: layout.VENUE_RING_AT, bytes: 4 * venueIds },
    { word: layout.REPORT_INDEXES_AT, bytes: 4 * sessionIds },
    { word: layout.REQUEST_INDEXES_AT, bytes: 4 * venueIds },
    { word: layout.SENT_REPORTS_AT, bytes: 4 * sessionIds },
    { word: layout.SENT_REQUESTS_AT, bytes: 4 * venueIds },
    ends(layout.REPORT_RINGS_AT, clients),
    ends(layout.REPORT_GROUP_RINGS_AT, clients),
    ends(layout.REQUEST_RINGS_AT, venues),
    ends(layout.REQUEST_GROUP_RINGS_AT, venues),
    ends(layout.ORDER_INPUTS_AT, clients),
    ends(layout.ORDER_GROUP_INPUTS_AT, clients),
    ends(layout.REPORT_INPUTS_AT, venues),
    ends(layout.REPORT_GROUP_INPUTS_AT, venues),
    ends(layout.CONTROL_INPUT_AT, 1),
    ends(layout.ANSWERS_AT, 1),
    { word: layout.OPEN_COUNTS_AT, bytes: 4 * sessionIds },
    { word: layout.OPEN_PLACES_AT, bytes: 4 * sessionIds },
    { word: layout.REASONS_AT, bytes: REASONS * layout.REASON_BYTES },
    { word: layout.LATE_REQUEST_AT, bytes: ORDER_REQUEST_BYTES + GROUP_SLOT_BYTES },
    { word: layout.LATE_REPORT_AT, bytes: EXECUTION_REPORT_BYTES + GROUP_SLOT_BYTES },
    { word: layout.OPERATOR_REQUEST_AT, bytes: ORDER_REQUEST_BYTES },
    { word: layout.OWN_CONTROL_AT, bytes: CONTROL_SLOT_BYTES + CONTROL_ANSWER_BYTES },
    { word: layout.CANCEL_ORDERS_AT, bytes: CONTROL_SLOT_BYTES + CONTROL_ANSWER_BYTES },
    { word: layout.ORDERS_AT, bytes: maxOrders * layout.ORDER_BYTES },
    { word: layout.ORDER_LOCKS_AT, bytes: 4 * maxOrders },
    { word: layout.ORDER_TRADERS_AT, bytes: 4 * maxOrders },
    { word: layout.ORDER_FACTORS_AT, bytes: maxOrders * layout.FACTOR_BYTES },
    { word: layout.ORDER_TIMES_AT, bytes: maxOrders * layout.ORDER_TIMES_BYTES },
    { word: layout.ID_INDEX_AT, bytes: layout.ID_BUCKET_BYTES * idBuckets(ids) },
    { word: layout.IDS_AT, bytes: ids * layout.ID_ENTRY_BYTES },
    { word: layout.ID_TAILS_AT, bytes: ids * layout.TAIL_BYTES },
    { word: layout.ORDER_ID_INDEX_AT, bytes: layout.ID_BUCKET_BYTES * idBuckets(2 * maxOrders) },
    { word: layout.ORDER_IDS_AT, bytes: maxOrders * ID_BYTES },
    { word: layout.FIRST_EXECUTIONS_AT, bytes: maxOrders * layout.FIRST_EXECUTIONS_BYTES },
    { word: layout.EXECUTIONS_AT, bytes: buckets * layout.BUCKET_BYTES },
    { word: layout.FACTS_AT, bytes: buckets * layout.FACTS_BYTES },
  ];
}

/** Bytes of the trading states of so many ids. */
export function tradingBytes(ids: number): number {
  return 4 * (1 + ids);
}

/** Settings of all accounts and symbols and of the firm, and their descriptions. */
function settingTables(accounts: number, symbols: number): Table[] {
  const rows = [accounts, symbols, 1];
  return SETTINGS.flatMap(({ length }, subject) => {
    const at = layout.SUBJECTS_AT + subject * layout.SUBJECT_BYTES;
    return [
      { word: at + layout.SETTINGS_AT, bytes: rows[subject]! * length * layout.SETTING_BYTES },
      { word: at + layout.SETTING_KINDS_AT, bytes: length * layout.SETTING_KIND_BYTES },
    ];
  });
}

function namesOf(at: number, capacity: number): Table[] {
  return [
    { word: at + layout.NAMES_AT, bytes: capacity * ID_BYTES },
    { word: at + layout.NAME_LENGTHS_AT, bytes: capacity },
    { word: at + layout.NAME_INDEX_AT, bytes: 4 * powerOfTwo(64, 2 * capacity) },
  ];
}

/** Buckets of the index of this many ids, which take two thirds of its room at most. */
function idBuckets(capacity: number): number {
  return powerOfTwo(128, capacity / 8);
}

/** The power of two of cache lines that holds at least seven eighths of `capacity`. */
function bucketsFor(capacity: number): number {
  return powerOfTwo(1024, capacity / 8);
}

/** Accepted orders that duplicates are held against. */
function enteredSlots(maxOrders: number): number {
  return powerOfTwo(1024, Math.min(maxOrders, MOST_ENTERED));
}

function executionTimes(maxOrders: number): number {
  return Math.min(Math.max(TIMES_PER_ORDER * maxOrders, LEAST_TIMES), MOST_TIMES);
}

function pairCapacity({ positions, traderPairs }: CoreSizes): number {
  return positions + traderPairs + SPARE_PAIRS;
}

function powerOfTwo(least: number, wanted: number): number {
  let power = least;
  while (power < wanted) power *= 2;
  return power;
}

function wholeLines(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}

/** Writes addresses, sizes, ends of rings and texts into an area of zeros. */
export function layOut(area: AreaViews, sizes: CoreSizes, rings: CoreRings): void {
  let at = area.at + layout.HEAD_BYTES;
  for (const { word, bytes } of tablesOf(sizes)) {
    area.setWord(word, at);
    at += wholeLines(bytes);
  }
  putSizes(area, sizes);
  for (const digits of [layout.NUMBER_DIGITS, layout.EXECUTION_DIGITS, layout.REFERENCE_DIGITS]) {
    area.bytes[digits] = 0x30;
    area.bytes[digits + 16] = 1;
  }
  for (const word of [layout.FREED, layout.OLDEST, layout.NEWEST, layout.IDS_FREED, layout.ORDER_SLOT, layout.FALLEN])
    area.setWord(word, NONE);
  area.ints(layout.VENUE_OF_AT, sizes.symbols + sizes.spareNames).fill(NONE);
  area.ints(layout.OPEN_PLACES_AT, sizes.sessionIds).fill(NONE);
  area.ints(layout.SESSION_RING_AT, sizes.sessionIds).set(rings.sessionRing);
  area.ints(layout.VENUE_RING_AT, sizes.venueIds).set(rings.venueRing);
  putTaken(area, sizes.venueIds);
  putRings(area, rings);
  putReasons(area);
  putSettingKinds(area);
}

/** Until the configuration says otherwise, and for the venues that a reload adds. */
function putTaken(area: AreaViews, venueIds: number): void {
  const usual = takenBits({});
  new BigInt64Array(area.buffer, area.at + layout.USUAL_TAKES_AT, 2).set(usual);
  const takes = area.table(layout.VENUE_TAKES_AT, venueIds * layout.VENUE_TAKES_BYTES).longs;
  for (let i = 0; i < venueIds; i++) takes.set(usual, 2 * i);
}

function putSizes(area: AreaViews, sizes: CoreSizes): void {
  const { maxOrders } = sizes;
  const ids = maxOrders * IDS_PER_ORDER;
  area.setWord(layout.MAX_ORDERS, maxOrders);
  area.setWord(layout.ID_CAPACITY, ids);
  area.setWord(layout.ID_INDEX_BUCKETS, idBuckets(ids));
  area.setWord(layout.ORDER_ID_INDEX_BUCKETS, idBuckets(2 * maxOrders));
  area.setWord(layout.EXECUTION_BUCKETS, bucketsFor(maxOrders * EXECUTIONS_PER_ORDER));
  area.setWord(layout.VENUE_IDS, sizes.venueIds);
  area.setWord(layout.SESSION_IDS, sizes.sessionIds);
  area.setWord(layout.DAY_OFFSET_COUNT, sizes.dayOffsets);
  area.setWord(layout.DUPLICATE_SLOTS, enteredSlots(maxOrders));
  area.setWord(layout.POSITION_CAPACITY, sizes.positions);
  area.setWord(layout.PAIR_CAPACITY, pairCapacity(sizes));
  area.setWord(layout.TRADER_PAIR_CAPACITY, sizes.traderPairs);
  area.setWord(layout.PAIR_INDEX_SLOTS, powerOfTwo(64, 2 * pairCapacity(sizes)));
  area.setWord(layout.EXECUTION_TIME_CAPACITY, executionTimes(maxOrders));
  area.setWord(layout.FIRM_TIME_SLOTS, FIRM_TIMES);
  area.setWord(layout.POSITION_INDEX_SLOTS, powerOfTwo(64, 2 * sizes.positions));
  area.setWord(layout.REPORT_RING_COUNT, sizes.clients);
  area.setWord(layout.REQUEST_RING_COUNT, sizes.venues);
  area.setWord(layout.ORDER_INPUT_COUNT, sizes.clients);
  area.setWord(layout.REPORT_INPUT_COUNT, sizes.venues);
  putNameSizes(area, layout.ACCOUNT_NAMES, sizes.accounts + sizes.spareNames);
  putNameSizes(area, layout.SYMBOL_NAMES, sizes.symbols + sizes.spareNames);
}

function putNameSizes(area: AreaViews, at: number, capacity: number): void {
  area.setWord(at + layout.NAME_CAPACITY, capacity);
  area.setWord(at + layout.NAME_INDEX_SLOTS, powerOfTwo(64, 2 * capacity));
}

function putRings(area: AreaViews, rings: CoreRings): void {
  putEnds(area, layout.REPORT_RINGS_AT, rings.toClients.map(recordsOf), true);
  putEnds(area, layout.REPORT_GROUP_RINGS_AT, rings.toClients.map(groupsOf), true);
  putEnds(area, layout.REQUEST_RINGS_AT, rings.toVenues.map(recordsOf), true);
  putEnds(area, layout.REQUEST_GROUP_RINGS_AT, rings.toVenues.map(groupsOf), true);
  putEnds(area, layout.ORDER_INPUTS_AT, rings.orders.map(recordsOf), false);
  putEnds(area, layout.ORDER_GROUP_INPUTS_AT, rings.orders.map(groupsOf), false);
  putEnds(area, layout.REPORT_INPUTS_AT, rings.reports.map(recordsOf), false);
  putEnds(area, layout.REPORT_GROUP_INPUTS_AT, rings.reports.map(groupsOf), false);
  if (rings.control !== null) putEnds(area, layout.CONTROL_INPUT_AT, [rings.control], false);
  if (rings.answers !== null) putEnds(area, layout.ANSWERS_AT, [rings.answers], true);
}

function recordsOf({ ring }: RingPair): OneToOne {
  return ring;
}

function groupsOf({ groups }: RingPair): OneToOne {
  return groups;
}

function putEnds(area: AreaViews, table: number, rings: readonly OneToOne[], produces: boolean): void {
  const words = area.ints(table, (rings.length * RING_END_BYTES) >> 2);
  for (const [i, ring] of rings.entries()) putRingEnd(words, (i * RING_END_BYTES) >> 2, ring, produces);
}

function putReasons(area: AreaViews): void {
  const bytes = area.tableBytes(layout.REASONS_AT, REASONS * layout.REASON_BYTES);
  for (let reason = 0; reason < REASONS; reason++) {
    const at = reason * layout.REASON_BYTES;
    const text = ascii(reasonText(reason));
    bytes[at] = text.length;
    bytes[at + 1] = ordRejReason(reason);
    bytes[at + 2] = cxlRejReason(reason);
    bytes.set(text, at + layout.REASON_TEXT_AT);
  }
}
