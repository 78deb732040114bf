import { ascii, equals, put } from "../base/ascii.ts";
import { putInt } from "../base/decimal.ts";
import { NS_PER_MS, NS_PER_S } from "../base/units.ts";
import { Closing } from "./closing.ts";
import type { Scanner } from "./scan.ts";
import * as tag from "./tags.ts";
import { TimestampReader } from "./timestamp.ts";
import { type FixVersion, headerText } from "./version.ts";
import type { HeaderText, Writer } from "./write.ts";

/** Who talks to whom, and by which rules. Cold data. */
export interface SessionProfile {
  readonly version: FixVersion;
  /** Our CompID: SenderCompID of what we send. */
  readonly compId: string;
  /** The counterparty's CompID. */
  readonly peerCompId: string;
  /** We connect and log on first. */
  readonly initiator: boolean;
  /** An initiator proposes it; an acceptor takes the peer's, up to this. Seconds. */
  readonly heartBtIntS: number;
  /** Both numbers go back to 1 at each Logon. */
  readonly resetOnLogon: boolean;
  readonly logonTimeoutMs: number;
}

/** What a session needs from whoever keeps its wire and its journal. */
export interface SessionHost {
  /** Points `session.writer` at the place where the next message goes. */
  aim(session: Session): void;
  /** A complete message stands in `session.writer`, from `writer.from` to `writer.at`: journal it, then send it. */
  message(session: Session, sequence: number, index: number): void;
  /** Both numbers are 1 again and `session.epoch` is new. */
  reset(session: Session): void;
  /** Answer a ResendRequest: our messages `begin` to `end`, both included. */
  resend(session: Session, begin: number, end: number): void;
  loggedOn(session: Session): void;
}

export const STATE_DOWN = 0;
/** Connected; an acceptor waits for a Logon. */
export const STATE_CONNECTED = 1;
/** An initiator has sent its Logon. */
export const STATE_LOGON_SENT = 2;
export const STATE_ACTIVE = 3;
/** Our Logout is out; the peer's is awaited. */
export const STATE_LOGOUT_SENT = 4;

/** What `receive` made of a message. */
export const HANDLED = 0;
/** An application message in sequence (or a Reject, which may concern one): the caller's to act on. */
export const APPLICATION = 1;
/** The connection is to be closed once what is written has gone; `session.closing` says why. */
export const CLOSE = 2;

/** SendingTime may differ from our clock by two minutes (FIX 4.4 Volume 2, case 2o). */
const SENDING_TIME_TOLERANCE_US = 120_000_000;
/** After our Logout, the peer has this long (case 12). */
const LOGOUT_TIMEOUT_NS = 2 * NS_PER_S;
/** A TestRequest goes out after 1.2 heartbeat intervals of silence, the connection after 2.4 (case 6). */
const TEST_AFTER = 1.2;
const GIVE_UP_AFTER = 2.4;
const RESEND_PATIENCE_NS = 10 * NS_PER_S;

const YES = 89;
const TEST = ascii("TEST");

/**
 * One FIX session: sequence numbers, Logon to Logout, heartbeats, gaps, rejects. Owns neither socket nor clock nor store.
 * Source  FIX 4.4 Volume 2 with Errata 20030618.
 */
export class Session {
  state = STATE_DOWN;
  /** MsgSeqNum we expect next, and the one we send next. */
  nextIn = 1;
  nextOut = 1;
  /** How often the numbers have been reset. */
  epoch = 0;
  closing: Closing = Closing.NONE;
  readonly header: HeaderText;
  private readonly begin: Uint8Array;
  private readonly sender: Uint8Array;
  private readonly target: Uint8Array;
  private readonly time = new TimestampReader();
  private heartBtNs: number;
  private lastSentNs = 0;
  private lastReceivedNs = 0;
  private sinceNs = 0;
  private testSent = false;
  /** While a ResendRequest of ours is open: the number that showed the gap; 0 when none is. */
  private gapTo = 0;
  private gapSinceNs = 0;
  private nowNs = 0;
  private wallUs = 0;
  private readonly scratch = new Uint8Array(new ArrayBuffer(4096));

