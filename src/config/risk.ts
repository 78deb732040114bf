import { type Static, Type } from "@sinclair/typebox";
import { PRICE_SIGNS } from "../base/price-signs.ts";
import { currency, multiplier, rates } from "./currencies.ts";
import {
  clientLimits,
  type ExposureKey,
  type ExposureLimits,
  executionLimits,
  exposureLimits,
  exposureSums,
  type OrderLimits,
  orderLimits,
} from "./exposure.ts";
import { byLongId, byTrader, choice, choices, decimal, flag, id, longId, named, table, whole } from "./fields.ts";
import { type FirmMessageLimits, firmMessageLimits } from "./message-limits.ts";
import { MAX_MONEY, MAX_NUMBER } from "./numbers.ts";
import { type ReferenceTerms, referenceDefaults, symbolReference } from "./reference.ts";
import { rights } from "./rights.ts";

// What an order must keep to: terms of symbols, limits of accounts and of the firm.

/** Each has a bit of a number (core/risk/settings.ts). */
const MOST_LISTS = 62;
/** A collar above 1000 % has no effect. */
const MAX_PERCENT = 1_000;
const PERCENT = { places: 4, max: MAX_PERCENT };
const QUANTITY = { places: 8, max: MAX_NUMBER };
const MONEY = { places: 4, max: MAX_MONEY };
const collarPercent = decimal("How far a limit price may lie from the reference price, percent of its size.", PERCENT);

export const symbolSchema = table("One symbol that may be traded; all others are refused.", {
  venue: id("Venue of its orders.", { fallback: "routing.default" }),
  referencePrice: Type.Optional(
    decimal(
      "Reference price of the collar and of a market order's notional, of a sign that `prices` has. Default: none; required where referenceSources has configuration.",
      {
        places: 8,
        max: MAX_NUMBER,
        from: "negative",
      },
    ),
  ),
  ...symbolReference,
  collarPercent: decimal("How far a limit price may lie from the reference price, percent of its size.", PERCENT, {
    fallback: "risk.collarPercent",
  }),
  collarWidth: decimal(
    "The collar is at least so wide, to either side, as a price: for reference prices near 0. A reference price of 0 needs it.",
    { places: 8, max: MAX_NUMBER, from: "zero" },
    { default: 0 },
  ),
  collarSides: choice(
    "Which orders the collar binds. both: all. aggressive: buys above it and sells below it; others may lie as far off as they like.",
    ["both", "aggressive"],
    { default: "both" },
  ),
  prices: choice("Prices that orders may have: spreads, rates and energy may trade at 0 and below.", [...PRICE_SIGNS], {
    default: "above-zero",
  }),
  quantityDecimals: whole("Decimals that quantities may have; more are refused. 0: whole units.", 0, 8, { default: 0 }),
  tickSize: Type.Optional(decimal("Limit prices must be multiples of it. Default: any price.", QUANTITY)),
  lotSize: Type.Optional(decimal("Quantities must be multiples of it. Default: any quantity.", QUANTITY)),
  venueMaxQty: Type.Optional(decimal("Largest OrderQty (38) that its venue takes. Default: any.", QUANTITY)),
  maxOrderQty: Type.Optional(
    decimal("Largest OrderQty (38) of one order, whatever its account. Default: any.", QUANTITY),
  ),
  maxOrderNotional: Type.Optional(
    decimal("Largest quantity × price of one order, whatever its account. Default: any.", MONEY),
  ),
  averageDailyVolume: Type.Optional(
    decimal(
      "Quantity that its market trades on a usual day, of which maxAdvPercent is a share. Default: not known.",
      QUANTITY,
    ),
  ),
  maxAdvPercent: Type.Optional(
    decimal(
      "Largest OrderQty (38) of one order as a share of averageDailyVolume, percent; without that every order is refused. Default: any.",
      PERCENT,
    ),
  ),
  currency: currency("Currency of its prices. Default: risk.currency."),
  multiplier: multiplier("Contract multiplier: quantity × price × this is the money that limits count."),
  locateRequired: flag("Short sales need a locate: LocateReqd (114) is N, or LocateBroker (5700) is there.", {
    default: false,
  }),
  schedule: Type.Optional(
    id("Its calendar in calendars: new orders and replaces are taken while it is open. Default: always."),
  ),
  enabled: flag("Whether new orders are taken.", { default: true }),
});

const SIDES = ["buy", "sell", "short"] as const;
export type RestrictedSide = (typeof SIDES)[number];
const restrictedSchema = table("Symbols that may not be traded; cancels pass.", {
  symbols: Type.Array(longId("Symbol (55)."), {
    description: "The symbols, from symbols.",
    maxItems: 65_536,
    uniqueItems: true,
  }),
  accounts: Type.Optional(
    Type.Array(longId("Account (1)."), {
      description:
        "The accounts that may not trade them, from risk.accounts. Default: all, where clients is not there either.",
      minItems: 1,
      maxItems: 65_536,
      uniqueItems: true,
    }),
  ),
  clients: Type.Optional(
    Type.Array(longId("Name of a client."), {
      description: "The clients, from risk.clients, none of whose accounts may trade them.",
      minItems: 1,
      maxItems: 65_536,
      uniqueItems: true,
    }),
  ),
  sides: choices("The sides that are refused: buy (54=1), sell (54=2), short (54=5).", [...SIDES]),
});

