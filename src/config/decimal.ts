/** Reason why a value is not a valid decimal. */
type DecimalFault = "form" | "places" | "range";

/** What a decimal field takes. */
export interface DecimalBounds {
  readonly places: number;
  readonly max: number;
  /** Absent: above 0 alone. */
  readonly from?: "zero" | "negative";
}

const DECIMAL = /^(-?)(\d{1,30})(?:\.(\d{1,60}))?$/;
const EXPONENT = /^(-?)(\d)(?:\.(\d+))?e-(\d+)$/;

/**
 * Reads a decimal as a whole number of 10^-places, exactly; a number is read by its shortest decimal text.
 * Returns  the whole number, or the fault: not a decimal, too many places, or out of bounds.
 */
export function readDecimal(value: unknown, { places, max, from }: DecimalBounds): bigint | DecimalFault {
  if (typeof value !== "string" && typeof value !== "number") return "form";
  if (typeof value === "number" && !(Math.abs(value) <= max)) return "range";
  const match = DECIMAL.exec(typeof value === "number" ? withoutExponent(String(value)) : value);
  if (match === null) return "form";
  const [, minus = "", whole = "", decimals = ""] = match;
  const fraction = decimals.replace(/0+$/, "");
  const size = BigInt(whole + fraction.slice(0, places).padEnd(places, "0"));
  const isSmall = size === 0n && fraction.length <= places;
  if (isSmall ? from === undefined : minus !== "" && from !== "negative") return "range";
  if (fraction.length > places) return "places";
  if (size > BigInt(max) * 10n ** BigInt(places)) return "range";
  return minus === "" ? size : -size;
}

/** JavaScript writes numbers below 1e-6 with an exponent. */
function withoutExponent(text: string): string {
  const match = EXPONENT.exec(text);
  if (match === null) return text;
  const digits = match[2]! + (match[3] ?? "");
  return `${match[1]}0.${"0".repeat(Number(match[4]) - 1)}${digits}`;
}

/** The text of what a field takes. */
export function expectedDecimal({ places, max, from }: DecimalBounds): string {
  const most = max.toLocaleString("en-US");
  const range =
    from === undefined ? `above 0 up to ${most}` : from === "zero" ? `from 0 to ${most}` : `from -${most} to ${most}`;
  return `a number ${range} with at most ${places} decimals`;
}
