import { broken } from "../../base/broken.ts";
import { DisconnectReason } from "../../base/disconnect-reason.ts";
import type { LaneTime } from "../../base/lane-time.ts";
import { NS_PER_S } from "../../base/units.ts";
import {
  APPLICATION,
  CLOSE,
  GARBLED,
  HANDLED,
  INCOMPLETE,
  type Protocol,
  REJECTED,
  type SessionHost,
  Verdict,
} from "../../session/protocol.ts";
import type { MessageBuffer } from "../wire/message-buffer.ts";
import { type Scanner, TOO_LONG } from "../wire/scan.ts";
import * as tag from "../wire/tags.ts";
import { Gap } from "./gap.ts";
import { GapQueues } from "./gap-queues.ts";
import { Heartbeats } from "./heartbeats.ts";
import { Identity } from "./identity.ts";
import { LogonCheck } from "./logon-check.ts";
import { Relogons, WAIT } from "./logon-guard.ts";
import { latencyUs, optionsOf, type SessionOptions } from "./options.ts";
import { IS_LOOP, PeerRequests } from "./peer-requests.ts";
import type { SessionProfile } from "./profile.ts";
import { recordMessage, recordRefusal, TOO_LONG_BYTES } from "./recording.ts";
import { Rejects } from "./rejects.ts";
import { maskSecrets } from "./secrets.ts";
import { SequenceNumbers } from "./sequence-numbers.ts";
import { SessionWriter } from "./session-writer.ts";
import { isAdmin, STATE_ACTIVE, STATE_CONNECTED, STATE_DOWN, STATE_LOGON_SENT, STATE_LOGOUT_SENT } from "./states.ts";
import * as text from "./texts.ts";
import { Timeouts } from "./timeouts.ts";

const YES = 89;

/**
 * State machine of one FIX session: Logon to Logout, heartbeats, gaps, rejects. Owns neither socket nor clock nor store.
 * Source  FIX 4.4 Volume 2 with Errata 20030618; "case" is one of its test cases.
 */
export class FixSession implements Protocol {
  state = STATE_DOWN;
  closeReason: DisconnectReason = DisconnectReason.NONE;
  declines: DisconnectReason = DisconnectReason.NONE;
  readonly relogons = new Relogons();
  readonly numbers = new SequenceNumbers();
  readonly identity: Identity;
  readonly out: SessionWriter;
  readonly rejects: Rejects;
  readonly options: SessionOptions;
  readonly maskSecrets = maskSecrets;
  readonly initiator: boolean;
  readonly logonCheck: LogonCheck;
  readonly gap: Gap;
  private readonly heartbeats: Heartbeats;
  private readonly timeouts: Timeouts;
  private readonly verdict = new Verdict();
  private readonly peersRequests: PeerRequests;
  /** The peer has sent a Logout on this connection. */
  private loggedOut = false;
  /** Our Logon on this connection says ResetSeqNumFlag (141) = Y. */
  private askedReset = false;

  constructor(
    readonly profile: SessionProfile,
    private readonly host: SessionHost,
    private readonly time: LaneTime,
    private readonly scan: Scanner,
    buffer: MessageBuffer,
  ) {
    const { version, compId, peerCompId, gapQueues = GapQueues.forOne(), validator } = profile;
    this.options = optionsOf(profile.options);
    this.initiator = profile.initiator;
    this.identity = new Identity(version, peerCompId, compId, latencyUs(this.options));
    this.out = new SessionWriter(profile, this.identity, this.numbers, host, time, scan, buffer);
    this.logonCheck = new LogonCheck(profile, this.options, this.identity, this.out, time);
    this.rejects = new Rejects(this.out, this.numbers, version, validator ?? null);
    this.heartbeats = new Heartbeats(this.out);
    const { maxResendRequest, maxSameResends } = this.options;
    this.gap = new Gap(this.out, gapQueues, version.infinity, maxResendRequest, maxSameResends);
    this.timeouts = new Timeouts(this.heartbeats, this.gap, this.numbers, profile.logonTimeoutMs);
    this.peersRequests = new PeerRequests(this.numbers, host, version, maxSameResends);
  }

  get active(): boolean {
    return this.state === STATE_ACTIVE;
  }

