import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Field, Message } from "../../src/counterparty/message.ts";
import { EXCHANGE_XML } from "../fix/dictionary/xml/exchange-xml.ts";
import { Client } from "./client.ts";
import { Gateway, runToEnd, temporary } from "./gateway.ts";
import { Venue } from "./venue.ts";

setDefaultTimeout(60_000);

// A client with an exchange's own schema, at a venue of the standard's FIX 4.4.
const directory = temporary();
const file = join(directory, "exchange.xml");
writeFileSync(file, EXCHANGE_XML);
const gateway = new Gateway({
  tables: `[client.sessions.OWN]\naccounts = ["ACC1"]\ndictionary = ${JSON.stringify(file)}`,
});
const venue = new Venue(gateway.venuePort);
const client = new Client("OWN", gateway.clientPort);
/** Fields of the Logon that the schema requires. The signature has an SOH in it. */
const SIGNED: Field[] = [
  [95, 8],
  [96, "ab=\x01==cd"],
  [553, "KEY"],
  [25035, 2],
];

beforeAll(async () => {
  venue.listen();
  await gateway.start();
  await gateway.said("venue VENUE: up");
  client.logonMore = SIGNED;
  await client.logon();
});

afterAll(async () => {
  venue.stop();
  await gateway.remove();
  rmSync(directory, { recursive: true, force: true });
});

/** Sends a message; returns the next answer that is a report or a Reject. */
async function answer(type: string, body: Field[], more: Field[] = []): Promise<Message> {
  const sequence = client.nextOut++;
  client.sendAs(type, sequence, body, more);
  return client.wait(
    `an answer to ${type}`,
    (message) => message.type === "8" || (message.type === "3" && message.number(45) === sequence),
  );
}

const order = (clOrdId: string, quantity: number): Field[] => [
  [11, clOrdId],
  [38, quantity],
  [40, 2],
  [44, "150"],
  [54, 1],
  [55, "AAPL"],
];

/** What the venue got of a request of this quantity, by tag. */
async function arrived(type: string, quantity: number, tags: number[]): Promise<(string | undefined)[]> {
  const got = await venue.wait(`${type} of ${quantity}`, (m) => m.type === type && m.number(38) === quantity);
  return tags.map((tag) => got.get(tag));
}

test("an order needs no Account, HandlInst and TransactTime where the client's dictionary has none", async () => {
  const report = await answer("D", order("O1", 101));
  expect([150, 11, 38].map((tag) => report.get(tag))).toEqual(["0", "O1", "101"]);
  // Nor has it Account, AvgPx or TransactTime in reports.
  expect([1, 6, 60].map((tag) => report.get(tag))).toEqual([undefined, undefined, undefined]);
  const [account, handlInst, time] = await arrived("D", 101, [1, 21, 60]);
  expect([account, handlInst]).toEqual(["ACC1", undefined]);
  expect(time).toMatch(/^\d{8}-/);
});

test("nor do a replace and a cancel, which has no Side either: the venue gets the order's", async () => {
  await answer("D", order("O2", 102));
  const replaced = await answer("G", [...order("O3", 103), [41, "O2"]]);
  expect([150, 11, 41].map((tag) => replaced.get(tag))).toEqual(["5", "O3", "O2"]);
  expect(await arrived("G", 103, [1, 54])).toEqual(["ACC1", "1"]);
  const canceled = await answer("F", [
    [11, "O4"],
    [41, "O3"],
    [38, 103],
    [55, "AAPL"],
  ]);
  expect([150, 11, 41].map((tag) => canceled.get(tag))).toEqual(["4", "O4", "O3"]);
  expect(await arrived("F", 103, [54, 55])).toEqual(["1", "AAPL"]);
});

test.each([
  ["Symbol", 55],
  ["OrderQty", 38],
])("what the core needs stays required, by name: %s", async (_, tag) => {
  const reject = await answer(
    "D",
    order("O5", 105).filter(([one]) => one !== tag),
  );
  expect([reject.type, reject.get(371), reject.get(373)]).toEqual(["3", String(tag), "1"]);
});

test("what the dictionary does not have is refused by tag", async () => {
  const reject = await answer("D", [...order("O6", 106), [60, client.now()]]);
  expect([reject.type, reject.get(371)]).toEqual(["3", "60"]);
});

test("a header field of the dictionary's own is checked, and stays between client and gateway", async () => {
  const report = await answer("D", order("O7", 107), [[25000, "5000.5"]]);
  expect([150, 25000].map((tag) => report.get(tag))).toEqual(["0", undefined]);
  expect(await arrived("D", 107, [25000])).toEqual([undefined]);
  const reject = await answer("D", order("O8", 108), [[25000, "soon"]]);
  expect([reject.type, reject.get(371), reject.get(373)]).toEqual(["3", "25000", "6"]);
});

test("doubts about the file are in the start log and in `check`, which loads it", async () => {
  const doubts = [
    `client.sessions.OWN.dictionary: ${file} line 4: <field> has required="C": it is not required`,
    `client.sessions.OWN.dictionary: ${file} line 6: field ResponseMode has the unknown type "FANCY": it is text, and any value is accepted`,
  ];
  const checked = await runToEnd(["check", "--config", gateway.configFile]);
  expect([checked.code, checked.err]).toEqual([0, ""]);
  for (const doubt of doubts) {
    expect(checked.out).toContain(`warning: ${doubt}\n`);
    expect(gateway.log).toContain(`WARN  gateway: ${doubt}\n`);
  }
});

// A client of the standard's FIX 4.4, at a venue with an exchange's own schema.
describe("a venue's dictionary", () => {
  const other = new Gateway({ venue: `dictionary = ${JSON.stringify(file)}` });
  const exchange = new Venue(other.venuePort);
  const alice = new Client("ALICE", other.clientPort);

  beforeAll(async () => {
    exchange.listen();
    await other.start();
    await other.said("venue VENUE: up");
    await alice.logon();
  });
  afterAll(async () => {
    exchange.stop();
    await other.remove();
  });

  const came = (type: string, quantity: number): Promise<Message> =>
    exchange.wait(`${type} of ${quantity}`, (m) => m.type === type && m.number(38) === quantity);
  const tagsIn = (message: Message): number[] => [1, 21, 54, 60].filter((tag) => message.get(tag) !== undefined);

  test("requests leave without Account, HandlInst and TransactTime, a cancel without Side", async () => {
    const placed = alice.order({ 38: 101 });
    expect((await alice.report(placed, "0")).get(1)).toBe("ACC1");
    expect(tagsIn(await came("D", 101))).toEqual([54]);
    const replaced = alice.replace(placed, { 38: 102 });
    await alice.report(replaced, "5");
    expect(tagsIn(await came("G", 102))).toEqual([54]);
    await alice.report(alice.cancel(replaced, { 38: 102 }), "4");
    expect(tagsIn(await came("F", 102))).toEqual([]);
  });

  test("a term that it does not have is refused by tag", async () => {
    const report = await alice.report(alice.order({ 38: 103, 111: 10 }));
    expect([report.get(39), report.get(58)]).toEqual(["8", "VENUE-001 FIELD_UNKNOWN_TO_VENUE tag=111"]);
  });
});
