import { idText } from "../../src/base/id.ts";
import { REPORT_EXECUTION, REPORT_MASS_STATUS } from "../../src/record/codes.ts";
import type { ExecutionReport } from "../../src/record/execution-report.ts";
import type { OrderRequest } from "../../src/record/order-request.ts";
import { type Amount, inUnits, shown } from "../numbers.ts";

/** A record that came out, as plain data. */
export interface Out {
  [field: string]: string | Amount;
}

function code(value: number): string {
  return value === 0 ? "" : String.fromCharCode(value);
}

function read(bytes: Uint8Array, at: number, length: number): string {
  return idText(bytes, at, length);
}

/** What the record is, and the fields whose meaning depends on that. */
function kindOf(report: ExecutionReport): Out {
  const { kind, cxlRejReason, cxlRejResponseTo, requestNumber } = report;
  if (kind === REPORT_MASS_STATUS)
    return { out: "massStatus", scope: cxlRejResponseTo, total: requestNumber, isLast: cxlRejReason };
  const out = kind === REPORT_EXECUTION ? "execution" : "cancelReject";
  return { out, cxlRejReason, responseTo: code(cxlRejResponseTo) };
}

export function readReport(report: ExecutionReport): Out {
  const { bytes, textAt } = report;
  const text = String.fromCharCode(...bytes.subarray(textAt, textAt + report.textLength));
  return {
    ...kindOf(report),
    session: report.session,
    index: report.index,
    execType: code(report.execType),
    ordStatus: code(report.ordStatus),
    side: code(report.side),
    id: read(bytes, report.clOrdIdAt, report.clOrdIdLength),
    orig: read(bytes, report.origClOrdIdAt, report.origClOrdIdLength),
    orderId: read(bytes, report.orderIdAt, report.orderIdLength),
    execId: read(bytes, report.execIdAt, report.execIdLength),
    ...(report.execRefIdLength > 0 ? { execRefId: read(bytes, report.execRefIdAt, report.execRefIdLength) } : {}),
    symbol: read(bytes, report.symbolAt, report.symbolLength),
    account: read(bytes, report.accountAt, report.accountLength),
    quantity: inUnits(report.quantity),
    price: shown(report.priceE8),
    lastQty: inUnits(report.lastQty),
    lastPx: shown(report.lastPxE8),
    cumQty: inUnits(report.cumQty),
    leavesQty: inUnits(report.leavesQty),
    avgPx: shown(report.avgPxE8),
    reason: report.reason,
    ordRejReason: report.ordRejReason,
    text,
  };
}

export function readRequest(request: OrderRequest): Out {
  const { bytes } = request;
  return {
    out: "request",
    venue: request.session,
    index: request.msgSeqNum,
    kind: request.kind,
    number: request.number,
    origNumber: request.origNumber,
    slot: request.slot,
    side: code(request.side),
    type: code(request.ordType),
    tif: code(request.timeInForce),
    quantity: inUnits(request.quantity),
    price: shown(request.priceE8),
    id: read(bytes, request.clOrdIdAt, request.clOrdIdLength),
    account: read(bytes, request.accountAt, request.accountLength),
    symbol: read(bytes, request.symbolAt, request.symbolLength),
    orderId: read(bytes, request.orderIdAt, request.orderIdLength),
  };
}
