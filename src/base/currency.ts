// A currency as the core has it: its code of three to seven characters as a whole number, the first one in the lowest byte.

/** A currency of the configuration. */
export const CURRENCY_PATTERN = "^[A-Z][A-Z0-9]{2,6}$";
/** Larger than every currency. */
export const MOST_CURRENCY = 1n << 56n;

export function currencyNumber(code: string): bigint {
  let number = 0n;
  for (let i = code.length - 1; i >= 0; i--) number = (number << 8n) | BigInt(code.charCodeAt(i));
  return number;
}

export function currencyText(number: bigint): string {
  let code = "";
  for (let rest = number; rest > 0n; rest >>= 8n) code += String.fromCharCode(Number(rest & 255n));
  return code;
}
