import { ascii, equals } from "../../base/ascii.ts";
import type { Scanner } from "../wire/scan.ts";
import { SessionTexts } from "../wire/session-texts.ts";
import * as tag from "../wire/tags.ts";
import { TimestampReader } from "../wire/timestamp.ts";
import { type FixVersion, headerText } from "../wire/version.ts";
import type { HeaderText } from "../wire/write.ts";

const YES = 89;
const LONGEST_COMP_ID = 32;

/** Both parties of a session: the header of our messages, and whether a message is from the peer, to us, in our version, and recent. */
export class Identity {
  /** The constant fields of our messages, and the same as the codec takes them. */
  header!: HeaderText;
  ownTexts!: SessionTexts;
  /** The peer's messages as the codec compares them; where it has compared, its answer is taken. */
  peerTexts!: SessionTexts;
  private readonly begin: Uint8Array;
  private readonly applVerId: Uint8Array;
  private readonly target: Uint8Array;
  /** `peerCompId` as bytes. */
  sender!: Uint8Array;
  private readonly time = new TimestampReader();

  constructor(
    private readonly version: FixVersion,
    /** The counterparty's CompID; empty while a dynamic session has no client. */
    public peerCompId: string,
    private readonly compId: string,
    /** Most microseconds between SendingTime and our clock. */
    readonly toleranceUs: number,
  ) {
    this.begin = ascii(version.beginString);
    this.applVerId = ascii(version.applVerId);
    this.target = ascii(compId);
    this.adopt(peerCompId);
  }

  /** Binds the session to this counterparty. */
  adopt(peerCompId: string): void {
    this.peerCompId = peerCompId;
    this.sender = ascii(peerCompId);
    this.header = headerText(this.version, this.compId, peerCompId);
    this.ownTexts = new SessionTexts(this.header.begin, this.header.sender, this.header.target);
    this.peerTexts = new SessionTexts(this.begin, this.sender, this.target);
  }

  /** True for a Logon of this session's peer to us. */
  isLogonOf(scan: Scanner): boolean {
    if (this.peerCompId === "") return false;
    return scan.msgType === tag.LOGON && this.rightBegin(scan) && this.rightCompIds(scan);
  }

  /** True for a Logon to us in this session's version, whoever sends it. */
  couldBeOf(scan: Scanner): boolean {
    return scan.msgType === tag.LOGON && this.rightBegin(scan) && this.isForUs(scan);
  }

  /** True for a message of this session's peer to us but for its BeginString. */
  hasOtherBegin(scan: Scanner): boolean {
    const isPeer = this.peerCompId === "" ? this.isForUs(scan) : this.rightCompIds(scan);
    return isPeer && !this.rightBegin(scan);
  }

  rightBegin(scan: Scanner): boolean {
    if (scan.peer === this.peerTexts) return scan.codec!.isRightBegin;
    return equals(scan.bytes, scan.starts[0]!, scan.ends[0]!, this.begin);
  }

  /** True for a message of any sender to us. */
  private isForUs(scan: Scanner): boolean {
    const sender = scan.find(tag.SenderCompID);
    const target = scan.find(tag.TargetCompID);
    if (sender < 0 || target < 0) return false;
    const length = scan.ends[sender]! - scan.starts[sender]!;
    if (length === 0 || length > LONGEST_COMP_ID) return false;
    return equals(scan.bytes, scan.starts[target]!, scan.ends[target]!, this.target);
  }

  rightCompIds(scan: Scanner): boolean {
    if (scan.peer === this.peerTexts) return scan.codec!.areRightCompIds;
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
    return this.isWithin(scan, wallUs, this.toleranceUs);
  }

  /** True when SendingTime is there and at most `mostUs` from `wallUs`. */
  isWithin(scan: Scanner, wallUs: number, mostUs: number): boolean {
    const sent = this.sendingTime(scan);
    return sent >= 0 && Math.abs(sent - wallUs) <= mostUs;
  }

  /** SendingTime in microseconds since 1970; −1 when it is absent or not a UTCTimestamp. */
  sendingTime(scan: Scanner): number {
    if (scan.peer !== null) return scan.codec!.sendingTimeUs;
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
