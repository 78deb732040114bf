import { addressOf } from "../../ffi/memory.ts";
import { ascii, text } from "../base/ascii.ts";
import { DisconnectReason } from "../base/disconnect-reason.ts";
import type { LaneTime } from "../base/lane-time.ts";
import { NS_PER_US } from "../base/units.ts";
import { Views } from "../base/views.ts";
import { optionsOf } from "../fix/session/options.ts";
import type { SessionHost, SessionProfile } from "../fix/session/outgoing.ts";
import { maskSecrets } from "../fix/session/secrets.ts";
import {
  APPLICATION,
  CLOSE,
  INVALID,
  NOT_HELD,
  Session,
  STATE_ACTIVE,
  STATE_LOGOUT_SENT,
} from "../fix/session/session.ts";
import { INCOMPLETE, type Scanner, TOO_LONG } from "../fix/wire/scan.ts";
import * as tag from "../fix/wire/tags.ts";
import { Writer, wordsOf } from "../fix/wire/write.ts";
import {
  ENTRY_MESSAGE,
  ENTRY_SESSION,
  EVENT_BOUND,
  EVENT_CLOSED,
  EVENT_DISCONNECT,
  EVENT_LOGON,
  EVENT_PASSED,
  EVENT_RESET,
} from "../journal/layout.ts";
import type { Reactor } from "../net/reactor.ts";
import { BROKEN, ENDED, STARVED, type Stream } from "../net/stream.ts";
import type { SessionSchedule } from "../schedule/session-schedule.ts";
import { DisconnectRecordWriter } from "../telemetry/disconnect-record.ts";
import { EVENT_SESSION_CPU, EVENT_VENUE_CPU, type EventWriter } from "../telemetry/events.ts";
import type { Groups } from "./group-rings.ts";
import type { LinkGate, LinkHandler, LinkJournal } from "./handler.ts";
import type { Resender } from "./resender.ts";

const YES = 89;
/** Messages one poll takes from one connection, so that no peer keeps the lane from the others. */
const MESSAGES_PER_POLL = 256;
/** Where the other events' three words stand in the parting's memory. */
const EVENT_AT = 1024;

/** A FIX session on its wire: frames in, messages out, each written to the journal before it is sent. */
export class Link implements SessionHost {
  readonly session: Session;
  stream: Stream | null = null;
  /** What we send goes to the wire at once; false while there is none, and while a resend catches up. */
  live = false;
  /** Highest number that this connection has carried. */
  lastWired = 0;
  /** Messages skipped as garbled, since the start. */
  garbled = 0;
  /** Unsent bytes after which the peer reads too slowly; what the stream has room for if that is less. */
  backlogBytes = Number.POSITIVE_INFINITY;
  /** Answers resend requests from the journal; null: there is none, everything is gap-filled. */
  resender: Resender | null = null;
  /** How repeating groups are taken from it, and told to it, in its version or dialect; null: not at all. */
  groups: Groups | null = null;
  /** The CPU other than its lane's that its packets came by when that was last told; -1: none. */
  packetsCpu = -1;
  /** When it may be logged on; null: always. */
  hours: SessionSchedule | null = null;
  /** When the numbers last began again, or a Logon took them on; microseconds since 1970. */
  countedUs = 0;
  private readonly scratch: Uint8Array;
  private readonly scratchWords: Int32Array;
  private readonly scratchAddress: number;
  /** How the last connection ended. */
  readonly disconnectRecord = new DisconnectRecordWriter(Views.allocate(4096));
  private readonly partingAddress = addressOf(this.disconnectRecord.views.buffer);
  /** Where a Logon with a password is written as it may be kept; null when there is none. */
  private readonly masked: Uint8Array | null;
  private readonly maskedAddress: number;
  readonly asciiName: Uint8Array;
  private overflow = false;
  /** A gap fill waits for what it replaces to be told. */
  holds = false;
  /** Unread messages are left because the handler was not ready. */
  private stalled = false;
  private closing = false;
  /** Holds output back until the journal is on the disk; null where that is not asked for. */
  gate: LinkGate | null = null;
  /** Why the connection ends once what is held back has left; 0: it does not. */
  private finishing = 0;

