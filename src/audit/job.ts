import type { JournalFilter, JournalQuery } from "../operation/journal.ts";
import { type ActionQuestion, readAction } from "./action.ts";
import { type Ends, followEntries, readPage } from "./read.ts";
import { readTimeline } from "./timeline.ts";

/** What another process reads in the journal of a running gateway; plain data. */
export type AuditJob =
  | { readonly kind: "timeline"; readonly dir: string; readonly order: string; readonly until: Ends }
  | { readonly kind: "page"; readonly dir: string; readonly query: JournalQuery; readonly until: Ends }
  | { readonly kind: "action"; readonly dir: string; readonly question: ActionQuestion; readonly until: Ends }
  | { readonly kind: "follow"; readonly dir: string; readonly filter: JournalFilter; readonly from: Ends };

/**
 * Does a job. Its answer is one line of JSON; of `follow`, one for each entry, and an empty line once a second, until nobody reads.
 * Throws BadQuestion for a question that has no answer.
 */
export async function runAuditJob(job: AuditJob, output: (text: string) => boolean): Promise<void> {
  if (job.kind === "timeline") output(`${JSON.stringify(readTimeline(job.dir, job.order, job.until))}\n`);
  else if (job.kind === "action") output(`${JSON.stringify(readAction(job.dir, job.question, job.until))}\n`);
  else if (job.kind === "page") output(`${JSON.stringify(readPage(job.dir, job.query, job.until))}\n`);
  else
    await followEntries(job.dir, job.filter, job.from, (entries) =>
      output(entries.length === 0 ? "\n" : entries.map((entry) => `${JSON.stringify(entry)}\n`).join("")),
    );
}
