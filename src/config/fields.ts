import { Kind, type TSchema, Type, TypeRegistry } from "@sinclair/typebox";
import { ID_BYTES } from "../base/id.ts";
import { readAddress } from "./address.ts";
import { type DecimalBounds, expectedDecimal, readDecimal } from "./decimal.ts";
import { readNetwork } from "./network.ts";
import { readDate, readTime, readWeekTime, readZone } from "./time.ts";

/** Longest name of a session, a venue, a calendar; longest CompID. */
export const NAME_BYTES = 32;

/*  Kinds of fields in the schema. Beside TypeBox's keywords a field has
 *
 *  expected   text of the accepted values, where the keywords are not clear
 *  fallback   text of the other field that gives the default
 *  secret     its value is never part of a message
 */
export interface FieldWords {
  readonly expected?: string;
  readonly fallback?: string;
  readonly secret?: boolean;
}

export interface AddressesKeywords {
  readonly lowestPort: number;
  readonly minItems: number;
  readonly maxItems: number;
  /** Text of one accepted address. */
  readonly oneExpected: string;
}

TypeRegistry.Set<DecimalBounds>("Decimal", (field, value) => typeof readDecimal(value, field) === "bigint");
TypeRegistry.Set<AddressesKeywords>("Addresses", (field, value) => {
  const list = Array.isArray(value) ? value : [value];
  if (list.length < field.minItems || list.length > field.maxItems) return false;
  return list.every((one) => readAddress(one, field.lowestPort) !== null);
});

TypeRegistry.Set("CalendarDate", (_field, value) => readDate(value) !== null);
TypeRegistry.Set("TimeOfDay", (_field, value) => readTime(value) !== null);
TypeRegistry.Set("WeekTime", (_field, value) => readWeekTime(value) !== null);
TypeRegistry.Set("Zone", (_field, value) => readZone(value) !== null);
TypeRegistry.Set("Network", (_field, value) => readNetwork(value) !== null);

/** One to `bytes` printable ASCII characters; no SOH and no "=", which delimit FIX fields; no space at either end. */
const idOf = (bytes: number) => `^[!-<>-~](?:[ -<>-~]{0,${bytes - 2}}[!-<>-~])?$`;
const expectedOf = (bytes: number) => `1 to ${bytes} printable ASCII characters without "="`;

/** A CompID, or a name that the configuration gives. */
export const id = (description: string, more = {}) =>
  Type.String({ description, pattern: idOf(NAME_BYTES), expected: expectedOf(NAME_BYTES), ...more });
/** An account. */
export const longId = (description: string, more = {}) =>
  Type.String({ description, pattern: idOf(ID_BYTES), expected: expectedOf(ID_BYTES), ...more });
export const whole = (description: string, minimum: number, maximum: number, more = {}) =>
  Type.Integer({ description, minimum, maximum, ...more });
export const flag = (description: string, more = {}) => Type.Boolean({ description, ...more });
export const choice = <const T extends string[]>(description: string, names: [...T], more = {}) =>
  Type.Union(
    names.map((name) => Type.Literal(name)),
    { description, expected: names.map((name) => `"${name}"`).join(" or "), ...more },
  ) as TSchema & { static: T[number] };
/** Some of these names; all of them where the key is absent. */
export const choices = <const T extends string[]>(description: string, names: [...T]) =>
  Type.Array(choice("One of them.", names), {
    description,
    minItems: 1,
    maxItems: names.length,
    uniqueItems: true,
    default: names,
  });
/** The same, or none of them. */
export const choicesOrNone = <const T extends string[]>(description: string, names: [...T]) => ({
  ...choices(description, names),
  minItems: 0,
});
/** An exact decimal, as a number, or as text for more digits than a double has. */
export const decimal = (description: string, bounds: DecimalBounds, more = {}) =>
  Type.Unsafe<number | string>({
    [Kind]: "Decimal",
    description,
    ...bounds,
    expected: expectedDecimal(bounds),
    ...more,
  });
export const addresses = (description: string, lowestPort: number, more = {}) => {
  const [form, one] = ['"127.0.0.1:9001" or "[::1]:9001"', "an IPv4 or IPv6 address (no name) and a port from"];
  return Type.Unsafe<string | string[]>({
    [Kind]: "Addresses",
    description,
    lowestPort,
    minItems: 1,
    maxItems: 16,
    expected: `${form}, or a list of 1 to 16: ${one} ${lowestPort} to 65535`,
    oneExpected: `${form}: ${one} ${lowestPort} to 65535`,
    ...more,
  });
};
/** Dates, times and zones stay as in the file; `time.ts` reads them. */
const moment =
  <T>(kind: string, expected: string) =>
  (description: string, more = {}) =>
    Type.Unsafe<T>({ [Kind]: kind, description, expected, ...more });
const TIME = '"09:30" or "09:30:15": a time of day from 00:00:00 to 23:59:59';
export const date = moment<unknown>("CalendarDate", 'a date such as "2026-12-25"');
export const timeOfDay = moment<unknown>("TimeOfDay", TIME);
export const weekTime = moment<unknown>("WeekTime", `${TIME}, for a weekly session after its day: "sun 17:00"`);
export const zone = moment<string>(
  "Zone",
  'the name of a time zone such as "America/New_York", "Europe/London" or "UTC"',
);
/** Values by date. */
export const byDate = <T extends TSchema>(description: string, entry: T, more = {}) =>
  Type.Record(Type.String({ pattern: "^\\d{4}-\\d\\d-\\d\\d$" }), entry, {
    description,
    additionalProperties: false,
    expected: 'entries such as 2026-11-27 = "13:00"',
    default: {},
    ...more,
  });
export const network = (description: string) =>
  Type.Unsafe<string>({
    [Kind]: "Network",
    description,
    expected: `an address or a range such as "10.0.0.0/8", "192.0.2.7" or "2001:db8::/32"`,
  });
/** A value of Username (553) or Password (554), without control characters, because SOH ends a field. */
export const printable = (description: string, more = {}) =>
  Type.Optional(
    Type.String({
      description,
      pattern: "^[ -~]{1,256}$",
      expected: "1 to 256 printable ASCII characters",
      ...more,
    }),
  );
/** An absent table counts as empty, so that each of its missing fields is reported. */
export const table = <T extends Parameters<typeof Type.Object>[0]>(description: string, fields: T, more = {}) =>
  Type.Object(fields, { description, additionalProperties: false, default: {}, ...more });
export const named = <T extends TSchema>(description: string, entry: T, more = {}, bytes = NAME_BYTES) =>
  Type.Record(Type.String({ pattern: idOf(bytes) }), entry, {
    description,
    additionalProperties: false,
    expected: `tables with names of ${expectedOf(bytes)}`,
    ...more,
  });
/** Longest name of a trader. */
const TRADER_BYTES = 57;
/** A trader. */
export const traderId = (description: string) =>
  Type.String({ description, pattern: idOf(TRADER_BYTES), expected: expectedOf(TRADER_BYTES) });
/** The same by traders. */
export const byTrader = <T extends TSchema>(description: string, entry: T, more = {}) =>
  named(description, entry, more, TRADER_BYTES);
/** The same by accounts or symbols. */
export const byLongId = <T extends TSchema>(description: string, entry: T, more = {}) =>
  named(description, entry, more, ID_BYTES);
