/** Reason why a value is not a valid decimal. */
export type DecimalFault = "form" | "places" | "range";

const DECIMAL = /^(\d{1,30})(?:\.(\d{1,60}))?$/;
const EXPONENT = /^(\d)(?:\.(\d+))?e-(\d+)$/;

/**
 * Reads a positive decimal as a whole number of 10^-places, exactly; a number is read by its shortest decimal text.
 * Returns  the whole number, or the fault: not a decimal, too many places, or outside of 0 to `max`.
 */
export function readDecimal(value: unknown, places: number, max: number): number | DecimalFault {
  if (typeof value !== "string" && typeof value !== "number") return "form";
  if (typeof value === "number" && (Number.isNaN(value) || value <= 0 || value > max)) return "range";
  const match = DECIMAL.exec(typeof value === "number" ? withoutExponent(String(value)) : value);
  if (match === null) return "form";
  const fraction = (match[2] ?? "").replace(/0+$/, "");
  if (fraction.length > places) return "places";
  const scaled = BigInt(match[1]! + fraction.padEnd(places, "0"));
  if (scaled <= 0n || scaled > BigInt(max) * 10n ** BigInt(places)) return "range";
  return Number(scaled);
}

/** JavaScript writes numbers below 1e-6 with an exponent. */
function withoutExponent(text: string): string {
  const match = EXPONENT.exec(text);
  if (match === null) return text;
  const digits = match[1]! + (match[2] ?? "");
  return `0.${"0".repeat(Number(match[3]) - 1)}${digits}`;
}
