import { ascii } from "../base/ascii.ts";
import type { LaneTime } from "../base/lane-time.ts";
import { NS_PER_MS, NS_PER_S } from "../base/units.ts";
import type { FixSession } from "../fix/session/session.ts";
import { Scanner } from "../fix/wire/scan.ts";
import * as tag from "../fix/wire/tags.ts";
import { ENTRY_MESSAGE, NO_SESSION, segmentFile } from "../journal/layout.ts";
import { Damaged } from "../journal/store/damaged.ts";
import type { EntryView } from "../journal/store/reader.ts";
import type { StreamWriter } from "../journal/writer.ts";
import { CONTROL_APPLIED, CONTROL_UNCHANGED, CONTROL_UNKNOWN_NAME } from "../record/control-codes.ts";
import { SESSION_NOTHING_BEHIND } from "../record/session-command.ts";
import type { Link } from "../session/link.ts";
import {
  EVENT_COPIES_BEHIND,
  EVENT_COPIES_CAUGHT_UP,
  EVENT_COPIES_GO_ON,
  EVENT_COPIES_SKIPPED,
  EVENT_COPIES_STOPPED,
  type EventWriter,
} from "../telemetry/events.ts";
import { copyBytes, writeCopy } from "./copy-writer.ts";
import { type CopyFilter, isCopied } from "./filter.ts";
import type { ProgressWriter } from "./progress.ts";
import type { Skipped, Source } from "./source.ts";

/** Entries of client streams that are read in one poll: the sessions' own work waits no longer than that. */
const ENTRIES_PER_POLL = 1_024;
/** A session's position is journalled after this number of bytes without a copy: a start reads no more than that again. */
const NOTE_BYTES = 1_048_576;
/** Interval of looks at a stream that had no more. */
const LOOK_NS = 2 * NS_PER_MS;
/** Interval of tries to read a stream that can't be read. */
const RETRY_NS = NS_PER_S;
/** Interval of what is published and alarmed. */
const PUBLISH_NS = 100 * NS_PER_MS;

/** A drop copy session, and what is copied to it. */
export interface CopySession {
  readonly link: Link<FixSession>;
  readonly filter: CopyFilter;
  /** Copies so far, over all runs. */
  index: number;
  /** By source: position up to which it has everything; and the one that the journal has. */
  readonly copied: number[];
  readonly noted: number[];
}

export interface CopierParts {
  readonly sources: readonly Source[];
  readonly sessions: readonly CopySession[];
  readonly journal: StreamWriter;
  readonly events: EventWriter;
  readonly time: LaneTime;
  readonly progress: ProgressWriter;
  /** Longest message that is written. */
  readonly messageBytes: number;
  /** Journal room that one copy may need. */
  readonly roomBytes: number;
  readonly segmentBytes: number;
  readonly maxBehindS: number;
  /** The link at `place` has a new message. */
  readonly changed: (place: number) => void;
}

/**
 * Copies the ExecutionReports in the streams of the client agents to the drop copy sessions. The journal gets the position of a
 * report before its copy, and both before the copy is sent, so that a restart neither loses nor doubles one.
 */
export class Copier {
  /** When `poll` next looks for entries. */
  private lookNs = 0;
  private publishNs = 0;
  /** By source: place of the session that continues with the held entry. */
  private readonly places: number[];
  private copies = 0;
  private isBehind = false;
  /** By source: what is wrong with it, or ""; and when it is tried again. */
  private readonly faults: string[];
  private readonly retryNs: number[];
  /** By source: its next report waits for room in the journal. */
  private readonly lacksRoom: boolean[];
  private readonly scan: Scanner;
  /** By source: where its writer was at `seenNs`, all of which is copied once the position is there. */
  private readonly seen: number[];
  private seenUs = 0;
  private seenNs = 0;
  private copiedUntilUs = 0;
  private copiedUntilNs = 0;

  constructor(private readonly parts: CopierParts) {
    this.scan = new Scanner(parts.messageBytes);
    this.places = parts.sources.map(() => 0);
    this.faults = parts.sources.map(() => "");
    this.retryNs = parts.sources.map(() => 0);
    this.lacksRoom = parts.sources.map(() => false);
    this.seen = parts.sources.map(() => 0);
  }

  open(nowNs: number): void {
    this.copiedUntilNs = nowNs;
    this.look(nowNs);
  }

  get deadlineNs(): number {
    return this.lookNs;
  }

