import { addressOf, copyMemory } from "../../ffi/memory.ts";
import { ascii, text } from "../base/ascii.ts";
import { DisconnectReason } from "../base/disconnect-reason.ts";
import type { LaneTime } from "../base/lane-time.ts";
import { KIB, NS_PER_US } from "../base/units.ts";
import { Views } from "../base/views.ts";
import {
  ENTRY_HEADER_BYTES,
  ENTRY_MESSAGE,
  ENTRY_RECEIVED,
  ENTRY_RESENT,
  ENTRY_SESSION,
  RECEIVED_GARBLED,
  RECEIVED_MESSAGE,
  RECEIVED_UNREAD,
  SESSION_EVENT_BOUND,
  SESSION_EVENT_CLOSED,
  SESSION_EVENT_DISCONNECT,
  SESSION_EVENT_LOGON,
  SESSION_EVENT_PASSED,
  SESSION_EVENT_RESET,
  SESSION_EVENT_UNRECORDED,
  UNRECORDED_BYTES,
} from "../journal/layout.ts";
import type { Reactor } from "../net/reactor.ts";
import { BROKEN, ENDED, STARVED, type Stream } from "../net/stream.ts";
import type { SessionSchedule } from "../schedule/session-schedule.ts";
import { DISCONNECT_TEXT_BYTES, DisconnectRecordWriter } from "../telemetry/disconnect-record.ts";
import { EVENT_SESSION_CPU, EVENT_VENUE_CPU, type EventWriter } from "../telemetry/events.ts";
import { Allowance } from "./allowance.ts";
import type { Groups } from "./group-rings.ts";
import type { LinkGate, LinkJournal } from "./journal.ts";
import {
  APPLICATION,
  CLOSE,
  GARBLED,
  INCOMPLETE,
  INVALID,
  type Protocol,
  REJECTED,
  type SessionHost,
  type Verdict,
} from "./protocol.ts";
import type { Outlet, Resender } from "./resender.ts";

/** Messages read from one connection in one poll, so that no peer blocks the others. */
const MESSAGES_PER_POLL = 256;
/** Offset of the three words of other events in the memory of the disconnect record. */
const SESSION_EVENT_AT = 1024;
/** Garbled and unread bytes of a session that the journal keeps, with their headers: at once, and each second. */
const GARBAGE_BURST = 256 * KIB;
const GARBAGE_PER_SECOND = 16 * KIB;

/** The owner of links; handles their messages. `P` is the protocol of its links. */
export interface LinkHandler<P extends Protocol> {
  /** False while a ring or the journal has no room for the records of one more message; links then read nothing. */
  ready(): boolean;
  /**
   * An application message in sequence (APPLICATION), one that the protocol has rejected (INVALID), or the peer's reject of one
   * of ours (REJECTED).
   */
  application(link: Link<P>, verdict: Verdict): void;
  loggedOn(link: Link<P>): void;
  /** The connection is closed and `stream` is free. */
  closed(link: Link<P>, reason: DisconnectReason, stream: Stream): void;
  /** A message of ours that the peer missed is too old to be sent again; a gap fill replaces it. The protocol has read it back. */
  stale(link: Link<P>): void;
  /** True once the reports caused by `stale` are journalled; the gap fill is sent only then. */
  staleJournalled(): boolean;
}

/** One session over its connections: bytes in and out, journal, schedule, resend. The protocol interprets the bytes. */
export class Link<P extends Protocol> implements SessionHost, Outlet {
  readonly session: P;
  stream: Stream | null = null;
  /** Our messages are sent at once; false without a connection, and while a resend catches up. */
  live = false;
  /** Highest number that this connection has carried. */
  lastWired = 0;
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
  /** Time of the last reset of the numbers, or of the last Logon, which continued them; microseconds since 1970. */
  countedUs = 0;
  /** How the last connection ended. */
  readonly disconnectRecord = new DisconnectRecordWriter(Views.allocate(4096));
  private readonly recordAddress = addressOf(this.disconnectRecord.views.buffer);
  readonly asciiName: Uint8Array;
  /** Garbled and unread bytes that the journal takes. */
  private readonly garbage = new Allowance(GARBAGE_BURST, GARBAGE_PER_SECOND);
  /** Text of the peer's Logout on this connection. */
  private readonly peerText = new Uint8Array(new ArrayBuffer(DISCONNECT_TEXT_BYTES));
  private peerTextLength = 0;
  private overflow = false;
  /** A gap fill waits until the consequences of a stale message are journalled. */
  private holdsOutput = false;
  /** Unread messages are left: the handler was not ready, or there were too many. */
  private stalled = false;
  private closing = false;
  /** Holds output back until the journal is on the disk; null: it does not wait. */
  gate: LinkGate | null = null;
  /** Reason to close the connection once the held output is sent; NONE: it stays open. */
  private finishing: DisconnectReason = DisconnectReason.NONE;

