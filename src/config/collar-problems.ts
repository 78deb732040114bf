import { UNIT_E8 } from "../base/units.ts";
import { type DecimalBounds, readDecimal } from "./decimal.ts";
import { MAX_NUMBER } from "./numbers.ts";
import { type Problem, pathText } from "./problem.ts";
import { needsConfigured } from "./reference.ts";
import { symbolSchema } from "./risk.ts";

const MOST_E8 = BigInt(MAX_NUMBER) * UNIT_E8;
/** Four decimals of a percent are parts per million. */
const PPM = 1_000_000n;
const MOST_TEXT = MAX_NUMBER.toLocaleString("en-US");

/**
 * Collars of one symbol that are missing, and reference prices of which a market order, or an order at the end of the collar, can't be
 * counted. Exact, as the core counts. As in consistency.ts, a field may have any type.
 */
export function collarProblems(
  name: string,
  symbol: Record<string, unknown>,
  risk: Record<string, unknown>,
): Problem[] {
  const problems: Problem[] = [];
  const report = (field: string, what: string): void => {
    problems.push({ where: pathText(["symbols", name, field]), what });
  };
  const percent = symbol.collarPercent ?? risk.collarPercent;
  if (percent === undefined)
    report("collarPercent", "missing; expected a percentage here or for all symbols in risk.collarPercent");
  const { referencePrice, prices, collarWidth } = symbol;
  if (referencePrice === undefined && needsConfigured(symbol, risk))
    report(
      "referencePrice",
      'missing; expected a price here, or referenceSources without "configuration", such as ["quotes"]',
    );
  const price = read("referencePrice", referencePrice);
  if (price === null) return problems;
  const width = read("collarWidth", collarWidth);
  if (price < 0n && prices !== "any") {
    const orZero = prices === "zero-or-above" ? ", or 0," : "";
    report("referencePrice", `expected a price above 0${orZero} or prices = "any", got ${referencePrice}`);
  } else if (price === 0n && prices === "above-zero")
    report("referencePrice", `expected a price above 0, or prices = "zero-or-above" or "any", got ${referencePrice}`);
  else if (price === 0n && width === 0n)
    report("collarWidth", "expected a width above 0 where referencePrice is 0, got 0");
  const size = price < 0n ? -price : price;
  const share = (size * (read("collarPercent", percent) ?? 0n) + PPM - 1n) / PPM;
  const end = `ends at most at ${MOST_TEXT}`;
  if (size + share > MOST_E8) report("referencePrice", `expected a price whose collar ${end}, got ${referencePrice}`);
  else if (size + (width ?? 0n) > MOST_E8)
    report("collarWidth", `expected a width whose collar round ${referencePrice} ${end}, got ${collarWidth}`);
  return problems;
}

/** In the field's smallest units; null: another check says what is wrong with it. */
function read(field: "referencePrice" | "collarWidth" | "collarPercent", value: unknown): bigint | null {
  const number = readDecimal(value, symbolSchema.properties[field] as unknown as DecimalBounds);
  return typeof number === "bigint" ? number : null;
}
