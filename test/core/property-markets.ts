import fc from "fast-check";
import { NO_PRICE } from "../../src/base/units.ts";
import type { CoreConfig, SymbolTerms, VenueTerms } from "../../src/core/config.ts";
import type { Amount } from "../numbers.ts";
import { mostly, pick } from "./arbitraries.ts";
import { CONFIG, ONE } from "./driver.ts";
import {
  bigInt,
  changeOf,
  E8,
  executionsOf,
  exposureOf,
  firmMessagesOf,
  inCurrencies,
  marketChangeOf,
  ratesOf,
  STAFF,
  selfTradeOf,
  staticLimitOf,
} from "./property-changes.ts";

// Markets that the property test draws from.

/** What ALPHA takes besides what every venue does. */
const OF_ALPHA: VenueTerms = {
  orderTypes: ["market", "limit", "stop", "stop-limit", "limit-on-close", "pegged"],
  timeInForce: ["day", "gtc", "ioc", "fok", "gtd", "at-close"],
};

/** A table so small that it overflows, and limits so near that they are met. */
export const SMALL = {
  ...CONFIG,
  maxOrders: 6,
  maxPositions: 16,
  venues: CONFIG.venues.map((venue) => (venue.name === "ALPHA" ? { ...venue, ...OF_ALPHA } : venue)),
  accounts: CONFIG.accounts.map((account) =>
    account.name === "ACC1" ? { ...account, ordersPerSecond: 12, maxOpenOrders: 5 } : account,
  ),
  // Of the accounts that trade, one is alone with the firm.
  clients: [
    { name: "ONE", accounts: ["ACC1", "OFF"] },
    { name: "TWO", accounts: ["BARE"] },
  ],
};

/** What is drawn of quantities and prices, under a configuration. */
export interface Market {
  readonly config: CoreConfig;
  readonly qty: fc.Arbitrary<Amount>;
  readonly px: fc.Arbitrary<Amount>;
  /** Of executions, beyond the collar. */
  readonly lastPx: fc.Arbitrary<Amount>;
  /** What an operator says. */
  readonly reference: fc.Arbitrary<Amount>;
  /** Venues report executions up to the largest quantity. */
  readonly isFull?: true;
  /** Operators change limits of exposure, and positions. */
  readonly isExposed?: true;
  /** Reasons of refusals that are reached. */
  readonly refused: readonly number[];
  /** Quotes come, and all orders have prices: what the others are worth would change with time alone. */
  readonly quotes?: true;
  /** Operators set values that end, too. */
  readonly ends?: true;
  /** What is configured changes, too. */
  readonly reloads?: true;
  /** Changes that an operator makes, where they are other ones; how many runs they need. */
  readonly changes?: (market: Market) => ReturnType<typeof changeOf>;
  readonly runs?: number;
}

/** Whole shares at usual prices. */
export const SHARES: Market = {
  config: SMALL,
  qty: fc.oneof(
    { weight: 10, arbitrary: fc.integer({ min: 1, max: 400 }) },
    { weight: 1, arbitrary: pick(0, 0.5, 501, 999_999, 2_000_000) },
  ),
  px: fc.oneof(
    { weight: 10, arbitrary: fc.integer({ min: 95 * ONE, max: 105 * ONE }) },
    { weight: 1, arbitrary: pick(95 * ONE, 105 * ONE, 0, -ONE, 105 * ONE + 1) },
  ),
  lastPx: fc.integer({ min: 90 * ONE, max: 110 * ONE }),
  reference: mostly<Amount>(100 * ONE, 102 * ONE, NO_PRICE),
  refused: [0, 1, 2, 3, 6, 8, 10, 12, 15, 16, 18, 101, 102, 103, 104, 105, 106, 107, 108, 120, 121, 202, 204, 205],
};

export const RELOADS: Market = { ...SHARES, refused: [0, 1, 3, 6, 8, 10, 12, 18, 101, 106, 202], reloads: true };

