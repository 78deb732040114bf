import { currencyText } from "../base/currency.ts";
import { ID_BYTES, idText, SHORT_ID_BYTES } from "../base/id.ts";
import { NONE } from "../base/units.ts";
import { Views } from "../base/views.ts";
import { AccountRow } from "./account-row.ts";
import { AreaViews } from "./area-views.ts";
import * as layout from "./assembly/layout.ts";
import { OVERRIDE_LOCK } from "./assembly/override-layout.ts";
import {
  MOST_TEMPORARIES,
  TEMPORARIES_AT,
  TEMPORARY_BYTES,
  TEMPORARY_COUNT,
  TEMPORARY_LOCK,
} from "./assembly/temporary-layout.ts";
import { UNMATCHED_LOCK } from "./assembly/unmatched-layout.ts";
import { FIRM_ROW, levelOf } from "./level-rows.ts";
import { OrderScan } from "./order-scan.ts";
import { Order } from "./orders/order.ts";
import { FREE } from "./orders/states.ts";
import { type OverrideState, overrideStates, overridesIn } from "./overrides.ts";
import { PositionTable } from "./position-table.ts";
import { changedSettings, nameCount, SettingTable } from "./setting-table.ts";
import { type ReferenceState, referenceState } from "./symbol-sources.ts";
import { Temporaries, type TemporaryState, temporaryStates } from "./temporaries.ts";
import { tradingMarkOf } from "./trading-mark.ts";
import { type UnmatchedState, unmatchedIn, unmatchedStates } from "./unmatched.ts";

/** Tries before a row counts as unreadable; from WAIT_AFTER on with a pause, in which the core's thread may use this CPU. */
const TRIES = 10_000;
const WAIT_AFTER = 100;
const PAUSE_MS = 0.05;
const ORDER_WORDS = layout.ORDER_BYTES / 4;
const ORDER_NUMBERS = layout.ORDER_BYTES / 8;
const ID_WORDS = ID_BYTES / 4;
const SHORT_ID_WORDS = SHORT_ID_BYTES / 4;
const ENTRY_WORDS = layout.ID_ENTRY_BYTES / 4;
const ENTRY_NEXT = 40 / 4;
// Ints of an order's row: its session and account, its state in a byte of another, the newest of its ClOrdIDs.
const SESSION = 12;
const STATE = 15;
const FIRST_ID = 32;
const TIMES = layout.ORDER_TIMES_BYTES / 8;
/** An order remembers no more ClOrdIDs than this. */
const MOST_IDS = 255;

/** An order as it was between two inputs; a copy. */
export interface OrderState {
  readonly slot: number;
  readonly row: Order;
  /** ClOrdID that it goes by now, and all that it has, newest first. */
  readonly clOrdId: string;
  readonly clOrdIds: readonly string[];
  /** OrderID that its venue said last, or "". */
  readonly venueOrderId: string;
  readonly account: string;
  /** Rows of its client and of its trader (core/level-rows.ts); "": it has none. */
  readonly client: string;
  readonly trader: string;
  readonly symbol: string;
  /** When it came and when it last changed, microseconds since 1970; 0: an earlier version did not keep it. */
  readonly createdUs: number;
  readonly changedUs: number;
}

export interface SymbolState extends ReferenceState {
  readonly isEnabled: boolean;
  readonly isKilled: boolean;
  /** The configuration has it; without that it takes no new orders. */
  readonly isConfigured: boolean;
  /** A reload of the configuration has taken it away; a start forgets that. */
  readonly isRetired: boolean;
  /** An operator has set the reference price. */
  readonly isInstructed: boolean;
  /** Id of the venue that gets its orders, or NONE. */
  readonly venue: number;
  readonly isVenueUp: boolean;
}

/**
 * Reads what a core knows while that works on another thread, and never stops it: rows are copied under their sequence locks
 * (core/assembly/locks.ts), again and again until the core has not changed them meanwhile. What is found in several rows is of several
 * moments. For a core that has taken up its journal.
 */
export class StateReader {
  readonly area: AreaViews;
  private readonly orders: Int32Array;
  /** Rows of ORDER_NUMBERS doubles; the first one is the order's number. */
  private readonly numbers: Float64Array;
  private readonly ids: Int32Array;
  private readonly tails: Int32Array;
  private readonly orderIds: Int32Array;
  private readonly times: Float64Array;
  private readonly traders: Int32Array;
  private readonly orderLocks: Int32Array;
  private readonly positions: Int32Array;
  /** By table of names: the index of each name. */
  private readonly indexes = new Map<number, Map<string, number>>();
  private readonly pause = new Int32Array(new SharedArrayBuffer(4));

