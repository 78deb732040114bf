import { ascii, put } from "../../base/ascii.ts";
import type { Scanner } from "../wire/scan.ts";
import * as tag from "../wire/tags.ts";

/** Bytes of a field that a log line repeats. */
const VALUE_BYTES = 64;
const CLOSING = 41;

/** Reads a client's DontKnowTrade (Q): which execution it does not know, and why. */
export class DontKnowReader {
  /** The message in words, as `describe` has written it. */
  readonly words = new Uint8Array(new ArrayBuffer(1024));

  /** Writes the scanned message to `words`, for a log line. Returns  the length. */
  describe(scan: Scanner): number {
    const words = this.words;
    let end = put(words, 0, DOES_NOT_KNOW);
    end = this.field(end, scan, ORDER_ID, tag.OrderID);
    end = this.field(end, scan, EXEC_ID, tag.ExecID);
    end = this.field(end, scan, REASON, tag.DKReason);
    words[end++] = CLOSING;
    return this.field(end, scan, COLON, tag.Text);
  }

  /** Writes `before` and the field's value; nothing when the field is absent. */
  private field(at: number, scan: Scanner, before: Uint8Array, wanted: number): number {
    const field = scan.find(wanted);
    if (field < 0) return at;
    let end = put(this.words, at, before);
    const to = Math.min(scan.ends[field]!, scan.starts[field]! + VALUE_BYTES);
    for (let i = scan.starts[field]!; i < to; i++) this.words[end++] = scan.bytes[i]!;
    return end;
  }
}

const DOES_NOT_KNOW = ascii("says that it does not know a trade (DontKnowTrade");
const ORDER_ID = ascii(", OrderID ");
const EXEC_ID = ascii(", ExecID ");
const REASON = ascii(", DKReason ");
const COLON = ascii(": ");