/** Spreads of fractions at prices of any sign near 0: AAPL stands for one. */
export const SPREADS: Market = {
  config: marketOf({
    referencePriceE8: -37n * E8 - 63_000_000n,
    prices: "any",
    collarWidthE8: 60n * E8,
    quantityDecimals: 8,
  }),
  qty: fc.oneof(
    { weight: 10, arbitrary: bigInt(1n, 400n * E8) },
    { weight: 1, arbitrary: pick<Amount>(0, 1n, 1_000_000n * E8 + 1n) },
  ),
  px: fc.oneof(
    { weight: 10, arbitrary: bigInt(-97n * E8, 22n * E8) },
    { weight: 1, arbitrary: pick<Amount>(0, -1, 1, 23n * E8) },
  ),
  lastPx: bigInt(-120n * E8, 40n * E8),
  reference: mostly<Amount>(-37n * E8, 0, 12n, NO_PRICE),
  refused: [0, 1, 2, 3, 8, 10, 12, 105, 204],
};
/** Fractions at prices far above 2^53 of 1e-8. */
export const CRYPTO: Market = {
  config: marketOf({ referencePriceE8: 1_650_000_000n * E8 + 1n, collarPpm: 50_000, quantityDecimals: 6 }),
  qty: fc.oneof(
    { weight: 10, arbitrary: bigInt(1n, 400_000_000n).map((one) => one * 100n) },
    { weight: 1, arbitrary: pick<Amount>(0, 1n, 99n, 90_000n * E8, 92_000_000_000n * E8, -5n) },
  ),
  px: fc.oneof(
    { weight: 10, arbitrary: bigInt(1_570_000_000n * E8, 1_730_000_000n * E8) },
    { weight: 1, arbitrary: pick<Amount>(0, -1, 1_800_000_000n * E8, 92_000_000_000n * E8) },
  ),
  lastPx: bigInt(1_500_000_000n * E8, 1_800_000_000n * E8),
  reference: mostly<Amount>(1_650_000_000n * E8, 1_600_000_000n * E8 + 7n, NO_PRICE),
  refused: [0, 1, 2, 3, 8, 10, 12, 105, 204],
};

/** Identical orders of ACC2 are so at any price. */
function withAnyPrice(config: CoreConfig): CoreConfig {
  const accounts = config.accounts.map((one) => (one.name === "ACC2" ? { ...one, duplicatesIgnorePrices: true } : one));
  return { ...config, accounts };
}

/** Shares under limits of exposure. */
export const LIMITED: Market = {
  ...SHARES,
  config: withAnyPrice(SHARES.config),
  isExposed: true,
  qty: mostly<Amount>(100, 20, 300, 501),
  px: mostly<Amount>(100 * ONE, 99 * ONE, 105 * ONE, 106 * ONE),
  refused: [0, 10, 12, 14, 16, 18, 19, 21, 22, 140, 141],
  runs: 100,
};
/** Whole shares again, while permissions and limits of symbols and of the firm come and go. */
export const RIGHTS: Market = {
  ...SHARES,
  refused: [0, 7, 9, 10, 11, 18, 122, 123, 124, 125, 126],
  changes: staticLimitOf,
  runs: 100,
};

/** The same, while orders may not trade with each other. */
export const SELF_TRADES: Market = {
  ...SHARES,
  config: { ...SMALL, maxOrders: 12, clients: [{ name: "BOTH", accounts: ["ACC1", "ACC2"] }] },
  refused: [0, 23],
  changes: selfTradeOf,
};

/** The same, while accounts and traders are stopped by their limit of executions, and may trade again. */
export const EXECUTIONS: Market = {
  ...SHARES,
  config: { ...SMALL, ...STAFF },
  refused: [0, 17],
  changes: executionsOf,
  runs: 150,
};
/** The same under limits of client sessions and traders. */
export const STAFFED: Market = {
  ...SHARES,
  config: {
    ...SMALL,
    ...STAFF,
  },
  refused: [0, 1, 10, 11, 18, 132],
};

/** The same, while quotes come and get too old, executions are references, and all sessions together may send so many messages. */
export const SOURCES: Market = {
  ...SHARES,
  config: marketOf({
    referenceSources: ["quotes", "executions", "operator", "configuration"],
    ...{ quotesStaleMs: 500, executionsStaleMs: 300 },
  }),
  refused: [0, 8, 10, 12, 105, 137, 138],
  changes: firmMessagesOf,
  quotes: true,
  runs: 100,
};

/** The same, while hours of markets and restricted lists come and go. */
export const CLOSINGS: Market = { ...SHARES, refused: [0, 4, 5, 6, 8, 10], changes: marketChangeOf, runs: 250 };

function marketOf(terms: Partial<SymbolTerms>): CoreConfig {
  return {
    ...SMALL,
    symbols: SMALL.symbols.map((symbol) => (symbol.name === "AAPL" ? { ...symbol, ...terms } : symbol)),
    accounts: SMALL.accounts.map((account) => ({ ...account, maxOrderNotionalE4: 4_000_000_000_000_000_000n })),
  };
}

/** Contracts in euros and yen under limits in dollars, while rates change. */
export const CURRENCIES: Market = {
  ...SHARES,
  config: inCurrencies(SMALL),
  refused: [0, 11, 19, 109, 133],
  runs: 100,
  changes: ratesOf,
};

/** Permissions and limits of which many end. */
export const SHORT_LIVED: Market = {
  ...RIGHTS,
  ends: true,
  changes: (market) => fc.oneof(staticLimitOf(market), exposureOf(market), changeOf(market)),
  refused: [0, 10, 11, 15, 16, 18, 120],
  runs: 500,
};

/** Executions up to the largest quantity, whose bust leaves an average beyond any price. */
export const FULL: Market = { ...CRYPTO, refused: [0, 1, 3, 10, 12], isFull: true, runs: 150 };
