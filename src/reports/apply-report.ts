import * as codes from "../record/codes.ts";
import type { Fill, Order, OrderState } from "./order.ts";
import type { ReportSeen } from "./seen.ts";

const TRADES: readonly number[] = [codes.EXEC_TRADE, codes.EXEC_PARTIAL_FILL, codes.EXEC_FILL];
const CHANGES: readonly number[] = [codes.EXEC_TRADE_CORRECT, codes.EXEC_TRADE_CANCEL];

/** What ends an order without a trade. */
const ENDS: Readonly<Record<number, OrderState>> = {
  [codes.EXEC_CANCELED]: "canceled",
  [codes.EXEC_REJECTED]: "rejected",
  [codes.EXEC_EXPIRED]: "expired",
  [codes.EXEC_DONE_FOR_DAY]: "done-for-day",
};

function isTrade({ kind, execType }: ReportSeen): boolean {
  return kind === codes.REPORT_EXECUTION && TRADES.includes(execType);
}

/** A trade, its correction or its bust. */
export function isExecution(seen: ReportSeen): boolean {
  return isTrade(seen) || (seen.kind === codes.REPORT_EXECUTION && CHANGES.includes(seen.execType));
}

/** Changes an order as the core has done when it took the report. */
export function applyReport(order: Order, seen: ReportSeen): void {
  order.changedUs = seen.timeUs;
  if (seen.kind === codes.REPORT_NOT_TAKEN) {
    if (order.state === "pending-new" && seen.requestNumber === 0) order.state = "rejected";
    order.replaces.delete(seen.requestNumber);
    return;
  }
  if (seen.kind === codes.REPORT_CANCEL_REJECT) {
    order.replaces.delete(seen.requestNumber);
    return;
  }
  if (isExecution(seen)) execute(order, seen);
  const end = ENDS[seen.execType];
  if (end !== undefined) order.state = end;
  else if (seen.execType === codes.EXEC_NEW && order.state === "pending-new") order.state = "new";
  else if (seen.execType === codes.EXEC_REPLACED) replace(order, seen);
  else if (seen.execType === codes.EXEC_RESTATED) restate(order, seen);
}

function execute(order: Order, seen: ReportSeen): void {
  const isChange = CHANGES.includes(seen.execType);
  const before = isChange ? order.fills.get(seen.execRefId) : undefined;
  if (isChange) order.fills.delete(seen.execRefId);
  const after = seen.execType === codes.EXEC_TRADE_CANCEL ? undefined : fillOf(seen);
  if (after !== undefined) order.fills.set(seen.execId, after);
  order.worth += worthOf(after) - worthOf(before);
  const sum = order.cumQty + (after?.quantity ?? 0n) - (before?.quantity ?? 0n);
  order.cumQty = (seen.stated & codes.STATED_CUM_QTY) !== 0 ? seen.cumQty : sum;
  afterTrade(order);
}

function fillOf({ lastQty, lastPxE8 }: ReportSeen): Fill {
  return { quantity: lastQty, priceE8: lastPxE8 ?? 0n };
}

function worthOf(fill: Fill | undefined): bigint {
  return fill === undefined ? 0n : fill.quantity * fill.priceE8;
}

/** Canceled, expired and rejected orders stay so. */
function afterTrade(order: Order): void {
  const { state } = order;
  if (state !== "pending-new" && state !== "new" && state !== "partially-filled") return;
  order.state = order.cumQty >= order.quantity ? "filled" : order.cumQty > 0n ? "partially-filled" : "new";
}

function replace(order: Order, seen: ReportSeen): void {
  const terms = order.replaces.get(seen.requestNumber);
  order.replaces.delete(seen.requestNumber);
  if (terms !== undefined) order.currentId = terms.clOrdId;
  const isQuantitySaid = (seen.stated & codes.STATED_ORDER_QTY) !== 0;
  order.quantity = isQuantitySaid ? seen.quantity : (terms?.quantity ?? order.quantity);
  order.priceE8 = saysPrice(order, seen) ? seen.priceE8 : (terms?.priceE8 ?? order.priceE8);
  afterTrade(order);
}

/** The price of a stop order is its StopPx, which the record of a report does not have. */
function saysPrice({ type }: Order, { stated }: ReportSeen): boolean {
  return type !== "stop" && (stated & codes.STATED_PRICE) !== 0;
}

/** The venue has changed the order unasked. */
function restate(order: Order, seen: ReportSeen): void {
  if ((seen.stated & codes.STATED_ORDER_QTY) !== 0) order.quantity = seen.quantity;
  if (saysPrice(order, seen)) order.priceE8 = seen.priceE8;
  if ((seen.stated & codes.STATED_CUM_QTY) !== 0) order.cumQty = seen.cumQty;
  afterTrade(order);
}
