import { ascii } from "../base/ascii.ts";
import { copyId, hashId, ID_BYTES, putId, SHORT_ID_BYTES, sameId } from "../base/id.ts";
import { NONE } from "../base/units.ts";
import { Views } from "../base/views.ts";
import type { StateSink, StateSource } from "./state-io.ts";
import type { TradingDayConfig } from "./trading-days.ts";

/** The limits of one account; all are required, a missing or nonsensical one blocks the account. */
export interface AccountLimits {
  readonly name: string;
  readonly enabled: boolean;
  /** Whole units. */
  readonly maxOrderQty: number;
  /** Money in 1e-4. */
  readonly maxOrderNotionalE4: number;
  readonly maxOpenOrders: number;
  readonly ordersPerSecond: number;
}

export interface SymbolTerms {
  readonly name: string;
  readonly enabled: boolean;
  /** 0 when there is none yet: orders are refused until a Control brings one. */
  readonly referencePriceE8: number;
  /** Parts per million of the reference price, both ways: 5 % is 50,000. */
  readonly collarPpm: number;
  /** Name of the venue, or null for the default one. */
  readonly venue: string | null;
}

export interface ClientSession {
  readonly id: number;
  readonly accounts: readonly string[];
}

/** The core's configuration at its start. */
export interface CoreConfig {
  readonly maxOrders: number;
  /** Starts with the kill switch engaged. */
  readonly kill: boolean;
  readonly accounts: readonly AccountLimits[];
  readonly symbols: readonly SymbolTerms[];
  readonly sessions: readonly ClientSession[];
  /** Client session ids, of today and of the journal's past, are below this. */
  readonly sessionIds: number;
  readonly venues: readonly { readonly id: number; readonly name: string }[];
  /** Venue ids, of today and of the journal's past, are below this. */
  readonly venueIds: number;
  readonly defaultVenue: string | null;
  /** Absent: trading days begin at midnight UTC. */
  readonly tradingDay?: TradingDayConfig;
}

/** Most names that are no longer configured but occur in the journal's orders. */
export const SPARE_NAMES = 256;

/** Names as ids → index, by open addressing; filled at start, read for each order. */
export class NameTable {
  readonly views: Views;
  private readonly lengths: Uint8Array;
  private readonly index: Int32Array;
  private readonly mask: number;
  count = 0;

  constructor(
    names: readonly string[],
    private readonly capacity: number,
  ) {
    this.views = Views.allocate(capacity * ID_BYTES);
    this.lengths = new Uint8Array(capacity);
    let slots = 64;
    while (slots < capacity * 2) slots *= 2;
    this.index = new Int32Array(slots);
    this.mask = slots - 1;
    const id = Views.allocate(ID_BYTES);
    for (let i = 0; i < names.length; i++) {
      const bytes = ascii(names[i]!);
      if (bytes.length === 0 || bytes.length > ID_BYTES)
        throw new Error(names[i] + ": expected a name of 1 to 64 bytes");
      putId(id, 0, bytes, 0, bytes.length);
      if (this.find(id.ints, 0, bytes.length) !== NONE)
        throw new Error(names[i] + ": expected each name once, got it twice");
      this.add(id.ints, 0, bytes.length);
    }
  }

  /** Returns the index of an id, or NONE. */
  find(from: Int32Array, at: number, length: number): number {
    const hash = hashId(from, at, length, 0);
    for (let place = hash & this.mask; ; place = (place + 1) & this.mask) {
      const found = this.index[place]! - 1;
      if (found < 0) return NONE;
      if (this.lengths[found] === length && sameId(this.views.ints, found * ID_BYTES, from, at, length)) return found;
    }
  }

  /** Adds a name that is not there. Returns its index. */
  add(from: Int32Array, at: number, length: number): number {
    if (this.count === this.capacity) {
      throw new Error("the journal has orders of too many names that are no longer configured: configure them again");
    }
    const added = this.count++;
    copyId(this.views.ints, added * ID_BYTES, from, at, length);
    this.lengths[added] = length;
    let place = hashId(from, at, length, 0) & this.mask;
    while (this.index[place] !== 0) place = (place + 1) & this.mask;
    this.index[place] = added + 1;
    return added;
  }

  save(to: StateSink, name: string): void {
    to.words(name, this.views.ints, (this.count * ID_BYTES) >> 2);
    to.numbers(name, Array.from(this.lengths.subarray(0, this.count)));
  }

  /** Takes up the names of a snapshot. Returns the index of each here. */
  load(from: StateSource, name: string): Int32Array {
    const lengths = from.numbers(name);
    const names = new Int32Array(from.length(name));
    from.words(name, names);
    // Versions with names of up to 32 bytes saved that many of each.
    const stride = names.length * 4 < lengths.length * ID_BYTES ? SHORT_ID_BYTES : ID_BYTES;
    const indexes = new Int32Array(lengths.length);
    for (let i = 0; i < lengths.length; i++) {
      const found = this.find(names, i * stride, lengths[i]!);
      indexes[i] = found === NONE ? this.add(names, i * stride, lengths[i]!) : found;
    }
    return indexes;
  }

  /** True when an id is the name of this index, which may be NONE. */
  is(index: number, from: Int32Array, at: number, length: number): boolean {
    return (
      index !== NONE && this.lengths[index] === length && sameId(this.views.ints, index * ID_BYTES, from, at, length)
    );
  }

  lengthOf(index: number): number {
    return this.lengths[index]!;
  }

  /** Copies a name as an id, eight bytes at a time: of printable ASCII they are never a NaN. */
  copy(index: number, to: Float64Array, at: number): void {
    const names = this.views.doubles;
    const from = index << 3;
    const target = at >> 3;
    to[target] = names[from]!;
    to[target + 1] = names[from + 1]!;
    to[target + 2] = names[from + 2]!;
    to[target + 3] = names[from + 3]!;
    if (this.lengths[index]! > SHORT_ID_BYTES)
      for (let i = 4; i < ID_BYTES >> 3; i++) to[target + i] = names[from + i]!;
  }
}

/** Which accounts a client session may trade: one bit for each. */
export class Entitlements {
  private readonly bits: Int32Array;
  private readonly known: Uint8Array;

  constructor(
    sessionIds: number,
    private readonly accounts: number,
  ) {
    this.bits = new Int32Array(((sessionIds * accounts) >>> 5) + 1);
    this.known = new Uint8Array(sessionIds);
  }

  /** Makes a session known. */
  addSession(session: number): void {
    this.known[session] = 1;
  }

  grant(session: number, account: number): void {
    const bit = session * this.accounts + account;
    this.bits[bit >>> 5] = this.bits[bit >>> 5]! | (1 << (bit & 31));
  }

  knows(session: number): boolean {
    return session >= 0 && session < this.known.length && this.known[session] === 1;
  }

  allows(session: number, account: number): boolean {
    const bit = session * this.accounts + account;
    return ((this.bits[bit >>> 5]! >>> (bit & 31)) & 1) === 1;
  }
}
