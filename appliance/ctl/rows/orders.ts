import { flag, text, whole } from "../../commands/command.ts";
import type { CtlRow } from "../row.ts";

const FILTER = {
  id: text("ID", "any of its ids"),
  account: text("NAME", "of this account"),
  client: text("NAME", "of this client's accounts"),
  symbol: text("NAME", "of this symbol"),
  session: text("NAME", "of this client session"),
  trader: text("NAME", "of this trader"),
  venue: text("NAME", "at this venue"),
} as const;

/** The same in the table `filter` of a body. */
const IN_BODY = Object.fromEntries(Object.entries(FILTER).map(([key, option]) => [`filter.${key}`, option]));

/** Orders: found and steered. */
export const orderRows: readonly CtlRow[] = [
  {
    name: "orders",
    summary: "orders that match, the newest first",
    method: "GET",
    path: "/v1/orders",
    options: {
      ...FILTER,
      state: text("STATE", "open, done, new, partially-filled, filled, canceled, …"),
      needsAttention: flag("those that somebody must look at"),
      limit: whole("N", "at most N orders", 1, 500),
      after: text("ORDERID", "the page behind this order"),
    },
    list: "orders",
    columns: {
      orderId: "order",
      clOrdId: "ClOrdID",
      session: "session",
      account: "account",
      symbol: "symbol",
      side: "side",
      quantity: "quantity",
      price: "price",
      cumQty: "filled",
      avgPx: "average",
      state: "state",
      venue: "venue",
      attention: "attention",
    },
  },
  { name: "order show", summary: "one order", method: "GET", path: "/v1/orders/:orderId", arguments: ["ORDERID"] },
  {
    name: "order cancel",
    summary: "ask its venue to cancel an order",
    method: "POST",
    path: "/v1/orders/:orderId/cancel",
    arguments: ["ORDERID"],
    isAction: true,
  },
  {
    name: "order dead",
    summary: "end an order in the books without its venue; its client gets the reason",
    method: "POST",
    path: "/v1/orders/:orderId/dead",
    arguments: ["ORDERID"],
    isAction: true,
  },
  {
    name: "order release",
    summary: "an order that needed attention no longer does",
    method: "POST",
    path: "/v1/orders/:orderId/release",
    arguments: ["ORDERID"],
    isAction: true,
  },
  {
    name: "cancel",
    summary: "ask the venues to cancel all open orders that match, or --all",
    method: "POST",
    path: "/v1/orders/cancel",
    options: { ...IN_BODY, all: flag("all open orders") },
    isAction: true,
  },
];
