import { SCOPES_TEXT } from "../../../src/operation/kill-switch.ts";
import { flag, text, whole } from "../../commands/command.ts";
import type { CtlRow } from "../row.ts";

const PAGE = {
  after: text("NAME", "the page behind this name"),
  limit: whole("N", "N of them at most", 1, 1_000),
};
const USE_COLUMNS = { limit: "limit", used: "used", most: "most", percent: "%", currency: "currency" };
const END = {
  until: text("TIME", "a temporary value: until this time, ISO 8601; `file --until now`: a temporary value ends now"),
  forMinutes: whole("N", "a temporary value: for N minutes", 1, 527_040),
};
const SETTING_COLUMNS = {
  name: "setting",
  value: "value",
  unit: "unit",
  fileValue: "in the file",
  source: "from",
  by: "by",
  at: "at",
  until: "until",
  afterwards: "then",
};

/** Limits of a level beside accounts: its list, its uses, its settings, a change of one. */
function levelRows(list: string, one: string, path: string, summary: string, columns: CtlRow["columns"]): CtlRow[] {
  const named = { path: `${path}/:name`, arguments: ["NAME"] };
  const of = one === "session-limit" ? "a client session" : `a ${one}`;
  return [
    {
      ...{ name: list, summary, method: "GET", path, options: PAGE, list: list.replace("session-limits", "sessions") },
      ...{ emptyText: "the configuration has none", columns: { name: "name", ...columns } },
    },
    {
      ...{ name: `${one} uses`, summary: `what ${of} uses of its limits that fill up`, method: "GET", ...named },
      ...{ list: "usage", emptyText: "it has no limits", columns: USE_COLUMNS },
    },
    {
      ...{ name: `${one} show`, summary: `limits of ${of}, and where each comes from`, method: "GET", ...named },
      ...{ list: "settings", columns: SETTING_COLUMNS },
    },
    {
      ...{ name: `${one} set`, summary: `change a limit of ${of} from the next order on`, method: "PATCH" },
      ...{ path: named.path, arguments: ["NAME", "LIMIT", "VALUE"], pairs: "settings", matches: named.path },
      options: END,
      isAction: true,
    },
  ];
}

const EXPOSURE_COLUMNS = {
  openBuyNotional: "buying",
  openSellNotional: "selling",
  grossExposure: "gross",
  netExposure: "net",
};

