import { broken } from "../../base/broken.ts";
import { DisconnectReason } from "../../base/disconnect-reason.ts";
import { NS_PER_MS, NS_PER_S } from "../../base/units.ts";
import type { Scanner } from "../wire/scan.ts";
import * as tag from "../wire/tags.ts";
import type { Writer } from "../wire/write.ts";
import { GapQueue } from "./gap-queue.ts";
import type { SessionHost, SessionProfile } from "./outgoing.ts";
import { Refusing } from "./refusing.ts";
import { ResendGuard } from "./resend-guard.ts";
import {
  APPLICATION,
  CLOSE,
  HANDLED,
  INVALID,
  NOT_HELD,
  STATE_ACTIVE,
  STATE_CONNECTED,
  STATE_DOWN,
  STATE_LOGON_SENT,
  STATE_LOGOUT_SENT,
} from "./states.ts";
import * as text from "./texts.ts";

export { APPLICATION, CLOSE, HANDLED, INVALID, NOT_HELD, STATE_ACTIVE, STATE_LOGON_SENT, STATE_LOGOUT_SENT };

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
export class Session extends Refusing {
  /** How often the numbers have been reset. */
  epoch = 0;
  private lastReceivedNs = 0;
  /** While a gap is open: the highest number seen behind it; 0 when none is. */
  private gapTo = 0;
  private gapSinceNs = 0;
  /** Our Logon that resets the numbers is out; until the peer's comes, what it sends counts by the old ones. */
  private restarting = false;
  /** Messages behind the gap. */
  private readonly held: GapQueue;
  /** The lowest number that found no room there; 0 when there is none. */
  private missed = 0;
  /** Last number that our ResendRequest asked for, when that is not all there is; else NO_CHUNK. */
  private chunkEnd = NO_CHUNK;
  private loggedOut = false;
  private readonly peersRequests: ResendGuard;
  private readonly ourRequests: ResendGuard;

