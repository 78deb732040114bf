import { expect, test } from "bun:test";
import fc from "fast-check";
import { ROUTES } from "../../src/core/assembly/layout.ts";
import type { RoutingRule } from "../../src/core/config.ts";
import { Configured } from "../../src/core/configured.ts";
import * as why from "../../src/core/risk/reason-codes.ts";
import { routeDigest, routeParts } from "../../src/core/routing-rules.ts";
import { StateReader } from "../../src/core/state-reader.ts";
import * as code from "../../src/record/codes.ts";
import {
  CONTROL_APPLIED,
  CONTROL_BAD_VALUE,
  CONTROL_NO_ROOM,
  CONTROL_UNKNOWN_NAME,
  CONTROL_VENUE_TRADING,
  ROUTE_ACCOUNT,
  ROUTE_BACK,
  ROUTE_BEGIN,
  ROUTE_EX_DESTINATION,
  ROUTE_SESSION,
  ROUTE_SHARE_BY_ORDER,
  ROUTE_SIDE,
  ROUTE_USE,
  ROUTE_VENUE,
  TRADING_CANCEL_ONLY,
  TRADING_OFF,
  TRADING_ON,
} from "../../src/record/control-codes.ts";
import { MARK_BEGINS } from "../../src/record/groups.ts";
import type { CoreChange } from "../../src/record/setting-changes.ts";
import { units } from "../numbers.ts";
import { drawn, isUsual } from "../property.ts";
import { configureStep, mostly, pick } from "./arbitraries.ts";
import { configure } from "./compare.ts";
import { CoreDriver, type RequestTerms } from "./driver.ts";
import { Model } from "./model.ts";
import type { Out } from "./outs.ts";
import { changesOf, OPEN, RoutedDriver, rule, withRules } from "./routed-driver.ts";

const part = (setting: number, value: number, version = 0, name = "rules"): CoreChange => ({
  ...{ subject: ROUTES, name, setting, value: BigInt(value), version, isStructure: true },
});

test("the first rule that fits decides, else the symbol's venue, else the default one", () => {
  const driver = new RoutedDriver(
    withRules(
      rule({ symbols: ["MSFT"], sessions: [2] }),
      rule({ symbols: ["MS*"], accounts: ["ACC2"], venues: ["BETA"] }),
      rule({ symbols: ["*S*T"], minQuantityE8: units(200) }),
    ),
  );
  const px = 20_000_000_000;
  expect(driver.route({ symbol: "AAPL" })).toBe(0);
  expect(driver.route({ symbol: "MSFT", px })).toBe(1);
  expect(driver.route({ symbol: "MSFT", px, qty: 200 })).toBe(0);
  expect(driver.route({ symbol: "MSFT", px, session: 2, account: "ACC2" })).toBe(0);
  expect(driver.route({ symbol: "MSFT", px, session: 1, account: "ACC2", qty: 200 })).toBe(1);
});

test.each<[string, Partial<RoutingRule>, RequestTerms, RequestTerms]>([
  ["client session", { sessions: [1] }, {}, { session: 2, account: "ACC2" }],
  ["account", { accounts: ["ACC1"] }, {}, { account: "ACC2" }],
  ["pattern of accounts", { accounts: ["*1"] }, {}, { account: "ACC2" }],
  ["order type", { orderTypes: [code.TYPE_MARKET] }, { type: code.TYPE_MARKET }, {}],
  ["side", { sides: [code.SIDE_SELL, code.SIDE_SELL_SHORT] }, { side: code.SIDE_SELL_SHORT }, {}],
  ["least quantity", { minQuantityE8: units(100) }, { qty: 100 }, { qty: 99 }],
  ["largest quantity", { maxQuantityE8: units(100) }, { qty: 100 }, { qty: 101 }],
])("a rule is by %s", (_, terms, met, unmet) => {
  const driver = new RoutedDriver(withRules(rule({ ...terms, venues: ["BETA"] })));
  expect(driver.route(met)).toBe(1);
  expect(driver.route(unmet)).toBe(0);
});

