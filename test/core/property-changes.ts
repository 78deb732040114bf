import fc from "fast-check";
import { MOST_E8, NO_PRICE } from "../../src/base/units.ts";
import type { CoreConfig } from "../../src/core/config.ts";
import { type Amount, price, units } from "../numbers.ts";
import { mostly, pick } from "./arbitraries.ts";
import { CONFIG, START_US } from "./driver.ts";
import type { ModelChange } from "./model-settings.ts";

// Changes of settings that the property test draws.

/** What is drawn of quantities and prices. */
interface Drawing {
  readonly qty: fc.Arbitrary<Amount>;
  readonly px: fc.Arbitrary<Amount>;
}

export const bigInt = (min: bigint, max: bigint) => fc.bigInt({ min, max });
export const E8 = 100_000_000n;

const setting = (
  subject: ModelChange["subject"],
  name: fc.Arbitrary<string>,
  of: string,
  value: fc.Arbitrary<bigint | null>,
) =>
  fc.record({
    subject: fc.constant(subject),
    name,
    setting: fc.constant(of),
    value,
    version: mostly("any", "right", "wrong"),
  });
/** Limits of exposure that are met. */
export const exposureOf = ({ qty }: Drawing) => {
  const account = mostly("ACC1", "ACC2", "CLIENT=ONE", "NOBODY");
  const limit = (met: fc.Arbitrary<bigint>) => fc.oneof(pick<bigint | null>(null, NO_PRICE), met, met);
  const money = limit(fc.integer({ min: 0, max: 100_000 }).map((one) => BigInt(one) * 10_000n));
  return fc.oneof(
    setting("account", account, "maxGrossExposure", money),
    setting("account", account, "maxNetExposure", money),
    setting("firm", fc.constant(""), "maxGrossExposure", money),
    setting("firm", fc.constant(""), "maxNetExposure", money),
    setting("firm", fc.constant(""), "creditLimit", money),
    setting("account", account, "creditLimit", money),
    setting("firm", fc.constant(""), "maxDailyVolume", limit(qty.map((one) => units(one) * 3n))),
    setting("account", fc.constant("CLIENT=ONE"), "maxOpenOrders", pick<bigint | null>(null, 3n)),
    setting("account", account, "maxDailyNotional", money),
    setting("account", account, "maxDailyVolume", limit(qty.map((one) => units(one) * 2n))),
    setting("account", account, "maxPosition", limit(qty.map(units))),
    setting("account", account, "duplicateOrders", pick<bigint | null>(1n, 1n, 2n, NO_PRICE, 0n)),
    setting("account", account, "duplicateWindowMs", pick<bigint | null>(60_000n, 500n, 0n)),
  );
};

/** Limits of executions that are met, and stops that are lifted. */
export const executionsOf = (_: Drawing) => {
  const account = pick("ACC1", "ACC1", "ACC2", "TRADER=TOM");
  return fc.oneof(
    setting("account", account, "repeatedExecutions", pick<bigint | null>(1n, 2n, 3n, 3n, NO_PRICE, null, 0n)),
    setting("account", account, "executionsWindowMs", pick<bigint | null>(60_000n, 300n, null, 0n)),
    setting("account", account, "stopped", pick<bigint | null>(0n, 0n, null, 1n)),
  );
};

/** What becomes of orders that could trade with each other. */
export const selfTradeOf = (_: Drawing) => {
  const account = mostly("ACC1", "ACC2", "ACC1");
  return fc.oneof(
    setting("account", account, "selfTrade", pick<bigint | null>(1n, 2n, 2n, 3n, 3n, 4n, null, 5n)),
    setting("account", account, "selfTradeGroup", pick<bigint | null>(0n, 1n, 1n, null, 2n)),
  );
};

