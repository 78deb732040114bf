import { REPORT_CANCEL_REJECT } from "../../record/codes.ts";
import { ExecutionReport } from "../../record/assembly/execution-report.ts";
import { NOT_PENDING } from "../orders/states.ts";
import { Order } from "./order.ts";

// Which request of an order a venue's report is about, by the numbers of the ClOrdIDs that it names.

export function isOwn(order: Order, number: f64): bool {
  return number >= order.number && number <= order.lastNumber;
}

/** True when the report answers the pending request. */
export function isAnswer(order: Order, report: ExecutionReport): bool {
  const pending = order.pendingNumber;
  return pending !== 0 && (report.number === pending || report.requestNumber === pending);
}

/** True when the report answers the cancel or replace that was refused last for the venue's silence, or a cancel reject names nothing. */
export function isLateAnswer(order: Order, report: ExecutionReport): bool {
  const last = order.lastNumber;
  if (!order.isAnsweredFor || order.pending !== NOT_PENDING) return false;
  if (report.number === last || report.requestNumber === last) return true;
  return report.kind === REPORT_CANCEL_REJECT && report.number === 0 && report.requestNumber === 0;
}

/** The ClOrdID of the newest request when the report names that, else the one that the order goes by. */
export function newestOf(order: Order, report: ExecutionReport): i32 {
  const last = order.lastNumber;
  return report.number === last || report.requestNumber === last ? order.ids : order.currentId;
}

/** True when the report names no request that is over: the pending one, the order as it is now, or none at all. */
export function isOfToday(order: Order, report: ExecutionReport): bool {
  return isCurrent(order, report.number) && isCurrent(order, report.requestNumber);
}

function isCurrent(order: Order, number: f64): bool {
  return number === 0 || number === order.pendingNumber || number === order.currentNumber || number === order.number;
}

/** True when the report names the pending request, or nothing but the OrderID. */
export function isAboutPending(order: Order, report: ExecutionReport): bool {
  if (isAnswer(order, report)) return true;
  return order.pending !== NOT_PENDING && report.number === 0 && report.requestNumber === 0;
}
