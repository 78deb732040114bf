import { text } from "../base/ascii.ts";
import { decimalText } from "../base/decimal.ts";
import { NO_PRICE } from "../base/units.ts";
import { TimestampWriter } from "../fix/wire/timestamp.ts";
import * as codes from "../record/codes.ts";
import type { RecordTable, Row } from "../record/layout/row.ts";

/** A view of the table's record. */
interface RecordView {
  readonly at: number;
  readonly kind: number;
  readonly bytes: Uint8Array;
}

/** Type of the message that the record stands for; undefined: it stands for none. */
export function messageType({ kinds }: RecordTable, { kind }: RecordView): string | undefined {
  const values: Readonly<Record<string, unknown>> = codes;
  return Object.keys(kinds).find((type) => values[kinds[type]!] === kind);
}

/** Two numbers, and no text. */
const FACTOR = "factor";

/** The fields that came with a message of that type, as `tag=value`, in the table's order. */
export function recordFields(table: RecordTable, record: RecordView, type: string): string[] {
  return table.rows
    .filter(({ of, toClient, name }) => of?.includes(type) && !toClient && name !== FACTOR)
    .map((row) => ({ row, value: valueText(row, record) }))
    .filter(({ value }) => value !== "")
    .map(({ row, value }) => `${row.tag ?? row.name}=${value}`);
}

/** A row's value as FIX writes it; empty when it is absent. */
function valueText(row: Row, record: RecordView): string {
  const numbers = record as unknown as Readonly<Record<string, number>>;
  if (row.type === "id" || row.type === "text") {
    const from = row.type === "id" ? numbers[`${row.name}At`]! : record.at + row.at;
    return text(record.bytes, from, from + numbers[`${row.name}Length`]!);
  }
  if (row.type === "quantity" || row.type === "price")
    return longText(row, (record as unknown as Readonly<Record<string, bigint>>)[row.name]!, numbers);
  const value = numbers[row.name]!;
  if (row.type === "time") return timeText(value, numbers[row.name.replace("Us", "Digits")]!);
  if (value === 0 && !row.zero) return "";
  if (row.type === "flag") return "Y";
  return row.type === "char" ? String.fromCharCode(value) : String(value);
}

function longText(row: Row, value: bigint, numbers: Readonly<Record<string, number>>): string {
  const isStated = row.stated !== undefined && (numbers.stated! & row.stated) !== 0;
  const isUnsaid =
    value === 0n && !isStated && (row.zeroPrice === true || (row.stated !== undefined && !isFormer(numbers)));
  if (isUnsaid || value === NO_PRICE) return "";
  if (row.type === "quantity" && value === 0n && !row.zero && !isStated) return "";
  return decimalText(value);
}

/** True for a record of versions that did not keep which numbers a report has: their time has no digits. */
function isFormer(numbers: Readonly<Record<string, number>>): boolean {
  return numbers.transactUs !== 0 && numbers.transactDigits === 0;
}

/** A UTCTimestamp of microseconds since 1970, with the decimals that `digits` says (record/layout/row.ts). */
function timeText(us: number, digits: number): string {
  if (digits === 0) return "";
  const bytes = new Uint8Array(32);
  return text(bytes, 0, new TimestampWriter(digits - 1).put(bytes, 0, us));
}
