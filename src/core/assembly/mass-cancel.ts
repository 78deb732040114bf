import { MASS_CANCEL_ALL, MASS_CANCEL_SECURITY, REPORT_MASS_CANCEL } from "../../record/codes.ts";
import { ExecutionReport } from "../../record/assembly/execution-report.ts";
import { copyId } from "../../record/assembly/ids.ts";
import { OrderRequest } from "../../record/assembly/order-request.ts";
import { ID_BYTES } from "../../record/assembly/units.ts";
import { ACCEPTED, BAD_CL_ORD_ID, MASS_CANCEL_SCOPE, MASS_FILTER, UNKNOWN_SYMBOL } from "../risk/reason-codes.ts";
import { putExecId } from "./client-report.ts";
import * as decision from "./decision.ts";
import { setField, writeReason } from "./detail.ts";
import { decideMatch } from "./mass-match.ts";
import { claimReport, publishReport } from "./outbox.ts";

// OrderMassCancelRequest (q): what is decided, and its answer. Its orders are canceled before (cancel-some.ts).

/** MassCancelResponse (531) of a refusal, and the MassCancelRejectReasons (532). */
const REFUSED = 0x30;
const NOT_SUPPORTED = 0;
const UNKNOWN_SECURITY = 1;
const UNKNOWN_UNDERLYING = 2;
const UNKNOWN_TRADING_SESSION = 6;
const OTHER = 99;
/** Tags. */
const UNDERLYING_SECURITY_ID = 309;
const UNDERLYING_SYMBOL = 311;
const TRADING_SESSION_ID = 336;
const TRADING_SESSION_SUB_ID = 625;
const MASS_CANCEL_REQUEST_TYPE = 530;

/** Decides a request. Returns ACCEPTED or the reason to refuse it. */
export function decideMassCancel(request: OrderRequest): i32 {
  const length = request.clOrdIdLength;
  if (length <= 0 || <u32>length > ID_BYTES) return BAD_CL_ORD_ID;
  const scope = request.ordType;
  if (scope === MASS_CANCEL_ALL || scope === MASS_CANCEL_SECURITY) return decideMatch(request, scope === MASS_CANCEL_SECURITY);
  setField(MASS_CANCEL_REQUEST_TYPE, scope);
  return MASS_CANCEL_SCOPE;
}

/** Answers a decided request with one OrderMassCancelReport (r). */
export function answerMassCancel(request: OrderRequest, timeUs: f64): void {
  const reason = decision.reason;
  const report = claimReport(request.session);
  report.kind = REPORT_MASS_CANCEL;
  report.execType = request.ordType;
  report.side = request.side;
  report.ordStatus = reason === ACCEPTED ? request.ordType : REFUSED;
  report.cumQty = reason === ACCEPTED ? request.quantity : 0;
  report.transactUs = timeUs;
  report.clOrdIdLength = request.clOrdIdLength;
  copyId(report.clOrdIdAt, request.clOrdIdAt, request.clOrdIdLength);
  report.symbolLength = request.symbolLength;
  copyId(report.symbolAt, request.symbolAt, request.symbolLength);
  putExecId(report);
  if (reason !== ACCEPTED) refuse(request, report, reason);
  publishReport();
}

function refuse(request: OrderRequest, report: ExecutionReport, reason: i32): void {
  report.ordRejReason = massCancelRejectReason(reason, request.unheldTag);
  report.reason = reason;
  writeReason(report, reason);
}

/** MassCancelRejectReason (532); `tag`: of the field that the request can't be narrowed by. */
function massCancelRejectReason(reason: i32, tag: i32): i32 {
  if (reason === MASS_CANCEL_SCOPE) return NOT_SUPPORTED;
  if (reason === UNKNOWN_SYMBOL) return UNKNOWN_SECURITY;
  if (reason !== MASS_FILTER) return OTHER;
  if (tag === TRADING_SESSION_ID || tag === TRADING_SESSION_SUB_ID) return UNKNOWN_TRADING_SESSION;
  return tag === UNDERLYING_SYMBOL || tag === UNDERLYING_SECURITY_ID ? UNKNOWN_UNDERLYING : OTHER;
}
