import { describe, expect, test } from "bun:test";
import { fitsPattern } from "../../src/base/name-pattern.ts";
import { loadConfig } from "../../src/config/load.ts";
import { type RoutedOrder, routeOf, type VenueState } from "../../src/config/route.ts";
import { readQuestion } from "../../src/config/route-question.ts";
import { MOST_NAME_CONDITIONS, MOST_RULES, MOST_TEXT_CONDITIONS, ruleSchema } from "../../src/config/routing.ts";
import type { GatewayConfig } from "../../src/config/schema.ts";
import * as layout from "../../src/core/assembly/route-layout.ts";
import { changed, problemsOf, SMALL } from "./small.ts";

const MORE = `${SMALL}
[venues.OTHER]
address = "127.0.0.1:9102"
[venues.THIRD]
address = "127.0.0.1:9103"
[symbols.ESZ6]
referencePrice = 5000
[client.sessions.DESK]
accounts = ["ACC2"]
dynamicSessions = 2
[risk.accounts.ACC2]
maxOrderQty = 1000
maxOrderNotional = 250000.5
maxOpenOrders = 100
ordersPerSecond = 50
`;

/** Nine venues, and what more of the file they need. */
const MANY = ["SIM", "OTHER", "THIRD", ...Array.from({ length: 6 }, (_, i) => `V${i}`)];
const OTHERS = MANY.slice(3)
  .map((name, i) => `[venues.${name}]\naddress = "127.0.0.1:${9200 + i}"\n`)
  .join("");

/** The configuration with these rules, one table each. */
const withRules = (...rules: string[]): string =>
  `${MORE}${rules.map((rule) => `[[routing.rules]]\n${rule}\n`).join("")}`;

function configOf(...rules: string[]): GatewayConfig {
  const { config, problems } = loadConfig(withRules(...rules), "file.toml");
  expect(problems).toBeUndefined();
  return config!;
}