export const accountSchema = table("Limits of one account; all without a default are required.", {
  maxOrderQty: decimal("Largest OrderQty (38) of one order.", { places: 8, max: MAX_NUMBER }),
  maxOrderNotional: decimal("Largest quantity × price of one order, without its sign, in risk.currency.", {
    places: 4,
    max: MAX_MONEY,
  }),
  maxOpenOrders: whole("Most open orders.", 1, 16_777_216),
  ordersPerSecond: whole("Most new orders and replaces in one second.", 1, 10_000_000),
  ...exposureLimits,
  enabled: flag("Whether new orders are taken.", { default: true }),
  selfTrade: choice(
    "What becomes of an order that could trade with an open one of the account: nothing, it is refused, the old one is canceled, both, or what the venue does.",
    ["off", "reject-new", "cancel-old", "cancel-both", "venue"],
    { default: "off" },
  ),
  selfTradeGroup: choice(
    "Whose open orders count: the account's, or those of all accounts of its client that have selfTrade and this, too.",
    ["account", "client"],
    { default: "account" },
  ),
  ...rights("its orders"),
});

const traderSchema = table(
  "Limits of one trader, who enters orders in the client sessions that have it among their traders.",
  {
    enabled: flag("Whether its new orders are taken.", { default: true }),
    ...orderLimits("it"),
    ...executionLimits("trader"),
  },
);

const clientSchema = table("Limits of one client: of its orders, and of sums over its accounts.", {
  accounts: Type.Array(longId("An account of risk.accounts."), {
    description: "Its accounts. An account is of one client at most.",
    minItems: 1,
    maxItems: 65_536,
    uniqueItems: true,
  }),
  ...clientLimits,
  ...rights("orders of its accounts"),
});

export const riskSchema = table(
  "Limits that an order must pass before it is sent. An account without limits is blocked.",
  {
    collarPercent: Type.Optional(collarPercent),
    ...referenceDefaults,
    kill: flag("Start with the kill switch engaged: new orders and replaces are refused, cancels pass.", {
      default: false,
    }),
    maxOrderQty: Type.Optional(decimal("Largest OrderQty (38) of any order. Default: any.", QUANTITY)),
    maxOrderNotional: Type.Optional(decimal("Largest quantity × price of any order. Default: any.", MONEY)),
    maxOpenOrders: Type.Optional(
      whole("Most open orders of all accounts. Default: as many as the tables hold.", 1, 16_777_216),
    ),
    ...exposureSums("Of all accounts: "),
    currency: currency("Currency of all limits. Default: amounts are not converted, whatever the prices' currencies."),
    rates: rates(
      "Rates by currency, which convert amounts to risk.currency. Symbols of another currency take no orders.",
    ),
    ...firmMessageLimits,
    clients: named("Clients by name: groups of accounts.", clientSchema, {
      default: {},
      minProperties: 0,
      maxProperties: 4_096,
    }),
    traders: byTrader("Traders by the name that new orders have.", traderSchema, {
      default: {},
      minProperties: 0,
      maxProperties: 16_384,
    }),
    restricted: named("Restricted lists by name.", restrictedSchema, {
      default: {},
      minProperties: 0,
      maxProperties: MOST_LISTS,
    }),
    accounts: byLongId("The accounts by name (1).", accountSchema, { minProperties: 1, maxProperties: 65_536 }),
  },
);

/** Limits with their values in 1e-8, money in 1e-4. */
export interface AccountConfig
  extends Omit<Static<typeof accountSchema>, "maxOrderQty" | "maxOrderNotional" | ExposureKey>,
    ExposureLimits {
  maxOrderQtyE8: bigint;
  maxOrderNotionalE4: bigint;
  /** A bit for each restricted list whose symbols it may not buy, sell, sell short. */
  restrictedBuy: bigint;
  restrictedSell: bigint;
  restrictedShort: bigint;
}

/** Limits of the firm; absent ones limit nothing. */
export interface FirmLimits extends ExposureLimits, OrderLimits, FirmMessageLimits {}

export interface ClientLimits extends ExposureLimits, OrderLimits {
  accounts: string[];
}

export interface TraderLimits extends OrderLimits {
  enabled: boolean;
  repeatedExecutions?: number;
  executionsWindowMs: number;
}

type Converted =
  | ("referencePrice" | "collarPercent" | "collarWidth" | keyof ReferenceTerms)
  | ("tickSize" | "lotSize" | "venueMaxQty" | "maxOrderQty" | "maxOrderNotional" | "multiplier")
  | ("averageDailyVolume" | "maxAdvPercent");

export interface SymbolConfig extends Omit<Static<typeof symbolSchema>, Converted>, ReferenceTerms {
  venue: string;
  /** NO_PRICE: it has none. */
  referencePriceE8: bigint;
  /** Parts per million of the reference price: 5 % is 50,000. */
  collarPpm: number;
  collarWidthE8: bigint;
  tickSizeE8?: bigint;
  lotSizeE8?: bigint;
  venueMaxQtyE8?: bigint;
  maxOrderQtyE8?: bigint;
  maxOrderNotionalE4?: bigint;
  averageDailyVolumeE8?: bigint;
  maxAdvPpm?: number;
  multiplierE8: bigint;
  /** A bit for each restricted list that it is on. */
  lists: bigint;
}

export type RestrictedList = Static<typeof restrictedSchema>;

/** The bits of the lists that hold this. */
export function listsThat(
  lists: Readonly<Record<string, RestrictedList>>,
  holds: (list: RestrictedList) => boolean,
): bigint {
  return Object.values(lists).reduce((bits, list, i) => (holds(list) ? bits | (1n << BigInt(i)) : bits), 0n);
}
