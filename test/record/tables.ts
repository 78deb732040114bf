import { Views } from "../../src/base/views.ts";
import { ExecutionReport } from "../../src/record/execution-report.ts";
import { EXECUTION_REPORT } from "../../src/record/layout/execution-report.ts";
import { ORDER_REQUEST } from "../../src/record/layout/order-request.ts";
import type { RecordTable, Row } from "../../src/record/layout/row.ts";
import { OrderRequest } from "../../src/record/order-request.ts";

// The tables of the records, with the views made of them.

/** A view, as something whose getters and setters are found by name. */
export interface AnyRecord {
  at: number;
  readonly bytes: Uint8Array;
  aim(at: number): AnyRecord;
  clear(): void;
  take(views: Views, from: number, length: number): AnyRecord;
  [name: string]: unknown;
}

export const TABLES: readonly { readonly table: RecordTable; readonly make: (views: Views) => AnyRecord }[] = [
  { table: ORDER_REQUEST, make: (views) => new OrderRequest(views) as unknown as AnyRecord },
  { table: EXECUTION_REPORT, make: (views) => new ExecutionReport(views) as unknown as AnyRecord },
];

export const isSized = ({ type }: Row): boolean => type === "id" || type === "text";

export const isLong = ({ type }: Row): boolean => type === "quantity" || type === "price";

/** Most bytes of an id or a text. */
export const roomOf = (row: Row): number => row.bytes ?? 64;

/** A separate record, cleared. */
export function fresh(make: (views: Views) => AnyRecord): AnyRecord {
  const record = make(Views.allocate(1024)).aim(0);
  record.bytes.fill(0x77);
  record.clear();
  return record;
}

function placeOf(record: AnyRecord, row: Row): number {
  return record[`${row.name}At`] as number;
}

/** Sets an id or a text. */
export function putText(record: AnyRecord, row: Row, text: string): void {
  record[`${row.name}Length`] = text.length;
  const at = placeOf(record, row);
  if (row.type === "id") record.bytes.fill(0, at, at + (text.length > 32 ? 64 : 32));
  record.bytes.set(Buffer.from(text, "latin1"), at);
}

export function textOf(record: AnyRecord, row: Row): string {
  const at = placeOf(record, row);
  return Buffer.from(record.bytes.subarray(at, at + (record[`${row.name}Length`] as number))).toString("latin1");
}