  constructor(
    readonly profile: SessionProfile,
    readonly host: SessionHost,
    public writer: Writer,
  ) {
    this.header = headerText(profile.version, profile.compId, profile.peerCompId);
    this.begin = ascii(profile.version.beginString);
    this.sender = ascii(profile.peerCompId);
    this.target = ascii(profile.compId);
    this.heartBtNs = profile.heartBtIntS * NS_PER_S;
  }

  /** Tells the time to all that follows in this turn. */
  turn(nowNs: number, wallUs: number): void {
    this.nowNs = nowNs;
    this.wallUs = wallUs;
  }

  get active(): boolean {
    return this.state === STATE_ACTIVE;
  }

  /** The wire is there. An initiator sends its Logon. */
  connected(): void {
    this.state = STATE_CONNECTED;
    this.closing = Closing.NONE;
    this.testSent = false;
    this.gapTo = 0;
    this.sinceNs = this.nowNs;
    this.lastReceivedNs = this.nowNs;
    this.lastSentNs = this.nowNs;
    this.heartBtNs = this.profile.heartBtIntS * NS_PER_S;
    if (!this.profile.initiator) return;
    if (this.profile.resetOnLogon) this.reset();
    this.sendLogon(this.profile.resetOnLogon);
    this.state = STATE_LOGON_SENT;
  }

  /** The wire is gone. */
  disconnected(): void {
    this.state = STATE_DOWN;
  }

  /** Begins an application message; the caller writes its body into `writer` and calls `end`. */
  startMessage(msgType: number): Writer {
    this.host.aim(this);
    this.writer.begin(this.header, msgType, this.nextOut, this.wallUs);
    return this.writer;
  }

  /** Ends it; `index` counts what the core gave this session, 0 for session-level messages. */
  endMessage(index: number): void {
    this.writer.end();
    const sequence = this.nextOut++;
    this.lastSentNs = this.nowNs;
    this.host.message(this, sequence, index);
  }

  /** True when a first message is a Logon from this session's peer to us. */
  isLogonOf(scan: Scanner): boolean {
    return scan.msgType === tag.LOGON && this.rightBegin(scan) && this.rightCompIds(scan);
  }

  /** True when SendingTime is there and within tolerance. */
  rightTime(scan: Scanner): boolean {
    const field = scan.find(tag.SendingTime);
    if (field < 0) return false;
    const sent = this.time.read(scan.bytes, scan.starts[field]!, scan.ends[field]!);
    return sent >= 0 && Math.abs(sent - this.wallUs) <= SENDING_TIME_TOLERANCE_US;
  }

  /**
   * Takes one message that `scan` holds.
   * Returns  HANDLED, APPLICATION or CLOSE.
   */
  receive(scan: Scanner): number {
    this.lastReceivedNs = this.nowNs;
    this.testSent = false;
    if (!this.rightBegin(scan)) return this.logoutWith(Closing.BEGIN_STRING);
    const sequence = scan.int(tag.MsgSeqNum);
    if (sequence < 0) return this.logoutWith(Closing.NO_SEQUENCE);
    if (this.state < STATE_ACTIVE) return this.firstMessage(scan, sequence);
    if (!this.rightCompIds(scan)) return this.badCompIds(scan, sequence);
    if (!this.rightTime(scan)) return this.badTime(scan, sequence);
    if (sequence !== this.nextIn) return this.outOfSequence(scan, sequence);
    if (sequence === this.gapTo) this.gapTo = 0;
    const type = scan.msgType;
    if (type === tag.SEQUENCE_RESET) return this.sequenceReset(scan, sequence);
    if (scan.emptyField >= 0 || scan.badTagField >= 0) return this.badField(scan, sequence);
    if (scan.find(tag.PossDupFlag) >= 0 && !this.rightOrigTime(scan)) return this.badOrigTime(scan, sequence);
    this.nextIn = sequence + 1;
    if (isAdmin(type)) return this.admin(scan, type);
    return APPLICATION;
  }

