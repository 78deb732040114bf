import * as kinds from "../../base/order-kinds.ts";
import { MOST_E8, NO_PRICE } from "../../base/units.ts";
import * as layout from "../assembly/layout.ts";

// Bounds that settings have in common (settings.ts), and what their values are made from.

/** Bit by name; of a choice the number. */
export type Members = Readonly<Record<string, number>>;

const { FORM_BIT, FORM_INT, FORM_LONG, FORM_SHORT } = layout;
export const MOST_COUNT = BigInt(Number.MAX_SAFE_INTEGER);
/** As the configuration has them. */
export const MOST_OPEN = 16_777_216n;
export const MOST_PER_SECOND = 10_000_000n;
/** Identical orders, and the time within which they count. */
export const MOST_DUPLICATES = 100n;
export const MOST_WINDOW_MS = 60_000n;
export const DUPLICATE_WINDOW_MS = 1_000n;
/** 1e-4 money; twice that fits into 64 bits. */
export const MOST_MONEY = MOST_E8 / 2n;
/** A collar above 1000 % has no effect. */
export const MOST_PPM = 10_000_000n;
export const FLAG = { unit: "flag", least: 0n, most: 1n, form: FORM_BIT } as const;
export const LIMIT = { least: 1n, isLimit: true } as const;
/** Limits that need not be there. */
export const EXPOSURE = { least: 0n, most: MOST_MONEY, isLimit: true, mayBeNone: true, form: FORM_LONG } as const;
/** A limit that need not be there. */
export const OPTIONAL = { ...LIMIT, mayBeNone: true, noneIsMost: true } as const;
/** A step that prices or quantities are multiples of. */
export const STEP = { ...LIMIT, mayBeNone: true, most: MOST_E8, form: FORM_LONG } as const;
/** Restricted lists, whose bits are in a whole number above 0. */
const MOST_LISTS = 62;
export const LISTS = {
  unit: "lists",
  least: 0n,
  most: (1n << BigInt(MOST_LISTS)) - 1n,
  form: FORM_LONG,
  isOfFile: true,
} as const;
/** An instant, microseconds since 1970. The largest one is after every order: what has hours is closed until it is told them. */
export const INSTANT = {
  unit: "time",
  least: 1n,
  most: MOST_COUNT,
  mayBeNone: true,
  form: FORM_LONG,
  isOfFile: true,
} as const;
/** What amounts are multiplied with, 1e-8. */
export const FACTOR = { unit: "factor", least: 1n, most: MOST_E8, form: FORM_LONG } as const;
/** OrdType (40) and TimeInForce (59) as the configuration calls them. */
export const ORDER_TYPES: Members = membersBy(kinds.ORDER_TYPES);
export const TIMES_IN_FORCE: Members = membersBy(kinds.TIMES_IN_FORCE);
/** What becomes of orders of a group that could trade with each other, and who belongs to it. */
export const SELF_TRADE_MODES: Members = { off: 0, "reject-new": 1, "cancel-old": 2, "cancel-both": 3, venue: 4 };
/** Which orders a collar binds: all, or buys above it and sells below it. */
export const COLLAR_SIDES: Members = { both: 0, aggressive: 1 };
export const SELF_TRADE_GROUPS: Members = { account: 0, client: 1 };
/** Executions in one symbol, and the time within which they count. */
export const MOST_EXECUTIONS = 1_000n;
export const MOST_EXECUTIONS_MS = 3_600_000n;
export const EXECUTIONS_WINDOW_MS = 60_000;