  /** `at` is the first byte of the core's area in its memory. */
  constructor(buffer: ArrayBufferLike, at: number) {
    this.area = new AreaViews(buffer, at);
    const { area } = this;
    const maxOrders = area.word(layout.MAX_ORDERS);
    const entries = area.word(layout.ID_CAPACITY);
    this.orders = area.ints(layout.ORDERS_AT, maxOrders * ORDER_WORDS);
    this.numbers = area.doubles(layout.ORDERS_AT, maxOrders * ORDER_NUMBERS);
    this.ids = area.ints(layout.IDS_AT, entries * ENTRY_WORDS);
    this.tails = area.ints(layout.ID_TAILS_AT, (entries * layout.TAIL_BYTES) / 4);
    this.orderIds = area.ints(layout.ORDER_IDS_AT, maxOrders * ID_WORDS);
    this.times = area.doubles(layout.ORDER_TIMES_AT, maxOrders * TIMES);
    this.traders = this.area.ints(layout.ORDER_TRADERS_AT, maxOrders);
    this.orderLocks = area.ints(layout.ORDER_LOCKS_AT, maxOrders);
    const positions = area.word(layout.POSITION_CAPACITY);
    this.positions = area.ints(layout.POSITIONS_AT, (positions * layout.POSITION_BYTES) / 4);
  }

  /** The order in a slot, or null. */
  order(slot: number): OrderState | null {
    const row = small(layout.ORDER_BYTES);
    const order = new Order(row).aim(0);
    const id = small(ID_BYTES);
    const venueId = small(ID_BYTES);
    let idLength = 0;
    let clOrdIds: string[] = [];
    let times: readonly number[] = [];
    let trader = 0;
    this.whole(this.orderLocks, slot, () => {
      copy(row.ints, 0, this.orders, slot * ORDER_WORDS, ORDER_WORDS);
      clOrdIds = order.state === FREE ? [] : this.idsOf(order.ids, id);
      if (order.state !== FREE) idLength = this.copyId(id.ints, order.currentId);
      trader = this.traders[slot]!;
      times = [this.times[slot * TIMES]!, this.times[slot * TIMES + 1]!];
      copy(venueId.ints, 0, this.orderIds, slot * ID_WORDS, ID_WORDS);
    });
    if (order.state === FREE) return null;
    return {
      slot,
      row: order,
      clOrdId: idText(id.bytes, 0, idLength),
      clOrdIds,
      venueOrderId: idText(venueId.bytes, 0, order.orderIdLength),
      account: this.nameOf(layout.ACCOUNT_NAMES, order.account),
      client: this.clientOf(order.account),
      trader: trader === 0 ? "" : this.nameOf(layout.ACCOUNT_NAMES, trader - 1),
      symbol: this.nameOf(layout.SYMBOL_NAMES, order.symbol),
      createdUs: times[0]!,
      changedUs: times[1]!,
    };
  }

  /** The currency that limits are in, or null. */
  get limitCurrency(): string | null {
    const [number] = new BigInt64Array(this.area.buffer, this.area.at + layout.LIMIT_CURRENCY, 1);
    return number === 0n ? null : currencyText(number!);
  }

  /** Looks through the same table without locks. */
  orderScan(): OrderScan {
    return new OrderScan(this.area.buffer, this.area.at);
  }

  /** Index of an account or symbol (ACCOUNTS, SYMBOLS), or NONE. */
  indexOfName(subject: number, name: string): number {
    return this.indexOf(subject === layout.ACCOUNTS ? layout.ACCOUNT_NAMES : layout.SYMBOL_NAMES, name);
  }

  /** All accounts or symbols, those that are no longer configured besides; not clients, which are among the accounts. */
  names(subject: number): string[] {
    return this.rowNames(subject).filter((name) => subject !== layout.ACCOUNTS || levelOf(name).level === "account");
  }

  /** The same with clients (core/level-rows.ts). */
  rowNames(subject: number): string[] {
    const table = subject === layout.ACCOUNTS ? layout.ACCOUNT_NAMES : layout.SYMBOL_NAMES;
    const count = this.area.word(table + layout.NAME_COUNT);
    return Array.from({ length: count }, (_, i) => this.nameOf(table, i));
  }

