import { NONE } from "../base/units.ts";
import type { Scanner } from "../fix/wire/scan.ts";
import * as tag from "../fix/wire/tags.ts";
import type { BackwardReader } from "../journal/backward-reader.ts";
import {
  ENTRY_EPOCH_AT,
  ENTRY_HEADER_BYTES,
  ENTRY_INDEX_AT,
  ENTRY_KIND_AT,
  ENTRY_MESSAGE,
  ENTRY_PAYLOAD_LENGTH_AT,
  ENTRY_SEQUENCE_AT,
  ENTRY_SESSION_AT,
  ENTRY_TIME_AT,
} from "../journal/layout.ts";
import type { SequenceIndex } from "../journal/sequence-index.ts";
import type { LinkHandler } from "./handler.ts";
import type { Link } from "./link.ts";

/** Journal entries looked at in one turn, and messages sent in it; what is left is done in the next. */
const ENTRIES_PER_STEP = 256;
export const MESSAGES_PER_STEP = 32;

/**
 * Answers a ResendRequest from the journal: application messages again with PossDupFlag, session-level ones as gap
 * fills. While it runs the session's new messages are journalled only; it sends those too, as they are, and ends when it
 * has reached the journal's end, so that everything leaves in the order of its numbers.
 */
export class Resender {
  private running = false;
  /** Number the next entry must have, and the last one that was asked for. */
  private next = 0;
  private last = 0;
  /** First number of a gap fill that is still to be written; 0 when there is none. */
  private gapFrom = 0;
  private position = 0;
  /** Messages written in this turn. */
  private sent = 0;

  constructor(
    readonly sequenceIndex: SequenceIndex,
    private readonly backwardReader: BackwardReader,
    private readonly scan: Scanner,
    private readonly handler: LinkHandler,
    /** Orders older than this are gap-filled and reported as not sent: 0 sends none again, Infinity all. */
    private readonly maxAgeUs: number,
    /** Output room that one entry may need: a gap fill and the longest message with its two more fields. */
    private readonly roomBytes: number,
  ) {}

  begin(link: Link, begin: number, end: number): void {
    this.running = true;
    this.next = begin;
    this.last = end;
    this.gapFrom = 0;
    this.position = this.sequenceIndex.before(begin);
    link.live = false;
  }

  end(): void {
    this.running = false;
  }

  /** Goes on for a bounded number of entries, as far as the connection has room. */
  step(link: Link): void {
    const stream = link.stream;
    if (!this.running || stream === null) return;
    const backwardReader = this.backwardReader;
    const writer = link.session.writer;
    writer.aim(stream.out, stream.outWords, stream.outTo);
    backwardReader.seek(this.position);
    this.sent = 0;
    for (let i = 0; i < ENTRIES_PER_STEP && this.sent < MESSAGES_PER_STEP; i++) {
      if (!stream.roomHere(this.roomBytes) || !this.handler.ready()) break;
      writer.at = stream.outTo;
      const at = backwardReader.next();
      if (at === NONE) {
        this.finish(link);
        stream.outTo = writer.at;
        return;
      }
      this.entry(link, at);
      stream.outTo = writer.at;
    }
    this.position = backwardReader.position;
  }

  /** Scans the message of ours with this number; false when the journal doesn't have it. */
  find(link: Link, sequence: number): boolean {
    const anchor = this.sequenceIndex.before(sequence);
    if (anchor === NONE) return false;
    const backwardReader = this.backwardReader;
    const views = backwardReader.views;
    backwardReader.seek(anchor);
    for (let at = backwardReader.next(); at !== NONE; at = backwardReader.next()) {
      const word = at >> 2;
      if (
        views.ints[word + (ENTRY_KIND_AT >> 2)] !== ENTRY_MESSAGE ||
        views.ints[word + (ENTRY_SESSION_AT >> 2)] !== link.id
      )
        continue;
      const found = views.ints[word + (ENTRY_SEQUENCE_AT >> 2)]!;
      if (found > sequence) return false;
      if (found < sequence || views.ints[word + (ENTRY_EPOCH_AT >> 2)] !== link.session.epoch) continue;
      const payload = at + ENTRY_HEADER_BYTES;
      return this.scan.scan(views.bytes, payload, payload + views.ints[word + (ENTRY_PAYLOAD_LENGTH_AT >> 2)]!) > 0;
    }
    return false;
  }

