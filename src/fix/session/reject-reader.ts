import { ascii, put } from "../../base/ascii.ts";
import { putField, VALUE_BYTES } from "../wire/put-field.ts";
import type { Scanner } from "../wire/scan.ts";
import * as tag from "../wire/tags.ts";

const CLOSING = 41;

/** Reads Reject (3) and BusinessMessageReject (j) of a peer: the message it rejects, and why. */
export class RejectReader {
  /** RefSeqNum, -1 when it is absent. */
  refSeqNum = -1;
  /** Text in the scanned bytes; empty when it is absent. */
  textFrom = 0;
  textTo = 0;
  /** The reject in words, as `describe` has written it. */
  readonly words = new Uint8Array(new ArrayBuffer(1024));

  /** True when the message is one of the two. */
  read(scan: Scanner): boolean {
    const field = scan.find(tag.Text);
    this.refSeqNum = scan.int(tag.RefSeqNum);
    this.textFrom = field < 0 ? 0 : scan.starts[field]!;
    this.textTo = field < 0 ? 0 : scan.ends[field]!;
    return scan.msgType === tag.REJECT || scan.msgType === tag.BUSINESS_MESSAGE_REJECT;
  }

  /** Writes the reject that was read to `words`, for a log line. Returns  the length. */
  describe(scan: Scanner): number {
    const words = this.words;
    let end = putField(words, 0, scan, OUR_MESSAGE, tag.RefSeqNum);
    if (end === 0) end = put(words, 0, A_MESSAGE);
    end = putField(words, end, scan, MSG_TYPE, tag.RefMsgType);
    end = putField(words, end, scan, TAG, tag.RefTagID);
    end = putField(words, end, scan, REASON, tag.SessionRejectReason);
    end = putField(words, end, scan, BUSINESS_REASON, tag.BusinessRejectReason);
    end = putField(words, end, scan, REF_ID, tag.BusinessRejectRefID);
    words[end++] = CLOSING;
    const to = Math.min(this.textTo, this.textFrom + 4 * VALUE_BYTES);
    if (to > this.textFrom) end = put(words, end, COLON);
    for (let i = this.textFrom; i < to; i++) words[end++] = scan.bytes[i]!;
    return end;
  }
}

const OUR_MESSAGE = ascii("rejects our message (MsgSeqNum ");
const A_MESSAGE = ascii("rejects a message of ours (without its MsgSeqNum");
const MSG_TYPE = ascii(", MsgType ");
const TAG = ascii(", tag ");
const REASON = ascii(", SessionRejectReason ");
const BUSINESS_REASON = ascii(", BusinessRejectReason ");
const REF_ID = ascii(", id ");
const COLON = ascii(": ");
