import { readConfig } from "../../src/config/config-file.ts";
import type { ReportFormat, ReportKind } from "../../src/operation/reports.ts";
import { makeReport } from "../../src/reports/job.ts";
import { dayAt, dayRange } from "../../src/reports/trading-day.ts";
import { bytesToStdout, failed, toStderr } from "../journal/output.ts";
import { streamsOf } from "../journal/streams.ts";
import { writeWhole } from "./write-whole.ts";

const OK = 0;
const FAILED = 1;

export interface ReportOptions {
  readonly configFile: string;
  /** Replaces gateway.data of the configuration. */
  readonly dataDir?: string;
  readonly kind: ReportKind;
  /** YYYY-MM-DD; by default the trading day of now. */
  readonly day?: string;
  readonly format: ReportFormat;
  /** File to write; by default the standard output. */
  readonly out?: string;
}

/**
 * Makes a report of a trading day from a journal; works beside a gateway that writes it.
 * Returns  the process's exit code.
 */
export async function reportCommand(options: ReportOptions): Promise<number> {
  const { configFile, kind, format, out } = options;
  const { config, problems } = readConfig(configFile);
  if (config === undefined) {
    toStderr(`${problems[0]?.where}: ${problems[0]?.what} (see: sallyport check --config ${configFile})`);
    return FAILED;
  }
  try {
    const { tradingDay } = config.core;
    const range = dayRange(options.day ?? dayAt(Date.now() * 1000, tradingDay), tradingDay);
    const dir = options.dataDir ?? config.gateway.data;
    streamsOf(dir);
    const job = { dir, kind, range, format };
    if (out === undefined) makeReport(job, (bytes) => void bytesToStdout(bytes));
    else {
      const rows = writeWhole(out, (output) => makeReport(job, output));
      toStderr(`${out}: ${kind} of ${range.day}, ${rows.toLocaleString("en")} ${rows === 1 ? "row" : "rows"}`);
    }
    return OK;
  } catch (error) {
    return failed(error);
  }
}