  constructor(
    readonly id: number,
    readonly name: string,
    profile: SessionProfile,
    private readonly handler: LinkHandler,
    private readonly journal: LinkJournal | null,
    private readonly time: LaneTime,
    private readonly scan: Scanner,
    private readonly maxMessageBytes: number,
  ) {
    this.asciiName = ascii(name);
    const scratch = new ArrayBuffer(Math.max(4096, maxMessageBytes));
    this.scratch = new Uint8Array(scratch);
    this.scratchWords = wordsOf(this.scratch);
    this.scratchAddress = addressOf(scratch);
    const { timestampDecimals, password } = optionsOf(profile.options);
    // The first versions know whole seconds only.
    const decimals = profile.version.timeDecimals === 0 ? 0 : timestampDecimals;
    this.session = new Session(profile, this, new Writer(this.scratch, decimals));
    this.masked = password === "" ? null : new Uint8Array(new ArrayBuffer(4096));
    this.maskedAddress = this.masked === null ? 0 : addressOf(this.masked.buffer);
  }

  /** The connection is made; an initiator's Logon goes out. */
  attach(stream: Stream): void {
    this.stream = stream;
    stream.limitTo(this.backlogBytes);
    stream.gate = this.gate;
    if (this.gate !== null) this.gate.begin(stream.outGone + stream.outTo);
    this.finishing = 0;
    this.live = true;
    this.overflow = false;
    this.holds = false;
    this.stalled = false;
    this.closing = false;
    this.lastWired = 0;
    this.session.turn(this.time.nowNs, this.time.wallUs);
    this.session.connected();
  }

  /** Tells when packets come by another CPU than the lane's, and that is news. Cold: once a logon. */
  tellCpu(reactor: Reactor, events: EventWriter): void {
    const cpu = this.stream === null ? -1 : reactor.foreignCpu(this.stream.fd);
    if (cpu < 0 || cpu === this.packetsCpu) return;
    this.packetsCpu = cpu;
    events.emit(this.session.profile.initiator ? EVENT_VENUE_CPU : EVENT_SESSION_CPU, this.id, cpu, reactor.laneCpu);
  }

  get wallUs(): number {
    return this.time.wallUs;
  }

  get active(): boolean {
    return this.session.state === STATE_ACTIVE;
  }

  /** Gives a session that has no client yet its client: `source[from, to)` is its CompID. Cold: once a session. */
  giveTo(source: Uint8Array, from: number, to: number): void {
    const bytes = this.disconnectRecord.views.bytes;
    for (let i = from; i < to; i++) bytes[EVENT_AT + i - from] = source[i]!;
    this.session.adopt(text(source, from, to));
    this.append(EVENT_BOUND, 0, this.partingAddress + EVENT_AT, to - from);
  }

  /** Takes the first message of a connection, which the acceptor has scanned to know whose it is. */
  first(scan: Scanner): void {
    this.take(scan);
    // What came in the same read lies in the stream already: no byte of the peer's need follow to bring it up.
    const stream = this.stream;
    if (stream !== null) this.stalled = stream.inTo > stream.inFrom;
  }

  /** Reads and handles what has come. Returns how many messages. */
  pollIn(direct: boolean): number {
    const stream = this.stream;
    if (stream === null) return 0;
    let got = 0;
    if (direct || stream.readable) got = stream.receive();
    if (got <= 0 && !this.stalled) {
      if (got < 0) this.lost(closingOf(got));
      return 0;
    }
    this.session.turn(this.time.nowNs, this.time.wallUs);
    const count = this.takeAll(stream);
    if (got < 0 && !this.stalled && this.stream !== null) this.lost(closingOf(got));
    return count;
  }

  private takeAll(stream: Stream): number {
    const scan = this.scan;
    let count = 0;
    this.stalled = false;
    stream.bringIn();
    scan.expect(this.session.peerTexts);
    while (!this.closing) {
      if (count === MESSAGES_PER_POLL || !this.handler.ready()) {
        this.stalled = stream.inTo > stream.inFrom || this.session.holds;
        break;
      }
      if (this.session.holds && this.takeHeld(scan)) {
        count++;
        continue;
      }
      const length = scan.scan(stream.in, stream.inFrom, stream.inTo);
      if (length === INCOMPLETE) break;
      if (length === TOO_LONG) {
        this.session.logout(DisconnectReason.TOO_LONG);
        this.finish(DisconnectReason.TOO_LONG);
        break;
      }
      stream.inFrom = scan.next;
      count++;
      if (length < 0) this.garbled++;
      else this.take(scan);
    }
    return count;
  }

  private take(scan: Scanner): void {
    this.act(this.session.receive(scan), scan);
  }

  /** Takes a message that waited behind a gap, if one is next. */
  private takeHeld(scan: Scanner): boolean {
    const verdict = this.session.receiveHeld(scan);
    if (verdict === NOT_HELD) return false;
    this.act(verdict, scan);
    return true;
  }

