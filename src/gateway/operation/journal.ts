import type { ActionQuestion } from "../../audit/action.ts";
import type { AuditJob } from "../../audit/job.ts";
import type { Views } from "../../base/views.ts";
import type { ActionRecord } from "../../control/action-record.ts";
import { positionAt, UNKNOWN, writtenAt } from "../../journal/positions.ts";
import {
  type JournalEntry,
  type JournalFilter,
  type JournalPage,
  type JournalQuery,
  type JournalReading,
  type JournalSubscription,
  JournalUnread,
  type Timeline,
} from "../../operation/journal.ts";
import { lastLine, type ReaderProcesses } from "./reader-processes.ts";

const ANSWER_WITHIN_MS = 60_000;
/** Listeners of what is journalled from now on; each has a process. */
const MOST_LISTENERS = 4;
/** Longest wait until what was journalled before is in the files; then what is there is read. */
const WRITTEN_WITHIN_MS = 2_000;
const WRITTEN_EVERY_MS = 2;

/** Where the streams of a gateway are; a plan and an opened directory have these. */
export interface JournalPlace {
  readonly dir: string;
  readonly segmentBytes: number;
  readonly shared: Views;
  readonly streams: readonly { readonly name: string; readonly wordsAt: number }[];
}

/** Reads the journal of this gateway in other processes. */
export class RunningJournal implements JournalReading {
  private listeners = 0;

  constructor(
    private readonly place: JournalPlace,
    private readonly readers: ReaderProcesses,
  ) {}

  async timeline(order: string, gone?: AbortSignal): Promise<Timeline | null> {
    const { dir } = this.place;
    return (await this.ask({ kind: "timeline", dir, order, until: await this.ends() }, gone)) as Timeline | null;
  }

  async page(query: JournalQuery, gone?: AbortSignal): Promise<JournalPage> {
    const { dir } = this.place;
    return (await this.ask({ kind: "page", dir, query, until: await this.ends() }, gone)) as JournalPage;
  }

  /** Why the action was done that led to a command of the core; null: the journal has none. Rejects with JournalUnread. */
  async reasonOf(question: ActionQuestion): Promise<string | null> {
    const { dir } = this.place;
    const record = (await this.ask({ kind: "action", dir, question, until: await this.ends() })) as ActionRecord | null;
    return record?.why ?? null;
  }

  async follow(filter: JournalFilter, take: (entry: JournalEntry) => void): Promise<JournalSubscription> {
    if (this.listeners >= MOST_LISTENERS)
      throw new JournalUnread("busy", `expected at most ${MOST_LISTENERS} listeners to the journal, got one more`);
    this.listeners++;
    try {
      const job: AuditJob = { kind: "follow", dir: this.place.dir, filter, from: await this.ends() };
      const reader = this.readers.start("audit", job);
      const errors = new Response(reader.stderr).text();
      let isClosed = false;
      const ended = linesOf(reader.stdout, (line) => take(JSON.parse(line) as JournalEntry))
        .catch(() => {})
        .then(() => reader.exited)
        .then(async (code) => (isClosed ? "" : lastLine(await errors, code)))
        .finally(() => this.listeners--);
      const close = (): void => {
        isClosed = true;
        reader.kill("SIGKILL");
      };
      return { ended, close };
    } catch (error) {
      this.listeners--;
      throw error;
    }
  }

  /** Ends of the streams, once all that was written before is in the files. */
  async ends(): Promise<Record<string, number>> {
    const { shared, segmentBytes, streams } = this.place;
    const untilMs = performance.now() + WRITTEN_WITHIN_MS;
    const ends: Record<string, number> = {};
    // All positions are taken first: they are of one moment, nearly.
    for (const { name, wordsAt } of streams) {
      ends[name] = UNKNOWN;
      while (ends[name] === UNKNOWN && performance.now() < untilMs) {
        ends[name] = positionAt(shared.ints, wordsAt >> 2, segmentBytes);
        if (ends[name] === UNKNOWN) await Bun.sleep(WRITTEN_EVERY_MS);
      }
    }
    for (const { name, wordsAt } of streams) {
      const written = (): number => writtenAt(shared.ints, wordsAt >> 2, segmentBytes);
      while (written() < ends[name]! && performance.now() < untilMs) await Bun.sleep(WRITTEN_EVERY_MS);
      if (ends[name] === UNKNOWN || written() < ends[name]!) ends[name] = written();
    }
    return ends;
  }

  private async ask(job: AuditJob, gone?: AbortSignal): Promise<unknown> {
    return JSON.parse(new TextDecoder().decode(await this.readers.answer("audit", job, ANSWER_WITHIN_MS, gone)));
  }
}

/** Calls `take` with each line of a stream that is not empty. */
async function linesOf(stream: ReadableStream<Uint8Array>, take: (line: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop()!;
    for (const line of lines) if (line !== "") take(line);
  }
}
