import type { Scanner } from "../wire/scan.ts";
import * as tag from "../wire/tags.ts";

/** Reads Reject (3) and BusinessMessageReject (j) of a peer: the message it rejects, and why. */
export class RejectReader {
  /** RefSeqNum, -1 when it is absent. */
  refSeqNum = -1;
  /** Text in the scanned bytes; empty when it is absent. */
  textFrom = 0;
  textTo = 0;

  /** True when the message is one of the two. */
  read(scan: Scanner): boolean {
    const field = scan.find(tag.Text);
    this.refSeqNum = scan.int(tag.RefSeqNum);
    this.textFrom = field < 0 ? 0 : scan.starts[field]!;
    this.textTo = field < 0 ? 0 : scan.ends[field]!;
    return scan.msgType === tag.REJECT || scan.msgType === tag.BUSINESS_MESSAGE_REJECT;
  }
}
