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
/** Above this, no digit is added to a tag or a length. */
const MOST = 99_999_999;

/** True when a scanned message may hold a secret. */
export function mayHoldSecrets(scan: Scanner): boolean {
  const type = scan.msgType;
  return type === LOGON || type === USER_REQUEST || scan.find(Password) >= 0 || scan.find(NewPassword) >= 0;
}

/**
 * Overwrites the values of Password (554), NewPassword (925), RawData (96) and the encrypted passwords (1402, 1404) in
 * `bytes[from, to)` with `*`. What is no message, or a part of one, is masked wherever such a tag and `=` stand in it.
 */
export function maskSecrets(bytes: Uint8Array, from: number, to: number): void {
  let tag = 0;
  let rawBytes = 0;
  for (let at = from; at < to; at++) {
    const byte = bytes[at]!;
    if (byte !== EQUALS) tag = isDigit(byte) ? withDigit(tag, byte) : 0;
    else {
      if (tag === RawDataLength) rawBytes = number(bytes, at + 1, to);
      // A length that lies hides too much rather than too little.
      else if (isSecret(tag)) at = mask(bytes, at + 1, tag === RawData ? Math.min(to, at + 1 + rawBytes) : at + 1, to);
      tag = 0;
    }
  }
}

/** Masks up to the first SOH from `least` on. Returns  the offset of the last masked byte. */
function mask(bytes: Uint8Array, from: number, least: number, to: number): number {
  let at = from;
  for (; at < to && (at < least || bytes[at] !== SOH); at++) bytes[at] = STAR;
  return at - 1;
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

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= ZERO + 9;
}

/** The number with one more digit, as long as it can be a tag or a length. */
function withDigit(value: number, byte: number): number {
  return value > MOST ? value : value * 10 + byte - ZERO;
}

function number(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to && isDigit(bytes[i]!); i++) value = withDigit(value, bytes[i]!);
  return value;
}
