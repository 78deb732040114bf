import { DISCONNECT_REASONS, type DisconnectReason } from "../base/disconnect-reason.ts";
import type { LaneTime } from "../base/lane-time.ts";
import { NS_PER_S } from "../base/units.ts";
import { Views } from "../base/views.ts";
import { NO_SESSION } from "../journal/layout.ts";
import { type DisconnectRecordWriter, REFUSED_COUNTS_AT } from "../telemetry/disconnect-record.ts";
import { EVENT_CONNECTION_REFUSED, type EventWriter } from "../telemetry/events.ts";

const BYTES = REFUSED_COUNTS_AT + 4 * DISCONNECT_REASONS;

/** Logs refused connections, one line a second: the last one, and the counts of the others by reason. */
export class RefusalLines {
  private readonly views = Views.allocate(BYTES);
  private length = 0;
  private reason: DisconnectReason = 0;
  private count = 0;
  private saidNs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly events: EventWriter,
    private readonly time: LaneTime,
  ) {}

  /** Refused connections that no line has yet. */
  get pending(): boolean {
    return this.count > 0;
  }

  add(reason: DisconnectReason, record: DisconnectRecordWriter): void {
    const views = this.views;
    const bytes = record.views.bytes;
    this.length = record.length;
    for (let i = 0; i < this.length; i++) views.bytes[i] = bytes[i]!;
    this.reason = reason;
    this.count++;
    views.ints[(REFUSED_COUNTS_AT >> 2) + reason]!++;
    this.tick();
  }

  tick(): void {
    if (this.count > 0 && this.time.nowNs - this.saidNs >= NS_PER_S) this.emit();
  }

  emit(): void {
    if (this.count === 0) return;
    const views = this.views;
    const length = this.count === 1 ? this.length : BYTES;
    this.saidNs = this.time.nowNs;
    this.events.emitText(EVENT_CONNECTION_REFUSED, NO_SESSION, this.reason, this.count - 1, views.bytes, 0, length);
    this.count = 0;
    for (let i = 0; i < DISCONNECT_REASONS; i++) views.ints[(REFUSED_COUNTS_AT >> 2) + i] = 0;
  }
}
