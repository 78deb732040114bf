import { copyMemory } from "../../ffi/memory.ts";
import { ascii, text } from "../base/ascii.ts";
import { DisconnectReason } from "../base/disconnect-reason.ts";
import type { LaneTime } from "../base/lane-time.ts";
import { NS_PER_US } from "../base/units.ts";
import { Views } from "../base/views.ts";
import { SESSION_EVENT_CLOSED, SESSION_EVENT_LOGON, SESSION_EVENT_RESET } from "../journal/layout.ts";
import type { Reactor } from "../net/reactor.ts";
import type { Stream } from "../net/stream.ts";
import { BROKEN } from "../net/stream-end.ts";
import type { SessionSchedule } from "../schedule/session-schedule.ts";
import { DISCONNECT_RECORD_BYTES, DisconnectRecordWriter } from "../telemetry/disconnect-record.ts";
import { EVENT_SESSION_CPU, EVENT_VENUE_CPU, type EventWriter } from "../telemetry/events.ts";
import { Allowance } from "./allowance.ts";
import { endReason, isHangUp } from "./end-reason.ts";
import type { Groups } from "./group-rings.ts";
import type { LinkGate, LinkJournal } from "./journal.ts";
import { LinkCounts } from "./link-counts.ts";
import type { LinkHandler } from "./link-handler.ts";
import type { LinkStages } from "./link-stages.ts";
import type { MessageWindow } from "./message-window.ts";
import {
  APPLICATION,
  CLOSE,
  GARBLED,
  INCOMPLETE,
  INVALID,
  type Protocol,
  REJECTED,
  type SessionHost,
  WAITING,
} from "./protocol.ts";
import { Recorder } from "./recorder.ts";
import type { Outlet, Resender } from "./resender.ts";

/** Messages read from one connection in one poll: no peer blocks the others, records stay in the cache, the first of a burst leave early. */
const MESSAGES_PER_POLL = 64;
/** Connections without a successful Logon that the journal and the log take, at once and each second. */
const REFUSED_LOGONS = 100;
const REFUSED_LOGONS_PER_SECOND = 1;

/** One session over its connections: bytes in and out, journal, schedule, resend. The protocol interprets the bytes. */
export class Link<P extends Protocol> implements SessionHost, Outlet {
  readonly session: P;
  stream: Stream | null = null;
  /** Our messages are sent at once; false without a connection, and while a resend catches up. */
  live = false;
  /** Highest number that this connection has carried. */
  lastWired = 0;
  readonly counts = new LinkCounts();
  /** Measures the orders that pass; null: nobody does. */
  stages: LinkStages | null = null;
  /** What the peer admits of application messages; null: any number. Who sends new ones asks it; a resend does here. */
  window: MessageWindow | null = null;
  /** Messages skipped as garbled, since the start. */
  garbled = 0;
  /** Unsent bytes after which the peer reads too slowly; the stream may have room for less. */
  backlogBytes = Number.POSITIVE_INFINITY;
  /** Answers resend requests from the journal; null: there is no journal, every resend is a gap fill. */
  resender: Resender | null = null;
  /** Reads and writes repeating groups in its version or dialect; null: the session carries no groups. */
  groups: Groups | null = null;
  /** CPU that received its packets, as last logged, if it is not the lane's; -1: none. */
  packetsCpu = -1;
  /** Schedule of the session; null: always open. */
  schedule: SessionSchedule | null = null;
  /** Why it is logged out and no connection is made: it is switched off, or retired; NONE: it is not. */
  offReason: DisconnectReason = DisconnectReason.NONE;
  /** It may send new orders: an operator has neither switched it off nor left it cancels alone. */
  trades = true;
  /** Time of the last reset of the numbers, or of the last Logon, which continued them; microseconds since 1970. */
  countedUs = 0;
  readonly recorder: Recorder;
  private readonly refusedLogons = new Allowance(REFUSED_LOGONS, REFUSED_LOGONS_PER_SECOND);
  /** The same for those with a wrong password, by themselves: strangers who try passwords must not keep the client out. */
  private readonly wrongPasswords = new Allowance(REFUSED_LOGONS, REFUSED_LOGONS_PER_SECOND);
  /** A Logon has succeeded on this connection. */
  private hasLoggedOn = false;
  readonly asciiName: Uint8Array;
  /** The peer reads too slowly: the connection is about to be closed. */
  overflow = false;
  /** A gap fill waits until the consequences of a stale message are journalled. */
  private holdsOutput = false;
  /** Unread messages are left: the handler was not ready, or there were too many. */
  stalled = false;
  private closing = false;
  /** What `receive` said when the peer's side ended; 0: it has not. */
  private ended = 0;
  /** Holds output back until the journal is on the disk; null: it does not wait. */
  gate: LinkGate | null = null;
  /** Reason to close the connection once the held output is sent; NONE: it stays open. */
  private finishing: DisconnectReason = DisconnectReason.NONE;

