import { ascii, equals } from "../../base/ascii.ts";
import type { Scanner } from "../wire/scan.ts";
import { SessionTexts } from "../wire/session-texts.ts";
import * as tag from "../wire/tags.ts";
import { TimestampReader } from "../wire/timestamp.ts";
import type { FixVersion } from "../wire/version.ts";

const YES = 89;
const LONGEST_COMP_ID = 32;

/** Is a message from the session's peer to us, in the session's version, and of now? */
export class Identity {
  private readonly begin: Uint8Array;
  private readonly sender: Uint8Array;
  private readonly target: Uint8Array;
  private readonly time = new TimestampReader();

  private readonly applVerId: Uint8Array;
  /** What the codec compares with; where it has, its answer is taken. */
  readonly texts: SessionTexts;

  constructor(
    version: FixVersion,
    peerCompId: string,
    compId: string,
    /** How far SendingTime may be from our clock. */
    private readonly toleranceUs: number,
  ) {
    this.begin = ascii(version.beginString);
    this.applVerId = ascii(version.applVerId);
    this.sender = ascii(peerCompId);
    this.target = ascii(compId);
    this.texts = new SessionTexts(this.begin, this.sender, this.target);
  }

  rightBegin(scan: Scanner): boolean {
    if (scan.peer === this.texts) return scan.codec!.isRightBegin;
    return equals(scan.bytes, scan.starts[0]!, scan.ends[0]!, this.begin);
  }

  /** Whoever it is from, it is for us: a session without a client yet takes it as its client's. */
  isForUs(scan: Scanner): boolean {
    const sender = scan.find(tag.SenderCompID);
    const target = scan.find(tag.TargetCompID);
    if (sender < 0 || target < 0) return false;
    const length = scan.ends[sender]! - scan.starts[sender]!;
    if (length === 0 || length > LONGEST_COMP_ID) return false;
    return equals(scan.bytes, scan.starts[target]!, scan.ends[target]!, this.target);
  }

  rightCompIds(scan: Scanner): boolean {
    if (scan.peer === this.texts) return scan.codec!.areRightCompIds;
    const sender = scan.find(tag.SenderCompID);
    const target = scan.find(tag.TargetCompID);
    if (sender < 0 || target < 0) return false;
    return (
      equals(scan.bytes, scan.starts[sender]!, scan.ends[sender]!, this.sender) &&
      equals(scan.bytes, scan.starts[target]!, scan.ends[target]!, this.target)
    );
  }

  /** Over FIXT a Logon must name the session's version (1137). */
  rightApplVerId(scan: Scanner): boolean {
    if (this.applVerId.length === 0) return true;
    const field = scan.find(tag.DefaultApplVerID);
    return field >= 0 && equals(scan.bytes, scan.starts[field]!, scan.ends[field]!, this.applVerId);
  }

  /** True when SendingTime is there and within tolerance of `wallUs`. */
  rightTime(scan: Scanner, wallUs: number): boolean {
    const sent = scan.peer === null ? this.sendingTime(scan) : scan.codec!.sendingTimeUs;
    return sent >= 0 && Math.abs(sent - wallUs) <= this.toleranceUs;
  }

  private sendingTime(scan: Scanner): number {
    const field = scan.find(tag.SendingTime);
    return field < 0 ? -1 : this.time.read(scan.bytes, scan.starts[field]!, scan.ends[field]!);
  }

  /** PossDupFlag = Y needs an OrigSendingTime not after SendingTime. */
  rightOrigTime(scan: Scanner): boolean {
    // A gap fill was never sent before, so many have none (case 10c).
    if (scan.msgType === tag.SEQUENCE_RESET) return true;
    if (scan.char(tag.PossDupFlag) !== YES) return true;
    const orig = scan.find(tag.OrigSendingTime);
    const sent = scan.find(tag.SendingTime);
    if (orig < 0 || sent < 0) return false;
    const origUs = this.time.read(scan.bytes, scan.starts[orig]!, scan.ends[orig]!);
    return origUs >= 0 && origUs <= this.time.read(scan.bytes, scan.starts[sent]!, scan.ends[sent]!);
  }
}
