import { expect } from "bun:test";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { isoText } from "../../src/base/time-text.ts";
import type { Column } from "../../src/reports/column.ts";

/** Rows of a Parquet file as JSON has them; decimals by their own bytes, as the reader's numbers are doubles. */
export async function parquetRows(
  bytes: Uint8Array,
  columns: readonly Pick<Column<never>, "name" | "type">[],
): Promise<Record<string, unknown>[]> {
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
  const metadata = parquetMetadata(file);
  expect(metadata.schema.slice(1).map(({ name }) => name)).toEqual(columns.map(({ name }) => name));
  for (const element of metadata.schema) {
    if (element.converted_type !== "DECIMAL") continue;
    expect([element.precision, element.scale, element.type_length]).toEqual([38, 8, 16]);
    // The reader leaves the bytes as they are.
    element.converted_type = undefined;
  }
  const parsers = {
    timestampFromMicroseconds: (us: bigint) => us,
    stringFromBytes: (text: Uint8Array) => new TextDecoder().decode(text),
  };
  const rows = await parquetReadObjects({ file, metadata, utf8: false, parsers: parsers as never });
  return rows.map((row) =>
    Object.fromEntries(columns.map(({ name, type }) => [name, plain(type, row[name] as never)])),
  );
}

function plain(type: string, value: Uint8Array | bigint | string | boolean | null): unknown {
  if (value === null || value === undefined) return null;
  if (type === "count") return Number(value as bigint);
  if (type === "time") return isoText(Number(value as bigint));
  if (type !== "decimal") return value;
  const digits = BigInt.asIntN(128, BigInt(`0x${Buffer.from(value as Uint8Array).toString("hex")}`));
  const size = String(digits < 0n ? -digits : digits).padStart(9, "0");
  const text = `${digits < 0n ? "-" : ""}${size.slice(0, -8)}.${size.slice(-8)}`;
  return text.replace(/\.?0+$/, "");
}
