import { Control, ControlAnswer } from "../../record/assembly/control.ts";
import { CONTROL_APPLIED, CONTROL_BAD_RECORD, CONTROL_TEXT_AT, QUOTE_AGE_BITS, QUOTE_NAME_AT } from "../../record/control-codes.ts";
import { NONE } from "./codes.ts";
import { symbolNames } from "./names.ts";
import { keepQuote } from "./reference-sources.ts";

/*  The newest quotes of symbols, as the main thread has them. They stand in the text of a command, behind each other, each to a multiple of 4:
 *
 *  byte 0         8        12                12 + nameLength
 *       ┌─────────┬────────┬────────────────┐   price   1e-8
 *       │ price   │ age    │ symbol         │   age     milliseconds since the quote came; nameLength in the 8 bits above it
 *       └─────────┴────────┴────────────────┘
 *
 *  Symbols that the core does not know are passed over.
 */
const AGE_MASK = (1 << QUOTE_AGE_BITS) - 1;
const MOST_NAME: u32 = 64;
const US_PER_MS: f64 = 1_000;

@unmanaged
class Quote {
  priceE8: i64;
  ageAndLength: i32;

  get ageUs(): f64 {
    return <f64>(this.ageAndLength & AGE_MASK) * US_PER_MS;
  }
  get nameLength(): i32 {
    return this.ageAndLength >>> QUOTE_AGE_BITS;
  }
  get nameAt(): usize {
    return changetype<usize>(this) + QUOTE_NAME_AT;
  }
  get end(): usize {
    return this.nameAt + ((<usize>this.nameLength + 3) & ~3);
  }
}

/** Takes all quotes of a command, or none. The answer's value is how many are of symbols that are not known. Returns the answer's result. */
export function takeQuotes(control: Control, timeUs: f64, answer: ControlAnswer): i32 {
  const begin = changetype<usize>(control) + CONTROL_TEXT_AT;
  const end = begin + control.textLength;
  let at = begin;
  for (let i = 0; i < control.value; i++) {
    if (at + QUOTE_NAME_AT > end) return CONTROL_BAD_RECORD;
    const quote = changetype<Quote>(at);
    if (<u32>(quote.nameLength - 1) >= MOST_NAME || quote.end > end) return CONTROL_BAD_RECORD;
    at = quote.end;
  }
  let unknown = 0;
  at = begin;
  for (let i = 0; i < control.value; i++) {
    const quote = changetype<Quote>(at);
    const symbol = symbolNames().find(quote.nameAt, quote.nameLength);
    if (symbol === NONE) unknown++;
    else keepQuote(symbol, quote.priceE8, timeUs - quote.ageUs);
    at = quote.end;
  }
  answer.value = unknown;
  return CONTROL_APPLIED;
}