  get loggingOut(): boolean {
    return this.state === STATE_LOGOUT_SENT;
  }

  get holds(): boolean {
    return this.gap.holds;
  }

  get calm(): boolean {
    return this.state === STATE_DOWN || (this.state === STATE_ACTIVE && !this.gap.isOpen && !this.numbers.restarting);
  }

  /** Messages in sequence need only be counted. */
  get isStraight(): boolean {
    return this.state === STATE_ACTIVE && !this.numbers.restarting && this.gap.isStraight;
  }

  received(count: number): void {
    this.numbers.nextIn += count;
    this.heartbeats.received(this.time.nowNs);
  }

  adopt(peerCompId: string): void {
    this.identity.adopt(peerCompId);
  }

  connected(): void {
    const now = this.time.nowNs;
    this.state = STATE_CONNECTED;
    this.closeReason = DisconnectReason.NONE;
    this.declines = DisconnectReason.NONE;
    this.gap.reset();
    this.loggedOut = false;
    this.peersRequests.clear();
    this.timeouts.sinceNs = now;
    this.heartbeats.begin(this.profile.heartBtIntS, now);
    if (!this.profile.initiator) return;
    if (this.profile.resetOnLogon) this.reset();
    // Numbers that a reset of ours has set, of which the peer may not know.
    const resets = this.options.resetOnLogout || this.options.resetOnDisconnect;
    this.askedReset = this.profile.resetOnLogon || (resets && this.numbers.areFresh);
    this.sendLogon(this.askedReset, 0);
    this.state = STATE_LOGON_SENT;
  }

  disconnected(): void {
    this.relogons.abandon();
    const wasOn = this.state >= STATE_ACTIVE;
    const numbers = this.numbers;
    this.state = STATE_DOWN;
    if (numbers.restarting) numbers.nextIn = 1;
    else if (wasOn && (this.options.resetOnDisconnect || (this.options.resetOnLogout && this.loggedOut))) this.reset();
    numbers.restarting = false;
  }

  restart(): void {
    if (this.state === STATE_DOWN) return this.reset();
    this.numbers.beginRestart();
    this.host.reset();
    this.timeouts.sinceNs = this.time.nowNs;
    this.sendLogon(true, 0);
  }

  receive(bytes: Uint8Array, from: number, to: number): Verdict {
    const verdict = this.verdict;
    const scan = this.scan;
    verdict.next = from;
    if (this.holds && this.gap.take(this.numbers.nextIn)) verdict.kind = this.takeHeld(scan);
    else {
      scan.expect(this.identity.peerTexts);
      const length = scan.scan(bytes, from, to);
      if (length <= 0) return this.noMessage(length, from, to);
      const refusal = this.relogons.refusal(scan, this.state);
      if (refusal === WAIT) return verdict.wait();
      verdict.next = scan.next;
      recordMessage(this.host, scan, from);
      verdict.kind = refusal === DisconnectReason.NONE ? this.take(scan) : this.logoutAndClose(refusal);
    }
    verdict.epoch = this.numbers.epochIn;
    verdict.refTag = this.rejects.refTag;
    verdict.reason = this.closeReason;
    return verdict;
  }

  private noMessage(result: number, from: number, to: number): Verdict {
    const verdict = this.verdict;
    verdict.kind = INCOMPLETE;
    if (result === TOO_LONG) {
      verdict.next = Math.min(to, from + TOO_LONG_BYTES);
      this.host.skipped(from, verdict.next);
      this.logout(DisconnectReason.TOO_LONG);
      verdict.kind = CLOSE;
      verdict.reason = DisconnectReason.TOO_LONG;
    } else if (result < 0) {
      verdict.kind = GARBLED;
      verdict.next = this.scan.next;
      this.host.skipped(from, verdict.next);
    }
    return verdict;
  }

