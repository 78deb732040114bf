// Made from src/record/layout/execution-report.ts by `npm run generate`.

import { REPORT_EXECUTION } from "../../record/codes.ts";
import { type ExecutionReport, REPORT_EXEC_ID_AT, REPORT_ORDER_ID_AT } from "../../record/execution-report.ts";
import type { Scanner } from "../wire/scan.ts";
import { lastOf, priceOf, wholeOf } from "./report-values.ts";

/**
 * Reads the fields that have no rule but their type's into a cleared record, whose kind is set.
 * Returns 0, or the tag of the one that is missing.
 */
export function readReportFields(scan: Scanner, report: ExecutionReport): number {
  const kind = report.kind;
  report.orderIdLength = lastOf(scan, 37, report.views, report.at + REPORT_ORDER_ID_AT);
  if (kind === REPORT_EXECUTION) {
    report.execIdLength = lastOf(scan, 17, report.views, report.at + REPORT_EXEC_ID_AT);
    if (report.execIdLength === 0) return 17;
    report.quantity = wholeOf(scan, 38);
    report.priceE8 = priceOf(scan, 44);
    report.lastQty = wholeOf(scan, 32);
    report.lastPxE8 = priceOf(scan, 31);
    report.leavesQty = wholeOf(scan, 151);
    report.cumQty = wholeOf(scan, 14);
  }
  return 0;
}
