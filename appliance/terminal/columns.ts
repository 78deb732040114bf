import type { CauseSum } from "../../src/stalls/reader.ts";

/** Aligns rows in columns: words to the left, figures to the right. */
export function columns(rows: readonly string[][], words: readonly number[] = [0]): string[] {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  const cell = (text: string, i: number): string =>
    words.includes(i) ? text.padEnd(widths[i]!) : text.padStart(widths[i]!);
  return rows.map((row) => row.map(cell).join("  "));
}

export function us(value: number): string {
  if (value > 0 && value < 1) return `${Math.round(value * 1000)} ns`;
  return `${value < 100 ? value.toFixed(1) : counted(value)} µs`;
}

export function counted(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** Causes of stalls as rows of cause, count, total and worst. */
export function causeRows(causes: readonly CauseSum[]): string[][] {
  return causes.map(({ cause, count, totalUs, worstUs }) => [
    cause,
    counted(count),
    us(totalUs),
    count === 0 ? "" : us(worstUs),
  ]);
}
