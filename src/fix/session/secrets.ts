import { putInt } from "../../base/decimal.ts";
import { NewPassword, Password, RawData, RawDataLength } from "../wire/tags.ts";

const SOH = 1;
const EQUALS = 61;
const ZERO = 48;
const STAR = 42;
/** The body is written behind the longest header, then moved up to its end. */
const BODY_AT = 64;

/**
 * Copies the message `source[from, to)` to the start of `target` with `***` for Password (554), NewPassword (925) and
 * RawData (96); BodyLength, RawDataLength and CheckSum are corrected: the copy is well formed and holds no secret.
 * Returns  its length.
 */
export function maskSecrets(source: Uint8Array, from: number, to: number, target: Uint8Array): number {
  const lengthAt = fieldEnd(source, from, to) + 3;
  const bodyFrom = fieldEnd(source, lengthAt, to) + 1;
  const trailer = to - 7;
  let out = BODY_AT;
  let rawBytes = 0;
  for (let at = bodyFrom; at < trailer; ) {
    let tag = 0;
    let value = at;
    for (; value < trailer && source[value] !== EQUALS; value++) tag = tag * 10 + source[value]! - ZERO;
    value++;
    const end = tag === RawData && rawBytes > 0 ? value + rawBytes : fieldEnd(source, value, trailer);
    if (tag === RawDataLength) rawBytes = number(source, value, end);
    for (let i = at; i < value; i++) target[out++] = source[i]!;
    if (tag === RawDataLength) target[out++] = ZERO + 3;
    else if (tag === RawData || tag === Password || tag === NewPassword) {
      target[out++] = STAR;
      target[out++] = STAR;
      target[out++] = STAR;
    } else for (let i = value; i < end; i++) target[out++] = source[i]!;
    target[out++] = SOH;
    at = end + 1;
  }
  return frame(source, from, lengthAt, target, out);
}

/** BodyLength before the body that ends at `bodyEnd`, CheckSum behind it. */
function frame(source: Uint8Array, from: number, lengthAt: number, target: Uint8Array, bodyEnd: number): number {
  let at = 0;
  for (let i = from; i < lengthAt; i++) target[at++] = source[i]!;
  at = putInt(target, at, bodyEnd - BODY_AT);
  target[at++] = SOH;
  target.copyWithin(at, BODY_AT, bodyEnd);
  at += bodyEnd - BODY_AT;
  let sum = 0;
  for (let i = 0; i < at; i++) sum += target[i]!;
  sum &= 255;
  target[at++] = 49;
  target[at++] = ZERO;
  target[at++] = EQUALS;
  target[at++] = ZERO + ((sum / 100) | 0);
  target[at++] = ZERO + (((sum / 10) | 0) % 10);
  target[at++] = ZERO + (sum % 10);
  target[at++] = SOH;
  return at;
}

function fieldEnd(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && bytes[at] !== SOH) at++;
  return at;
}

function number(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i++) value = value * 10 + bytes[i]! - ZERO;
  return value;
}
