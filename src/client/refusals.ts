import { ascii } from "../base/ascii.ts";
import type { DisconnectReason } from "../base/disconnect-reason.ts";
import type { LaneTime } from "../base/lane-time.ts";
import { Views } from "../base/views.ts";
import type { LogonReader } from "../fix/session/logon-reader.ts";
import { ENTRY_SESSION, NO_SESSION, SESSION_EVENT_REFUSED } from "../journal/layout.ts";
import type { StreamWriter } from "../journal/writer.ts";
import { DISCONNECT_TEXT_AT, DISCONNECT_TEXT_BYTES, DisconnectRecordWriter } from "../telemetry/disconnect-record.ts";
import { EVENT_CONNECTION_REFUSED, type EventWriter } from "../telemetry/events.ts";

/** Logs and journals connections that were refused before a logon. */
export class Refusals {
  private readonly disconnectRecord = new DisconnectRecordWriter(
    Views.allocate(DISCONNECT_TEXT_AT + DISCONNECT_TEXT_BYTES),
  );

  constructor(
    private readonly events: EventWriter,
    private readonly journal: StreamWriter,
    private readonly time: LaneTime,
    private readonly roomBytes: number,
  ) {}

  /** `logon` holds the first message with its CompIDs; null: no message was received. */
  record(reason: DisconnectReason, pendingBytes: number, peer: Int32Array, logon: LogonReader | null): void {
    const disconnectRecord = this.disconnectRecord;
    disconnectRecord.set(1, 1, reason, pendingBytes, peer);
    if (logon?.isMessage) {
      disconnectRecord.text(logon.bytes, logon.senderFrom, logon.senderTo);
      disconnectRecord.text(TO, 0, TO.length);
      disconnectRecord.text(logon.bytes, logon.targetFrom, logon.targetTo);
    }
    const bytes = disconnectRecord.views.bytes;
    this.events.emitText(EVENT_CONNECTION_REFUSED, NO_SESSION, reason, 0, bytes, 0, disconnectRecord.length);
    const journal = this.journal;
    if (!journal.room(this.roomBytes)) return;
    const at = journal.claim(disconnectRecord.length);
    for (let i = 0; i < disconnectRecord.length; i++) journal.views.bytes[at + i] = bytes[i]!;
    journal.commit(ENTRY_SESSION, NO_SESSION, 0, this.time.wallUs, SESSION_EVENT_REFUSED, 0);
  }
}

const TO = ascii(" to ");