  constructor(
    readonly id: number,
    readonly name: string,
    /** Makes the protocol's side of the session, whose host the link is. */
    protocol: (host: SessionHost) => P,
    private readonly handler: LinkHandler<Link<P>>,
    journal: LinkJournal | null,
    readonly time: LaneTime,
    readonly maxMessageBytes: number,
    /** Links of a lane may share it: it is read as soon as it is written. */
    record = new DisconnectRecordWriter(Views.allocate(DISCONNECT_RECORD_BYTES)),
  ) {
    this.asciiName = ascii(name);
    this.session = protocol(this);
    this.recorder = new Recorder(id, journal, this.session, time, maxMessageBytes, record);
  }

  /** Attaches an established connection; an initiator sends its Logon. */
  attach(stream: Stream): void {
    this.stream = stream;
    stream.limitTo(this.backlogBytes);
    stream.gate = this.gate;
    if (this.gate !== null) this.gate.begin(stream.outGone + stream.outTo);
    this.finishing = DisconnectReason.NONE;
    this.live = true;
    this.overflow = false;
    this.holdsOutput = false;
    this.stalled = false;
    this.closing = false;
    this.ended = 0;
    this.lastWired = 0;
    this.hasLoggedOn = false;
    this.recorder.begin();
    if (this.stages !== null) this.stages.begin();
    this.session.connected();
  }

  /** Logs when another CPU than the lane's receives the packets, once for each CPU. Called once a logon. */
  logCpu(reactor: Reactor, events: EventWriter): void {
    const cpu = this.stream === null ? -1 : reactor.foreignCpu(this.stream.fd);
    if (cpu < 0 || cpu === this.packetsCpu) return;
    this.packetsCpu = cpu;
    events.emit(this.session.initiator ? EVENT_VENUE_CPU : EVENT_SESSION_CPU, this.id, cpu, reactor.laneCpu);
  }

  /** How the last connection ended. */
  get disconnectRecord(): DisconnectRecordWriter {
    return this.recorder.disconnectRecord;
  }

  get wallUs(): number {
    return this.time.wallUs;
  }

  get active(): boolean {
    return this.session.active;
  }

  /** Binds the session to a client: `source[from, to)` is its CompID. If it had another client, its numbers begin at 1. */
  giveTo(source: Uint8Array, from: number, to: number): void {
    this.session.adopt(text(source, from, to));
    this.recorder.bound(source, from, to);
  }

  /** Takes the first message of a connection; the acceptor has read it to find the session and left it in the stream. */
  first(): void {
    if (this.stream !== null) this.takeAll(this.stream, 1);
  }

