import type { LaneTime } from "../base/lane-time.ts";
import { FULL } from "../base/units.ts";
import type { Views } from "../base/views.ts";
import type { MainWakeup } from "../ring/main-wakeup.ts";

/*  Event: a notification from a lane to the main thread. 640 bytes, in a many-to-many ring; written by the lane.
 *
 *  byte 0     4      8         12           16      24    32    40       48        56        96                     640
 *       ┌─────┬──────┬─────────┬────────────┬───────┬─────┬─────┬────────┬─────────┬─────────┬──────────────────────┐
 *       │kind │lane  │session  │text length │atUs   │a    │b    │dropped │sinceUs  │ (free)  │ text, ASCII          │
 *       └─────┴──────┴─────────┴────────────┴───────┴─────┴─────┴────────┴─────────┴─────────┴──────────────────────┘
 *  dropped  events that this lane has lost in a full ring since it started
 *  sinceUs  when the condition began that the event is about, or 0
 */
export const EVENT_BYTES = 640;
export const EVENT_TEXT_AT = 96;
export const EVENT_TEXT_BYTES = EVENT_BYTES - EVENT_TEXT_AT;

/** session: client session; a, b: next inbound and outbound MsgSeqNum. */
export const EVENT_SESSION_LOGON = 1;
/** session: client session; a: reason of the logout. */
export const EVENT_SESSION_LOGOUT = 2;
/** session: client session; a: reason; instead of a text, a DisconnectRecord. */
export const EVENT_SESSION_DISCONNECT = 3;
/** a: reason; b: others refused for it since its last event; the connection had no session; instead of a text, a DisconnectRecord. */
export const EVENT_CONNECTION_REFUSED = 4;
/** session: venue; a, b: next inbound and outbound MsgSeqNum. */
export const EVENT_VENUE_UP = 5;
/** session: venue; a: reason; instead of a text, a DisconnectRecord. */
export const EVENT_VENUE_DOWN = 6;
/** a: errno of the disk's allocation; b: segments in the reserve. New orders are refused until EVENT_JOURNAL_OK. */
export const EVENT_JOURNAL_LOW = 7;
export const EVENT_JOURNAL_OK = 8;
/** session: venue; a: MsgSeqNum of a report that cannot be booked; b: tag at fault, or 0; the text has its value, the reason and the order. */
export const EVENT_UNBOOKED_REPORT = 9;
export const EVENT_LANE_STARTED = 10;
export const EVENT_LANE_STOPPED = 11;
/** session: dynamic client session; the text is the CompID that it is bound to. */
export const EVENT_SESSION_BOUND = 30;
/** session: client session; a: CPU that receives its packets, which is not its lane's; b: its lane's CPU. */
export const EVENT_SESSION_CPU = 40;
/** session: venue; the same. */
export const EVENT_VENUE_CPU = 41;
/** session: venue; a: errno; b: attempts that failed since `sinceUs`; text: the address that can't be connected to. */
export const EVENT_VENUE_UNREACHABLE = 14;
/** session: venue; a: MsgSeqNum of its message; b: a number that ends the text. */
export const EVENT_VENUE_NOTICE = 13;
/** session: client session; a: MsgSeqNum of its Reject or BusinessMessageReject; b: others before it that are not logged; the text says why. */
export const EVENT_SESSION_REJECT = 50;
/** session: venue; the same. */
export const EVENT_VENUE_REJECT = 51;
/** session: client session; a: MsgSeqNum of its DontKnowTrade; b: others before it that are not logged; the text says which trade. */
export const EVENT_DONT_KNOW_TRADE = 53;
/** session: client session; a: MsgSeqNum of a refused message; b: others before it that are not logged; the text says which limit it passes. */
export const EVENT_MESSAGE_RATE = 54;
/** session: client session, which is logged out; the same. */
export const EVENT_MESSAGE_FLOOD = 55;
/** session: client session; a, b: wrong passwords in a row of it and of the address; instead of a text, a DisconnectRecord. */
export const EVENT_WRONG_PASSWORDS = 52;
/** The process is out of descriptors: connections wait until EVENT_DESCRIPTORS_OK. */
export const EVENT_NO_DESCRIPTORS = 60;
export const EVENT_DESCRIPTORS_OK = 61;
/** Logons wait for the venues after a start; a: venues that are not up; b: longest wait, milliseconds. */
export const EVENT_LOGONS_HELD = 70;
/** They wait no longer; a: venues that are not up; b: milliseconds since the start. */
export const EVENT_LOGONS_ANSWERED = 71;
/** session: drop copy session; a, b: next inbound and outbound MsgSeqNum. */
export const EVENT_COPY_LOGON = 80;
/** session: drop copy session; a: reason; instead of a text, a DisconnectRecord. */
export const EVENT_COPY_DISCONNECT = 81;
/** session: drop copy session; a: MsgSeqNum of its Reject or BusinessMessageReject; b: others before it that are not logged; the text says why. */
export const EVENT_COPY_REJECT = 82;
/** Copies are behind the reports of the clients; a: bytes of the journal; b: seconds. Until EVENT_COPIES_CAUGHT_UP. */
export const EVENT_COPIES_BEHIND = 83;
/** a: copies since the start. */
export const EVENT_COPIES_CAUGHT_UP = 84;
/** a: number of the client agent whose stream can't be read; the text says why. */
export const EVENT_COPIES_STOPPED = 85;
/** session: drop copy session whose client has reset its numbers; a: number of the last message before; b: how many no connection has carried. */
export const EVENT_COPIES_UNREACHABLE = 86;
/** a: number of the client agent; the text says which part of its stream is not copied, and why. */
export const EVENT_COPIES_SKIPPED = 87;
/** a: number of the client agent whose stream can be read again. */
export const EVENT_COPIES_GO_ON = 88;
/** session: client or drop copy session; a: MsgSeqNum of a message that is too long to be sent again; b: its bytes. */
export const EVENT_SESSION_NOT_RESENT = 56;
/** session: venue; the same. */
export const EVENT_VENUE_NOT_RESENT = 57;
/** A value of a setting that had an end is at it; instead of a text, the change (record/setting-changes.ts): what holds from now on. */
export const EVENT_VALUE_ENDED = 90;
/** a: the id of an override; b: number of the order that has used it, 0: it has expired; text: what that order has passed. */
export const EVENT_OVERRIDE_DONE = 91;
/** Any other notice; the text is its log line. */
export const EVENT_NOTICE = 12;

