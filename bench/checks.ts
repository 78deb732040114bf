// What each check of an order costs beside the checks that every order has: the time of a plain order and its fill in a core where it is
// on, less the time in a core where it is off. One thread, both cores in turn, ROUNDS rounds; the median of the rounds' differences.
import type { AccountLimits, CoreConfig, RoutingRule, SymbolTerms } from "../src/core/config.ts";
import { COUNT_REJECTS } from "../src/core/counters.ts";
import { ACCOUNT, CoreFlow, flowConfig, PACE_US, PRICE_E8, QUANTITY, SYMBOL } from "./core-flow.ts";
import { check, median, report, scaled, TINY } from "./measure.ts";

const ROUNDS = Number(process.env.ROUNDS ?? (TINY ? 1 : 41));
const ORDERS = scaled(20_000, 20);
/** Tables that fit into a CPU's cache: what is measured are the checks. */
const TABLE = scaled(4_096, 1_024);
const MOST_E4 = 1_000_000_000_000_000_000n;
const MOST_E8 = 9_000_000_000_000_000_000n;

const ofAccount = (more: Partial<AccountLimits>): Partial<CoreConfig> => ({ accounts: [{ ...ACCOUNT, ...more }] });
const ofSymbol = (more: Partial<SymbolTerms>): Partial<CoreConfig> => ({ symbols: [{ ...SYMBOL, ...more }] });

const EXPOSURE = { maxGrossExposureE4: MOST_E4, maxNetExposureE4: MOST_E4 };
const DAILY = { maxDailyNotionalE4: MOST_E4, maxDailyVolumeE8: MOST_E8, creditLimitE4: MOST_E4 };
const POSITION = { maxPositionE8: MOST_E8 };
/** So many identical orders within the window, and one more is allowed. */
const duplicates = (count: number): Partial<AccountLimits> => ({
  duplicateOrders: count + 1,
  duplicateWindowMs: (count * PACE_US) / 1_000,
});
const SETS = { orderTypes: ["limit"], timesInForce: ["day"], shortSales: false, locateRequired: true };
const LISTS = { restrictedBuy: 1n, restrictedSell: 1n, restrictedShort: 1n };
const STEPS = { tickSizeE8: PRICE_E8 / 100n, lotSizeE8: PRICE_E8 / 100n };
const VOLUME = { averageDailyVolumeE8: MOST_E8, maxAdvPpm: 10_000 };
const SIZES = { venueMaxQtyE8: MOST_E8, maxOrderQtyE8: MOST_E8, maxOrderNotionalE4: MOST_E4, ...VOLUME };
const LISTED = { lists: 2n };
/** An execution counts while the window has it: as many as the window of identical orders has. */
const EXECUTIONS = { repeatedExecutions: 1_000, executionsWindowMs: (4 * PACE_US) / 1_000 };
const LEVEL = { maxOpenOrders: 1_000_000, ...EXPOSURE, ...DAILY };
const CLIENT = { clients: [{ name: "CLIENT", accounts: [ACCOUNT.name], ...LEVEL, ...POSITION }] };
const ORDER_LIMITS = { maxOrderQtyE8: MOST_E8, maxOrderNotionalE4: MOST_E4, maxOpenOrders: 1_000_000 };
const SESSION = { id: 0, name: "CLIENT", accounts: [ACCOUNT.name], limits: ORDER_LIMITS };
const TRADER = { traders: [{ name: "TRADER", enabled: true, ...ORDER_LIMITS }] };
const FIRM = { firm: { ...ORDER_LIMITS, ...LEVEL } };

/** More than come within the windows. */
const MESSAGES = {
  ...{ firmOrderMessages: 100_000, firmOrderMessagesWindowMs: 1_000 },
  ...{ firmAllMessages: 100_000, firmAllMessagesWindowMs: 1_000 },
};
/** Each order looks for resting ones of the other side, and rests until it is filled. */
const SELF_TRADE = { selfTrade: "reject-new" };
/** The quotes have none: each fill is the reference price of the next order. */
const SOURCES = { referenceSources: ["quotes", "executions", "configuration"], executionsStaleMs: 60_000 };

/** Of the symbol's prices, with a rate to that of the limits. */
const RATED = { limitCurrency: "USD", currencies: [{ name: "EUR", rateE8: 108_000_000n }] };
const CURRENCY = { currency: "EUR", multiplierE8: 50n * 100_000_000n };

