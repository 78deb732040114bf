import type { OrderType, TimeInForce } from "../base/order-kinds.ts";
import type { PriceSigns } from "../base/price-signs.ts";

/** The limits of one account; a missing or nonsensical one blocks the account, where it is not optional. */
export interface AccountLimits extends ExecutionLimits, DuplicateLimits, Rights {
  readonly name: string;
  readonly enabled: boolean;
  readonly maxOrderQtyE8: bigint;
  /** Money in 1e-4. */
  readonly maxOrderNotionalE4: bigint;
  readonly maxOpenOrders: number;
  readonly ordersPerSecond: number;
  /** Limits of its exposure; absent: there is none. */
  readonly maxGrossExposureE4?: bigint;
  readonly maxNetExposureE4?: bigint;
  readonly maxDailyNotionalE4?: bigint;
  readonly creditLimitE4?: bigint;
  readonly maxDailyVolumeE8?: bigint;
  /** In each symbol. */
  readonly maxPositionE8?: bigint;
  /** What becomes of its orders that could trade with each other, and who else's count (risk/settings.ts); absent: nothing, nobody's. */
  readonly selfTrade?: string;
  readonly selfTradeGroup?: string;
  /** Of the row of a currency: units of the limits' currency for one of it; absent: there is no rate. */
  readonly rateE8?: bigint;
  /** Bits of the restricted lists whose symbols it may not buy, sell, sell short; absent: none. */
  readonly restrictedBuy?: bigint;
  readonly restrictedSell?: bigint;
  readonly restrictedShort?: bigint;
}

/** What an account, a client or a session may use. */
export interface Rights {
  /** Order types and times in force that it may use (risk/settings.ts); absent: all. */
  readonly orderTypes?: readonly string[];
  readonly timesInForce?: readonly string[];
  /** Whether it may sell short; absent: it may. */
  readonly shortSales?: boolean;
  /** Whether its short sales need a locate; absent: they do not. */
  readonly locateRequired?: boolean;
}

/** Most identical orders within the window; absent: there is no such limit. The window is a second where it is absent. */
export interface DuplicateLimits {
  readonly duplicateOrders?: number;
  readonly duplicateWindowMs?: number;
  /** They are identical at any price; absent: at the same prices. */
  readonly duplicatesIgnorePrices?: boolean;
}

/** Limits of a level beside accounts; absent: there is none. */
export interface OrderLimits {
  readonly maxOrderQtyE8?: bigint;
  readonly maxOrderNotionalE4?: bigint;
  readonly maxOpenOrders?: number;
}

/** Limits of sums over several accounts; absent: there is none. */
export interface LevelLimits extends OrderLimits {
  readonly maxGrossExposureE4?: bigint;
  readonly maxNetExposureE4?: bigint;
  readonly maxDailyNotionalE4?: bigint;
  readonly creditLimitE4?: bigint;
  readonly maxDailyVolumeE8?: bigint;
  /** Of a client alone, in each symbol. */
  readonly maxPositionE8?: bigint;
}

/** Limits of the firm; absent ones limit nothing. */
export interface FirmLimits extends Omit<LevelLimits, "maxPositionE8"> {
  /** Most messages of all client sessions: new orders and replaces, or all kinds. A window is a second where it is absent. */
  readonly firmOrderMessages?: number;
  readonly firmOrderMessagesWindowMs?: number;
  readonly firmAllMessages?: number;
  readonly firmAllMessagesWindowMs?: number;
}

/** A client: a group of accounts. An account is in one group at most. */
export interface ClientLimits extends LevelLimits, DuplicateLimits, Rights {
  readonly name: string;
  readonly accounts: readonly string[];
}

/** Most executions in one symbol within the window; absent: there is no such limit. The window is a minute where it is absent. */
export interface ExecutionLimits {
  readonly repeatedExecutions?: number;
  readonly executionsWindowMs?: number;
}

/** A trader, who enters orders in client sessions that have it. */
export interface TraderLimits extends OrderLimits, ExecutionLimits {
  readonly name: string;
  readonly enabled: boolean;
}

/** A currency that prices of symbols are in; without a rate (null) they take no orders. */
export interface CurrencyTerms {
  readonly name: string;
  readonly rateE8: bigint | null;
}

