import { expect, test } from "bun:test";
import { ACCOUNT_SETTINGS, FIRM_SETTINGS, SYMBOL_SETTINGS } from "../../../src/core/risk/settings.ts";

const namesOf = (kinds: readonly { readonly name: string }[]): string[] => kinds.map(({ name }) => name);

// Journals and snapshots have a setting as its place in the list. New ones come behind; none ever changes its place.

test("settings of an account keep their numbers", () => {
  expect(namesOf(ACCOUNT_SETTINGS)).toEqual([
    ...["enabled", "maxOrderQty", "maxOrderNotional", "maxOpenOrders", "ordersPerSecond", "killed"],
    ...["maxGrossExposure", "maxNetExposure", "maxDailyNotional", "maxDailyVolume", "maxPosition"],
    ...["duplicateOrders", "duplicateWindowMs", "orderTypes", "timesInForce", "shortSales", "locateRequired"],
    ...["restrictedBuy", "restrictedSell", "restrictedShort"],
    ...["repeatedExecutions", "executionsWindowMs", "stopped", "selfTrade", "selfTradeGroup"],
    ...["rate", "creditLimit", "duplicatesIgnorePrices"],
  ]);
});

test("settings of a symbol keep their numbers", () => {
  expect(namesOf(SYMBOL_SETTINGS)).toEqual([
    ...["enabled", "collarPercent", "collarWidth", "referencePrice", "killed"],
    ...["tickSize", "lotSize", "venueMaxQty", "maxOrderQty", "maxOrderNotional", "locateRequired"],
    ...["opensAt", "closesAt", "lists", "multiplier", "currency"],
    ...["referenceSources", "quotesStaleMs", "executionsStaleMs", "operatorStaleMs"],
    ...["averageDailyVolume", "maxAdvPercent", "collarSides"],
    ...["hasPhases", "phaseEndsAt", "phaseOrderTypes", "phaseTimesInForce", "nextOrderTypes", "nextTimesInForce"],
  ]);
});

test("settings of the firm keep their numbers", () => {
  expect(namesOf(FIRM_SETTINGS)).toEqual([
    ...["killed", "maxOrderQty", "maxOrderNotional", "maxOpenOrders"],
    ...["maxGrossExposure", "maxNetExposure", "maxDailyNotional", "maxDailyVolume"],
    ...["firmOrderMessages", "firmOrderMessagesWindowMs", "firmAllMessages", "firmAllMessagesWindowMs"],
    ...["creditLimit"],
  ]);
});