  private act(verdict: number, scan: Scanner): void {
    if (verdict === APPLICATION) this.handler.application(this, scan);
    else if (verdict === CLOSE) this.finish(this.session.closing);
    else if (verdict === INVALID) this.handler.invalid?.(this, scan, this.session.rejectedTag);
  }

  /** Sends what is pending; goes on with a resend. Returns bytes sent. */
  pollOut(): number {
    const stream = this.stream;
    if (stream === null) return 0;
    if (this.overflow) {
      this.lost(stream.starved ? DisconnectReason.NO_BUFFER : DisconnectReason.SLOW);
      return 1;
    }
    if (!this.live && this.resender !== null && !this.closing) this.resender.step(this);
    if (stream.outTo === stream.outFrom) return 0;
    if (this.holds && !this.released()) return 1;
    const sent = stream.flush();
    if (sent === BROKEN) {
      this.lost(DisconnectReason.LOST);
      return 1;
    }
    if (this.finishing !== 0 && !stream.held) this.lost(this.finishing);
    return sent;
  }

  /** True when the next turn has something to do here that neither the reactor nor a writer announces. */
  get unfinished(): boolean {
    const stream = this.stream;
    if (stream === null) return false;
    if (stream.hot || stream.readable || this.stalled || this.overflow) return true;
    if (stream.blocked) return false;
    return stream.outTo !== stream.outFrom || (!this.live && this.resender !== null && !this.closing);
  }

  /** Cold: after a resend that had to leave something out. */
  private released(): boolean {
    this.holds = !this.handler.told();
    return !this.holds;
  }

  /** Heartbeats and time-outs, opens and closes. */
  tick(): void {
    if (this.hours !== null) this.keep(this.hours);
    if (this.stream === null) return;
    this.session.turn(this.time.nowNs, this.time.wallUs);
    if (this.session.tick() === CLOSE) this.finish(this.session.closing);
  }

  /** True when a connection may be made now; the numbers it will count by are then the right ones. */
  admits(): boolean {
    const hours = this.hours;
    if (hours === null) return true;
    this.keep(hours);
    return hours.open && hours.resetUs <= this.countedUs;
  }

  /** True outside its hours, as far as the last tick knows. */
  get shut(): boolean {
    return this.hours !== null && !this.hours.open;
  }

  /** When `tick` next has something to do, in monotonic nanoseconds. */
  deadlineNs(): number {
    const deadline = this.session.deadlineNs();
    if (this.hours === null) return deadline;
    if (this.hours.resetUs > this.countedUs) return this.time.nowNs;
    const change = this.time.nowNs + (this.hours.nextUs - this.time.wallUs) * NS_PER_US;
    return change < deadline ? change : deadline;
  }

  /** Logs out at the close, and begins the numbers again where that is due. */
  private keep(hours: SessionSchedule): void {
    hours.look(this.time.wallUs);
    const session = this.session;
    if (!hours.open && this.stream !== null && session.state !== STATE_LOGOUT_SENT)
      this.logout(DisconnectReason.OUT_OF_HOURS);
    if (hours.resetUs <= this.countedUs || !session.calm || !this.handler.ready()) return;
    // A resend that runs, and what waits behind it, still has the old numbers.
    if (this.stream !== null && !this.live) return;
    session.turn(this.time.nowNs, this.time.wallUs);
    session.restart();
  }

  /** Begins an orderly end. */
  logout(reason: number): void {
    this.session.turn(this.time.nowNs, this.time.wallUs);
    if (this.active) this.session.logout(reason);
    else if (this.stream !== null) this.finish(reason);
  }

  /** The connection ends now, whatever the peer has not answered yet. */
  abandon(): void {
    this.lost(DisconnectReason.LOGOUT_UNANSWERED);
  }

  /** Writes the exact numbers of a clean stop, once nothing is on its way any more. */
  recordClosed(): void {
    this.event(EVENT_CLOSED, this.session.nextIn);
  }

  /** Up to this index of the core's, what it asked of this session is dealt with, although nothing of it left. */
  recordPassed(index: number): void {
    this.disconnectRecord.views.ints[EVENT_AT >> 2] = index;
    this.append(EVENT_PASSED, 0, this.partingAddress + EVENT_AT, 4);
  }

  aim(): void {
    const writer = this.session.writer;
    const stream = this.stream;
    if (this.live && stream !== null && !this.overflow) {
      if (stream.room(this.maxMessageBytes)) {
        writer.aim(stream.out, stream.outWords, stream.outTo, stream.outAddress);
        return;
      }
      this.overflow = true;
      stream.wake();
    }
    writer.aim(this.scratch, this.scratchWords, 0, this.scratchAddress);
  }

