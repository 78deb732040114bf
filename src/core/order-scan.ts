import { ID_BYTES, SHORT_ID_BYTES } from "../base/id.ts";
import { TIF_AT_CLOSE, TIF_AT_OPENING, TIF_DAY } from "../record/codes.ts";
import { AreaViews } from "./area-views.ts";
import * as layout from "./assembly/layout.ts";
import { isOpen } from "./orders/order.ts";
import { DONE_FOR_DAY, FREE, NOT_PENDING, PENDING_NEW, STATE_COUNT } from "./orders/states.ts";

/** Times in force that end with the day; 0: an order without one. */
export const OF_THE_DAY: readonly number[] = [0, TIF_DAY, TIF_AT_OPENING, TIF_AT_CLOSE];
const ORDER_WORDS = layout.ORDER_BYTES / 4;
const ORDER_NUMBERS = layout.ORDER_BYTES / 8;
const ENTRY_WORDS = layout.ID_ENTRY_BYTES / 4;
const ENTRY_OWNER = layout.ID_OWNER_AT / 4;
const ENTRY_NEXT = 40 / 4;
const ID_WORDS = ID_BYTES / 4;
const SHORT_WORDS = SHORT_ID_BYTES / 4;
const TAIL_WORDS = layout.TAIL_BYTES / 4;
/** Of an order's times: when it last changed. */
const TIMES = layout.ORDER_TIMES_BYTES / 8;
const CHANGED = 1;
// Ints of an order's row (core/assembly/order.ts).
const SESSION = 12;
const ACCOUNT = 13;
const SYMBOL = 14;
const STATE = 15;
const VENUE = 30;
/** In its lowest byte. */
const TIME_IN_FORCE = 31;
/** The length of the venue's OrderID is its second byte. */
const ORDER_ID_LENGTH = 31;
const FIRST_ID = 32;
/** Its second byte. */
const ATTENTION = 46;
/** An order remembers no more ClOrdIDs than this. */
const MOST_IDS = 255;

/** What an order must have; ANY where all may. */
export const ANY = -2;
export interface ScanTerms {
  /** A bit for each state (orders/states.ts). */
  readonly states: number;
  /** Its first number, the OrderID that its client sees. */
  readonly number: number;
  readonly session: number;
  readonly account: number;
  /** Rows of a client, and of a trader. */
  readonly client: number;
  readonly trader: number;
  readonly symbol: number;
  readonly venue: number;
  readonly needsAttention: boolean;
}

/** A bit for each state of an open order. */
const OPEN_STATES = Array.from({ length: STATE_COUNT }, (_, state) => (isOpen(state) ? 1 << state : 0)).reduce(
  (states, state) => states | state,
);
/** All open orders. */
export const OPEN_ORDERS: ScanTerms = {
  ...{ states: OPEN_STATES, number: ANY, session: ANY, account: ANY, client: ANY, trader: ANY },
  ...{ symbol: ANY, venue: ANY },
  needsAttention: false,
};

/** An id as rows have it. */
interface IdWords {
  readonly length: number;
  readonly words: Int32Array;
}

/**
 * Looks through a core's order table while that works on another thread, without its locks: what is found may be another order a
 * moment later, so its row is read again under its lock (core/state-reader.ts).
 */
export class OrderScan {
  private readonly area: AreaViews;
  private readonly orders: Int32Array;
  private readonly numbers: Float64Array;
  private readonly ids: Int32Array;
  private readonly tails: Int32Array;
  private readonly orderIds: Int32Array;
  private readonly times: Float64Array;
  private readonly traders: Int32Array;
  private readonly accounts: Int32Array;

