import { ENTRY_MESSAGE, ENTRY_RECEIVED } from "../../src/journal/layout.ts";
import { type EntryView, StreamReader } from "../../src/journal/store/reader.ts";
import { type EntryText, messageFields } from "./entry-text.ts";

/** Entries searched for the sessions' CompIDs: the first message of each session is its Logon. */
const LOOK_FOR_COMP_IDS = 10_000;

/**
 * Merges streams by time; keeps the order within a stream. At equal times a message that came is first, then the core's record
 * of it, then the messages that followed. Holds one entry of each.
 */
export class Merged {
  /** Stream of the last entry returned. */
  stream = "";
  private readonly readers: StreamReader[];
  private readonly heads: (EntryView | null)[];
  private given = -1;

  /** With `follow`, a later call of `next` finds entries written since. */
  constructor(
    dir: string,
    private readonly streams: readonly string[],
    follow = false,
  ) {
    this.readers = streams.map((stream) => new StreamReader(dir, stream, { partial: true, follow }));
    this.heads = this.readers.map((reader) => reader.next());
  }

  next(): EntryView | null {
    if (this.given >= 0) this.heads[this.given] = this.readers[this.given]!.next();
    else for (const [i, head] of this.heads.entries()) if (head === null) this.heads[i] = this.readers[i]!.next();
    let earliest = -1;
    for (let i = 0; i < this.heads.length; i++) {
      const head = this.heads[i]!;
      if (head !== null && (earliest < 0 || this.isBefore(i, earliest))) earliest = i;
    }
    this.given = earliest;
    if (earliest < 0) return null;
    this.stream = this.streams[earliest]!;
    return this.heads[earliest]!;
  }

  private isBefore(i: number, j: number): boolean {
    const one = this.heads[i]!;
    const other = this.heads[j]!;
    return one.timeUs < other.timeUs || (one.timeUs === other.timeUs && this.rank(i) < this.rank(j));
  }

  private rank(i: number): number {
    return this.heads[i]!.kind === ENTRY_RECEIVED ? 0 : this.streams[i] === "core" ? 1 : 2;
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