export interface SymbolTerms {
  readonly name: string;
  readonly enabled: boolean;
  /** NO_PRICE when there is none yet: orders are refused until a Control brings one. */
  readonly referencePriceE8: bigint;
  /** Where the reference price comes from (risk/settings.ts), and what each is good for, ms; absent: the operator's or this one, for ever. */
  readonly referenceSources?: readonly string[];
  readonly quotesStaleMs?: number;
  readonly executionsStaleMs?: number;
  readonly operatorStaleMs?: number;
  /** Parts per million of the reference price's size, both ways: 5 % is 50,000. */
  readonly collarPpm: number;
  /** The collar is at least so wide, both ways; absent: 0. */
  readonly collarWidthE8?: bigint;
  /** Signs that prices may have; absent: above-zero. */
  readonly prices?: PriceSigns;
  /** Decimals that quantities may have, up to 8; absent: 0. */
  readonly quantityDecimals?: number;
  /** Steps of prices and quantities, largest quantities and notional; absent: there is none. */
  readonly tickSizeE8?: bigint;
  readonly lotSizeE8?: bigint;
  readonly venueMaxQtyE8?: bigint;
  readonly maxOrderQtyE8?: bigint;
  readonly maxOrderNotionalE4?: bigint;
  /** Average daily volume, and most of it that one order may be, parts per million; absent: there is none. */
  readonly averageDailyVolumeE8?: bigint;
  readonly maxAdvPpm?: number;
  /** Which orders the collar binds; absent: both. */
  readonly collarSides?: "both" | "aggressive";
  /** Whether short sales need a locate; absent: they do not. */
  readonly locateRequired?: boolean;
  /** It takes orders only in hours that a command gives; absent: always. */
  readonly hasHours?: boolean;
  /** Currency of its prices; absent: that of the limits. What quantity times price is multiplied with; absent: 1. */
  readonly currency?: string;
  readonly multiplierE8?: bigint;
  /** Bits of the restricted lists that it is on; absent: none. */
  readonly lists?: bigint;
  /** Name of the venue, or null for the default one. */
  readonly venue: string | null;
}

export interface ClientSession {
  readonly id: number;
  /** Absent: it has no limits of its own. */
  readonly name?: string;
  readonly accounts: readonly string[];
  readonly limits?: OrderLimits & DuplicateLimits & Rights;
  /** Who may enter its orders; absent: they need no trader. */
  readonly traders?: readonly string[];
}

/** One routing rule. An empty list, or null, is no condition. */
export interface RoutingRule {
  readonly sessions: readonly number[];
  /** `*` stands for any characters. */
  readonly accounts: readonly string[];
  readonly symbols: readonly string[];
  /** SecurityType (167), and ExDestination (100). */
  readonly securityTypes: readonly string[];
  readonly exDestinations: readonly string[];
  /** Characters of OrdType (40), and of Side (54). */
  readonly orderTypes: readonly number[];
  readonly sides: readonly number[];
  readonly minQuantityE8: bigint | null;
  readonly maxQuantityE8: bigint | null;
  /** The primary one first; those that share the orders come before the others. */
  readonly venues: readonly string[];
  /** The first `count` venues share the orders: in turn, or each symbol at one of them. Absent, or null: they do not. */
  readonly share?: { readonly by: "order" | "symbol"; readonly count: number } | null;
}

/** What a venue takes; absent: what every venue takes (base/order-kinds.ts). */
export interface VenueTerms {
  readonly orderTypes?: readonly OrderType[];
  readonly timeInForce?: readonly TimeInForce[];
}

/** The core's configuration at its start. */
export interface CoreConfig {
  readonly maxOrders: number;
  /** Most positions of accounts in symbols; absent: MAX_POSITIONS. */
  readonly maxPositions?: number;
  /** Starts with the kill switch engaged. */
  readonly kill: boolean;
  readonly firm?: FirmLimits;
  readonly accounts: readonly AccountLimits[];
  /** Groups of accounts; absent: there are none. */
  readonly clients?: readonly ClientLimits[];
  /** Absent: there are none. */
  readonly traders?: readonly TraderLimits[];
  /** The currency that limits are in, and the others; absent: there are none. */
  readonly limitCurrency?: string;
  readonly currencies?: readonly CurrencyTerms[];
  readonly symbols: readonly SymbolTerms[];
  /** Accounts, and symbols, for which there is room besides these; absent: SPARE_NAMES. */
  readonly spareNames?: number;
  readonly sessions: readonly ClientSession[];
  /** Client session ids, of today and of the journal's past, are below this. */
  readonly sessionIds: number;
  readonly venues: readonly ({ readonly id: number; readonly name: string } & VenueTerms)[];
  /** Venue ids, of today and of the journal's past, are below this. */
  readonly venueIds: number;
  readonly defaultVenue: string | null;
  /** Decide before a symbol's venue, the first that fits; absent: none. */
  readonly rules?: readonly RoutingRule[];
  /** Absent: trading days begin at midnight UTC. */
  readonly tradingDay?: TradingDayConfig;
}

/** Where the trading days of a zone begin. Plain data. */
export interface TradingDayConfig {
  /** Second of the local day at which one begins. */
  readonly beginsS: number;
  /** Offsets of the zone from UTC, ascending; each holds from its instant to the next. The first holds from ever. */
  readonly offsets: readonly { readonly fromUs: number; readonly offsetS: number }[];
}

export const MAX_POSITIONS = 65_536;
/** Room for more accounts and symbols where the configuration says nothing. */
export const SPARE_NAMES = 256;

/** Midnight UTC. */
export const UTC_DAYS: TradingDayConfig = { beginsS: 0, offsets: [{ fromUs: 0, offsetS: 0 }] };
