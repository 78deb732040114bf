// A venue's own names for symbols and its form of TransactTime: the bytes at the venue and at the client, also after a kill.

import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { LOGON, type Message } from "../../src/counterparty/message.ts";
import type { PeerOrder } from "../../src/counterparty/venue.ts";
import { until } from "../eventually.ts";
import { ask } from "./api.ts";
import { Client } from "./client.ts";
import { Gateway, runToEnd } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(120_000);

let ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

const ROW = '{ symbol = "AAPL.N", securityId = "US0378331005", securityIdSource = "4", securityExchange = "XNAS" }';
const SYMBOLS = `
[symbols.MSFT]
referencePrice = "150"
[symbols.IBM]
referencePrice = "150"
`;
const TAGS = [22, 48, 55, 207];

async function started(venueLines: string, preset: "one" | "wide" = "one") {
  const gateway = new Gateway({ preset, venue: venueLines, tables: SYMBOLS });
  const venue = new Venue(gateway.venuePort);
  const alice = new Client("ALICE", gateway.clientPort);
  ends.push(async () => {
    venue.stop();
    await gateway.remove();
  });
  venue.listen();
  await gateway.start();
  await venue.waitType(LOGON);
  await alice.logon();
  await venueUp(alice);
  return { gateway, venue, alice };
}

/** All values of the symbol's fields, in their order. */
function instrumentOf(message: Message): string {
  return message.fields
    .filter(([tag]) => TAGS.includes(tag))
    .map(([tag, value]) => `${tag}=${value}`)
    .sort()
    .join(" ");
}

const AT_VENUE = "207=XNAS 22=4 48=US0378331005 55=AAPL.N";

function requestOf(venue: Venue, clOrdId: string): Message {
  return venue.received.find((message) => message.get(11) === clOrdId)!;
}

test.each(["one", "wide"] as const)(
  "every request has the venue's names, every report the client's, preset %s",
  async (preset) => {
    const { venue, alice, gateway } = await started(
      `symbols.AAPL = ${ROW}\nsymbols.IBM = { symbol = "IBM/N" }`,
      preset,
    );
    const first = alice.order({ 38: 500, 48: "CLIENTS", 22: "8" });
    expect(instrumentOf(await alice.report(first, "0"))).toBe("55=AAPL");
    const order = await venue.orderOf(500);
    expect(instrumentOf(requestOf(venue, order.clOrdId))).toBe(AT_VENUE);

    const replaced = alice.replace(first, { 38: 600, 48: "CLIENTS", 22: "8" });
    expect(instrumentOf(await alice.report(replaced, "5"))).toBe("55=AAPL");
    expect(instrumentOf(requestOf(venue, order.clOrdId))).toBe(AT_VENUE);

    const repeats = [
      [22, "4"],
      [48, "US0378331005"],
      [207, "XNAS"],
    ] as const;
    venue.fill(order, 10, "150", repeats);
    expect(instrumentOf(await alice.report(replaced, "F"))).toBe("55=AAPL");
    venue.fill(order, 11, "150", [
      [22, "5"],
      [48, "AAPL.OQ"],
      [207, "XNAS"],
    ]);
    expect(instrumentOf(await alice.report(replaced, "F"))).toBe("22=5 48=AAPL.OQ 55=AAPL");
    venue.acknowledges = false;
    const refused = alice.cancel(replaced);
    const request = await venue.wait("a cancel", (one) => one.type === "F" && one.get(41) === order.clOrdId);
    expect(instrumentOf(request)).toBe(AT_VENUE);
    venue.refuseChange(order, request, 0);
    expect(instrumentOf(await alice.cancelReject(refused))).toBe("");
    venue.acknowledges = true;

    const other = alice.order({ 38: 700, 55: "MSFT", 48: "CLIENTS", 22: "8", 44: "150" });
    expect(instrumentOf(await alice.report(other, "0"))).toBe("55=MSFT");
    expect(instrumentOf(requestOf(venue, (await venue.orderOf(700)).clOrdId))).toBe("22=8 48=CLIENTS 55=MSFT");
    const third = alice.order({ 38: 800, 55: "IBM", 48: "CLIENTS", 22: "8" });
    expect(instrumentOf(await alice.report(third, "0"))).toBe("55=IBM");
    expect(instrumentOf(requestOf(venue, (await venue.orderOf(800)).clOrdId))).toBe("22=8 48=CLIENTS 55=IBM/N");
    expect(gateway.log).not.toContain("is no symbol of this venue");
    expect([...venue.faults, ...alice.faults]).toEqual([]);
  },
);

