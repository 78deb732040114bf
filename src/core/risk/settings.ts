import { currencyNumber, MOST_CURRENCY } from "../../base/currency.ts";
import { MOST_E8, NO_PRICE, UNIT_E8 } from "../../base/units.ts";
import type { AreaViews } from "../area-views.ts";
import * as layout from "../assembly/layout.ts";
import { SYMBOL_COLLAR_AGGRESSIVE } from "../assembly/symbol-layout.ts";
import type { CoreCode } from "../code.ts";
import type { AccountLimits, CoreConfig, SymbolTerms } from "../config.ts";
import { PHASE_SETTINGS } from "./phase-settings.ts";
import type { SettingKind } from "./setting-kind.ts";
import {
  bit,
  bitsOf,
  COLLAR_SIDES,
  choiceOf,
  DUPLICATE_WINDOW_MS,
  EXECUTIONS_WINDOW_MS,
  EXPOSURE,
  FACTOR,
  FIRM_MESSAGES,
  FIRM_WINDOW,
  FIRM_WINDOW_MS,
  FLAG,
  INSTANT,
  LIMIT,
  LISTS,
  MOST_COUNT,
  MOST_DUPLICATES,
  MOST_EXECUTIONS,
  MOST_EXECUTIONS_MS,
  MOST_MONEY,
  MOST_OPEN,
  MOST_PER_SECOND,
  MOST_PPM,
  MOST_WINDOW_MS,
  OPTIONAL,
  ORDER_TYPES,
  orNone,
  SELF_TRADE_GROUPS,
  SELF_TRADE_MODES,
  SOURCES,
  STALE,
  STEP,
  setOf,
  sourcesOf,
  TIMES_IN_FORCE,
  USUAL_SOURCES,
  whole,
} from "./setting-terms.ts";

const { FORM_BIT, FORM_DOUBLE, FORM_INT, FORM_LONG, FORM_NONE } = layout;
const { SETTING_IS_LIMIT, SETTING_IS_OF_FILE, SETTING_MAY_BE_NONE, SETTING_NONE_IS_MOST } = layout;

