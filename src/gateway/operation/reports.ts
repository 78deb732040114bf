import type { TradingDay } from "../../config/core.ts";
import { JournalUnread } from "../../operation/journal.ts";
import type { ReportFormat, ReportKind, Reports } from "../../operation/reports.ts";
import type { ReportJob } from "../../reports/job.ts";
import { type DayRange, dayAt, dayRange } from "../../reports/trading-day.ts";
import type { RunningJournal } from "./journal.ts";
import type { ReaderProcesses } from "./reader-processes.ts";

/** A report of a long day takes minutes, at the lowest priority. */
const MADE_WITHIN_MS = 600_000;

/** Makes reports of this gateway's journal in other processes. */
export class RunningReports implements Reports {
  constructor(
    private readonly dir: string,
    private readonly tradingDay: TradingDay,
    private readonly journal: RunningJournal,
    private readonly readers: ReaderProcesses,
  ) {}

  today(): string {
    return dayAt(Date.now() * 1000, this.tradingDay);
  }

  async make(
    kind: ReportKind,
    day: string,
    format: ReportFormat,
    gone?: AbortSignal,
  ): Promise<ReadableStream<Uint8Array>> {
    const range = this.rangeOf(day);
    const job: ReportJob = { dir: this.dir, kind, range, format, until: await this.journal.ends() };
    return this.readers.stream("audit", job, MADE_WITHIN_MS, gone);
  }

  private rangeOf(day: string): DayRange {
    try {
      return dayRange(day, this.tradingDay);
    } catch (error) {
      throw new JournalUnread("invalid", (error as Error).message);
    }
  }
}
