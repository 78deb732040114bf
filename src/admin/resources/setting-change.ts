import type { SettingChange, SettingValue, SettingView } from "../../operation/setting.ts";
import type { ActionKind } from "../actions.ts";
import type { AdminContext } from "../context.ts";
import { ApiFailure } from "../failure.ts";
import { actionResponse } from "../resource.ts";
import { changed, changeOf, type EndBody, endOf, endWords, etagOf, matched } from "./setting-schema.ts";

// What the resources with settings have in common: one is read with its ETag, and changed with If-Match.

/** The action of a change, by what it is of. */
const KINDS: Readonly<Record<SettingChange["subject"], ActionKind>> = {
  account: { name: "account.change", role: "risk" },
  client: { name: "client.change", role: "risk" },
  session: { name: "session-limits.change", role: "risk" },
  trader: { name: "trader.change", role: "risk" },
  currency: { name: "currency.change", role: "risk" },
  symbol: { name: "symbol.change", role: "risk" },
  firm: { name: "firm.change", role: "risk" },
};

interface Changing {
  readonly request: Request;
  readonly set: { status?: number | string };
  readonly body: {
    readonly settings: Readonly<Record<string, string | number | boolean | null>>;
    readonly why: string;
  } & EndBody;
}

export interface Settled {
  readonly name: string;
  readonly version: string;
  readonly settings: readonly SettingView[];
}

export interface Named<View> {
  names(): readonly string[];
  get(name: string): View | null;
}

/** Changes settings of one subject: all of them or none. */
export function settingsChange({ operations: { settings }, actions, access }: AdminContext) {
  return change;

  async function change({ request, set, body }: Changing, subject: SettingChange["subject"], view: Settled) {
    const principal = access.of(request);
    const version = matched(request, view.version);
    const changes = Object.entries(body.settings).map(([setting, value]) =>
      changeOf(subject, view.name, setting, value, version),
    );
    const old = Object.fromEntries(
      Object.keys(body.settings).map((setting) => [setting, settingOf(view.settings, setting)]),
    );
    const values = Object.values(body.settings);
    endOf(body, values);
    const asked = { target: view.name, why: body.why, old, new: { ...body.settings, ...endWords(body) } };
    const carryOut = async () => changed(await settings.change(changes, principal.name, endOf(body, values), body.why));
    return actionResponse(set, await actions.perform(principal, KINDS[subject], asked, carryOut));
  }
}

export function known<View>(what: string, name: string, named: Named<View>): View {
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

export function tagged<View extends Settled>(view: View, set: { headers: Record<string, string | number> }): View {
  set.headers.etag = etagOf(view.version);
  return view;
}

export function settingOf(settings: readonly SettingView[], name: string): SettingValue {
  return settings.find((setting) => setting.name === name)?.value ?? null;
}