/** Settings of an account. Their places in the list are their numbers in journals: new ones come behind. */
export const ACCOUNT_SETTINGS: readonly SettingKind<AccountLimits>[] = [
  { name: "enabled", ...FLAG, offset: 0, mask: layout.ACCOUNT_ENABLED, ofFile: ({ enabled }) => bit(enabled) },
  {
    name: "maxOrderQty",
    unit: "quantity",
    ...LIMIT,
    most: MOST_E8,
    offset: 8,
    form: FORM_LONG,
    ofFile: (file) => file.maxOrderQtyE8,
  },
  {
    name: "maxOrderNotional",
    unit: "money",
    ...LIMIT,
    most: MOST_MONEY,
    offset: 16,
    form: FORM_LONG,
    ofFile: (file) => file.maxOrderNotionalE4,
  },
  {
    name: "maxOpenOrders",
    unit: "count",
    ...LIMIT,
    most: MOST_COUNT,
    fileMost: MOST_OPEN,
    offset: 24,
    form: FORM_DOUBLE,
    ofFile: (file) => whole(file.maxOpenOrders),
  },
  {
    name: "ordersPerSecond",
    unit: "count",
    ...LIMIT,
    most: MOST_COUNT,
    fileMost: MOST_PER_SECOND,
    offset: 32,
    form: FORM_DOUBLE,
    ofFile: (file) => whole(file.ordersPerSecond),
  },
  { name: "killed", ...FLAG, offset: 0, mask: layout.ACCOUNT_KILLED, isKill: true, ofFile: () => 0n },
  {
    name: "maxGrossExposure",
    unit: "money",
    ...EXPOSURE,
    offset: 192,
    ofFile: (file) => file.maxGrossExposureE4 ?? NO_PRICE,
  },
  {
    name: "maxNetExposure",
    unit: "money",
    ...EXPOSURE,
    offset: 200,
    ofFile: (file) => file.maxNetExposureE4 ?? NO_PRICE,
  },
  {
    name: "maxDailyNotional",
    unit: "money",
    ...EXPOSURE,
    offset: 208,
    ofFile: (file) => file.maxDailyNotionalE4 ?? NO_PRICE,
  },
  {
    name: "maxDailyVolume",
    unit: "quantity",
    ...EXPOSURE,
    most: MOST_E8,
    offset: 216,
    ofFile: (file) => file.maxDailyVolumeE8 ?? NO_PRICE,
  },
  {
    name: "maxPosition",
    unit: "quantity",
    ...EXPOSURE,
    most: MOST_E8,
    offset: 224,
    ofFile: (file) => file.maxPositionE8 ?? NO_PRICE,
  },
  {
    name: "duplicateOrders",
    unit: "count",
    least: 1n,
    most: MOST_DUPLICATES,
    isLimit: true,
    mayBeNone: true,
    offset: 232,
    form: FORM_LONG,
    ofFile: (file) => (file.duplicateOrders === undefined ? NO_PRICE : whole(file.duplicateOrders)),
  },
  {
    name: "duplicateWindowMs",
    unit: "count",
    ...LIMIT,
    most: MOST_WINDOW_MS,
    offset: 240,
    form: FORM_LONG,
    ofFile: (file) => whole(file.duplicateWindowMs ?? Number(DUPLICATE_WINDOW_MS)),
  },
  {
    name: "orderTypes",
    ...setOf(ORDER_TYPES),
    offset: layout.ACCOUNT_ORDER_TYPES_AT,
    ofFile: (file) => bitsOf(ORDER_TYPES, file.orderTypes),
  },
  {
    name: "timesInForce",
    ...setOf(TIMES_IN_FORCE),
    offset: layout.ACCOUNT_TIMES_IN_FORCE_AT,
    ofFile: (file) => bitsOf(TIMES_IN_FORCE, file.timesInForce),
  },
  {
    ...{ name: "shortSales", ...FLAG, offset: 0, mask: layout.ACCOUNT_MAY_SELL_SHORT },
    ofFile: ({ shortSales = true }) => bit(shortSales),
  },
  {
    ...{ name: "locateRequired", ...FLAG, offset: 0, mask: layout.ACCOUNT_NEEDS_LOCATE },
    ofFile: ({ locateRequired = false }) => bit(locateRequired),
  },
  {
    ...{ name: "restrictedBuy", ...LISTS, offset: layout.ACCOUNT_RESTRICTED_BUY_AT },
    ofFile: ({ restrictedBuy = 0n }) => restrictedBuy,
  },
  {
    ...{ name: "restrictedSell", ...LISTS, offset: layout.ACCOUNT_RESTRICTED_SELL_AT },
    ofFile: ({ restrictedSell = 0n }) => restrictedSell,
  },
  {
    ...{ name: "restrictedShort", ...LISTS, offset: layout.ACCOUNT_RESTRICTED_SHORT_AT },
    ofFile: ({ restrictedShort = 0n }) => restrictedShort,
  },
  {
    ...{ name: "repeatedExecutions", unit: "count", least: 1n, most: MOST_EXECUTIONS, isLimit: true, mayBeNone: true },
    ...{ offset: layout.ACCOUNT_EXECUTIONS_AT, form: FORM_LONG },
    ofFile: ({ repeatedExecutions }) => (repeatedExecutions === undefined ? NO_PRICE : whole(repeatedExecutions)),
  },
  {
    ...{ name: "executionsWindowMs", unit: "count", ...LIMIT, most: MOST_EXECUTIONS_MS },
    ...{ offset: layout.ACCOUNT_EXECUTIONS_WINDOW_AT, form: FORM_LONG },
    ofFile: ({ executionsWindowMs = EXECUTIONS_WINDOW_MS }) => whole(executionsWindowMs),
  },
  // The core sets it itself (core/assembly/stop-account.ts), and knows its number.
  { name: "stopped", ...FLAG, offset: 0, mask: layout.ACCOUNT_STOPPED, ofFile: () => 0n },
  {
    ...{ name: "selfTrade", ...choiceOf(SELF_TRADE_MODES), offset: layout.ACCOUNT_SELF_TRADE_AT },
    ofFile: ({ selfTrade = "off" }) => BigInt(SELF_TRADE_MODES[selfTrade] ?? -1),
  },
  {
    ...{ name: "selfTradeGroup", ...choiceOf(SELF_TRADE_GROUPS), offset: layout.ACCOUNT_SELF_TRADE_GROUP_AT },
    ofFile: ({ selfTradeGroup = "account" }) => BigInt(SELF_TRADE_GROUPS[selfTradeGroup] ?? -1),
  },
  // The row of a currency alone has one.
  {
    ...{ name: "rate", ...FACTOR, mayBeNone: true, isOfCurrency: true, offset: layout.ACCOUNT_RATE_AT },
    ofFile: ({ rateE8 = NO_PRICE }) => rateE8,
  },
  {
    ...{ name: "creditLimit", unit: "money", ...EXPOSURE, offset: 376 },
    ofFile: ({ creditLimitE4 = NO_PRICE }) => creditLimitE4,
  },
  {
    ...{ name: "duplicatesIgnorePrices", ...FLAG, offset: 0, mask: layout.ACCOUNT_IGNORES_PRICES },
    ofFile: ({ duplicatesIgnorePrices = false }) => bit(duplicatesIgnorePrices),
  },
];

