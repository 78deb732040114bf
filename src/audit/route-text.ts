import { decimalText } from "../base/decimal.ts";
import {
  ROUTE_ACCOUNT,
  ROUTE_BACK,
  ROUTE_BEGIN,
  ROUTE_EX_DESTINATION,
  ROUTE_MAX_QTY,
  ROUTE_MIN_QTY,
  ROUTE_SECURITY_TYPE,
  ROUTE_SESSION,
  ROUTE_SHARE_BY_ORDER,
  ROUTE_SHARE_BY_SYMBOL,
  ROUTE_SIDE,
  ROUTE_SYMBOL,
  ROUTE_TYPE,
  ROUTE_USE,
  ROUTE_VENUE,
} from "../record/control-codes.ts";
import type { CoreChange } from "../record/setting-changes.ts";

interface RouteWords {
  /** The rule's place, or "rules". */
  readonly name: string;
  readonly setting: string;
  readonly value: string;
}

const TEXTS: Readonly<Record<number, string>> = {
  [ROUTE_ACCOUNT]: "account",
  [ROUTE_SYMBOL]: "symbol",
  [ROUTE_SECURITY_TYPE]: "SecurityType (167)",
  [ROUTE_EX_DESTINATION]: "ExDestination (100)",
};
const QUANTITIES: Readonly<Record<number, string>> = {
  [ROUTE_MIN_QTY]: "least quantity",
  [ROUTE_MAX_QTY]: "largest quantity",
};
const CHARACTERS: Readonly<Record<number, string>> = { [ROUTE_TYPE]: "OrdType (40)", [ROUTE_SIDE]: "Side (54)" };
const IDS: Readonly<Record<number, string>> = { [ROUTE_VENUE]: "venue", [ROUTE_SESSION]: "client session" };
const COUNTS: Readonly<Record<number, string>> = {
  [ROUTE_SHARE_BY_ORDER]: "venues that share orders in turn",
  [ROUTE_SHARE_BY_SYMBOL]: "venues that share orders by symbol",
};
const ALL: Readonly<Record<number, string>> = {
  [ROUTE_BEGIN]: "new rules",
  [ROUTE_USE]: "in force with digest",
  [ROUTE_BACK]: "the ones before are in force again",
};

/** A part of the routing rules. Client sessions and venues are named by their numbers in names.json. */
export function routeWords({ setting, name, value, version = -1 }: CoreChange): RouteWords {
  const number = value ?? 0n;
  const [text, quantity, character, id] = [TEXTS[setting], QUANTITIES[setting], CHARACTERS[setting], IDS[setting]];
  const rule = `rules[${version}]`;
  if (text !== undefined) return { name: rule, setting: text, value: name };
  if (quantity !== undefined) return { name: rule, setting: quantity, value: decimalText(number) };
  if (character !== undefined) return { name: rule, setting: character, value: String.fromCharCode(Number(number)) };
  const count = COUNTS[setting];
  if (count !== undefined) return { name: rule, setting: count, value: String(number) };
  if (id !== undefined) return { name: rule, setting: id, value: `#${number}` };
  return { name: "rules", setting: ALL[setting] ?? `change ${setting}`, value: String(number) };
}

/** The same as a sentence. */
export function routeText(change: CoreChange): string {
  const { name, setting, value } = routeWords(change);
  return `routing.${name}: ${setting}${change.setting === ROUTE_BACK ? "" : ` ${value}`}`;
}
