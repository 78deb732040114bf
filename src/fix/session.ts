import { NS_PER_MS, NS_PER_S } from "../base/units.ts";
import { Closing } from "./closing.ts";
import { Identity } from "./identity.ts";
import { latencyUs } from "./options.ts";
import { Outgoing, type SessionHost, type SessionProfile } from "./outgoing.ts";
import { ResendGuard } from "./resend-guard.ts";
import type { Scanner } from "./scan.ts";
import * as tag from "./tags.ts";
import * as text from "./texts.ts";
import type { Writer } from "./write.ts";

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

/** After our Logout, the peer has this long (case 12). */
const LOGOUT_TIMEOUT_NS = 2 * NS_PER_S;
/** A TestRequest goes out after 1.2 heartbeat intervals of silence, the connection after 2.4 (case 6). */
const TEST_AFTER = 1.2;
const GIVE_UP_AFTER = 2.4;
const RESEND_PATIENCE_NS = 10 * NS_PER_S;

const YES = 89;

/**
 * One FIX session: sequence numbers, Logon to Logout, heartbeats, gaps, rejects. Owns neither socket nor clock nor store.
 * Source  FIX 4.4 Volume 2 with Errata 20030618.
 */
export class Session extends Outgoing {
  state = STATE_DOWN;
  /** MsgSeqNum we expect next. */
  nextIn = 1;
  /** How often the numbers have been reset. */
  epoch = 0;
  closing: Closing = Closing.NONE;
  private readonly identity: Identity;
  private lastReceivedNs = 0;
  private sinceNs = 0;
  /** While a ResendRequest of ours is open: the number that showed the gap; 0 when none is. */
  private gapTo = 0;
  private gapSinceNs = 0;
  /** Our Logon that resets the numbers is out; until the peer's comes, what it sends counts by the old ones. */
  private restarting = false;
  /** Last number that our ResendRequest asked for, when that is not all there is; else NO_CHUNK. */
  private chunkEnd = NO_CHUNK;
  private loggedOut = false;
  private readonly peersRequests: ResendGuard;
  private readonly ourRequests: ResendGuard;

  constructor(profile: SessionProfile, host: SessionHost, writer: Writer) {
    super(profile, host, writer);
    const { version, peerCompId, compId } = profile;
    this.identity = new Identity(version.beginString, peerCompId, compId, latencyUs(this.options));
    this.peersRequests = new ResendGuard(this.options.maxSameResends);
    this.ourRequests = new ResendGuard(this.options.maxSameResends);
  }

  protected self(): this {
    return this;
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
    this.chunkEnd = NO_CHUNK;
    this.loggedOut = false;
    this.peersRequests.clear();
    this.ourRequests.clear();
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
    const wasOn = this.state >= STATE_ACTIVE;
    this.state = STATE_DOWN;
    const options = this.options;
    const restarting = this.restarting;
    this.restarting = false;
    if (restarting) this.nextIn = 1;
    else if (wasOn && (options.resetOnDisconnect || (options.resetOnLogout && this.loggedOut))) this.reset();
  }

  /** `epoch` of what is received. */
  get epochIn(): number {
    return this.restarting ? this.epoch - 1 : this.epoch;
  }

  /** True when a restart would lose nothing: there is no connection, or nothing is open on it. */
  get calm(): boolean {
    if (this.state === STATE_DOWN) return true;
    return this.state === STATE_ACTIVE && this.gapTo === 0 && !this.restarting;
  }

  /** Both numbers begin again because both sides know that they do at this time; while logged on by a Logon that says so. */
  restart(): void {
    if (this.state === STATE_DOWN) {
      this.reset();
      return;
    }
    this.nextOut = 1;
    this.epoch++;
    this.host.reset(this);
    this.restarting = true;
    this.sinceNs = this.nowNs;
    this.sendLogon(true);
  }

  /** True when a first message is a Logon from this session's peer to us. */
  isLogonOf(scan: Scanner): boolean {
    return scan.msgType === tag.LOGON && this.identity.rightBegin(scan) && this.identity.rightCompIds(scan);
  }

