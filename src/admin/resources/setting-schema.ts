import { t } from "elysia";
import type { ChangeEnd, ChangesOutcome, SettingChange } from "../../operation/setting.ts";
import type { Done } from "../actions.ts";
import { ApiFailure } from "../failure.ts";
import { actionAnswers, failureSchema, listOf } from "../schema.ts";

export interface EndBody {
  readonly until?: string;
  readonly forMinutes?: number;
}

const MOST_MINUTES = 366 * 24 * 60;
const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)$/;

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
  until: t.Nullable(t.String({ description: "When a temporary value ends; null: it has no end." })),
  afterwards: valueSchema,
});

/** The end of the changed values, in a body. */
export const endBody = {
  until: t.Optional(
    t.String({
      maxLength: 40,
      description:
        'The values are temporary and end at this time, at most 366 days from now: ISO 8601 with Z or an offset, `2026-12-01T17:00:00Z`. What held before holds then with the next order. "now", with null for each value: temporary values end now.',
    }),
  ),
  forMinutes: t.Optional(
    t.Integer({
      minimum: 1,
      maximum: MOST_MINUTES,
      description: "In the place of `until`: minutes from when it is done, after a second person has confirmed it.",
    }),
  ),
};

/** The end that a body asks for, when it is carried out. Throws where it is none. */
export function endOf({ until, forMinutes }: EndBody, values: readonly unknown[]): ChangeEnd | undefined {
  if (until !== undefined && forMinutes !== undefined) throw badEnd("one of `until` and `forMinutes`, got both");
  if (until === "now") {
    if (values.some((value) => value !== null)) throw badEnd('null for each value that ends now (`until` "now")');
    return "now";
  }
  if ((until !== undefined || forMinutes !== undefined) && values.includes(null))
    throw badEnd("a value that holds until a time, got null");
  if (forMinutes !== undefined) return { untilUs: 1_000 * (Date.now() + 60_000 * forMinutes) };
  if (until === undefined) return undefined;
  const ms = ISO_TIME.test(until) ? Date.parse(until) : Number.NaN;
  if (Number.isNaN(ms)) throw badEnd(`a time in ISO 8601 with Z or an offset, or "now", got ${until}`);
  const now = Date.now();
  if (ms <= now || ms > now + 60_000 * MOST_MINUTES)
    throw badEnd(`a time in the future, at most 366 days from now, got ${until}`);
  return { untilUs: 1_000 * ms };
}

/** What the journal has of the end that was asked for. */
export function endWords({ until, forMinutes }: EndBody): Readonly<Record<string, string>> {
  if (until !== undefined) return { until };
  if (forMinutes === undefined) return {};
  return { until: `${forMinutes} minute${forMinutes === 1 ? "" : "s"} from when it is done` };
}

function badEnd(expected: string): ApiFailure {
  return new ApiFailure(400, "out-of-range", `expected ${expected}`, "body.until");
}

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
  "not-temporary": 409,
  "table-full": 409,
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