test("a rule is by SecurityType and ExDestination, where the order's body has them", () => {
  const driver = new RoutedDriver(
    withRules(
      rule({ securityTypes: ["FUT"], exDestinations: ["XCME", "ABCDEFGHIJKLMNOP"], venues: ["BETA"] }),
      rule({ exDestinations: ["XNYS"], venues: ["BETA"] }),
    ),
  );
  expect(driver.route({})).toBe(0);
  expect(driver.route({}, ["100=XNYS"])).toBe(1);
  expect(driver.route({}, ["100=XNY"])).toBe(0);
  expect(driver.route({}, ["100=XNYSE"])).toBe(0);
  expect(driver.route({}, ["1100=XNYS"])).toBe(0);
  expect(driver.route({}, ["100=XCME"])).toBe(0);
  expect(driver.route({}, ["58=text"], ["167=FUT"], ["100=XCME"])).toBe(1);
  expect(driver.route({}, ["100=ABCDEFGHIJKLMNOP"], ["167=FUT"])).toBe(1);
  expect(driver.route({}, ["100=ABCDEFGHIJKLMNOPQ"], ["167=FUT"])).toBe(0);
  // One of a repeating group is another field; what looks like one within data is none.
  expect(driver.route({}, ["555=1"], ["100=XNYS", 1 | MARK_BEGINS])).toBe(0);
  expect(driver.route({}, ["354=10"], ["355=\x01100=XNYS\x01"])).toBe(0);
  expect(driver.route({}, ["354=3"], ["355=\x01\x01\x01"], ["100=XNYS"])).toBe(1);
});

test("a fallback takes orders while those before it are down, cancel-only or off; all of them out: refused as the primary", () => {
  const driver = new RoutedDriver(withRules(rule({ venues: ["BETA", "ALPHA"] })));
  const state = (venue: number, value: number): void => {
    driver.instruct(CONTROL_VENUE_TRADING, value, venue, "");
  };
  expect(driver.route({})).toBe(1);
  state(1, TRADING_CANCEL_ONLY);
  expect(driver.route({})).toBe(0);
  state(1, TRADING_OFF);
  expect(driver.route({})).toBe(0);
  driver.tell({ kind: code.REPORT_VENUE_DOWN, venue: 0 });
  expect(driver.route({})).toBe(-why.VENUE_OFF);
  state(1, TRADING_CANCEL_ONLY);
  expect(driver.route({})).toBe(-why.VENUE_CANCEL_ONLY);
  state(1, TRADING_ON);
  expect(driver.route({})).toBe(1);
  driver.tell({ kind: code.REPORT_VENUE_DOWN, venue: 1 });
  expect(driver.route({})).toBe(-why.VENUE_DOWN);
  driver.tell({ kind: code.REPORT_VENUE_UP, venue: 0 });
  expect(driver.route({})).toBe(0);
});

test("cancel and replace go to the order's own venue, whatever the rules say by then", () => {
  const driver = new CoreDriver(withRules(rule({ venues: ["BETA"] })));
  expect(driver.order({ id: "A" })[0]!.venue).toBe(1);
  expect(driver.configure(changesOf(withRules(rule({ venues: ["ALPHA"] }))))).toBe(CONTROL_APPLIED);
  expect(driver.order({ id: "B" })[0]!.venue).toBe(0);
  driver.say({ venue: 1, execType: code.EXEC_NEW, number: 1, slot: 0, orderId: "V1" });
  expect(driver.replace({ id: "R", orig: "A", qty: 50 })[0]!.venue).toBe(1);
  driver.say({ venue: 1, execType: code.EXEC_REPLACED, number: 3, slot: 0, orderId: "V1" });
  expect(driver.cancel({ id: "C", orig: "R" })[0]!.venue).toBe(1);
});

test("new rules are in force with ROUTE_USE and not before; ROUTE_BACK brings the old ones back", () => {
  const driver = new RoutedDriver(withRules(rule({ venues: ["BETA"] })));
  const configured = new Configured(new StateReader(driver.core.area.buffer, driver.core.area.at));
  const digestOf = (...rules: RoutingRule[]): bigint => routeDigest(routeParts(withRules(...rules)));
  const old = digestOf(rule({ venues: ["BETA"] }));
  expect(configured.routingDigest()).toBe(old);
  const next = changesOf(withRules(rule({ symbols: ["AAPL"], venues: ["ALPHA"] }), rule({ venues: ["BETA"] })));
  driver.configure(next.slice(0, -1));
  expect([driver.route({}), configured.routingDigest()]).toEqual([1, old]);
  driver.configure(next.slice(-1));
  expect(driver.route({})).toBe(0);
  expect(configured.routingDigest()).not.toBe(old);
  driver.configure([part(ROUTE_BACK, 0)]);
  expect([driver.route({}), configured.routingDigest()]).toEqual([1, old]);
  driver.configure(changesOf(withRules()));
  expect([driver.route({}), configured.routingDigest()]).toEqual([0, 0n]);
});