  /** Settings of an account or symbol as they are at one moment, or null. The firm's name is "". */
  settings(subject: number, name: string): SettingTable | null {
    const index = subject === layout.FIRM ? 0 : this.indexOfName(subject, name);
    if (index === NONE) return null;
    const at = layout.SUBJECTS_AT + subject * layout.SUBJECT_BYTES;
    const bytes = this.area.word(at + layout.SETTING_COUNT) * layout.SETTING_BYTES;
    const count = nameCount(this.area, subject);
    const locks = subject === layout.ACCOUNTS ? layout.ACCOUNT_LOCKS_AT : layout.SYMBOL_LOCKS_AT;
    const row =
      subject === layout.FIRM
        ? new Views(this.area.table(at + layout.SETTINGS_AT, bytes).bytes.slice().buffer)
        : this.rowOf(at + layout.SETTINGS_AT, locks, index, count, bytes);
    const table = new SettingTable(this.area, subject, 1, row).aim(0, 0);
    table.temporary = this.temporaries().filter((one) => one.subject === subject && one.name === name);
    return table;
  }

  /** Overrides of checks, granted and done ones, the newest first. */
  overrides(): OverrideState[] {
    const from = overridesIn(this.area).ints;
    const copied = small(4 * from.length);
    this.whole(new Int32Array(this.area.buffer, this.area.at + OVERRIDE_LOCK, 1), 0, () =>
      copy(copied.ints, 0, from, 0, from.length),
    );
    return overrideStates(copied);
  }

  /** Unmatched reports, open and done ones, the newest first. */
  unmatched(): UnmatchedState[] {
    const from = unmatchedIn(this.area).ints;
    const copied = small(4 * from.length);
    this.whole(new Int32Array(this.area.buffer, this.area.at + UNMATCHED_LOCK, 1), 0, () =>
      copy(copied.ints, 0, from, 0, from.length),
    );
    return unmatchedStates(copied);
  }

  /** All values of settings that have an end. */
  temporaries(): TemporaryState[] {
    const count = this.area.word(TEMPORARY_COUNT);
    if (count === 0) return [];
    const bytes = MOST_TEMPORARIES * TEMPORARY_BYTES;
    const copied = small(bytes);
    const from = this.area.ints(TEMPORARIES_AT, bytes / 4);
    let rows = 0;
    this.whole(new Int32Array(this.area.buffer, this.area.at + TEMPORARY_LOCK, 1), 0, () => {
      rows = Math.min(this.area.word(TEMPORARY_COUNT), MOST_TEMPORARIES);
      copy(copied.ints, 0, from, 0, (rows * TEMPORARY_BYTES) / 4);
    });
    return temporaryStates(new Temporaries(copied, rows), (subject, index) =>
      subject === layout.FIRM ? "" : this.nameAt(subject, index),
    );
  }

  /** Settings that an operator has ever changed; the caller reads them again. */
  changedSettings(): { readonly subject: number; readonly name: string; readonly setting: number }[] {
    return changedSettings(this.area).map(({ subject, index, setting }) => {
      const table = subject === layout.ACCOUNTS ? layout.ACCOUNT_NAMES : layout.SYMBOL_NAMES;
      return { subject, setting, name: subject === layout.FIRM ? "" : this.nameOf(table, index) };
    });
  }

  /** Accounts or symbols whose kill switch is engaged. */
  killedNames(subject: number): string[] {
    return this.namesWith(subject, subject === layout.ACCOUNTS ? layout.ACCOUNT_KILLED : layout.SYMBOL_KILLED);
  }

  /** Accounts or symbols that have one of these flags. */
  namesWith(subject: number, mask: number): string[] {
    const isAccount = subject === layout.ACCOUNTS;
    const bytes = isAccount ? layout.ACCOUNT_BYTES : layout.SYMBOL_BYTES;
    const count = nameCount(this.area, subject);
    const rows = this.area.ints(isAccount ? layout.ACCOUNTS_AT : layout.SYMBOLS_AT, (count * bytes) / 4);
    const table = isAccount ? layout.ACCOUNT_NAMES : layout.SYMBOL_NAMES;
    const names: string[] = [];
    for (let i = 0; i < count; i++) if ((rows[(i * bytes) / 4]! & mask) !== 0) names.push(this.nameOf(table, i));
    return names;
  }

  /** False for NONE. */
  isVenueUp(venue: number): boolean {
    return venue !== NONE && this.area.tableBytes(layout.VENUES_UP_AT, this.area.word(layout.VENUE_IDS))[venue]! > 0;
  }

