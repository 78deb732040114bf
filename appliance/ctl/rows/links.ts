import { whole } from "../../commands/command.ts";
import type { CtlRow } from "../row.ts";

const LINK_COLUMNS = {
  name: "name",
  state: "state",
  tradingState: "trading",
  nextIn: "next in",
  nextOut: "next out",
  inPerSecond: "in/s",
  outPerSecond: "out/s",
};

/** Client sessions, venues and lanes. */
export const linkRows: readonly CtlRow[] = [
  {
    name: "sessions",
    summary: "client sessions: state, numbers, rates",
    method: "GET",
    path: "/v1/sessions",
    list: "",
    columns: {
      ...LINK_COLUMNS,
      requests: "requests",
      requestsRefused: "refused",
      openOrders: "open",
      backlogBytes: "backlog",
      peer: "peer",
      "lastDisconnect.reason": "last disconnect",
    },
  },
  {
    name: "session show",
    summary: "one client session",
    method: "GET",
    path: "/v1/sessions/:name",
    arguments: ["NAME"],
  },
  {
    name: "venues",
    summary: "venues: state, numbers, rates, unanswered requests",
    method: "GET",
    path: "/v1/venues",
    list: "",
    columns: {
      ...LINK_COLUMNS,
      requests: "requests",
      reports: "reports",
      unacknowledged: "unanswered",
      peer: "peer",
      "lastDisconnect.reason": "last disconnect",
    },
  },
  { name: "venue show", summary: "one venue", method: "GET", path: "/v1/venues/:name", arguments: ["NAME"] },
  {
    name: "venue unacknowledged",
    summary: "open orders with a request that the venue has not answered",
    method: "GET",
    path: "/v1/venues/:name/unacknowledged",
    arguments: ["NAME"],
    options: { limit: whole("N", "the oldest N", 1, 1_000) },
    list: "",
    columns: {
      orderId: "OrderID",
      clOrdId: "ClOrdID",
      session: "session",
      account: "account",
      symbol: "symbol",
      request: "request",
    },
  },
  {
    name: "lanes",
    summary: "lanes: turns, stalls, collections",
    method: "GET",
    path: "/v1/lanes",
    list: "lanes",
    columns: {
      lane: "lane",
      state: "state",
      cpu: "CPU",
      turnsPerSecond: "turns/s",
      longestTurnUs: "longest µs",
      stalls: "stalls",
      collections: "collections",
    },
  },
  {
    name: "stalls",
    summary: "the last stalls of all lanes",
    method: "GET",
    path: "/v1/stalls",
    options: { limit: whole("N", "the last N", 1, 1_000) },
    list: "",
    columns: { at: "time", lane: "lane", gapUs: "µs", cause: "cause", agent: "agent" },
  },
];
