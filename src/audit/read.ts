import { type JournalNames, readNames } from "../journal/store/names.ts";
import { type EntryView, listStreams } from "../journal/store/reader.ts";
import type { JournalEntry, JournalFilter, JournalPage, JournalQuery } from "../operation/journal.ts";
import { EntryText, kindOf, type Party } from "./entry-text.ts";
import { learnCompIds, Merged, type MergedRange } from "./merge.ts";
import { OrderTrace } from "./order-trace.ts";
import { cursorOf, positionBefore, positionsOf } from "./positions.ts";

/** Entries may be this much later than one that is read after them; see Merged. */
const SKEW_US = 1_000_000;
const FOLLOW_EVERY_MS = 50;
const ALIVE_EVERY_MS = 1_000;
const MOST_AT_ONCE = 256;

/** A question that cannot be answered as it is; the message says what was expected. */
export class BadQuestion extends Error {}

/** Ends of the streams when a question was asked: what is behind them is not read. */
export type Ends = Readonly<Record<string, number>>;

/** Names, texts and streams of a journal that is being written. */
export class OpenedJournal {
  readonly names: JournalNames;
  readonly streams: readonly string[];
  readonly texts: EntryText;

  constructor(readonly dir: string) {
    const names = readNames(dir);
    if (names === null) throw new Error(`${dir}: holds no journal (names.json is missing)`);
    this.names = names;
    this.streams = [...listStreams(dir).keys()].sort((a, b) => Number(b === "core") - Number(a === "core"));
    this.texts = new EntryText(names);
    for (const stream of this.streams) learnCompIds(dir, stream, this.texts);
  }

  /** Where to begin with entries from a time on; with 0, at the begin. */
  positionsBefore(fromUs: number): Record<string, number> {
    const positions: Record<string, number> = {};
    if (fromUs <= 0) return positions;
    for (const stream of this.streams) {
      const position = positionBefore(this.dir, stream, fromUs - SKEW_US);
      if (position > 0) positions[stream] = position;
    }
    return positions;
  }

  merged(range: MergedRange): Merged {
    return new Merged(this.dir, this.streams, range);
  }

  /** Throws BadQuestion for a session that the journal does not know. */
  needSession(session: string | undefined): void {
    if (session === undefined) return;
    const known = [...new Set([...Object.keys(this.names.clients), ...Object.keys(this.names.venues)])];
    if (!known.includes(session)) throw new BadQuestion(`session: expected one of ${known.join(", ")}, got ${session}`);
  }
}

/** Entries that a query asks for, from its cursor on; no more than its limit. Throws BadQuestion. */
export function readPage(dir: string, query: JournalQuery, until: Ends = {}): JournalPage {
  const journal = new OpenedJournal(dir);
  journal.needSession(query.session);
  const { fromUs = 0, toUs = Number.POSITIVE_INFINITY } = query;
  const trace = query.order === undefined ? null : OrderTrace.find(dir, journal.names.birth, query.order);
  if (trace?.found === false) return { entries: [], next: null, notices: [] };
  const from = query.after === undefined ? journal.positionsBefore(fromUs) : positionsOf(query.after, journal.streams);
  if (from === null) throw new BadQuestion(`after: expected what next was in the page before, got ${query.after}`);
  const merged = openAt(journal, query, { from, until });
  try {
    const entries: JournalEntry[] = [];
    for (let entry = merged.next(); entry !== null; entry = merged.next()) {
      if (entry.timeUs > toUs + SKEW_US) break;
      const party = journal.texts.party(merged.stream, entry);
      if (!isWanted(entry, party, query) || entry.timeUs < fromUs || entry.timeUs > toUs) continue;
      if (trace?.has(merged.stream, entry) === false) continue;
      entries.push(journal.texts.facts(merged.stream, entry, party));
      if (entries.length === query.limit)
        return { entries, next: cursorOf(merged.positions()), notices: merged.notices() };
    }
    return { entries, next: null, notices: merged.notices() };
  } finally {
    merged.close();
  }
}

/** Throws BadQuestion where nothing can be read at the positions of the query's cursor. */
function openAt(journal: OpenedJournal, { after }: JournalQuery, range: MergedRange): Merged {
  try {
    return journal.merged(range);
  } catch (error) {
    if (after === undefined) throw error;
    const { message } = error as Error;
    throw new BadQuestion(`after: expected what next was in the page before, got ${after}: ${message}`);
  }
}

/** Calls `take` with the entries behind `from`, as they are written, and with none once a second; ends when `take` returns false. */
export async function followEntries(
  dir: string,
  filter: JournalFilter,
  from: Ends,
  take: (entries: readonly JournalEntry[]) => boolean,
): Promise<void> {
  const journal = new OpenedJournal(dir);
  journal.needSession(filter.session);
  const merged = journal.merged({ from, follow: true });
  try {
    for (let idleMs = 0; ; ) {
      const found: JournalEntry[] = [];
      for (let entry = merged.next(); entry !== null; entry = merged.next()) {
        const party = journal.texts.party(merged.stream, entry);
        if (isWanted(entry, party, filter)) found.push(journal.texts.facts(merged.stream, entry, party));
        if (found.length === MOST_AT_ONCE) break;
      }
      if (found.length > 0 || idleMs >= ALIVE_EVERY_MS) {
        idleMs = 0;
        if (!take(found)) return;
      }
      if (found.length > 0) continue;
      await Bun.sleep(FOLLOW_EVERY_MS);
      idleMs += FOLLOW_EVERY_MS;
    }
  } finally {
    merged.close();
  }
}

function isWanted(entry: EntryView, party: Party, { session, type }: JournalFilter): boolean {
  return (session === undefined || party.name === session) && (type === undefined || kindOf(entry) === type);
}
