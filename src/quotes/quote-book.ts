import type { PriceSigns } from "../base/price-signs.ts";
import { QUOTE_READ, type QuoteLine } from "./quote-line.ts";

/** What the book needs to know of a symbol. */
export interface QuotedSymbol {
  readonly signs: PriceSigns;
  /** Age from which its quotes are too old; null: never. */
  readonly staleMs: number | null;
}

/** A quote that the core is to be given. */
export interface DueQuote {
  readonly symbol: string;
  readonly priceE8: bigint;
  readonly ageMs: number;
}

export interface BookTerms {
  readonly everyMs: number;
  /** Parts per million of the price. */
  readonly movePpm: number;
}

/** The quote of a symbol is not taken. */
export const UNKNOWN_SYMBOL = 101;
export const WRONG_SIGN = 102;

interface Entry {
  readonly symbol: string;
  terms: QuotedSymbol;
  /** The newest quote, and when it came. */
  priceE8: bigint;
  atMs: number;
  /** The one that the core has, with its time, and when it was given; −Infinity: none. */
  givenE8: bigint;
  givenOfMs: number;
  givenMs: number;
  /** It is in the list of those that may be due. */
  isListed: boolean;
}

const NEVER = Number.NEGATIVE_INFINITY;
const PPM = 1_000_000n;
/** A time so far ahead of the clock is from before the clock was set back. */
const AHEAD_MS = 1_000;

/**
 * The newest quote of each symbol, and which of them the core is to be given: those that have moved far enough since the last one that it
 * has, and those of which it has one that is half as old as it may be; each symbol no more often than every `everyMs`.
 */
export class QuoteBook {
  private readonly entries = new Map<string, Entry>();
  /** Symbols with a quote that the core does not have, in the order in which these came. */
  private listed: Entry[] = [];
  private readonly movePpm: bigint;

  /** `termsOf`: undefined for a symbol that is not configured. */
  constructor(
    private readonly terms: BookTerms,
    private readonly termsOf: (symbol: string) => QuotedSymbol | undefined,
  ) {
    this.movePpm = BigInt(terms.movePpm);
  }

  /** Takes a line that was read at `nowMs`, of the time `receivedMs` where it says none. Returns QUOTE_READ, UNKNOWN_SYMBOL or WRONG_SIGN. */
  take(line: QuoteLine, receivedMs: number, nowMs = receivedMs): number {
    const entry = this.entries.get(line.symbol) ?? this.add(line.symbol);
    if (entry === null) return UNKNOWN_SYMBOL;
    if (!hasSign(entry.terms.signs, line.bidE8)) return WRONG_SIGN;
    const atMs = line.atMs === 0 ? receivedMs : line.atMs;
    // An older one comes late.
    if (atMs < entry.atMs && entry.atMs <= nowMs + AHEAD_MS) return QUOTE_READ;
    entry.priceE8 = line.priceE8;
    entry.atMs = atMs;
    if (!entry.isListed) {
      entry.isListed = true;
      this.listed.push(entry);
    }
    return QUOTE_READ;
  }

  /** Quotes that are due, up to `most`; they count as given. */
  due(most: number, nowMs: number): DueQuote[] {
    const due: DueQuote[] = [];
    const left: Entry[] = [];
    for (const entry of this.listed) {
      if (due.length === most || !this.isDue(entry, nowMs)) {
        left.push(entry);
        continue;
      }
      entry.isListed = false;
      entry.givenE8 = entry.priceE8;
      entry.givenOfMs = entry.atMs;
      entry.givenMs = nowMs;
      due.push({ symbol: entry.symbol, priceE8: entry.priceE8, ageMs: Math.max(0, Math.round(nowMs - entry.atMs)) });
    }
    this.listed = left;
    return due;
  }

  /** The core has not taken these: they are due again. */
  again(quotes: readonly DueQuote[]): void {
    for (const { symbol } of quotes) {
      const entry = this.entries.get(symbol);
      if (entry === undefined) continue;
      entry.givenMs = NEVER;
      entry.givenOfMs = NEVER;
      if (entry.isListed) continue;
      entry.isListed = true;
      this.listed.push(entry);
    }
  }

  /** What symbols have may have changed: asks for it again. */
  renewTerms(): void {
    for (const entry of this.entries.values()) {
      const terms = this.termsOf(entry.symbol);
      if (terms === undefined) this.entries.delete(entry.symbol);
      else entry.terms = terms;
    }
    this.listed = this.listed.filter(({ symbol }) => this.entries.has(symbol));
  }

  private isDue(entry: Entry, nowMs: number): boolean {
    const { givenE8, givenMs, givenOfMs, priceE8, terms } = entry;
    // A clock that was set back must not keep it for ever.
    if (nowMs < givenMs) return true;
    if (nowMs - givenMs < this.terms.everyMs) return false;
    if (givenOfMs === NEVER) return true;
    if (terms.staleMs !== null && nowMs - givenOfMs >= terms.staleMs / 2) return true;
    const moved = priceE8 > givenE8 ? priceE8 - givenE8 : givenE8 - priceE8;
    return moved > 0n && moved * PPM >= (givenE8 < 0n ? -givenE8 : givenE8) * this.movePpm;
  }

  private add(symbol: string): Entry | null {
    const terms = this.termsOf(symbol);
    if (terms === undefined) return null;
    const given = { givenE8: 0n, givenOfMs: NEVER, givenMs: NEVER };
    const entry: Entry = { symbol, terms, priceE8: 0n, atMs: NEVER, ...given, isListed: false };
    this.entries.set(symbol, entry);
    return entry;
  }
}

/** The ask is at least the bid. */
function hasSign(signs: PriceSigns, priceE8: bigint): boolean {
  if (signs === "any") return true;
  return signs === "above-zero" ? priceE8 > 0n : priceE8 >= 0n;
}
