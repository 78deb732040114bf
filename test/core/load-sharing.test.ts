import { expect, test } from "bun:test";
import { routeOf } from "../../src/config/route.ts";
import { resolveRule } from "../../src/config/routing.ts";
import type { CoreConfig, RoutingRule } from "../../src/core/config.ts";
import * as why from "../../src/core/risk/reason-codes.ts";
import * as code from "../../src/record/codes.ts";
import { CONTROL_APPLIED, CONTROL_VENUE_TRADING, TRADING_CANCEL_ONLY } from "../../src/record/control-codes.ts";
import { CONFIG, CoreDriver } from "./driver.ts";
import { changesOf, OPEN, RoutedDriver, rule } from "./routed-driver.ts";

const FOUR: CoreConfig = {
  ...CONFIG,
  venues: ["ALPHA", "BETA", "GAMMA", "DELTA"].map((name, id) => ({ id, name })),
  venueIds: 4,
};
const shared = (by: "order" | "symbol", count: number, more: Partial<RoutingRule> = {}): CoreConfig => ({
  ...FOUR,
  rules: [rule({ venues: FOUR.venues.map(({ name }) => name), share: { by, count }, ...more })],
});

/** A driver with four venues that are up. */
function fourUp(config: CoreConfig): RoutedDriver {
  const driver = new RoutedDriver(config);
  for (let venue = 2; venue < 4; venue++) driver.tell({ kind: code.REPORT_VENUE_UP, venue });
  return driver;
}

test("venues share orders in turn: the ones that are out are passed over, and refused orders take no turn", () => {
  const driver = fourUp(shared("order", 3));
  const routes = (count: number) => Array.from({ length: count }, () => driver.route({}));
  expect(routes(7)).toEqual([0, 1, 2, 0, 1, 2, 0]);
  driver.tell({ kind: code.REPORT_VENUE_DOWN, venue: 1 });
  expect(routes(4)).toEqual([2, 0, 2, 0]);
  expect(driver.route({ qty: 1e9 })).toBeLessThan(0);
  expect(driver.route({ px: 1 })).toBeLessThan(0);
  driver.instruct(CONTROL_VENUE_TRADING, TRADING_CANCEL_ONLY, 2, "");
  expect(routes(3)).toEqual([0, 0, 0]);
  driver.tell({ kind: code.REPORT_VENUE_DOWN, venue: 0 });
  // The fourth is a fallback of the three.
  expect(routes(2)).toEqual([3, 3]);
  driver.tell({ kind: code.REPORT_VENUE_DOWN, venue: 3 });
  expect(driver.route({})).toBe(-why.VENUE_DOWN);
  for (let venue = 0; venue < 2; venue++) driver.tell({ kind: code.REPORT_VENUE_UP, venue });
  expect(routes(4)).toEqual([1, 0, 1, 0]);
});

test("venues share symbols: each has its own, evenly, and only those of one that is out go elsewhere", () => {
  const names = Array.from({ length: 400 }, (_, i) => `SYM${i}`);
  const [aapl] = CONFIG.symbols;
  const symbols = names.map((name) => ({ ...aapl!, name }));
  const config = shared("symbol", 4);
  const { accounts, sessions } = OPEN;
  const driver = fourUp({ ...config, maxOrders: 4_096, accounts, sessions, symbols: [...CONFIG.symbols, ...symbols] });
  const routes = () => names.map((symbol) => driver.route({ symbol, account: "ACC2", qty: 1 }));
  const before = routes();
  for (let venue = 0; venue < 4; venue++) {
    const count = before.filter((one) => one === venue).length;
    expect(count).toBeGreaterThan(70);
    expect(count).toBeLessThan(130);
  }
  expect(routes()).toEqual(before);
  // sallyport route says the same.
  const [dry] = [resolveRule({ venues: FOUR.venues.map(({ name }) => name), share: "by symbol" }, 0, () => [])];
  const asked = { session: "", account: "", side: "buy", orderType: "limit", quantityE8: 1n } as const;
  const said = names.map(
    (symbol) =>
      routeOf(
        { routing: { rules: [dry] }, symbols: {} },
        { ...asked, symbol, securityType: "", exDestination: "" },
        () => "up",
      ).venue,
  );
  expect(said).toEqual(before.map((venue) => FOUR.venues[venue]!.name));
  driver.tell({ kind: code.REPORT_VENUE_DOWN, venue: 2 });
  const during = routes();
  expect(during.filter((one) => one === 2)).toEqual([]);
  expect(during.filter((one, i) => one !== before[i]).length).toBe(before.filter((one) => one === 2).length);
  driver.tell({ kind: code.REPORT_VENUE_UP, venue: 2 });
  expect(routes()).toEqual(before);
});

test("cancel and replace of a shared order go to its own venue, and new rules begin with the first one", () => {
  const driver = new CoreDriver(shared("order", 2));
  expect(driver.order({ id: "A" })[0]!.venue).toBe(0);
  expect(driver.order({ id: "B" })[0]!.venue).toBe(1);
  driver.say({ venue: 1, execType: code.EXEC_NEW, number: 2, slot: 1, orderId: "V1" });
  expect(driver.replace({ id: "R", orig: "B", qty: 50 })[0]!.venue).toBe(1);
  driver.say({ venue: 1, execType: code.EXEC_REPLACED, number: 3, slot: 1, orderId: "V1" });
  expect(driver.order({ id: "C" })[0]!.venue).toBe(0);
  expect(driver.cancel({ id: "D", orig: "R" })[0]!.venue).toBe(1);
  expect(driver.configure(changesOf(shared("order", 2, { symbols: ["*"] })))).toBe(CONTROL_APPLIED);
  expect(driver.order({ id: "E" })[0]!.venue).toBe(0);
});