  private take(scan: Scanner): number {
    const sequence = scan.msgSeqNum;
    this.verdict.msgSeqNum = sequence;
    this.heartbeats.received(this.time.nowNs);
    if (!this.identity.rightBegin(scan)) return this.logoutAndClose(DisconnectReason.BEGIN_STRING);
    if (this.state < STATE_ACTIVE) return this.firstMessage(scan, sequence);
    if (sequence < 0) return this.logoutAndClose(DisconnectReason.NO_SEQUENCE);
    if (!this.identity.rightCompIds(scan))
      return this.rejects.badCompId(scan, sequence) ? this.logoutAndWait(DisconnectReason.COMP_ID) : HANDLED;
    if (!this.identity.rightTime(scan, this.time.wallUs)) return this.badTime(scan, sequence, tag.SendingTime);
    return sequence === this.numbers.nextIn ? this.inSequence(scan, sequence) : this.outOfSequence(scan, sequence);
  }

  /** The next message has waited behind the gap. */
  private takeHeld(scan: Scanner): number {
    const gap = this.gap;
    const sequence = this.numbers.nextIn;
    this.verdict.msgSeqNum = sequence;
    if (scan.scan(gap.bytes, gap.from, gap.end) <= 0) return broken("held message", sequence);
    // A Logon and a ResendRequest were acted on as they came.
    if (scan.msgType !== tag.LOGON && scan.msgType !== tag.RESEND_REQUEST) return this.inSequence(scan, sequence);
    this.skipTo(sequence + 1);
    return HANDLED;
  }

  tick(): DisconnectReason {
    if (this.state === STATE_DOWN) return DisconnectReason.NONE;
    const now = this.time.nowNs;
    const reason = this.timeouts.check(this.state, now, this.closeReason);
    if (reason !== DisconnectReason.NONE) this.closeReason = reason;
    else if (this.state === STATE_ACTIVE && this.timeouts.asksAgain(now)) this.requestResend();
    return reason;
  }

  deadlineNs(): number {
    return this.timeouts.deadlineNs(this.state);
  }

  probe(): void {
    if (this.state === STATE_ACTIVE) this.heartbeats.probe(this.time.nowNs);
  }

  logout(reason: DisconnectReason, words = DisconnectReason.text(reason), length = words.length): void {
    if (this.state === STATE_ACTIVE) this.sendLogout(reason, words, length);
  }

  private firstMessage(scan: Scanner, sequence: number): number {
    const numbers = this.numbers;
    const ours = this.state === STATE_LOGON_SENT;
    if (ours && recordRefusal(this.host, scan)) return this.close(DisconnectReason.REFUSED);
    if (scan.msgType !== tag.LOGON) return this.close(DisconnectReason.NOT_LOGON);
    if (!ours && !this.identity.rightCompIds(scan)) return this.close(DisconnectReason.COMP_ID);
    const fault = this.logonCheck.fault(scan, sequence, ours, this.declines);
    if (fault !== DisconnectReason.NONE) {
      this.logonCheck.refuse(scan, fault, ours);
      return this.close(fault);
    }
    const peerResets = scan.char(tag.ResetSeqNumFlag) === YES;
    const weReset = this.profile.resetOnLogon;
    if (!ours) {
      this.heartbeats.intervalNs = scan.int(tag.HeartBtInt) * NS_PER_S;
      // A number below 1 is refused: that must not have reset anything.
      if ((weReset || peerResets) && sequence > 0) this.reset();
      // What the peer has sent with its old numbers is gone: its Logon is the first message, and our answer says so.
      if (weReset && sequence > 0) sequence = 1;
    } else if (peerResets && !this.askedReset) {
      // The peer counts our Logon, which it has seen, as the first message.
      numbers.nextOut = 2;
      this.resetIn();
    }
    if (sequence < numbers.nextIn) return this.tooLow(sequence);
    // After a reset with its Logon the peer expects number 1, whatever it said.
    const hasExpected = this.options.nextExpectedMsgSeqNum && (ours || !(weReset || peerResets));
    const peerExpects = hasExpected ? scan.int(tag.NextExpectedMsgSeqNum) : -1;
    const last = numbers.nextOut;
    if (peerExpects > last) {
      this.out.logoutExpecting(text.NEXT_EXPECTED_TOO_HIGH, last, peerExpects);
      return this.close(DisconnectReason.NEXT_EXPECTED);
    }
    this.out.takeCancelTerms(scan, false);
    if (!ours) this.sendLogon(weReset || peerResets, sequence === numbers.nextIn ? sequence + 1 : numbers.nextIn);
    this.state = STATE_ACTIVE;
    this.host.loggedOn();
    if (sequence === numbers.nextIn) numbers.nextIn = sequence + 1;
    else {
      this.gap.hold(scan, sequence, this.time.nowNs);
      if (peerExpects < 0) this.requestResend();
    }
    // Messages that the peer misses, by its Logon, are sent unasked; our Logon, which it saw too early, is one of them.
    if (peerExpects > 0 && peerExpects < last) this.host.resend(peerExpects, numbers.nextOut - 1);
    return HANDLED;
  }