describe("a rule", () => {
  test("has its defaults, and of dynamic sessions all names", () => {
    const { rules } = configOf(
      'venue = "SIM"\nsessions = ["DESK"]\nminQuantity = 1.5',
      'name = "rest"\nvenue = "OTHER"\nfallbacks = ["SIM"]',
    ).routing;
    expect(rules).toMatchObject([
      { name: "routing.rules[0]", sessions: ["DESK.1", "DESK.2"], minQuantityE8: 150_000_000n, maxQuantityE8: null },
      { name: "rest", sessions: [], symbols: [], venues: ["OTHER", "SIM"] },
    ]);
  });

  test("is no part of a file without rules", () => {
    expect(loadConfig(SMALL, "file.toml").config!.routing).toEqual({ rules: [] });
  });

  test("has the limits of the core's tables", () => {
    expect([MOST_RULES, MOST_NAME_CONDITIONS, MOST_TEXT_CONDITIONS]).toEqual([
      layout.MOST_RULES,
      layout.MOST_NAME_CONDITIONS,
      layout.MOST_TEXT_CONDITIONS,
    ]);
    const { fallbacks, securityTypes, venues } = ruleSchema.properties;
    expect((venues as { maxItems?: number }).maxItems).toBe(layout.MOST_ROUTE_VENUES);
    expect((fallbacks as { maxItems?: number }).maxItems).toBe(layout.MOST_ROUTE_VENUES - 1);
    expect((securityTypes as unknown as { items: { pattern: string } }).items.pattern).toContain(
      `{1,${layout.ROUTE_TEXT_BYTES}}`,
    );
  });

  test.each<[rules: string[], ...problems: string[]]>([
    [
      ['venue = "SIN"'],
      'routing.rules[0].venue: expected the name of a venue in venues, got "SIN"; did you mean "SIM"?',
    ],
    [
      ['venue = "SIM"\nfallbacks = ["OTHER", "NO"]'],
      'routing.rules[0].fallbacks[1]: expected the name of a venue in venues, got "NO"',
    ],
    [
      ['venue = "SIM"\nfallbacks = ["OTHER", "SIM"]'],
      'routing.rules[0].fallbacks[1]: expected another venue, got "SIM" as in venue: leave it out',
    ],
    [
      ['venue = "SIM"\nsessions = ["CLIENTS"]'],
      'routing.rules[0].sessions[0]: expected the name of a client session in client.sessions, got "CLIENTS"; did you mean "CLIENT"?',
    ],
    [
      ['venue = "SIM"\naccounts = ["ACC3"]'],
      'routing.rules[0].accounts[0]: expected the name of an account in risk.accounts, got "ACC3"; did you mean "ACC1"?',
    ],
    [
      ['venue = "SIM"\nsymbols = ["AAPL", "ESH7"]'],
      'routing.rules[0].symbols[1]: expected the name of a symbol in symbols, got "ESH7"; did you mean "ESZ6"?',
    ],
    [
      ['venue = "SIM"\nsymbols = ["NQ*"]'],
      'routing.rules[0].symbols[0]: expected a pattern that a symbol in symbols fits, got "NQ*": correct it, or add a symbol',
    ],
    [
      ['venue = "SIM"\nminQuantity = 10\nmaxQuantity = 9.5'],
      "routing.rules[0].maxQuantity: expected at least minQuantity (10), got 9.5: no order can fit the rule",
    ],
    [
      ['venue = "SIM"\nsessions = ["DESK"]\naccounts = ["ACC1"]'],
      'routing.rules[0].accounts: expected an account that one of its sessions may trade, got ["ACC1"]: no order can fit the rule; see accounts in client.sessions',
    ],
    [
      ['venue = "SIM"\nsymbols = ["ES*"]', 'venue = "OTHER"\nsymbols = ["ESZ6"]\nsides = ["buy"]'],
      "routing.rules[1]: expected a rule that an order can reach, got one whose orders all fit routing.rules[0], which comes first: move it up, or leave it out",
    ],
    [
      ['venue = "SIM"\nsides = ["sell", "buy", "sell-short"]\nsymbols = ["*"]', 'venue = "OTHER"'],
      "routing.rules[1]: expected a rule that an order can reach, got one whose orders all fit routing.rules[0], which comes first: move it up, or leave it out",
    ],
    [
      ['venue = "SIM"\nmaxQuantity = 100', 'venue = "OTHER"\nmaxQuantity = 100\nexDestinations = ["XNYS"]'],
      "routing.rules[1]: expected a rule that an order can reach, got one whose orders all fit routing.rules[0], which comes first: move it up, or leave it out",
    ],
  ])("is refused with its place and what was expected: %p", (rules, ...problems) => {
    expect(problemsOf(withRules(...rules))).toEqual(problems);
  });

  test("is good where an earlier one leaves it some orders", () => {
    configOf(
      'venue = "SIM"\nsymbols = ["ES*"]\nmaxQuantity = 100',
      'venue = "OTHER"\nsymbols = ["ESZ6"]',
      'venue = "SIM"\nexDestinations = ["XNYS"]',
      'venue = "OTHER"\nexDestinations = ["XNYS", "XNAS"]',
      'venue = "OTHER"\nsessions = ["DESK"]',
    );
  });

  test("there are no more than the core has room for", () => {
    const rules = Array.from(
      { length: 257 },
      (_, i) => `venue = "SIM"\nminQuantity = ${i + 1}\nmaxQuantity = ${i + 1}`,
    );
    expect(problemsOf(withRules(...rules.slice(1)))).toEqual([]);
    expect(problemsOf(withRules(...rules))).toEqual(["routing.rules: expected a list of 0 to 256 entries, got 257"]);
    const values = Array.from({ length: 200 }, (_, i) => `"X${i}"`).join(", ");
    const two = ["SIM", "OTHER"].map(
      (venue, i) => `venue = "${venue}"\nminQuantity = ${9 - i}\nsecurityTypes = [${values}]`,
    );
    expect(problemsOf(withRules(...two))).toEqual([
      "routing.rules: expected at most 256 securityTypes in all rules, got 400",
    ]);
  });
});

