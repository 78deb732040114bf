import type { Ends } from "../audit/read.ts";
import type { ReportFormat, ReportKind } from "../operation/reports.ts";
import type { Column, Value } from "./column.ts";
import { COLUMNS, DayRows } from "./day-rows.ts";
import type { ReportWriter } from "./report-writer.ts";
import type { DayRange } from "./trading-day.ts";
import { CsvWriter } from "./write-csv.ts";
import { JsonWriter } from "./write-json.ts";
import { ParquetReport } from "./write-parquet.ts";

/** A report to make; plain data. */
export interface ReportJob {
  readonly dir: string;
  readonly kind: ReportKind;
  readonly range: DayRange;
  readonly format: ReportFormat;
  /** Ends of the streams; absent: as far as they go. */
  readonly until?: Ends;
}

const CHUNK_BYTES = 64 * 1024;

/** Makes a report; `output` gets its bytes. Returns the number of rows. Throws a problem of the journal. */
export function makeReport(
  { dir, kind, range, format, until }: ReportJob,
  output: (bytes: Uint8Array) => void,
): number {
  const columns: readonly Column<unknown>[] = COLUMNS[kind];
  const chunks = new Chunks(output);
  const writer = writerOf(format, chunks, kind, range, columns as readonly Column<never>[]);
  let rows = 0;
  new DayRows(dir, range, until).read(kind, (row) => {
    rows++;
    writer.row(columns.map((column): Value => column.of(row)));
  });
  writer.end();
  chunks.flush();
  return rows;
}

function writerOf(
  format: ReportFormat,
  chunks: Chunks,
  kind: ReportKind,
  range: DayRange,
  columns: readonly Column<never>[],
): ReportWriter {
  if (format === "parquet") return new ParquetReport((bytes) => chunks.bytes(bytes), columns);
  const text = (line: string): void => chunks.text(line);
  return format === "csv" ? new CsvWriter(text, columns) : new JsonWriter(text, kind, range, columns);
}

/** Gathers texts into chunks. */
class Chunks {
  private rest = "";

  constructor(private readonly output: (bytes: Uint8Array) => void) {}

  text(text: string): void {
    this.rest += text;
    if (this.rest.length >= CHUNK_BYTES) this.flush();
  }

  bytes(bytes: Uint8Array): void {
    this.output(bytes);
  }

  flush(): void {
    if (this.rest !== "") this.output(new TextEncoder().encode(this.rest));
    this.rest = "";
  }
}
