import { ascii } from "../base/ascii.ts";
import { decimalText } from "../base/decimal.ts";
import { hashId, ID_BYTES, putId } from "../base/id.ts";
import { fitsPattern } from "../base/name-pattern.ts";
import type { OrderType } from "../base/order-kinds.ts";
import { Views } from "../base/views.ts";
import type { RULE_SIDES, RuleConfig } from "./routing.ts";
import type { GatewayConfig } from "./schema.ts";

/** A new order, as far as routing asks. */
export interface RoutedOrder {
  readonly session: string;
  readonly account: string;
  readonly symbol: string;
  /** "" where it is none that rules name. */
  readonly side: (typeof RULE_SIDES)[number] | "";
  readonly orderType: OrderType | "";
  readonly quantityE8: bigint;
  /** "" where the order does not have it. */
  readonly securityType: string;
  readonly exDestination: string;
}

/** Why a venue takes no new orders; null: it takes them. */
export type VenueState = "up" | "down" | "cancel-only" | "off" | "awaits statuses";

/** A venue that was asked for, in its order. */
export interface AskedVenue {
  readonly venue: string;
  readonly state: VenueState;
}

/** One rule against the order. */
export interface RuleVerdict {
  readonly rule: string;
  readonly place: number;
  readonly isMet: boolean;
  /** The first condition that the order does not meet, or that all are met; and that an earlier rule decides. */
  readonly why: string;
}

export interface RouteVerdict {
  /** Null: the order is refused. Of venues that share orders in turn, the first that takes them. */
  readonly venue: string | null;
  /** The venues that take orders in turn; empty: it is that venue alone. */
  readonly turns: readonly string[];
  /** Name of the reason of a refusal; null: there is none. */
  readonly refusal: (typeof REFUSALS)[keyof typeof REFUSALS] | null;
  /** What decides: a rule's name, or null where it is the symbol's venue. */
  readonly rule: string | null;
  readonly why: string;
  readonly venues: readonly AskedVenue[];
  readonly rules: readonly RuleVerdict[];
}

const REFUSALS = {
  down: "VENUE_DOWN",
  "cancel-only": "VENUE_CANCEL_ONLY",
  off: "VENUE_OFF",
  "awaits statuses": "VENUE_STATUS_AWAITED",
} as const;

/** Where an order goes by a configuration while its venues have these states. The symbol must be configured. */
export function routeOf(
  config: Pick<GatewayConfig, "routing" | "symbols">,
  order: RoutedOrder,
  stateOf: (venue: string) => VenueState,
): RouteVerdict {
  const { rules } = config.routing;
  const unmet = rules.map((rule) => unmetOf(rule, order));
  const place = unmet.indexOf(null);
  const decides = rules[place];
  const names = decides?.venues ?? [config.symbols[order.symbol]!.venue];
  const venues = names.map((venue) => ({ venue, state: stateOf(venue) }));
  const shared = decides?.share ?? null;
  const sharing = shared === null ? [] : [...venues.slice(0, shared.count).keys()].filter((i) => isUp(venues[i]!));
  const taking =
    sharing.length === 0
      ? venues.findIndex(isUp)
      : shared!.by === "order"
        ? sharing[0]!
        : placeOfSymbol(order.symbol, sharing);
  const turns = shared?.by === "order" && sharing.length > 1 ? sharing.map((i) => venues[i]!.venue) : [];
  const first = venues[0]!;
  return {
    venue: taking < 0 ? null : venues[taking]!.venue,
    turns,
    refusal: taking < 0 ? REFUSALS[first.state as keyof typeof REFUSALS] : null,
    rule: decides?.name ?? null,
    why: whyOf(decides, order, venues, taking),
    venues,
    rules: rules.map((rule, i) => ({
      rule: rule.name,
      place: i,
      isMet: unmet[i] === null,
      why: unmet[i] ?? (i === place ? "decides" : `fits, but ${rules[place]!.name} comes first`),
    })),
  };
}

function whyOf(
  rule: RuleConfig | undefined,
  { symbol }: RoutedOrder,
  venues: readonly AskedVenue[],
  taking: number,
): string {
  const by = rule === undefined ? `no rule fits, so the venue of symbol ${symbol}` : `rule ${rule.name}`;
  const passed = (taking < 0 ? venues : venues.slice(0, taking)).map(stateOfVenue);
  if (taking < 0) return `${by}: ${passed.join(", ")}`;
  const { by: how, count } = rule?.share ?? { by: "order", count: 0 };
  if (taking < count) {
    const sharing = venues.slice(0, count);
    const out = sharing.filter((one) => !isUp(one)).map(stateOfVenue);
    const among = sharing.filter(isUp).map(({ venue }) => venue);
    const one = how === "order" ? "in turn" : `${symbol} has its venue`;
    return `${by}: ${one} among ${among.join(", ")}${out.length === 0 ? "" : `, because ${out.join(", ")}`}`;
  }
  if (taking === 0) return rule === undefined ? by : `${by}: its primary venue`;
  return `${by}: fallback ${1 + taking - Math.max(1, count)}, because ${passed.join(", ")}`;
}

function isUp({ state }: AskedVenue): boolean {
  return state === "up";
}

function stateOfVenue({ venue, state }: AskedVenue): string {
  return state === "awaits statuses"
    ? `${venue} has not said how its open orders are`
    : `${venue} is ${stateText(state)}`;
}

/** As core/assembly/routing.ts. */
const SHARE_SEED = 0x9e3779b1;

/** Which of these places of a rule has a symbol. */
function placeOfSymbol(symbol: string, places: readonly number[]): number {
  const views = Views.allocate(ID_BYTES);
  putId(views, 0, ascii(symbol), 0, symbol.length);
  const hashOf = (place: number): number => hashId(views.ints, 0, symbol.length, Math.imul(place + 1, SHARE_SEED));
  return places.reduce((best, place) => (hashOf(place) > hashOf(best) ? place : best));
}

function stateText(state: VenueState): string {
  return state === "off" ? "switched off" : state;
}

/** The first condition of a rule that an order does not meet, or null. */
function unmetOf(rule: RuleConfig, order: RoutedOrder): string | null {
  const lists: [string, string, readonly string[], (one: string, value: string) => boolean][] = [
    ["session", order.session, rule.sessions, isSame],
    ["account", order.account, rule.accounts, fitsPattern],
    ["symbol", order.symbol, rule.symbols, fitsPattern],
    ["SecurityType (167)", order.securityType, rule.securityTypes, isSame],
    ["ExDestination (100)", order.exDestination, rule.exDestinations, isSame],
    ["order type", order.orderType, rule.orderTypes, isSame],
    ["side", order.side, rule.sides, isSame],
  ];
  for (const [what, value, wanted, fits] of lists)
    if (wanted.length > 0 && !wanted.some((one) => fits(one, value)))
      return `${what} ${value === "" ? "none" : value} is not ${wanted.length === 1 ? wanted[0] : `one of ${listText(wanted)}`}`;
  const { minQuantityE8: min, maxQuantityE8: max } = rule;
  if (min !== null && order.quantityE8 < min)
    return `quantity ${decimalText(order.quantityE8)} is below ${decimalText(min)}`;
  if (max !== null && order.quantityE8 > max)
    return `quantity ${decimalText(order.quantityE8)} is above ${decimalText(max)}`;
  return null;
}

function isSame(one: string, value: string): boolean {
  return one === value;
}

const SHOWN = 5;

function listText(values: readonly string[]): string {
  const more = values.length > SHOWN ? ` … (${values.length - SHOWN} more)` : "";
  return `${values.slice(0, SHOWN).join(", ")}${more}`;
}