test.each<[pattern: string, fits: string[], others: string[]]>([
  ["AAPL", ["AAPL"], ["AAP", "AAPLX", ""]],
  ["ES*", ["ES", "ESZ6"], ["E", "NES"]],
  ["*.PA", [".PA", "BNP.PA"], ["BNP.PA2"]],
  ["A*B*C", ["ABC", "AxBxC", "ABBCC"], ["ACB", "AB", "AC"]],
  ["A*A", ["AA", "AxA"], ["A"]],
  ["*", ["", "X"], []],
])("names fit the pattern %s", (pattern, fits, others) => {
  expect(fits.filter((name) => !fitsPattern(pattern, name))).toEqual([]);
  expect(others.filter((name) => fitsPattern(pattern, name))).toEqual([]);
});

const ORDER: RoutedOrder = {
  session: "CLIENT",
  account: "ACC1",
  symbol: "AAPL",
  side: "buy",
  orderType: "limit",
  quantityE8: 100_00000000n,
  securityType: "",
  exDestination: "",
};
const states =
  (of: Record<string, VenueState>) =>
  (venue: string): VenueState =>
    of[venue] ?? "up";

test("a route says which rule decides and why the others do not", () => {
  const config = configOf(
    'name = "blocks"\nvenue = "OTHER"\nminQuantity = 1_000',
    'name = "futures"\nvenue = "OTHER"\nsecurityTypes = ["FUT"]',
    'name = "apples"\nvenue = "OTHER"\nsymbols = ["A*"]\nfallbacks = ["SIM"]',
    'name = "rest"\nvenue = "SIM"',
  );
  expect(routeOf(config, ORDER, states({}))).toEqual({
    venue: "OTHER",
    turns: [],
    refusal: null,
    rule: "apples",
    why: "rule apples: its primary venue",
    venues: [
      { venue: "OTHER", state: "up" },
      { venue: "SIM", state: "up" },
    ],
    rules: [
      { rule: "blocks", place: 0, isMet: false, why: "quantity 100 is below 1000" },
      { rule: "futures", place: 1, isMet: false, why: "SecurityType (167) none is not FUT" },
      { rule: "apples", place: 2, isMet: true, why: "decides" },
      { rule: "rest", place: 3, isMet: true, why: "fits, but apples comes first" },
    ],
  });
  expect(routeOf(config, ORDER, states({ OTHER: "cancel-only" }))).toMatchObject({
    venue: "SIM",
    why: "rule apples: fallback 1, because OTHER is cancel-only",
  });
  expect(routeOf(config, ORDER, states({ OTHER: "off", SIM: "down" }))).toMatchObject({
    venue: null,
    refusal: "VENUE_OFF",
    why: "rule apples: OTHER is switched off, SIM is down",
  });
});

test("a route without a rule that fits is the symbol's venue", () => {
  const config = configOf('venue = "OTHER"\nsides = ["sell"]');
  expect(routeOf(config, ORDER, states({}))).toMatchObject({
    venue: "SIM",
    rule: null,
    why: "no rule fits, so the venue of symbol AAPL",
  });
  expect(routeOf(config, ORDER, states({ SIM: "down" }))).toMatchObject({ venue: null, refusal: "VENUE_DOWN" });
});