  /** `at` is the first byte of the core's area in its memory. */
  constructor(buffer: ArrayBufferLike, at: number) {
    const area = new AreaViews(buffer, at);
    const maxOrders = area.word(layout.MAX_ORDERS);
    const entries = area.word(layout.ID_CAPACITY);
    this.area = area;
    this.orders = area.ints(layout.ORDERS_AT, maxOrders * ORDER_WORDS);
    this.numbers = area.doubles(layout.ORDERS_AT, maxOrders * ORDER_NUMBERS);
    this.ids = area.ints(layout.IDS_AT, entries * ENTRY_WORDS);
    this.tails = area.ints(layout.ID_TAILS_AT, entries * TAIL_WORDS);
    this.orderIds = area.ints(layout.ORDER_IDS_AT, maxOrders * ID_WORDS);
    this.times = area.doubles(layout.ORDER_TIMES_AT, maxOrders * TIMES);
    this.traders = area.ints(layout.ORDER_TRADERS_AT, maxOrders);
    const accounts = area.word(layout.ACCOUNT_NAMES + layout.NAME_CAPACITY);
    this.accounts = area.ints(layout.ACCOUNTS_AT, (accounts * layout.ACCOUNT_BYTES) / 4);
  }

  /** Slots that have ever been used. */
  get slots(): number {
    return this.area.word(layout.FRESH);
  }

  /** Ids of venues are below this. */
  get venueIds(): number {
    return this.area.word(layout.VENUE_IDS);
  }

  /** Counts by venue id the orders of these slots that need their venue: open ones, and those that work again on the next day. */
  countAtVenues(from: number, to: number, counts: Int32Array): void {
    for (let slot = from; slot < to; slot++) {
      const at = slot * ORDER_WORDS;
      const state = this.orders[at + STATE]! & 255;
      const isWorking =
        isOpen(state) || (state === DONE_FOR_DAY && !OF_THE_DAY.includes(this.orders[at + TIME_IN_FORCE]! & 255));
      const venue = this.orders[at + VENUE]!;
      if (isWorking && venue >= 0 && venue < counts.length) counts[venue]!++;
    }
  }

  /**
   * Counts by venue id the open orders of these slots with a request that their venue has not answered, and finds when the first of them
   * last changed, microseconds. `ended`, by venue id: 1 where those count, too, that have ended.
   */
  countUnanswered(from: number, to: number, counts: Int32Array, firstUs: Float64Array, ended: Uint8Array): void {
    for (let slot = from; slot < to; slot++) {
      const at = slot * ORDER_WORDS;
      const venue = this.orders[at + VENUE]!;
      if (venue < 0 || venue >= counts.length) continue;
      if (!isUnanswered(this.orders[at + STATE]!, ended[venue] === 1)) continue;
      counts[venue]!++;
      const changedUs = this.times[slot * TIMES + CHANGED]!;
      if (changedUs > 0 && changedUs < firstUs[venue]!) firstUs[venue] = changedUs;
    }
  }

  /**
   * Gives `take` the slot and number of each order of these slots with a request that this venue has not answered, and that last changed
   * before a time, microseconds. `ended`: also those that have ended.
   */
  eachUnanswered(
    venue: number,
    from: number,
    to: number,
    take: (slot: number, number: number) => void,
    beforeUs = Number.POSITIVE_INFINITY,
    ended = false,
  ): void {
    for (let slot = from; slot < to; slot++) {
      const at = slot * ORDER_WORDS;
      if (this.orders[at + VENUE] !== venue || !isUnanswered(this.orders[at + STATE]!, ended)) continue;
      if (this.times[slot * TIMES + CHANGED]! < beforeUs) take(slot, this.numbers[slot * ORDER_NUMBERS]!);
    }
  }