  private entry(link: Link, at: number): void {
    const ints = this.backwardReader.views.ints;
    const word = at >> 2;
    if (ints[word + (ENTRY_KIND_AT >> 2)] !== ENTRY_MESSAGE || ints[word + (ENTRY_SESSION_AT >> 2)] !== link.id) return;
    const sequence = ints[word + (ENTRY_SEQUENCE_AT >> 2)]!;
    if (sequence < this.next || ints[word + (ENTRY_EPOCH_AT >> 2)] !== link.session.epoch) return;
    const payload = at + ENTRY_HEADER_BYTES;
    const length = ints[word + (ENTRY_PAYLOAD_LENGTH_AT >> 2)]!;
    // What the journal does not have (archived, given up by a repair, or numbers set by hand) is gap-filled.
    if (sequence > this.next && this.next <= this.last && this.gapFrom === 0) this.gapFrom = this.next;
    // What was not asked for is not filled either: the peer has it.
    if (sequence > this.last) this.closeGap(link, this.last + 1);
    if (sequence > link.lastWired) {
      this.sent++;
      link.session.writer.fields(this.backwardReader.views.bytes, payload, payload + length);
      link.lastWired = sequence;
    } else if (sequence <= this.last) this.again(link, at, payload, length, sequence);
    this.next = sequence + 1;
  }

  /** One that the peer asked for: application messages again, the others into the gap fill. */
  private again(link: Link, at: number, payload: number, length: number, sequence: number): void {
    const views = this.backwardReader.views;
    const application = views.ints[(at + ENTRY_INDEX_AT) >> 2] !== 0;
    if (!application || this.scan.scan(views.bytes, payload, payload + length) <= 0) {
      if (this.gapFrom === 0) this.gapFrom = sequence;
      return;
    }
    if (this.tooOld(link.wallUs - views.doubles[(at + ENTRY_TIME_AT) >> 3]!)) {
      if (this.gapFrom === 0) this.gapFrom = sequence;
      this.handler.stale(link, this.scan);
      link.holds = true;
      return;
    }
    this.closeGap(link, sequence);
    this.sent++;
    const scan = this.scan;
    const sent = scan.find(tag.SendingTime);
    let header = scan.find(tag.TargetCompID);
    const writer = link.session.writer;
    writer.beginAgain(
      link.session.header,
      scan.msgType,
      sequence,
      link.wallUs,
      scan.bytes,
      scan.starts[sent]!,
      scan.ends[sent]!,
    );
    // What we have processed by now takes the place of what we had then.
    link.session.putProcessed(writer);
    if (scan.tags[header + 1] === tag.LastMsgSeqNumProcessed) header++;
    writer.fields(scan.bytes, scan.ends[header]! + 1, scan.to - CHECKSUM_BYTES);
    writer.end();
  }

  private tooOld(ageUs: number): boolean {
    return this.maxAgeUs === 0 || ageUs > this.maxAgeUs;
  }

  /** Up to `next`, or to the end of what was asked for: the peer has what comes after it. */
  private closeGap(link: Link, next: number): void {
    if (this.gapFrom === 0) return;
    link.gapFill(link.session.writer, this.gapFrom, next > this.last ? this.last + 1 : next);
    this.gapFrom = 0;
  }

  private finish(link: Link): void {
    if (this.next <= this.last && this.gapFrom === 0) this.gapFrom = this.next;
    this.closeGap(link, this.last + 1);
    this.running = false;
    link.live = true;
  }
}

/** "10=123|" */
const CHECKSUM_BYTES = 7;
