// Made from src/record/layout/execution-report.ts by `npm run generate`.

import { NO_PRICE } from "../../base/units.ts";
import { REPORT_EXECUTION } from "../../record/codes.ts";
import type { ExecutionReport } from "../../record/execution-report.ts";
import type { ReportValues } from "./report-values.ts";

/**
 * Reads the fields that have no rule but their type's into a cleared record, whose kind is set.
 * What it can't hold exactly is noted by the reader.
 */
export function readReportFields(values: ReportValues, report: ExecutionReport): void {
  const kind = report.kind;
  report.orderIdLength = values.id(37);
  values.copyId(report.views, report.orderIdAt);
  if (kind === REPORT_EXECUTION) {
    report.execIdLength = values.id(17);
    values.copyId(report.views, report.execIdAt);
    report.side = values.char(54);
    report.ordType = values.char(40);
    report.quantity = values.whole(38, 8, 0);
    report.priceE8 = values.price(44, 64, NO_PRICE);
    report.timeInForce = values.char(59);
    report.lastQty = values.whole(32, 16, 0);
    report.lastPxE8 = values.price(31, 32, NO_PRICE);
    report.leavesQty = values.whole(151, 2, 0);
    report.cumQty = values.whole(14, 1, 0);
    report.avgPxE8 = values.price(6, 4, 0);
    report.symbolLength = values.id(55);
    values.copyId(report.views, report.symbolAt);
  }
  report.accountLength = values.id(1);
  values.copyId(report.views, report.accountAt);
}
