import { addressOf, copyMemory } from "../../ffi/memory.ts";
import { DisconnectReason } from "../base/disconnect-reason.ts";
import type { LaneTime } from "../base/lane-time.ts";
import { KIB } from "../base/units.ts";
import {
  COPIED_BYTES,
  ENTRY_HEADER_BYTES,
  ENTRY_MESSAGE,
  ENTRY_RECEIVED,
  ENTRY_RESENT,
  ENTRY_SESSION,
  RECEIVED_GARBLED,
  RECEIVED_MESSAGE,
  RECEIVED_UNREAD,
  SESSION_EVENT_BOUND,
  SESSION_EVENT_CANCEL_TERMS,
  SESSION_EVENT_COMMAND,
  SESSION_EVENT_COPIED,
  SESSION_EVENT_DISCONNECT,
  SESSION_EVENT_HELD,
  SESSION_EVENT_PASSED,
  SESSION_EVENT_RELEASED,
  SESSION_EVENT_THROTTLED,
  SESSION_EVENT_UNRECORDED,
  UNRECORDED_BYTES,
} from "../journal/layout.ts";
import type { Stream } from "../net/stream.ts";
import { DISCONNECT_TEXT_BYTES, type DisconnectRecordWriter } from "../telemetry/disconnect-record.ts";
import { Allowance } from "./allowance.ts";
import type { LinkJournal } from "./journal.ts";
import type { Protocol } from "./protocol.ts";

/** Offset of other events in the memory of the disconnect record. */
const EVENT_AT = 1024;
/** Garbled and unread bytes of a session that the journal keeps, with their headers: at once, and each second. */
const GARBAGE_BURST = 256 * KIB;
const GARBAGE_PER_SECOND = 16 * KIB;

/** Journals one session: what it receives and sends, byte for byte, and its events. Without a journal it does nothing. */
export class Recorder {
  private readonly recordAddress: number;
  private readonly garbage = new Allowance(GARBAGE_BURST, GARBAGE_PER_SECOND);
  /** Text of the peer's Logout on this connection. */
  private readonly peerText = new Uint8Array(new ArrayBuffer(DISCONNECT_TEXT_BYTES));
  private peerTextLength = 0;

  constructor(
    private readonly id: number,
    private readonly journal: LinkJournal | null,
    private readonly session: Protocol,
    private readonly time: LaneTime,
    private readonly maxMessageBytes: number,
    /** How a connection ended, until another one of its users ends. */
    readonly disconnectRecord: DisconnectRecordWriter,
  ) {
    this.recordAddress = addressOf(disconnectRecord.views.buffer);
  }

  /** There is room for what a heartbeat or the end of a connection writes. */
  get hasRoom(): boolean {
    return this.journal === null || this.journal.room(2 * this.maxMessageBytes);
  }

  /** A connection begins. */
  begin(): void {
    this.peerTextLength = 0;
  }

  /** Returns  the position of the entry, or 0 without a journal. */
  sent(address: number, bytes: number, sequence: number, index: number): number {
    const epoch = this.session.numbers.epoch;
    if (this.journal === null) return 0;
    return this.journal.append(ENTRY_MESSAGE, this.id, sequence, this.time.wallUs, index, epoch, address, bytes);
  }

  resent(address: number, bytes: number, sequence: number): void {
    const epoch = this.session.numbers.epoch;
    if (this.journal === null) return;
    this.journal.append(ENTRY_RESENT, this.id, sequence, this.time.wallUs, 0, epoch, address, bytes);
  }

  /** False when the next message must be preceded by a count of what was not journalled. */
  get isSettled(): boolean {
    return this.garbage.refused === 0;
  }

  /** A message at `[from, to)` of the stream's input; with `isSecret` its copy is masked. */
  received(stream: Stream, from: number, to: number, sequence: number, isSecret: boolean): void {
    const journal = this.journal;
    if (journal === null) return;
    if (this.garbage.refused > 0) this.countGarbage();
    if (isSecret) {
      this.appendMasked(journal, stream, from, to, sequence, RECEIVED_MESSAGE);
      return;
    }
    const epoch = this.session.numbers.epochIn;
    const address = stream.inAddress + from;
    journal.append(ENTRY_RECEIVED, this.id, sequence, this.time.wallUs, RECEIVED_MESSAGE, epoch, address, to - from);
  }

  /** Bytes of the input that are no message, as far as the session's allowance goes. */
  garbled(stream: Stream, from: number, to: number): void {
    this.pieces(stream, from, to, RECEIVED_GARBLED);
  }

  /** The input that a connection leaves unread. */
  unread(stream: Stream): void {
    if (this.journal === null) return;
    stream.bringIn();
    this.pieces(stream, stream.inFrom, stream.inTo, RECEIVED_UNREAD);
    stream.inFrom = stream.inTo;
    if (this.garbage.refused > 0) this.countGarbage();
  }

  private pieces(stream: Stream, from: number, to: number, what: number): void {
    const journal = this.journal;
    if (journal === null) return;
    const garbage = this.garbage;
    // A piece may end within a password. Nobody reads these bytes again.
    if (to - from > this.maxMessageBytes) this.session.maskSecrets(stream.in, from, to);
    let at = from;
    while (at < to) {
      const end = Math.min(to, at + this.maxMessageBytes);
      const bytes = end - at;
      if (this.hasRoom && garbage.take(bytes + ENTRY_HEADER_BYTES, this.time.nowNs)) {
        if (garbage.refused > 0) this.countGarbage();
        this.appendMasked(journal, stream, at, end, 0, what);
      } else garbage.refuse(bytes);
      at = end;
    }
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
    journal.commit(ENTRY_RECEIVED, this.id, sequence, this.time.wallUs, what, this.session.numbers.epochIn);
  }

