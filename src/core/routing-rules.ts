import {
  ROUTE_ACCOUNT,
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
import type { CoreConfig, RoutingRule } from "./config.ts";

/** A part of the routing rules, as the core takes it. */
export interface RoutePart {
  /** ROUTE_…. */
  readonly what: number;
  /** The rule's number from 0; NO_RULE where the part is of all. */
  readonly rule: number;
  readonly value: bigint;
  readonly text: string;
}

/** As CHANGE_ANY_VERSION: where a change has the rule's number, there is none. */
const NO_RULE = -1;

/** All rules of a configuration in the order in which the core takes them. Throws for a venue that the configuration does not have. */
export function routeParts(config: Pick<CoreConfig, "rules" | "venues">): RoutePart[] {
  const rules = config.rules ?? [];
  const parts = rules.flatMap((rule, i) => partsOf(rule, i, config.venues));
  const begin = { what: ROUTE_BEGIN, rule: NO_RULE, value: BigInt(rules.length), text: "" };
  return [begin, ...parts, { what: ROUTE_USE, rule: NO_RULE, value: digestOf(parts), text: "" }];
}

/** Of the rules that `routeParts` has made: by which the core is asked whether they are in force. */
export function routeDigest(parts: readonly RoutePart[]): bigint {
  return parts.at(-1)!.value;
}

function partsOf(rule: RoutingRule, number: number, venues: CoreConfig["venues"]): RoutePart[] {
  const ofNumbers = (what: number, values: readonly number[]): RoutePart[] =>
    values.map((value) => ({ what, rule: number, value: BigInt(value), text: "" }));
  const ofTexts = (what: number, texts: readonly string[]): RoutePart[] =>
    texts.map((text) => ({ what, rule: number, value: 0n, text }));
  const ofQuantity = (what: number, value: bigint | null): RoutePart[] =>
    value === null ? [] : [{ what, rule: number, value, text: "" }];
  return [
    ...ofNumbers(
      ROUTE_VENUE,
      rule.venues.map((name) => venueId(name, venues)),
    ),
    ...shareParts(rule, number),
    ...ofNumbers(ROUTE_SESSION, rule.sessions),
    ...ofTexts(ROUTE_ACCOUNT, rule.accounts),
    ...ofTexts(ROUTE_SYMBOL, rule.symbols),
    ...ofTexts(ROUTE_SECURITY_TYPE, rule.securityTypes),
    ...ofTexts(ROUTE_EX_DESTINATION, rule.exDestinations),
    ...ofNumbers(ROUTE_TYPE, rule.orderTypes),
    ...ofNumbers(ROUTE_SIDE, rule.sides),
    ...ofQuantity(ROUTE_MIN_QTY, rule.minQuantityE8),
    ...ofQuantity(ROUTE_MAX_QTY, rule.maxQuantityE8),
  ];
}

/** One venue shares with nobody. */
function shareParts({ share = null }: RoutingRule, number: number): RoutePart[] {
  if (share === null || share.count < 2) return [];
  const what = share.by === "order" ? ROUTE_SHARE_BY_ORDER : ROUTE_SHARE_BY_SYMBOL;
  return [{ what, rule: number, value: BigInt(share.count), text: "" }];
}

function venueId(name: string, venues: CoreConfig["venues"]): number {
  const id = venues.find((one) => one.name === name)?.id;
  if (id === undefined) throw new Error(`venue ${name}: expected one of the configured venues`);
  return id;
}

/** 63 bits of a hash (FNV-1a, twice); 0 where there are no rules, as in a core that never had any. */
function digestOf(parts: readonly RoutePart[]): bigint {
  if (parts.length === 0) return 0n;
  const text = parts.map(({ what, rule, value, text }) => `${what} ${rule} ${value} ${text}\n`).join("");
  return (BigInt(hash(text, 0x811c9dc5) >>> 1) << 32n) | BigInt(hash(text, 0x01000193));
}

function hash(text: string, seed: number): number {
  let sum = seed;
  for (let i = 0; i < text.length; i++) {
    sum = Math.imul(sum ^ text.charCodeAt(i), 0x01000193);
    sum ^= sum >>> 15;
  }
  return sum >>> 0;
}