/** The same of a symbol. */
export const SYMBOL_SETTINGS: readonly SettingKind<SymbolTerms>[] = [
  { name: "enabled", ...FLAG, offset: 0, mask: layout.SYMBOL_ENABLED, ofFile: ({ enabled }) => bit(enabled) },
  {
    name: "collarPercent",
    unit: "percent",
    least: 0n,
    most: MOST_PPM,
    isLimit: true,
    offset: 4,
    form: FORM_INT,
    ofFile: (file) => whole(file.collarPpm),
  },
  {
    name: "collarWidth",
    unit: "price",
    least: 0n,
    most: MOST_E8,
    isLimit: true,
    offset: 8,
    form: FORM_LONG,
    ofFile: (file) => file.collarWidthE8 ?? 0n,
  },
  {
    name: "referencePrice",
    unit: "price",
    least: -MOST_E8,
    most: MOST_E8,
    mayBeNone: true,
    offset: layout.SYMBOL_BASE_AT,
    form: FORM_LONG,
    ofFile: (file) => file.referencePriceE8,
  },
  { name: "killed", ...FLAG, offset: 0, mask: layout.SYMBOL_KILLED, isKill: true, ofFile: () => 0n },
  {
    ...{ name: "tickSize", unit: "price", ...STEP, offset: layout.SYMBOL_TICK_AT },
    ofFile: ({ tickSizeE8 = NO_PRICE }) => tickSizeE8,
  },
  {
    ...{ name: "lotSize", unit: "quantity", ...STEP, offset: layout.SYMBOL_LOT_AT },
    ofFile: ({ lotSizeE8 = NO_PRICE }) => lotSizeE8,
  },
  {
    ...{ name: "venueMaxQty", unit: "quantity", ...OPTIONAL, most: MOST_E8 },
    ...{ offset: layout.SYMBOL_VENUE_MAX_QTY_AT, form: FORM_LONG },
    ofFile: ({ venueMaxQtyE8 = NO_PRICE }) => venueMaxQtyE8,
  },
  {
    ...{ name: "maxOrderQty", unit: "quantity", ...OPTIONAL, most: MOST_E8 },
    ...{ offset: layout.SYMBOL_MAX_ORDER_QTY_AT, form: FORM_LONG },
    ofFile: ({ maxOrderQtyE8 = NO_PRICE }) => maxOrderQtyE8,
  },
  {
    ...{ name: "maxOrderNotional", unit: "money", ...OPTIONAL, most: MOST_MONEY },
    ...{ offset: layout.SYMBOL_MAX_NOTIONAL_AT, form: FORM_LONG },
    ofFile: ({ maxOrderNotionalE4 = NO_PRICE }) => maxOrderNotionalE4,
  },
  {
    ...{ name: "locateRequired", ...FLAG, offset: 0, mask: layout.SYMBOL_NEEDS_LOCATE },
    ofFile: ({ locateRequired = false }) => bit(locateRequired),
  },
  {
    ...{ name: "opensAt", ...INSTANT, offset: layout.SYMBOL_OPENS_AT },
    ofFile: ({ hasHours = false }) => (hasHours ? MOST_COUNT : NO_PRICE),
  },
  {
    ...{ name: "closesAt", ...INSTANT, noneIsMost: true, offset: layout.SYMBOL_CLOSES_AT },
    ofFile: ({ hasHours = false }) => (hasHours ? MOST_COUNT : NO_PRICE),
  },
  { name: "lists", ...LISTS, offset: layout.SYMBOL_LISTS_AT, ofFile: ({ lists = 0n }) => lists },
  {
    ...{ name: "multiplier", ...FACTOR, isOfFile: true, offset: layout.SYMBOL_MULTIPLIER_AT },
    ofFile: ({ multiplierE8 = UNIT_E8 }) => multiplierE8,
  },
  {
    ...{ name: "currency", unit: "currency", least: 1n, most: MOST_CURRENCY, mayBeNone: true, isOfFile: true },
    ...{ offset: layout.SYMBOL_CURRENCY_AT, form: FORM_LONG },
    ofFile: ({ currency }) => (currency === undefined ? NO_PRICE : currencyNumber(currency)),
  },
  {
    ...{ name: "referenceSources", unit: "sources", least: 0n, most: 4_095n, isLimit: true, members: SOURCES },
    ...{ offset: layout.SYMBOL_SOURCES_AT, form: FORM_INT },
    ofFile: ({ referenceSources = USUAL_SOURCES }) => sourcesOf(referenceSources) ?? -1n,
  },
  {
    // The feed gives quotes to the core in time for the configuration's (quotes/quote-book.ts).
    ...{ name: "quotesStaleMs", ...STALE, offset: layout.SYMBOL_QUOTES_STALE_AT, isOfFile: true },
    ofFile: ({ quotesStaleMs }) => orNone(quotesStaleMs),
  },
  {
    ...{ name: "executionsStaleMs", ...STALE, offset: layout.SYMBOL_EXECUTIONS_STALE_AT },
    ofFile: ({ executionsStaleMs }) => orNone(executionsStaleMs),
  },
  {
    ...{ name: "operatorStaleMs", ...STALE, offset: layout.SYMBOL_OPERATOR_STALE_AT },
    ofFile: ({ operatorStaleMs }) => orNone(operatorStaleMs),
  },
  // The row has what these two come to (core/assembly/settings.ts).
  {
    ...{
      name: "averageDailyVolume",
      unit: "quantity",
      ...LIMIT,
      mayBeNone: true,
      most: MOST_E8,
      offset: 0,
      form: FORM_NONE,
    },
    ofFile: ({ averageDailyVolumeE8 = NO_PRICE }) => averageDailyVolumeE8,
  },
  {
    ...{
      name: "maxAdvPercent",
      unit: "percent",
      ...LIMIT,
      mayBeNone: true,
      most: MOST_PPM,
      offset: 0,
      form: FORM_NONE,
    },
    ofFile: ({ maxAdvPpm }) => orNone(maxAdvPpm),
  },
  {
    ...{ name: "collarSides", ...choiceOf(COLLAR_SIDES), offset: 0, form: FORM_BIT },
    ...{ mask: SYMBOL_COLLAR_AGGRESSIVE },
    ofFile: ({ collarSides = "both" }) => BigInt(COLLAR_SIDES[collarSides] ?? -1),
  },
  ...PHASE_SETTINGS,
];