test("an account and a symbol that come later fit the rules in force that name them", () => {
  const driver = new RoutedDriver(withRules(rule({ accounts: ["NEW*"], symbols: ["NEWS"], venues: ["BETA"] })));
  const model = new Model(driver.config);
  configure(driver, model, [
    { what: "account", name: "NEW1", on: true },
    { what: "symbol", name: "NEWS", on: true, venue: 0 },
    { what: "grant", session: 1, name: "NEW1", on: true },
  ]);
  expect(driver.route({ account: "NEW1", symbol: "NEWS" })).toBe(1);
  expect(driver.route({ account: "ACC1", symbol: "NEWS" })).toBe(0);
  expect(driver.route({ account: "NEW1", symbol: "AAPL" })).toBe(0);
});

test("256 rules are looked at in their order, in every word of their bits", () => {
  const rules = Array.from({ length: 256 }, (_, i) =>
    rule({ minQuantityE8: units(1000 - i), maxQuantityE8: units(1000 - i), venues: [i % 2 === 0 ? "BETA" : "ALPHA"] }),
  );
  const driver = new RoutedDriver(withRules(...rules));
  for (const i of [0, 1, 62, 63, 64, 65, 127, 128, 191, 192, 254, 255])
    expect([i, driver.route({ qty: 1000 - i })]).toEqual([i, i % 2 === 0 ? 1 : 0]);
});

test.each<[string, CoreChange[], number]>([
  ["more rules than there is room for", [part(ROUTE_BEGIN, 257)], CONTROL_BAD_VALUE],
  ["a rule that is none", [part(ROUTE_SESSION, 1, 256)], CONTROL_BAD_VALUE],
  ["a venue that is none", [part(ROUTE_VENUE, 2)], CONTROL_UNKNOWN_NAME],
  ["a client session that is none", [part(ROUTE_SESSION, 3)], CONTROL_UNKNOWN_NAME],
  ["a side that is no character", [part(ROUTE_SIDE, 256)], CONTROL_BAD_VALUE],
  ["a value that is too long", [part(ROUTE_EX_DESTINATION, 0, 0, "A".repeat(17))], CONTROL_BAD_VALUE],
  ["a part that is none", [part(99, 0)], CONTROL_BAD_VALUE],
  ["a share of one", [part(ROUTE_SHARE_BY_ORDER, 1)], CONTROL_BAD_VALUE],
  ["a share of more than a rule has", [part(ROUTE_SHARE_BY_ORDER, 9)], CONTROL_BAD_VALUE],
  ["too many venues", Array.from({ length: 9 }, () => part(ROUTE_VENUE, 0)), CONTROL_NO_ROOM],
])("the core refuses %s and changes nothing", (_, changes, result) => {
  const driver = new RoutedDriver(withRules(rule({ venues: ["BETA"] })));
  expect(driver.configure([part(ROUTE_BEGIN, 1), part(ROUTE_VENUE, 0), ...changes, part(ROUTE_USE, 5)])).toBe(result);
  expect(driver.route({})).toBe(1);
});

test("the core refuses more accounts and symbols than there is room for", () => {
  const driver = new CoreDriver();
  driver.configure([part(ROUTE_BEGIN, 1)]);
  const names = Array.from({ length: 32 }, (_, i) => part(ROUTE_ACCOUNT, 0, 0, `A${i}*`));
  for (let i = 0; i < 4096 / 32; i++) expect(driver.configure(names)).toBe(CONTROL_APPLIED);
  expect(driver.configure(names.slice(0, 1))).toBe(CONTROL_NO_ROOM);
});

const CONDITIONS = {
  sessions: pick([], [], [1], [2], [1, 2]),
  accounts: pick([], [], ["ACC1"], ["ACC*"], ["*2", "NEW1"], ["NEW*"]),
  symbols: pick([], [], ["AAPL"], ["M*T"], ["*S*"], ["NEWS", "AAPL"]),
  securityTypes: pick([], [], [], ["FUT"], ["CS", "FUT"]),
  exDestinations: pick([], [], [], ["XCME"], ["XNYS", "ABCDEFGHIJKLMNOP"]),
  orderTypes: pick([], [], [], [code.TYPE_LIMIT], [code.TYPE_MARKET], [code.TYPE_STOP]),
  sides: pick([], [], [], [code.SIDE_BUY], [code.SIDE_SELL, code.SIDE_SELL_SHORT]),
  minQuantityE8: pick(null, null, units(50), units(200)),
  maxQuantityE8: pick(null, null, units(100), units(300)),
  venues: pick(["ALPHA"], ["BETA"], ["ALPHA", "BETA"], ["BETA", "ALPHA"]),
  how: pick(null, null, "order" as const, "symbol" as const),
};
/** Two venues share, or are a primary one and its fallback. */
const ruleOf = ({ how, ...terms }: RoutingRule & { how: "order" | "symbol" | null }): RoutingRule =>
  how === null || terms.venues.length < 2 ? terms : { ...terms, share: { by: how, count: 2 } };
