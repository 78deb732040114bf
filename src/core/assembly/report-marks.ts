import {
  EXEC_FILL,
  EXEC_PARTIAL_FILL,
  EXEC_TRADE,
  MARK_KEEPS_HOLD,
  MARK_LATE,
  MARK_POSS_DUP,
  MARK_UNDATED,
  REPORT_EXECUTION,
  REPORT_RULES_BITS,
} from "../../record/codes.ts";
import { ExecutionReport } from "../../record/assembly/execution-report.ts";
import { findOrder } from "./find-order.ts";
import { isOpen } from "./life-cycle.ts";
import { beginInput } from "./locks.ts";
import { isPriced } from "./order-kinds.ts";
import { Order } from "./order.ts";
import { referredAt } from "./reference-sources.ts";

/** Clocks differ, and reports travel: an execution that is older than this came late. */
const LATE_US: f64 = 1_000_000;

/**
 * Marks a venue's report, on its way to the journal, with what its time and the prices of now decide: a replay takes the marks as they
 * stand. Reports of versions before have none, and are applied as those versions did.
 */
export function markReport(report: ExecutionReport, timeUs: f64): void {
  if (report.kind !== REPORT_EXECUTION) return;
  const marks = report.rules & (REPORT_RULES_BITS | MARK_POSS_DUP);
  const order = findOrder(report);
  if (order === null) {
    report.rules = marks;
    return;
  }
  beginInput(timeUs);
  report.rules = marks | timeMark(report, timeUs) | (losesPrice(order) ? MARK_KEEPS_HOLD : 0);
}

function timeMark(report: ExecutionReport, timeUs: f64): i32 {
  const execType = report.execType;
  if (execType !== EXEC_TRADE && execType !== EXEC_PARTIAL_FILL && execType !== EXEC_FILL) return 0;
  if (report.transactUs === 0) return (report.rules & MARK_POSS_DUP) === 0 ? 0 : MARK_UNDATED;
  return report.transactUs < timeUs - LATE_US ? MARK_LATE : 0;
}

function losesPrice(order: Order): bool {
  return isOpen(order.state) && order.reserved !== 0 && !isPriced(order.ordType) && referredAt(order.symbol).marketPrice === 0;
}
