import { readDecimalE8, readWhole } from "../../base/decimal.ts";
import { ID_BYTES, putId } from "../../base/id.ts";
import { NO_PRICE } from "../../base/units.ts";
import type { Views } from "../../base/views.ts";
import type { Scanner } from "../wire/scan.ts";

/** Reads the values of a venue's report; unreadable values are absent, and the first unreadable number is noted. */
export class ReportValues {
  /** Tag of the first number that is unreadable or not exactly representable; 0: none. */
  unreadTag = 0;
  private scan!: Scanner;

  /** Begins the scanned message. */
  aim(scan: Scanner): this {
    this.scan = scan;
    this.unreadTag = 0;
    return this;
  }

  /** Copies a venue's id; of a longer id the last 32 bytes, which are the distinct ones. Returns its length, 0 when absent. */
  id(fieldTag: number, views: Views, at: number): number {
    const scan = this.scan;
    const field = scan.find(fieldTag);
    if (field < 0) return 0;
    const to = scan.ends[field]!;
    const from = Math.max(scan.starts[field]!, to - ID_BYTES);
    putId(views, at, scan.bytes, from, to);
    return to - from;
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