  constructor(profile: SessionProfile, host: SessionHost, writer: Writer) {
    super(profile, host, writer);
    this.held = new GapQueue(profile.heldBytes ?? HELD_BYTES);
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

  /** True while messages behind a gap are held: `receiveHeld` comes before anything that is read. */
  get holds(): boolean {
    return this.held.count > 0;
  }

  /** The wire is there. An initiator sends its Logon. */
  connected(): void {
    this.state = STATE_CONNECTED;
    this.closing = DisconnectReason.NONE;
    this.testSent = false;
    this.closeGap();
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
    if (this.restarting) this.nextIn = 1;
    else if (wasOn && (options.resetOnDisconnect || (options.resetOnLogout && this.loggedOut))) this.reset();
    this.restarting = false;
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
    if (this.state === STATE_DOWN) return this.reset();
    this.nextOut = 1;
    this.epoch++;
    this.host.reset(this);
    this.restarting = true;
    this.sinceNs = this.nowNs;
    this.sendLogon(true);
  }

  /**
   * Takes one message that `scan` holds.
   * Returns  HANDLED, APPLICATION, INVALID or CLOSE.
   */
  receive(scan: Scanner): number {
    this.lastReceivedNs = this.nowNs;
    this.testSent = false;
    if (!this.identity.rightBegin(scan)) return this.logoutWith(DisconnectReason.BEGIN_STRING);
    const sequence = scan.msgSeqNum;
    if (sequence < 0) return this.logoutWith(DisconnectReason.NO_SEQUENCE);
    if (this.state < STATE_ACTIVE) return this.firstMessage(scan, sequence);
    if (!this.identity.rightCompIds(scan)) return this.badCompIds(scan, sequence);
    if (!this.identity.rightTime(scan, this.wallUs)) return this.badTime(scan, sequence);
    return sequence === this.nextIn ? this.inSequence(scan, sequence) : this.outOfSequence(scan, sequence);
  }

  /**
   * Takes the next message of those that were held behind a gap; `scan` holds it then.
   * Returns  as `receive`, or NOT_HELD when the next one is not there.
   */
  receiveHeld(scan: Scanner): number {
    const held = this.held;
    const sequence = this.nextIn;
    if (!held.take(sequence)) return NOT_HELD;
    if (scan.scan(held.bytes, held.from, held.to) <= 0) return broken("held message", sequence);
    // A Logon and a ResendRequest were acted on as they came.
    if (scan.msgType !== tag.LOGON && scan.msgType !== tag.RESEND_REQUEST) return this.inSequence(scan, sequence);
    this.nextIn = sequence + 1;
    this.advanced();
    return HANDLED;
  }

  /** Time passes: heartbeats, silence, Logon and Logout that never come. Returns HANDLED or CLOSE. */
  tick(): number {
    const now = this.nowNs;
    if (this.state === STATE_DOWN) return HANDLED;
    if (this.state < STATE_ACTIVE) {
      return now - this.sinceNs > this.profile.logonTimeoutMs * NS_PER_MS
        ? this.close(DisconnectReason.NO_LOGON)
        : HANDLED;
    }
    if (this.state === STATE_LOGOUT_SENT) {
      return now - this.sinceNs > LOGOUT_TIMEOUT_NS ? this.close(this.unansweredReason()) : HANDLED;
    }
    if (this.restarting && now - this.sinceNs > this.profile.logonTimeoutMs * NS_PER_MS)
      return this.close(DisconnectReason.NO_LOGON);
    if (this.heartBtNs === 0) return HANDLED;
    const silence = now - this.lastReceivedNs;
    if (silence > this.heartBtNs * GIVE_UP_AFTER) return this.close(DisconnectReason.SILENT);
    if (silence > this.heartBtNs * TEST_AFTER && !this.testSent) this.sendTestRequest();
    if (now - this.lastSentNs >= this.heartBtNs && !this.testSent) this.sendHeartbeat();
    if (this.gapTo !== 0 && now - this.gapSinceNs > RESEND_PATIENCE_NS) this.requestResend();
    return HANDLED;
  }

  /** Sends Logout with a text and waits for the peer's. */
  logout(reason: DisconnectReason): void {
    if (this.state !== STATE_ACTIVE) return;
    this.sendLogout(DisconnectReason.text(reason));
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
    const next = beat < test ? beat : test;
    const ask = this.gapTo === 0 ? next : this.gapSinceNs + RESEND_PATIENCE_NS;
    return ask < next ? ask : next;
  }

  private firstMessage(scan: Scanner, sequence: number): number {
    if (scan.msgType === tag.LOGOUT && this.state === STATE_LOGON_SENT) return this.close(DisconnectReason.REFUSED);
    if (scan.msgType !== tag.LOGON) return this.close(DisconnectReason.NOT_LOGON);
    if (!this.identity.rightCompIds(scan)) return this.close(DisconnectReason.COMP_ID);
    if (!this.identity.rightTime(scan, this.wallUs)) return this.close(DisconnectReason.SENDING_TIME);
    const heartBtInt = scan.int(tag.HeartBtInt);
    if (heartBtInt < 0 || heartBtInt > MAX_HEARTBEAT_S || scan.char(tag.EncryptMethod) !== ZERO)
      return this.close(DisconnectReason.BAD_LOGON);
    if (!this.identity.rightApplVerId(scan)) return this.close(DisconnectReason.BAD_LOGON);
    const wantsReset = scan.char(tag.ResetSeqNumFlag) === YES;
    const ours = this.state === STATE_LOGON_SENT;
    if (!ours) {
      this.heartBtNs = heartBtInt * NS_PER_S;
      // A number below 1 is refused: that must not have reset anything.
      if ((this.profile.resetOnLogon || wantsReset) && sequence > 0) this.reset();
    } else if (wantsReset && !this.profile.resetOnLogon && sequence > 0) this.resetIn();
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
    else {
      this.hold(scan, sequence);
      if (peerExpects < 0) this.requestResend();
    }
    // What the peer says it misses comes unasked; a Logon that it saw too early is part of that.
    if (peerExpects > 0 && peerExpects < last) this.host.resend(this, peerExpects, this.nextOut - 1);
    return HANDLED;
  }

  private inSequence(scan: Scanner, sequence: number): number {
    const type = scan.msgType;
    if (type === tag.SEQUENCE_RESET) return this.sequenceReset(scan, sequence);
    if (this.gapTo !== 0) this.reached(sequence);
    if (this.hasFault(scan)) return this.badField(scan, sequence);
    if (scan.find(tag.PossDupFlag) >= 0 && !this.identity.rightOrigTime(scan)) return this.badOrigTime(scan, sequence);
    this.nextIn = sequence + 1;
    if (sequence >= this.chunkEnd) this.nextChunk();
    if (isAdmin(type)) return this.admin(scan, type);
    return APPLICATION;
  }

  private outOfSequence(scan: Scanner, sequence: number): number {
    const type = scan.msgType;
    if (type === tag.SEQUENCE_RESET && scan.char(tag.GapFillFlag) !== YES) return this.sequenceReset(scan, sequence);
    if (type === tag.LOGON && scan.char(tag.ResetSeqNumFlag) === YES) return this.resetInSession(scan);
    if (type === tag.LOGOUT) return this.peerLogout();
    if (sequence < this.nextIn) return this.behind(scan, sequence);
    if (type === tag.RESEND_REQUEST) this.resendRequest(scan);
    return this.beyond(scan, sequence);
  }

  private behind(scan: Scanner, sequence: number): number {
    if (scan.char(tag.PossDupFlag) === YES) {
      return this.identity.rightOrigTime(scan) ? HANDLED : this.badOrigTime(scan, sequence);
    }
    return scan.msgType === tag.RESEND_REQUEST ? this.resendRequest(scan) : this.tooLow(sequence);
  }

  /** A message behind a gap: it waits, and the gap is asked for once. */
  private beyond(scan: Scanner, sequence: number): number {
    const isOpen = this.gapTo !== 0;
    this.hold(scan, sequence);
    // What did not fit is asked for as soon as the answer to the request before is through.
    const isThrough = this.missed !== 0 && this.nextIn >= this.missed && scan.char(tag.PossDupFlag) !== YES;
    if (!isOpen || isThrough) this.requestResend();
    return HANDLED;
  }

  /** Keeps it; a gap up to it is known. */
  private hold(scan: Scanner, sequence: number): void {
    if (this.gapTo === 0) this.gapSinceNs = this.nowNs;
    if (sequence > this.gapTo) this.gapTo = sequence;
    if (this.held.keep(sequence, scan.bytes, scan.from, scan.to)) return;
    if (this.missed === 0 || sequence < this.missed) this.missed = sequence;
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
    if (field < 0) return this.missing(scan, this.nextIn - 1, tag.TestReqID);
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
      return this.missing(scan, scan.int(tag.MsgSeqNum), begin < 0 ? tag.BeginSeqNo : tag.EndSeqNo);
    }
    const last = this.nextOut - 1;
    const from = begin < 1 ? 1 : begin;
    if (!this.peersRequests.asks(from, this.nowNs)) {
      this.logout(DisconnectReason.RESEND_LOOP);
      return HANDLED;
    }
    if (from <= last)
      this.host.resend(this, from, end === 0 || end === this.profile.version.infinity || end > last ? last : end);
    return HANDLED;
  }

