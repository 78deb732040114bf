import { t } from "elysia";
import { walkRows } from "../../base/walk-rows.ts";
import { FIRM_NAME, type SettingChange, type SettingValue, type SettingView } from "../../operation/setting.ts";
import type { ActionKind } from "../actions.ts";
import type { AdminContext } from "../context.ts";
import { ApiFailure } from "../failure.ts";
import { actionResponse, resource } from "../resource.ts";
import { answers, listOf, why } from "../schema.ts";
import {
  changeAnswers,
  changed,
  changeOf,
  changeSchema,
  etagOf,
  matched,
  settingSchema,
  settingsBody,
} from "./setting-schema.ts";

const CHANGE_ACCOUNT: ActionKind = { name: "account.change", role: "risk" };
const CHANGE_SYMBOL: ActionKind = { name: "symbol.change", role: "risk" };
const CHANGE_CLIENT: ActionKind = { name: "client.change", role: "risk" };
const CHANGE_FIRM: ActionKind = { name: "firm.change", role: "risk" };
const CHANGE_LIMITS: ActionKind = { name: "limits.change", role: "risk" };

const MOST_LISTED = 1_000;
/** Views that are made in one turn of the main thread. */
const READ_A_TURN = 32;
const MOST_CHANGES = 60;
const MOST_SHOWN = 10;
const name = t.Object({ name: t.String({ minLength: 1, maxLength: 64 }) });
const page = t.Object({
  limit: t.Optional(t.Integer({ minimum: 1, maximum: MOST_LISTED })),
  after: t.Optional(t.String({ maxLength: 64, description: "The last name of the page before." })),
});
const decimal = t.String({ description: "An exact decimal." });

const usageSchema = t.Object({
  limit: t.String(),
  used: t.Union([t.Number(), t.String()]),
  most: t.Union([t.Number(), t.String()]),
  percent: t.Integer(),
});

/** What several accounts together use. */
const levelUseSchema = {
  usage: listOf(usageSchema),
  openOrders: t.Integer(),
  openBuyNotional: decimal,
  openSellNotional: decimal,
  grossExposure: t.String({ description: "Executed on the trading day and open, bought and sold together." }),
  netExposure: t.String({
    description: "As if all open orders of one side were filled and none of the other: the larger of both.",
  }),
};

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
  lowest: t.Nullable(decimal),
  highest: t.Nullable(decimal),
  venue: t.Nullable(t.String()),
  isVenueUp: t.Boolean(),
});

const firmSchema = t.Object({
  name: t.Literal(FIRM_NAME),
  version: t.String({ description: "The ETag, without quotes." }),
  isKilled: t.Boolean(),
  settings: listOf(settingSchema),
  ...levelUseSchema,
});

const clientSchema = t.Object({
  name: t.String(),
  version: t.String({ description: "The ETag, without quotes." }),
  accounts: listOf(t.String()),
  settings: listOf(settingSchema),
  ...levelUseSchema,
});

const KINDS = { account: CHANGE_ACCOUNT, client: CHANGE_CLIENT, symbol: CHANGE_SYMBOL, firm: CHANGE_FIRM } as const;

