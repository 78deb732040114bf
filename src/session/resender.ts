import { copyMemory } from "../../ffi/memory.ts";
import type { LaneTime } from "../base/lane-time.ts";
import { NONE } from "../base/units.ts";
import type { BackwardReader } from "../journal/backward-reader.ts";
import { ENTRY_MESSAGE } from "../journal/layout.ts";
import type { SequenceIndex } from "../journal/sequence-index.ts";
import type { Stream } from "../net/stream.ts";
import type { LinkCounts } from "./link-counts.ts";
import type { MessageWindow } from "./message-window.ts";
import type { Protocol } from "./protocol.ts";

/** Most journal entries stepped over, messages of all sessions read, and messages sent, in one turn. */
const ENTRIES_PER_STEP = 2048;
const READ_PER_STEP = 256;
export const MESSAGES_PER_STEP = 32;
/** What a message that is sent again has more than before: PossDupFlag (43), OrigSendingTime (122), LastMsgSeqNumProcessed (369). */
const AGAIN_BYTES = 64;

/** The session that resends: its output and its numbers. */
export interface Outlet {
  readonly id: number;
  readonly session: Protocol;
  readonly stream: Stream | null;
  readonly wallUs: number;
  readonly counts: LinkCounts;
  /** New messages are sent at once; false while a resend catches up. */
  live: boolean;
  /** Highest number that this connection has carried. */
  lastWired: number;
  /** False while there is no room for the records of one more message. */
  ready(): boolean;
  readonly time: Pick<LaneTime, "nowNs">;
  /** What the peer admits of application messages; null: any number. */
  readonly window: MessageWindow | null;
  /** Longest message that can be written. */
  readonly maxMessageBytes: number;
  /** A message is not sent again; the protocol has read it back. `tooLong` as in LinkHandler. */
  stale(sequence: number, tooLong: number): void;
  /** Journals a message that is sent again, or the gap fill in its place. */
  resent(sequence: number, address: number, bytes: number): void;
}

/**
 * Answers a resend request from the journal: application messages are sent again as possible duplicates, session-level ones
 * become gap fills. While it runs, new messages are only journalled. It sends these too, unchanged, and ends at the end of
 * the journal, so all messages are sent in the order of their numbers.
 */
export class Resender {
  private running = false;
  /** Number of the next entry, and the last number requested. */
  private next = 0;
  private last = 0;
  /** First number of the pending gap fill; 0: none. */
  private gapFrom = 0;
  private position = 0;
  /** This resend has met a message that is too long. */
  private hasTooLong = false;
  /** Messages written in this turn. */
  private sent = 0;
  /** Where `sendAhead` continues, NONE: it has yet to look; and the number up to which it has found nothing more to send. */
  private ahead = NONE;
  private lookedTo = 0;

  /** Highest number that was too old to be sent again: it stays so, also where the clock is set back. 0: none was. */
  staleTo = 0;

  constructor(
    readonly sequenceIndex: SequenceIndex,
    private readonly backwardReader: BackwardReader,
    /** Messages older than this are gap-filled and reported as stale: 0 sends none again, Infinity all. */
    private readonly maxAgeUs: number,
    /** Output room that one entry may need: a gap fill and the longest message with two additional fields. */
    private readonly roomBytes: number,
  ) {}

  begin(link: Outlet, begin: number, end: number): void {
    this.running = true;
    this.next = begin;
    this.last = end;
    this.gapFrom = 0;
    this.position = this.sequenceIndex.before(begin);
    this.ahead = NONE;
    this.lookedTo = 0;
    this.hasTooLong = false;
    link.live = false;
  }

  end(): void {
    this.running = false;
  }

  /** The numbers begin again: nothing of before can be asked for. */
  reset(): void {
    this.sequenceIndex.clear();
    this.staleTo = 0;
    this.end();
  }

  /** Resends a bounded count of entries while the connection has room. */
  step(link: Outlet): void {
    const stream = link.stream;
    if (!this.running || stream === null) return;
    // No message has these numbers yet: the peer has reset them.
    if (this.position === NONE) this.position = this.sequenceIndex.before(this.next);
    if (this.position === NONE) {
      if (stream.roomHere(this.roomBytes) && link.ready()) this.finish(link, stream);
      return;
    }
    if (isFull(link)) {
      this.sendAhead(link, stream);
      return;
    }
    const backwardReader = this.backwardReader;
    backwardReader.seek(this.position);
    this.sent = 0;
    let read = 0;
    for (let i = 0; i < ENTRIES_PER_STEP && read < READ_PER_STEP && this.sent < MESSAGES_PER_STEP; i++) {
      if (!stream.roomHere(this.roomBytes) || !link.ready() || isFull(link)) break;
      if (!backwardReader.next()) {
        this.finish(link, stream);
        return;
      }
      if (backwardReader.entry.kind !== ENTRY_MESSAGE) continue;
      read++;
      this.entry(link, stream);
    }
    this.position = backwardReader.position;
  }