/** The same of the firm, whose limits are where an account has its own. */
export const FIRM_SETTINGS: readonly SettingKind<Pick<CoreConfig, "kill" | "firm">>[] = [
  { name: "killed", ...FLAG, form: FORM_NONE, offset: 0, isKill: true, ofFile: ({ kill }) => bit(kill) },
  {
    ...{ name: "maxOrderQty", unit: "quantity", ...OPTIONAL, most: MOST_E8, offset: 8, form: FORM_LONG },
    ofFile: ({ firm }) => firm?.maxOrderQtyE8 ?? NO_PRICE,
  },
  {
    ...{ name: "maxOrderNotional", unit: "money", ...OPTIONAL, most: MOST_MONEY, offset: 16, form: FORM_LONG },
    ofFile: ({ firm }) => firm?.maxOrderNotionalE4 ?? NO_PRICE,
  },
  {
    ...{ name: "maxOpenOrders", unit: "count", ...OPTIONAL, most: MOST_COUNT, fileMost: MOST_OPEN, offset: 24 },
    form: FORM_DOUBLE,
    ofFile: ({ firm }) => (firm?.maxOpenOrders === undefined ? NO_PRICE : BigInt(firm.maxOpenOrders)),
  },
  {
    ...{ name: "maxGrossExposure", unit: "money", ...EXPOSURE, offset: 192 },
    ofFile: ({ firm }) => firm?.maxGrossExposureE4 ?? NO_PRICE,
  },
  {
    ...{ name: "maxNetExposure", unit: "money", ...EXPOSURE, offset: 200 },
    ofFile: ({ firm }) => firm?.maxNetExposureE4 ?? NO_PRICE,
  },
  {
    ...{ name: "maxDailyNotional", unit: "money", ...EXPOSURE, offset: 208 },
    ofFile: ({ firm }) => firm?.maxDailyNotionalE4 ?? NO_PRICE,
  },
  {
    ...{ name: "maxDailyVolume", unit: "quantity", ...EXPOSURE, most: MOST_E8, offset: 216 },
    ofFile: ({ firm }) => firm?.maxDailyVolumeE8 ?? NO_PRICE,
  },
  {
    ...{ name: "firmOrderMessages", ...FIRM_MESSAGES, offset: layout.FIRM_ORDER_MESSAGES_AT },
    ofFile: ({ firm }) => orNone(firm?.firmOrderMessages),
  },
  {
    ...{ name: "firmOrderMessagesWindowMs", ...FIRM_WINDOW, offset: layout.FIRM_ORDER_WINDOW_AT },
    ofFile: ({ firm }) => whole(firm?.firmOrderMessagesWindowMs ?? FIRM_WINDOW_MS),
  },
  {
    ...{ name: "firmAllMessages", ...FIRM_MESSAGES, offset: layout.FIRM_ALL_MESSAGES_AT },
    ofFile: ({ firm }) => orNone(firm?.firmAllMessages),
  },
  {
    ...{ name: "firmAllMessagesWindowMs", ...FIRM_WINDOW, offset: layout.FIRM_ALL_WINDOW_AT },
    ofFile: ({ firm }) => whole(firm?.firmAllMessagesWindowMs ?? FIRM_WINDOW_MS),
  },
  {
    ...{ name: "creditLimit", unit: "money", ...EXPOSURE, offset: 376 },
    ofFile: ({ firm }) => firm?.creditLimitE4 ?? NO_PRICE,
  },
];

