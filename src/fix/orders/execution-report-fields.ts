// Made from src/record/layout/execution-report.ts by `npm run generate`.

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
    values.quantity(38, 8, report.views, report.quantityIndex);
    values.price(44, 64, report.views, report.priceE8Index);
    report.timeInForce = values.char(59);
    values.quantity(32, 16, report.views, report.lastQtyIndex);
    values.price(31, 32, report.views, report.lastPxE8Index);
    values.quantity(151, 2, report.views, report.leavesQtyIndex);
    values.quantity(14, 1, report.views, report.cumQtyIndex);
    values.average(6, 4, report.views, report.avgPxE8Index);
    report.symbolLength = values.id(55);
    values.copyId(report.views, report.symbolAt);
  }
  report.accountLength = values.id(1);
  values.copyId(report.views, report.accountAt);
}
