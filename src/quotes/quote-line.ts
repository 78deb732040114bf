import { HELD, readDecimal } from "../base/decimal.ts";
import { MOST_E8 } from "../base/units.ts";

/*  A line of text with the newest quote of one symbol:
 *
 *      SYMBOL,bid,ask[,last][,milliseconds since 1970]        AAPL,150.20,150.24,150.22,1764686400123
 *
 *  Its price is the middle of bid and ask, rounded down to 1e-8; last where one of the two is missing. Fields may be empty; a carriage
 *  return at the end is left out.
 */

/** A quote that was read: `priceE8` has its price. */
export const QUOTE_READ = 0;
/** What is wrong with a line that is none. */
export const TOO_MANY_FIELDS = 1;
export const NO_SYMBOL = 2;
export const BAD_PRICE = 3;
export const NO_PRICES = 4;
export const CROSSED = 5;
export const BAD_TIME = 6;
/** What was expected, by result. */
export const LINE_PROBLEMS: readonly string[] = [
  "",
  "expected SYMBOL,bid,ask[,last][,milliseconds since 1970]",
  "expected a symbol of 1 to 64 characters",
  "expected prices of up to 8 decimals",
  "expected bid and ask, or last",
  "expected a bid of at most the ask",
  "expected milliseconds since 1970, of no later time than now",
];

const COMMA = 44;
const RETURN = 13;
const ZERO = 48;
const MOST_FIELDS = 5;
const MOST_SYMBOL = 64;
/** Clocks of two machines differ; a quote from further in the future has a wrong time. */
const AHEAD_MS = 1_000;
const MOST_TIME_DIGITS = 15;

/** Reads lines; the fields are good until the next one. */
export class QuoteLine {
  symbol = "";
  priceE8 = 0n;
  /** Both are there: each must be a price that the symbol may have. */
  hasBoth = false;
  bidE8 = 0n;
  /** When it was made, milliseconds since 1970; 0: it does not say. */
  atMs = 0;
  private readonly words = new Int32Array(2);
  private readonly long = new BigInt64Array(this.words.buffer);
  private readonly begins = new Int32Array(MOST_FIELDS + 1);

  /** Reads `bytes[from, to)`. Returns QUOTE_READ, or what is wrong. */
  read(bytes: Uint8Array, from: number, to: number, nowMs: number): number {
    const end = to > from && bytes[to - 1] === RETURN ? to - 1 : to;
    const { begins } = this;
    let fields = 1;
    begins[0] = from;
    for (let i = from; i < end; i++) {
      if (bytes[i] !== COMMA) continue;
      if (fields === MOST_FIELDS) return TOO_MANY_FIELDS;
      begins[fields++] = i + 1;
    }
    if (fields < 3) return TOO_MANY_FIELDS;
    // As if each field had a comma behind it.
    for (let i = fields; i <= MOST_FIELDS; i++) begins[i] = end + 1;
    const length = begins[1]! - 1 - from;
    if (length < 1 || length > MOST_SYMBOL) return NO_SYMBOL;
    this.symbol = textOf(bytes, from, from + length);
    const result = this.readPrices(bytes);
    return result === QUOTE_READ ? this.readTime(bytes, fields, nowMs) : result;
  }

  private readPrices(bytes: Uint8Array): number {
    const bid = this.decimal(bytes, 1);
    const ask = this.decimal(bytes, 2);
    const last = this.decimal(bytes, 3);
    if (bid === undefined || ask === undefined || last === undefined) return BAD_PRICE;
    this.hasBoth = bid !== null && ask !== null;
    if (bid !== null && ask !== null) {
      if (bid > ask) return CROSSED;
      this.bidE8 = bid;
      // Of numbers below 0, too, the lower one of the two nearest.
      this.priceE8 = (bid + ask) >> 1n;
      return QUOTE_READ;
    }
    if (last === null) return NO_PRICES;
    this.bidE8 = last;
    this.priceE8 = last;
    return QUOTE_READ;
  }

  /** Null: the field is empty; undefined: it is no price. */
  private decimal(bytes: Uint8Array, field: number): bigint | null | undefined {
    const from = this.begins[field]!;
    const to = this.begins[field + 1]! - 1;
    if (to <= from) return null;
    if (readDecimal(bytes, from, to, this.words, 0) !== HELD) return undefined;
    const price = this.long[0]!;
    return price > MOST_E8 || price < -MOST_E8 ? undefined : price;
  }

  private readTime(bytes: Uint8Array, fields: number, nowMs: number): number {
    this.atMs = 0;
    const from = this.begins[4]!;
    const to = this.begins[5]! - 1;
    if (fields < MOST_FIELDS || to <= from) return QUOTE_READ;
    if (to - from > MOST_TIME_DIGITS) return BAD_TIME;
    let atMs = 0;
    for (let i = from; i < to; i++) {
      const digit = bytes[i]! - ZERO;
      if (digit < 0 || digit > 9) return BAD_TIME;
      atMs = atMs * 10 + digit;
    }
    if (atMs > nowMs + AHEAD_MS) return BAD_TIME;
    this.atMs = atMs;
    return QUOTE_READ;
  }
}

/** ASCII; any other byte makes a symbol that nobody has. */
function textOf(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString("latin1");
}