  /** Gives `take` the slot and number of each order of these slots that is meant. */
  each(from: number, to: number, terms: ScanTerms, take: (slot: number, number: number) => void): void {
    const end = Math.min(to, this.slots);
    for (let slot = from; slot < end; slot++) {
      const at = slot * ORDER_WORDS;
      const states = 1 << (this.orders[at + STATE]! & 255);
      if ((states & terms.states) === 0) continue;
      if (terms.session !== ANY && this.orders[at + SESSION] !== terms.session) continue;
      if (terms.account !== ANY && this.orders[at + ACCOUNT] !== terms.account) continue;
      if (terms.client !== ANY && this.clientOf(this.orders[at + ACCOUNT]!) !== terms.client) continue;
      if (terms.trader !== ANY && this.traders[slot]! - 1 !== terms.trader) continue;
      if (terms.symbol !== ANY && this.orders[at + SYMBOL] !== terms.symbol) continue;
      if (terms.venue !== ANY && this.orders[at + VENUE] !== terms.venue) continue;
      if (terms.needsAttention && ((this.orders[at + ATTENTION]! >> 8) & 255) === 0) continue;
      const number = this.numbers[slot * ORDER_NUMBERS]!;
      if (terms.number !== ANY && number !== terms.number) continue;
      take(slot, number);
    }
  }

  /** The row of an account's client, or NONE; `account` may be NONE. */
  private clientOf(account: number): number {
    return account < 0 ? account : this.accounts[(account * layout.ACCOUNT_BYTES + layout.ACCOUNT_CLIENT_AT) / 4]! - 1;
  }

  /** A check whether the order in a slot is or was known by an id: its OrderID, a ClOrdID, or the venue's OrderID. */
  knownBy(id: string): (slot: number) => boolean {
    const number = Number(id);
    const byClOrdId = this.knownByClOrdId(id);
    const byVenueId = this.knownByVenueId(id);
    return (slot) => this.numbers[slot * ORDER_NUMBERS] === number || byVenueId(slot) || byClOrdId(slot);
  }

  /** The same of a ClOrdID of now or before. */
  knownByClOrdId(clOrdId: string): (slot: number) => boolean {
    const wanted = wordsOf(clOrdId);
    return (slot) => {
      let entry = this.orders[slot * ORDER_WORDS + FIRST_ID]!;
      for (let i = 0; i < MOST_IDS && entry >= 0; i++) {
        if (this.isEntry(entry, wanted)) return true;
        entry = this.ids[entry * ENTRY_WORDS + ENTRY_NEXT]!;
      }
      return false;
    };
  }

  /** The same of the OrderID that the venue said last. */
  knownByVenueId(orderId: string): (slot: number) => boolean {
    const { length, words } = wordsOf(orderId);
    const compared = length > SHORT_ID_BYTES ? ID_WORDS : SHORT_WORDS;
    return (slot) =>
      ((this.orders[slot * ORDER_WORDS + ORDER_ID_LENGTH]! >> 8) & 255) === length &&
      isSame(this.orderIds, slot * ID_WORDS, words, 0, compared);
  }

  private isEntry(entry: number, { length, words }: IdWords): boolean {
    const at = entry * ENTRY_WORDS;
    if (!isSame(this.ids, at, words, 0, SHORT_WORDS)) return false;
    if ((this.ids[at + ENTRY_OWNER]! & ~layout.ID_HIDDEN) >>> layout.ID_LENGTH_SHIFT !== length) return false;
    return length <= SHORT_ID_BYTES || isSame(this.tails, entry * TAIL_WORDS, words, SHORT_WORDS, TAIL_WORDS);
  }
}

/** Of an order's int with its state in the lowest byte and what is pending in the next. */
function isUnanswered(word: number, ended: boolean): boolean {
  const state = word & 255;
  if (state === FREE || !(ended || isOpen(state))) return false;
  return state === PENDING_NEW || ((word >> 8) & 255) !== NOT_PENDING;
}

function wordsOf(id: string): IdWords {
  const bytes = new Uint8Array(ID_BYTES);
  for (let i = 0; i < Math.min(id.length, ID_BYTES); i++) bytes[i] = id.charCodeAt(i);
  return { length: id.length, words: new Int32Array(bytes.buffer) };
}

function isSame(ints: Int32Array, at: number, wanted: Int32Array, from: number, count: number): boolean {
  for (let i = 0; i < count; i++) if (ints[at + i] !== wanted[from + i]) return false;
  return true;
}
