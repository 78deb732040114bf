import { Type } from "@sinclair/typebox";
import { CURRENCY_PATTERN } from "../base/currency.ts";
import { type DecimalBounds, readDecimal } from "./decimal.ts";
import { decimal } from "./fields.ts";
import { entriesOf, type Report, type Table, tableOf } from "./file-tables.ts";
import { MAX_NUMBER } from "./numbers.ts";

// Currencies of prices and of limits, and what amounts are multiplied with.

const FACTOR: DecimalBounds = { places: 8, max: MAX_NUMBER };
const EXPECTED = 'three to seven capital letters and digits such as "USD"';

export const currency = (description: string) =>
  Type.Optional(Type.String({ description, pattern: CURRENCY_PATTERN, expected: EXPECTED }));

export const multiplier = (description: string) => decimal(description, FACTOR, { default: 1 });

/** Rates by currency. */
export const rates = (description: string) =>
  Type.Record(
    Type.String({ pattern: CURRENCY_PATTERN }),
    decimal("Units of risk.currency for one of this currency.", FACTOR),
    { description, additionalProperties: false, expected: 'entries such as EUR = "1.08"', default: {} },
  );

interface CurrencyFile {
  readonly symbols: Readonly<Record<string, { readonly currency?: string }>>;
  readonly risk: { readonly currency?: string; readonly rates: Readonly<Record<string, string | number>> };
}

/** Rates in 1e-8 of all currencies but that of the limits; null: there is none, and symbols of it take no orders. */
export function resolveCurrencies({ symbols, risk }: CurrencyFile): Record<string, bigint | null> {
  const resolved: Record<string, bigint | null> = Object.create(null);
  for (const [name, rate] of Object.entries(risk.rates)) resolved[name] = factorOf(rate);
  for (const { currency: name } of Object.values(symbols))
    if (name !== undefined && name !== risk.currency) resolved[name] ??= null;
  return resolved;
}

/** A rate or a multiplier that was checked, in 1e-8. */
export function factorOf(value: string | number): bigint {
  const number = readDecimal(value, FACTOR);
  if (typeof number !== "bigint") throw new TypeError(`unchecked decimal ${value}`);
  return number;
}

/** Currencies without a currency of the limits, and a rate of that one to itself. */
export function checkCurrencies(file: Table, report: Report): void {
  const risk = tableOf(file.risk);
  const rated = Object.keys(tableOf(risk.rates));
  const named = entriesOf(file.symbols).find(([, symbol]) => typeof symbol.currency === "string");
  if (risk.currency === undefined && (rated.length > 0 || named !== undefined)) {
    const why = named === undefined ? "there are rates" : `symbol ${named[0]} has one`;
    report(["risk", "currency"], `missing; expected the currency of all limits, because ${why}`);
  }
  if (typeof risk.currency === "string" && rated.includes(risk.currency))
    report(["risk", "rates", risk.currency], "expected another currency than risk.currency, whose rate is always 1");
}

/** Each currency of a symbol that has no rate, with one of its symbols. */
export function unratedCurrencies(file: CurrencyFile): { readonly currency: string; readonly symbol: string }[] {
  const rateOf = resolveCurrencies(file);
  const found = new Map<string, string>();
  for (const [symbol, { currency: name }] of Object.entries(file.symbols))
    if (name !== undefined && rateOf[name] === null && !found.has(name)) found.set(name, symbol);
  return [...found].map(([name, symbol]) => ({ currency: name, symbol }));
}

/** Multiplier times rate as doubles, for doubts about a file; null where there is no rate. */
export function roughFactor(
  { currency: name, multiplier: by }: { readonly currency?: string; readonly multiplier: string | number },
  risk: CurrencyFile["risk"],
): number | null {
  if (name === undefined || name === risk.currency) return Number(by);
  const rate = risk.rates[name];
  return rate === undefined ? null : Number(by) * Number(rate);
}
