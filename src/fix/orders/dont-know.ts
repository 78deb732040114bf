import { ascii, put } from "../../base/ascii.ts";
import { putField } from "../wire/put-field.ts";
import type { Scanner } from "../wire/scan.ts";
import * as tag from "../wire/tags.ts";

const CLOSING = 41;

/** Reads a client's DontKnowTrade (Q): which execution it does not know, and why. */
export class DontKnowReader {
  /** The message in words, as `describe` has written it. */
  readonly words = new Uint8Array(new ArrayBuffer(1024));

  /** Writes the scanned message to `words`, for a log line. Returns  the length. */
  describe(scan: Scanner): number {
    const words = this.words;
    let end = put(words, 0, DOES_NOT_KNOW);
    end = putField(words, end, scan, ORDER_ID, tag.OrderID);
    end = putField(words, end, scan, EXEC_ID, tag.ExecID);
    end = putField(words, end, scan, REASON, tag.DKReason);
    words[end++] = CLOSING;
    return putField(words, end, scan, COLON, tag.Text);
  }
}

const DOES_NOT_KNOW = ascii("says that it does not know a trade (DontKnowTrade");
const ORDER_ID = ascii(", OrderID ");
const EXEC_ID = ascii(", ExecID ");
const REASON = ascii(", DKReason ");
const COLON = ascii(": ");
