import { HELD, readDecimal } from "../../base/decimal.ts";
import { ID_BYTES, putId } from "../../base/id.ts";
import { storeNoPrice } from "../../base/long.ts";
import type { Views } from "../../base/views.ts";
import type { Scanner } from "../wire/scan.ts";
import * as tag from "../wire/tags.ts";
import { TimestampReader } from "../wire/timestamp.ts";
import { Aside, timeDecimals } from "./aside.ts";

/** Hash characters at the end of a key, and bits of the hash in each. */
const KEY_CHARACTERS = 16;
const CHARACTER_BITS = 4;
const MINUS = 45;

/** Reads the values of a venue's report; what the record can't hold exactly is absent there and noted, so that it stands beside it. */
export class ReportValues {
  /** Bits STATED_… of the numbers that were read. */
  stated = 0;
  /** Tag of the first number that the books need and the record can't hold exactly; 0: none. */
  unheldTag = 0;
  readonly aside = new Aside();
  /** 1 + the decimals of the last time, 0 when it was absent. */
  digits = 0;
  private readonly times = new TimestampReader();
  private scan!: Scanner;
  private found = -1;
  private isKey = false;

  /** Begins the scanned message. */
  aim(scan: Scanner): void {
    this.scan = scan;
    this.stated = 0;
    this.unheldTag = 0;
    this.aside.clear();
  }

  /**
   * Finds an id, for `copyId`. Returns its length, 0 when absent or longer than ID_BYTES. In the place of a longer ExecID or
   * ExecRefID a key of ID_BYTES is copied, which distinguishes it; a longer OrderID is left out.
   */
  id(fieldTag: number): number {
    const scan = this.scan;
    const field = scan.find(fieldTag);
    this.found = field;
    this.isKey = false;
    if (field < 0) return 0;
    const length = scan.ends[field]! - scan.starts[field]!;
    if (length <= ID_BYTES) return length;
    this.isKey = fieldTag === tag.ExecID || fieldTag === tag.ExecRefID;
    if (this.isKey) return ID_BYTES;
    this.found = -1;
    return fieldTag === tag.OrderID ? 0 : this.leave(fieldTag, 0);
  }

  /** Copies the id that was found last, if any. */
  copyId(views: Views, at: number): void {
    const field = this.found;
    if (field < 0) return;
    const from = this.scan.starts[field]!;
    const to = this.scan.ends[field]!;
    putId(views, at, this.scan.bytes, from, this.isKey ? from + ID_BYTES : to);
    if (this.isKey) putKey(views.bytes, at, this.scan.bytes, from, to);
  }

  /** Returns a field's single character, 0 when it is absent or longer. */
  char(fieldTag: number): number {
    const value = this.scan.char(fieldTag);
    return value < 0 ? this.leave(fieldTag, 0) : value;
  }

  /** Returns a number from 0 to 254, `absent` when it is absent or another one. */
  code(fieldTag: number, absent: number): number {
    const value = this.scan.int(fieldTag);
    if (value >= 0 && value < 255) return value;
    return this.scan.find(fieldTag) < 0 ? absent : this.leave(fieldTag, absent);
  }

  /** Reads a quantity into a cleared record, unless it is absent or not held exactly, and notes the bit that it was said. */
  quantity(fieldTag: number, bit: number, into: Views, index: number): void {
    const scan = this.scan;
    const field = scan.find(fieldTag);
    if (field < 0) return;
    if (scan.bytes[scan.starts[field]!] === MINUS) this.unheld(fieldTag);
    else this.decimal(field, fieldTag, bit, into, index);
  }

  /** The same of an average price. */
  average(fieldTag: number, bit: number, into: Views, index: number): void {
    const field = this.scan.find(fieldTag);
    if (field >= 0) this.decimal(field, fieldTag, bit, into, index);
  }

  /** The same of a price: NO_PRICE when it is absent or not held exactly. */
  price(fieldTag: number, bit: number, into: Views, index: number): void {
    const field = this.scan.find(fieldTag);
    if (field < 0 || !this.decimal(field, fieldTag, bit, into, index)) storeNoPrice(into.ints, index);
  }

  /** Returns a UTCTimestamp in microseconds since 1970 and sets `digits`; both are 0 when it is absent or not held exactly. */
  time(fieldTag: number): number {
    const scan = this.scan;
    const field = scan.find(fieldTag);
    this.digits = 0;
    if (field < 0) return 0;
    const decimals = timeDecimals(scan, field, this.times);
    if (decimals < 0) return this.leave(fieldTag, 0);
    this.digits = 1 + decimals;
    return this.times.read(scan.bytes, scan.starts[field]!, scan.ends[field]!);
  }

  private decimal(field: number, fieldTag: number, bit: number, into: Views, index: number): boolean {
    const scan = this.scan;
    if (readDecimal(scan.bytes, scan.starts[field]!, scan.ends[field]!, into.ints, index) !== HELD) {
      this.unheld(fieldTag);
      return false;
    }
    this.stated |= bit;
    return true;
  }

  private unheld(fieldTag: number): void {
    // The books don't need an average: it has often more decimals than a price.
    if (this.unheldTag === 0 && fieldTag !== tag.AvgPx) this.unheldTag = fieldTag;
    this.leave(fieldTag, 0);
  }

  private leave(fieldTag: number, absent: number): number {
    this.aside.add(fieldTag);
    return absent;
  }
}

/** Replaces the last characters of the key at `at` by two hashes of the whole id, in hexadecimal. */
function putKey(bytes: Uint8Array, at: number, id: Uint8Array, from: number, to: number): void {
  let a = 0x811c9dc5;
  let b = 0x2545f491;
  for (let i = from; i < to; i++) {
    a = Math.imul(a ^ id[i]!, 0x01000193);
    b = Math.imul(b ^ id[i]!, 0x85ebca6b);
    b ^= b >>> 13;
  }
  a ^= a >>> 16;
  b ^= b >>> 16;
  for (let i = 0; i < KEY_CHARACTERS; i++) {
    const hash = i < KEY_CHARACTERS / 2 ? a : b;
    const digit = (hash >>> ((i * CHARACTER_BITS) & 31)) & 15;
    bytes[at + ID_BYTES - KEY_CHARACTERS + i] = digit < 10 ? 48 + digit : 55 + digit;
  }
}