/** Permissions, and limits that need not be there. */
export const staticLimitOf = ({ qty, px }: Drawing) => {
  const account = mostly("ACC1", "ACC2", "CLIENT=ONE");
  const symbol = mostly("AAPL", "MSFT");
  const firm = fc.constant("");
  const none = fc.constant<bigint | null>(NO_PRICE);
  return fc.oneof(
    setting("account", account, "orderTypes", pick<bigint | null>(null, 6n, 2n, 4n, 0n, 14n, 7231n)),
    setting("account", account, "timesInForce", pick<bigint | null>(null, 27n, 1n, 65n, 0n, 224n)),
    setting("account", account, "shortSales", pick<bigint | null>(null, 1n, 0n)),
    setting("account", account, "locateRequired", pick<bigint | null>(1n, 1n, 0n)),
    setting("symbol", symbol, "tickSize", fc.oneof(none, none, fc.constant(null), px.map(price), fc.constant(50n))),
    setting("symbol", symbol, "lotSize", fc.oneof(none, none, fc.constant(null), fc.constant(2n * E8), qty.map(units))),
    setting("symbol", symbol, "venueMaxQty", fc.oneof(none, none, fc.constant(null), qty.map(units))),
    setting("symbol", symbol, "maxOrderQty", fc.oneof(none, none, fc.constant(null), qty.map(units))),
    setting("symbol", symbol, "maxOrderNotional", fc.oneof(none, none, bigInt(0n, 1_000_000_000n))),
    setting("symbol", symbol, "averageDailyVolume", fc.oneof(none, fc.constant(null), bigInt(1n, 2_000n * E8))),
    setting("symbol", symbol, "maxAdvPercent", fc.oneof(none, none, none, fc.constant(null), bigInt(1n, 2_000_000n))),
    setting("symbol", symbol, "collarSides", pick<bigint | null>(0n, 1n, null)),
    setting("symbol", symbol, "locateRequired", mostly<bigint | null>(null, 0n, 1n)),
    setting("firm", firm, "maxOrderQty", fc.oneof(none, none, fc.constant(null), qty.map(units))),
    setting("firm", firm, "maxOrderNotional", fc.oneof(none, none, bigInt(0n, 1_000_000_000n))),
    setting("firm", firm, "maxOpenOrders", mostly<bigint | null>(NO_PRICE, null, 2n, 4n, 0n)),
  );
};
/** Hours of markets, around the time of the first order, and restricted lists. */
export const marketChangeOf = (_: Drawing) => {
  const account = mostly("ACC1", "ACC2");
  const symbol = mostly("AAPL", "MSFT");
  const instant = fc.integer({ min: -2, max: 4 }).map((seconds): bigint => BigInt(START_US + seconds * 1_000_000));
  const bits = pick<bigint | null>(0n, 1n, 2n, 3n, 2n ** 61n, 2n ** 62n, null);
  const types = mostly<bigint | null>(7230n, null, 4n, 6n, 0n, 8192n);
  const times = mostly<bigint | null>(223n, null, 1n, 3n, 0n, 256n);
  return fc.oneof(
    setting("symbol", symbol, "opensAt", fc.oneof(pick<bigint | null>(NO_PRICE, 1n, 0n, null), instant)),
    setting("symbol", symbol, "closesAt", fc.oneof(pick<bigint | null>(NO_PRICE, NO_PRICE, 0n, null), instant)),
    setting("symbol", symbol, "hasPhases", pick<bigint | null>(0n, 1n, 1n, null)),
    setting("symbol", symbol, "phaseEndsAt", fc.oneof(pick<bigint | null>(NO_PRICE, 0n, null), instant)),
    setting("symbol", symbol, "phaseOrderTypes", types),
    setting("symbol", symbol, "nextOrderTypes", types),
    setting("symbol", symbol, "phaseTimesInForce", times),
    setting("symbol", symbol, "nextTimesInForce", times),
    setting("symbol", symbol, "lists", bits),
    setting("account", account, "restrictedBuy", bits),
    setting("account", account, "restrictedSell", bits),
    setting("account", account, "restrictedShort", bits),
  );
};

