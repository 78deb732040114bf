import * as why from "./reason-codes.ts";
import { CXL_OTHER, OTHER, type Reason } from "./reason-row.ts";

/** Reasons that are about the state of an order, and no check of a new one. */
export const ORDER_REASONS: readonly Reason[] = [
  {
    reason: why.NOT_TAKEN,
    family: "CORE",
    name: "NOT_TAKEN_BY_VENUE",
    ord: [0, 0, 0],
    cxl: [2, 2, 2],
    meaning:
      "The request did not reach the venue's order book: the venue rejected the message, or it was too old to send again.",
    remedy: "Send it again if it is still wanted.",
  },
  {
    reason: why.CLOSED_BY_OPERATOR,
    family: "CORE",
    name: "CLOSED_WITHOUT_ITS_VENUE",
    ord: OTHER,
    cxl: CXL_OTHER,
    meaning:
      "No refusal: the operator has closed the order (`run --orphan-orders cancel`), because its venue is no longer configured. Its state at the venue is not known.",
    remedy: "Ask the venue what became of it.",
  },
  {
    reason: why.MARKED_DEAD,
    family: "CORE",
    name: "DEAD",
    ord: OTHER,
    cxl: CXL_OTHER,
    meaning:
      "No refusal: an operator has ended the order in the books without its venue. The operator's reason follows as far as Text has room, 42 characters; the journal has all of it.",
    remedy: "Ask the operator.",
  },
  {
    reason: why.UNKNOWN_ORDER,
    family: "CORE",
    name: "UNKNOWN_ORDER",
    ord: [5, 5, 5],
    cxl: [1, 1, 1],
    meaning: "The session has no order with this OrigClOrdID (41) or ClOrdID (11).",
    remedy: "Correct the id.",
  },
  {
    reason: why.TOO_LATE,
    family: "CORE",
    name: "TOO_LATE_TO_CANCEL",
    ord: [4, 4, 4],
    cxl: [0, 0, 0],
    meaning:
      "The order is filled, canceled or rejected. A replace of a filled order to more than is filled is passed on.",
    remedy: "Nothing: read the last ExecutionReport.",
  },
  {
    reason: why.ALREADY_PENDING,
    family: "CORE",
    name: "ALREADY_PENDING",
    ord: OTHER,
    cxl: [3, 3, 3],
    meaning: "A cancel or replace of the order waits for the venue.",
    remedy: "Wait for its answer.",
  },
  {
    reason: why.BELOW_CUM_QTY,
    family: "CORE",
    name: "QUANTITY_BELOW_CUMQTY",
    ord: [0, 13, 13],
    cxl: CXL_OTHER,
    meaning: "The replace asks for less than is filled.",
    remedy: "Ask for at least CumQty (14), or cancel.",
  },
  {
    reason: why.TERMS_CHANGED,
    family: "CORE",
    name: "SIDE_SYMBOL_ACCOUNT_TYPE_OR_TIF_CHANGED",
    ord: OTHER,
    cxl: CXL_OTHER,
    meaning: "A replace changes more than quantity and price.",
    remedy: "Cancel, and send a new order.",
  },
  {
    reason: why.CANCELED_ON_DISCONNECT,
    family: "CORE",
    name: "CANCELED_ON_DISCONNECT",
    ord: OTHER,
    cxl: CXL_OTHER,
    meaning:
      "No refusal: the order was canceled because its session's connection ended, and it was not back within its window. What the venue said follows.",
    remedy: "Send it again if it is still wanted.",
  },
  {
    reason: why.CANCELED_AT_LOGOUT,
    family: "CORE",
    name: "CANCELED_AT_LOGOUT",
    ord: OTHER,
    cxl: CXL_OTHER,
    meaning: "No refusal: the same after a Logout of either side.",
    remedy: "Send it again if it is still wanted.",
  },
  {
    reason: why.MASS_CANCELED,
    family: "CORE",
    name: "MASS_CANCELED",
    ord: OTHER,
    cxl: CXL_OTHER,
    meaning: "No refusal: the order was canceled with many, at its client's request.",
    remedy: "Nothing.",
  },
  {
    reason: why.MASS_CANCEL_SCOPE,
    family: "CORE",
    name: "MASS_CANCEL_SCOPE",
    ord: OTHER,
    cxl: CXL_OTHER,
    meaning:
      "An OrderMassCancelRequest (q) has another MassCancelRequestType (530) than 1 (one security) and 7 (all), or is for one Side (54).",
    remedy: "Ask for one security after the other, or for all, without a side.",
  },
];
