import {
  EXEC_STATUS,
  MASS_STATUS_ALL,
  MASS_STATUS_PARTY,
  MASS_STATUS_SECURITY,
  REPORT_MASS_STATUS,
  STATUS_REJECTED,
} from "../../record/codes.ts";
import { Control } from "../../record/assembly/control.ts";
import { ExecutionReport } from "../../record/assembly/execution-report.ts";
import { copyId } from "../../record/assembly/ids.ts";
import { OrderRequest } from "../../record/assembly/order-request.ts";
import { ID_BYTES, NO_PRICE } from "../../record/assembly/units.ts";
import {
  CONTROL_APPLIED,
  CONTROL_BAD_RECORD,
  CONTROL_TEXT_AT,
  CONTROL_UNKNOWN_NAME,
  STATUS_LAST_AT,
  STATUS_SLOTS_AT,
  STATUS_TOTAL_AT,
} from "../../record/control-codes.ts";
import { COUNT_STATUS_REQUESTS } from "../counters.ts";
import { FREE } from "../orders/states.ts";
import {
  ACCEPTED,
  BAD_CL_ORD_ID,
  MASS_STATUS_SCOPE,
  NO_MATCHING_ORDER,
  UNKNOWN_PARTY,
  UNKNOWN_SESSION,
} from "../risk/reason-codes.ts";
import { word } from "./area.ts";
import { about, NO_ORDER_QTY, noOrderId, putExecId } from "./client-report.ts";
import { NONE } from "./codes.ts";
import * as decision from "./decision.ts";
import { setField, writeReason } from "./detail.ts";
import { isKnownSession } from "./entitlements.ts";
import { FRESH, SESSION_IDS } from "./layout.ts";
import { decideMatch } from "./mass-match.ts";
import { orderAt } from "./order.ts";
import { claimReport, publishReport } from "./outbox.ts";
import { count } from "./state.ts";

// OrderMassStatusRequest (AF): what is decided, and its ExecutionReports. Which orders it asks for is found before (status-some.ts).

/** Tags. */
const PARTY_ID = 448;
const MASS_STATUS_REQ_TYPE = 585;
/** Side (54) of a report that is about no order: undisclosed. */
const NO_SIDE = 0x37;
/** Symbol (55) of such a report, "[N/A]": a product that has no symbol. */
const NO_SYMBOL: u64 = 0x5d_41_2f_4e_5b;
const NO_SYMBOL_LENGTH = 5;

/** Decides a request. Returns ACCEPTED or the reason to refuse it. */
export function decideMassStatus(request: OrderRequest): i32 {
  if (!isKnownSession(request.session)) return UNKNOWN_SESSION;
  const length = request.clOrdIdLength;
  if (length <= 0 || <u32>length > ID_BYTES) return BAD_CL_ORD_ID;
  const scope = request.ordType;
  const isOfParty = scope === MASS_STATUS_PARTY;
  if (scope !== MASS_STATUS_ALL && scope !== MASS_STATUS_SECURITY && !isOfParty) {
    setField(MASS_STATUS_REQ_TYPE, scope);
    return MASS_STATUS_SCOPE;
  }
  const reason = decideMatch(request, scope === MASS_STATUS_SECURITY);
  if (reason !== ACCEPTED || !isOfParty || (request.traderLength | request.accountLength) !== 0) return reason;
  setField(PARTY_ID, NONE);
  return UNKNOWN_PARTY;
}

/** Answers a decided request that is refused, or that no order matches; for the others their reports are made already. */
export function answerMassStatus(request: OrderRequest, timeUs: f64): void {
  count(COUNT_STATUS_REQUESTS);
  const reason = decision.reason;
  if (reason === ACCEPTED && request.quantity !== 0) return;
  const report = aboutNone(request.session, request.side, timeUs);
  if (request.symbolLength > 0) {
    report.symbolLength = request.symbolLength;
    copyId(report.symbolAt, request.symbolAt, request.symbolLength);
  }
  stamp(report, request.ordType, 0, true, request.clOrdIdAt, request.clOrdIdLength);
  publishFor(report, reason === ACCEPTED ? NO_MATCHING_ORDER : reason);
}

/** Makes the reports of some orders (CONTROL_MASS_STATUS). Returns the result of the command. */
export function tellStatuses(control: Control, timeUs: f64): i32 {
  const id = control.amount;
  if (!(id >= 0 && id < <f64>word(SESSION_IDS) && Math.floor(id) === id)) return CONTROL_UNKNOWN_NAME;
  const orders = control.value;
  if (orders < 0 || control.textLength !== STATUS_SLOTS_AT + (orders << 2)) return CONTROL_BAD_RECORD;
  const text = changetype<usize>(control) + CONTROL_TEXT_AT;
  const scope: i32 = load<u8>(text);
  const total = load<i32>(text, STATUS_TOTAL_AT);
  const areLast = load<u8>(text, STATUS_LAST_AT) !== 0;
  const length = control.nameLength;
  const session = <i32>id;
  if (orders === 0 && areLast) {
    // Those that were still to be told have ended, and their places are used again.
    const report = aboutNone(session, 0, timeUs);
    stamp(report, scope, total, true, control.nameAt, length);
    publishFor(report, NO_MATCHING_ORDER);
  }
  const fresh = word(FRESH);
  for (let i = 0; i < orders; i++) {
    const slot = load<i32>(text + (<usize>i << 2), STATUS_SLOTS_AT);
    if (<u32>slot >= <u32>fresh) continue;
    const order = orderAt(slot);
    if (order.session !== session || order.state === FREE) continue;
    const report = about(order, EXEC_STATUS, order.currentId, NONE, timeUs);
    stamp(report, scope, total, areLast && i === orders - 1, control.nameAt, length);
    publishReport();
  }
  return CONTROL_APPLIED;
}

/** Claims an ExecutionReport that is about no order. */
function aboutNone(session: i32, side: i32, timeUs: f64): ExecutionReport {
  const report = claimReport(session);
  report.execType = EXEC_STATUS;
  report.ordStatus = STATUS_REJECTED;
  report.side = side === 0 ? NO_SIDE : side;
  report.lastPxE8 = NO_PRICE;
  report.priceE8 = NO_PRICE;
  report.quantity = NO_ORDER_QTY;
  report.transactUs = timeUs;
  report.slot = NONE;
  report.symbolLength = NO_SYMBOL_LENGTH;
  store<u64>(report.symbolAt, NO_SYMBOL);
  noOrderId(report);
  putExecId(report);
  return report;
}

/** Adds what ties a report to its request. */
function stamp(report: ExecutionReport, scope: i32, total: i32, isLast: bool, idAt: usize, length: i32): void {
  report.kind = REPORT_MASS_STATUS;
  report.cxlRejResponseTo = scope;
  report.cxlRejReason = isLast ? 1 : 0;
  report.requestNumber = <f64>total;
  report.origClOrdIdLength = length;
  copyId(report.origClOrdIdAt, idAt, length);
}

function publishFor(report: ExecutionReport, reason: i32): void {
  report.reason = reason;
  writeReason(report, reason);
  publishReport();
}
