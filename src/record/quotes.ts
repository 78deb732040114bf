import { CONTROL_TEXT_BYTES, QUOTE_AGE_BITS, QUOTE_NAME_AT } from "./control-codes.ts";

/** A symbol's newest quote, as a CONTROL_QUOTES has it. */
export interface Quote {
  readonly symbol: string;
  readonly priceE8: bigint;
  /** Since it came. */
  readonly ageMs: number;
}

const MOST_AGE_MS = (1 << QUOTE_AGE_BITS) - 1;

/** The text of as many quotes as one command holds; `count` of them are in it. */
export function quotesText(quotes: readonly Quote[]): { readonly text: Uint8Array; readonly count: number } {
  const text = Buffer.alloc(CONTROL_TEXT_BYTES);
  let at = 0;
  let count = 0;
  for (const { symbol, priceE8, ageMs } of quotes) {
    const end = at + QUOTE_NAME_AT + ((symbol.length + 3) & ~3);
    if (end > CONTROL_TEXT_BYTES) break;
    text.writeBigInt64LE(priceE8, at);
    text.writeUInt32LE((Math.min(ageMs, MOST_AGE_MS) | (symbol.length << QUOTE_AGE_BITS)) >>> 0, at + 8);
    text.write(symbol, at + QUOTE_NAME_AT, "latin1");
    at = end;
    count++;
  }
  return { text: text.subarray(0, at), count };
}

/** Reads them again, for those who read the journal. */
export function readQuotes(text: Uint8Array, count: number): Quote[] {
  const bytes = Buffer.from(text.buffer, text.byteOffset, text.length);
  const quotes: Quote[] = [];
  for (let at = 0; quotes.length < count && at + QUOTE_NAME_AT <= bytes.length; ) {
    const word = bytes.readUInt32LE(at + 8);
    const length = word >>> QUOTE_AGE_BITS;
    const symbol = bytes.toString("latin1", at + QUOTE_NAME_AT, at + QUOTE_NAME_AT + length);
    quotes.push({ symbol, priceE8: bytes.readBigInt64LE(at), ageMs: word & MOST_AGE_MS });
    at += QUOTE_NAME_AT + ((length + 3) & ~3);
  }
  return quotes;
}