  /** Time passes: heartbeats, silence, Logon and Logout that never come. Returns HANDLED or CLOSE. */
  tick(): number {
    const now = this.nowNs;
    if (this.state === STATE_DOWN) return HANDLED;
    if (this.state < STATE_ACTIVE) {
      return now - this.sinceNs > this.profile.logonTimeoutMs * NS_PER_MS ? this.close(Closing.NO_LOGON) : HANDLED;
    }
    if (this.state === STATE_LOGOUT_SENT) {
      return now - this.sinceNs > LOGOUT_TIMEOUT_NS ? this.close(Closing.LOGOUT_UNANSWERED) : HANDLED;
    }
    if (this.heartBtNs === 0) return HANDLED;
    const silence = now - this.lastReceivedNs;
    if (silence > this.heartBtNs * GIVE_UP_AFTER) return this.close(Closing.SILENT);
    if (silence > this.heartBtNs * TEST_AFTER && !this.testSent) this.sendTestRequest();
    if (now - this.lastSentNs >= this.heartBtNs && !this.testSent) this.sendHeartbeat();
    if (this.gapTo !== 0 && now - this.gapSinceNs > RESEND_PATIENCE_NS) this.requestResend(this.gapTo);
    return HANDLED;
  }

  /** Sends Logout with a text and waits for the peer's. */
  logout(reason: Closing): void {
    if (this.state !== STATE_ACTIVE) return;
    this.sendLogout(Closing.text(reason));
    this.closing = reason;
    this.state = STATE_LOGOUT_SENT;
    this.sinceNs = this.nowNs;
  }

  /** When `tick` next has something to do, in monotonic nanoseconds. */
  deadlineNs(): number {
    if (this.state === STATE_DOWN) return Number.POSITIVE_INFINITY;
    if (this.state < STATE_ACTIVE) return this.sinceNs + this.profile.logonTimeoutMs * NS_PER_MS;
    if (this.state === STATE_LOGOUT_SENT) return this.sinceNs + LOGOUT_TIMEOUT_NS;
    if (this.heartBtNs === 0) return Number.POSITIVE_INFINITY;
    const test = this.lastReceivedNs + this.heartBtNs * (this.testSent ? GIVE_UP_AFTER : TEST_AFTER);
    const beat = this.testSent ? test : this.lastSentNs + this.heartBtNs;
    return beat < test ? beat : test;
  }

  /** Session-level Reject (3). `refTag` 0 and `text` null are left out. */
  reject(scan: Scanner, sequence: number, reason: number, refTag: number, text: Uint8Array | null): void {
    const writer = this.startMessage(tag.REJECT);
    writer.int(tag.RefSeqNum, sequence);
    if (text !== null) writer.text(tag.Text, text);
    if (this.profile.version.rejectHasReason) {
      if (refTag > 0) writer.int(tag.RefTagID, refTag);
      writer.value(tag.RefMsgType, scan.bytes, scan.starts[2]!, scan.ends[2]!);
      writer.int(tag.SessionRejectReason, reason);
    }
    this.endMessage(0);
  }

  /** BusinessMessageReject (j). */
  businessReject(scan: Scanner, sequence: number, reason: number, text: Uint8Array): void {
    const writer = this.startMessage(tag.BUSINESS_MESSAGE_REJECT);
    writer.int(tag.RefSeqNum, sequence);
    writer.text(tag.Text, text);
    writer.value(tag.RefMsgType, scan.bytes, scan.starts[2]!, scan.ends[2]!);
    writer.int(tag.BusinessRejectReason, reason);
    this.endMessage(0);
  }