  /** Reads and handles incoming messages. Returns their number. */
  pollIn(direct: boolean): number {
    const stream = this.stream;
    if (stream === null) return 0;
    let got = 0;
    if (this.ended === 0 && (direct || stream.readable)) got = stream.receive();
    if (got < 0) this.ended = got;
    const count = got > 0 || this.stalled ? this.takeAll(stream, MESSAGES_PER_POLL) : 0;
    if (this.ended < 0 && !this.stalled && this.stream !== null) this.lose(endReason(this.ended));
    return count;
  }

  /** Unread messages are left that need no byte from the peer. */
  get hasUnread(): boolean {
    return this.stalled && this.stream !== null;
  }

  /** Handles more of what was read before. Returns the number of messages. */
  pollRest(): number {
    return this.hasUnread ? this.takeAll(this.stream!, MESSAGES_PER_POLL) : 0;
  }

  /** Takes up to `most` messages; those that are left are taken by the next poll, although no byte may follow. */
  private takeAll(stream: Stream, most: number): number {
    const session = this.session;
    let count = 0;
    this.stalled = false;
    stream.bringIn();
    while (!this.closing) {
      if (count === most || !this.handler.ready()) {
        this.stalled = stream.inTo > stream.inFrom || session.holds;
        // What is not read is no silence of the peer.
        if (this.stalled) session.received(0);
        break;
      }
      const taken = this.recorder.isSettled ? this.handler.receiveBatch(this, stream, most - count) : 0;
      count += taken;
      if (stream.inFrom === stream.inTo && !session.holds) break;
      if (taken > 0) continue;
      const verdict = session.receive(stream.in, stream.inFrom, stream.inTo);
      const kind = verdict.kind;
      if (kind === WAITING) this.stalled = true;
      if (kind === INCOMPLETE || kind === WAITING) break;
      stream.inFrom = verdict.next;
      count++;
      if (kind === APPLICATION || kind === REJECTED || kind === INVALID) this.handler.application(this, verdict);
      if (verdict.kind === CLOSE) this.finish(verdict.reason);
      else if (kind === GARBLED) this.garbled++;
    }
    if (count > 0) this.counts.received(count, this.time.wallUs);
    return count;
  }

  /** Sends the pending output and continues a resend. Returns bytes sent. */
  pollOut(): number {
    const stream = this.stream;
    if (stream === null) return 0;
    if (this.overflow) return this.lose(stream.starved ? DisconnectReason.NO_BUFFER : DisconnectReason.SLOW);
    if (!this.live && this.resender !== null && !this.closing) this.resender.step(this);
    if (stream.outTo === stream.outFrom) return 0;
    if (this.holdsOutput && !this.released()) return 1;
    // The gate may open at any time: only what is released before the flush is sent by it.
    const isLast = this.finishing !== DisconnectReason.NONE && !stream.held;
    const sent = stream.flush();
    if (sent === BROKEN) return this.lose(DisconnectReason.LOST);
    if (this.stages !== null && stream.unsent === 0) this.stages.flushed();
    if (isLast || (this.finishing !== DisconnectReason.NONE && stream.unsent === 0)) this.lost(this.finishing);
    return sent;
  }

  /** True when the next turn has work that neither the reactor nor a writer signals. */
  get unfinished(): boolean {
    const stream = this.stream;
    if (stream === null) return false;
    if (stream.hot || stream.readable || this.stalled || this.overflow || this.ended < 0) return true;
    if (stream.blocked) return false;
    return stream.outTo !== stream.outFrom || (!this.live && this.resender !== null && !this.closing);
  }

  /** True once output may continue after a resend with a stale message. */
  private released(): boolean {
    this.holdsOutput = !this.handler.staleJournalled();
    return !this.holdsOutput;
  }

  /** Heartbeats and time-outs, opens and closes; they wait until the journal has room for what they write. */
  tick(): void {
    if (!this.recorder.hasRoom) return;
    if (this.schedule !== null) this.followSchedule(this.schedule);
    if (this.stream === null) return;
    const reason = this.session.tick();
    if (reason !== DisconnectReason.NONE) this.finish(reason);
  }

