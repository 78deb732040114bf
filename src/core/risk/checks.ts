import * as keys from "./check-keys.ts";
import { PARTY_CHECKS } from "./party-checks.ts";
import * as why from "./reason-codes.ts";
import { type ByVersion, type Check, check, LIMIT } from "./reason-row.ts";

const { ACCOUNT_KEYS, CLIENT_KEYS, SYMBOL_KEYS, keysOf, orderKeysOf, rightKeysOf } = keys;
/** Unsupported order characteristic, incorrect quantity, exchange closed. */
const UNSUPPORTED: ByVersion = [0, 11, 11];
const QUANTITY: ByVersion = [0, 13, 13];
const CLOSED: ByVersion = [2, 2, 2];
const CREDIT: ByVersion = [0, 0, 25];
const BROKER: ByVersion = [0, 0, 0];
const CXL_BROKER: ByVersion = [2, 2, 2];

/** Every check of a new order, in the order in which the core makes them. The first that fails gives the reason. */
export const CHECKS: readonly Check[] = [
  ...PARTY_CHECKS,
  check(why.UNSUPPORTED_SIDE, "UNSUPPORTED_SIDE", {
    ord: UNSUPPORTED,
    levels: ["ORDER"],
    atReplace: false,
    meaning: "Side (54) is not buy, sell or sell short.",
    remedy: "Send 54=1, 54=2 or 54=5.",
  }),
  check(why.UNSUPPORTED_TYPE, "UNSUPPORTED_ORDER_TYPE", {
    ord: UNSUPPORTED,
    levels: ["VENUE"],
    keys: ["venues.NAME.orderTypes"],
    atReplace: false,
    meaning: "OrdType (40) is none that the order's venue takes; a symbol without a venue has market and limit.",
    remedy: "Send another type, or add it to `orderTypes` of the venue.",
  }),
  check(why.UNSUPPORTED_TIF, "UNSUPPORTED_TIME_IN_FORCE", {
    ord: UNSUPPORTED,
    levels: ["VENUE"],
    keys: ["venues.NAME.timeInForce"],
    atReplace: false,
    meaning:
      "TimeInForce (59) is none that the order's venue takes; a symbol without a venue has day, GTC, IOC and FOK.",
    remedy: "Send another one, or add it to `timeInForce` of the venue.",
  }),
  check(why.RESTRICTED, "RESTRICTED", {
    levels: ["ACCOUNT", "SYMBOL"],
    keys: ["risk.restricted"],
    meaning: "The symbol is on a restricted list that counts for the account and this side.",
    remedy: "Do not trade it; compliance may change the list.",
  }),
  check(why.MARKET_CLOSED, "MARKET_CLOSED", {
    ord: CLOSED,
    levels: ["SYMBOL"],
    keys: [`${SYMBOL_KEYS}.schedule`],
    meaning: "The symbol's market takes no orders now: its calendar is closed.",
    remedy: "Send it while the market is open, or correct the calendar.",
  }),
  check(why.PHASE_ORDER_TYPES, "PHASE_ORDER_TYPES", {
    ord: UNSUPPORTED,
    levels: ["SYMBOL"],
    keys: [`${SYMBOL_KEYS}.schedule`, "calendars.NAME.phases"],
    meaning: "The symbol's market takes no orders of this OrdType (40) in its present phase.",
    remedy: "Send another one, or wait for the next phase; or correct `orderTypes` of the phase.",
  }),
  check(why.PHASE_TIMES_IN_FORCE, "PHASE_TIMES_IN_FORCE", {
    ord: UNSUPPORTED,
    levels: ["SYMBOL"],
    keys: [`${SYMBOL_KEYS}.schedule`, "calendars.NAME.phases"],
    meaning: "The symbol's market takes no orders of this TimeInForce (59) in its present phase.",
    remedy: "Send another one, or wait for the next phase; or correct `timesInForce` of the phase.",
  }),
  check(why.ORDER_TYPES, "ORDER_TYPES", {
    ord: UNSUPPORTED,
    levels: ["ACCOUNT", "CLIENT", "SESSION"],
    keys: rightKeysOf("orderTypes"),
    meaning: "The account, its client or the session may not use this OrdType (40).",
    remedy: "Send another one, or add it to `orderTypes`.",
  }),
  check(why.TIMES_IN_FORCE, "TIMES_IN_FORCE", {
    ord: UNSUPPORTED,
    levels: ["ACCOUNT", "CLIENT", "SESSION"],
    keys: rightKeysOf("timesInForce"),
    meaning: "The account, its client or the session may not use this TimeInForce (59).",
    remedy: "Send another one, or add it to `timesInForce`.",
  }),
  check(why.SHORT_SALES, "SHORT_SALES", {
    ord: [0, 99, 22],
    levels: ["ACCOUNT", "CLIENT", "SESSION"],
    keys: rightKeysOf("shortSales"),
    meaning: "The account, its client or the session may not sell short (54=5).",
    remedy: "Set `shortSales` if it may.",
  }),
  check(why.LOCATE_REQUIRED, "LOCATE_REQUIRED", {
    ord: [0, 99, 23],
    levels: ["ACCOUNT", "CLIENT", "SESSION", "SYMBOL"],
    keys: [...rightKeysOf("locateRequired"), `${SYMBOL_KEYS}.locateRequired`],
    meaning: "A short sale needs a locate: LocateReqd (114) is not N, and LocateBroker (5700) is missing.",
    remedy: "Send 114=N once the shares are located, or 5700 with whom.",
  }),
  check(why.CURRENCY_MISMATCH, "CURRENCY_MISMATCH", {
    levels: ["SYMBOL"],
    keys: [`${SYMBOL_KEYS}.currency`],
    meaning: "The order says another Currency (15) than `currency` of its symbol.",
    remedy: "Send the symbol's currency, or none; or correct `currency`.",
  }),
  check(why.NUMBER_NOT_HELD, "NUMBER_NOT_HELD", {
    family: "ORDER",
    levels: ["ORDER"],
    meaning:
      "OrderQty (38), Price (44) or StopPx (99) is a number that the gateway can't count exactly: the text has the tag, the largest value and the step.",
    remedy: "Send numbers of up to eight decimals and 92,000,000,000.",
  }),
  check(why.TERM_MISSING, "TERM_MISSING", {
    ord: UNSUPPORTED,
    levels: ["ORDER"],
    meaning:
      "A term is missing without which others mean nothing; the text has its tag: a pegged order (40=P) says in none of ExecInst (18), PegPriceType (1094) and PegOffsetValue (211) what it follows, or a trailing stop (18=a) has no PegOffsetValue (211).",
    remedy: "Send the field.",
  }),
  check(why.TERM_QUANTITY, "TERM_QUANTITY", {
    ord: QUANTITY,
    levels: ["ORDER"],
    meaning:
      "MinQty (110), MaxFloor (111), MaxShow (210) or DisplayQty (1138) is above OrderQty (38), below 0, or has more decimals than `quantityDecimals` of the symbol. The text has the tag.",
    remedy: "Correct the quantity.",
  }),
  check(why.ALREADY_EXPIRED, "ALREADY_EXPIRED", {
    ord: [4, 4, 4],
    levels: ["ORDER"],
    meaning:
      "ExpireTime (126) is not later than now, or ExpireDate (432) is before the date on which the trading day begins (`core.tradingDay`) and past in every time zone, or one of them is no time or date. The text has tag and value.",
    remedy: "Send a later one.",
  }),
  check(why.CONTRADICTORY_TERMS, "CONTRADICTORY_TERMS", {
    ord: UNSUPPORTED,
    levels: ["ORDER"],
    meaning:
      "Terms rule each other out; the text has a tag of them. CashOrderQty (152) or OrderPercent (516) beside OrderQty (38); MaxFloor (111) or MaxShow (210) that differs from DisplayQty (1138); an order on close (40=5, B) at once or at the opening (59=2, 3, 4); EffectiveTime (168) that is not before ExpireTime (126); in ExecInst (18) several pegs, one of the pairs 1 5, 0 9, 7 8, A B, H Q, J K, or 6 for a market order or one that trades at once.",
    remedy: "Send one of them.",
  }),
  check(why.BAD_QUANTITY, "BAD_QUANTITY", {
    ord: QUANTITY,
    levels: ["SYMBOL"],
    keys: [`${SYMBOL_KEYS}.quantityDecimals`],
    meaning:
      "OrderQty (38) is not above 0, or has more decimals than `quantityDecimals` of the symbol: the text has the smallest step.",
    remedy: "Correct the quantity, or set `quantityDecimals`.",
  }),
  check(why.LOT_SIZE, "LOT_SIZE", {
    ord: QUANTITY,
    levels: ["SYMBOL"],
    keys: [`${SYMBOL_KEYS}.lotSize`],
    meaning: "OrderQty (38) is no multiple of `lotSize`.",
    remedy: "Send whole lots, or correct `lotSize`.",
  }),
  check(why.VENUE_MAX_QTY, "VENUE_MAX_QTY", {
    ord: QUANTITY,
    levels: ["SYMBOL"],
    keys: [`${SYMBOL_KEYS}.venueMaxQty`],
    meaning: "The quantity is above `venueMaxQty`: the symbol's venue does not take it.",
    remedy: "Send several orders.",
  }),
  check(why.BAD_PRICE, "BAD_PRICE", {
    levels: ["SYMBOL"],
    keys: [`${SYMBOL_KEYS}.prices`],
    meaning:
      "Price (44) of a limit order, or StopPx (99) of a stop or if-touched order, has a sign that `prices` of the symbol does not have: by default it must be above 0.",
    remedy: "Correct the price, or set `prices`.",
  }),
  check(why.TICK_SIZE, "TICK_SIZE", {
    ord: [0, 99, 18],
    cxl: [2, 99, 18],
    levels: ["SYMBOL"],
    keys: [`${SYMBOL_KEYS}.tickSize`],
    meaning: "Price (44), or StopPx (99) of a stop or if-touched order, is no multiple of `tickSize`.",
    remedy: "Round the price, or correct `tickSize`.",
  }),
  check(why.ORDER_RATE, "ORDERS_PER_SECOND", {
    levels: ["ACCOUNT"],
    keys: [`${ACCOUNT_KEYS}.ordersPerSecond`],
    meaning: "More new orders and replaces in this second than `ordersPerSecond`.",
    remedy: "Send more slowly, or raise the limit.",
  }),
  check(why.MAX_ORDER_QTY, "MAX_ORDER_QTY", {
    ord: [3, 3, 26],
    levels: ["ACCOUNT", "CLIENT", "SESSION", "TRADER", "SYMBOL", "FIRM"],
    keys: [...orderKeysOf("maxOrderQty"), `${SYMBOL_KEYS}.maxOrderQty`, "risk.maxOrderQty"],
    meaning: "The quantity is above `maxOrderQty`; of several such limits the smallest counts.",
    remedy: "Send a smaller order, or raise the limit.",
  }),
  check(why.MAX_ADV_PERCENT, "MAX_ADV_PERCENT", {
    ord: LIMIT,
    levels: ["SYMBOL"],
    keys: [`${SYMBOL_KEYS}.maxAdvPercent`],
    meaning:
      "The quantity is above `maxAdvPercent` of `averageDailyVolume` of the symbol: the text has that quantity, 0 where there is no volume.",
    remedy: "Send a smaller order, raise the limit, or correct the volume.",
  }),
  check(why.NO_REFERENCE_PRICE, "NO_REFERENCE_PRICE", {
    ord: [0, 99, 19],
    levels: ["SYMBOL"],
    keys: [
      ...[`${SYMBOL_KEYS}.referencePrice`, `${SYMBOL_KEYS}.referenceSources`, `${SYMBOL_KEYS}.quotesStaleMs`],
      ...[`${SYMBOL_KEYS}.executionsStaleMs`, `${SYMBOL_KEYS}.operatorStaleMs`],
    ],
    meaning: "No source of the symbol has a reference price, or those that have one are too old.",
    remedy: "Find out why the stream of quotes is silent, or set `referencePrice`.",
  }),
  check(why.PRICE_COLLAR, "PRICE_COLLAR", {
    ord: [0, 99, 16],
    cxl: [2, 99, 8],
    levels: ["SYMBOL"],
    keys: [
      `${SYMBOL_KEYS}.collarPercent`,
      `${SYMBOL_KEYS}.collarWidth`,
      `${SYMBOL_KEYS}.collarSides`,
      "risk.collarPercent",
    ],
    meaning: "The limit price, of a stop order its StopPx (99), is too far from the reference price.",
    remedy: "Check the price; correct `referencePrice`, `collarPercent` or `collarWidth` of the symbol.",
  }),
  check(why.NOTIONAL_OVERFLOW, "NOTIONAL_OVERFLOW", {
    ord: LIMIT,
    levels: ["ACCOUNT"],
    meaning: "The notional, or the account's sum of open notional, is larger than the gateway can count exactly.",
    remedy: "Send a smaller order, or cancel open ones.",
  }),
  check(why.MAX_ORDER_NOTIONAL, "MAX_ORDER_NOTIONAL", {
    ord: [3, 3, 27],
    levels: ["ACCOUNT", "CLIENT", "SESSION", "TRADER", "SYMBOL", "FIRM"],
    keys: [...orderKeysOf("maxOrderNotional"), `${SYMBOL_KEYS}.maxOrderNotional`, "risk.maxOrderNotional"],
    meaning:
      "Quantity × price × multiplier × rate, without its sign, is above `maxOrderNotional`; of several such limits the smallest counts.",
    remedy: "Send a smaller order, or raise the limit.",
  }),
  check(why.OPEN_ORDERS, "MAX_OPEN_ORDERS", {
    ord: LIMIT,
    levels: ["ACCOUNT", "CLIENT", "SESSION", "TRADER", "FIRM"],
    keys: [...orderKeysOf("maxOpenOrders"), "risk.maxOpenOrders"],
    atReplace: false,
    meaning: "There are `maxOpenOrders` open orders: of the account, its client, the session, the trader or the firm.",
    remedy: "Cancel some, or raise the limit.",
  }),
  check(why.MAX_GROSS_EXPOSURE, "MAX_GROSS_EXPOSURE", {
    ord: CREDIT,
    levels: ["ACCOUNT", "CLIENT", "FIRM"],
    keys: keysOf("maxGrossExposure"),
    meaning:
      "What was bought and sold today, open orders and this one are above `maxGrossExposure`: of the account, its client or the firm.",
    remedy: "Cancel open orders, or raise the limit.",
  }),
  check(why.MAX_DAILY_NOTIONAL, "MAX_DAILY_NOTIONAL", {
    ord: LIMIT,
    levels: ["ACCOUNT", "CLIENT", "FIRM"],
    keys: keysOf("maxDailyNotional"),
    meaning:
      "What was bought and sold today, open orders and this one are above `maxDailyNotional`: of the account, its client or the firm.",
    remedy: "Cancel open orders, or raise the limit.",
  }),
  check(why.CREDIT_LIMIT, "CREDIT_LIMIT", {
    ord: CREDIT,
    levels: ["ACCOUNT", "CLIENT", "FIRM"],
    keys: keysOf("creditLimit"),
    meaning:
      "What was bought and sold today, open orders and this one are above `creditLimit`, which the clearing firm grants: of the account, its client or the firm.",
    remedy: "Cancel open orders, or have the clearing firm raise the limit. No override passes it.",
  }),
  check(why.MAX_NET_EXPOSURE, "MAX_NET_EXPOSURE", {
    ord: CREDIT,
    levels: ["ACCOUNT", "CLIENT", "FIRM"],
    keys: keysOf("maxNetExposure"),
    meaning:
      "What was bought less sold today (for a sell: sold less bought), open orders of this side and this one are above `maxNetExposure`: of the account, its client or the firm.",
    remedy: "Cancel open orders, trade the other side, or raise the limit.",
  }),
  check(why.MAX_DAILY_VOLUME, "MAX_DAILY_VOLUME", {
    ord: LIMIT,
    levels: ["ACCOUNT", "CLIENT", "FIRM"],
    keys: keysOf("maxDailyVolume"),
    meaning:
      "The quantities that were executed today, of open orders and of this one are above `maxDailyVolume`: of the account, its client or the firm.",
    remedy: "Cancel open orders, or raise the limit.",
  }),
  check(why.POSITIONS_FULL, "POSITIONS_FULL", {
    family: "CORE",
    ord: BROKER,
    cxl: CXL_BROKER,
    levels: ["FIRM"],
    keys: ["core.maxPositions"],
    meaning: "There are as many positions as `core.maxPositions` has room for, and this order would be of another one.",
    remedy: "Raise `core.maxPositions`.",
  }),
  check(why.MAX_POSITION, "MAX_POSITION", {
    ord: LIMIT,
    levels: ["ACCOUNT", "CLIENT"],
    keys: [`${ACCOUNT_KEYS}.maxPosition`, `${CLIENT_KEYS}.maxPosition`],
    meaning:
      "The position of the account, or of its client, in the symbol with all open orders of this side and this one is above `maxPosition`.",
    remedy: "Cancel open orders, reduce the position, or raise the limit.",
  }),
  check(why.DUPLICATE_ORDER, "DUPLICATE_ORDER", {
    ord: [6, 6, 6],
    levels: ["ACCOUNT", "CLIENT", "SESSION"],
    keys: ["duplicateOrders", "duplicateWindowMs", "duplicatesIgnorePrices"].flatMap(rightKeysOf),
    atReplace: false,
    meaning:
      "The account, its client or the session has had `duplicateOrders` orders of the same symbol, side, quantity and (without `duplicatesIgnorePrices`) prices within `duplicateWindowMs`.",
    remedy: "Find out whether it was meant; send it later, or raise the limit.",
  }),
  check(why.DUPLICATES_FULL, "DUPLICATES_FULL", {
    family: "CORE",
    ord: BROKER,
    cxl: CXL_BROKER,
    levels: ["FIRM"],
    keys: ["core.maxOrders"],
    atReplace: false,
    meaning:
      "Accounts, clients and sessions with `duplicateOrders` had more orders within `duplicateWindowMs` than the gateway remembers: it can't tell whether this one is a duplicate.",
    remedy: "Send it later; shorten the window, or raise `core.maxOrders`.",
  }),
  check(why.NO_ROUTE, "NO_ROUTE", {
    family: "CORE",
    levels: ["SYMBOL"],
    keys: [`${SYMBOL_KEYS}.venue`, "routing.default", "routing.rules"],
    atReplace: false,
    meaning: "The symbol has no venue.",
    remedy: "Set `venue` of the symbol, or `routing.default`.",
  }),
  check(why.VENUE_CANCEL_ONLY, "VENUE_CANCEL_ONLY", {
    levels: ["VENUE"],
    meaning: "An operator lets the order's venue only cancel.",
    remedy: "Ask the operator; `sallyport ctl venue state NAME on`.",
  }),
  check(why.VENUE_OFF, "VENUE_OFF", {
    levels: ["VENUE"],
    meaning: "An operator has switched the order's venue off.",
    remedy: "Ask the operator; `sallyport ctl venue state NAME on`.",
  }),
  check(why.VENUE_DOWN, "VENUE_DOWN", {
    family: "CORE",
    ord: CLOSED,
    cxl: CXL_BROKER,
    levels: ["VENUE"],
    meaning: "The venue is not logged on.",
    remedy: "Check the venue's line in the log; send again when it is up.",
  }),
  check(why.VENUE_STATUS_AWAITED, "VENUE_STATUS_AWAITED", {
    family: "CORE",
    ord: CLOSED,
    cxl: CXL_BROKER,
    levels: ["VENUE"],
    meaning: "The venue has logged on, and has not said yet how its open orders are.",
    remedy: "Send it again in a moment.",
  }),
  check(why.TABLE_FULL, "TABLE_FULL", {
    family: "CORE",
    ord: BROKER,
    cxl: CXL_BROKER,
    levels: ["FIRM"],
    keys: ["core.maxOrders"],
    meaning: "`core.maxOrders` orders are open.",
    remedy: "Cancel some, or raise `core.maxOrders`.",
  }),
  check(why.SELF_TRADE, "SELF_TRADE", {
    levels: ["ACCOUNT", "CLIENT"],
    keys: [`${ACCOUNT_KEYS}.selfTrade`, `${ACCOUNT_KEYS}.selfTradeGroup`],
    meaning:
      "An open order of the other side, of the account or of its client, rests at a price at which both could trade with each other.",
    remedy: "Cancel that order first, or choose another price; `selfTrade` says what becomes of such orders.",
  }),
];