test("many orders at once: all with the venue's name there and ours here", async () => {
  const { venue, alice } = await started('symbols.AAPL = { symbol = "AAPL.N" }');
  const ids = Array.from({ length: 300 }, (_, i) => alice.order({ 38: 1_000 + i, 55: i % 3 === 0 ? "MSFT" : "AAPL" }));
  const reports = await Promise.all(ids.map((clOrdId) => alice.report(clOrdId, "0")));
  expect(reports.map((one) => one.get(55))).toEqual(ids.map((_, i) => (i % 3 === 0 ? "MSFT" : "AAPL")));
  const orders = venue.orders.filter(({ quantity }) => quantity >= 1_000);
  expect(orders.map(({ symbol }) => symbol)).toEqual(ids.map((_, i) => (i % 3 === 0 ? "MSFT" : "AAPL.N")));
});

test("requests that wait for a throttle have the venue's names, too", async () => {
  const throttle = 'throttle = { messages = 5, windowMs = 200, mode = "queue", expireMs = 60_000 }';
  const { venue, alice } = await started(`symbols.AAPL = ${ROW}\n${throttle}`);
  const more = { 22: "8", 48: "CLIENTS" };
  const ids = Array.from({ length: 24 }, (_, i) =>
    alice.order({ 38: 1_000 + i, 55: i % 2 === 0 ? "AAPL" : "MSFT", 44: "150", ...more }),
  );
  const reports = await Promise.all(ids.map((clOrdId) => alice.report(clOrdId, "0")));
  expect(reports.map(instrumentOf)).toEqual(ids.map((_, i) => (i % 2 === 0 ? "55=AAPL" : "55=MSFT")));
  const sent = venue.received.filter((one) => one.type === "D" && one.number(38) >= 1_000);
  expect(sent.map(instrumentOf)).toEqual(ids.map((_, i) => (i % 2 === 0 ? AT_VENUE : "22=8 48=CLIENTS 55=MSFT")));
  const cancels = ids.slice(0, 8).map((clOrdId, i) => alice.cancel(clOrdId, { 55: i % 2 === 0 ? "AAPL" : "MSFT" }));
  await Promise.all(cancels.map((clOrdId) => alice.report(clOrdId, "4")));
  const names = venue.received.filter((one) => one.type === "F").map((one) => one.get(55));
  expect(names.slice(-8).sort()).toEqual([...Array(4).fill("AAPL.N"), ...Array(4).fill("MSFT")]);
});

test("a report with a symbol that the venue does not have is booked by its ids, passed on and alarmed", async () => {
  const { gateway, venue, alice } = await started('symbols.AAPL = { symbol = "AAPL.N" }');
  const clOrdId = alice.order({ 38: 500 });
  await alice.report(clOrdId, "0");
  const order = (await venue.orderOf(500)) as { -readonly [K in keyof PeerOrder]: PeerOrder[K] };
  for (const symbol of ["AAPL", "WHAT", "A".repeat(65)]) {
    order.symbol = symbol;
    const from = gateway.log.length;
    venue.fill(order, 100, "150");
    expect((await alice.report(clOrdId, "F")).get(55)).toBe(symbol);
    await gateway.said("is no symbol of this venue", from);
  }
  order.symbol = "AAPL.N";
  venue.fill(order, 100, "150");
  const last = await alice.report(clOrdId, "F");
  expect([last.get(55), last.get(14), last.get(151)]).toEqual(["AAPL", "400", "100"]);
  await until("the position", async () => {
    const { body } = await ask(gateway, "GET", "/v1/positions");
    return JSON.stringify(body).includes('"AAPL"') && JSON.stringify(body).includes("400");
  });
});

