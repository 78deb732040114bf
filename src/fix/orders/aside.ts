import type { Scanner } from "../wire/scan.ts";
import type { TimestampReader } from "../wire/timestamp.ts";

/** More than the tags of any record. */
const MOST = 32;

/** Tags of a message whose record has a place for them that can't hold their values: they stand beside the record. */
export class Aside {
  private readonly tags = new Int32Array(new ArrayBuffer(4 * MOST));
  private count = 0;

  clear(): void {
    this.count = 0;
  }

  add(fieldTag: number): void {
    if (this.count < MOST) this.tags[this.count++] = fieldTag;
  }

  has(fieldTag: number): boolean {
    for (let i = 0; i < this.count; i++) if (this.tags[i] === fieldTag) return true;
    return false;
  }
}

/**
 * Decimals of the seconds in a field, 0, 3 or 6, where its number of microseconds is exactly that text again; else -1: it has other
 * decimals, a leap second, or a day that does not exist.
 */
export function timeDecimals(scan: Scanner, field: number, reader: TimestampReader): number {
  const bytes = scan.bytes;
  const from = scan.starts[field]!;
  const length = scan.ends[field]! - from;
  if ((length !== 17 && length !== 21 && length !== 24) || bytes[from + 15]! > 53) return -1;
  if (reader.read(bytes, from, from + length) < 0) return -1;
  const year = number(bytes, from, 4);
  const month = number(bytes, from + 4, 2);
  const day = number(bytes, from + 6, 2);
  if (day > 28 && day > daysIn(month, year)) return -1;
  return length === 17 ? 0 : length - 18;
}

function daysIn(month: number, year: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function number(bytes: Uint8Array, from: number, digits: number): number {
  let value = 0;
  for (let i = 0; i < digits; i++) value = value * 10 + bytes[from + i]! - 48;
  return value;
}