  /**
   * While the peer admits no more application messages, it gets the session-level ones that wait behind the resend: without
   * Heartbeats, and answers to its TestRequests, it would give the connection up.
   */
  private sendAhead(link: Outlet, stream: Stream): void {
    const last = link.session.numbers.nextOut - 1;
    if (last <= link.lastWired || last === this.lookedTo) return;
    if (this.ahead === NONE) this.ahead = this.sequenceIndex.before(link.lastWired + 1);
    if (this.ahead === NONE) return;
    const backwardReader = this.backwardReader;
    const entry = backwardReader.entry;
    backwardReader.seek(this.ahead);
    for (let i = 0; i < ENTRIES_PER_STEP && link.lastWired < last; i++) {
      if (!stream.roomHere(this.roomBytes) || !backwardReader.next()) break;
      const isOurs = entry.kind === ENTRY_MESSAGE && entry.session === link.id && entry.sequence > link.lastWired;
      if (!isOurs || entry.epoch !== link.session.numbers.epoch) continue;
      if (entry.index !== 0) {
        // It needs the peer's room: what is behind it waits, too.
        this.ahead = NONE;
        this.lookedTo = last;
        return;
      }
      put(link, stream, backwardReader.address + entry.payloadAt, entry.payloadLength);
      link.lastWired = entry.sequence;
    }
    this.ahead = backwardReader.position;
  }

  /** Makes the protocol read back our message with this number; false when the journal does not have it. */
  find(link: Outlet, sequence: number): boolean {
    const anchor = this.sequenceIndex.before(sequence);
    if (anchor === NONE) return false;
    const backwardReader = this.backwardReader;
    backwardReader.seek(anchor);
    const entry = backwardReader.entry;
    while (backwardReader.next()) {
      if (entry.kind !== ENTRY_MESSAGE || entry.session !== link.id) continue;
      if (entry.sequence > sequence) return false;
      if (entry.sequence < sequence || entry.epoch !== link.session.numbers.epoch) continue;
      const from = entry.payloadAt;
      return link.session.out.readBack(backwardReader.views.bytes, from, from + entry.payloadLength);
    }
    return false;
  }

  private entry(link: Outlet, stream: Stream): void {
    const entry = this.backwardReader.entry;
    const sequence = entry.sequence;
    if (entry.session !== link.id || sequence < this.next || entry.epoch !== link.session.numbers.epoch) return;
    // Numbers without a journal entry (archived, removed by a repair, or set by hand) are gap-filled.
    if (sequence > this.next && this.next <= this.last && this.gapFrom === 0) this.gapFrom = this.next;
    // Numbers beyond the request are not filled: the peer has them.
    if (sequence > this.last) this.closeGap(link, stream, this.last + 1);
    if (sequence > link.lastWired) {
      this.sent++;
      putCounted(link, stream, this.backwardReader.address + entry.payloadAt, entry.payloadLength);
      link.lastWired = sequence;
    } else if (sequence <= this.last) this.again(link, stream, sequence);
    this.next = sequence + 1;
  }

  /** Handles a requested message: an application message is sent again, a session-level one joins the gap fill. */
  private again(link: Outlet, stream: Stream, sequence: number): void {
    const entry = this.backwardReader.entry;
    const from = entry.payloadAt;
    const out = link.session.out;
    // Index 0: a session-level message.
    if (entry.index === 0 || !out.readBack(this.backwardReader.views.bytes, from, from + entry.payloadLength)) {
      if (this.gapFrom === 0) this.gapFrom = sequence;
      return;
    }
    const isTooLong = entry.payloadLength + AGAIN_BYTES > link.maxMessageBytes;
    if (isTooLong || sequence <= this.staleTo || this.tooOld(link.wallUs - entry.timeUs)) {
      if (!isTooLong) this.staleTo = Math.max(this.staleTo, sequence);
      if (this.gapFrom === 0) this.gapFrom = sequence;
      link.stale(sequence, isTooLong && !this.hasTooLong ? entry.payloadLength : 0);
      if (isTooLong) this.hasTooLong = true;
      return;
    }
    this.closeGap(link, stream, sequence);
    this.sent++;
    const bytes = out.writeAgain(sequence);
    link.resent(sequence, out.address, bytes);
    putCounted(link, stream, out.address, bytes);
  }

  /** A message of a time to come is of before the clock was set back: its age is unknown. */
  private tooOld(ageUs: number): boolean {
    return this.maxAgeUs === 0 || Math.abs(ageUs) > this.maxAgeUs;
  }

  /** Writes the pending gap fill up to `next` or to the end of the request: the peer has the messages behind it. */
  private closeGap(link: Outlet, stream: Stream, next: number): void {
    if (this.gapFrom === 0) return;
    const out = link.session.out;
    const bytes = out.writeGapFill(this.gapFrom, next > this.last ? this.last + 1 : next);
    link.resent(this.gapFrom, out.address, bytes);
    put(link, stream, out.address, bytes);
    this.gapFrom = 0;
  }

  private finish(link: Outlet, stream: Stream): void {
    if (this.next <= this.last && this.gapFrom === 0) this.gapFrom = this.next;
    this.closeGap(link, stream, this.last + 1);
    this.running = false;
    link.live = true;
  }
}

/** True while the peer admits no more messages. */
function isFull(link: Outlet): boolean {
  return link.window !== null && !link.window.has(link.time.nowNs);
}

/** Copies a message that the peer counts into the output. */
function putCounted(link: Outlet, stream: Stream, address: number, bytes: number): void {
  put(link, stream, address, bytes);
  if (link.window !== null) link.window.take();
}

/** Copies a message into the output, which has room for it. */
function put(link: Outlet, stream: Stream, address: number, bytes: number): void {
  copyMemory(stream.outAddress + stream.outTo, address, bytes);
  stream.outTo += bytes;
  link.counts.sent(1, link.wallUs);
}