  /** The firm's kill switch, and since when it is engaged; 0 where that is not known. */
  get killed(): { readonly isKilled: boolean; readonly sinceUs: number } {
    return { isKilled: this.area.word(layout.KILLED) !== 0, sinceUs: this.area.double(layout.KILLED_US) };
  }

  /** Who has set the trading state of a client session or a venue last, and when; null: nobody has, or it is being set. */
  tradingMark(isVenue: boolean, id: number): { readonly by: string; readonly atUs: number } | null {
    return tradingMarkOf(this.area, isVenue, id);
  }

  /** The order that its client knows by this OrderID, or null; looks at every slot. */
  byOrderId(orderId: string): OrderState | null {
    const number = Number(orderId);
    for (let slot = 0; slot < this.slots; slot++) {
      if (this.numbers[slot * ORDER_NUMBERS] !== number) continue;
      const state = this.order(slot);
      if (state !== null && state.row.number === number) return state;
    }
    return null;
  }

  /**
   * The order of a session that has this ClOrdID, be it a former one, or null; looks at every slot. Of orders that have used the same
   * one, the newest.
   */
  byClOrdId(session: number, clOrdId: string): OrderState | null {
    let found: OrderState | null = null;
    for (let slot = 0; slot < this.slots; slot++) {
      if (this.orders[slot * ORDER_WORDS + SESSION] !== session || !this.hasId(slot, clOrdId)) continue;
      const state = this.order(slot);
      if (state !== null && (found === null || state.row.number > found.row.number)) found = state;
    }
    return found;
  }

  /** Name of an account or symbol (ACCOUNTS, SYMBOLS). */
  nameAt(subject: number, index: number): string {
    return this.nameOf(subject === layout.ACCOUNTS ? layout.ACCOUNT_NAMES : layout.SYMBOL_NAMES, index);
  }

  /** Rows of positions. */
  get positionCount(): number {
    return this.area.word(layout.POSITION_COUNT);
  }

  /** A position as it is at one moment; null: the row is of another account or symbol. */
  position(row: number, account: number | null = null, symbol: number | null = null): PositionTable | null {
    const bytes = layout.POSITION_BYTES;
    const from = this.positions;
    const at = (row * bytes) / 4;
    const owner = from[at]!;
    if ((account !== null && owner !== account) || (symbol !== null && from[at + 1] !== symbol)) return null;
    const copied = small(bytes);
    const accounts = this.area.word(layout.ACCOUNT_NAMES + layout.NAME_CAPACITY);
    const locks = this.area.ints(layout.ACCOUNT_LOCKS_AT, accounts);
    this.whole(locks, owner, () => copy(copied.ints, 0, from, at, bytes / 4));
    return new PositionTable(this.area, copied).aim(0);
  }

  /** Limits and usage of an account, a client or the firm (core/level-rows.ts), or null. */
  account(name: string): AccountRow | null {
    const firm = this.area.word(layout.ACCOUNT_NAMES + layout.NAME_CAPACITY);
    const index = name === FIRM_ROW ? firm : this.indexOf(layout.ACCOUNT_NAMES, name);
    if (index === NONE) return null;
    const row = this.rowOf(layout.ACCOUNTS_AT, layout.ACCOUNT_LOCKS_AT, index, firm + 1, layout.ACCOUNT_BYTES);
    return new AccountRow(row).aim(0);
  }

  /** With the reference price that holds at `nowUs`, microseconds. */
  symbol(name: string, nowUs: number): SymbolState | null {
    const index = this.indexOf(layout.SYMBOL_NAMES, name);
    if (index === NONE) return null;
    const count = this.area.word(layout.SYMBOL_NAMES + layout.NAME_CAPACITY);
    const row = this.rowOf(layout.SYMBOLS_AT, layout.SYMBOL_LOCKS_AT, index, count, layout.SYMBOL_BYTES);
    const { ints } = row;
    const reference = this.settings(layout.SYMBOLS, name)!.aim(0, layout.REFERENCE_SETTING);
    const venue = this.area.ints(layout.VENUE_OF_AT, count)[index]!;
    return {
      isEnabled: (ints[0]! & layout.SYMBOL_ENABLED) !== 0,
      isKilled: (ints[0]! & layout.SYMBOL_KILLED) !== 0,
      isConfigured: (ints[0]! & layout.SYMBOL_CONFIGURED) !== 0,
      isRetired: (ints[0]! & layout.SYMBOL_RETIRED) !== 0,
      ...referenceState(row, reference, nowUs),
      isInstructed: reference.isSet,
      venue,
      isVenueUp: this.isVenueUp(venue),
    };
  }