describe("venues that share", () => {
  const three = (share: string) =>
    configOf(`name = "group"\nvenues = ["SIM", "OTHER"]\nshare = "${share}"\nfallbacks = ["THIRD"]`);

  test("share by order unless the rule says by symbol", () => {
    const { rules } = configOf('venues = ["SIM", "OTHER"]\nfallbacks = ["THIRD"]').routing;
    expect(rules).toMatchObject([{ venues: ["SIM", "OTHER", "THIRD"], share: { by: "order", count: 2 } }]);
    expect(three("by symbol").routing.rules[0]!.share).toEqual({ by: "symbol", count: 2 });
    expect(configOf('venue = "SIM"').routing.rules[0]!.share).toBeNull();
  });

  test("in turn: all that are up; a fallback once none is", () => {
    const config = three("by order");
    expect(routeOf(config, ORDER, states({}))).toMatchObject({
      venue: "SIM",
      turns: ["SIM", "OTHER"],
      why: "rule group: in turn among SIM, OTHER",
    });
    expect(routeOf(config, ORDER, states({ SIM: "cancel-only" }))).toMatchObject({
      venue: "OTHER",
      turns: [],
      why: "rule group: in turn among OTHER, because SIM is cancel-only",
    });
    expect(routeOf(config, ORDER, states({ SIM: "down", OTHER: "off" }))).toMatchObject({
      venue: "THIRD",
      turns: [],
      why: "rule group: fallback 1, because SIM is down, OTHER is switched off",
    });
    const none = states({ SIM: "down", OTHER: "off", THIRD: "down" });
    expect(routeOf(config, ORDER, none)).toMatchObject({ venue: null, refusal: "VENUE_DOWN" });
  });

  test("by symbol: always the same one while it is up", () => {
    const config = three("by symbol");
    const { venue, turns, why } = routeOf(config, ORDER, states({}));
    expect(turns).toEqual([]);
    expect(why).toBe("rule group: AAPL has its venue among SIM, OTHER");
    const other = venue === "SIM" ? "OTHER" : "SIM";
    expect(routeOf(config, ORDER, states({ [other]: "down" })).venue).toBe(venue);
    expect(routeOf(config, ORDER, states({ [venue!]: "down" })).venue).toBe(other);
  });

  test.each<[rule: string, ...problems: string[]]>([
    ['symbols = ["AAPL"]', "venue: missing; expected the name of a venue here or several in venues"],
    ['venue = "SIM"\nvenues = ["OTHER"]', "venues: expected none beside venue: the rule has one or the other"],
    ['venue = "SIM"\nshare = "by order"', "share: expected venues beside it: one venue shares with nobody"],
    ['venues = ["SIM", "OTHER"]\nshare = "evenly"', 'share: expected "by order" or "by symbol", got "evenly"'],
    [
      'venues = ["SIM", "OTHERS"]\nfallbacks = ["SIM"]',
      'venues[1]: expected the name of a venue in venues, got "OTHERS"; did you mean "OTHER"?',
      'fallbacks[0]: expected another venue, got "SIM" as in venues[0]: leave it out',
    ],
    [
      `venues = ${JSON.stringify(MANY.slice(0, 5))}\nfallbacks = ${JSON.stringify(MANY.slice(5))}`,
      "fallbacks: expected at most 8 venues and fallbacks of one rule, got 9",
    ],
  ])("%#: %s", (rule, ...problems) => {
    expect(problemsOf(withRules(rule) + OTHERS)).toEqual(problems.map((one) => `routing.rules[0].${one}`));
  });
});

test("a question has defaults, and names what there is", () => {
  const config = configOf();
  const asked = (more: object) => readQuestion({ session: "CLIENT", symbol: "AAPL", ...more }, config);
  expect(asked({})).toEqual({ order: { ...ORDER, quantityE8: 1_00000000n } });
  expect(asked({ session: "CLIENTS" })).toMatchObject({ where: "session" });
  expect(asked({ account: "ACC2" })).toEqual({
    where: "account",
    what: "expected an account that CLIENT may trade (ACC1), got ACC2: its orders are refused",
  });
  expect(asked({ symbol: "APPL" })).toMatchObject({ where: "symbol" });
  expect(asked({ side: "long" })).toMatchObject({ where: "side" });
  expect(asked({ type: "stops" })).toMatchObject({ where: "type" });
  expect(asked({ type: "stop" })).toMatchObject({ order: { orderType: "stop" } });
  expect(asked({ quantity: "0" })).toMatchObject({ where: "quantity" });
});

test("a venue that only rules name is no doubt", () => {
  const { warnings } = loadConfig(
    withRules('venues = ["SIM", "THIRD"]\nsymbols = ["AAPL"]\nfallbacks = ["OTHER"]'),
    "file.toml",
  ) as {
    warnings: { where: string }[];
  };
  expect(warnings.filter(({ where }) => where.startsWith("venues."))).toEqual([]);
  const alone = loadConfig(MORE, "file.toml") as { warnings: { where: string }[] };
  const doubted = alone.warnings.map(({ where }) => where);
  expect(doubted).toEqual(expect.arrayContaining(["venues.OTHER", "venues.THIRD"]));
  expect(problemsOf(changed('default = "SIM"', 'default = "SIM"\nrules = [{ venue = "SIM" }]'))).toEqual([]);
});