  private sequenceReset(scan: Scanner, sequence: number): number {
    const newSeqNo = scan.int(tag.NewSeqNo);
    if (newSeqNo < 0)
      return this.refuse(scan, sequence, tag.REQUIRED_TAG_MISSING, tag.NewSeqNo, text.REQUIRED_TAG_MISSING);
    if (scan.char(tag.GapFillFlag) === YES) {
      if (newSeqNo <= sequence) return this.attemptToLower(scan, sequence, newSeqNo);
    } else if (newSeqNo < this.nextIn) {
      // Neither used up nor lowered (11c).
      this.reject(scan, sequence, tag.VALUE_INCORRECT, 0, text.VALUE_OUT_OF_RANGE);
      return HANDLED;
    }
    this.nextIn = newSeqNo;
    this.advanced();
    if (newSeqNo > this.chunkEnd) this.nextChunk();
    return HANDLED;
  }

  private peerLogout(): number {
    this.loggedOut = true;
    if (this.state !== STATE_LOGOUT_SENT) this.sendLogout(null);
    return this.close(this.closing === DisconnectReason.NONE ? DisconnectReason.PEER_LOGOUT : this.closing);
  }

  private resetInSession(scan: Scanner): number {
    if (scan.char(tag.ResetSeqNumFlag) !== YES) return HANDLED;
    if (this.restarting) {
      this.restarting = false;
      this.closeGap();
    } else {
      this.reset();
      this.expected = 2;
      this.sendLogon(true);
      this.expected = 0;
    }
    this.nextIn = 2;
    return HANDLED;
  }

