import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { frame, LOGON, type Message } from "../../src/counterparty/message.ts";
import { coldExposures, type Exposure } from "../crash/exposures.ts";
import { until } from "../eventually.ts";
import { Client } from "./client.ts";
import { Gateway, runToEnd } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

const TABLES = `
[symbols.BTCKRW]
referencePrice = "95000000.5"
quantityDecimals = 8
[symbols.CLSPREAD]
referencePrice = "-37.63"
prices = "any"
collarWidth = 5
[symbols.SHARES]
referencePrice = 10
quantityDecimals = 3
`;
/** Symbols that the venue below answers by hand. */
const EXACT = ["BTCKRW", "CLSPREAD", "SHARES"];

/** Answers orders in those symbols with the texts that a test says. */
class ExactVenue extends Venue {
  readonly requests: Message[] = [];
  private said = 0;

  protected override application(message: Message): void {
    if (EXACT.includes(message.text(55))) this.requests.push(message);
    else super.application(message);
  }

  async request(symbol: string, count = 1): Promise<Message> {
    const of = () => this.requests.filter((request) => request.text(55) === symbol);
    await until(`request ${count} in ${symbol}`, () => of().length >= count);
    return of()[count - 1]!;
  }

  say(request: Message, values: Record<number, string>): void {
    const id = `X${++this.said}`;
    const own = {
      11: request.text(11),
      17: id,
      37: `O-${request.text(11)}`,
      54: request.text(54),
      55: request.text(55),
    };
    this.send(
      "8",
      Object.entries({ ...own, 60: this.now(), ...values }).map(([tag, value]) => [Number(tag), value]),
    );
  }
}

const gateway = new Gateway({ tables: TABLES });
const venue = new ExactVenue(gateway.venuePort);
let alice = new Client("ALICE", gateway.clientPort);

async function open(): Promise<void> {
  await gateway.start();
  await venue.waitType(LOGON);
  await alice.logon();
  await venueUp(alice);
}

beforeAll(async () => {
  venue.listen();
  await open();
});

afterAll(async () => {
  venue.stop();
  await gateway.remove();
});

async function refused(change: Record<number, string>): Promise<string> {
  return (await alice.report(alice.order(change), "8")).get(58) ?? "";
}

function told(report: Message, ...tags: number[]): (string | undefined)[] {
  return tags.map((tag) => report.get(tag));
}

/** Waits until the books have this, from the journal's files alone: another thread writes these. */
async function books(expected: Partial<Exposure>): Promise<void> {
  const wanted = JSON.stringify(expected, Object.keys(expected).sort());
  const held = () =>
    JSON.stringify(
      coldExposures(readFileSync(gateway.configFile, "utf8"), gateway.data).ACC1,
      Object.keys(expected).sort(),
    );
  await until(`books with ${wanted}`, () => held() === wanted, 20_000, held);
}

/** Kills it without a word, and starts it again. */
async function again(): Promise<void> {
  await gateway.crash();
  const next = new Client("ALICE", gateway.clientPort);
  Object.assign(next, { nextOut: 1 });
  alice.drop();
  alice = next;
  await gateway.start();
  await venue.waitType(LOGON);
  await alice.logon(true);
  await venueUp(alice);
}

