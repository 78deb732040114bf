import { readDecimalE8, readWhole } from "../../base/decimal.ts";
import { ID_BYTES, putId } from "../../base/id.ts";
import { NO_PRICE } from "../../base/units.ts";
import type { Views } from "../../base/views.ts";
import type { Scanner } from "../wire/scan.ts";
import * as tag from "../wire/tags.ts";

/** Hash characters at the end of a key, and bits of the hash in each. */
const KEY_CHARACTERS = 16;
const CHARACTER_BITS = 4;

/** Reads the values of a venue's report; unreadable values are absent, and the first unreadable number is noted. */
export class ReportValues {
  /** Tag of the first number that is unreadable or not exactly representable; 0: none. */
  unreadTag = 0;
  private scan!: Scanner;
  private found = -1;
  private isKey = false;

  /** Begins the scanned message. */
  aim(scan: Scanner): this {
    this.scan = scan;
    this.unreadTag = 0;
    return this;
  }

  /**
   * Finds an id, for `copyId`. Returns its length, 0 when absent or longer than ID_BYTES. In the place of a longer ExecID or
   * ExecRefID a key of ID_BYTES is copied, by which it is told apart.
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
    return 0;
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

  /** Returns whole units, 0 when absent or unreadable. */
  whole(fieldTag: number): number {
    const scan = this.scan;
    const field = scan.find(fieldTag);
    if (field < 0) return 0;
    const value = readWhole(scan.bytes, scan.starts[field]!, scan.ends[field]!);
    return value === value && value !== Number.POSITIVE_INFINITY ? value : this.unread(fieldTag, 0);
  }

  /** Returns a price in 1e-8, NO_PRICE when absent or unreadable. */
  price(fieldTag: number): number {
    const scan = this.scan;
    const field = scan.find(fieldTag);
    if (field < 0) return NO_PRICE;
    const value = readDecimalE8(scan.bytes, scan.starts[field]!, scan.ends[field]!);
    return value === value && value !== Number.POSITIVE_INFINITY ? value : this.unread(fieldTag, NO_PRICE);
  }

  private unread(fieldTag: number, instead: number): number {
    if (this.unreadTag === 0) this.unreadTag = fieldTag;
    return instead;
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
