import { DISCONNECT_REASONS, type DisconnectReason } from "../base/disconnect-reason.ts";
import type { LaneTime } from "../base/lane-time.ts";
import { NS_PER_S } from "../base/units.ts";
import { NO_SESSION } from "../journal/layout.ts";
import {
  DISCONNECT_TEXT_AT,
  DISCONNECT_TEXT_BYTES,
  type DisconnectRecordWriter,
} from "../telemetry/disconnect-record.ts";
import { EVENT_CONNECTION_REFUSED, type EventWriter } from "../telemetry/events.ts";

/** Logs refused connections, for each reason one line a second: the last one, and the count of the others. */
export class RefusalLines {
  private readonly lines: readonly RefusalLine[];
  /** Refused connections that no line has yet. */
  private waiting = 0;

  constructor(
    private readonly events: EventWriter,
    private readonly time: LaneTime,
  ) {
    this.lines = Array.from({ length: DISCONNECT_REASONS }, () => new RefusalLine());
  }

  get pending(): boolean {
    return this.waiting > 0;
  }

  add(reason: DisconnectReason, record: DisconnectRecordWriter): void {
    this.lines[reason]!.add(record);
    this.waiting++;
    this.tick();
  }

  tick(): void {
    if (this.waiting > 0) this.emit(this.time.nowNs - NS_PER_S);
  }

  /** Logs what waits, of each reason whose last line was before `saidBeforeNs`. */
  emit(saidBeforeNs = Number.POSITIVE_INFINITY): void {
    for (let reason = 0; reason < this.lines.length; reason++) {
      const line = this.lines[reason]!;
      if (line.count === 0 || line.saidNs > saidBeforeNs) continue;
      this.events.emitText(EVENT_CONNECTION_REFUSED, NO_SESSION, reason, line.count - 1, line.bytes, 0, line.length);
      this.waiting -= line.count;
      line.count = 0;
      line.saidNs = this.time.nowNs;
    }
  }
}

class RefusalLine {
  readonly bytes = new Uint8Array(DISCONNECT_TEXT_AT + DISCONNECT_TEXT_BYTES);
  length = 0;
  count = 0;
  saidNs = Number.NEGATIVE_INFINITY;

  /** The last one's record is kept. */
  add(record: DisconnectRecordWriter): void {
    const bytes = record.views.bytes;
    this.length = record.length;
    for (let i = 0; i < this.length; i++) this.bytes[i] = bytes[i]!;
    this.count++;
  }
}
