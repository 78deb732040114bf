import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Log } from "../base/log.ts";
import type { PeriodicTasks } from "../base/periodic-tasks.ts";
import type { Views } from "../base/views.ts";
import type { Plan } from "../plan/plan.ts";
import { type CauseSum, StallReader, type StallRecord } from "./reader.ts";

/** In the data directory, replaced as a whole: the stalls of all lanes since the start. */
export const STALLS_FILE = "stalls.json";

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

/** Soon after the first stall, and then less often: a thousand are 200 KB of text. */
const FILE_EVERY_MS = 2_000;
const FILE_AGAIN_AFTER_MS = 10_000;
/** Stalls are counted, not told one by one: a line a lane this often, where there were some. */
const LINE_EVERY_MS = 60_000;

/** Tells of the lanes' stalls: in the log at a low rate and at the end, and in a file that holds the last of them. */
export class StallLog {
  private readonly readers: StallReader[];
  private readonly told: CauseSum[][];
  private written = 0;
  private writtenMs = Number.NEGATIVE_INFINITY;
  private ends: (() => void)[] = [];

  constructor(
    private readonly plan: Plan,
    views: Views,
    private readonly dir: string,
    private readonly thresholdUs: number,
    private readonly log: Log,
  ) {
    this.readers = plan.lanes.map(({ place, stallsAt }) => new StallReader(views, stallsAt, place.agents));
    this.told = this.readers.map((reader) => reader.sums());
  }

  start(periodicTasks: PeriodicTasks): void {
    if (this.thresholdUs === 0) return;
    rmSync(join(this.dir, STALLS_FILE), { force: true });
    this.ends = [
      periodicTasks.every(FILE_EVERY_MS, () => this.look(performance.now())),
      periodicTasks.every(LINE_EVERY_MS, () => this.tell()),
    ];
  }

  /** The last of the file, and a line a lane of all its stalls. */
  stop(): void {
    for (const end of this.ends) end();
    if (this.thresholdUs === 0) return;
    this.write();
    for (const [i, reader] of this.readers.entries())
      this.log.of(`lane ${i}`).info(stallsText(reader.sums(), this.thresholdUs));
  }

  private tell(): void {
    for (const [i, reader] of this.readers.entries()) {
      const sums = reader.sums();
      const fresh = sums.map((sum, cause) => ({ ...sum, count: sum.count - this.told[i]![cause]!.count }));
      if (fresh.every(({ count }) => count === 0)) continue;
      this.log.of(`lane ${i}`).info(`in the last minute ${stallsText(fresh, this.thresholdUs)}`);
      this.told[i] = sums;
    }
  }

  private look(nowMs: number): void {
    if (nowMs - this.writtenMs < FILE_AGAIN_AFTER_MS) return;
    if (this.write()) this.writtenMs = nowMs;
  }

  /** Returns  whether there was something new, and it is in the file. */
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
      // A full disk has its own alarm; the next round tries again.
      return false;
    }
  }

  private document(): StallsDocument {
    return {
      thresholdUs: this.thresholdUs,
      lanes: this.readers.map((reader, lane) => ({
        lane,
        agents: this.plan.lanes[lane]!.place.agents,
        causes: reader.sums(),
        last: reader.records(),
      })),
    };
  }
}

/** How many stalls of which causes, the commonest first; the worst is that since the start. */
export function stallsText(sums: readonly CauseSum[], thresholdUs: number): string {
  const seen = sums.filter(({ count }) => count > 0).sort((a, b) => b.count - a.count);
  const count = seen.reduce((sum, one) => sum + one.count, 0);
  const over = `of more than ${thresholdUs.toLocaleString("en")} µs`;
  if (count === 0) return `no stalls ${over}`;
  const causes = seen.map((one) => `${one.cause} ${number(one.count)} (worst ${number(one.worstUs)} µs)`);
  return `${number(count)} ${count === 1 ? "stall" : "stalls"} ${over}: ${causes.join(", ")}`;
}

function number(value: number): string {
  return Math.round(value).toLocaleString("en");
}