/** By what they are settings of: ACCOUNTS, SYMBOLS, FIRM. */
export const SETTINGS: readonly (readonly SettingKind<never>[])[] = [ACCOUNT_SETTINGS, SYMBOL_SETTINGS, FIRM_SETTINGS];

/** Writes how many settings there are, and their descriptions. */
export function putSettingKinds(area: AreaViews): void {
  for (const [subject, kinds] of SETTINGS.entries()) {
    const at = layout.SUBJECTS_AT + subject * layout.SUBJECT_BYTES;
    area.setWord(at + layout.SETTING_COUNT, kinds.length);
    const { ints, longs } = area.table(at + layout.SETTING_KINDS_AT, kinds.length * layout.SETTING_KIND_BYTES);
    for (const [i, { offset, form, least, most, mask = 0, ...kind }] of kinds.entries()) {
      const words = (i * layout.SETTING_KIND_BYTES) / 4;
      ints.set([offset, form], words);
      longs.set([least, most], words / 2 + 1);
      ints.set([mask, flagsOf(kind)], words + 6);
    }
  }
}

type Flags = Pick<SettingKind<never>, "isLimit" | "mayBeNone" | "noneIsMost" | "isOfFile">;

function flagsOf({ isLimit, mayBeNone, noneIsMost, isOfFile }: Flags): number {
  const flag = (isSet: boolean | undefined, mask: number): number => (isSet === true ? mask : 0);
  const ofNone = flag(mayBeNone, SETTING_MAY_BE_NONE) | flag(noneIsMost, SETTING_NONE_IS_MOST);
  return flag(isLimit, SETTING_IS_LIMIT) | ofNone | flag(isOfFile, SETTING_IS_OF_FILE);
}

/** Gives the code the configuration's values of one account or symbol, or of the firm. */
export function setFileValues<File>(
  code: CoreCode,
  subject: number,
  kinds: readonly SettingKind<File>[],
  index: number,
  file: File,
): void {
  // Of each of many thousand rows: a pair for each setting would be megabytes of garbage.
  for (let setting = 0; setting < kinds.length; setting++)
    code.setFileValue(subject, index, setting, kinds[setting]!.ofFile(file));
  code.settle(subject, index);
}
