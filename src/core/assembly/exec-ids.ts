import { EXEC_FILL, EXEC_PARTIAL_FILL, EXEC_TRADE, EXEC_TRADE_CANCEL, EXEC_TRADE_CORRECT } from "../../record/codes.ts";
import { ExecutionReport } from "../../record/assembly/execution-report.ts";
import { copyId } from "../../record/assembly/ids.ts";
import { NO_PRICE } from "../../record/assembly/units.ts";
import { double } from "./area.ts";
import { LAST_PX, LAST_QTY } from "./codes.ts";
import { copyCounter, lengthOfCounter, turnTo } from "./decimal.ts";
import {
  addChange,
  addExecution,
  addLookedFor,
  foundPrice,
  foundQuantity,
  hasExecution,
  lookUpExecution,
  reportedAs,
} from "./executions.ts";
import { EXECUTION, REFERENCE, REFERENCE_DIGITS } from "./layout.ts";
import { Order } from "./order.ts";

// ExecIDs (17) of venues' reports and what they executed, by report.

/**
 * Who an ExecID belongs to: venues may use one again for a report of another kind (17=0 in all that are no trade).
 */
function ownerOf(venue: i32, execType: i32): i32 {
  return isTrade(execType) ? venue : venue + (execType << 16);
}

// @ts-ignore: decorator
@inline
function isTrade(execType: i32): bool {
  return execType === EXEC_TRADE || execType === EXEC_PARTIAL_FILL || execType === EXEC_FILL;
}

/** True when the report was applied before. One without ExecID always counts as new. */
export function isKnown(order: Order, report: ExecutionReport): bool {
  const length = report.execIdLength;
  if (length === 0) return false;
  return hasExecution(order, report.execIdAt, length, ownerOf(order.venue, report.execType));
}

/** Tag of the first number in which a trade that is known differs from what it comes to; 0: none. */
export function otherThanBefore(order: Order, report: ExecutionReport): i32 {
  const owner = ownerOf(order.venue, report.execType);
  if (!lookUpExecution(order, report.execIdAt, report.execIdLength, owner)) return 0;
  if (foundQuantity() === 0) return 0;
  if (report.lastQty !== foundQuantity()) return LAST_QTY;
  const price = report.lastPxE8;
  // 0 may have been taken for none.
  return price === foundPrice() || (price === 0 && foundPrice() === NO_PRICE) ? 0 : LAST_PX;
}

/** Remembers that the report is applied, and will be told to the client next. */
export function remember(order: Order, report: ExecutionReport, quantity: i64, priceE8: i64): void {
  const length = report.execIdLength;
  if (length === 0) return;
  const owner = ownerOf(order.venue, report.execType);
  addExecution(order, report.execIdAt, length, owner, double(EXECUTION) + 1, quantity, priceE8);
}

/** The same of a report of which `isKnown` has just said that it is not. */
export function rememberNew(order: Order, report: ExecutionReport, quantity: i64, priceE8: i64): void {
  if (report.execIdLength > 0) addLookedFor(order, double(EXECUTION) + 1, quantity, priceE8);
}

/** The same of a bust or correction of the execution that `lookUp` has found. */
export function rememberChange(order: Order, report: ExecutionReport): void {
  const length = report.execIdLength;
  if (length === 0) return;
  const owner = ownerOf(order.venue, report.execType);
  addChange(order, report.execIdAt, length, owner, double(EXECUTION) + 1);
}

/** Looks up what the execution of ExecRefID (19) comes to: a fill, or one of its corrections. False when it is not known. */
export function lookUp(order: Order, report: ExecutionReport): bool {
  const length = report.execRefIdLength;
  if (length === 0) return false;
  const at = report.execRefIdAt;
  const venue = order.venue;
  if (lookUpExecution(order, at, length, ownerOf(venue, EXEC_TRADE))) return true;
  if (lookUpExecution(order, at, length, ownerOf(venue, EXEC_TRADE_CORRECT))) return true;
  return lookUpExecution(order, at, length, ownerOf(venue, EXEC_TRADE_CANCEL));
}

/** ExecRefID: the ExecID that the client knows, or the venue's where that is no longer known. */
export function refer(order: Order, report: ExecutionReport, reply: ExecutionReport): void {
  const length = report.execRefIdLength;
  if (length === 0) return;
  const at = report.execRefIdAt;
  const reported = reportedBefore(order, at, length);
  if (reported === 0) {
    reply.execRefIdLength = length;
    copyId(reply.execRefIdAt, at, length);
    return;
  }
  turnTo(REFERENCE, REFERENCE_DIGITS, reported);
  reply.execRefIdLength = lengthOfCounter(REFERENCE_DIGITS);
  copyCounter(REFERENCE_DIGITS, reply.execRefIdAt);
}

function reportedBefore(order: Order, at: usize, length: i32): f64 {
  const venue = order.venue;
  const fill = reportedAs(order, at, length, ownerOf(venue, EXEC_TRADE));
  if (fill !== 0) return fill;
  const correction = reportedAs(order, at, length, ownerOf(venue, EXEC_TRADE_CORRECT));
  return correction !== 0 ? correction : reportedAs(order, at, length, ownerOf(venue, EXEC_TRADE_CANCEL));
}
