import { EMPTY } from "../base/units.ts";
import { type DisconnectRecord, readDisconnectRecord } from "./disconnect-record.ts";
import {
  EVENT_CONNECTION_REFUSED,
  EVENT_COPIES_BEHIND,
  EVENT_COPIES_CAUGHT_UP,
  EVENT_COPIES_GO_ON,
  EVENT_COPIES_SKIPPED,
  EVENT_COPIES_STOPPED,
  EVENT_COPIES_UNREACHABLE,
  EVENT_COPY_DISCONNECT,
  EVENT_COPY_LOGON,
  EVENT_COPY_REJECT,
  EVENT_DESCRIPTORS_OK,
  EVENT_DONT_KNOW_TRADE,
  EVENT_JOURNAL_LOW,
  EVENT_JOURNAL_OK,
  EVENT_LANE_STARTED,
  EVENT_LANE_STOPPED,
  EVENT_LOGONS_ANSWERED,
  EVENT_LOGONS_HELD,
  EVENT_MESSAGE_FLOOD,
  EVENT_MESSAGE_RATE,
  EVENT_NO_DESCRIPTORS,
  EVENT_NOTICE,
  EVENT_OVERRIDE_DONE,
  EVENT_SESSION_BOUND,
  EVENT_SESSION_CPU,
  EVENT_SESSION_DISCONNECT,
  EVENT_SESSION_LOGON,
  EVENT_SESSION_LOGOUT,
  EVENT_SESSION_NOT_RESENT,
  EVENT_SESSION_REJECT,
  EVENT_TEXT_AT,
  EVENT_TEXT_BYTES,
  EVENT_UNBOOKED_REPORT,
  EVENT_VALUE_ENDED,
  EVENT_VENUE_CPU,
  EVENT_VENUE_DOWN,
  EVENT_VENUE_NOT_RESENT,
  EVENT_VENUE_NOTICE,
  EVENT_VENUE_REJECT,
  EVENT_VENUE_UNREACHABLE,
  EVENT_VENUE_UP,
  EVENT_WRONG_PASSWORDS,
  type EventQueue,
} from "./events.ts";

const NAMES: Readonly<Record<number, string>> = {
  [EVENT_SESSION_LOGON]: "session logon",
  [EVENT_SESSION_LOGOUT]: "session logout",
  [EVENT_SESSION_DISCONNECT]: "session disconnect",
  [EVENT_CONNECTION_REFUSED]: "connection refused",
  [EVENT_VENUE_UP]: "venue up",
  [EVENT_VENUE_DOWN]: "venue down",
  [EVENT_JOURNAL_LOW]: "journal low",
  [EVENT_JOURNAL_OK]: "journal ok",
  [EVENT_UNBOOKED_REPORT]: "unbooked report",
  [EVENT_VALUE_ENDED]: "value ended",
  [EVENT_OVERRIDE_DONE]: "override done",
  [EVENT_LANE_STARTED]: "lane started",
  [EVENT_LANE_STOPPED]: "lane stopped",
  [EVENT_SESSION_BOUND]: "session bound",
  [EVENT_SESSION_CPU]: "session CPU",
  [EVENT_VENUE_CPU]: "venue CPU",
  [EVENT_LOGONS_HELD]: "logons held",
  [EVENT_LOGONS_ANSWERED]: "logons answered",
  [EVENT_NOTICE]: "notice",
  [EVENT_VENUE_NOTICE]: "venue notice",
  [EVENT_VENUE_UNREACHABLE]: "venue unreachable",
  [EVENT_SESSION_REJECT]: "session reject",
  [EVENT_VENUE_REJECT]: "venue reject",
  [EVENT_WRONG_PASSWORDS]: "wrong passwords",
  [EVENT_DONT_KNOW_TRADE]: "dont know trade",
  [EVENT_MESSAGE_RATE]: "message rate",
  [EVENT_MESSAGE_FLOOD]: "message flood",
  [EVENT_NO_DESCRIPTORS]: "no descriptors",
  [EVENT_DESCRIPTORS_OK]: "descriptors ok",
  [EVENT_COPY_LOGON]: "copy logon",
  [EVENT_COPY_DISCONNECT]: "copy disconnect",
  [EVENT_COPY_REJECT]: "copy reject",
  [EVENT_COPIES_BEHIND]: "copies behind",
  [EVENT_COPIES_CAUGHT_UP]: "copies caught up",
  [EVENT_COPIES_STOPPED]: "copies stopped",
  [EVENT_COPIES_UNREACHABLE]: "copies unreachable",
  [EVENT_COPIES_SKIPPED]: "copies skipped",
  [EVENT_COPIES_GO_ON]: "copies go on",
  [EVENT_SESSION_NOT_RESENT]: "session not resent",
  [EVENT_VENUE_NOT_RESENT]: "venue not resent",
};