  private firstMessage(scan: Scanner, sequence: number): number {
    if (scan.msgType === tag.LOGOUT && this.state === STATE_LOGON_SENT) return this.close(Closing.REFUSED);
    if (scan.msgType !== tag.LOGON) return this.close(Closing.NOT_LOGON);
    if (!this.rightCompIds(scan)) return this.close(Closing.COMP_ID);
    if (!this.rightTime(scan)) return this.close(Closing.SENDING_TIME);
    const heartBtInt = scan.int(tag.HeartBtInt);
    if (heartBtInt < 0 || heartBtInt > MAX_HEARTBEAT_S || scan.char(tag.EncryptMethod) !== ZERO) return this.close(Closing.BAD_LOGON);
    const wantsReset = scan.char(tag.ResetSeqNumFlag) === YES;
    const ours = this.state === STATE_LOGON_SENT;
    if (!ours) {
      this.heartBtNs = heartBtInt * NS_PER_S;
      if (this.profile.resetOnLogon || wantsReset) this.reset();
    } else if (wantsReset && !this.profile.resetOnLogon) this.resetIn();
    if (sequence < this.nextIn) return this.tooLow(sequence);
    if (!ours) this.sendLogon(wantsReset);
    this.state = STATE_ACTIVE;
    this.host.loggedOn(this);
    if (sequence > this.nextIn) this.requestResend(sequence);
    else this.nextIn = sequence + 1;
    return HANDLED;
  }

  private outOfSequence(scan: Scanner, sequence: number): number {
    const type = scan.msgType;
    if (type === tag.SEQUENCE_RESET && scan.char(tag.GapFillFlag) !== YES) return this.sequenceReset(scan, sequence);
    if (type === tag.LOGON && scan.char(tag.ResetSeqNumFlag) === YES) return this.resetInSession(scan);
    if (type === tag.LOGOUT) return this.peerLogout();
    if (sequence < this.nextIn) return this.behind(scan, sequence);
    if (type === tag.RESEND_REQUEST) this.resendRequest(scan);
    if (this.gapTo === 0) this.requestResend(sequence);
    return HANDLED;
  }

  private behind(scan: Scanner, sequence: number): number {
    if (scan.char(tag.PossDupFlag) === YES) {
      if (this.rightOrigTime(scan)) return HANDLED;
      return this.badOrigTime(scan, -sequence);
    }
    if (scan.msgType === tag.RESEND_REQUEST) {
      this.resendRequest(scan);
      return HANDLED;
    }
    return this.tooLow(sequence);
  }

  private admin(scan: Scanner, type: number): number {
    if (type === tag.HEARTBEAT) return HANDLED;
    if (type === tag.TEST_REQUEST) return this.testRequest(scan);
    if (type === tag.REJECT) return APPLICATION;
    if (type === tag.RESEND_REQUEST) return this.resendRequest(scan);
    if (type === tag.LOGOUT) return this.peerLogout();
    return this.resetInSession(scan);
  }

  private testRequest(scan: Scanner): number {
    const field = scan.find(tag.TestReqID);
    if (field < 0) {
      this.reject(scan, this.nextIn - 1, tag.REQUIRED_TAG_MISSING, tag.TestReqID, REQUIRED_MISSING);
      return HANDLED;
    }
    this.startMessage(tag.HEARTBEAT).value(tag.TestReqID, scan.bytes, scan.starts[field]!, scan.ends[field]!);
    this.endMessage(0);
    return HANDLED;
  }

  private resendRequest(scan: Scanner): number {
    const begin = scan.int(tag.BeginSeqNo);
    const end = scan.int(tag.EndSeqNo);
    if (begin < 0 || end < 0) {
      this.reject(scan, scan.int(tag.MsgSeqNum), tag.REQUIRED_TAG_MISSING, begin < 0 ? tag.BeginSeqNo : tag.EndSeqNo, REQUIRED_MISSING);
      return HANDLED;
    }
    const last = this.nextOut - 1;
    const from = begin < 1 ? 1 : begin;
    if (from <= last) this.host.resend(this, from, end === 0 || end > last ? last : end);
    return HANDLED;
  }

