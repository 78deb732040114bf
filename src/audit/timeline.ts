import type { JournalEntry, Timeline } from "../operation/journal.ts";
import { OrderStages } from "./order-stages.ts";
import { OrderTrace } from "./order-trace.ts";
import { type Ends, OpenedJournal } from "./read.ts";

/** Entries of one order in an answer. */
const MOST_ENTRIES = 5_000;
/** Lanes read the clock once a turn: what led to a record of the core is in a stream that may be read a little later. */
const BEFORE_US = 5_000_000;
const NONE_YET = -1;

/** All that the journal has about the order of an id, and the stages of its requests; null: there is none. */
export function readTimeline(dir: string, id: string, until: Ends = {}): Timeline | null {
  const journal = new OpenedJournal(dir);
  const trace = OrderTrace.find(dir, journal.names.birth, id);
  if (!trace.found) return null;
  const stages = new OrderStages(journal.names.birth);
  const entries: (JournalEntry & { sinceUs: number })[] = [];
  let firstUs = NONE_YET;
  const merged = journal.merged({ from: journal.positionsBefore(trace.fromUs - BEFORE_US), until });
  try {
    for (let entry = merged.next(); entry !== null; entry = merged.next()) {
      if (!trace.has(merged.stream, entry)) continue;
      if (entries.length === MOST_ENTRIES) return { ...stages.timeline(), entries, cut: true };
      if (firstUs === NONE_YET) firstUs = entry.timeUs;
      const facts = journal.texts.facts(merged.stream, entry, journal.texts.party(merged.stream, entry));
      entries.push({ ...facts, sinceUs: entry.timeUs - firstUs });
      stages.take(merged.stream, entry, facts.decision ?? "");
    }
  } finally {
    merged.close();
  }
  return { ...stages.timeline(), entries, cut: false };
}