/** One that does not fit, by its last condition. */
const RULE: RoutingRule = {
  sessions: [],
  accounts: [],
  symbols: ["A*"],
  securityTypes: [],
  exDestinations: [],
  orderTypes: [],
  sides: [],
  minQuantityE8: MOST_E8,
  maxQuantityE8: null,
  venues: ["XCH"],
};

const ALL: Partial<CoreConfig> = {
  ...ofAccount({
    ...{ ...EXPOSURE, ...DAILY, ...POSITION, ...duplicates(4), ...EXECUTIONS, ...SETS, ...LISTS, ...SELF_TRADE },
    maxOrderNotionalE4: MOST_E4,
  }),
  ...ofSymbol({ ...STEPS, ...SIZES, ...LISTED, ...SOURCES, ...CURRENCY }),
  ...CLIENT,
  sessions: [{ ...SESSION, traders: ["TRADER"] }],
  ...TRADER,
  firm: { ...FIRM.firm, ...MESSAGES },
  ...RATED,
};

const VARIANTS: Readonly<Record<string, Partial<CoreConfig>>> = {
  "the same again": {},
  "gross and net exposure": ofAccount(EXPOSURE),
  "daily notional and volume": ofAccount(DAILY),
  position: ofAccount(POSITION),
  "duplicate orders, 4 in the window": ofAccount(duplicates(4)),
  "duplicate orders, 48 in the window": ofAccount(duplicates(48)),
  "types, times in force, short sales, locates": ofAccount(SETS),
  "restricted lists": { ...ofAccount(LISTS), ...ofSymbol(LISTED) },
  "ticks and lots": ofSymbol(STEPS),
  "largest quantity and notional of a symbol": ofSymbol(SIZES),
  "repeated executions": ofAccount(EXECUTIONS),
  "limits of the client": CLIENT,
  "limits of the session": { sessions: [SESSION] },
  "trader, with limits": { sessions: [{ ...SESSION, limits: {}, traders: ["TRADER"] }], ...TRADER },
  "limits of the firm": FIRM,
  "messages of the firm": { firm: MESSAGES },
  "self trades": ofAccount(SELF_TRADE),
  "sources of the reference price": ofSymbol(SOURCES),
  "currency and multiplier": { ...ofAccount({ maxOrderNotionalE4: MOST_E4 }), ...ofSymbol(CURRENCY), ...RATED },
  "all of these, but 48 duplicates": ALL,
  "100 routing rules": { rules: Array.from({ length: 100 }, () => RULE) },
};

/** Nanoseconds of an order and its fill. */
function time(flow: CoreFlow): number {
  const began = Bun.nanoseconds();
  const executed = flow.ordersAndFills(ORDERS);
  const took = Bun.nanoseconds() - began;
  check("units bought", executed, ORDERS * QUANTITY);
  return took / ORDERS;
}

/** Times one kind of check. Returns the median of what it adds, after each round's plain time. */
function measure(name: string): { readonly plain: number; readonly added: number } {
  const plain = new CoreFlow(flowConfig(TABLE));
  const flow = new CoreFlow(flowConfig(TABLE, VARIANTS[name]));
  const times: number[] = [];
  const added: number[] = [];
  for (let round = -1; round < ROUNDS; round++) {
    const without = time(plain);
    const difference = time(flow) - without;
    if (round < 0) continue;
    times.push(without);
    added.push(difference);
  }
  check(`${name}: rejects`, flow.core.counters[COUNT_REJECTS], 0);
  return { plain: median(times), added: median(added) };
}

const asked = process.argv[2];
if (asked !== undefined) console.log(JSON.stringify(measure(asked)));
else {
  const figures = Object.keys(VARIANTS).map((name) => {
    // The engine has room for a few memories whose bounds cost nothing, so each kind has a process of its own.
    const child = Bun.spawnSync([process.execPath, import.meta.path, name], { stderr: "inherit" });
    check(`${name}: exit code`, child.exitCode, 0);
    return { name, ...(JSON.parse(child.stdout.toString()) as ReturnType<typeof measure>) };
  });
  report("order + fill, plain", median(figures.map(({ plain }) => plain)), "ns");
  for (const { name, added } of figures) report(`adds, ${name}`, added, "ns");
}