  private sequenceReset(scan: Scanner, sequence: number): number {
    const newSeqNo = scan.int(tag.NewSeqNo);
    if (newSeqNo < 0) {
      this.reject(scan, sequence, tag.REQUIRED_TAG_MISSING, tag.NewSeqNo, REQUIRED_MISSING);
      if (sequence === this.nextIn) this.nextIn++;
      return HANDLED;
    }
    const gapFill = scan.char(tag.GapFillFlag) === YES;
    const floor = gapFill ? sequence : this.nextIn - 1;
    if (newSeqNo <= floor) {
      this.reject(scan, sequence, tag.VALUE_INCORRECT, gapFill ? tag.NewSeqNo : 0, gapFill ? LOWERS : OUT_OF_RANGE);
      if (gapFill) this.nextIn++;
      return HANDLED;
    }
    this.nextIn = newSeqNo;
    if (newSeqNo > this.gapTo) this.gapTo = 0;
    return HANDLED;
  }

  private peerLogout(): number {
    if (this.state !== STATE_LOGOUT_SENT) this.sendLogout(null);
    return this.close(this.closing === Closing.NONE ? Closing.PEER_LOGOUT : this.closing);
  }

  private resetInSession(scan: Scanner): number {
    if (scan.char(tag.ResetSeqNumFlag) !== YES) return HANDLED;
    this.reset();
    this.sendLogon(true);
    this.nextIn = 2;
    return HANDLED;
  }

  private tooLow(sequence: number): number {
    let at = put(this.scratch, 0, TOO_LOW_A);
    at = putInt(this.scratch, at, this.nextIn);
    at = put(this.scratch, at, TOO_LOW_B);
    at = putInt(this.scratch, at, sequence);
    this.startMessage(tag.LOGOUT).value(tag.Text, this.scratch, 0, at);
    this.endMessage(0);
    return this.close(Closing.TOO_LOW);
  }

  private badCompIds(scan: Scanner, sequence: number): number {
    const missing = scan.find(tag.SenderCompID) < 0 ? tag.SenderCompID : scan.find(tag.TargetCompID) < 0 ? tag.TargetCompID : 0;
    if (missing > 0) {
      this.reject(scan, sequence, tag.REQUIRED_TAG_MISSING, missing, REQUIRED_MISSING);
      if (sequence === this.nextIn) this.nextIn++;
      return HANDLED;
    }
    this.reject(scan, sequence, tag.COMP_ID_PROBLEM, 0, COMP_ID);
    if (sequence === this.nextIn) this.nextIn++;
    return this.logoutAndWait(Closing.COMP_ID);
  }

  private badTime(scan: Scanner, sequence: number): number {
    const field = scan.find(tag.SendingTime);
    if (field < 0) this.reject(scan, sequence, tag.REQUIRED_TAG_MISSING, tag.SendingTime, REQUIRED_MISSING);
    else this.reject(scan, sequence, tag.SENDING_TIME_PROBLEM, tag.SendingTime, SENDING_TIME);
    if (sequence === this.nextIn) this.nextIn++;
    return field < 0 ? HANDLED : this.logoutAndWait(Closing.SENDING_TIME);
  }

  /** A negative `sequence` was low: its number is not used up (case 2g). */
  private badOrigTime(scan: Scanner, sequence: number): number {
    const missing = scan.find(tag.OrigSendingTime) < 0;
    const own = Math.abs(sequence);
    if (missing) this.reject(scan, own, tag.REQUIRED_TAG_MISSING, tag.OrigSendingTime, REQUIRED_MISSING);
    else this.reject(scan, own, tag.SENDING_TIME_PROBLEM, tag.OrigSendingTime, SENDING_TIME);
    if (sequence > 0) this.nextIn = sequence + 1;
    return missing ? HANDLED : this.logoutAndWait(Closing.SENDING_TIME);
  }

  private badField(scan: Scanner, sequence: number): number {
    this.nextIn = sequence + 1;
    if (scan.badTagField >= 0) this.reject(scan, sequence, tag.INVALID_TAG_NUMBER, 0, INVALID_TAG);
    else this.reject(scan, sequence, tag.TAG_WITHOUT_VALUE, scan.tags[scan.emptyField]!, WITHOUT_VALUE);
    return HANDLED;
  }

