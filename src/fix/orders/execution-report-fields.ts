// Made from src/record/layout/execution-report.ts by `npm run generate`.

import { REPORT_EXECUTION } from "../../record/codes.ts";
import type { ExecutionReport } from "../../record/execution-report.ts";
import type { ReportValues } from "./report-values.ts";

/**
 * Reads the fields that have no rule but their type's into a cleared record, whose kind is set.
 * Returns 0, or the tag of the one that is missing.
 */
export function readReportFields(values: ReportValues, report: ExecutionReport): number {
  const kind = report.kind;
  report.orderIdLength = values.id(37);
  values.copyId(report.views, report.orderIdAt);
  if (kind === REPORT_EXECUTION) {
    report.execIdLength = values.id(17);
    values.copyId(report.views, report.execIdAt);
    if (report.execIdLength === 0) return 17;
    report.quantity = values.whole(38);
    report.priceE8 = values.price(44);
    report.lastQty = values.whole(32);
    report.lastPxE8 = values.price(31);
    report.leavesQty = values.whole(151);
    report.cumQty = values.whole(14);
  }
  return 0;
}
