import { currencyText } from "../base/currency.ts";
import { decimalText } from "../base/decimal.ts";
import { idText } from "../base/id.ts";
import { isoText } from "../base/time-text.ts";
import { NO_PRICE } from "../base/units.ts";
import { ACCOUNTS, ROUTES, SESSIONS, SYMBOLS } from "../core/assembly/layout.ts";
import { levelOf } from "../core/level-rows.ts";
import type { SettingKind, SettingUnit } from "../core/risk/setting-kind.ts";
import { listsText, membersOf } from "../core/risk/setting-terms.ts";
import { SETTINGS } from "../core/risk/settings.ts";
import type { Control } from "../record/control.ts";
import {
  CONTROL_APPLIED,
  CONTROL_CHANGE,
  CONTROL_CHANGE_LASTING,
  CONTROL_CHANGE_UNTIL,
  CONTROL_CHANGES_END,
  CONTROL_CONFIGURE,
  CONTROL_NAME_AT,
  CONTROL_POSITIONS,
  CONTROL_UNCHANGED,
} from "../record/control-codes.ts";
import { type CoreChange, readChanges } from "../record/setting-changes.ts";
import { readPositions } from "../record/start-positions.ts";
import { routeText, routeWords } from "./route-text.ts";
import { structureText, structureWords } from "./structure-text.ts";

/** Units of settings in 1e-8. */
const IN_E8: readonly SettingUnit[] = ["quantity", "price", "factor"];
/** 1e-8 in 1e-4. */
const E4 = 10_000n;

/** Values that hold until a time in words, and what the core decided. */
function untilText(count: number, by: string, untilUs: number, text: Uint8Array, result: number): string {
  return `until ${isoText(untilUs)}: ${changeText(count, by, text, result)}`;
}

/** Values that have ended in words; `by`: the operator who has ended them, "" where their time had come. */
function endsText(count: number, by: string, text: Uint8Array, result: number): string {
  const changes = readChanges(count, text);
  if (by !== "")
    return `ended by ${by}${result === CONTROL_APPLIED ? "" : `, not done (${result})`}: ${changes.map(namedText).join("; ")}`;
  return `ended at their time: ${changes.map(oneText).join("; ")}`;
}

/** What holds where a value has ended, of one change. */
export function endText(text: Uint8Array): string {
  return readChanges(1, text).map(oneText).join();
}

function namedText(change: CoreChange): string {
  const { subject, name, setting } = changeWords(change, CONTROL_APPLIED);
  return `${setting} of ${subject === "firm" ? subject : `${subject} ${name}`}`;
}

/** A command that changes settings, positions or what is configured in words, with what the core decided; null: it is another one. */
export function changesText(control: Control, textOf: () => Uint8Array, result: number): string | null {
  const { kind, value, amount } = control;
  const by = idText(control.views.bytes, control.at + CONTROL_NAME_AT, control.nameLength);
  if ([CONTROL_CHANGE, CONTROL_CHANGE_LASTING, CONTROL_CONFIGURE].includes(kind))
    return changeText(value, by, textOf(), result);
  if (kind === CONTROL_CHANGE_UNTIL) return untilText(value, by, amount, textOf(), result);
  if (kind === CONTROL_CHANGES_END) return endsText(value, amount === 0 ? "" : by, textOf(), result);
  return kind === CONTROL_POSITIONS ? positionsWords(value, by, textOf(), result) : null;
}

/** Changes of settings and of what is configured in words, and what the core decided. */
function changeText(count: number, by: string, text: Uint8Array, result: number): string {
  const changes = readChanges(count, text).map(oneText).join("; ");
  const who = by === "" ? "" : `, asked for by ${by}`;
  if (result === CONTROL_APPLIED) return `${changes}${who}`;
  return result === CONTROL_UNCHANGED ? `${changes}${who}: as before` : `not changed (${result}): ${changes}${who}`;
}

/** Positions at the start of a trading day in words, and what the core decided. */
function positionsWords(count: number, by: string, text: Uint8Array, result: number): string {
  const positions = readPositions(count, text)
    .map(({ account, symbol, quantity }) => `position of account ${account} in ${symbol} is ${decimalText(quantity)}`)
    .join("; ");
  const who = by === "" ? "" : `, asked for by ${by}`;
  return result === CONTROL_APPLIED
    ? `at the start of the day: ${positions}${who}`
    : `not set (${result}): ${positions}${who}`;
}

/** One change in words. */
export interface ChangeWords {
  readonly subject: "account" | "client" | "symbol" | "session" | "trader" | "currency" | "firm" | "routing";
  /** Of the account, client, symbol, client session, trader or currency, or a rule; "" for the firm. */
  readonly name: string;
  readonly setting: string;
  /** Null: the file's value holds again. */
  readonly value: string | null;
  readonly result: "applied" | "unchanged" | "refused";
}

/** `result`: what the journal keeps beside the command. */
export function changeWords(change: CoreChange, result: number): ChangeWords {
  const { subject, setting, value } = change;
  const about = {
    ...subjectOf(change),
    result: result === CONTROL_APPLIED ? "applied" : result === CONTROL_UNCHANGED ? "unchanged" : "refused",
  } as const;
  if (subject === ROUTES) return { ...about, ...routeWords(change) };
  if (change.isStructure === true) return { ...about, ...structureWords(change) };
  const kind: SettingKind<never> | undefined = SETTINGS[subject]?.[setting];
  return {
    ...about,
    setting: kind?.name ?? `setting ${setting}`,
    value: value === null ? null : valueText(kind, value),
  };
}

function subjectOf({ subject, name }: CoreChange): Pick<ChangeWords, "subject" | "name"> {
  if (subject === SYMBOLS) return { subject: "symbol", name };
  if (subject === ROUTES) return { subject: "routing", name };
  if (subject !== ACCOUNTS) return { subject: subject === SESSIONS ? "session" : "firm", name };
  const of = levelOf(name);
  return { subject: of.level, name: of.name };
}

function oneText(change: CoreChange): string {
  if (change.subject === ROUTES) return routeText(change);
  const { subject, name, setting, value } = changeWords(change, CONTROL_APPLIED);
  const whose = subject === "firm" ? subject : `${subject} ${name}`;
  if (change.isStructure === true) return structureText(whose, change);
  if (value === null) return `${setting} of ${whose} is the file's again`;
  return `${setting} of ${whose} is ${value}${change.inFile === true ? " in the file" : ""}`;
}

function valueText(kind: SettingKind<never> | undefined, value: bigint): string {
  const unit = kind?.unit ?? "count";
  if (value === NO_PRICE) return "none";
  if (unit === "set") return membersOf(kind?.members ?? {}, value).join();
  if (unit === "flag") return value === 1n ? "true" : "false";
  if (unit === "time") return isoText(Number(value));
  if (unit === "lists") return listsText(value);
  if (unit === "count") return String(value);
  if (unit === "currency") return currencyText(value);
  return decimalText(IN_E8.includes(unit) ? value : value * E4);
}