/** Where a reference price comes from, in an order; 0: the operator's, else the configuration's. */
export const SOURCES: Members = {
  quotes: layout.SOURCE_QUOTES,
  executions: layout.SOURCE_EXECUTIONS,
  operator: layout.SOURCE_OPERATOR,
  configuration: layout.SOURCE_CONFIGURATION,
};
export const USUAL_SOURCES = ["operator", "configuration"];
/** What a price is good for, up to a week; none: for ever. */
export const STALE = { ...OPTIONAL, unit: "count", most: 604_800_000n, form: FORM_LONG } as const;
/** Most messages of all client sessions (core/area.ts, FIRM_TIMES), and the time within which they count. */
export const FIRM_MESSAGES = { ...LIMIT, unit: "count", most: 131_072n, mayBeNone: true, form: FORM_LONG } as const;
export const FIRM_WINDOW_MS = 1_000;
export const FIRM_WINDOW = { ...LIMIT, unit: "count", most: MOST_WINDOW_MS, form: FORM_LONG } as const;

export function bit(value: boolean): bigint {
  return value ? 1n : 0n;
}

/** The bits of names that stand for characters of FIX: digits, and the letters that core/assembly/order-kinds.ts knows. */
function membersBy(names: Readonly<Record<string, string>>): Members {
  const letters: Readonly<Record<string, number>> = { B: layout.BIT_OF_B, J: layout.BIT_OF_J, P: layout.BIT_OF_P };
  const bitOf = (char: string): number => 1 << (letters[char] ?? char.charCodeAt(0) - layout.FIRST_CHAR);
  return Object.fromEntries(Object.entries(names).map(([name, char]) => [name, bitOf(char)]));
}

/** The names whose bits a set has. */
export function membersOf(members: Members, bits: bigint): string[] {
  return Object.keys(members).filter((name) => (bits & BigInt(members[name]!)) !== 0n);
}

/** The numbers of restricted lists, from 1 in the order of the configuration. */
export function listsText(bits: bigint): string {
  const numbers = Array.from({ length: MOST_LISTS }, (_, i) => i + 1).filter(
    (one) => ((bits >> BigInt(one - 1)) & 1n) === 1n,
  );
  return numbers.length === 0 ? "none" : numbers.join();
}

/** The bits of names; all where none are given. */
export function bitsOf(members: Members, names?: readonly string[]): bigint {
  let bits = 0;
  if (names === undefined) for (const name in members) bits |= members[name]!;
  else for (const name of names) bits |= members[name] ?? 0;
  return BigInt(bits);
}

/** One of several names. */
export function choiceOf(members: Members) {
  const most = BigInt(Object.keys(members).length - 1);
  return { unit: "choice", least: 0n, most, form: FORM_INT, isLimit: true, members } as const;
}

export function setOf(members: Members) {
  return { unit: "set", least: 1n, most: bitsOf(members), form: FORM_SHORT, isLimit: true, members } as const;
}

/** A place for each source in their order; 0 for the usual ones; null where one is not known, or stands there twice. */
export function sourcesOf(names: readonly string[]): bigint | null {
  if (names.length === 0 || new Set(names).size !== names.length) return null;
  if (names.join() === USUAL_SOURCES.join()) return 0n;
  let places = 0;
  for (const [i, name] of names.entries()) {
    if (!Object.hasOwn(SOURCES, name)) return null;
    places |= SOURCES[name]! << (layout.SOURCE_BITS * i);
  }
  return BigInt(places);
}

/** The sources in their order. */
export function sourceNames(places: bigint): string[] {
  if (places === 0n) return USUAL_SOURCES;
  const names: string[] = [];
  const mask = (1n << BigInt(layout.SOURCE_BITS)) - 1n;
  for (let rest = places; rest > 0n; rest >>= BigInt(layout.SOURCE_BITS))
    names.push(Object.keys(SOURCES).find((name) => BigInt(SOURCES[name]!) === (rest & mask)) ?? String(rest & mask));
  return names;
}

export function orNone(value: number | undefined): bigint {
  return value === undefined ? NO_PRICE : whole(value);
}

/** What is not whole is out of bounds everywhere. */
export function whole(value: number): bigint {
  return Number.isSafeInteger(value) ? BigInt(value) : NO_PRICE;
}