/** Limits of accounts, clients and the firm, and properties of symbols: read, and changed while orders flow. */
export function settingsResource({
  operations: { accounts, clients, symbols, settings },
  actions,
  access,
}: AdminContext) {
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
        body: t.Object({ settings: settingsBody, why }),
        response: changeAnswers,
        detail: { summary: "Change limits of an account from the next order on, all of them or none; needs If-Match" },
      },
    )
    .patch("/v1/symbols/:name", (context) => change(context, "symbol", known("symbol", context.params.name, symbols)), {
      params: name,
      body: t.Object({ settings: settingsBody, why }),
      response: changeAnswers,
      detail: { summary: "Change reference price, collar, limits or whether a symbol trades; needs If-Match" },
    })
    .get("/v1/clients", ({ query }) => paged("clients", clients, query), {
      query: page,
      response: answers(t.Object({ clients: listOf(clientSchema), next: t.Nullable(t.String()) })),
      detail: { summary: "Clients: limits of sums over their accounts, and their use" },
    })
    .get("/v1/clients/:name", ({ params, set }) => tagged(known("client", params.name, clients), set), {
      params: name,
      response: answers(clientSchema),
      detail: { summary: "One client; its ETag is for a change" },
    })
    .patch("/v1/clients/:name", (context) => change(context, "client", known("client", context.params.name, clients)), {
      params: name,
      body: t.Object({ settings: settingsBody, why }),
      response: changeAnswers,
      detail: { summary: "Change limits of a client from the next order on, all of them or none; needs If-Match" },
    })
    .get("/v1/firm", ({ set }) => tagged(settings.firm(), set), {
      response: answers(firmSchema),
      detail: { summary: "Limits of the firm, of sums over all accounts too, and their use; its ETag is for a change" },
    })
    .patch("/v1/firm", (context) => change(context, "firm", settings.firm()), {
      body: t.Object({ settings: settingsBody, why }),
      response: changeAnswers,
      detail: { summary: "Change limits of the firm from the next order on, all of them or none; needs If-Match" },
    })
    .post(
      "/v1/limits",
      async ({ body: { changes, why }, request, set }) => {
        const principal = access.of(request);
        const given = changes.map((one) => changeOf(one.subject, one.name, one.setting, one.value, one.version));
        const old = changes.map(({ subject, name, setting }) => {
          const view = viewOf(subject, name);
          return { subject, name, setting, value: settingOf(view?.settings ?? [], setting) };
        });
        const shown = changes.slice(0, MOST_SHOWN).map(({ subject, name }) => `${subject} ${name}`);
        const target = [...new Set(shown), ...(changes.length > MOST_SHOWN ? ["…"] : [])].join(", ");
        const asked = { target, why, old, new: changes };
        const carryOut = async () => changed(await settings.change(given, principal.name));
        return actionResponse(set, await actions.perform(principal, CHANGE_LIMITS, asked, carryOut));
      },
      {
        body: t.Object({ changes: t.Array(changeSchema, { minItems: 1, maxItems: MOST_CHANGES }), why }),
        response: changeAnswers,
        detail: { summary: "Change settings of several accounts and symbols at once: all of them, or none" },
      },
    );

  function viewOf(subject: SettingChange["subject"], name: string): Settled | null {
    if (subject === "firm") return settings.firm();
    if (subject === "client") return clients.get(name);
    return subject === "account" ? accounts.get(name) : symbols.get(name);
  }

  async function change({ request, set, body }: Changing, subject: SettingChange["subject"], view: Settled) {
    const principal = access.of(request);
    const version = matched(request, view.version);
    const changes = Object.entries(body.settings).map(([setting, value]) =>
      changeOf(subject, view.name, setting, value, version),
    );
    const old = Object.fromEntries(
      Object.keys(body.settings).map((setting) => [setting, settingOf(view.settings, setting)]),
    );
    const asked = { target: view.name, why: body.why, old, new: body.settings };
    const carryOut = async () => changed(await settings.change(changes, principal.name));
    return actionResponse(set, await actions.perform(principal, KINDS[subject], asked, carryOut));
  }
}

interface Changing {
  readonly request: Request;
  readonly set: { status?: number | string };
  readonly body: {
    readonly settings: Readonly<Record<string, string | number | boolean | null>>;
    readonly why: string;
  };
}

interface Settled {
  readonly name: string;
  readonly version: string;
  readonly settings: readonly SettingView[];
}

interface Named<View> {
  names(): readonly string[];
  get(name: string): View | null;
}

function known<View>(what: string, name: string, named: Named<View>): View {
  const view = named.get(name);
  if (view === null)
    throw new ApiFailure(
      404,
      `no-${what}`,
      `expected the name of ${what === "account" ? "an" : "a"} ${what}, got ${name}`,
      "path.name",
    );
  return view;
}

function tagged<View extends Settled>(view: View, set: { headers: Record<string, string | number> }): View {
  set.headers.etag = etagOf(view.version);
  return view;
}

function settingOf(settings: readonly SettingView[], name: string): SettingValue {
  return settings.find((setting) => setting.name === name)?.value ?? null;
}

/** Names behind `after`, in the configuration's order, with what is known of each; read some at a time. */
async function paged<Key extends string, View>(
  key: Key,
  named: Named<View>,
  { limit = MOST_LISTED, after }: { limit?: number; after?: string },
): Promise<Record<Key, View[]> & { next: string | null }> {
  const names = named.names();
  const from = after === undefined ? 0 : names.indexOf(after) + 1;
  if (after !== undefined && from === 0)
    throw new ApiFailure(400, "invalid", `expected a name of a page before, got ${after}`, "query.after");
  const shown = names.slice(from, from + limit);
  const views: View[] = [];
  const read = (begin: number, end: number): void => {
    for (const one of shown.slice(begin, end)) views.push(...[named.get(one)].filter((view) => view !== null));
  };
  await walkRows(shown.length, read, READ_A_TURN);
  const next = from + limit < names.length ? shown.at(-1)! : null;
  return { [key]: views, next } as Record<Key, View[]> & { next: string | null };
}
