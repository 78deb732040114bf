import { isoText } from "../base/time-text.ts";
import { type Column, jsonValue, type Value } from "./column.ts";
import type { ReportWriter } from "./report-writer.ts";
import type { DayRange } from "./trading-day.ts";

/** One object with the day, the columns and the rows; a row is an object by the names of the columns. */
export class JsonWriter implements ReportWriter {
  private count = 0;

  constructor(
    private readonly output: (text: string) => void,
    kind: string,
    { day, fromUs, untilUs }: DayRange,
    private readonly columns: readonly Column<never>[],
  ) {
    const named = columns.map(({ name, type, source }) => ({ name, type, source }));
    const head = JSON.stringify({ kind, day, from: isoText(fromUs), until: isoText(untilUs), columns: named });
    output(`${head.slice(0, -1)},"rows":[`);
  }

  row(values: readonly Value[]): void {
    const entries = this.columns.map(({ name, type }, i) => [name, jsonValue(type, values[i]!)]);
    this.output(`${this.count++ === 0 ? "" : ","}\n${JSON.stringify(Object.fromEntries(entries))}`);
  }

  end(): void {
    this.output("\n]}\n");
  }
}
