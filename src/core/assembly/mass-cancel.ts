import { MASS_CANCEL_ALL, MASS_CANCEL_SECURITY, REPORT_MASS_CANCEL } from "../../record/codes.ts";
import { ExecutionReport } from "../../record/assembly/execution-report.ts";
import { copyId } from "../../record/assembly/ids.ts";
import { OrderRequest } from "../../record/assembly/order-request.ts";
import { ID_BYTES } from "../../record/assembly/units.ts";
import { ACCEPTED, BAD_CL_ORD_ID, MASS_CANCEL_SCOPE, UNKNOWN_SYMBOL } from "../risk/reason-codes.ts";
import { putExecId } from "./client-report.ts";
import { NONE } from "./codes.ts";
import * as decision from "./decision.ts";
import { writeReasonAlone } from "./detail.ts";
import { symbolNames } from "./names.ts";
import { claimReport, publishReport } from "./outbox.ts";

// OrderMassCancelRequest (q): what is decided, and its answer. Its orders are canceled before (cancel-some.ts).

/** MassCancelResponse (531) of a refusal, and the MassCancelRejectReasons (532). */
const REFUSED = 0x30;
const NOT_SUPPORTED = 0;
const UNKNOWN_SECURITY = 1;
const OTHER = 99;

/** Decides a request. Returns ACCEPTED or the reason to refuse it. */
export function decideMassCancel(request: OrderRequest): i32 {
  const length = request.clOrdIdLength;
  if (length <= 0 || <u32>length > ID_BYTES) return BAD_CL_ORD_ID;
  const scope = request.ordType;
  if (request.side !== 0) return MASS_CANCEL_SCOPE;
  if (scope === MASS_CANCEL_ALL) return ACCEPTED;
  if (scope !== MASS_CANCEL_SECURITY) return MASS_CANCEL_SCOPE;
  const symbolLength = request.symbolLength;
  const isKnown = symbolLength > 0 && symbolNames().find(request.symbolAt, symbolLength) !== NONE;
  return isKnown ? ACCEPTED : UNKNOWN_SYMBOL;
}

/** Answers a decided request with one OrderMassCancelReport (r). */
export function answerMassCancel(request: OrderRequest, timeUs: f64): void {
  const reason = decision.reason;
  const report = claimReport(request.session);
  report.kind = REPORT_MASS_CANCEL;
  report.execType = request.ordType;
  report.ordStatus = reason === ACCEPTED ? request.ordType : REFUSED;
  report.cumQty = reason === ACCEPTED ? request.quantity : 0;
  report.transactUs = timeUs;
  report.clOrdIdLength = request.clOrdIdLength;
  copyId(report.clOrdIdAt, request.clOrdIdAt, request.clOrdIdLength);
  report.symbolLength = request.symbolLength;
  copyId(report.symbolAt, request.symbolAt, request.symbolLength);
  putExecId(report);
  if (reason !== ACCEPTED) refuse(report, reason);
  publishReport();
}

function refuse(report: ExecutionReport, reason: i32): void {
  report.ordRejReason = reason === MASS_CANCEL_SCOPE ? NOT_SUPPORTED : reason === UNKNOWN_SYMBOL ? UNKNOWN_SECURITY : OTHER;
  report.reason = reason;
  writeReasonAlone(report, reason);
}
