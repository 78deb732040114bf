import type { LaneTime } from "../base/lane-time.ts";
import { NS_PER_MS } from "../base/units.ts";
import type { Views } from "../base/views.ts";
import type { FixSession } from "../fix/session/session.ts";
import {
  ROW_ASKS,
  ROW_ASKS_UNSENT,
  ROW_AWAITS_LOGON,
  ROW_BACKLOG,
  ROW_BACKLOG_LIMIT,
  ROW_CANCEL_TYPE,
  ROW_CANCEL_WINDOW,
  ROW_CANCELS_WAITING,
  ROW_CLOSED,
  ROW_DISCONNECT_US,
  ROW_DISCONNECTED,
  ROW_DONT_KNOWS,
  ROW_EXPIRED,
  ROW_FLOODS,
  ROW_GAP,
  ROW_GARBLED,
  ROW_LAST_IN_US,
  ROW_LAST_OUT_US,
  ROW_LOGGED_ON,
  ROW_LOGGING_OUT,
  ROW_LOGON_US,
  ROW_MESSAGES_IN,
  ROW_MESSAGES_OUT,
  ROW_NEXT_IN,
  ROW_NEXT_OUT,
  ROW_NOT_ADMITTED,
  ROW_QUEUE_LENGTH,
  ROW_QUEUED,
  ROW_RECORDS_IN,
  ROW_RECORDS_OUT,
  ROW_REFUSED,
  ROW_REJECTS_RECEIVED,
  ROW_REJECTS_SENT,
  ROW_STATE,
  ROW_THROTTLED,
  ROW_WRITTEN_US,
  SessionRowWriter,
} from "../telemetry/session-rows.ts";
import type { Link } from "./link.ts";

/** A row is written at most this often, and no more rows at a time, so that the cost does not depend on the rate of messages. */
const INTERVAL_NS = 10 * NS_PER_MS;
const ROWS_PER_POLL = 64;
/** Interval while more rows wait. */
const MORE_NS = NS_PER_MS;

/** Publishes the rows of an agent's links that have moved. */
export class LinkRows {
  /** When rows are to be written next, monotonic nanoseconds; Infinity while no link has moved. */
  dueNs = Number.POSITIVE_INFINITY;
  private writtenNs = Number.NEGATIVE_INFINITY;
  /** By place: 1 while the link is in the queue. */
  private readonly isQueued: Uint8Array;
  /** A ring of places; one entry a link at most. */
  private readonly queue: Int32Array;
  private head = 0;
  private count = 0;
  private readonly writer: SessionRowWriter;

  constructor(
    views: Views,
    private readonly links: readonly Link<FixSession>[],
    /** Where each link's row is. */
    private readonly rowsAt: readonly number[],
    private readonly time: LaneTime,
    /** Most links that there will be. */
    places = rowsAt.length,
  ) {
    this.isQueued = new Uint8Array(new ArrayBuffer(places));
    this.queue = new Int32Array(new ArrayBuffer(4 * places));
    this.writer = new SessionRowWriter(views);
  }

  /** Writes all rows. */
  open(): void {
    for (let place = 0; place < this.links.length; place++) this.write(place);
  }

  /** Something of the link at `place` has changed: its row is written in this turn or within 10 ms. */
  moved(place: number): void {
    if (this.isQueued[place] !== 0) return;
    this.isQueued[place] = 1;
    this.queue[(this.head + this.count) % this.queue.length] = place;
    this.count++;
    if (this.count === 1) this.dueNs = this.writtenNs + INTERVAL_NS;
  }

  /** Writes rows that wait. Called when `dueNs` has come. */
  poll(): void {
    for (let i = 0; i < ROWS_PER_POLL && this.count > 0; i++) {
      const place = this.queue[this.head]!;
      this.head = (this.head + 1) % this.queue.length;
      this.count--;
      this.isQueued[place] = 0;
      this.write(place);
    }
    this.writtenNs = this.time.nowNs;
    this.dueNs = this.count > 0 ? this.writtenNs + MORE_NS : Number.POSITIVE_INFINITY;
  }

  /** The connection of the link at `place` has ended; its DisconnectRecord is written. */
  closed(place: number): void {
    const writer = this.writer;
    const link = this.links[place]!;
    link.counts.disconnectUs = this.time.wallUs;
    writer.begin(this.rowsAt[place]!);
    writer.disconnect(link.disconnectRecord.views);
    this.put(link);
    writer.end();
  }

  private write(place: number): void {
    this.writer.begin(this.rowsAt[place]!);
    this.put(this.links[place]!);
    this.writer.end();
  }

  private put(link: Link<FixSession>): void {
    const writer = this.writer;
    const counts = link.counts;
    const stream = link.stream;
    const session = link.session;
    const limit = link.backlogBytes;
    writer.int(ROW_STATE, stateOf(link));
    writer.int(ROW_NEXT_IN, session.numbers.nextIn);
    writer.int(ROW_NEXT_OUT, session.numbers.nextOut);
    writer.int(ROW_BACKLOG, stream === null ? 0 : stream.unsent);
    writer.int(ROW_BACKLOG_LIMIT, limit < Number.POSITIVE_INFINITY ? limit : 0);
    writer.peer(stream === null ? null : stream.peer);
    writer.int(ROW_GARBLED, link.garbled);
    writer.int(ROW_GAP, session.gap.isOpen ? 1 : 0);
    writer.int(ROW_CANCEL_TYPE, session.out.cancelTerms === null ? 0 : session.out.cancelTerms.type + 1);
    writer.int(ROW_CANCEL_WINDOW, session.out.cancelTerms === null ? 0 : session.out.cancelTerms.windowMs + 1);
    writer.int(ROW_DONT_KNOWS, counts.dontKnows);
    writer.int(ROW_THROTTLED, counts.throttled);
    writer.int(ROW_FLOODS, counts.floods);
    writer.int(ROW_QUEUED, counts.queued);
    writer.int(ROW_QUEUE_LENGTH, counts.queueLength);
    writer.int(ROW_CANCELS_WAITING, counts.cancelsWaiting);
    writer.int(ROW_NOT_ADMITTED, counts.notAdmitted);
    writer.int(ROW_EXPIRED, counts.expired);
    writer.int(ROW_ASKS, counts.asks);
    writer.int(ROW_ASKS_UNSENT, counts.asksUnsent);
    writer.compId(session.identity.sender);
    writer.number(ROW_WRITTEN_US, this.time.wallUs);
    writer.number(ROW_LAST_IN_US, counts.lastInUs);
    writer.number(ROW_LAST_OUT_US, counts.lastOutUs);
    writer.number(ROW_LOGON_US, counts.logonUs);
    writer.number(ROW_DISCONNECT_US, counts.disconnectUs);
    writer.number(ROW_MESSAGES_IN, counts.messagesIn);
    writer.number(ROW_MESSAGES_OUT, counts.messagesOut);
    writer.number(ROW_RECORDS_IN, counts.recordsIn);
    writer.number(ROW_RECORDS_OUT, counts.recordsOut);
    writer.number(ROW_REFUSED, counts.refused);
    writer.number(ROW_REJECTS_SENT, session.rejects.sent);
    writer.number(ROW_REJECTS_RECEIVED, counts.rejectsReceived);
  }
}

function stateOf(link: Link<FixSession>): number {
  if (link.stream === null) return link.shut ? ROW_CLOSED : ROW_DISCONNECTED;
  if (link.session.loggingOut) return ROW_LOGGING_OUT;
  return link.active ? ROW_LOGGED_ON : ROW_AWAITS_LOGON;
}