test("fractions at a price above 2^53 of 1e-8, filled in parts, are booked exactly and outlive a kill", async () => {
  const id = alice.order({ 1: "ACC1", 55: "BTCKRW", 38: "0.10000001", 44: "95000000.50" });
  const request = await venue.request("BTCKRW");
  expect(told(request, 38, 44)).toEqual(["0.10000001", "95000000.5"]);
  venue.say(request, { 150: "0", 39: "0", 14: "0", 151: "0.10000001" });
  expect(told(await alice.report(id, "0"), 38, 44, 14, 151, 6)).toEqual([
    "0.10000001",
    "95000000.5",
    "0",
    "0.10000001",
    "0",
  ]);
  venue.say(request, { 150: "F", 39: "1", 14: "0.03", 151: "0.07000001", 31: "95000000.25", 32: "0.03" });
  expect(told(await alice.report(id, "F"), 31, 32, 14, 151, 6)).toEqual([
    "95000000.25",
    "0.03",
    "0.03",
    "0.07000001",
    "95000000.25",
  ]);
  await again();
  // 0.07000001 at 95,000,000.50, and 0.03 at 95,000,000.25, each rounded up to 1e-4.
  await books({ openBuy: 66_500_009_851, bought: 28_500_000_075, position: 0.03 });
  alice.status(id, { 1: "ACC1", 55: "BTCKRW", 54: "1" });
  expect(told(await alice.report(id, "I"), 38, 44, 14, 151, 6)).toEqual([
    "0.10000001",
    "95000000.5",
    "0.03",
    "0.07000001",
    "95000000.25",
  ]);
  venue.say(request, { 150: "F", 39: "2", 14: "0.10000001", 151: "0", 31: "94999999.99999999", 32: "0.07000001" });
  const value = 3_000_000n * 9_500_000_025_000_000n + 7_000_001n * 9_499_999_999_999_999n;
  const average = (2n * value + 10_000_001n) / 20_000_002n;
  expect(told(await alice.report(id, "F"), 32, 14, 151, 6, 39)).toEqual([
    "0.07000001",
    "0.10000001",
    "0",
    `${average / 100_000_000n}.${String(average % 100_000_000n).padStart(8, "0")}`.replace(/0+$/, ""),
    "2",
  ]);
  const lines = (await runToEnd(["journal", "order", id, gateway.data])).out;
  for (const field of ["38=0.10000001", "44=95000000.5", "31=94999999.99999999", "32=0.07000001", "151=0.07000001"])
    expect(lines).toContain(field);
});

test("a spread trades below zero where the symbol says so", async () => {
  const id = alice.order({ 1: "ACC1", 55: "CLSPREAD", 54: "2", 38: "10", 44: "-37.5" });
  const request = await venue.request("CLSPREAD");
  expect(told(request, 38, 44)).toEqual(["10", "-37.5"]);
  venue.say(request, { 150: "F", 39: "1", 14: "4", 151: "6", 31: "-37.45", 32: "4" });
  expect(told(await alice.report(id, "F"), 31, 14, 151, 6)).toEqual(["-37.45", "4", "6", "-37.45"]);
  await again();
  await books({ openSell: 6 * 37.5 * 10_000, sold: -4 * 37.45 * 10_000 });
  venue.say(request, { 150: "F", 39: "2", 14: "10", 151: "0", 31: "0", 32: "6", 6: "-14.98" });
  expect(told(await alice.report(id, "F"), 31, 14, 151, 6)).toEqual(["0", "10", "0", "-14.98"]);
  await again();
  await books({ openOrders: 0, openBuy: 0, openSell: 0, sold: -4 * 37.45 * 10_000 });
  expect(gateway.log).not.toContain("can't be held exactly");
});

test("what a symbol does not take is refused by name, with what it takes", async () => {
  const on = (symbol: string, quantity: string, price: string) =>
    refused({ 1: "ACC1", 55: symbol, 38: quantity, 44: price });
  expect(await on("AAPL", "0.5", "150")).toBe("RISK-008 BAD_QUANTITY step=1 value=0.5 level=SYMBOL:AAPL");
  expect(await on("SHARES", "0.0005", "10")).toBe("RISK-008 BAD_QUANTITY step=0.001 value=0.0005 level=SYMBOL:SHARES");
  expect(await on("AAPL", "1", "-1")).toBe("RISK-108 BAD_PRICE tag=44 limit=0 value=-1 level=SYMBOL:AAPL");
  expect(await on("AAPL", "1", "0")).toBe("RISK-108 BAD_PRICE tag=44 limit=0 value=0 level=SYMBOL:AAPL");
  expect(await on("BTCKRW", "0.123456789", "95000000")).toBe("ORDER-020 NUMBER_NOT_HELD tag=38 max=92e9 step=1e-8");
  expect(await on("BTCKRW", "0.2", "95000000.5")).toBe(
    "RISK-011 MAX_ORDER_NOTIONAL limit=10000000 value=19000000.1000 level=ACCOUNT:ACC1",
  );
  expect(await on("BTCKRW", "100000.1", "95000000.5")).toBe(
    "RISK-010 MAX_ORDER_QTY limit=100000 value=100000.1 level=ACCOUNT:ACC1",
  );
  expect(await on("BTCKRW", "0.01", "104500000.6")).toBe(
    "RISK-012 PRICE_COLLAR limit=10% ref=95000000.5 value=104500000.6 level=SYMBOL:BTCKRW",
  );
  expect(await on("CLSPREAD", "1", "-43")).toBe(
    "RISK-012 PRICE_COLLAR limit=5 ref=-37.63 value=-43 level=SYMBOL:CLSPREAD",
  );
  expect(await on("CLSPREAD", "1", "93000000000")).toBe("ORDER-020 NUMBER_NOT_HELD tag=44 max=92e9 step=1e-8");
});

