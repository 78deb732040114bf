// `sallyport route`, without a gateway and of the running one, says where orders go: drawn rules, venue states and orders against what venues
// and clients see.

import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { LOGON } from "../../src/counterparty/message.ts";
import type { RouteView } from "../../src/operation/routes.ts";
import { until } from "../eventually.ts";
import { drawn, isUsual } from "../property.ts";
import { ask } from "./api.ts";
import { Client } from "./client.ts";
import { freePort, Gateway, runToEnd } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(240_000);

const RULE_SETS = 12;
const ORDERS = 24;
/** Of these by another process, without the gateway. */
const DRY = 4;
const VENUES = ["VENUE", "SECOND", "THIRD", "FOURTH"] as const;
const STATES = ["up", "up", "down", "cancel-only", "off"] as const;
const ACCOUNTS = { ALICE: ["ACC1", "FEW"], BOB: ["ACC1"] } as const;
const SYMBOLS = ["AAPL", "MSFT", "ESZ6"];
const TYPES = { limit: "2", market: "1", stop: "3" } as const;
const SIDES = { buy: "1", sell: "2", "sell-short": "5" } as const;

type State = (typeof STATES)[number];
/** Most rules have few conditions. */
const seldom = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });
const someOf = (values: readonly string[]) =>
  seldom(fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 2 }));
const venuesOf = (most: number) => fc.uniqueArray(fc.constantFrom(...VENUES), { minLength: 1, maxLength: most });

const rule = fc.record({
  sessions: someOf(["ALICE", "BOB"]),
  accounts: someOf(["ACC1", "FEW", "A*", "*E*"]),
  symbols: someOf(["AAPL", "MSFT", "ES*", "*S*"]),
  securityTypes: someOf(["CS", "FUT"]),
  exDestinations: someOf(["XNAS", "XCME"]),
  orderTypes: someOf(Object.keys(TYPES)),
  sides: someOf(Object.keys(SIDES)),
  minQuantity: seldom(fc.constantFrom(10, 50)),
  maxQuantity: seldom(fc.constantFrom(60, 200)),
  venues: venuesOf(4),
  shared: fc.integer({ min: 0, max: 3 }),
  share: fc.constantFrom("by order", "by symbol"),
});
const order = fc.record({
  session: fc.constantFrom("ALICE" as const, "BOB" as const),
  account: fc.nat(1),
  symbol: fc.constantFrom(...SYMBOLS),
  type: fc.constantFrom("limit" as const, "limit" as const, "market" as const, "stop" as const),
  side: fc.constantFrom("buy" as const, "sell" as const, "sell-short" as const),
  quantity: fc.constantFrom(1, 9, 10, 11, 49, 50, 60, 61, 200, 201),
  securityType: fc.option(fc.constantFrom("CS", "FUT", "OPT")),
  exDestination: fc.option(fc.constantFrom("XNAS", "XCME", "XNYS")),
});
const drawnSet = fc.record({
  rules: fc.array(rule, { minLength: 1, maxLength: 6 }),
  states: fc.array(fc.constantFrom(...STATES), { minLength: VENUES.length, maxLength: VENUES.length }),
  orders: fc.array(order, { minLength: ORDERS, maxLength: ORDERS }),
});
type Drawn<T> = T extends fc.Arbitrary<infer D> ? D : never;
type Rule = Drawn<typeof rule>;
type Order = Drawn<typeof order>;

/** A rule shares its orders where more than one of its venues do; the rest are fallbacks. */
function ruleText({ venues, shared, share, ...conditions }: Rule, place: number): string {
  const count = shared > 1 ? Math.min(shared, venues.length) : 1;
  const first =
    count > 1 ? `venues = ${JSON.stringify(venues.slice(0, count))}\nshare = "${share}"` : `venue = "${venues[0]}"`;
  const rest = venues.length > count ? `fallbacks = ${JSON.stringify(venues.slice(count))}\n` : "";
  const lines = Object.entries(conditions).flatMap(([key, value]) =>
    value === null ? [] : [`${key} = ${JSON.stringify(value)}\n`],
  );
  return `[[routing.rules]]\nname = "rule${place}"\n${lines.join("")}${first}\n${rest}`;
}

const ports = VENUES.slice(1).map(() => freePort());
const TAKES = 'orderTypes = ["market", "limit", "stop"]';
const gateway = new Gateway({
  venue: TAKES,
  tables: [
    ...VENUES.slice(1).map(
      (name, i) =>
        `[venues.${name}]\naddress = "127.0.0.1:${ports[i]}"\nreconnectMinMs = 20\nreconnectMaxMs = 50\n${TAKES}\n`,
    ),
    "[admin]\nrequestsPerSecond = 10_000\n",
    '[symbols.MSFT]\nvenue = "SECOND"\nreferencePrice = "150"\n[symbols.ESZ6]\nreferencePrice = "150"\n',
  ].join(""),
});
const venues = VENUES.map((name, i) => new Venue(i === 0 ? gateway.venuePort : ports[i - 1]!, name));
const clients = { ALICE: new Client("ALICE", gateway.clientPort), BOB: new Client("BOB", gateway.clientPort) };
const plain = readFileSync(gateway.configFile, "utf8");
let states: State[] = VENUES.map(() => "up");

beforeAll(async () => {
  for (const venue of venues) venue.listen();
  await gateway.start();
  for (const venue of venues) await venue.waitType(LOGON);
  for (const client of Object.values(clients)) await client.logon();
  await venueUp(clients.ALICE);
});

afterAll(async () => {
  for (const venue of venues) venue.stop();
  await gateway.remove();
});

async function setTrading(name: string, state: string): Promise<void> {
  const { status, body } = await ask(gateway, "POST", `/v1/venues/${name}/state`, { state, why: "a test" });
  expect([status, name, state], JSON.stringify(body)).toEqual([200, name, state]);
}

