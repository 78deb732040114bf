import { statSync } from "node:fs";
import type { Log } from "../base/log.ts";
import type { PeriodicTasks } from "../base/periodic-tasks.ts";
import { SEGMENT_WORD, segmentFile } from "../journal/layout.ts";
import type { JournalPart } from "./journal-part.ts";
import type { Part } from "./supervisor.ts";

const EVERY_MS = 1_000;
/** Interval between two alarms about one problem: the first one, and the longest; each is twice the one before. */
const FIRST_AGAIN_MS = 2_000;
const LONGEST_AGAIN_MS = 300_000;

/** Notices that the data directory, its lock file or a journal file in use was removed, replaced or cut while the gateway runs. */
export class DataWatch implements Part {
  readonly name = "data directory watch";
  /** What is wrong now, for the status; "" when nothing is. */
  problem = "";
  private sinceMs = 0;
  private nextMs = 0;
  private againMs = 0;
  private end: () => void = () => {};

  constructor(
    private readonly journal: JournalPart,
    private readonly tasks: PeriodicTasks,
    private readonly log: Log,
  ) {}

  start(): void {
    this.end = this.tasks.every(EVERY_MS, () => this.check());
  }

  stop(): void {
    this.end();
  }

  private check(): void {
    const { directory } = this.journal;
    const missing = directory.lock.missing();
    if (missing === "lock file") this.makeLockFile();
    const problem =
      missing === "directory" ? `${directory.dir} was removed or replaced while the gateway runs` : this.damage();
    if (problem === this.problem && (problem === "" || performance.now() < this.nextMs)) return;
    if (problem === "") this.log.info("the data directory and its files are there again");
    else this.alarm(problem);
    this.problem = problem;
  }

  private alarm(problem: string): void {
    const now = performance.now();
    const isNew = problem !== this.problem;
    if (isNew) this.sinceMs = Date.now();
    this.againMs = isNew ? FIRST_AGAIN_MS : Math.min(2 * this.againMs, LONGEST_AGAIN_MS);
    this.nextMs = now + this.againMs;
    const since = isNew ? "" : ` (since ${new Date(this.sinceMs).toISOString()})`;
    this.log.alarm(
      `${problem}${since}: its journal may end with this process. Engage the kill switch (SIGUSR1), cancel what is open, and stop the gateway; no other gateway can start on this directory before`,
    );
  }

  private makeLockFile(): void {
    const { lock, dir } = this.journal.directory;
    const what = `${dir}/lock was removed or replaced while the gateway runs`;
    try {
      lock.makeFile();
      this.log.alarm(
        `${what}; it is made again. No second gateway could start meanwhile: the directory itself is locked`,
      );
    } catch (error) {
      this.log.alarm(`${what}, and can't be made again: ${(error as Error).message}`);
    }
  }

  /** What is wrong with a file that a stream is written to, or "". */
  private damage(): string {
    const { directory, plan, views, recovered } = this.journal;
    for (const { name, wordsAt } of plan.streams) {
      const file = segmentFile(name, Atomics.load(views.ints, (wordsAt >> 2) + SEGMENT_WORD));
      const size = statSync(`${directory.dir}/${file}`, { throwIfNoEntry: false })?.size;
      if (size === undefined) return `${directory.dir}/${file} was removed while the gateway writes to it`;
      if (size < recovered.segmentBytes)
        return `${directory.dir}/${file} was cut to ${size} bytes while the gateway writes to it`;
    }
    return "";
  }
}