test("fractional shares are replaced and cancelled, and a market order holds the end of its collar", async () => {
  const id = alice.order({ 1: "ACC1", 55: "SHARES", 38: "1.125", 44: "10.01" });
  const request = await venue.request("SHARES");
  venue.say(request, { 150: "0", 39: "0", 14: "0", 151: "1.125", 6: "0" });
  await alice.report(id, "0");
  const replaced = alice.replace(id, { 1: "ACC1", 55: "SHARES", 38: "0.5", 44: "10.02" });
  const change = await venue.request("SHARES", 2);
  expect(told(change, 38, 44)).toEqual(["0.5", "10.02"]);
  venue.say(change, { 150: "5", 39: "0", 41: request.text(11), 14: "0", 151: "0.5", 38: "0.5", 44: "10.02", 6: "0" });
  expect(told(await alice.report(replaced, "5"), 38, 151, 44)).toEqual(["0.5", "0.5", "10.02"]);
  const market = alice.order({ 1: "ACC1", 55: "SHARES", 38: "0.001", 40: "1", 44: null as never });
  venue.say(await venue.request("SHARES", 3), { 150: "0", 39: "0", 14: "0", 151: "0.001", 6: "0" });
  await alice.report(market, "0");
  await again();
  // 0.5 × 10.02, and 0.001 × (10 + 10 %).
  await books({ openOrders: 2, openBuy: 50_100 + 110 });
});

test("a price of a sign that the symbol does not have reaches the client and the books; the alarm names field and order", async () => {
  const id = alice.order({ 1: "ACC1", 55: "SHARES", 38: "4", 44: "10" });
  const request = await venue.request("SHARES", 4);
  venue.say(request, { 150: "F", 39: "1", 14: "1", 151: "3", 31: "-10.5", 32: "1" });
  const fill = await alice.report(id, "F");
  expect(told(fill, 31, 32, 14, 151, 6)).toEqual(["-10.5", "1", "1", "3", "-10.5"]);
  await gateway.said(
    `LastPx .31.=-10.5 taken, though .prices. of the symbol does not have that sign; order ${fill.get(37)} of client ALICE, its ClOrdID=${id};`,
  );
  // 0 is none where the symbol has no such price: the client gets it, the books the average so far.
  venue.say(request, { 150: "F", 39: "1", 14: "2", 151: "2", 31: "0", 32: "1" });
  expect(told(await alice.report(id, "F"), 31, 14, 151)).toEqual(["0", "2", "2"]);
  venue.say(request, { 150: "4", 39: "4", 14: "2", 151: "0", 6: "10" });
  expect(told(await alice.report(id, "4"), 14, 151, 6)).toEqual(["2", "0", "10"]);
  const lines = (await runToEnd(["journal", "order", id, gateway.data])).out;
  expect(lines).toContain(`** venue VENUE order ${fill.get(37)} needs attention: field 31 taken, though`);
});

test("an OrderQty that can't be held is not said to be 0: the refusal has none, byte for byte, nor has a status report", async () => {
  const id = alice.order({ 1: "ACC1", 55: "BTCKRW", 38: "0.123456789", 44: "95000000" });
  const text = "ORDER-020 NUMBER_NOT_HELD tag=38 max=92e9 step=1e-8";
  const refusal = await alice.report(id, "8");
  const own = (report: Message) => (tag: number) => `${tag}=${report.get(tag)}|`;
  let of = own(refusal);
  expect(refusal.raw).toBe(
    frame(
      `35=8|${of(34)}49=GATEWAY|${of(52)}56=ALICE|1=ACC1|6=0|11=${id}|14=0|${of(17)}${of(37)}39=8|40=2|44=95000000|54=1|55=BTCKRW|58=${text}|59=0|${of(60)}103=99|150=8|151=0|`,
    ),
  );
  alice.status(id, { 55: "BTCKRW" });
  const status = await alice.report(id, "I");
  of = own(status);
  expect(status.raw).toBe(
    frame(
      `35=8|${of(34)}49=GATEWAY|${of(52)}56=ALICE|1=ACC1|6=0|11=${id}|14=0|${of(17)}37=${refusal.get(37)}|39=8|40=2|44=95000000|54=1|55=BTCKRW|59=0|${of(60)}150=I|151=0|`,
    ),
  );
});
