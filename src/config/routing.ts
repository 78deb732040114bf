import { type Static, type TSchema, Type } from "@sinclair/typebox";
import { ORDER_TYPE_NAMES, type OrderType } from "../base/order-kinds.ts";
import { type DecimalBounds, readDecimal } from "./decimal.ts";
import { choice, decimal, id, longId, table } from "./fields.ts";
import { MAX_NUMBER } from "./numbers.ts";

// As in core/assembly/layout.ts, whose tables have room for these.
export const MOST_RULES = 256;
/** Accounts and symbols in all rules. */
export const MOST_NAME_CONDITIONS = 4_096;
/** SecurityTypes in all rules, and as many ExDestinations. */
export const MOST_TEXT_CONDITIONS = 256;
/** Venues and fallbacks of a rule. */
export const MOST_VENUES = 8;
const MOST_FALLBACKS = MOST_VENUES - 1;
/** How the venues of a rule share orders. */
const SHARES = ["by order", "by symbol"] as const;
const TEXT_BYTES = 16;

const QUANTITY = { places: 8, max: MAX_NUMBER };
const list = <T extends TSchema>(description: string, entry: T, maxItems: number) =>
  Type.Optional(Type.Array(entry, { description, minItems: 1, maxItems, uniqueItems: true }));
const text = (description: string) =>
  Type.String({
    description,
    pattern: `^[!-~]{1,${TEXT_BYTES}}$`,
    expected: `1 to ${TEXT_BYTES} printable ASCII characters without spaces`,
  });

/** Names of order types and of sides that rules may have. */
export const RULE_ORDER_TYPES = ORDER_TYPE_NAMES;
export const RULE_SIDES = ["buy", "sell", "sell-short"] as const;

export const ruleSchema = table(
  "One rule: it fits an order that meets all its conditions, one of the values of each. A rule without conditions fits all.",
  {
    name: Type.Optional(id("What sallyport route and messages call it. Default: its place.")),
    sessions: list("Client sessions.", id("Name of a table of client.sessions."), 4_096),
    accounts: list(
      "Accounts (1); `*` stands for any characters.",
      longId("Account, or a pattern."),
      MOST_NAME_CONDITIONS,
    ),
    symbols: list(
      "Symbols (55); `*` stands for any characters.",
      longId("Symbol, or a pattern."),
      MOST_NAME_CONDITIONS,
    ),
    securityTypes: list(
      "Values of SecurityType (167), where the order has it.",
      text("SecurityType (167)."),
      MOST_TEXT_CONDITIONS,
    ),
    exDestinations: list(
      "Values of ExDestination (100), where the order has it.",
      text("ExDestination (100)."),
      MOST_TEXT_CONDITIONS,
    ),
    orderTypes: list("Types (40).", choice("Type.", [...RULE_ORDER_TYPES]), RULE_ORDER_TYPES.length),
    sides: list("Sides (54).", choice("Side.", [...RULE_SIDES]), RULE_SIDES.length),
    minQuantity: Type.Optional(decimal("Least OrderQty (38).", QUANTITY)),
    maxQuantity: Type.Optional(decimal("Largest OrderQty (38).", QUANTITY)),
    venue: Type.Optional(id("Venue of the orders that it fits; or venues.")),
    venues: list("Venues that share the orders that it fits.", id("Venue."), MOST_VENUES),
    share: Type.Optional(
      choice(
        "How venues share: by order gives each new order to the next of them, by symbol all orders of a symbol to the same one; those that are down, cancel-only or off are passed over.",
        [...SHARES],
        { fallback: '"by order"' },
      ),
    ),
    fallbacks: list(
      "Venues that take them while those before are down, cancel-only or off, in this order.",
      id("Venue."),
      MOST_FALLBACKS,
    ),
  },
);

export const routing = table("Routing of orders to venues.", {
  default: Type.Optional(id("Venue of symbols without one.")),
  rules: Type.Optional(
    Type.Array(ruleSchema, {
      description:
        "Rules that decide before a symbol's venue, as [[routing.rules]]: the first that fits an order decides.",
      minItems: 0,
      maxItems: MOST_RULES,
    }),
  ),
});

export type RuleFile = Static<typeof ruleSchema>;

/** A rule with all defaults applied. An empty list, or null, is no condition. */
export interface RuleConfig {
  readonly name: string;
  /** Of dynamic sessions all names. */
  readonly sessions: readonly string[];
  readonly accounts: readonly string[];
  readonly symbols: readonly string[];
  readonly securityTypes: readonly string[];
  readonly exDestinations: readonly string[];
  readonly orderTypes: readonly OrderType[];
  readonly sides: readonly (typeof RULE_SIDES)[number][];
  readonly minQuantityE8: bigint | null;
  readonly maxQuantityE8: bigint | null;
  /** The primary one, or those that share the orders; then the fallbacks. */
  readonly venues: readonly string[];
  /** The first `count` of them share the orders; null: they do not. */
  readonly share: { readonly by: "order" | "symbol"; readonly count: number } | null;
}

/** `namesOf`: the sessions of a table of client.sessions. */
export function resolveRule(rule: RuleFile, place: number, namesOf: (table: string) => readonly string[]): RuleConfig {
  return {
    name: rule.name ?? rulePlace(place),
    sessions: (rule.sessions ?? []).flatMap(namesOf),
    accounts: rule.accounts ?? [],
    symbols: rule.symbols ?? [],
    securityTypes: rule.securityTypes ?? [],
    exDestinations: rule.exDestinations ?? [],
    orderTypes: rule.orderTypes ?? [],
    sides: rule.sides ?? [],
    minQuantityE8: quantityOf(rule.minQuantity),
    maxQuantityE8: quantityOf(rule.maxQuantity),
    venues: venuesOfRule(rule),
    share: rule.venues === undefined ? null : { by: shareOf(rule), count: rule.venues.length },
  };
}

/** All venues of a rule, in the order in which they are asked. */
export function venuesOfRule({ venue, venues = [], fallbacks = [] }: RuleFile): readonly string[] {
  return [...(venue === undefined ? venues : [venue]), ...fallbacks];
}

function shareOf({ share = "by order" }: RuleFile): "order" | "symbol" {
  return share === "by order" ? "order" : "symbol";
}

/** A rule's place in the file. */
function rulePlace(place: number): string {
  return `routing.rules[${place}]`;
}

/** In 1e-8, or null where there is none; another check says what is wrong with one of a wrong form. */
export function quantityOf(value: unknown): bigint | null {
  if (value === undefined) return null;
  const number = readDecimal(value, ruleSchema.properties.minQuantity as unknown as DecimalBounds);
  return typeof number === "bigint" ? number : null;
}
