import { MOST_E8, NO_PRICE, UNIT_E8 } from "../base/units.ts";
import type { Views } from "../base/views.ts";
import type { Control } from "./control.ts";
import { CONTROL_REFERENCE_PRICE } from "./control-codes.ts";
import type { ExecutionReport } from "./execution-report.ts";
import { EXECUTION_REPORT } from "./layout/execution-report.ts";
import { ORDER_REQUEST } from "./layout/order-request.ts";
import type { Row } from "./layout/row.ts";
import type { OrderRequest } from "./order-request.ts";

// Numbers of the versions whose records and snapshots had doubles: quantities in whole units, prices in 1e-8, up to 2^53.

/** Their NO_PRICE. */
export const FORMER_NO_PRICE = -Number.MAX_SAFE_INTEGER;

/** A quantity, in 1e-8; null when it is above the largest one. */
export function exactQuantity(former: number): bigint | null {
  const value = BigInt(Math.trunc(former)) * UNIT_E8;
  return value > MOST_E8 ? null : value;
}

export function exactPrice(former: number): bigint {
  return former === FORMER_NO_PRICE ? NO_PRICE : BigInt(former);
}

/** Makes the prices and quantities of a request exact, in their place. No order ever had a quantity above the largest one: it is 0. */
export function exactRequest({ views, at }: OrderRequest): void {
  for (const row of ORDER_REQUEST.rows) exact(row, views, at);
}

/** The same of a report. A quantity above the largest one is what the record does not hold. */
export function exactReport(report: ExecutionReport): void {
  for (const row of EXECUTION_REPORT.rows) {
    if (exact(row, report.views, report.at)) continue;
    report.stated &= ~row.stated!;
    if (report.unheldTag === 0) report.unheldTag = row.tag!;
  }
}

/** Returns false when it is a quantity that is not held. */
function exact({ type, at }: Row, views: Views, recordAt: number): boolean {
  const index = (recordAt + at) >> 3;
  if (type === "price") views.longs[index] = exactPrice(views.doubles[index]!);
  if (type !== "quantity") return true;
  const value = exactQuantity(views.doubles[index]!);
  views.longs[index] = value ?? 0n;
  return value !== null;
}

/** The same of a reference price that an operator has set; 0: none. */
export function exactControl(control: Control): void {
  if (control.kind === CONTROL_REFERENCE_PRICE)
    control.price = control.amount === 0 ? NO_PRICE : exactPrice(control.amount);
}
