import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Log } from "../base/log.ts";
import type { PeriodicTasks } from "../base/periodic-tasks.ts";
import type { Views } from "../base/views.ts";
import { type CauseSum, StallReader, type StallRecord } from "./reader.ts";

/** In the data directory, replaced as a whole: the stalls of all lanes since the start. */
export const STALLS_FILE = "stalls.json";

/** A lane of the plan: its agents in their order, and where its stalls are. */
export interface StallLane {
  readonly agents: readonly { readonly name: string }[];
  readonly stallsAt: number;
}

/** What STALLS_FILE holds; `sallyport stalls` shows it. */
export interface StallsDocument {
  readonly thresholdUs: number;
  readonly lanes: readonly {
    readonly lane: number;
    readonly agents: readonly string[];
    readonly causes: readonly CauseSum[];
    /** The last thousand, the oldest first. */
    readonly last: readonly StallRecord[];
  }[];
}

/** The file is written soon after the first stall and then less often: a thousand stalls are 200 KB of text. */
const FILE_EVERY_MS = 2_000;
const FILE_AGAIN_AFTER_MS = 10_000;
/** One log line for each lane with stalls in this time. */
const LINE_EVERY_MS = 60_000;

/** Logs the lanes' stalls once a minute and at the end, and writes the last ones to a file. */
export class StallLog {
  private readonly readers: StallReader[];
  private readonly logged: CauseSum[][];
  private written = 0;
  private writtenMs = Number.NEGATIVE_INFINITY;
  private ends: (() => void)[] = [];

  constructor(
    private readonly lanes: readonly StallLane[],
    views: Views,
    private readonly dir: string,
    private readonly thresholdUs: number,
    private readonly log: Log,
  ) {
    this.readers = lanes.map(({ agents, stallsAt }) => new StallReader(views, stallsAt, namesOf(agents)));
    this.logged = this.readers.map((reader) => reader.sums());
  }

  start(periodicTasks: PeriodicTasks): void {
    if (this.thresholdUs === 0) return;
    rmSync(join(this.dir, STALLS_FILE), { force: true });
    this.ends = [
      periodicTasks.every(FILE_EVERY_MS, () => this.update(performance.now())),
      periodicTasks.every(LINE_EVERY_MS, () => this.logNew()),
    ];
  }

  /** Writes the file for the last time and logs the sums of each lane. */
  stop(): void {
    for (const end of this.ends) end();
    if (this.thresholdUs === 0) return;
    this.write();
    for (const [i, reader] of this.readers.entries())
      this.log.of(`lane ${i}`).info(stallsText(reader.sums(), this.thresholdUs));
  }

  private logNew(): void {
    for (const [i, reader] of this.readers.entries()) {
      const sums = reader.sums();
      const fresh = sums.map((sum, cause) => ({ ...sum, count: sum.count - this.logged[i]![cause]!.count }));
      if (fresh.every(({ count }) => count === 0)) continue;
      this.log.of(`lane ${i}`).info(`in the last minute ${stallsText(fresh, this.thresholdUs)}`);
      this.logged[i] = sums;
    }
  }

  private update(nowMs: number): void {
    if (nowMs - this.writtenMs < FILE_AGAIN_AFTER_MS) return;
    if (this.write()) this.writtenMs = nowMs;
  }

  /** Returns  whether new stalls were written to the file. */
  private write(): boolean {
    const count = this.readers.reduce((sum, reader) => sum + reader.count, 0);
    if (count === this.written) return false;
    const file = join(this.dir, STALLS_FILE);
    try {
      writeFileSync(`${file}.new`, JSON.stringify(this.document()), { mode: 0o640 });
      renameSync(`${file}.new`, file);
      this.written = count;
      return true;
    } catch {
      // Another alarm reports a full disk; the next call tries again.
      return false;
    }
  }

  /** The stalls of all lanes since the start. */
  document(): StallsDocument {
    return {
      thresholdUs: this.thresholdUs,
      lanes: this.readers.map((reader, lane) => ({
        lane,
        agents: namesOf(this.lanes[lane]!.agents),
        causes: reader.sums(),
        last: reader.records(),
      })),
    };
  }
}

/** Count of stalls by cause, most frequent first, with the worst since the start. */
function stallsText(sums: readonly CauseSum[], thresholdUs: number): string {
  const seen = sums.filter(({ count }) => count > 0).sort((a, b) => b.count - a.count);
  const count = seen.reduce((sum, one) => sum + one.count, 0);
  const over = `of more than ${thresholdUs.toLocaleString("en")} µs`;
  if (count === 0) return `no stalls ${over}`;
  const causes = seen.map((one) => `${one.cause} ${number(one.count)} (worst ${number(one.worstUs)} µs)`);
  return `${number(count)} ${count === 1 ? "stall" : "stalls"} ${over}: ${causes.join(", ")}`;
}

function namesOf(agents: StallLane["agents"]): string[] {
  return agents.map(({ name }) => name);
}

function number(value: number): string {
  return Math.round(value).toLocaleString("en");
}
