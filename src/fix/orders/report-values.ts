import { readDecimalE8, readWhole } from "../../base/decimal.ts";
import { ID_BYTES, putId } from "../../base/id.ts";
import { NO_PRICE } from "../../base/units.ts";
import type { Views } from "../../base/views.ts";
import type { Scanner } from "../wire/scan.ts";

/** Copies an id of a venue; one longer than 32 bytes keeps its last 32, which tell ids apart. Returns its length, 0 when absent. */
export function lastOf(scan: Scanner, fieldTag: number, views: Views, at: number): number {
  const field = scan.find(fieldTag);
  if (field < 0) return 0;
  const to = scan.ends[field]!;
  const from = Math.max(scan.starts[field]!, to - ID_BYTES);
  putId(views, at, scan.bytes, from, to);
  return to - from;
}

/** Whole units, 0 when absent or none. */
export function wholeOf(scan: Scanner, fieldTag: number): number {
  const field = scan.find(fieldTag);
  if (field < 0) return 0;
  const value = readWhole(scan.bytes, scan.starts[field]!, scan.ends[field]!);
  return value === value && value !== Number.POSITIVE_INFINITY ? value : 0;
}

/** A price in 1e-8, NO_PRICE when absent or none. */
export function priceOf(scan: Scanner, fieldTag: number): number {
  const field = scan.find(fieldTag);
  if (field < 0) return NO_PRICE;
  const value = readDecimalE8(scan.bytes, scan.starts[field]!, scan.ends[field]!);
  return value === value && value !== Number.POSITIVE_INFINITY ? value : NO_PRICE;
}
