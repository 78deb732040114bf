import { ascii, equals, put } from "../../base/ascii.ts";
import { putInt, putWhole, readInt } from "../../base/decimal.ts";
import type { Scanner } from "../wire/scan.ts";
import { ClOrdID } from "../wire/tags.ts";

const DASH = 45;

/**
 * The ClOrdID of a request to a venue: `<birth>-<number>-<slot>`: second of the journal's creation in base 36, the core's
 * request number, the order's slot. It is unique for the life of the journal, and gives a report's order without a search.
 */
export class VenueId {
  /** Results of the last `read`. */
  number = 0;
  slot = 0;
  readonly prefix: Uint8Array;

  constructor(birthSeconds: number) {
    this.prefix = ascii(`${birthSeconds.toString(36).toUpperCase()}-`);
  }

  /** Writes the ClOrdID; returns the offset behind it. */
  put(bytes: Uint8Array, at: number, number: number, slot: number): number {
    let o = put(bytes, at, this.prefix);
    o = putWhole(bytes, o, number);
    bytes[o++] = DASH;
    return putInt(bytes, o, slot);
  }

  /** Reads the ClOrdID of a message; false when it is absent or not one of ours. */
  readFrom(scan: Scanner): boolean {
    const field = scan.find(ClOrdID);
    return field >= 0 && this.read(scan.bytes, scan.starts[field]!, scan.ends[field]!);
  }

  /** Reads number and slot from a ClOrdID; false when it is not one of ours. */
  read(bytes: Uint8Array, from: number, to: number): boolean {
    const start = from + this.prefix.length;
    if (to <= start || !equals(bytes, from, start, this.prefix)) return false;
    let dash = start;
    let number = 0;
    for (; dash < to && bytes[dash] !== DASH; dash++) {
      const digit = bytes[dash]! - 48;
      if (digit < 0 || digit > 9 || dash - start > 15) return false;
      number = number * 10 + digit;
    }
    const slot = readInt(bytes, dash + 1, to);
    if (dash === start || slot < 0) return false;
    this.number = number;
    this.slot = slot;
    return true;
  }
}