/** Limits of accounts, properties of symbols, kill switches. */
export const limitRows: readonly CtlRow[] = [
  {
    name: "accounts",
    summary: "accounts: open orders, exposure, position",
    method: "GET",
    path: "/v1/accounts",
    options: PAGE,
    list: "accounts",
    columns: {
      name: "account",
      isReady: "ready",
      isKilled: "killed",
      isStopped: "stopped",
      isRetired: "retired",
      openOrders: "open",
      openBuyNotional: "buying",
      openSellNotional: "selling",
      boughtNotional: "bought",
      soldNotional: "sold",
      position: "position",
    },
  },
  {
    name: "account uses",
    summary: "what an account uses of its limits that fill up",
    method: "GET",
    path: "/v1/accounts/:name",
    arguments: ["NAME"],
    list: "usage",
    columns: USE_COLUMNS,
  },
  ...levelRows("clients", "client", "/v1/clients", "clients: open orders and exposure of all their accounts", {
    ...{ isKilled: "killed", openOrders: "open" },
    ...EXPOSURE_COLUMNS,
  }),
  ...levelRows("session-limits", "session-limit", "/v1/session-limits", "client sessions: open orders and traders", {
    ...{ openOrders: "open", traders: "traders" },
  }),
  ...levelRows("traders", "trader", "/v1/traders", "traders: open orders and sessions", {
    ...{ isKilled: "killed", openOrders: "open", sessions: "sessions" },
  }),
  {
    ...{ name: "currencies", summary: "currencies of symbols, and their rates to that of the limits", method: "GET" },
    ...{ path: "/v1/currencies", options: PAGE, list: "currencies", emptyText: "the configuration has none" },
    columns: { name: "currency", rate: "rate", limitCurrency: "to", symbols: "symbols" },
  },
  {
    ...{ name: "currency show", summary: "the rate of a currency, and where it comes from", method: "GET" },
    ...{ path: "/v1/currencies/:name", arguments: ["NAME"], list: "settings", columns: SETTING_COLUMNS },
  },
  {
    ...{ name: "currency set", summary: "change the rate of a currency from the next order on", method: "PATCH" },
    ...{ path: "/v1/currencies/:name", arguments: ["NAME", "SETTING", "VALUE"], pairs: "settings" },
    ...{ matches: "/v1/currencies/:name", options: END, isAction: true },
  },
  {
    name: "firm uses",
    summary: "what all accounts together use of the firm's limits that fill up",
    method: "GET",
    path: "/v1/firm",
    list: "usage",
    emptyText: "it has no limits",
    columns: USE_COLUMNS,
  },
  {
    name: "positions",
    summary: "positions of accounts in symbols, with what open orders can still make of them",
    method: "GET",
    path: "/v1/positions",
    options: { account: text("NAME", "of this account"), symbol: text("NAME", "in this symbol") },
    list: "positions",
    emptyText: "there is no position",
    columns: {
      account: "account",
      symbol: "symbol",
      start: "start of day",
      today: "today",
      position: "position",
      openBuy: "buying",
      openSell: "selling",
    },
  },
  {
    name: "position set",
    summary: "set the position of an account in a symbol at the start of the trading day",
    method: "PUT",
    path: "/v1/positions/:account/:symbol",
    arguments: ["ACCOUNT", "SYMBOL", "QUANTITY"],
    argumentKeys: ["quantity"],
    isAction: true,
  },
  {
    name: "symbols",
    summary: "symbols: prices that pass, route",
    method: "GET",
    path: "/v1/symbols",
    options: PAGE,
    list: "symbols",
    columns: {
      name: "symbol",
      isEnabled: "enabled",
      isKilled: "killed",
      isRetired: "retired",
      "reference.price": "reference",
      "reference.source": "source",
      lowest: "lowest",
      highest: "highest",
      venue: "venue",
      isVenueUp: "up",
    },
  },
  {
    name: "quotes",
    summary: "streams of quotes, from which reference prices come",
    method: "GET",
    path: "/v1/quotes",
  },
  ...(["account", "symbol"] as const).flatMap((what): CtlRow[] => [
    {
      name: `${what} show`,
      summary: `settings of ${what === "account" ? "an account" : "a symbol"}, and where each comes from`,
      method: "GET",
      path: `/v1/${what}s/:name`,
      arguments: ["NAME"],
      list: "settings",
      columns: SETTING_COLUMNS,
    },
    {
      name: `${what} set`,
      summary: `change a setting of ${what === "account" ? "an account" : "a symbol"} from the next order on`,
      method: "PATCH",
      path: `/v1/${what}s/:name`,
      arguments: ["NAME", "SETTING", "VALUE"],
      pairs: "settings",
      matches: `/v1/${what}s/:name`,
      options: END,
      isAction: true,
    },
  ]),
  ...(["account", "trader"] as const).map(
    (what): CtlRow => ({
      name: `${what} enable`,
      summary: `let ${what === "account" ? "an account" : "a trader"} trade again that is stopped because it traded too often in one symbol`,
      method: "PATCH",
      path: `/v1/${what}s/:name`,
      arguments: ["NAME"],
      matches: `/v1/${what}s/:name`,
      body: { settings: { stopped: null } },
      isAction: true,
    }),
  ),
  {
    name: "firm show",
    summary: "limits of the firm, and where each comes from",
    method: "GET",
    path: "/v1/firm",
    list: "settings",
    columns: SETTING_COLUMNS,
  },
  {
    name: "firm set",
    summary: "change a limit of the firm from the next order on",
    method: "PATCH",
    path: "/v1/firm",
    arguments: ["SETTING", "VALUE"],
    pairs: "settings",
    matches: "/v1/firm",
    options: END,
    isAction: true,
  },
  {
    name: "temporary-limits",
    summary: "values of settings that end, and what holds afterwards",
    method: "GET",
    path: "/v1/temporary-limits",
    list: "limits",
    emptyText: "no value has an end",
    columns: {
      ...{ subject: "of", of: "name", name: "setting", value: "value", until: "until", afterwards: "then" },
      ...{ by: "by", at: "at", why: "why" },
    },
  },
  {
    name: "kill-switch",
    summary: "the firm's kill switch and those that are engaged",
    method: "GET",
    path: "/v1/kill-switch",
    options: { scope: text("SCOPE", SCOPES_TEXT) },
    list: "",
    columns: { scope: "scope", engaged: "engaged", "cancels.open": "still open", by: "by", at: "at" },
    below: { why: "why", "cancels.unconfirmed": "not canceled" },
  },
  {
    name: "kill",
    summary: "engage a kill switch: new orders and replaces of its scope are refused",
    method: "PUT",
    path: "/v1/kill-switch",
    arguments: ["SCOPE"],
    argumentKeys: ["scope"],
    options: { cancelOpen: flag("cancel the open orders of the scope, too, until none is left or it is lifted") },
    body: { engaged: true },
    isAction: true,
  },
  {
    name: "lift",
    summary: "lift a kill switch",
    method: "PUT",
    path: "/v1/kill-switch",
    arguments: ["SCOPE"],
    argumentKeys: ["scope"],
    body: { engaged: false },
    isAction: true,
  },
];