  /**
   * Takes one message that `scan` holds.
   * Returns  HANDLED, APPLICATION or CLOSE.
   */
  receive(scan: Scanner): number {
    this.lastReceivedNs = this.nowNs;
    this.testSent = false;
    if (!this.identity.rightBegin(scan)) return this.logoutWith(Closing.BEGIN_STRING);
    const sequence = scan.int(tag.MsgSeqNum);
    if (sequence < 0) return this.logoutWith(Closing.NO_SEQUENCE);
    if (this.state < STATE_ACTIVE) return this.firstMessage(scan, sequence);
    if (!this.identity.rightCompIds(scan)) return this.badCompIds(scan, sequence);
    if (!this.identity.rightTime(scan, this.wallUs)) return this.badTime(scan, sequence);
    if (sequence !== this.nextIn) return this.outOfSequence(scan, sequence);
    if (sequence === this.gapTo) this.gapTo = 0;
    const type = scan.msgType;
    if (type === tag.SEQUENCE_RESET) return this.sequenceReset(scan, sequence);
    if (scan.emptyField >= 0 || scan.badTagField >= 0) return this.badField(scan, sequence);
    if (scan.find(tag.PossDupFlag) >= 0 && !this.identity.rightOrigTime(scan)) return this.badOrigTime(scan, sequence);
    this.nextIn = sequence + 1;
    if (sequence >= this.chunkEnd) this.nextChunk();
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
      return now - this.sinceNs > LOGOUT_TIMEOUT_NS ? this.close(this.unansweredReason()) : HANDLED;
    }
    if (this.restarting && now - this.sinceNs > this.profile.logonTimeoutMs * NS_PER_MS)
      return this.close(Closing.NO_LOGON);
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
    if (this.state < STATE_ACTIVE || this.restarting) return this.sinceNs + this.profile.logonTimeoutMs * NS_PER_MS;
    if (this.state === STATE_LOGOUT_SENT) return this.sinceNs + LOGOUT_TIMEOUT_NS;
    if (this.heartBtNs === 0) return Number.POSITIVE_INFINITY;
    const test = this.lastReceivedNs + this.heartBtNs * (this.testSent ? GIVE_UP_AFTER : TEST_AFTER);
    const beat = this.testSent ? test : this.lastSentNs + this.heartBtNs;
    return beat < test ? beat : test;
  }

  private firstMessage(scan: Scanner, sequence: number): number {
    if (scan.msgType === tag.LOGOUT && this.state === STATE_LOGON_SENT) return this.close(Closing.REFUSED);
    if (scan.msgType !== tag.LOGON) return this.close(Closing.NOT_LOGON);
    if (!this.identity.rightCompIds(scan)) return this.close(Closing.COMP_ID);
    if (!this.identity.rightTime(scan, this.wallUs)) return this.close(Closing.SENDING_TIME);
    const heartBtInt = scan.int(tag.HeartBtInt);
    if (heartBtInt < 0 || heartBtInt > MAX_HEARTBEAT_S || scan.char(tag.EncryptMethod) !== ZERO)
      return this.close(Closing.BAD_LOGON);
    const wantsReset = scan.char(tag.ResetSeqNumFlag) === YES;
    const ours = this.state === STATE_LOGON_SENT;
    if (!ours) {
      this.heartBtNs = heartBtInt * NS_PER_S;
      if (this.profile.resetOnLogon || wantsReset) this.reset();
    } else if (wantsReset && !this.profile.resetOnLogon) this.resetIn();
    if (sequence < this.nextIn) return this.tooLow(sequence);
    const peerExpects = this.options.nextExpectedMsgSeqNum ? scan.int(tag.NextExpectedMsgSeqNum) : -1;
    const last = this.nextOut;
    if (peerExpects > last) return this.expectsTooMuch(peerExpects);
    if (!ours) {
      this.expected = sequence === this.nextIn ? sequence + 1 : this.nextIn;
      this.sendLogon(wantsReset);
      this.expected = 0;
    }
    this.state = STATE_ACTIVE;
    this.host.loggedOn(this);
    if (sequence === this.nextIn) this.nextIn = sequence + 1;
    else if (peerExpects < 0) this.requestResend(sequence);
    else this.awaitResend(sequence);
    // What the peer says it misses comes unasked; a Logon that it saw too early is part of that.
    if (peerExpects > 0 && peerExpects < last) this.host.resend(this, peerExpects, this.nextOut - 1);
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
      if (this.identity.rightOrigTime(scan)) return HANDLED;
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
      this.reject(scan, this.nextIn - 1, tag.REQUIRED_TAG_MISSING, tag.TestReqID, text.REQUIRED_TAG_MISSING);
      return HANDLED;
    }
    this.startMessage(tag.HEARTBEAT).value(tag.TestReqID, scan.bytes, scan.starts[field]!, scan.ends[field]!);
    this.endMessage(0);
    return HANDLED;
  }

  private resendRequest(scan: Scanner): number {
    // It asks for old numbers, of which the peer will know nothing any more.
    if (this.restarting) return HANDLED;
    const begin = scan.int(tag.BeginSeqNo);
    const end = scan.int(tag.EndSeqNo);
    if (begin < 0 || end < 0) {
      this.reject(
        scan,
        scan.int(tag.MsgSeqNum),
        tag.REQUIRED_TAG_MISSING,
        begin < 0 ? tag.BeginSeqNo : tag.EndSeqNo,
        text.REQUIRED_TAG_MISSING,
      );
      return HANDLED;
    }
    const last = this.nextOut - 1;
    const from = begin < 1 ? 1 : begin;
    if (!this.peersRequests.asks(from, this.nowNs)) {
      this.logout(Closing.RESEND_LOOP);
      return HANDLED;
    }
    if (from <= last) this.host.resend(this, from, end === 0 || end > last ? last : end);
    return HANDLED;
  }

  private sequenceReset(scan: Scanner, sequence: number): number {
    const newSeqNo = scan.int(tag.NewSeqNo);
    if (newSeqNo < 0) {
      this.reject(scan, sequence, tag.REQUIRED_TAG_MISSING, tag.NewSeqNo, text.REQUIRED_TAG_MISSING);
      if (sequence === this.nextIn) this.nextIn++;
      return HANDLED;
    }
    const gapFill = scan.char(tag.GapFillFlag) === YES;
    const floor = gapFill ? sequence : this.nextIn - 1;
    if (newSeqNo <= floor) {
      this.reject(
        scan,
        sequence,
        tag.VALUE_INCORRECT,
        gapFill ? tag.NewSeqNo : 0,
        gapFill ? text.ATTEMPT_TO_LOWER : text.VALUE_OUT_OF_RANGE,
      );
      if (gapFill) this.nextIn++;
      return HANDLED;
    }
    this.nextIn = newSeqNo;
    if (newSeqNo > this.gapTo) this.gapTo = 0;
    if (newSeqNo > this.chunkEnd) this.nextChunk();
    return HANDLED;
  }

  private peerLogout(): number {
    this.loggedOut = true;
    if (this.state !== STATE_LOGOUT_SENT) this.sendLogout(null);
    return this.close(this.closing === Closing.NONE ? Closing.PEER_LOGOUT : this.closing);
  }

  private resetInSession(scan: Scanner): number {
    if (scan.char(tag.ResetSeqNumFlag) !== YES) return HANDLED;
    if (this.restarting) {
      this.restarting = false;
      this.gapTo = 0;
    } else {
      this.reset();
      this.expected = 2;
      this.sendLogon(true);
      this.expected = 0;
    }
    this.nextIn = 2;
    return HANDLED;
  }

  private tooLow(sequence: number): number {
    this.sendLogoutExpecting(text.TOO_LOW_EXPECTING, this.nextIn, sequence);
    return this.close(Closing.TOO_LOW);
  }

  private expectsTooMuch(peerExpects: number): number {
    this.sendLogoutExpecting(text.NEXT_EXPECTED_TOO_HIGH, this.nextOut, peerExpects);
    return this.close(Closing.NEXT_EXPECTED);
  }

  /** Why a connection ends on which our Logout is not answered: what the Logout was for says more than that. */
  private unansweredReason(): Closing {
    const cause = this.closing;
    return cause === Closing.NONE || cause === Closing.STOPPING ? Closing.LOGOUT_UNANSWERED : cause;
  }

  private badCompIds(scan: Scanner, sequence: number): number {
    const missing =
      scan.find(tag.SenderCompID) < 0 ? tag.SenderCompID : scan.find(tag.TargetCompID) < 0 ? tag.TargetCompID : 0;
    if (missing > 0) {
      this.reject(scan, sequence, tag.REQUIRED_TAG_MISSING, missing, text.REQUIRED_TAG_MISSING);
      if (sequence === this.nextIn) this.nextIn++;
      return HANDLED;
    }
    this.reject(scan, sequence, tag.COMP_ID_PROBLEM, 0, text.COMP_ID_PROBLEM);
    if (sequence === this.nextIn) this.nextIn++;
    return this.logoutAndWait(Closing.COMP_ID);
  }

  private badTime(scan: Scanner, sequence: number): number {
    const field = scan.find(tag.SendingTime);
    if (field < 0) this.reject(scan, sequence, tag.REQUIRED_TAG_MISSING, tag.SendingTime, text.REQUIRED_TAG_MISSING);
    else this.reject(scan, sequence, tag.SENDING_TIME_PROBLEM, tag.SendingTime, text.SENDING_TIME_PROBLEM);
    if (sequence === this.nextIn) this.nextIn++;
    return field < 0 ? HANDLED : this.logoutAndWait(Closing.SENDING_TIME);
  }

  /** A negative `sequence` was low: its number is not used up (case 2g). */
  private badOrigTime(scan: Scanner, sequence: number): number {
    const missing = scan.find(tag.OrigSendingTime) < 0;
    const own = Math.abs(sequence);
    if (missing) this.reject(scan, own, tag.REQUIRED_TAG_MISSING, tag.OrigSendingTime, text.REQUIRED_TAG_MISSING);
    else this.reject(scan, own, tag.SENDING_TIME_PROBLEM, tag.OrigSendingTime, text.SENDING_TIME_PROBLEM);
    if (sequence > 0) this.nextIn = sequence + 1;
    return missing ? HANDLED : this.logoutAndWait(Closing.SENDING_TIME);
  }

  private badField(scan: Scanner, sequence: number): number {
    this.nextIn = sequence + 1;
    if (scan.badTagField >= 0) this.reject(scan, sequence, tag.INVALID_TAG_NUMBER, 0, text.INVALID_TAG_NUMBER);
    else this.reject(scan, sequence, tag.TAG_WITHOUT_VALUE, scan.tags[scan.emptyField]!, text.TAG_WITHOUT_VALUE);
    return HANDLED;
  }

  private reset(): void {
    this.nextOut = 1;
    this.resetIn();
  }

  private resetIn(): void {
    this.nextIn = 1;
    this.gapTo = 0;
    this.chunkEnd = NO_CHUNK;
    this.peersRequests.clear();
    this.ourRequests.clear();
    this.epoch++;
    this.host.reset(this);
  }

  private requestResend(seen: number): void {
    this.awaitResend(seen);
    if (!this.ourRequests.asks(this.nextIn, this.nowNs)) {
      this.logout(Closing.RESEND_FRUITLESS);
      return;
    }
    const most = this.options.maxResendRequest;
    const writer = this.startMessage(tag.RESEND_REQUEST);
    writer.int(tag.BeginSeqNo, this.nextIn);
    this.chunkEnd = most === 0 ? NO_CHUNK : Math.min(seen, this.nextIn + most - 1);
    writer.int(tag.EndSeqNo, most === 0 ? this.profile.version.infinity : this.chunkEnd);
    this.endMessage(0);
  }

  /** A gap up to `seen` is known, and what fills it on its way; if it does not come, it is asked for. */
  private awaitResend(seen: number): void {
    this.gapTo = seen;
    this.gapSinceNs = this.nowNs;
  }

  /** What we asked for is here: asks for the next part of the gap, if there is one. */
  private nextChunk(): void {
    this.chunkEnd = NO_CHUNK;
    if (this.gapTo >= this.nextIn) this.requestResend(this.gapTo);
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
const NO_CHUNK = 0x7fffffff;

function isAdmin(type: number): boolean {
  return (type >= tag.HEARTBEAT && type <= tag.LOGOUT) || type === tag.LOGON;
}
