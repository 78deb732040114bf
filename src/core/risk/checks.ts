import * as keys from "./check-keys.ts";
import * as why from "./reason-codes.ts";
import { type ByVersion, type Check, check, LIMIT } from "./reason-row.ts";

const { ACCOUNT_KEYS, CLIENT_KEYS, TRADER_KEYS, SYMBOL_KEYS, SESSION_KEYS, keysOf, orderKeysOf } = keys;
/** Unsupported order characteristic, incorrect quantity, unknown account, unknown symbol, exchange closed. */
const UNSUPPORTED: ByVersion = [0, 11, 11];
const QUANTITY: ByVersion = [0, 13, 13];
const UNKNOWN: ByVersion = [0, 15, 15];
const SYMBOL: ByVersion = [1, 1, 1];
const CLOSED: ByVersion = [2, 2, 2];
const CREDIT: ByVersion = [0, 0, 25];
const BROKER: ByVersion = [0, 0, 0];
const CXL_BROKER: ByVersion = [2, 2, 2];
const EXECUTIONS = ["repeatedExecutions", "executionsWindowMs"];

/** Every check of a new order, in the order in which the core makes them. The first that fails gives the reason. */
export const CHECKS: readonly Check[] = [
  check(why.UNKNOWN_SESSION, "UNKNOWN_SESSION", {
    levels: ["SESSION"],
    keys: [SESSION_KEYS],
    meaning: "The session is not in the configuration any more.",
    remedy: "Add its table under `client.sessions`.",
  }),
  check(why.BAD_CL_ORD_ID, "BAD_CLORDID", {
    family: "CORE",
    levels: ["ORDER"],
    meaning: "ClOrdID (11) is empty or longer than 64 characters.",
    remedy: "Send a shorter ClOrdID.",
  }),
  check(why.DUPLICATE_CL_ORD_ID, "DUPLICATE_CLORDID", {
    ord: [6, 6, 6],
    cxl: [2, 6, 6],
    levels: ["SESSION"],
    meaning: "The session has used this ClOrdID (11) before, and may not use it again yet; see [orders](orders.md).",
    remedy: "Send a new ClOrdID.",
  }),
  check(why.JOURNAL_FULL, "JOURNAL_FULL", {
    family: "CORE",
    ord: BROKER,
    cxl: CXL_BROKER,
    levels: ["FIRM"],
    meaning: "The disk of the journal is full. Cancels and reports still pass.",
    remedy: "Free disk space; see [journal](journal.md).",
  }),
  check(why.KILL_SWITCH, "KILL_SWITCH", {
    levels: ["FIRM"],
    keys: ["risk.kill"],
    meaning: "The kill switch is engaged.",
    remedy: "Find out why it was engaged; release it with `SIGUSR2`.",
  }),
  check(why.SESSION_CANCEL_ONLY, "SESSION_CANCEL_ONLY", {
    levels: ["SESSION"],
    meaning: "An operator lets the session only cancel.",
    remedy: "Ask the operator; `sallyport ctl session state NAME on`.",
  }),
  check(why.SESSION_OFF, "SESSION_OFF", {
    levels: ["SESSION"],
    meaning: "An operator has switched the session off; the order came before its Logout.",
    remedy: "Ask the operator; `sallyport ctl session state NAME on`.",
  }),
  check(why.FIRM_ORDER_MESSAGES, "FIRM_ORDER_MESSAGES", {
    levels: ["FIRM"],
    keys: ["risk.firmOrderMessages", "risk.firmOrderMessagesWindowMs"],
    meaning:
      "All client sessions together have sent `firmOrderMessages` new orders and replaces within `firmOrderMessagesWindowMs`; what this refuses does not count.",
    remedy: "Send it again later, or raise the limit.",
  }),
  check(why.FIRM_ALL_MESSAGES, "FIRM_ALL_MESSAGES", {
    levels: ["FIRM"],
    keys: ["risk.firmAllMessages", "risk.firmAllMessagesWindowMs"],
    meaning:
      "The same of all their requests, by the keys with `firmAllMessages`. Cancels, mass cancels and status requests count, and are not refused.",
    remedy: "Send it again later, or raise the limit.",
  }),
  check(why.UNKNOWN_ACCOUNT, "UNKNOWN_ACCOUNT", {
    ord: UNKNOWN,
    levels: ["ACCOUNT"],
    keys: [ACCOUNT_KEYS],
    meaning: "Account (1) is missing or has no table.",
    remedy: "Correct the account, or add `[risk.accounts.NAME]`.",
  }),
  check(why.NOT_ENTITLED, "NOT_ENTITLED", {
    ord: UNKNOWN,
    levels: ["SESSION", "ACCOUNT", "TRADER"],
    keys: [`${SESSION_KEYS}.accounts`, `${SESSION_KEYS}.traders`],
    meaning:
      "The session may not trade this account. With `level=TRADER`: it has traders, and the new order names none of them; this is checked behind the account and its client.",
    remedy: "Add the account to `accounts`, or the trader to `traders`, of the client session.",
  }),
  check(why.KILL_SWITCH_ACCOUNT, "KILL_SWITCH_ACCOUNT", {
    levels: ["ACCOUNT"],
    meaning: "The account's kill switch is engaged.",
    remedy: "Ask the operator; `sallyport ctl lift account:NAME`.",
  }),
  check(why.REPEATED_EXECUTIONS, "REPEATED_EXECUTIONS", {
    ord: [0, 99, 21],
    levels: ["ACCOUNT", "TRADER"],
    keys: EXECUTIONS.flatMap((key) => [`${ACCOUNT_KEYS}.${key}`, `${TRADER_KEYS}.${key}`]),
    meaning:
      "The account has had `repeatedExecutions` executions in one symbol within `executionsWindowMs`, and is stopped since, in all symbols. With `level=TRADER`: the trader, which is checked behind the account and its client; a replace is refused for the trader who entered the order.",
    remedy: "Find out why it traded so often; `sallyport ctl account enable NAME`, or `trader enable NAME`.",
  }),
  check(why.ACCOUNT_DISABLED, "ACCOUNT_DISABLED", {
    levels: ["ACCOUNT"],
    keys: [`${ACCOUNT_KEYS}.enabled`],
    meaning: "The account has `enabled = false`.",
    remedy: "Enable it if it may trade.",
  }),
  check(why.ACCOUNT_WITHOUT_LIMITS, "ACCOUNT_WITHOUT_LIMITS", {
    levels: ["ACCOUNT"],
    keys: [ACCOUNT_KEYS],
    meaning: "The account has no limits.",
    remedy: "Set its limits.",
  }),
  check(why.KILL_SWITCH_CLIENT, "KILL_SWITCH_CLIENT", {
    levels: ["CLIENT"],
    meaning: "The kill switch of the account's client is engaged.",
    remedy: "Ask the operator; `sallyport ctl lift client:NAME`.",
  }),
  check(why.KILL_SWITCH_TRADER, "KILL_SWITCH_TRADER", {
    levels: ["TRADER"],
    meaning: "The trader's kill switch is engaged. A replace is refused for the trader who entered the order.",
    remedy: "Ask the operator; `sallyport ctl lift trader:NAME`.",
  }),
  check(why.TRADER_DISABLED, "TRADER_DISABLED", {
    levels: ["TRADER"],
    keys: [`${TRADER_KEYS}.enabled`],
    meaning: "The trader has `enabled = false`.",
    remedy: "Enable it if it may trade.",
  }),
  check(why.UNKNOWN_SYMBOL, "UNKNOWN_SYMBOL", {
    ord: SYMBOL,
    levels: ["SYMBOL"],
    keys: [SYMBOL_KEYS],
    meaning: "The symbol has no table.",
    remedy: "Add `[symbols.NAME]`, or correct Symbol (55).",
  }),
  check(why.KILL_SWITCH_SYMBOL, "KILL_SWITCH_SYMBOL", {
    levels: ["SYMBOL"],
    meaning: "The symbol's kill switch is engaged.",
    remedy: "Ask the operator; `sallyport ctl lift symbol:NAME`.",
  }),
  check(why.SYMBOL_DISABLED, "SYMBOL_DISABLED", {
    ord: SYMBOL,
    levels: ["SYMBOL"],
    keys: [`${SYMBOL_KEYS}.enabled`],
    meaning: "The symbol has `enabled = false`.",
    remedy: "Enable it if it may be traded.",
  }),
  check(why.RATE_MISSING, "RATE_MISSING", {
    levels: ["SYMBOL"],
    keys: [`${SYMBOL_KEYS}.currency`, "risk.rates"],
    meaning: "The currency of the symbol's prices has no rate to `risk.currency`.",
    remedy: "Set it in `risk.rates`, or with `sallyport ctl currency set`.",
  }),
  check(why.UNSUPPORTED_SIDE, "UNSUPPORTED_SIDE", {
    ord: UNSUPPORTED,
    levels: ["ORDER"],
    atReplace: false,
    meaning: "Side (54) is not buy, sell or sell short.",
    remedy: "Send 54=1, 54=2 or 54=5.",
  }),
  check(why.UNSUPPORTED_TYPE, "UNSUPPORTED_ORDER_TYPE", {
    ord: UNSUPPORTED,
    levels: ["ORDER"],
    keys: ["venues.NAME.orderTypes"],
    atReplace: false,
    meaning: "OrdType (40) is none that the order's venue takes; a symbol without a venue has market and limit.",
    remedy: "Send another type, or add it to `orderTypes` of the venue.",
  }),
  check(why.UNSUPPORTED_TIF, "UNSUPPORTED_TIME_IN_FORCE", {
    ord: UNSUPPORTED,
    levels: ["ORDER"],
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
  check(why.ORDER_TYPES, "ORDER_TYPES", {
    ord: UNSUPPORTED,
    levels: ["ACCOUNT"],
    keys: [`${ACCOUNT_KEYS}.orderTypes`],
    meaning: "The account may not use this OrdType (40).",
    remedy: "Send another one, or add it to `orderTypes`.",
  }),
  check(why.TIMES_IN_FORCE, "TIMES_IN_FORCE", {
    ord: UNSUPPORTED,
    levels: ["ACCOUNT"],
    keys: [`${ACCOUNT_KEYS}.timesInForce`],
    meaning: "The account may not use this TimeInForce (59).",
    remedy: "Send another one, or add it to `timesInForce`.",
  }),
  check(why.SHORT_SALES, "SHORT_SALES", {
    ord: [0, 99, 22],
    levels: ["ACCOUNT"],
    keys: [`${ACCOUNT_KEYS}.shortSales`],
    meaning: "The account may not sell short (54=5).",
    remedy: "Set `shortSales` if it may.",
  }),
  check(why.LOCATE_REQUIRED, "LOCATE_REQUIRED", {
    ord: [0, 99, 23],
    levels: ["ACCOUNT", "SYMBOL"],
    keys: [`${ACCOUNT_KEYS}.locateRequired`, `${SYMBOL_KEYS}.locateRequired`],
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
      "Price (44) of a limit order, or StopPx (99) of a stop order, has a sign that `prices` of the symbol does not have: by default it must be above 0.",
    remedy: "Correct the price, or set `prices`.",
  }),
  check(why.TICK_SIZE, "TICK_SIZE", {
    ord: [0, 99, 18],
    cxl: [2, 99, 18],
    levels: ["SYMBOL"],
    keys: [`${SYMBOL_KEYS}.tickSize`],
    meaning: "Price (44) is no multiple of `tickSize`.",
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
    levels: ["ACCOUNT"],
    keys: [`${ACCOUNT_KEYS}.duplicateOrders`, `${ACCOUNT_KEYS}.duplicateWindowMs`],
    atReplace: false,
    meaning:
      "The account has had `duplicateOrders` orders of the same symbol, side, quantity and prices within `duplicateWindowMs`.",
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
      "Accounts with `duplicateOrders` had more orders within `duplicateWindowMs` than the gateway remembers: it can't tell whether this one is a duplicate.",
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
