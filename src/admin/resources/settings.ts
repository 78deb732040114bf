import { t } from "elysia";
import { FIRM_NAME, type SettingChange } from "../../operation/setting.ts";
import type { ActionKind } from "../actions.ts";
import type { AdminContext } from "../context.ts";
import { actionResponse, resource } from "../resource.ts";
import { answers, listOf, why } from "../schema.ts";
import { page, paged } from "./pages.ts";
import { known, type Settled, settingOf, settingsChange, tagged } from "./setting-change.ts";
import {
  changeAnswers,
  changed,
  changeOf,
  changeSchema,
  currency,
  endBody,
  endOf,
  endWords,
  levelUseSchema,
  settingSchema,
  settingsBody,
  usageSchema,
} from "./setting-schema.ts";

const CHANGE_LIMITS: ActionKind = { name: "limits.change", role: "risk" };

const MOST_CHANGES = 60;
const MOST_SHOWN = 10;
const name = t.Object({ name: t.String({ minLength: 1, maxLength: 64 }) });
const decimal = t.String({ description: "An exact decimal." });

const accountSchema = t.Object({
  name: t.String(),
  version: t.String({ description: "The ETag, without quotes." }),
  isReady: t.Boolean({ description: "False: every order is refused." }),
  isKilled: t.Boolean(),
  isStopped: t.Boolean({
    description: "It has traded too often in one symbol: every order is refused until `stopped` is reset.",
  }),
  isRetired: t.Boolean({ description: "The file no longer has it: new orders are refused, a restart forgets it." }),
  settings: listOf(settingSchema),
  usage: listOf(usageSchema),
  openOrders: t.Integer(),
  currency,
  openBuyNotional: decimal,
  openSellNotional: decimal,
  grossExposure: t.String({ description: "Executed on the trading day and open, bought and sold together." }),
  netExposure: t.String({
    description: "As if all open orders of one side were filled and none of the other: the larger of both.",
  }),
  boughtQty: decimal,
  soldQty: decimal,
  boughtNotional: decimal,
  soldNotional: decimal,
  position: t.String({ description: "Bought less sold since the account began." }),
});

const symbolSchema = t.Object({
  name: t.String(),
  version: t.String({ description: "The ETag, without quotes." }),
  isEnabled: t.Boolean(),
  isKilled: t.Boolean(),
  isRetired: t.Boolean({ description: "The file no longer has it: new orders are refused, a restart forgets it." }),
  settings: listOf(settingSchema),
  reference: t.Object({
    source: t.Nullable(
      t.String({ description: "quotes, executions, operator, configuration; null: orders are refused." }),
    ),
    price: t.Nullable(decimal),
    sources: listOf(
      t.Object({
        name: t.String(),
        price: t.Nullable(decimal),
        ageMs: t.Nullable(t.Integer()),
        staleMs: t.Nullable(t.Integer({ description: "Age from which it counts no more; null: never." })),
        isStale: t.Boolean(),
      }),
    ),
  }),
  lowest: t.Nullable(decimal),
  highest: t.Nullable(decimal),
  venue: t.Nullable(t.String()),
  isVenueUp: t.Boolean(),
});

const quotesSchema = t.Object({
  socket: t.Nullable(t.String()),
  file: t.Nullable(t.String()),
  connections: t.Integer(),
  ageMs: t.Nullable(t.Integer({ description: "Since the newest quote came." })),
  lines: t.Integer(),
  taken: t.Integer(),
  bad: t.Integer(),
  crossed: t.Integer(),
  wrongSign: t.Integer(),
  unknown: t.Integer({ description: "Quotes of symbols that are not configured." }),
  given: t.Integer({ description: "Quotes that the core was given." }),
  problem: t.String(),
});

const firmSchema = t.Object({
  name: t.Literal(FIRM_NAME),
  version: t.String({ description: "The ETag, without quotes." }),
  isKilled: t.Boolean(),
  settings: listOf(settingSchema),
  ...levelUseSchema,
});

const { fileValue, source, ...shownSetting } = settingSchema.properties;
const temporarySchema = t.Object({
  subject: t.String({ description: "account, client, session, trader, currency, symbol or firm." }),
  of: t.String({ description: "Its name." }),
  ...shownSetting,
  why: t.Nullable(t.String({ description: "The operator's reason; null: there is none, or it is looked for." })),
});

