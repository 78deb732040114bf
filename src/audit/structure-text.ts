import { decimalText } from "../base/decimal.ts";
import { PRICE_SIGNS } from "../base/price-signs.ts";
import { SYMBOLS } from "../core/assembly/layout.ts";
import {
  STRUCTURE_ADD,
  STRUCTURE_GRANT,
  STRUCTURE_RETIRE,
  STRUCTURE_REVOKE,
  STRUCTURE_VENUE_SHIFT,
} from "../record/control-codes.ts";
import type { CoreChange } from "../record/setting-changes.ts";

/** A change of what is configured, as a setting and its value. Client sessions and venues are named by their numbers in names.json. */
export function structureWords(change: CoreChange): { readonly setting: string; readonly value: string } {
  const { setting, value } = change;
  if (setting === STRUCTURE_GRANT) return { setting: "may be used by client session", value: `#${value}` };
  if (setting === STRUCTURE_REVOKE) return { setting: "may no longer be used by client session", value: `#${value}` };
  if (setting === STRUCTURE_RETIRE) return { setting: "configured", value: "false" };
  if (setting !== STRUCTURE_ADD) return { setting: `change ${setting}`, value: String(value) };
  return { setting: "configured", value: change.subject === SYMBOLS ? `true, ${formText(change)}` : "true" };
}

/** The same as a sentence. */
export function structureText(whose: string, change: CoreChange): string {
  const { setting, value } = structureWords(change);
  if (setting !== "configured") return `${whose} ${setting} ${value}`;
  if (value === "false") return `${whose} is no longer configured`;
  return `${whose} is configured${value.slice("true".length)}`;
}

function formText({ value, version = 0 }: CoreChange): string {
  const venue = (version >> STRUCTURE_VENUE_SHIFT) - 1;
  const prices = PRICE_SIGNS[version & 255] ?? "unknown";
  return `quantities in steps of ${decimalText(value ?? 0n)}, prices ${prices}, ${venue < 0 ? "no venue" : `to venue #${venue}`}`;
}
