import { t } from "elysia";
import type { ChangesOutcome, SettingChange } from "../../operation/setting.ts";
import type { Done } from "../actions.ts";
import { ApiFailure } from "../failure.ts";
import { actionAnswers, failureSchema, listOf } from "../schema.ts";

/** A set of all order types is the longest text. */
const valueSchema = t.Nullable(t.Union([t.String({ maxLength: 200 }), t.Number(), t.Boolean()]));

export const settingSchema = t.Object({
  name: t.String(),
  unit: t.String({
    description:
      "flag, quantity, money, count, price, percent, set, sources (names in an order), choice (one of several names), factor (a multiplier or a rate), currency, time or lists (numbers of restricted lists); the last three the file alone sets.",
  }),
  value: valueSchema,
  fileValue: valueSchema,
  source: t.Union([t.Literal("file"), t.Literal("operator")]),
  by: t.Nullable(t.String({ description: "Operator who has set it." })),
  at: t.Nullable(t.String({ description: "When: ISO 8601 with microseconds." })),
});

const decimal = t.String({ description: "An exact decimal." });

export const usageSchema = t.Object({
  limit: t.String(),
  used: t.Union([t.Number(), t.String()]),
  most: t.Union([t.Number(), t.String()]),
  percent: t.Integer(),
  currency: t.Optional(t.String({ description: "Of a limit of money, where `risk.currency` is configured." })),
});

/** Of notionals and exposures. */
export const currency = t.Nullable(
  t.String({ description: "Currency of notionals and exposures (`risk.currency`); null: none is configured." }),
);

/** What several accounts together use. */
export const levelUseSchema = {
  usage: listOf(usageSchema),
  openOrders: t.Integer(),
  currency,
  openBuyNotional: decimal,
  openSellNotional: decimal,
  grossExposure: t.String({ description: "Executed on the trading day and open, bought and sold together." }),
  netExposure: t.String({
    description: "As if all open orders of one side were filled and none of the other: the larger of both.",
  }),
};

/** New values by the settings' names. */
export const settingsBody = t.Record(t.String({ minLength: 1, maxLength: 40 }), valueSchema, {
  minProperties: 1,
  maxProperties: 20,
  description:
    'New values by name; null: what the file says holds again. "none": no reference price, no such limit. A set is text: names with commas between them.',
});

export const changeAnswers = { ...actionAnswers, 412: failureSchema, 428: failureSchema };

export const changeSchema = t.Object(
  {
    subject: t.Union([
      t.Literal("account"),
      t.Literal("client"),
      t.Literal("session"),
      t.Literal("trader"),
      t.Literal("currency"),
      t.Literal("symbol"),
      t.Literal("firm"),
    ]),
    name: t.String({ minLength: 1, maxLength: 64 }),
    setting: t.String({ minLength: 1, maxLength: 40 }),
    value: valueSchema,
    version: t.Optional(t.String({ maxLength: 40, description: "Version that the account or symbol must have." })),
  },
  { additionalProperties: false },
);

/** A change as a body has it: null is the file's value. */
export function changeOf(
  subject: SettingChange["subject"],
  name: string,
  setting: string,
  value: string | number | boolean | null,
  version: string | undefined,
): SettingChange {
  return {
    subject,
    name,
    setting,
    ...(value === null ? {} : { value }),
    ...(version === undefined ? {} : { version }),
  };
}

/** The version that If-Match names. Throws where there is none, or the version is another one. */
export function matched(request: Request, version: string): string {
  const header = request.headers.get("if-match");
  if (header === null)
    throw new ApiFailure(
      428,
      "no-version",
      "expected If-Match with the ETag of the value that is changed, got none",
      "header.if-match",
    );
  if (header.trim() === "*" || header.split(",").some((one) => one.trim() === etagOf(version))) return version;
  throw new ApiFailure(
    412,
    "version-differs",
    `expected If-Match ${etagOf(version)}, got ${header.slice(0, 100)}: it was changed meanwhile`,
    "header.if-match",
  );
}

export function etagOf(version: string): string {
  return `"${version}"`;
}

const STATUS: Readonly<Record<string, number>> = {
  "unknown-name": 404,
  "unknown-setting": 400,
  "out-of-range": 400,
  "too-many": 400,
  "version-differs": 412,
};

/** What is answered to changes, with the old value of each. */
export function changed({ result, code, reason, changes }: ChangesOutcome): Done {
  const more = {
    changes: changes.map(({ change: { subject, name, setting }, ...values }) => ({
      subject,
      name,
      setting,
      ...values,
    })),
  };
  return { result, code, reason, status: STATUS[code] ?? 409, more: result === "refused" ? {} : more };
}
