import { stringify } from "csv-stringify/sync";
import { type Column, jsonValue, type Value } from "./column.ts";
import type { ReportWriter } from "./report-writer.ts";

const LINES_AT_ONCE = 256;
/** A text that a spreadsheet would take for a formula. */
const FORMULA = /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/;

/**
 * CSV as RFC 4180 has it, with a line of names. A text that a spreadsheet would take for a formula has an apostrophe before it; numbers
 * have none.
 */
export class CsvWriter implements ReportWriter {
  private lines: string[][];

  constructor(
    private readonly output: (text: string) => void,
    private readonly columns: readonly Column<never>[],
  ) {
    this.lines = [columns.map(({ name }) => name)];
  }

  row(values: readonly Value[]): void {
    this.lines.push(this.columns.map(({ type }, i) => cell(type === "text", jsonValue(type, values[i]!))));
    if (this.lines.length >= LINES_AT_ONCE) this.end();
  }

  end(): void {
    this.output(stringify(this.lines, { record_delimiter: "\r\n" }));
    this.lines = [];
  }
}

function cell(isText: boolean, value: string | number | boolean | null): string {
  const text = value === null ? "" : String(value);
  return isText && FORMULA.test(text) ? `'${text}` : text;
}