  /** True when a connection may be made now: the session is on and open, and a due reset of its numbers is done. */
  admits(): boolean {
    const schedule = this.schedule;
    if (this.offReason !== DisconnectReason.NONE || schedule === null) return this.offReason === DisconnectReason.NONE;
    this.followSchedule(schedule);
    return schedule.open && schedule.resetUs <= this.countedUs;
  }

  /** Asks whether the peer is there, because it seems to log on a second time: a refused Logon. */
  probe(): void {
    this.refusedLogons.take(1, this.time.nowNs);
    this.session.probe();
    this.stream?.wake();
  }

  /** False while too many Logons of this session were refused: strangers could fill the disk with them. */
  get takesLogons(): boolean {
    return this.refusedLogons.has(1, this.time.nowNs);
  }

  /** False while too many passwords were wrong: the next one is refused without an answer, and without entries in the journal. */
  get answersPasswords(): boolean {
    return this.wrongPasswords.has(1, this.time.nowNs);
  }

  /** True while it is switched off, or its schedule is closed as of the last tick. */
  get shut(): boolean {
    return this.offReason !== DisconnectReason.NONE || (this.schedule !== null && !this.schedule.open);
  }

  /** Time at which `tick` next has work; monotonic nanoseconds. */
  deadlineNs(): number {
    const deadline = this.session.deadlineNs();
    if (this.schedule === null) return deadline;
    if (this.schedule.resetUs > this.countedUs) return this.time.nowNs;
    const change = this.time.nowNs + (this.schedule.nextUs - this.time.wallUs) * NS_PER_US;
    return change < deadline ? change : deadline;
  }

  /** Logs out when the schedule closes, and resets the numbers when a reset is due. */
  private followSchedule(schedule: SessionSchedule): void {
    schedule.update(this.time.wallUs);
    const session = this.session;
    if (!schedule.open && this.stream !== null && !session.loggingOut) this.logout(DisconnectReason.OUTSIDE_SCHEDULE);
    if (schedule.resetUs <= this.countedUs || !session.calm || !this.handler.ready()) return;
    // A running resend and the messages behind it have the old numbers.
    if (this.stream !== null && !this.live) return;
    session.restart();
  }

  /** Logs out, with another text than the reason's if it has a length; a connection that is not logged on is closed. */
  logout(reason: DisconnectReason, words = DisconnectReason.text(reason), length = words.length): void {
    if (this.active) this.session.logout(reason, words, length);
    else if (this.stream !== null) this.finish(reason);
  }

  /** Ends the connection at once, with a Logout if that can leave now: a newer one takes its place. */
  giveWay(): void {
    this.session.logout(DisconnectReason.REPLACED);
    this.finish(DisconnectReason.REPLACED);
    this.lost(DisconnectReason.REPLACED);
  }

  /** Closes the connection without waiting for the peer's Logout. */
  abandon(reason: DisconnectReason = DisconnectReason.LOGOUT_UNANSWERED): void {
    this.lost(reason);
  }

  /** Journals the exact numbers at a clean stop, when no message is in flight. */
  recordClosed(): void {
    this.recorder.event(SESSION_EVENT_CLOSED, this.session.numbers.nextIn);
  }

  received(from: number, to: number, sequence: number, isSecret: boolean): void {
    if (this.stream !== null) this.recorder.received(this.stream, from, to, sequence, isSecret);
  }

  skipped(from: number, to: number): void {
    if (this.stream !== null) this.recorder.garbled(this.stream, from, to);
  }

  peerLogout(bytes: Uint8Array, from: number, to: number): void {
    this.recorder.peerLogout(bytes, from, to);
  }

  resent(sequence: number, address: number, bytes: number): void {
    this.recorder.resent(address, bytes, sequence);
  }

