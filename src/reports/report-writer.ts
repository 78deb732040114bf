import type { Value } from "./column.ts";

/** Writes the rows of one report in a format. */
export interface ReportWriter {
  /** A value for each column. */
  row(values: readonly Value[]): void;
  end(): void;
}