  private rightBegin(scan: Scanner): boolean {
    return equals(scan.bytes, scan.starts[0]!, scan.ends[0]!, this.begin);
  }

  private rightCompIds(scan: Scanner): boolean {
    const sender = scan.find(tag.SenderCompID);
    const target = scan.find(tag.TargetCompID);
    if (sender < 0 || target < 0) return false;
    return (
      equals(scan.bytes, scan.starts[sender]!, scan.ends[sender]!, this.sender) &&
      equals(scan.bytes, scan.starts[target]!, scan.ends[target]!, this.target)
    );
  }

  /** PossDupFlag = Y needs an OrigSendingTime not after SendingTime. */
  private rightOrigTime(scan: Scanner): boolean {
    if (scan.char(tag.PossDupFlag) !== YES) return true;
    const orig = scan.find(tag.OrigSendingTime);
    const sent = scan.find(tag.SendingTime);
    if (orig < 0) return false;
    const origUs = this.time.read(scan.bytes, scan.starts[orig]!, scan.ends[orig]!);
    return origUs >= 0 && origUs <= this.time.read(scan.bytes, scan.starts[sent]!, scan.ends[sent]!);
  }

  private reset(): void {
    this.nextOut = 1;
    this.resetIn();
  }

  private resetIn(): void {
    this.nextIn = 1;
    this.gapTo = 0;
    this.epoch++;
    this.host.reset(this);
  }

  private requestResend(seen: number): void {
    this.gapTo = seen;
    this.gapSinceNs = this.nowNs;
    const writer = this.startMessage(tag.RESEND_REQUEST);
    writer.int(tag.BeginSeqNo, this.nextIn);
    writer.int(tag.EndSeqNo, this.profile.version.infinity);
    this.endMessage(0);
  }

  private sendLogon(reset: boolean): void {
    const writer = this.startMessage(tag.LOGON);
    writer.int(tag.EncryptMethod, 0);
    writer.int(tag.HeartBtInt, this.heartBtNs / NS_PER_S);
    if (reset) writer.char(tag.ResetSeqNumFlag, YES);
    this.endMessage(0);
  }

  private sendHeartbeat(): void {
    this.startMessage(tag.HEARTBEAT);
    this.endMessage(0);
  }

  private sendTestRequest(): void {
    this.testSent = true;
    this.startMessage(tag.TEST_REQUEST).text(tag.TestReqID, TEST);
    this.endMessage(0);
  }

  private sendLogout(text: Uint8Array | null): void {
    const writer = this.startMessage(tag.LOGOUT);
    if (text !== null && text.length > 0) writer.text(tag.Text, text);
    this.endMessage(0);
  }

  private logoutWith(reason: Closing): number {
    if (this.state >= STATE_ACTIVE) this.sendLogout(Closing.text(reason));
    return this.close(reason);
  }

  private logoutAndWait(reason: Closing): number {
    if (this.state !== STATE_ACTIVE) return this.close(reason);
    this.sendLogout(null);
    this.closing = reason;
    this.state = STATE_LOGOUT_SENT;
    this.sinceNs = this.nowNs;
    return HANDLED;
  }

  private close(reason: Closing): number {
    this.closing = reason;
    return CLOSE;
  }
}

const ZERO = 48;
const MAX_HEARTBEAT_S = 3600;
const TOO_LOW_A = ascii("MsgSeqNum too low, expecting ");
const TOO_LOW_B = ascii(" but received ");
const REQUIRED_MISSING = ascii("Required tag missing");
const OUT_OF_RANGE = ascii("Value is incorrect (out of range) for this tag");
const LOWERS = ascii("attempt to lower sequence number, invalid value NewSeqNum");
const COMP_ID = ascii("CompID problem");
const SENDING_TIME = ascii("SendingTime accuracy problem");
const INVALID_TAG = ascii("Invalid tag number");
const WITHOUT_VALUE = ascii("Tag specified without a value");

function isAdmin(type: number): boolean {
  return (
    (type >= tag.HEARTBEAT && type <= tag.LOGOUT) || type === tag.LOGON
  );
}