  /** Returns  the number of entries that were read. */
  poll(nowNs: number): number {
    if (nowNs < this.lookNs) return 0;
    let count = 0;
    for (const [i, source] of this.parts.sources.entries())
      if (nowNs >= this.retryNs[i]!) count += this.follow(i, source, nowNs);
    this.lookNs = count > 0 ? nowNs : nowNs + LOOK_NS;
    if (nowNs >= this.publishNs) this.publish(nowNs);
    return count;
  }

  close(): void {
    for (const source of this.parts.sources) source.close();
  }

  /** Passes over what stops the copies of this client agent's reports. Returns  the result of the command. */
  skip(agent: number): number {
    const { sources, sessions, time } = this.parts;
    const i = sources.findIndex((source) => source.agent === agent);
    if (i < 0) return CONTROL_UNKNOWN_NAME;
    const fault = this.faults[i]!;
    if (fault === "") return CONTROL_UNCHANGED;
    const source = sources[i]!;
    // It may be mended, or another by now: what the operator has seen is passed over, and nothing else.
    this.follow(i, source, time.nowNs);
    if (this.faults[i] !== fault) return CONTROL_UNCHANGED;
    const skipped = this.skipped(source);
    if (skipped === null) return SESSION_NOTHING_BEHIND;
    for (const session of sessions) this.passOver(session, i, source);
    this.emit(EVENT_COPIES_SKIPPED, agent, `${this.part(skipped)} at an operator's command`);
    this.places[i] = 0;
    this.retryNs[i] = 0;
    this.faults[i] = "";
    return CONTROL_APPLIED;
  }

  private skipped(source: Source): Skipped | null {
    try {
      return source.skip();
    } catch {
      // Nothing behind it can be read: the alarm says why.
      return null;
    }
  }

  private follow(i: number, source: Source, nowNs: number): number {
    let count = 0;
    for (; count < ENTRIES_PER_POLL; count++) {
      const entry = this.next(i, source, nowNs);
      if (entry === null) break;
      if (this.take(i, source, entry, nowNs)) continue;
      source.hold(entry);
      break;
    }
    return count;
  }

  /** The source's next entry, or null. One that can't be read raises an alarm, once, and is tried again. */
  private next(i: number, source: Source, nowNs: number): EntryView | null {
    try {
      const entry = source.next();
      const lost = source.takeLost();
      if (lost > 0)
        this.emit(
          EVENT_COPIES_SKIPPED,
          source.agent,
          `${bytes(lost)}, which a repair of the journal has marked as lost`,
        );
      if (entry === null) this.goesOn(i, source);
      return entry;
    } catch (error) {
      if (!(error instanceof Damaged)) this.stop(i, source, (error as Error).message, nowNs);
      else this.passDamaged(i, source, error, nowNs);
      return null;
    }
  }

  /** Passes over what retention has deleted; other damage stops the copies of this source. */
  private passDamaged(i: number, source: Source, { message }: Damaged, nowNs: number): void {
    try {
      if (!this.passDeleted(i, source)) this.stop(i, source, message, nowNs);
    } catch (error) {
      // What retention has deleted is not known.
      this.stop(i, source, `${message}; ${(error as Error).message}`, nowNs);
    }
  }

  /** What retention has deleted can't be copied: the rest is. */
  private passDeleted(i: number, source: Source): boolean {
    const deleted = source.skipDeleted();
    if (deleted === null) return false;
    for (const session of this.parts.sessions) this.passOver(session, i, source);
    this.emit(
      EVENT_COPIES_SKIPPED,
      source.agent,
      `${this.part(deleted)}: retention has deleted it (journal.archiveDays, archiveGiB)`,
    );
    return true;
  }

  private passOver(session: CopySession, i: number, source: Source): void {
    if (session.copied[i]! >= source.position) return;
    session.copied[i] = source.position;
    this.note(session, i, source);
  }

  /** Copies of this source stop until it goes on by itself, or an operator skips what is at fault. */
  private stop(i: number, source: Source, message: string, nowNs: number): void {
    this.retryNs[i] = nowNs + RETRY_NS;
    if (message === this.faults[i]) return;
    this.faults[i] = message;
    this.emit(EVENT_COPIES_STOPPED, source.agent, message);
  }

  private goesOn(i: number, { agent }: Source): void {
    if (this.faults[i] === "") return;
    this.faults[i] = "";
    this.parts.events.emit(EVENT_COPIES_GO_ON, NO_SESSION, agent, 0);
  }

  private emit(kind: number, agent: number, what: string): void {
    const words = ascii(what);
    this.parts.events.emitText(kind, NO_SESSION, agent, 0, words, 0, words.length);
  }

  /** `120 bytes, from offset 4096 of segment 3 to offset 4216 of segment 3`. */
  private part({ from, to }: Skipped): string {
    const { segmentBytes } = this.parts;
    const place = (at: number) => `offset ${at % segmentBytes} of segment ${Math.floor(at / segmentBytes)}`;
    return `${bytes(to - from)}, from ${place(from)} to ${place(to)}`;
  }

