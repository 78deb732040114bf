import type { CauseSum } from "../src/telemetry/stall-reader.ts";

/** Rows with their cells one below the other; all but the first cell are figures. */
export function columns(rows: readonly string[][]): string[] {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  return rows.map((row) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join("  "),
  );
}

export function us(value: number): string {
  if (value > 0 && value < 1) return `${Math.round(value * 1000)} ns`;
  return `${value < 100 ? value.toFixed(1) : counted(value)} µs`;
}

export function counted(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** What stalls are put down to, as rows of cause, count, total and worst. */
export function causeRows(causes: readonly CauseSum[]): string[][] {
  return causes.map(({ cause, count, totalUs, worstUs }) => [
    cause,
    counted(count),
    us(totalUs),
    count === 0 ? "" : us(worstUs),
  ]);
}