  private inSequence(scan: Scanner, sequence: number): number {
    const type = scan.msgType;
    const gap = this.gap;
    if (type === tag.SEQUENCE_RESET) return this.sequenceReset(scan, sequence);
    if (gap.isOpen) gap.reached(sequence, this.time.nowNs);
    if (this.rejects.hasFault(scan)) return this.rejects.fault(scan, sequence);
    if (scan.find(tag.PossDupFlag) >= 0 && !this.identity.rightOrigTime(scan))
      return this.badTime(scan, sequence, tag.OrigSendingTime);
    this.numbers.nextIn = sequence + 1;
    if (gap.needsNextChunk(sequence, sequence + 1)) this.requestResend();
    return isAdmin(type) ? this.admin(scan, type) : APPLICATION;
  }

  private outOfSequence(scan: Scanner, sequence: number): number {
    const type = scan.msgType;
    if (type === tag.SEQUENCE_RESET && scan.char(tag.GapFillFlag) !== YES) return this.sequenceReset(scan, sequence);
    if (type === tag.LOGON && this.isReset(scan, sequence)) return this.resetInSession(scan, sequence);
    if (type === tag.LOGOUT) return this.peerLogout();
    if (sequence < this.numbers.nextIn) return this.behind(scan, sequence);
    if (type === tag.RESEND_REQUEST) this.resendRequest(scan);
    return this.beyond(scan, sequence);
  }

  private behind(scan: Scanner, sequence: number): number {
    if (scan.char(tag.PossDupFlag) === YES)
      return this.identity.rightOrigTime(scan) ? HANDLED : this.badTime(scan, sequence, tag.OrigSendingTime);
    return scan.msgType === tag.RESEND_REQUEST ? this.resendRequest(scan) : this.tooLow(sequence);
  }

  /** A message behind a gap waits; the gap is asked for once. */
  private beyond(scan: Scanner, sequence: number): number {
    const gap = this.gap;
    const wasOpen = gap.isOpen;
    gap.hold(scan, sequence, this.time.nowNs);
    // A message that found no room is asked for as soon as the answer to the request before is complete.
    const isComplete = gap.hasComeToMissed(this.numbers.nextIn) && scan.char(tag.PossDupFlag) !== YES;
    if (!wasOpen || isComplete) this.requestResend();
    return HANDLED;
  }

  private admin(scan: Scanner, type: number): number {
    if (type === tag.HEARTBEAT) return HANDLED;
    if (type === tag.TEST_REQUEST) return this.testRequest(scan);
    if (type === tag.REJECT) return REJECTED;
    if (type === tag.RESEND_REQUEST) return this.resendRequest(scan);
    if (type === tag.LOGOUT) return this.peerLogout();
    return this.isReset(scan, this.numbers.nextIn - 1) ? this.resetInSession(scan, this.numbers.nextIn - 1) : HANDLED;
  }

  /** True for a Logon that begins new numbers. An answer to ours that does may leave the flag out. */
  private isReset(scan: Scanner, sequence: number): boolean {
    return scan.char(tag.ResetSeqNumFlag) === YES || (this.numbers.restarting && sequence === 1);
  }

  private testRequest(scan: Scanner): number {
    const field = scan.find(tag.TestReqID);
    if (field >= 0) this.out.heartbeatFor(scan, field);
    return field >= 0 ? HANDLED : this.rejects.missing(scan, this.numbers.nextIn - 1, tag.TestReqID);
  }

