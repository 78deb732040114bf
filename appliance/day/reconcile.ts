import { readFileSync } from "node:fs";
import { readConfig } from "../../src/config/config-file.ts";
import { type Column, jsonValue, type Value } from "../../src/reports/column.ts";
import { DayRows } from "../../src/reports/day-rows.ts";
import { compareExecutions, DIFFERENCES, type Difference } from "../../src/reports/reconcile/compare.ts";
import { type DropCopyColumns, readDropCopy } from "../../src/reports/reconcile/drop-copy.ts";
import type { ReportSeen } from "../../src/reports/seen.ts";
import { dayAt, dayRange } from "../../src/reports/trading-day.ts";
import { CsvWriter } from "../../src/reports/write-csv.ts";
import { failed, toStderr, toStdout } from "../journal/output.ts";
import { streamsOf } from "../journal/streams.ts";
import { columns as aligned } from "../terminal/columns.ts";
import { writeWhole } from "./write-whole.ts";

const OK = 0;
const FAILED = 1;
/** It was compared, and there are differences. */
const DIFFERENT = 3;

export interface ReconcileOptions {
  readonly configFile: string;
  readonly dataDir?: string;
  /** The venue's file. */
  readonly file: string;
  readonly venue: string;
  readonly day?: string;
  readonly columns: DropCopyColumns;
  /** File for the differences as CSV. */
  readonly out?: string;
}

/**
 * Compares a venue's file of executions with those of the journal.
 * Returns  the process's exit code: 3 when there are differences.
 */
export async function reconcileCommand(options: ReconcileOptions): Promise<number> {
  const { configFile, file, venue, out } = options;
  const { config, problems } = readConfig(configFile);
  if (config === undefined) {
    toStderr(`${problems[0]?.where}: ${problems[0]?.what} (see: sallyport check --config ${configFile})`);
    return FAILED;
  }
  try {
    if (config.venues[venue] === undefined)
      throw new Error(`--venue: expected one of ${Object.keys(config.venues).join(", ")}, got ${venue}`);
    const { tradingDay } = config.core;
    const range = dayRange(options.day ?? dayAt(Date.now() * 1000, tradingDay), tradingDay);
    const dir = options.dataDir ?? config.gateway.data;
    streamsOf(dir);
    const theirs = read(file, options.columns);
    const ours: ReportSeen[] = [];
    new DayRows(dir, range).read("executions", (row) => {
      const seen = row as ReportSeen;
      if (seen.venue === venue) ours.push(seen);
    });
    const found = compareExecutions(ours, theirs);
    if (out !== undefined) writeWhole(out, (output) => writeCsv(found, output));
    else for (const line of lines(found)) if (!toStdout(`${line}\n`)) break;
    const counts = `${theirs.length} executions in ${file}, ${ours.length} in the journal`;
    toStderr(`${venue}, ${range.day}: ${counts}; ${found.length === 0 ? "no" : found.length} differences`);
    return found.length === 0 ? OK : DIFFERENT;
  } catch (error) {
    return failed(error);
  }
}

function read(file: string, columns: DropCopyColumns): ReturnType<typeof readDropCopy> {
  try {
    return readDropCopy(readFileSync(file, "utf8"), columns);
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`);
  }
}

function valuesOf(row: Difference): Value[] {
  return DIFFERENCES.map((column) => column.of(row));
}

function writeCsv(found: readonly Difference[], output: (bytes: Uint8Array) => void): void {
  const text = (line: string): void => output(new TextEncoder().encode(line));
  const writer = new CsvWriter(text, DIFFERENCES as readonly Column<never>[]);
  for (const row of found) writer.row(valuesOf(row));
  writer.end();
}

function lines(found: readonly Difference[]): string[] {
  if (found.length === 0) return [];
  const rows = found.map((row) =>
    valuesOf(row).map((value, i) => String(jsonValue(DIFFERENCES[i]!.type, value) ?? "").replaceAll(/[^ -~]/g, "?")),
  );
  const names = DIFFERENCES.map(({ name }) => name);
  return aligned(
    [names, ...rows],
    names.map((_, i) => i),
  ).map((line) => line.trimEnd());
}