const rules = fc.array((fc.record(CONDITIONS) as fc.Arbitrary<Parameters<typeof ruleOf>[0]>).map(ruleOf), {
  maxLength: 3,
});

const order = fc.record({
  what: fc.constant("order" as const),
  terms: fc.record({
    kind: mostly(code.REQUEST_NEW, code.REQUEST_CANCEL, code.REQUEST_REPLACE),
    session: pick(1, 2),
    id: fc.nat(200).map((n) => `ID${n}`),
    orig: fc.nat(200).map((n) => `ID${n}`),
    account: pick("ACC1", "ACC2", "NEW1"),
    symbol: pick("AAPL", "MSFT", "NEWS"),
    side: pick(code.SIDE_BUY, code.SIDE_SELL, code.SIDE_SELL_SHORT),
    type: pick(code.TYPE_LIMIT, code.TYPE_LIMIT, code.TYPE_MARKET, code.TYPE_STOP),
    tif: fc.constant(code.TIF_DAY),
    qty: pick(49, 50, 100, 101, 200, 300, 301),
    px: pick(10_000_000_000, 20_000_000_000),
    stop: pick(10_000_000_000, 20_000_000_000),
    possResend: fc.constant(false),
    possDup: fc.constant(false),
    trader: fc.constant(""),
    epoch: fc.constant(0),
  }),
  securityType: mostly("", "FUT", "CS", "OPT"),
  exDestination: mostly("", "XCME", "XNYS", "ABCDEFGHIJKLMNOP"),
});

const step = fc.oneof(
  { weight: 12, arbitrary: order },
  {
    weight: 2,
    arbitrary: fc.record({ what: fc.constant("venue" as const), id: pick(0, 1), up: pick(true, true, false) }),
  },
  { weight: 2, arbitrary: fc.record({ what: fc.constant("rules" as const), rules }) },
  {
    weight: 2,
    arbitrary: fc.record({ what: fc.constant("configure" as const), steps: fc.array(configureStep, { maxLength: 4 }) }),
  },
);

test("the core routes as the model does while rules, venues, accounts and symbols change, and replays to the same", () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(rules, fc.array(step, { minLength: 1, maxLength: 40 }), (first, steps) => {
      const config = { ...OPEN, rules: first };
      const driver = new RoutedDriver(config);
      const model = new Model(config);
      model.routing.rules = first;
      model.venue(0, true);
      model.venue(1, true);
      let requests = 0;
      for (const given of steps) {
        if (given.what === "venue") {
          model.venue(given.id, given.up);
          driver.say({ kind: given.up ? code.REPORT_VENUE_UP : code.REPORT_VENUE_DOWN, venue: given.id });
        } else if (given.what === "configure") {
          if (given.steps.length > 0) configure(driver, model, given.steps);
        } else if (given.what === "rules") {
          expect(driver.configure(changesOf({ ...config, rules: given.rules }))).toBe(CONTROL_APPLIED);
          model.routing.rules = given.rules;
        } else {
          const { terms, securityType, exDestination } = given;
          Object.assign(model.routing, { securityType, exDestination });
          const beside = [
            ...(securityType === "" ? [] : [[`167=${securityType}`] as const]),
            ...(exDestination === "" ? [] : [[`100=${exDestination}`] as const]),
          ];
          const { outs } = driver.enterWith(terms, beside);
          const plain = (all: Out[]): Out[] => all.map((out) => (out.reason ? { ...out, text: "" } : out));
          expect(plain(outs)).toEqual(plain(model.order(terms, driver.timeUs)));
          for (const out of outs) seen.add(out.out === "request" ? `venue ${out.venue}` : `reason ${out.reason}`);
          requests += outs.filter((out) => out.out === "request").length;
        }
      }
      // Rules, venues' states and what came beside an order may be others in a replay: the journal has where each order went.
      const again = new CoreDriver({ ...config, rules: [rule({ venues: ["BETA"] })] }, false);
      again.replay(driver.journal, [0, 0, 0], [0, 0]);
      expect(again.core.digest()).toBe(driver.core.digest());
      expect(again.take().filter((out) => out.out === "request").length).toBe(requests);
    }),
    drawn(300),
  );
  if (!isUsual) return;
  const reached = ["venue 0", "venue 1", `reason ${why.VENUE_DOWN}`, `reason ${why.UNSUPPORTED_TYPE}`];
  for (const wanted of reached) expect([...seen]).toContain(wanted);
});
