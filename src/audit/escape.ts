const SOH = "\x01";
/** All but printable ASCII, and the backslash, by which escapes are known. */
const UNPRINTABLE = /[^\x20-\x5b\x5d-\x7e]/g;
/** The same with the bar, which stands for SOH. */
const UNPRINTABLE_OR_BAR = /[^\x20-\x5b\x5d-\x7b\x7d\x7e]/g;

/** A peer's text on one line: bytes that are no printable ASCII, and the backslash, as `\xNN`. Each text has another result. */
export function escaped(text: string): string {
  return text.replace(UNPRINTABLE, hex);
}

/** Our own words on one line, in which a peer's text is escaped already. */
export function ownLine(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, hex);
}

/** FIX fields on one line: `|` for SOH, other bytes as `escaped` has them, and a `|` of the message as `\x7c`. */
export function fieldsLine(fields: string): string {
  return fields.replace(UNPRINTABLE_OR_BAR, (byte) => (byte === SOH ? "|" : hex(byte)));
}

/** FIX fields on one line: SOH as it is, other bytes as `escaped` has them. */
export function exportLine(fields: string): string {
  return fields.replace(UNPRINTABLE, (byte) => (byte === SOH ? SOH : hex(byte)));
}

function hex(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
}