  constructor(
    readonly id: number,
    readonly name: string,
    /** Makes the protocol's side of the session, whose host the link is. */
    protocol: (host: SessionHost) => P,
    private readonly handler: LinkHandler<P>,
    private readonly journal: LinkJournal | null,
    private readonly time: LaneTime,
    private readonly maxMessageBytes: number,
  ) {
    this.asciiName = ascii(name);
    this.session = protocol(this);
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
    this.lastWired = 0;
    this.peerTextLength = 0;
    this.session.connected();
  }

  /** Logs when another CPU than the lane's receives the packets, once for each CPU. Called once a logon. */
  logCpu(reactor: Reactor, events: EventWriter): void {
    const cpu = this.stream === null ? -1 : reactor.foreignCpu(this.stream.fd);
    if (cpu < 0 || cpu === this.packetsCpu) return;
    this.packetsCpu = cpu;
    events.emit(this.session.initiator ? EVENT_VENUE_CPU : EVENT_SESSION_CPU, this.id, cpu, reactor.laneCpu);
  }

  get wallUs(): number {
    return this.time.wallUs;
  }

  get active(): boolean {
    return this.session.active;
  }

  /** Binds the session to a client: `source[from, to)` is its CompID. If it had another client, its numbers begin at 1. */
  giveTo(source: Uint8Array, from: number, to: number): void {
    const bytes = this.disconnectRecord.views.bytes;
    for (let i = from; i < to; i++) bytes[SESSION_EVENT_AT + i - from] = source[i]!;
    this.session.adopt(text(source, from, to));
    this.append(SESSION_EVENT_BOUND, 0, this.recordAddress + SESSION_EVENT_AT, to - from);
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
    if (direct || stream.readable) got = stream.receive();
    if (got <= 0 && !this.stalled) {
      if (got < 0) this.lost(reasonOf(got));
      return 0;
    }
    const count = this.takeAll(stream, MESSAGES_PER_POLL);
    if (got < 0 && !this.stalled && this.stream !== null) this.lost(reasonOf(got));
    return count;
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
        break;
      }
      const verdict = session.receive(stream.in, stream.inFrom, stream.inTo);
      const kind = verdict.kind;
      if (kind === INCOMPLETE) break;
      stream.inFrom = verdict.next;
      count++;
      if (kind === APPLICATION || kind === REJECTED || kind === INVALID) this.handler.application(this, verdict);
      else if (kind === CLOSE) this.finish(verdict.reason);
      else if (kind === GARBLED) this.garbled++;
    }
    return count;
  }

  /** Sends the pending output and continues a resend. Returns bytes sent. */
  pollOut(): number {
    const stream = this.stream;
    if (stream === null) return 0;
    if (this.overflow) {
      this.lost(stream.starved ? DisconnectReason.NO_BUFFER : DisconnectReason.SLOW);
      return 1;
    }
    if (!this.live && this.resender !== null && !this.closing) this.resender.step(this);
    if (stream.outTo === stream.outFrom) return 0;
    if (this.holdsOutput && !this.released()) return 1;
    const sent = stream.flush();
    if (sent === BROKEN) {
      this.lost(DisconnectReason.LOST);
      return 1;
    }
    if (this.finishing !== DisconnectReason.NONE && !stream.held) this.lost(this.finishing);
    return sent;
  }

  /** True when the next turn has work here that neither the reactor nor a writer signals. */
  get unfinished(): boolean {
    const stream = this.stream;
    if (stream === null) return false;
    if (stream.hot || stream.readable || this.stalled || this.overflow) return true;
    if (stream.blocked) return false;
    return stream.outTo !== stream.outFrom || (!this.live && this.resender !== null && !this.closing);
  }

  /** True once output may continue after a resend with a stale message. */
  private released(): boolean {
    this.holdsOutput = !this.handler.staleJournalled();
    return !this.holdsOutput;
  }

  /** Heartbeats and time-outs, opens and closes. */
  tick(): void {
    if (this.schedule !== null) this.followSchedule(this.schedule);
    if (this.stream === null) return;
    const reason = this.session.tick();
    if (reason !== DisconnectReason.NONE) this.finish(reason);
  }

  /** True when a connection may be made now: the session is open, and a due reset of its numbers is done. */
  admits(): boolean {
    const schedule = this.schedule;
    if (schedule === null) return true;
    this.followSchedule(schedule);
    return schedule.open && schedule.resetUs <= this.countedUs;
  }

  /** True while its schedule is closed, as of the last tick. */
  get shut(): boolean {
    return this.schedule !== null && !this.schedule.open;
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

  /** Logs out; a connection that is not logged on is closed. */
  logout(reason: DisconnectReason): void {
    if (this.active) this.session.logout(reason);
    else if (this.stream !== null) this.finish(reason);
  }

  /** Ends the connection at once, with a Logout if that can leave now: a newer one takes its place. */
  giveWay(): void {
    this.session.logout(DisconnectReason.REPLACED);
    this.finish(DisconnectReason.REPLACED);
    this.lost(DisconnectReason.REPLACED);
  }

  /** Closes the connection without waiting for the peer's Logout. */
  abandon(): void {
    this.lost(DisconnectReason.LOGOUT_UNANSWERED);
  }

  /** Journals the exact numbers at a clean stop, when no message is in flight. */
  recordClosed(): void {
    this.event(SESSION_EVENT_CLOSED, this.session.numbers.nextIn);
  }

  /** Journals that the core's requests up to this index are handled: they were refused, not sent. */
  recordRefused(index: number): void {
    this.disconnectRecord.views.ints[SESSION_EVENT_AT >> 2] = index;
    this.append(SESSION_EVENT_PASSED, 0, this.recordAddress + SESSION_EVENT_AT, 4);
  }

  message(
    address: number,
    bytes: number,
    journalAddress: number,
    journalBytes: number,
    sequence: number,
    index: number,
  ): void {
    if (this.journal !== null) {
      const epoch = this.session.numbers.epoch;
      const wallUs = this.time.wallUs;
      const position = this.journal.append(
        ENTRY_MESSAGE,
        this.id,
        sequence,
        wallUs,
        index,
        epoch,
        journalAddress,
        journalBytes,
      );
      if (this.resender !== null) this.resender.sequenceIndex.note(sequence, position);
    }
    if (this.send(address, bytes)) this.lastWired = sequence;
  }

  received(from: number, to: number, sequence: number, isSecret: boolean): void {
    const stream = this.stream;
    if (this.journal === null || stream === null) return;
    const epoch = this.session.numbers.epoch;
    const wallUs = this.time.wallUs;
    if (this.garbage.refused > 0) this.recordUnrecorded();
    if (isSecret) this.appendMasked(this.journal, stream, from, to, sequence, RECEIVED_MESSAGE);
    else {
      const address = stream.inAddress + from;
      this.journal.append(ENTRY_RECEIVED, this.id, sequence, wallUs, RECEIVED_MESSAGE, epoch, address, to - from);
    }
  }

  skipped(from: number, to: number): void {
    if (this.stream !== null) this.recordGarbage(this.stream, from, to, RECEIVED_GARBLED);
  }

  /** Journals bytes that are no message, as far as the session's allowance goes. */
  private recordGarbage(stream: Stream, from: number, to: number, what: number): void {
    const journal = this.journal;
    const garbage = this.garbage;
    if (journal === null) return;
    if (!garbage.take(to - from + ENTRY_HEADER_BYTES, this.time.nowNs)) {
      garbage.refuse(to - from);
      return;
    }
    if (garbage.refused > 0) this.recordUnrecorded();
    this.appendMasked(journal, stream, from, to, 0, what);
  }

  private appendMasked(
    journal: LinkJournal,
    stream: Stream,
    from: number,
    to: number,
    sequence: number,
    what: number,
  ): void {
    const at = journal.claim(to - from);
    copyMemory(journal.address + at, stream.inAddress + from, to - from);
    this.session.maskSecrets(journal.views.bytes, at, at + to - from);
    journal.commit(ENTRY_RECEIVED, this.id, sequence, this.time.wallUs, what, this.session.numbers.epoch);
  }

  peerLogout(bytes: Uint8Array, from: number, to: number): void {
    const length = Math.min(to - from, DISCONNECT_TEXT_BYTES);
    for (let i = 0; i < length; i++) this.peerText[i] = bytes[from + i]!;
    this.peerTextLength = length;
  }

  aside(address: number, bytes: number, sequence: number): void {
    this.resent(sequence, address, bytes);
    this.send(address, bytes);
  }

  /** Journals a message of a resend, before it is sent. */
  resent(sequence: number, address: number, bytes: number): void {
    if (this.journal === null) return;
    const epoch = this.session.numbers.epoch;
    this.journal.append(ENTRY_RESENT, this.id, sequence, this.time.wallUs, 0, epoch, address, bytes);
  }

  /** Journals the count of the garbled and unread bytes that were not journalled. */
  private recordUnrecorded(): void {
    const views = this.disconnectRecord.views;
    views.ints[SESSION_EVENT_AT >> 2] = this.garbage.refused;
    views.doubles[(SESSION_EVENT_AT + 8) >> 3] = this.garbage.refusedBytes;
    this.append(SESSION_EVENT_UNRECORDED, 0, this.recordAddress + SESSION_EVENT_AT, UNRECORDED_BYTES);
    this.garbage.clear();
  }

  /** Journals the input that the connection leaves unread, in pieces. */
  private recordUnread(stream: Stream): void {
    if (this.journal === null) return;
    stream.bringIn();
    // A piece may end within a password.
    this.session.maskSecrets(stream.in, stream.inFrom, stream.inTo);
    while (stream.inFrom < stream.inTo) {
      const to = Math.min(stream.inTo, stream.inFrom + this.maxMessageBytes);
      if (this.journal.room(2 * this.maxMessageBytes)) this.recordGarbage(stream, stream.inFrom, to, RECEIVED_UNREAD);
      else this.garbage.refuse(to - stream.inFrom);
      stream.inFrom = to;
    }
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
    return true;
  }

  reset(): void {
    if (this.resender !== null) {
      this.resender.sequenceIndex.clear();
      this.resender.end();
    }
    this.live = this.stream !== null;
    this.lastWired = 0;
    this.countedUs = this.time.wallUs;
    this.event(SESSION_EVENT_RESET, 1);
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

  stale(): void {
    this.handler.stale(this);
    this.holdsOutput = true;
  }

  loggedOn(): void {
    // The inbound number is 0: it is safe only after the core has journalled the message.
    this.event(SESSION_EVENT_LOGON, 0);
    this.countedUs = this.time.wallUs;
    this.handler.loggedOn(this);
  }

  private event(code: number, nextIn: number): void {
    if (this.journal === null) return;
    const words = this.disconnectRecord.views.ints;
    words[SESSION_EVENT_AT >> 2] = this.session.numbers.nextOut;
    words[(SESSION_EVENT_AT >> 2) + 1] = nextIn;
    words[(SESSION_EVENT_AT >> 2) + 2] = this.session.closeReason;
    this.append(code, nextIn, this.recordAddress + SESSION_EVENT_AT, 12);
  }

  private append(code: number, nextIn: number, address: number, bytes: number): void {
    if (this.journal === null) return;
    const epoch = this.session.numbers.epoch;
    this.journal.append(ENTRY_SESSION, this.id, nextIn, this.time.wallUs, code, epoch, address, bytes);
  }

  /** Sends the output if the kernel takes it at once (and the gate lets it), then closes. */
  private finish(reason: DisconnectReason): void {
    this.closing = true;
    const stream = this.stream;
    if (stream !== null && !this.holdsOutput) stream.flush();
    if (stream?.held === true && !this.holdsOutput) {
      this.live = false;
      this.finishing = reason;
    } else this.lost(reason);
  }

  private lost(reason: DisconnectReason): void {
    const stream = this.stream;
    if (stream === null) return;
    if (this.finishing !== DisconnectReason.NONE) reason = this.finishing;
    const session = this.session;
    // The peer closed after our Logout: the reason is that of the Logout.
    const hungUp = reason === DisconnectReason.PEER_CLOSED || reason === DisconnectReason.LOST;
    if (hungUp && session.loggingOut && session.closeReason !== DisconnectReason.NONE) reason = session.closeReason;
    session.closeReason = reason;
    this.recordUnread(stream);
    if (this.garbage.refused > 0) this.recordUnrecorded();
    this.disconnectRecord.set(session.numbers.nextOut, session.numbers.nextIn, reason, stream.unsent, stream.peer);
    this.disconnectRecord.text(this.peerText, 0, this.peerTextLength);
    // The inbound number is 0: it is safe only after the core has journalled the message.
    this.append(SESSION_EVENT_DISCONNECT, 0, this.recordAddress, this.disconnectRecord.length);
    session.disconnected();
    this.stream = null;
    this.live = false;
    if (this.resender !== null) this.resender.end();
    stream.close(reason === DisconnectReason.SLOW || reason === DisconnectReason.NO_BUFFER);
    this.handler.closed(this, reason, stream);
  }
}

/** Reason for the end of a connection, from the result of its last read. */
function reasonOf(received: number): DisconnectReason {
  if (received === STARVED) return DisconnectReason.NO_BUFFER;
  return received === ENDED ? DisconnectReason.PEER_CLOSED : DisconnectReason.LOST;
}