/** Limits of accounts, clients and the firm, and properties of symbols: read, and changed while orders flow. */
export function settingsResource(context: AdminContext) {
  const { operations, actions, access } = context;
  const { accounts, clients, sessionLimits, traders, currencies, symbols, settings } = operations;
  const change = settingsChange(context);
  return resource("Limits")
    .get("/v1/accounts", ({ query }) => paged("accounts", accounts, query), {
      query: page,
      response: answers(t.Object({ accounts: listOf(accountSchema), next: t.Nullable(t.String()) })),
      detail: { summary: "Accounts: limits, where each comes from, and their use" },
    })
    .get("/v1/symbols", ({ query }) => paged("symbols", symbols, query), {
      query: page,
      response: answers(t.Object({ symbols: listOf(symbolSchema), next: t.Nullable(t.String()) })),
      detail: { summary: "Symbols: reference price, collar, route" },
    })
    .get("/v1/quotes", () => ({ quotes: operations.quotes.view() }), {
      response: answers(t.Object({ quotes: t.Nullable(quotesSchema) })),
      detail: { summary: "Streams of quotes, from which reference prices come; null: none are configured" },
    })
    .get("/v1/accounts/:name", ({ params, set }) => tagged(known("account", params.name, accounts), set), {
      params: name,
      response: answers(accountSchema),
      detail: { summary: "One account; its ETag is for a change" },
    })
    .get("/v1/symbols/:name", ({ params, set }) => tagged(known("symbol", params.name, symbols), set), {
      params: name,
      response: answers(symbolSchema),
      detail: { summary: "One symbol; its ETag is for a change" },
    })
    .patch(
      "/v1/accounts/:name",
      (context) => change(context, "account", known("account", context.params.name, accounts)),
      {
        params: name,
        body: t.Object({ settings: settingsBody, ...endBody, why }),
        response: changeAnswers,
        detail: { summary: "Change limits of an account from the next order on, all of them or none; needs If-Match" },
      },
    )
    .patch("/v1/symbols/:name", (context) => change(context, "symbol", known("symbol", context.params.name, symbols)), {
      params: name,
      body: t.Object({ settings: settingsBody, ...endBody, why }),
      response: changeAnswers,
      detail: { summary: "Change reference price, collar, limits or whether a symbol trades; needs If-Match" },
    })
    .get("/v1/firm", ({ set }) => tagged(settings.firm(), set), {
      response: answers(firmSchema),
      detail: { summary: "Limits of the firm, of sums over all accounts too, and their use; its ETag is for a change" },
    })
    .patch("/v1/firm", (context) => change(context, "firm", settings.firm()), {
      body: t.Object({ settings: settingsBody, ...endBody, why }),
      response: changeAnswers,
      detail: { summary: "Change limits of the firm from the next order on, all of them or none; needs If-Match" },
    })
    .get("/v1/temporary-limits", () => ({ limits: settings.temporary() }), {
      response: answers(t.Object({ limits: listOf(temporarySchema) })),
      detail: { summary: "Values of settings that end, the first to end first, and what holds afterwards" },
    })
    .post(
      "/v1/limits",
      async ({ body: { changes, why, ...end }, request, set }) => {
        const principal = access.of(request);
        const given = changes.map((one) => changeOf(one.subject, one.name, one.setting, one.value, one.version));
        const old = changes.map(({ subject, name, setting }) => {
          const view = viewOf(subject, name);
          return { subject, name, setting, value: settingOf(view?.settings ?? [], setting) };
        });
        const shown = changes.slice(0, MOST_SHOWN).map(({ subject, name }) => `${subject} ${name}`);
        const target = [...new Set(shown), ...(changes.length > MOST_SHOWN ? ["…"] : [])].join(", ");
        const values = changes.map(({ value }) => value);
        endOf(end, values);
        const asked = {
          target,
          why,
          old,
          new: [...changes, ...Object.entries(endWords(end)).map(([key, value]) => ({ [key]: value }))],
        };
        const carryOut = async () => changed(await settings.change(given, principal.name, endOf(end, values), why));
        return actionResponse(set, await actions.perform(principal, CHANGE_LIMITS, asked, carryOut));
      },
      {
        body: t.Object({ changes: t.Array(changeSchema, { minItems: 1, maxItems: MOST_CHANGES }), ...endBody, why }),
        response: changeAnswers,
        detail: { summary: "Change settings of several accounts and symbols at once: all of them, or none" },
      },
    );

  function viewOf(subject: SettingChange["subject"], name: string): Settled | null {
    if (subject === "firm") return settings.firm();
    if (subject === "client") return clients.get(name);
    if (subject === "session") return sessionLimits.get(name);
    if (subject === "trader") return traders.get(name);
    if (subject === "currency") return currencies.get(name);
    return subject === "account" ? accounts.get(name) : symbols.get(name);
  }
}