  private resendRequest(scan: Scanner): number {
    // It asks for old numbers, which the peer is about to forget.
    if (this.numbers.restarting) return HANDLED;
    const answer = this.peersRequests.answer(scan, this.time.nowNs);
    if (answer === IS_LOOP) this.logout(DisconnectReason.RESEND_LOOP);
    return answer > 0 ? this.rejects.missing(scan, scan.msgSeqNum, answer) : HANDLED;
  }

  private sequenceReset(scan: Scanner, sequence: number): number {
    const newSeqNo = scan.int(tag.NewSeqNo);
    if (newSeqNo < 0) return this.rejects.missing(scan, sequence, tag.NewSeqNo);
    if (scan.char(tag.GapFillFlag) === YES) {
      if (newSeqNo <= sequence) return this.rejects.attemptToLower(scan, sequence, newSeqNo);
    } else if (newSeqNo < this.numbers.nextIn) {
      // Neither used up nor lowered (11c).
      this.rejects.reject(scan, sequence, tag.VALUE_INCORRECT, 0, text.VALUE_OUT_OF_RANGE);
      return HANDLED;
    }
    this.skipTo(newSeqNo);
    if (this.gap.needsNextChunk(newSeqNo - 1, newSeqNo)) this.requestResend();
    return HANDLED;
  }

  private peerLogout(): number {
    this.loggedOut = true;
    if (this.state !== STATE_LOGOUT_SENT) this.out.logout(text.NO_TEXT);
    return this.close(this.closeReason === DisconnectReason.NONE ? DisconnectReason.PEER_LOGOUT : this.closeReason);
  }

  private resetInSession(scan: Scanner, sequence: number): number {
    const numbers = this.numbers;
    const fault = this.logonCheck.resetFault(scan, sequence);
    if (fault !== DisconnectReason.NONE) return this.logoutAndWait(fault, DisconnectReason.text(fault));
    this.out.takeCancelTerms(scan, numbers.restarting);
    if (numbers.restarting) {
      numbers.restarting = false;
      this.gap.close();
    } else {
      this.reset();
      this.sendLogon(true, 2);
    }
    numbers.nextIn = 2;
    return HANDLED;
  }

  private badTime(scan: Scanner, sequence: number, timeTag: number): number {
    const isWrong = this.rejects.badTime(scan, sequence, timeTag, this.profile.initiator);
    return isWrong ? this.logoutAndWait(DisconnectReason.SENDING_TIME) : HANDLED;
  }

  private tooLow(sequence: number): number {
    this.out.logoutExpecting(text.TOO_LOW_EXPECTING, this.numbers.nextIn, sequence);
    return this.close(DisconnectReason.TOO_LOW);
  }

  /** Ends the connection once the output has left. */
  private close(reason: DisconnectReason): number {
    this.closeReason = reason;
    return CLOSE;
  }

  private logoutAndClose(reason: DisconnectReason): number {
    if (this.state >= STATE_ACTIVE) this.out.logout(DisconnectReason.text(reason));
    return this.close(reason);
  }

  private logoutAndWait(reason: DisconnectReason, words = text.NO_TEXT): number {
    if (this.state !== STATE_ACTIVE) return this.close(reason);
    this.sendLogout(reason, words);
    return HANDLED;
  }

  private sendLogout(reason: DisconnectReason, words: Uint8Array, length = words.length): void {
    this.out.logout(words, length);
    this.closeReason = reason;
    this.state = STATE_LOGOUT_SENT;
    this.timeouts.sinceNs = this.time.nowNs;
  }

  /** `expected` as in `SessionWriter.logon`. A Logon within a session resets the numbers and needs no credentials. */
  private sendLogon(reset: boolean, expected: number): void {
    this.out.logon(reset, this.heartbeats.intervalNs / NS_PER_S, expected, this.state !== STATE_ACTIVE);
  }

  private reset(): void {
    this.numbers.resetOut();
    this.resetIn();
  }

  private resetIn(): void {
    this.numbers.resetIn();
    this.gap.reset();
    this.peersRequests.clear();
    this.host.reset();
  }

  private requestResend(): void {
    if (!this.gap.request(this.numbers.nextIn, this.time.nowNs)) this.logout(DisconnectReason.RESEND_FRUITLESS);
  }

  skipTo(next: number): void {
    this.numbers.nextIn = next;
    this.gap.skippedTo(next, this.time.nowNs);
  }
}
