import { decimalText } from "../base/decimal.ts";
import { isoText } from "../base/time-text.ts";

/**
 * What a column holds:
 *   time     microseconds since 1970       text   any text
 *   decimal  1e-8, exact                   flag   true or false
 *   count    a whole number
 */
export type ColumnType = "time" | "text" | "decimal" | "count" | "flag";
/** Null: there is none. */
export type Value = string | number | bigint | boolean | null;

/** One column of a report. */
export interface Column<Row> {
  readonly name: string;
  readonly type: ColumnType;
  /** Where it comes from, for readers of the report. */
  readonly source: string;
  readonly of: (row: Row) => Value;
}

/** A value as JSON has it: decimals and times are texts. */
export function jsonValue(type: ColumnType, value: Value): string | number | boolean | null {
  if (value === null) return null;
  if (type === "decimal") return decimalText(value as bigint);
  if (type === "time") return isoText(value as number);
  return value as string | number | boolean;
}
