import { ExecutionReport } from "../../record/assembly/execution-report.ts";
import { FREE } from "../orders/states.ts";
import { isOwn } from "./answers.ts";
import { word } from "./area.ts";
import { NONE } from "./codes.ts";
import { FRESH } from "./layout.ts";
import { Order, orderAt } from "./order.ts";
import { byOrderId } from "./order-ids.ts";

/** Finds the order by the ClOrdID that the venue named, else by OrderID (37). */
export function findOrder(report: ExecutionReport): Order | null {
  const order = findByNumber(report);
  if (order !== null) return order;
  const found = byOrderId(report.orderIdAt, report.session, report.orderIdLength);
  return found === NONE ? null : orderAt(found);
}

/** Finds the order by slot, where venue and request number must match. */
export function findByNumber(report: ExecutionReport): Order | null {
  const slot = report.slot;
  if (<u32>slot >= <u32>word(FRESH)) return null;
  const order = orderAt(slot);
  if (order.state === FREE || order.venue !== report.session) return null;
  return isOwn(order, report.number) || isOwn(order, report.requestNumber) ? order : null;
}
