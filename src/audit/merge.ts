import { agentKind } from "../config/agents.ts";
import { ENTRY_MESSAGE, ENTRY_ORDER, ENTRY_RECEIVED, ENTRY_REPORT, RECEIVED_MESSAGE } from "../journal/layout.ts";
import { type EntryView, StreamReader } from "../journal/store/reader.ts";
import { type EntryText, messageFields } from "./entry-text.ts";

/** Entries searched for the sessions' CompIDs: the first message of each session is its Logon. */
const LOOK_FOR_COMP_IDS = 10_000;

/** Lanes read the clock once a turn: a core's record may have an earlier time than the message that it was made from. */
const SKEW_US = 1000;

/** A stream's time that goes back by more is that of a clock that was set back. */
const SET_BACK_US = 500_000;

/** The last message of a session that was returned as it came, and the stream that has these. */
interface LastReceived {
  readonly stream: number;
  readonly epoch: number;
  readonly sequence: number;
}

/** Positions by stream; where none is given, the stream is read from its begin or to its end. */
export interface MergedRange {
  readonly from?: Readonly<Record<string, number>>;
  /** Position of the first entry not to read. */
  readonly until?: Readonly<Record<string, number>>;
  /** A later call of `next` finds entries written since. */
  readonly follow?: boolean;
}

/**
 * Merges streams by time, what follows a clock's setting back after what was before it; keeps the order within a stream. A message that came is before the core's record of it; at equal
 * times the messages that followed come last. Holds one entry of each.
 */
export class Merged {
  /** Stream of the last entry returned. */
  stream = "";
  private readonly readers: StreamReader[];
  private readonly from: Readonly<Record<string, number>>;
  private readonly heads: (EntryView | null)[];
  /** By stream: times that its clock was set back, up to its head. */
  private readonly setBacks: number[];
  private given = -1;
  private readonly received = new Map<string, LastReceived>();

  constructor(
    dir: string,
    private readonly streams: readonly string[],
    { follow = false, from = {}, until = {} }: MergedRange = {},
  ) {
    this.from = from;
    this.readers = streams.map(
      (stream) => new StreamReader(dir, stream, { partial: true, follow, from: from[stream], until: until[stream] }),
    );
    this.heads = this.readers.map((reader) => reader.next());
    this.setBacks = streams.map(() => 0);
  }

  next(): EntryView | null {
    if (this.given >= 0) this.advance(this.given);
    else for (const [i, head] of this.heads.entries()) if (head === null) this.heads[i] = this.readers[i]!.next();
    let earliest = -1;
    for (let i = 0; i < this.heads.length; i++) {
      const head = this.heads[i]!;
      if (head !== null && (earliest < 0 || this.isBefore(i, earliest))) earliest = i;
    }
    this.given = earliest < 0 ? earliest : this.causeOf(earliest);
    if (earliest < 0) return null;
    this.stream = this.streams[this.given]!;
    const entry = this.heads[this.given]!;
    if (entry.kind === ENTRY_RECEIVED && entry.index === RECEIVED_MESSAGE) this.note(entry);
    return entry;
  }

  private advance(i: number): void {
    const beforeUs = this.heads[i]!.timeUs;
    const head = this.readers[i]!.next();
    if (head !== null && head.timeUs < beforeUs - SET_BACK_US) this.setBacks[i]!++;
    this.heads[i] = head;
  }

  private note({ session, epoch, sequence }: EntryView): void {
    this.received.set(`${agentKind(this.stream)} ${session}`, { stream: this.given, epoch, sequence });
  }

  /** The stream that leads to the message of a record of the core, while that message has not been returned; else the same one. */
  private causeOf(i: number): number {
    const { kind, session, epoch, sequence, timeUs } = this.heads[i]!;
    if (kind !== ENTRY_ORDER && kind !== ENTRY_REPORT) return i;
    const last = this.received.get(`${kind === ENTRY_ORDER ? "client" : "venue"} ${session}`);
    if (last === undefined || last.epoch > epoch || (last.epoch === epoch && last.sequence >= sequence)) return i;
    const head = this.heads[last.stream];
    return head !== null && head !== undefined && head.timeUs <= timeUs + SKEW_US ? last.stream : i;
  }

  private isBefore(i: number, j: number): boolean {
    const one = this.heads[i]!;
    const other = this.heads[j]!;
    const setBacks = this.setBacks[i]! - this.setBacks[j]!;
    if (setBacks !== 0) return setBacks < 0;
    return one.timeUs < other.timeUs || (one.timeUs === other.timeUs && this.rank(i) < this.rank(j));
  }

  private rank(i: number): number {
    return this.heads[i]!.kind === ENTRY_RECEIVED ? 0 : this.streams[i] === "core" ? 1 : 2;
  }

  /** Positions from which another one continues behind the entry returned last. */
  positions(): Record<string, number> {
    const positions: Record<string, number> = {};
    for (const [i, reader] of this.readers.entries()) {
      const stream = this.streams[i]!;
      const head = i === this.given ? null : this.heads[i]!;
      positions[stream] = head?.position ?? Math.max(reader.position, this.from[stream] ?? 0);
    }
    return positions;
  }

  notices(): string[] {
    return this.readers.map((reader) => reader.end.notice).filter((notice) => notice !== null);
  }

  close(): void {
    for (const reader of this.readers) reader.close();
  }
}

/** Reads CompIDs from sent messages, because records hold none. */
export function learnCompIds(dir: string, stream: string, texts: EntryText): void {
  const reader = new StreamReader(dir, stream, { partial: true });
  try {
    for (let i = 0; i < LOOK_FOR_COMP_IDS; i++) {
      const entry = reader.next();
      if (entry === null) return;
      if (entry.kind !== ENTRY_MESSAGE) continue;
      const party = texts.party(stream, entry);
      const who = `${party.kind} ${party.name}`;
      if (texts.compIds.has(who)) continue;
      const fields = messageFields(entry);
      const ours = fields.get("49");
      const theirs = fields.get("56");
      if (ours !== undefined && theirs !== undefined) texts.compIds.set(who, { ours, theirs });
    }
  } catch {
    // Damage is reported when printing reaches it.
  } finally {
    reader.close();
  }
}