  /** Journals the count of the bytes that are not journalled. */
  private countGarbage(): void {
    const views = this.disconnectRecord.views;
    views.ints[EVENT_AT >> 2] = this.garbage.refused;
    views.doubles[(EVENT_AT + 8) >> 3] = this.garbage.refusedBytes;
    this.append(SESSION_EVENT_UNRECORDED, 0, this.recordAddress + EVENT_AT, UNRECORDED_BYTES);
    this.garbage.clear();
  }

  /** The peer logs out: keeps its text for the disconnect record. */
  peerLogout(bytes: Uint8Array, from: number, to: number): void {
    const length = Math.min(to - from, DISCONNECT_TEXT_BYTES);
    for (let i = 0; i < length; i++) this.peerText[i] = bytes[from + i]!;
    this.peerTextLength = length;
  }

  /** The connection ends. */
  disconnected(reason: number, stream: Stream): void {
    const numbers = this.session.numbers;
    const disconnectRecord = this.disconnectRecord;
    this.unread(stream);
    disconnectRecord.set(numbers.nextOut, numbers.nextIn, reason, stream.unsent, stream.peer);
    disconnectRecord.text(this.peerText, 0, this.peerTextLength);
    const tls = stream.tls;
    if (reason === DisconnectReason.TLS_RECORD && tls !== null && tls.problem.length > 0)
      disconnectRecord.text(tls.problem, 0, tls.problem.length);
    // The inbound number is 0: it is safe only after the core has journalled the message.
    this.append(SESSION_EVENT_DISCONNECT, 0, this.recordAddress, disconnectRecord.length);
  }

  /** A dynamic session is bound to the CompID `source[from, to)`. */
  bound(source: Uint8Array, from: number, to: number): void {
    const bytes = this.disconnectRecord.views.bytes;
    for (let i = from; i < to; i++) bytes[EVENT_AT + i - from] = source[i]!;
    this.append(SESSION_EVENT_BOUND, 0, this.recordAddress + EVENT_AT, to - from);
  }

  /** The core's requests up to this index are handled: they were refused, not sent. */
  passed(index: number): void {
    this.ofRequest(SESSION_EVENT_PASSED, index);
  }

  /** The core's request with this index waits, while later ones may be sent. */
  held(index: number): void {
    this.ofRequest(SESSION_EVENT_HELD, index);
  }

  /** A held request was refused, not sent. */
  released(index: number): void {
    this.ofRequest(SESSION_EVENT_RELEASED, index);
  }

  private ofRequest(code: number, index: number): void {
    this.disconnectRecord.views.ints[EVENT_AT >> 2] = index;
    this.append(code, 0, this.recordAddress + EVENT_AT, 4);
  }

  /** An operator's command about the session: `source[from, to)`. */
  commanded(source: Uint8Array, from: number, to: number): void {
    const bytes = this.disconnectRecord.views.bytes;
    for (let i = from; i < to; i++) bytes[EVENT_AT + i - from] = source[i]!;
    this.append(SESSION_EVENT_COMMAND, 0, this.recordAddress + EVENT_AT, to - from);
  }

  /** What the Logon that was received last says about open orders at the end of its connection. */
  cancelTerms(type: number, windowMs: number): void {
    const words = this.disconnectRecord.views.ints;
    words[EVENT_AT >> 2] = type;
    words[(EVENT_AT >> 2) + 1] = windowMs;
    this.append(SESSION_EVENT_CANCEL_TERMS, 0, this.recordAddress + EVENT_AT, 8);
  }

  /** A message of this number was refused because too many came. */
  throttled(sequence: number): void {
    this.disconnectRecord.views.ints[EVENT_AT >> 2] = sequence;
    this.append(SESSION_EVENT_THROTTLED, 0, this.recordAddress + EVENT_AT, 4);
  }

  /** The copy with this index, which follows, is of the entry of a client agent's stream that ends at `position`; 0: there is none. */
  copied(index: number, agent: number, position: number): void {
    const views = this.disconnectRecord.views;
    views.ints[EVENT_AT >> 2] = index;
    views.ints[(EVENT_AT >> 2) + 1] = agent;
    views.doubles[(EVENT_AT + 8) >> 3] = position;
    this.append(SESSION_EVENT_COPIED, 0, this.recordAddress + EVENT_AT, COPIED_BYTES);
  }

  event(code: number, nextIn: number): void {
    const words = this.disconnectRecord.views.ints;
    words[EVENT_AT >> 2] = this.session.numbers.nextOut;
    words[(EVENT_AT >> 2) + 1] = nextIn;
    words[(EVENT_AT >> 2) + 2] = this.session.closeReason;
    this.append(code, nextIn, this.recordAddress + EVENT_AT, 12);
  }

  private append(code: number, nextIn: number, address: number, bytes: number): void {
    if (this.journal === null) return;
    const epoch = this.session.numbers.epoch;
    this.journal.append(ENTRY_SESSION, this.id, nextIn, this.time.wallUs, code, epoch, address, bytes);
  }
}