/** Symbols in euros and yen, under limits in dollars; yen have no rate in the file. */
export const inCurrencies = (config: CoreConfig): CoreConfig => ({
  ...config,
  limitCurrency: "USD",
  currencies: [
    { name: "EUR", rateE8: 108_123_457n },
    { name: "JPY", rateE8: null },
  ],
  symbols: config.symbols.map((symbol) => {
    if (symbol.name === "AAPL") return { ...symbol, currency: "EUR", multiplierE8: 33_333_333n };
    return symbol.name === "MSFT" ? { ...symbol, currency: "JPY", multiplierE8: 1_000n * E8 } : symbol;
  }),
});

/** Rates that go and come back, of a currency that has none in the file, too. */
export const ratesOf = (_: Drawing) => {
  const rate = fc.oneof(pick<bigint | null>(null, NO_PRICE, 0n, 1n, MOST_E8), bigInt(50_000_000n, 300_000_000n));
  const money = bigInt(0n, 20_000n).map((one): bigint => one * 100_000_000n);
  return fc.oneof(
    setting("account", fc.constant("CURRENCY=EUR"), "rate", rate),
    setting("account", fc.constant("CURRENCY=JPY"), "rate", rate),
    setting("account", mostly("ACC1", "ACC2"), "maxOrderNotional", money),
    setting("account", mostly("ACC1", "ACC2"), "maxGrossExposure", money),
  );
};

/** Mostly values that orders can live with, now and then one out of bounds; null: what the file says. */
export const changeOf = ({ qty }: Drawing) => {
  const account = mostly("ACC1", "ACC2", "BARE", "NOBODY");
  const symbol = mostly("AAPL", "MSFT", "HALT", "NOPE");
  return fc.oneof(
    setting("account", account, "enabled", mostly<bigint | null>(1n, 0n, null, 2n)),
    setting("account", account, "killed", mostly<bigint | null>(0n, 1n, null)),
    setting("account", account, "maxOrderQty", fc.oneof(fc.constant(null), qty.map(units))),
    setting("account", account, "maxOpenOrders", mostly<bigint | null>(null, 3n, 0n)),
    setting("account", account, "ordersPerSecond", mostly<bigint | null>(null, 2n, 12n, -1n)),
    setting("symbol", symbol, "enabled", mostly<bigint | null>(1n, 0n, null)),
    setting("symbol", symbol, "killed", mostly<bigint | null>(0n, 1n, null)),
    setting("symbol", fc.constant("MSFT"), "collarPercent", mostly<bigint | null>(null, 20_000n, 10_000_001n)),
    setting("symbol", fc.constant("BLIND"), "referencePrice", mostly<bigint | null>(null, 100n * E8, 0n, MOST_E8)),
    setting("account", account, "nothing", fc.constant(1n)),
  );
};

/** Traders, and sessions with limits, of which one has traders. */
export const STAFF: Pick<CoreConfig, "traders" | "sessions"> = {
  traders: [
    { name: "TOM", enabled: true, maxOpenOrders: 2, maxOrderQtyE8: units(300) },
    { name: "TIM", enabled: true, maxOrderNotionalE4: 20_000n * 10_000n },
    { name: "OUT", enabled: false },
  ],
  sessions: CONFIG.sessions.map((session) =>
    session.id === 1
      ? {
          ...session,
          name: "DESK",
          limits: { maxOpenOrders: 3, duplicateOrders: 2, duplicateWindowMs: 60_000, shortSales: false },
          traders: ["TOM", "TIM", "OUT"],
        }
      : { ...session, name: "OTHER", limits: { maxOrderQtyE8: units(350) } },
  ),
};

/** Limits of the messages of all client sessions that are met. */
export const firmMessagesOf = (_: Drawing) => {
  const firm = fc.constant("");
  return fc.oneof(
    setting("firm", firm, "firmOrderMessages", pick<bigint | null>(1n, 3n, 5n, NO_PRICE, null, 0n)),
    setting("firm", firm, "firmOrderMessagesWindowMs", pick<bigint | null>(300n, 60_000n, null, 0n)),
    setting("firm", firm, "firmAllMessages", pick<bigint | null>(2n, 6n, NO_PRICE, NO_PRICE, 131_073n)),
    setting("firm", firm, "firmAllMessagesWindowMs", pick<bigint | null>(300n, null)),
  );
};
