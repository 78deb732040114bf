import { text, whole } from "../../commands/command.ts";
import type { CtlRow } from "../row.ts";

/** One order passes one check once. */
export const overrideRows: readonly CtlRow[] = [
  {
    name: "overrides",
    summary: "overrides of checks: granted, used, expired and withdrawn ones, the newest first",
    method: "GET",
    path: "/v1/overrides",
    list: "overrides",
    emptyText: "there is none",
    columns: {
      ...{ id: "id", state: "state", session: "session", account: "account", symbol: "symbol", side: "side" },
      ...{
        clOrdId: "ClOrdID",
        quantity: "quantity",
        price: "price",
        check: "check",
        until: "until",
        orderId: "order",
        by: "asked by",
        confirmedBy: "confirmed by",
        why: "why",
      },
    },
  },
  {
    name: "override ask",
    summary: "let one order with exactly these terms pass a check once; a second person confirms it (`ctl confirm`)",
    method: "POST",
    path: "/v1/overrides",
    arguments: ["SESSION", "ACCOUNT", "SYMBOL", "SIDE", "QUANTITY", "PRICE", "CHECK"],
    argumentKeys: ["session", "account", "symbol", "side", "quantity", "price", "check"],
    options: {
      clOrdId: text("ID", "only the order with this ClOrdID"),
      until: text("TIME", "until this time, ISO 8601"),
      forMinutes: whole("N", "for N minutes from the confirmation", 1, 527_040),
    },
    isAction: true,
  },
  {
    name: "override withdraw",
    summary: "take an override back that no order has used",
    method: "POST",
    path: "/v1/overrides/:id/withdraw",
    arguments: ["ID"],
    isAction: true,
  },
];
