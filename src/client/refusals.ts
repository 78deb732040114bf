import { ascii } from "../base/ascii.ts";
import type { DisconnectReason } from "../base/disconnect-reason.ts";
import type { LaneTime } from "../base/lane-time.ts";
import { KIB, NS_PER_S } from "../base/units.ts";
import { Views } from "../base/views.ts";
import type { LogonReader } from "../fix/session/logon-reader.ts";
import { maskSecrets } from "../fix/session/secrets.ts";
import {
  ENTRY_HEADER_BYTES,
  ENTRY_RECEIVED,
  ENTRY_SESSION,
  NO_SESSION,
  RECEIVED_UNREAD,
  SESSION_EVENT_REFUSED,
  SESSION_EVENT_UNRECORDED,
  UNRECORDED_BYTES,
} from "../journal/layout.ts";
import type { StreamWriter } from "../journal/writer.ts";
import type { ConnectionSource } from "../net/listener.ts";
import type { Stream } from "../net/stream.ts";
import { Allowance } from "../session/allowance.ts";
import { DISCONNECT_TEXT_AT, DISCONNECT_TEXT_BYTES, DisconnectRecordWriter } from "../telemetry/disconnect-record.ts";
import type { EventWriter } from "../telemetry/events.ts";
import { RefusalLines } from "./refusal-lines.ts";

/** Journal bytes of all refused connections, at once and each second: a flood fills at most 350 MB a day. */
const BURST = 128 * KIB;
const PER_SECOND = 4 * KIB;
/** Bytes of one connection that the journal keeps. */
const KEPT_BYTES = 4 * KIB;
/** Offset of the counts in the memory of the disconnect record. */
const COUNTED_AT = 1024;

/** Logs and journals connections that were refused before a logon, with what they sent; a flood of them is only counted. */
export class Refusals {
  private readonly disconnectRecord = new DisconnectRecordWriter(
    Views.allocate(DISCONNECT_TEXT_AT + DISCONNECT_TEXT_BYTES),
  );
  private readonly allowance = new Allowance(BURST, PER_SECOND);
  /** When the count was last recorded. */
  private countedNs = 0;
  private readonly lines: RefusalLines;

  constructor(
    events: EventWriter,
    private readonly journal: StreamWriter,
    private readonly time: LaneTime,
    private readonly roomBytes: number,
  ) {
    this.lines = new RefusalLines(events, time);
  }

  /**
   * Records a connection before it is answered or closed. `stream` has the bytes that it sent, null: none were received.
   * `logon` holds the first message with its CompIDs; null: no message was received.
   */
  record(reason: DisconnectReason, peer: Int32Array, stream: Stream | null, logon: LogonReader | null): void {
    const disconnectRecord = this.disconnectRecord;
    disconnectRecord.set(1, 1, reason, stream === null ? 0 : stream.unsent, peer);
    if (logon?.isMessage) {
      disconnectRecord.text(logon.bytes, logon.senderFrom, logon.senderTo);
      disconnectRecord.text(TO, 0, TO.length);
      disconnectRecord.text(logon.bytes, logon.targetFrom, logon.targetTo);
    }
    this.keepRecord(reason, stream);
  }

  /** Records a connection that was refused before it came here: a handshake that failed. */
  turnedAway(reason: DisconnectReason, peer: Int32Array, source: ConnectionSource): void {
    this.disconnectRecord.set(1, 1, reason, 0, peer);
    this.disconnectRecord.text(source.text, source.textFrom, source.textTo);
    this.keepRecord(reason, null);
  }

  private keepRecord(reason: DisconnectReason, stream: Stream | null): void {
    const disconnectRecord = this.disconnectRecord;
    this.lines.add(reason, disconnectRecord);
    if (stream !== null) stream.bringIn();
    const received = stream === null ? 0 : stream.inTo - stream.inFrom;
    const kept = Math.min(received, KEPT_BYTES);
    const cost = kept + disconnectRecord.length + 2 * ENTRY_HEADER_BYTES;
    if (!this.journal.room(this.roomBytes) || !this.allowance.take(cost, this.time.nowNs)) {
      this.allowance.refuse(received);
      return;
    }
    if (this.allowance.refused > 0) this.recordCount();
    if (received > kept) this.allowance.refuse(received - kept);
    if (stream !== null && kept > 0) this.keep(stream, kept);
    this.append(SESSION_EVENT_REFUSED, 0, disconnectRecord.length);
  }

  /** Something is counted, and the count is not recorded yet. */
  get pending(): boolean {
    return this.allowance.refused > 0 || this.lines.pending;
  }

  /** Records their count once a second. */
  tick(): void {
    this.lines.tick();
    if (this.time.nowNs - this.countedNs >= NS_PER_S) this.count();
  }

  close(): void {
    this.lines.emit();
    this.count();
  }

  private count(): void {
    if (this.allowance.refused > 0 && this.journal.room(this.roomBytes)) this.recordCount();
  }

  /** Journals what the connection has sent. */
  private keep(stream: Stream, bytes: number): void {
    const journal = this.journal;
    const source = stream.in;
    const target = journal.views.bytes;
    const at = journal.claim(bytes);
    for (let i = 0; i < bytes; i++) target[at + i] = source[stream.inFrom + i]!;
    maskSecrets(target, at, at + bytes);
    journal.commit(ENTRY_RECEIVED, NO_SESSION, 0, this.time.wallUs, RECEIVED_UNREAD, 0);
  }

  private recordCount(): void {
    const allowance = this.allowance;
    this.countedNs = this.time.nowNs;
    const views = this.disconnectRecord.views;
    views.ints[COUNTED_AT >> 2] = allowance.refused;
    views.doubles[(COUNTED_AT + 8) >> 3] = allowance.refusedBytes;
    this.append(SESSION_EVENT_UNRECORDED, COUNTED_AT, UNRECORDED_BYTES);
    allowance.clear();
  }

  private append(code: number, from: number, length: number): void {
    const journal = this.journal;
    const bytes = this.disconnectRecord.views.bytes;
    const at = journal.claim(length);
    for (let i = 0; i < length; i++) journal.views.bytes[at + i] = bytes[from + i]!;
    journal.commit(ENTRY_SESSION, NO_SESSION, 0, this.time.wallUs, code, 0);
  }
}

const TO = ascii(" to ");
