import type { Scanner } from "../wire/scan.ts";
import {
  EncryptedNewPassword,
  EncryptedPassword,
  LOGON,
  NewPassword,
  Password,
  RawData,
  RawDataLength,
  USER_REQUEST,
} from "../wire/tags.ts";

const SOH = 1;
const EQUALS = 61;
const ZERO = 48;
const STAR = 42;
/** `10=123|` */
const CHECKSUM_BYTES = 7;
/** Most digits of a tag or a length that is read. */
const DIGITS = 9;

/** True when a scanned message may hold a secret. */
export function mayHoldSecrets(scan: Scanner): boolean {
  const type = scan.msgType;
  return type === LOGON || type === USER_REQUEST || scan.find(Password) >= 0 || scan.find(NewPassword) >= 0;
}

/**
 * Overwrites the values of Password (554), NewPassword (925), RawData (96) and the encrypted passwords (1402, 1404) in
 * `bytes[from, to)` with `*`: whole messages, parts of one, or no message at all.
 */
export function maskSecrets(bytes: Uint8Array, from: number, to: number): void {
  let rawBytes = 0;
  for (let at = from; at < to; ) {
    let tag = 0;
    let value = at;
    for (; value < to && bytes[value] !== EQUALS && bytes[value] !== SOH; value++) tag = withDigit(tag, bytes[value]!);
    // A length that lies hides too much rather than too little.
    const least = tag === RawData ? Math.min(to, value + 1 + rawBytes) : value;
    let end = least;
    while (end < to && bytes[end] !== SOH) end++;
    if (bytes[value] === EQUALS) {
      if (tag === RawDataLength) rawBytes = number(bytes, value + 1, end);
      else if (isSecret(tag)) for (let i = value + 1; i < end; i++) bytes[i] = STAR;
    }
    at = end + 1;
  }
}

/** The same for a whole message, whose CheckSum is corrected: the copy is well formed. */
export function maskMessage(bytes: Uint8Array, from: number, to: number): void {
  maskSecrets(bytes, from, to - CHECKSUM_BYTES);
  let sum = 0;
  for (let i = from; i < to - CHECKSUM_BYTES; i++) sum += bytes[i]!;
  sum &= 255;
  bytes[to - 4] = ZERO + ((sum / 100) | 0);
  bytes[to - 3] = ZERO + (((sum / 10) | 0) % 10);
  bytes[to - 2] = ZERO + (sum % 10);
}

function isSecret(tag: number): boolean {
  return (
    tag === Password ||
    tag === NewPassword ||
    tag === RawData ||
    tag === EncryptedPassword ||
    tag === EncryptedNewPassword
  );
}

/** The number with one more digit; −1 from the first byte on that is none. */
function withDigit(value: number, byte: number): number {
  const digit = byte - ZERO;
  return value < 0 || digit < 0 || digit > 9 || value >= 10 ** (DIGITS - 1) ? -1 : value * 10 + digit;
}

function number(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i++) value = withDigit(value, bytes[i]!);
  return value < 0 ? 0 : value;
}