  message(at: number, bytes: number, journalAt: number, journalBytes: number, sequence: number, index: number): void {
    const position = this.recorder.sent(journalAt, journalBytes, sequence, index);
    if (this.resender !== null) this.resender.sequenceIndex.note(sequence, position);
    if (this.send(at, bytes)) this.lastWired = sequence;
  }

  aside(address: number, bytes: number, sequence: number): void {
    this.recorder.resent(address, bytes, sequence);
    this.send(address, bytes);
  }

  /** Puts a finished message into the output; false while messages are journalled only, or when the peer reads too slowly. */
  private send(address: number, bytes: number): boolean {
    const stream = this.stream;
    if (!this.live || stream === null || this.overflow) return false;
    if (!stream.room(this.maxMessageBytes)) {
      this.overflow = true;
      stream.wake();
      return false;
    }
    copyMemory(stream.outAddress + stream.outTo, address, bytes);
    stream.wrote(stream.outTo + bytes);
    this.counts.sent(1, this.time.wallUs);
    return true;
  }

  reset(): void {
    if (this.handler.renumbered !== undefined) this.handler.renumbered(this);
    if (this.resender !== null) this.resender.reset();
    this.live = this.stream !== null;
    this.lastWired = 0;
    this.countedUs = this.time.wallUs;
    this.recorder.event(SESSION_EVENT_RESET, 1);
  }

  resend(begin: number, end: number): void {
    if (this.resender !== null) this.resender.begin(this, begin, end);
    else {
      const out = this.session.out;
      const bytes = out.writeGapFill(begin, end + 1);
      this.send(out.address, bytes);
    }
  }

  ready(): boolean {
    return this.handler.ready();
  }

  stale(sequence: number, tooLong: number): void {
    this.handler.stale(this, sequence, tooLong);
    this.holdsOutput = true;
  }

  loggedOn(): void {
    this.hasLoggedOn = true;
    // The inbound number is 0: it is safe only after the core has journalled the message.
    this.recorder.event(SESSION_EVENT_LOGON, 0);
    this.countedUs = this.time.wallUs;
    this.counts.logonUs = this.time.wallUs;
    this.handler.loggedOn(this);
  }

  cancelTerms(type: number, windowMs: number): void {
    this.recorder.cancelTerms(type, windowMs);
  }

  /** Sends the output if the kernel takes it at once (and the gate lets it), then closes. */
  private finish(reason: DisconnectReason): void {
    this.closing = true;
    const stream = this.stream;
    const isHeld = stream?.held === true;
    if (stream !== null && !this.holdsOutput) stream.flush();
    if (isHeld && stream.unsent > 0 && !this.holdsOutput) {
      this.live = false;
      this.finishing = reason;
    } else this.lost(reason);
  }

  /** Closes the connection once the journal has room for what is written of it. Returns work done. */
  private lose(reason: DisconnectReason): number {
    if (!this.recorder.hasRoom) return 0;
    this.lost(reason);
    return 1;
  }

  private lost(reason: DisconnectReason): void {
    const stream = this.stream;
    if (stream === null) return;
    if (this.finishing !== DisconnectReason.NONE) reason = this.finishing;
    const session = this.session;
    // The peer closed after our Logout: the reason is that of the Logout.
    const hungUp = isHangUp(reason);
    if (hungUp && session.loggingOut && session.closeReason !== DisconnectReason.NONE) reason = session.closeReason;
    session.closeReason = reason;
    this.recorder.disconnected(reason, stream);
    const allowance = reason === DisconnectReason.PASSWORD ? this.wrongPasswords : this.refusedLogons;
    if (!this.hasLoggedOn) allowance.take(1, this.time.nowNs);
    session.disconnected();
    this.stream = null;
    this.live = false;
    if (this.resender !== null) this.resender.end();
    stream.close(reason === DisconnectReason.SLOW || reason === DisconnectReason.NO_BUFFER);
    this.handler.closed(this, reason, stream);
  }
}