/** A ring for events; `ring/many-to-many.ts` is one. */
export interface EventQueue {
  readonly views: Views;
  offer(): number;
  publish(slotAt: number): void;
  poll(): number;
  release(slotAt: number): void;
}

/** Writes a lane's events; one for all its agents. Never blocks: when the ring is full, the event is counted as lost. */
export class EventWriter {
  private lost = 0;

  constructor(
    private readonly queue: EventQueue,
    private readonly lane: number,
    private readonly time: LaneTime,
    /** Wakes the main thread for each event; null: it polls. */
    private readonly mainWakeup: MainWakeup | null = null,
  ) {}

  /** Events lost in a full ring so far; the next event carries the count to the reader. */
  get dropped(): number {
    return this.lost;
  }

  /**
   * Publishes an event to the main thread.
   * Returns  false when the ring was full and the event was counted as dropped.
   */
  emit(kind: number, session: number, a: number, b: number): boolean {
    const at = this.begin(kind, session, a, b);
    if (at === FULL) return false;
    this.publish(at);
    return true;
  }

  /** The same with `text[from, to)`, ASCII, cut at EVENT_TEXT_BYTES. */
  emitText(
    kind: number,
    session: number,
    a: number,
    b: number,
    text: Uint8Array,
    from: number,
    to: number,
    sinceUs = 0,
  ): boolean {
    const at = this.begin(kind, session, a, b);
    if (at === FULL) return false;
    const views = this.queue.views;
    const length = Math.min(to - from, EVENT_TEXT_BYTES);
    views.ints[(at >> 2) + 3] = length;
    views.doubles[(at >> 3) + 6] = sinceUs;
    const bytes = views.bytes;
    const textAt = at + EVENT_TEXT_AT;
    for (let i = 0; i < length; i++) bytes[textAt + i] = text[from + i]!;
    this.publish(at);
    return true;
  }

  private publish(at: number): void {
    this.queue.publish(at);
    if (this.mainWakeup !== null) this.mainWakeup.wake();
  }

  private begin(kind: number, session: number, a: number, b: number): number {
    const at = this.queue.offer();
    if (at === FULL) {
      this.lost++;
      return FULL;
    }
    const ints = this.queue.views.ints;
    const int = at >> 2;
    ints[int] = kind;
    ints[int + 1] = this.lane;
    ints[int + 2] = session;
    ints[int + 3] = 0;
    const doubles = this.queue.views.doubles;
    const double = at >> 3;
    doubles[double + 2] = this.time.wallUs;
    doubles[double + 3] = a;
    doubles[double + 4] = b;
    doubles[double + 5] = this.lost;
    doubles[double + 6] = 0;
    return at;
  }
}
