import { currencyText } from "../../base/currency.ts";
import { decimalText } from "../../base/decimal.ts";
import { isoText } from "../../base/time-text.ts";
import { NO_PRICE } from "../../base/units.ts";
import { type DecimalBounds, expectedDecimal, readDecimal } from "../../config/decimal.ts";
import type { SettingKind, SettingUnit } from "../../core/risk/setting-kind.ts";
import { listsText, type Members, membersOf, sourceNames, sourcesOf } from "../../core/risk/setting-terms.ts";
import type { SettingValue } from "../../operation/setting.ts";

/** Decimals of the whole number that a setting is. */
const PLACES: Readonly<Record<SettingUnit, number>> = {
  flag: 0,
  set: 0,
  choice: 0,
  lists: 0,
  currency: 0,
  factor: 8,
  sources: 0,
  time: 0,
  count: 0,
  quantity: 8,
  price: 8,
  money: 4,
  percent: 4,
};
const NO_VALUE = "none";

/** A setting's value as JSON has it. */
export function settingValue({ unit, members = {} }: SettingKind<never>, value: bigint): SettingValue {
  if (value === NO_PRICE) return null;
  if (unit === "set") return membersOf(members, value).join();
  if (unit === "sources") return sourceNames(value).join();
  if (unit === "choice") return choiceText(members, value);
  if (unit === "flag") return value === 1n;
  if (unit === "time") return isoText(Number(value));
  if (unit === "lists") return listsText(value);
  if (unit === "currency") return currencyText(value);
  if (unit === "count") return Number(value);
  return decimalText(value * 10n ** BigInt(8 - PLACES[unit]));
}

/** Reads what JSON has. Returns  the whole number, or what was expected. */
export function readSetting(kind: SettingKind<never>, value: unknown): bigint | string {
  const { unit, least, fileMost: most = kind.most } = kind;
  if (unit === "flag") return typeof value === "boolean" ? BigInt(value) : "true or false";
  if (value === NO_VALUE && kind.mayBeNone === true) return NO_PRICE;
  if (unit === "set") return readSet(kind, value);
  if (unit === "sources") return readSources(kind, value);
  if (unit === "choice") return readChoice(kind, value);
  const places = PLACES[unit];
  const one = 10n ** BigInt(places);
  const from = least < 0n ? "negative" : least === 0n ? "zero" : undefined;
  const bounds: DecimalBounds = { places, max: Number(most / one), ...(from === undefined ? {} : { from }) };
  const read = readDecimal(value, bounds);
  if (typeof read === "bigint" && read >= least && read <= most) return read;
  const none = kind.mayBeNone === true ? ', or "none"' : "";
  return unit === "count"
    ? `a whole number from ${least} to ${most.toLocaleString("en-US")}${none}`
    : expectedDecimal(bounds) + none;
}

/** The name of a number; the number where there is none. */
function choiceText(members: Members, value: bigint): string {
  return Object.keys(members).find((name) => BigInt(members[name]!) === value) ?? String(value);
}

function readChoice({ members = {} }: SettingKind<never>, value: unknown): bigint | string {
  const isKnown = typeof value === "string" && Object.hasOwn(members, value);
  return isKnown ? BigInt(members[value]!) : `one of ${Object.keys(members).join()}`;
}

/** The same in an order, each once. */
function readSources({ members = {} }: SettingKind<never>, value: unknown): bigint | string {
  const names = typeof value === "string" ? value.split(",").map((name) => name.trim()) : [];
  return sourcesOf(names) ?? `some of ${Object.keys(members).join()}, each once, the first one first`;
}

/** Names with commas between them. */
function readSet({ members = {}, least }: SettingKind<never>, value: unknown): bigint | string {
  const names = typeof value === "string" ? value.split(",").map((name) => name.trim()) : [];
  const bits = BigInt(names.reduce((all, name) => all | (members[name] ?? 0), 0));
  const isKnown = names.every((name) => Object.hasOwn(members, name));
  return isKnown && bits >= least ? bits : `some of ${Object.keys(members).join()}`;
}