/** Brings every venue into a state, and waits until the gateway has it so. */
async function bring(wanted: readonly State[]): Promise<void> {
  for (const [i, name] of VENUES.entries()) {
    const [before, state] = [states[i]!, wanted[i]!];
    if (before === state) continue;
    if (before === "down") venues[i]!.listen();
    if (before === "off" || before === "cancel-only") await setTrading(name, "on");
    if (state === "down") venues[i]!.stop();
    else if (state !== "up") await setTrading(name, state);
  }
  states = [...wanted];
  for (const [i, name] of VENUES.entries()) {
    const isOn = states[i] === "up" || states[i] === "cancel-only";
    await until(`${name} ${states[i]}`, async () => {
      const { body } = await ask(gateway, "GET", `/v1/venues/${name}`);
      return isOn === (body.state === "logged on");
    });
  }
}

/** False where a rule is refused, such as one that an earlier one leaves no order to. */
async function takes(rules: readonly Rule[]): Promise<boolean> {
  writeFileSync(gateway.configFile, plain + rules.map(ruleText).join(""));
  const check = await runToEnd(["check", "--config", gateway.configFile]);
  if (check.code !== 0) return false;
  const from = gateway.log.length;
  gateway.signal("SIGHUP");
  await gateway.said(/SIGHUP: .*\n/, from);
  expect(gateway.log.slice(from)).toContain("applied");
  return true;
}

function termsOf(drawn: Order) {
  const accounts = ACCOUNTS[drawn.session];
  const account = accounts[drawn.account % accounts.length]!;
  const { session, symbol, type, side, quantity, securityType, exDestination } = drawn;
  const question = {
    ...{ session, account, symbol, side, type, quantity: String(quantity) },
    ...(securityType === null ? {} : { securityType }),
    ...(exDestination === null ? {} : { exDestination }),
  };
  const fields = {
    ...{
      1: account,
      55: symbol,
      54: SIDES[side],
      40: TYPES[type],
      38: quantity,
      167: securityType,
      100: exDestination,
    },
    44: type === "limit" ? "150" : null,
    99: type === "stop" ? "150" : null,
    114: side === "sell-short" ? "N" : null,
  };
  return { question, fields };
}

/** Sends it and compares with what the gateway has said of it before. */
async function sendAndCompare(drawn: Order, said: RouteView): Promise<void> {
  const { fields } = termsOf(drawn);
  const client = clients[drawn.session];
  const before = venues.map(({ orders }) => orders.length);
  const clOrdId = client.order(fields);
  const report = await client.report(clOrdId);
  const at = VENUES.filter((_, i) => venues[i]!.orders.length > before[i]!);
  const shown = `${JSON.stringify(drawn)} ${JSON.stringify(said)}`;
  if (said.venue === null) {
    const text = report.get(58) ?? "";
    expect([at, report.get(150), text.split(" ")[1]], shown).toEqual([[], "8", said.refusal ?? ""]);
    return;
  }
  expect(report.get(150), `${report.get(58)} ${shown}`).toBe("0");
  expect([said.turns.length > 0 ? said.turns : [said.venue], at.length, report.get(58)], shown).toEqual([
    expect.arrayContaining(at),
    1,
    undefined,
  ]);
  const cancel = client.cancel(clOrdId, { 1: fields[1], 54: fields[54], 55: fields[55] });
  await client.report(cancel, "4");
}

async function dryRun(drawn: Order): Promise<[code: number, out: string]> {
  const { question } = termsOf(drawn);
  const { securityType = null, exDestination = null, ...usual } = question as Record<string, string>;
  const options = Object.entries({ ...usual, "security-type": securityType, "ex-destination": exDestination });
  const down = VENUES.filter((_, i) => states[i] === "down").join();
  const { code, out, err } = await runToEnd([
    ...["route", "--config", gateway.configFile],
    ...options.flatMap(([key, value]) => (value === null ? [] : [`--${key}`, value])),
    ...(down === "" ? [] : ["--down", down]),
  ]);
  expect(err).toBe("");
  return [code, out];
}

test("drawn rules, states and orders: what is said is what happens", async () => {
  const sets = fc.sample(drawnSet, { ...drawn(RULE_SETS * 5), numRuns: RULE_SETS * 5 });
  const counts = { sets: 0, routed: 0, refused: 0, turns: 0, rules: 0 };
  for (const set of sets) {
    if (counts.sets === RULE_SETS) break;
    if (!(await takes(set.rules))) continue;
    counts.sets++;
    // The dry run knows no other states than up and down.
    const wanted =
      counts.sets % 2 === 0 ? set.states : set.states.map((state): State => (state === "down" ? "down" : "up"));
    await bring(wanted);
    for (const [i, one] of set.orders.entries()) {
      const query = new URLSearchParams(termsOf(one).question);
      const said = (await ask(gateway, "GET", `/v1/route?${query}`)).body as RouteView;
      counts[said.venue === null ? "refused" : "routed"]++;
      if (said.turns.length > 0) counts.turns++;
      if (said.rule !== null) counts.rules++;
      await sendAndCompare(one, said);
      if (i >= DRY || counts.sets % 2 === 0) continue;
      const [code, out] = await dryRun(one);
      expect([code, out]).toEqual([said.venue === null ? 4 : 0, expect.stringContaining(`${said.why}\n`)]);
    }
  }
  await bring(VENUES.map(() => "up"));
  expect(counts.sets).toBe(RULE_SETS);
  // The usual draw has some of everything.
  if (isUsual) expect(Math.min(counts.routed, counts.refused, counts.turns, counts.rules)).toBeGreaterThan(5);
});
