// How long the main thread is busy at a time where there are many accounts, positions and orders: a page of GET /v1/accounts, the turns of
// the look for the largest positions behind it, those of a page of GET /v1/positions, and those of the count of open orders by venue.
import { UNIT_E8 } from "../src/base/units.ts";
import { walkRows } from "../src/base/walk-rows.ts";
import { OrderScan } from "../src/core/order-scan.ts";
import { PositionUses } from "../src/core/position-uses.ts";
import { StateReader } from "../src/core/state-reader.ts";
import { GatewayAccounts } from "../src/gateway/operation/accounts.ts";
import { CoreState } from "../src/gateway/operation/core-state.ts";
import { GatewayPositions } from "../src/gateway/operation/positions.ts";
import { ordersAtVenues } from "../src/gateway/venue-orders.ts";
import { CONTROL_POSITIONS } from "../src/record/control-codes.ts";
import { positionsText } from "../src/record/start-positions.ts";
import { CONFIG, CoreDriver } from "../test/core/driver.ts";
import { bench, benchRuns, check, report, scaled } from "./measure.ts";

const ACCOUNTS = scaled(10_000);
const SYMBOLS = 20;
/** Positions in one command. */
const AT_ONCE = 40;
const POSITIONS = ACCOUNTS * SYMBOLS;
const LISTED = Math.min(1_000, ACCOUNTS);
const ORDERS = scaled(1_000_000, 1_000);
const DAY = { zone: "UTC", beginsAtMs: 0, offsets: [{ fromUs: Number.NEGATIVE_INFINITY, offsetMs: 0 }] } as never;

function filled(): CoreDriver {
  const limits = { ...CONFIG.accounts[0]!, maxPositionE8: 1_000_000n * UNIT_E8 };
  const accounts = Array.from({ length: ACCOUNTS }, (_, i) => ({ ...limits, name: `ACCOUNT-${i}` }));
  const symbols = Array.from({ length: SYMBOLS }, (_, i) => ({ ...CONFIG.symbols[0]!, name: `SYM${i}` }));
  const sessions = [{ id: 1, accounts: [accounts[0]!.name] }];
  const driver = new CoreDriver({ ...CONFIG, maxOrders: ORDERS, maxPositions: POSITIONS, accounts, symbols, sessions });
  for (let i = 0; i < POSITIONS; i += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, POSITIONS - i) }, (_, k) => ({
      account: `ACCOUNT-${Math.floor((i + k) / SYMBOLS)}`,
      symbol: `SYM${(i + k) % SYMBOLS}`,
      quantity: BigInt(i + k) * UNIT_E8,
    }));
    driver.command(CONTROL_POSITIONS, some.length, 0, "bench", positionsText(some)!);
    driver.journal.length = 0;
  }
  return driver;
}

/** The longest time for which `run` does not let other work of the thread have a turn, in milliseconds. */
async function longestTurnMs(run: () => Promise<unknown>): Promise<number> {
  let longestMs = 0;
  let sinceMs = performance.now();
  let isOver = false;
  const look = (): void => {
    const nowMs = performance.now();
    longestMs = Math.max(longestMs, nowMs - sinceMs);
    sinceMs = nowMs;
    if (!isOver) setImmediate(look);
  };
  setImmediate(look);
  await run();
  isOver = true;
  look();
  return longestMs;
}

const driver = filled();
const { buffer, at } = driver.core.area;
const reader = new StateReader(buffer, at);
check("positions", reader.positionCount, POSITIONS);
const uses = new PositionUses(buffer, at);
const core = new CoreState(() => reader, { clients: {}, venues: {} });
const accounts = new GatewayAccounts(core, DAY, () => ({ reader, uses }));
const positions = new GatewayPositions(core, driver as never, DAY);

await uses.look();
const page = bench(
  `an account of a page of ${LISTED}, beside ${POSITIONS} positions`,
  LISTED,
  (count) => {
    const views = accounts
      .names()
      .slice(0, count)
      .map((name) => accounts.get(name));
    return views.filter((view) => view!.usage.some(({ limit, used }) => limit === "maxPosition" && used !== "0"))
      .length;
  },
  LISTED,
);
// As the API makes it.
const some = (from: number, to: number): void => {
  for (const name of accounts.names().slice(from, to)) accounts.get(name);
};
report("all of the page", (page * LISTED) / 1e6, "ms");
await benchRuns("longest turn of the page", "ms", () => longestTurnMs(() => walkRows(LISTED, some, 32)));
await benchRuns("longest turn of a look for the largest positions", "ms", () => longestTurnMs(() => uses.look()));
check("largest", uses.largestOf(ACCOUNTS - 1), (POSITIONS - 1) * 1e8);
await benchRuns("longest turn of a page of one account's positions", "ms", () =>
  longestTurnMs(async () => {
    const found = await positions.page({ account: `ACCOUNT-${ACCOUNTS - 1}` }, 0, 1_000);
    check("positions of one account", found.positions.length, SYMBOLS);
  }),
);

// Rows that were used and are free: what is looked at is the same.
const scan = new OrderScan(buffer, at);
Object.defineProperty(scan, "slots", { get: () => ORDERS });
await benchRuns(`longest turn of a count of ${ORDERS} orders by venue`, "ms", () =>
  longestTurnMs(() => ordersAtVenues({ orderScan: () => scan } as StateReader)),
);
