import { decimalText } from "../base/decimal.ts";
import { NO_PRICE } from "../base/units.ts";
import { ACCOUNTS, FIRM } from "../core/assembly/layout.ts";
import { SETTINGS } from "../core/risk/settings.ts";
import { CONTROL_APPLIED, CONTROL_UNCHANGED } from "../record/control-codes.ts";
import { type CoreChange, readChanges } from "../record/setting-changes.ts";

/** 1e-8 in 1e-4. */
const E4 = 10_000n;

/** Changes of settings in words, and what the core decided. */
export function changeText(count: number, by: string, text: Uint8Array, result: number): string {
  const changes = readChanges(count, text).map(oneText).join("; ");
  const who = by === "" ? "" : `, asked for by ${by}`;
  if (result === CONTROL_APPLIED) return `${changes}${who}`;
  return result === CONTROL_UNCHANGED ? `${changes}${who}: as before` : `not changed (${result}): ${changes}${who}`;
}

function oneText({ subject, name, setting, value }: CoreChange): string {
  const kind = SETTINGS[subject]?.[setting];
  const what = kind?.name ?? `setting ${setting}`;
  const whose = subject === FIRM ? "firm" : `${subject === ACCOUNTS ? "account" : "symbol"} ${name}`;
  if (value === null) return `${what} of ${whose} is the file's again`;
  return `${what} of ${whose} is ${valueText(kind?.unit ?? "count", value)}`;
}

function valueText(unit: string, value: bigint): string {
  if (value === NO_PRICE) return "none";
  if (unit === "flag") return value === 1n ? "true" : "false";
  if (unit === "count") return String(value);
  return decimalText(unit === "quantity" || unit === "price" ? value : value * E4);
}
