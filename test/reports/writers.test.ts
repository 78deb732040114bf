import { describe, expect, test } from "bun:test";
import { NO_PRICE } from "../../src/base/units.ts";
import { type Column, jsonValue, type Value } from "../../src/reports/column.ts";
import type { ReportWriter } from "../../src/reports/report-writer.ts";
import { CsvWriter } from "../../src/reports/write-csv.ts";
import { JsonWriter } from "../../src/reports/write-json.ts";
import { ParquetReport } from "../../src/reports/write-parquet.ts";
import { fieldsOf } from "./csv.ts";
import { parquetRows } from "./parquet.ts";

const COLUMNS: readonly Column<never>[] = (["time", "text", "decimal", "count", "flag"] as const).map((type) => ({
  name: type,
  type,
  source: "this test",
  of: () => null,
}));

const TEXTS = [
  "",
  "AAPL",
  "=1+1",
  "+1",
  "-1",
  "@A1",
  "\tA",
  'say "so"',
  "a,b",
  "two\r\nlines",
  "\u00fc\u2713",
  "\uff1dA1",
  " =1",
];
const DECIMALS = [0n, 1n, -1n, 150_25000000n, -37_63000000n, 9_200_000_000_000_000_000n, NO_PRICE, 2n ** 126n - 1n];

/** Rows with every value, and with none. */
function rowsOf(count: number): Value[][] {
  return Array.from({ length: count }, (_, i) =>
    i % 7 === 6
      ? [null, null, null, null, null]
      : [1.7e15 + i, TEXTS[i % TEXTS.length]!, DECIMALS[i % DECIMALS.length]!, i * 1_000_003, i % 2 === 0],
  );
}

function written(make: (output: (bytes: Uint8Array) => void) => ReportWriter, rows: readonly Value[][]): Buffer {
  const chunks: Uint8Array[] = [];
  const writer = make((bytes) => chunks.push(bytes));
  for (const row of rows) writer.row(row);
  writer.end();
  return Buffer.concat(chunks);
}

const texts = (output: (bytes: Uint8Array) => void) => (text: string) => output(new TextEncoder().encode(text));

function objectsOf(rows: readonly Value[][]): Record<string, unknown>[] {
  return rows.map((row) => Object.fromEntries(COLUMNS.map(({ name, type }, i) => [name, jsonValue(type, row[i]!)])));
}

describe("rows", () => {
  test("are read back from Parquet exactly, over several row groups, and none", async () => {
    for (const count of [0, 1, 25_000]) {
      const rows = rowsOf(count);
      const bytes = written((output) => new ParquetReport(output, COLUMNS), rows);
      const found = await parquetRows(bytes, COLUMNS);
      const wanted = objectsOf(rows);
      expect(found.length).toBe(count);
      // One comparison of all takes seconds.
      expect(found.findIndex((row, i) => JSON.stringify(row) !== JSON.stringify(wanted[i]))).toBe(-1);
    }
  });

  test("are read back from CSV by its rules; no text is a formula there, and numbers stay numbers", () => {
    const rows = rowsOf(500);
    const [names, ...lines] = fieldsOf(written((output) => new CsvWriter(texts(output), COLUMNS), rows).toString());
    expect(names).toEqual(COLUMNS.map(({ name }) => name));
    for (const [i, line] of lines.entries()) {
      const wanted = COLUMNS.map(({ type }, at) => String(jsonValue(type, rows[i]![at]!) ?? ""));
      const text = wanted[1]!;
      if (/^[=+\-@\t\uff1d]/.test(text)) wanted[1] = `'${text}`;
      expect(line).toEqual(wanted);
    }
    expect(lines.length).toBe(500);
    expect(lines.map((line) => line[2])).toContain("-37.63");
  });

  test("are JSON with the day and what the columns mean", () => {
    const rows = rowsOf(20);
    const range = { day: "2023-11-14", fromUs: 0, untilUs: 86_400_000_000 };
    const text = written((output) => new JsonWriter(texts(output), "orders", range, COLUMNS), rows).toString();
    expect(JSON.parse(text)).toEqual({
      kind: "orders",
      day: "2023-11-14",
      from: "1970-01-01T00:00:00.000000Z",
      until: "1970-01-02T00:00:00.000000Z",
      columns: COLUMNS.map(({ name, type, source }) => ({ name, type, source })),
      rows: objectsOf(rows),
    } as never);
  });
});