test("a reload says that names need a restart, and a new symbol with a name waits for it", async () => {
  const { gateway, venue, alice } = await started('symbols.AAPL = { symbol = "AAPL.N" }');
  const file = readFileSync(gateway.configFile, "utf8");
  const added = file
    .replace(
      'symbols.AAPL = { symbol = "AAPL.N" }',
      'symbols.AAPL = { symbol = "AAPL.N" }\nsymbols.NVDA = { symbol = "NVDA.N" }',
    )
    .replace(
      "[symbols.MSFT]",
      '[symbols.NVDA]\nreferencePrice = "150"\n[symbols.AMD]\nreferencePrice = "150"\n[symbols.MSFT]',
    );
  writeFileSync(gateway.configFile, added);
  const from = gateway.log.length;
  gateway.signal("SIGHUP");
  await gateway.said(/SIGHUP: .*1 applied/, from);
  expect(gateway.log.slice(from)).toContain("venues.VENUE.symbols.NVDA names it for a venue, and a start takes that");
  expect((await alice.report(alice.order({ 38: 500, 55: "NVDA" }), "8")).text(58)).toContain("UNKNOWN_SYMBOL");
  // One without another name is there at once, on both sides.
  expect((await alice.report(alice.order({ 38: 600, 55: "AMD" }), "0")).get(55)).toBe("AMD");
  expect(await gateway.stop(), gateway.log).toBe(0);
  await alice.waitClosed();
  await venue.waitClosed();
  await gateway.start();
  await alice.logon();
  await venueUp(alice);
  expect((await alice.report(alice.order({ 38: 700, 55: "NVDA" }), "0")).get(55)).toBe("NVDA");
  expect((await venue.orderOf(700)).symbol).toBe("NVDA.N");
  expect(gateway.log).not.toContain("is no symbol of this venue");
});

test("after a kill: what is sent again is as it was sent, status, cancel and replace have each side's names", async () => {
  const { gateway, venue, alice } = await started(`symbols.AAPL = ${ROW}\ntransactTimePrecision = "seconds"`);
  const first = alice.order({ 38: 500 });
  await alice.report(first, "0");
  const order = await venue.orderOf(500);
  const sent = requestOf(venue, order.clOrdId);
  expect(sent.text(60)).toMatch(/^\d{8}-\d\d:\d\d:\d\d$/);
  // Not answered yet when the gateway ends.
  venue.acknowledges = false;
  const pending = alice.replace(first, { 38: 900, 60: "20261202-09:30:00.123456789" });
  const replace = await venue.wait("a replace", (message) => message.type === "G");
  expect([instrumentOf(replace), replace.get(60)]).toEqual([AT_VENUE, "20261202-09:30:00"]);
  await gateway.crash();
  await alice.waitClosed();
  await venue.waitClosed();
  // So the venue asks for both again.
  venue.nextIn = sent.sequence;
  await gateway.start();
  await venue.waitType(LOGON);
  const again = await venue.wait("the order again", (one) => one.possDup && one.get(11) === order.clOrdId);
  expect(instrumentOf(again)).toBe(AT_VENUE);
  expect(again.get(60)).toBe(sent.get(60));
  await alice.logon();
  alice.status(first);
  const status = await alice.wait("a status", (message) => message.type === "8" && message.get(150) === "I");
  expect([status.get(55), status.get(48)]).toEqual(["AAPL", undefined]);
  venue.acknowledges = true;
  venue.acceptReplace(order, replace);
  expect(instrumentOf(await alice.report(pending, "5"))).toBe("55=AAPL");
  const canceled = alice.cancel(pending);
  expect(instrumentOf(await alice.report(canceled, "4"))).toBe("55=AAPL");
  const cancel = venue.received.findLast((message) => message.type === "F")!;
  expect(instrumentOf(cancel)).toBe(AT_VENUE);
  // What the client asks for again, of before the kill and after it, is as it was.
  alice.askResend(2);
  await alice.settle();
  expect(alice.repeats).toBeGreaterThan(5);
  expect(alice.faults).toEqual([]);
  expect(await gateway.stop(), gateway.log).toBe(0);
  expect((await runToEnd(["journal", "verify", gateway.data])).code).toBe(0);
  const { out } = await runToEnd(["journal", "print", gateway.data]);
  expect(out).toContain("55=AAPL.N|");
});