  /** Slots that have ever been used. */
  get slots(): number {
    return this.area.word(layout.FRESH);
  }

  /** The ClOrdIDs from an entry on. */
  private idsOf(first: number, id: Views): string[] {
    const ids: string[] = [];
    for (let i = 0, entry = first; i < MOST_IDS && entry >= 0; i++) {
      ids.push(idText(id.bytes, 0, this.copyId(id.ints, entry)));
      entry = Atomics.load(this.ids, entry * ENTRY_WORDS + ENTRY_NEXT);
    }
    return ids;
  }

  /** True when one of the ClOrdIDs of the order in a slot is this one. */
  private hasId(slot: number, clOrdId: string): boolean {
    const id = small(ID_BYTES);
    let has = false;
    this.whole(this.orderLocks, slot, () => {
      has = false;
      const at = slot * ORDER_WORDS;
      if ((this.orders[at + STATE]! & 255) === FREE) return;
      let entry = Atomics.load(this.orders, at + FIRST_ID);
      for (let i = 0; i < MOST_IDS && entry >= 0 && !has; i++) {
        has = idText(id.bytes, 0, this.copyId(id.ints, entry)) === clOrdId;
        entry = Atomics.load(this.ids, entry * ENTRY_WORDS + ENTRY_NEXT);
      }
    });
    return has;
  }

  /** Copies the ClOrdID of an entry, NONE for none yet; returns its length. */
  private copyId(to: Int32Array, entry: number): number {
    if (entry === NONE) return 0;
    const at = entry * ENTRY_WORDS;
    copy(to, 0, this.ids, at, SHORT_ID_WORDS);
    copy(to, SHORT_ID_WORDS, this.tails, entry * SHORT_ID_WORDS, SHORT_ID_WORDS);
    const owner = Atomics.load(this.ids, at + layout.ID_OWNER_AT / 4);
    return Math.min(ID_BYTES, (owner & ~layout.ID_HIDDEN) >>> layout.ID_LENGTH_SHIFT);
  }

  private rowOf(table: number, locks: number, index: number, count: number, bytes: number): Views {
    const row = small(bytes);
    const from = this.area.ints(table, (count * bytes) / 4);
    this.whole(this.area.ints(locks, count), index, () => copy(row.ints, 0, from, (index * bytes) / 4, bytes / 4));
    return row;
  }

  /** Calls `take` until its copy is of one moment. Throws when the core changes the row all the time, or has stopped in it. */
  private whole(locks: Int32Array, index: number, take: () => void): void {
    for (let i = 0; i < TRIES; i++) {
      const before = Atomics.load(locks, index);
      if ((before & 1) === 0) {
        take();
        if (Atomics.load(locks, index) === before) return;
      }
      if (i >= WAIT_AFTER) Atomics.wait(this.pause, 0, 0, PAUSE_MS);
    }
    throw new Error(`row ${index}: expected a moment without changes within ${TRIES} tries, got none`);
  }

  /** Names are only added. */
  private indexOf(table: number, name: string): number {
    const known = this.indexes.get(table) ?? new Map<string, number>();
    this.indexes.set(table, known);
    const count = this.area.word(table + layout.NAME_COUNT);
    for (let i = known.size; i < count; i++) known.set(this.nameOf(table, i), i);
    return known.get(name) ?? NONE;
  }

  /** The row of an account's client, or "". */
  private clientOf(account: number): string {
    if (account === NONE) return "";
    const rows = this.area.ints(layout.ACCOUNTS_AT, ((account + 1) * layout.ACCOUNT_BYTES) / 4);
    const client = rows[(account * layout.ACCOUNT_BYTES + layout.ACCOUNT_CLIENT_AT) / 4]!;
    return client === 0 ? "" : this.nameOf(layout.ACCOUNT_NAMES, client - 1);
  }

  private nameOf(table: number, index: number): string {
    if (index === NONE) return "";
    const length = this.area.tableBytes(table + layout.NAME_LENGTHS_AT, index + 1)[index]!;
    return idText(this.area.tableBytes(table + layout.NAMES_AT, (index + 1) * ID_BYTES), index * ID_BYTES, length);
  }
}

function small(bytes: number): Views {
  return new Views(new ArrayBuffer(bytes));
}

/** Word by word in this order, on every processor. */
function copy(to: Int32Array, toAt: number, from: Int32Array, fromAt: number, words: number): void {
  for (let i = 0; i < words; i++) to[toAt + i] = Atomics.load(from, fromAt + i);
}
