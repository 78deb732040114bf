import type { CtlRow } from "../row.ts";

/** Reports of orders that are not known here. */
export const unmatchedRows: readonly CtlRow[] = [
  {
    name: "unmatched-reports",
    summary: "reports of orders that the gateway does not know: open, assigned and dismissed ones, the newest first",
    method: "GET",
    path: "/v1/unmatched-reports",
    list: "unmatchedReports",
    emptyText: "there is none",
    columns: {
      ...{ number: "number", state: "state", venue: "venue", kind: "kind", side: "side", symbol: "symbol" },
      ...{ lastQty: "LastQty", lastPx: "LastPx", orderId: "OrderID", execId: "ExecID", account: "Account" },
      ...{ receivedAt: "received", assignedTo: "assigned to", by: "by", why: "why" },
    },
  },
  {
    name: "unmatched-report assign",
    summary: "book the execution of an unmatched report for an account, once",
    method: "POST",
    path: "/v1/unmatched-reports/:number/assign",
    arguments: ["NUMBER", "ACCOUNT"],
    argumentKeys: ["account"],
    isAction: true,
  },
  {
    name: "unmatched-report dismiss",
    summary: "say that an unmatched report needs no booking here",
    method: "POST",
    path: "/v1/unmatched-reports/:number/dismiss",
    arguments: ["NUMBER"],
    isAction: true,
  },
];
