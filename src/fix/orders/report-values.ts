import { readDecimalE8, readWhole } from "../../base/decimal.ts";
import { ID_BYTES, putId } from "../../base/id.ts";
import type { Views } from "../../base/views.ts";
import type { Scanner } from "../wire/scan.ts";
import { AvgPx } from "../wire/tags.ts";
import { TimestampReader } from "../wire/timestamp.ts";
import { Aside, timeDecimals } from "./aside.ts";

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

  /** Begins the scanned message. */
  aim(scan: Scanner): void {
    this.scan = scan;
    this.stated = 0;
    this.unheldTag = 0;
    this.aside.clear();
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

  /** Copies an id. Returns its length, 0 when it is absent or too long. */
  shortId(fieldTag: number, views: Views, at: number): number {
    const scan = this.scan;
    const field = scan.find(fieldTag);
    if (field < 0) return 0;
    const from = scan.starts[field]!;
    const to = scan.ends[field]!;
    if (to - from > ID_BYTES) return this.leave(fieldTag, 0);
    putId(views, at, scan.bytes, from, to);
    return to - from;
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

  /** Returns whole units and notes the bit that they were said; `absent` when they are absent or not held exactly. */
  whole(fieldTag: number, bit: number, absent: number): number {
    const scan = this.scan;
    const field = scan.find(fieldTag);
    if (field < 0) return absent;
    return this.number(readWhole(scan.bytes, scan.starts[field]!, scan.ends[field]!), fieldTag, bit, absent);
  }

  /** The same of a price in 1e-8. */
  price(fieldTag: number, bit: number, absent: number): number {
    const scan = this.scan;
    const field = scan.find(fieldTag);
    if (field < 0) return absent;
    return this.number(readDecimalE8(scan.bytes, scan.starts[field]!, scan.ends[field]!), fieldTag, bit, absent);
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

  private number(value: number, fieldTag: number, bit: number, absent: number): number {
    if (value === value && value !== Number.POSITIVE_INFINITY) {
      this.stated |= bit;
      return value;
    }
    // The books don't need an average: it has often more decimals than a price.
    if (this.unheldTag === 0 && fieldTag !== AvgPx) this.unheldTag = fieldTag;
    return this.leave(fieldTag, absent);
  }

  private leave(fieldTag: number, absent: number): number {
    this.aside.add(fieldTag);
    return absent;
  }
}