  private reset(): void {
    this.nextOut = 1;
    this.resetIn();
  }

  private resetIn(): void {
    this.nextIn = 1;
    this.closeGap();
    this.peersRequests.clear();
    this.ourRequests.clear();
    this.epoch++;
    this.host.reset(this);
  }

  /** Asks for what is missing from the next one on, all of it or a part. */
  private requestResend(): void {
    this.gapSinceNs = this.nowNs;
    this.missed = 0;
    if (!this.ourRequests.asks(this.nextIn, this.nowNs)) {
      this.logout(DisconnectReason.RESEND_FRUITLESS);
      return;
    }
    const most = this.options.maxResendRequest;
    const writer = this.startMessage(tag.RESEND_REQUEST);
    writer.int(tag.BeginSeqNo, this.nextIn);
    this.chunkEnd = most === 0 ? NO_CHUNK : Math.min(this.gapTo, this.nextIn + most - 1);
    writer.int(tag.EndSeqNo, most === 0 ? this.profile.version.infinity : this.chunkEnd);
    this.endMessage(0);
  }

  /** What we asked for is here: asks for the next part of the gap, if there is one that is not held already. */
  private nextChunk(): void {
    this.chunkEnd = NO_CHUNK;
    if (this.gapTo < this.nextIn) return;
    if (this.held.has(this.nextIn)) this.chunkEnd = this.nextIn;
    else this.requestResend();
  }

  /** Why a connection ends on which our Logout is not answered: what the Logout was for says more than that. */
  private unansweredReason(): DisconnectReason {
    const cause = this.closing;
    return cause === DisconnectReason.NONE || cause === DisconnectReason.STOPPING
      ? DisconnectReason.LOGOUT_UNANSWERED
      : cause;
  }

  /** `nextIn` has moved over a stretch: what was held below it is not needed any more. */
  private advanced(): void {
    if (this.gapTo === 0) return;
    this.held.dropBelow(this.nextIn);
    this.reached(this.nextIn - 1);
  }

  /** A message has come while a gap is open. */
  private reached(sequence: number): void {
    this.gapSinceNs = this.nowNs;
    if (sequence >= this.gapTo) this.closeGap();
  }

  private closeGap(): void {
    this.gapTo = 0;
    this.missed = 0;
    this.chunkEnd = NO_CHUNK;
    if (this.held.count > 0) this.held.clear();
  }
}

const ZERO = 48;
const MAX_HEARTBEAT_S = 3600;
const NO_CHUNK = 0x7fffffff;
/** Room for messages behind a gap where the profile names none. */
const HELD_BYTES = 262_144;

function isAdmin(type: number): boolean {
  return (type >= tag.HEARTBEAT && type <= tag.LOGOUT) || type === tag.LOGON;
}