const DISCONNECT_KINDS: readonly number[] = [
  EVENT_SESSION_DISCONNECT,
  EVENT_CONNECTION_REFUSED,
  EVENT_VENUE_DOWN,
  EVENT_WRONG_PASSWORDS,
  EVENT_COPY_DISCONNECT,
];

/** One decoded event. */
export interface GatewayEvent {
  /** One of EVENT_…. */
  readonly kind: number;
  /** Name of the kind, for logs. */
  readonly name: string;
  readonly lane: number;
  readonly session: number;
  readonly a: number;
  readonly b: number;
  readonly text: string;
  /** Instead of the text, when a connection ended or was refused. */
  readonly disconnectRecord?: DisconnectRecord;
  /** Instead of the text, of a value that has ended. */
  readonly change?: Uint8Array;
  /** Microseconds since 1970-01-01T00:00:00Z. */
  readonly atUs: number;
  /** When the condition began that the event is about, microseconds since 1970; 0: it says nothing of it. */
  readonly sinceUs: number;
  /** Events of this lane that were lost since its previous one. */
  readonly droppedBefore: number;
}

/** The main thread's end of the event ring. */
export class EventReader {
  private readonly droppedByLane = new Map<number, number>();

  constructor(private readonly queue: EventQueue) {}

  /** The oldest unread event, or null. */
  next(): GatewayEvent | null {
    const at = this.queue.poll();
    if (at === EMPTY) return null;
    const event = this.decode(at);
    this.queue.release(at);
    return event;
  }

  /** Calls `take` for the unread events, at most `limit`. Returns their number. */
  drain(take: (event: GatewayEvent) => void, limit = 1000): number {
    for (let count = 0; count < limit; count++) {
      const event = this.next();
      if (event === null) return count;
      take(event);
    }
    return limit;
  }

  private decode(at: number): GatewayEvent {
    const { views } = this.queue;
    const { bytes, ints, doubles } = views;
    const kind = ints[at >> 2]!;
    const lane = ints[(at >> 2) + 1]!;
    const textLength = Math.min(ints[(at >> 2) + 3]!, EVENT_TEXT_BYTES);
    const textAt = at + EVENT_TEXT_AT;
    const dropped = doubles[(at >> 3) + 5]!;
    const droppedBefore = dropped - (this.droppedByLane.get(lane) ?? 0);
    this.droppedByLane.set(lane, dropped);
    const disconnectRecord = DISCONNECT_KINDS.includes(kind) ? readDisconnectRecord(views, textAt, textLength) : null;
    return {
      kind,
      name: NAMES[kind] ?? `event ${kind}`,
      lane,
      session: ints[(at >> 2) + 2]!,
      a: doubles[(at >> 3) + 3]!,
      b: doubles[(at >> 3) + 4]!,
      ...(kind === EVENT_VALUE_ENDED ? { change: bytes.slice(textAt, textAt + textLength) } : {}),
      ...(disconnectRecord === null
        ? { text: printable(bytes.subarray(textAt, textAt + textLength)) }
        : { text: "", disconnectRecord }),
      atUs: doubles[(at >> 3) + 2]!,
      sinceUs: doubles[(at >> 3) + 6]!,
      droppedBefore,
    };
  }
}

/** A text may contain a peer's bytes: they must not end a log line or move a terminal's cursor. */
function printable(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString("latin1")
    .replace(/[^\x20-\x7e]/g, "?");
}