  /** Copies an entry to the sessions that get it. Returns  false when it can't be now: copies leave the journal's reserve alone. */
  private take(i: number, source: Source, entry: EntryView, nowNs: number): boolean {
    const { sessions, journal, roomBytes, changed } = this.parts;
    const { position } = source;
    const isReport = entry.kind === ENTRY_MESSAGE && entry.index !== 0 && this.isReport(entry);
    for (let place = this.places[i]!; place < sessions.length; place++) {
      const session = sessions[place]!;
      if (session.copied[i]! >= position) continue;
      const isWanted = isReport && isCopied(session.filter, entry.session, this.scan);
      const isTooLong = isWanted && copyBytes(this.scan) > this.parts.messageBytes;
      if (isTooLong) this.stop(i, source, this.tooLong(source, entry), nowNs);
      if (isTooLong || journal.starved || !journal.room(roomBytes)) {
        this.places[i] = place;
        this.lacksRoom[i] = !isTooLong;
        // What could not be read before is read: it waits for room alone.
        if (!isTooLong) this.goesOn(i, source);
        return false;
      }
      if (isWanted) {
        this.copy(session, i, source);
        changed(place);
      } else if (position - session.noted[i]! > NOTE_BYTES) this.note(session, i, source);
      session.copied[i] = position;
    }
    this.places[i] = 0;
    this.lacksRoom[i] = false;
    this.goesOn(i, source);
    return true;
  }

  private tooLong({ stream }: Source, { position, payloadLength }: EntryView): string {
    const { segmentBytes, messageBytes } = this.parts;
    const segment = Math.floor(position / segmentBytes);
    const lacking = copyBytes(this.scan) - messageBytes;
    return `${segmentFile(stream, segment)}: the report at offset ${position % segmentBytes} has ${payloadLength} bytes, more than a message may have now: raise client.maxMessageBytes by ${lacking} or more and start again`;
  }

  private isReport({ views, payloadAt, payloadLength }: EntryView): boolean {
    const to = payloadAt + payloadLength;
    // One of an earlier configuration may be longer than messages are now.
    const length = this.scan.scan(views.bytes, payloadAt, to, payloadLength);
    return length > 0 && this.scan.msgType === tag.EXECUTION_REPORT;
  }

  private copy(session: CopySession, i: number, { agent, position }: Source): void {
    const { link } = session;
    session.index++;
    link.recorder.copied(session.index, agent, position);
    writeCopy(link.session, this.scan, session.index);
    session.noted[i] = position;
    link.counts.recordsOut++;
    this.copies++;
  }

  private note(session: CopySession, i: number, { agent, position }: Source): void {
    session.link.recorder.copied(0, agent, position);
    session.noted[i] = position;
  }

  /** Notes where the writers are now. */
  private look(nowNs: number): void {
    const { sources, time } = this.parts;
    for (const [i, source] of sources.entries()) this.seen[i] = source.written;
    this.seenUs = time.wallUs;
    this.seenNs = nowNs;
  }

  private publish(nowNs: number): void {
    const { sources, progress, events, maxBehindS } = this.parts;
    this.publishNs = nowNs + PUBLISH_NS;
    const isThere = sources.every((source, i) => source.hasDone(this.seen[i]!));
    if (isThere) {
      this.copiedUntilUs = this.seenUs;
      this.copiedUntilNs = this.seenNs;
      this.look(nowNs);
    }
    const stopped = this.faults.findIndex((fault) => fault !== "");
    const fault = stopped < 0 ? null : { agent: sources[stopped]!.agent, text: this.faults[stopped]! };
    const behindBytes = sources.reduce((sum, one) => sum + one.behindBytes, 0);
    const behindS = (nowNs - this.copiedUntilNs) / NS_PER_S;
    const { copiedUntilUs, copies } = this;
    progress.write({ behindBytes, behindS, copiedUntilUs, copies, waitsForRoom: this.lacksRoom.includes(true), fault });
    if (behindS > maxBehindS && !this.isBehind) {
      this.isBehind = true;
      events.emit(EVENT_COPIES_BEHIND, NO_SESSION, behindBytes, behindS);
    } else if (this.isBehind && isThere) {
      this.isBehind = false;
      events.emit(EVENT_COPIES_CAUGHT_UP, NO_SESSION, this.copies, 0);
    }
  }
}

function bytes(count: number): string {
  return `${count.toLocaleString("en")} ${count === 1 ? "byte" : "bytes"}`;
}