  message(session: Session, sequence: number, index: number): void {
    const writer = session.writer;
    const stream = this.stream;
    const wired = stream !== null && writer.bytes === stream.out;
    if (this.journal !== null) {
      let from = (wired ? stream.outAddress : this.scratchAddress) + writer.from;
      let length = writer.at - writer.from;
      if (session.secret && this.masked !== null) {
        length = maskSecrets(writer.bytes, writer.from, writer.at, this.masked);
        from = this.maskedAddress;
      }
      const position = this.journal.append(
        ENTRY_MESSAGE,
        this.id,
        sequence,
        this.time.wallUs,
        index,
        session.epoch,
        from,
        length,
      );
      if (this.resender !== null) this.resender.sequenceIndex.note(sequence, position);
    }
    if (!wired) return;
    stream.wrote(writer.at);
    this.lastWired = sequence;
  }

  reset(): void {
    if (this.resender !== null) {
      this.resender.sequenceIndex.clear();
      this.resender.end();
    }
    this.live = this.stream !== null;
    this.lastWired = 0;
    this.countedUs = this.time.wallUs;
    this.event(EVENT_RESET, 1);
  }

  resend(session: Session, begin: number, end: number): void {
    if (this.resender !== null) {
      this.resender.begin(this, begin, end);
      return;
    }
    this.aim();
    const writer = session.writer;
    this.gapFill(writer, begin, end + 1);
    if (this.stream !== null && writer.bytes === this.stream.out) this.stream.outTo = writer.at;
  }

  /** Writes a SequenceReset-GapFill over our messages `begin` to `next` − 1; it uses no number of its own. */
  gapFill(writer: Writer, begin: number, next: number): void {
    writer.beginGapFill(this.session.header, begin, this.time.wallUs);
    this.session.putProcessed(writer);
    writer.int(tag.NewSeqNo, next);
    writer.char(tag.GapFillFlag, YES);
    writer.end();
  }

  loggedOn(): void {
    // An inbound number is only safe to keep once the core has journalled what came with it, hence 0 here.
    this.event(EVENT_LOGON, 0);
    this.countedUs = this.time.wallUs;
    this.handler.loggedOn(this);
  }

  private event(code: number, nextIn: number): void {
    if (this.journal === null) return;
    const words = this.disconnectRecord.views.ints;
    words[EVENT_AT >> 2] = this.session.nextOut;
    words[(EVENT_AT >> 2) + 1] = nextIn;
    words[(EVENT_AT >> 2) + 2] = this.session.closing;
    this.append(code, nextIn, this.partingAddress + EVENT_AT, 12);
  }

  private append(code: number, nextIn: number, address: number, bytes: number): void {
    if (this.journal === null) return;
    const epoch = this.session.epoch;
    this.journal.append(ENTRY_SESSION, this.id, nextIn, this.time.wallUs, code, epoch, address, bytes);
  }

  /** Sends what is written if the kernel takes it at once (and the gate lets it), then closes. */
  private finish(reason: number): void {
    this.closing = true;
    const stream = this.stream;
    if (stream !== null && !this.holds) stream.flush();
    if (stream?.held === true && !this.holds) {
      this.live = false;
      this.finishing = reason;
    } else this.lost(reason);
  }

  private lost(reason: number): void {
    const stream = this.stream;
    if (stream === null) return;
    if (this.finishing !== 0) reason = this.finishing;
    const session = this.session;
    // A peer that just hangs up on our Logout: what that was for is why.
    const hungUp = reason === DisconnectReason.PEER_CLOSED || reason === DisconnectReason.LOST;
    if (hungUp && session.state === STATE_LOGOUT_SENT && session.closing !== DisconnectReason.NONE)
      reason = session.closing;
    session.closing = reason;
    this.disconnectRecord.set(session.nextOut, session.nextIn, reason, stream.unsent, stream.peer);
    // An inbound number is only safe to keep once the core has journalled what came with it, hence 0 here.
    this.append(EVENT_DISCONNECT, 0, this.partingAddress, this.disconnectRecord.length);
    session.disconnected();
    this.stream = null;
    this.live = false;
    if (this.resender !== null) this.resender.end();
    stream.close(reason === DisconnectReason.SLOW || reason === DisconnectReason.NO_BUFFER);
    this.handler.closed(this, reason, stream);
  }
}

/** Why a connection from which there is nothing more to read has ended. */
function closingOf(received: number): number {
  if (received === STARVED) return DisconnectReason.NO_BUFFER;
  return received === ENDED ? DisconnectReason.PEER_CLOSED : DisconnectReason.LOST;
}
