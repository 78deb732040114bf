// Reports in journals of versions that did not pass every report on. A replay must lead to as many outputs as that version sent,
// so that what it left out stays left out.

import {
  EXEC_CANCELED,
  EXEC_DONE_FOR_DAY,
  EXEC_EXPIRED,
  EXEC_NEW,
  EXEC_PENDING_CANCEL,
  EXEC_PENDING_REPLACE,
  EXEC_REJECTED,
  EXEC_REPLACED,
  EXEC_RESTATED,
  EXEC_TRADE,
  EXEC_TRADE_CANCEL,
  EXEC_TRADE_CORRECT,
  REPORT_CANCEL_REJECT,
  REPORT_NOT_TAKEN,
} from "../../record/codes.ts";
import { ExecutionReport } from "../../record/assembly/execution-report.ts";
import { NO_PRICE } from "../../record/assembly/units.ts";
import {
  DONE_FOR_DAY,
  FILLED,
  NEW,
  PENDING_CANCEL,
  PENDING_NEW,
  PENDING_REPLACE,
  REJECTED,
} from "../orders/states.ts";
import { isOpen } from "./life-cycle.ts";
import { Order } from "./order.ts";

/** True for a record of such a version: it had the gateway's own time, which has no digits. */
export function isFormer(report: ExecutionReport): bool {
  return report.transactUs !== 0 && report.transactDigits === 0 && report.kind !== REPORT_NOT_TAKEN;
}

/** True when that version changed nothing for it and told nobody. `answers`: it names the order's pending request. */
export function wasLeftOut(order: Order, report: ExecutionReport, answers: bool): bool {
  const execType = report.execType;
  const state = order.state;
  const isWorking = isOpen(state);
  if (report.kind === REPORT_CANCEL_REJECT) return !answers;
  if (execType === EXEC_TRADE) return state === FILLED || state === REJECTED || !isFill(order, report);
  if (execType === EXEC_NEW) return state !== PENDING_NEW;
  if (execType === EXEC_CANCELED || execType === EXEC_EXPIRED) return !isWorking && state !== DONE_FOR_DAY;
  if (execType === EXEC_DONE_FOR_DAY) return !isWorking;
  if (execType === EXEC_REJECTED) return state !== PENDING_NEW && state !== NEW;
  if (execType === EXEC_REPLACED) return !isWorking || order.pending !== PENDING_REPLACE || !answers;
  if (execType === EXEC_RESTATED) {
    const quantity = report.quantity !== 0 ? report.quantity : order.quantity;
    return !isWorking || quantity <= order.cumQty;
  }
  if (execType === EXEC_TRADE_CANCEL) return state === PENDING_NEW || state === NEW || state === REJECTED;
  if (execType === EXEC_PENDING_CANCEL) return !isWorking || order.pending !== PENDING_CANCEL;
  if (execType === EXEC_PENDING_REPLACE) return !isWorking || order.pending !== PENDING_REPLACE;
  return execType !== EXEC_TRADE_CORRECT;
}

function isFill(order: Order, report: ExecutionReport): bool {
  const quantity = report.lastQty;
  return (
    quantity > 0 && quantity <= order.quantity - order.cumQty && report.lastPxE8 !== NO_PRICE && report.lastPxE8 >= 0
  );
}
