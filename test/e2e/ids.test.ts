import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Values } from "../../src/counterparty/client.ts";
import { type Field, LOGON, now } from "../../src/counterparty/message.ts";
import type { PeerOrder } from "../../src/counterparty/venue.ts";
import { atLeast, reportWords, VERSIONS, type Version } from "../../src/counterparty/version.ts";
import { PATIENCE_MS, until } from "../eventually.ts";
import { Client } from "./client.ts";
import { Gateway, runToEnd } from "./gateway.ts";
import { freePort } from "./ports.ts";
import { venueTables } from "./tables.ts";
import { nameOf, ScriptedVenue } from "./versions.ts";

setDefaultTimeout(60_000);

// Ids of 64 characters, of every kind and in every version on both sides, and of 65.
const filled = (text: string, length = 64): string => text.padEnd(length - 1, "-") + text.at(-1)!;
const ACCOUNT = filled("ACCOUNT");
const symbolOf = (version: Version): string => filled(`SYMBOL-${nameOf(version)}`);
const venues = VERSIONS.map((version) => new ScriptedVenue(freePort(), `V${nameOf(version)}`, { version }));
const tables = VERSIONS.map(
  (version, i) => `
[client.sessions.C${nameOf(version)}]
version = "${version}"
accounts = ["${ACCOUNT}"]${venueTables(`V${nameOf(version)}`, venues[i]!.port, `version = "${version}"`, symbolOf(version))}`,
).join("");
const gateway = new Gateway({
  tables: `${tables}
[risk.accounts.${ACCOUNT}]
maxOrderQty = 100_000
maxOrderNotional = 100_000_000
maxOpenOrders = 10_000
ordersPerSecond = 1_000_000`,
});
const clients = VERSIONS.map((version) => new Client(`C${nameOf(version)}`, gateway.clientPort, { version }));
let sent = 0;

beforeAll(async () => {
  for (const venue of venues) venue.listen();
  await gateway.start();
  await Promise.all(venues.map((venue) => venue.waitType(LOGON)));
  await Promise.all(clients.map((client) => client.logon()));
  for (const client of clients) client.terms = { ...client.terms, 1: ACCOUNT };
  for (const venue of venues) await gateway.said(`venue ${venue.compId}: up`);
});

afterAll(async () => {
  for (const venue of venues) venue.stop();
  await gateway.remove();
});

/** A ClOrdID of 64 characters. */
function nextId(): string {
  return filled(`ORDER-${++sent}x`);
}

interface Open {
  readonly id: string;
  readonly order: PeerOrder;
}

/** An order that the venue has acknowledged. */
async function open(client: Client, venue: ScriptedVenue): Promise<Open> {
  const id = nextId();
  const symbol = symbolOf(venue.version);
  client.order({ 11: id, 55: symbol });
  const order = { ...(await venue.order()), orderId: filled(`VENUE-${sent}v`) };
  expect([order.account, order.symbol, order.clOrdId.length < 33]).toEqual([ACCOUNT, symbol, true]);
  venue.report("new", order, [], order.clOrdId, filled(`NEW-${sent}n`));
  const report = await client.report(id);
  expect([report.get(1), report.get(11), report.get(55)]).toEqual([ACCOUNT, id, symbol]);
  expect(report.text(17).length + report.text(37).length).toBeLessThan(30);
  return { id, order };
}

/** A fill that names its order by OrderID alone. */
function fillBody(order: PeerOrder, quantity: number, execId: string, version: Version): Field[] {
  const words = Object.entries(reportWords(version, "fill", order));
  return [
    [6, "149"],
    [14, order.filled],
    [17, execId],
    [31, "149"],
    [32, quantity],
    [37, order.orderId],
    [38, order.quantity],
    [54, order.side],
    [55, order.symbol],
    [60, now()],
    ...words.flatMap(([tag, value]): Field[] => (value === undefined ? [] : [[Number(tag), value]])),
  ];
}

for (const client of clients) {
  for (const venue of venues) {
    describe(`ids of 64: a client of ${client.version}, a venue of ${venue.version}`, () => {
      const symbol = symbolOf(venue.version);

      test("fills whose ExecIDs differ at their beginning alone, and one told twice", async () => {
        const { id, order } = await open(client, venue);
        const [first, second] = [`1${filled("EXECUTION")}`, `2${filled("EXECUTION")}`].map((text) => text.slice(0, 64));
        venue.fill(order, 10, "149", [], first);
        expect((await client.report(id)).get(14)).toBe("10");
        venue.report(
          "fill",
          order,
          [
            [31, "149"],
            [32, 10],
          ],
          order.clOrdId,
          first,
        );
        venue.fill(order, 20, "149", [], second);
        expect((await client.report(id)).get(14)).toBe("30");
      });

      test("a fill without ClOrdID, and a bust of one of two fills that differ in one character", async () => {
        const { id, order } = await open(client, venue);
        const [first, second] = ["1", "2"].map((n) => `${filled("EXECUTION").slice(0, 40)}${n}${"z".repeat(23)}`);
        venue.fill(order, 10, "149", [], first);
        await client.report(id);
        order.filled += 20;
        venue.send("8", fillBody(order, 20, second!, venue.version));
        const fill = await client.report(id);
        expect([fill.get(14), fill.get(32)]).toEqual(["30", "20"]);
        order.filled -= 20;
        venue.report("bust", order, [
          [19, second!],
          [31, "149"],
          [32, 20],
        ]);
        const bust = await client.report(id);
        expect([bust.get(19), bust.get(14)]).toEqual([fill.get(17), "10"]);
      });

      test("a replace, then a cancel that is refused, then one that is accepted", async () => {
        const { id, order } = await open(client, venue);
        const replaced = nextId();
        client.replace(id, { 11: replaced, 38: 90, 55: symbol });
        const replace = await venue.request("G");
        expect([replace.get(37), replace.get(1), replace.get(55)]).toEqual([order.orderId, ACCOUNT, symbol]);
        venue.acceptReplace(order, replace);
        const report = await client.report(replaced);
        expect(report.get(41)).toBe(atLeast(client.version, "FIX.4.1") ? id : undefined);

        const refused = nextId();
        client.cancel(replaced, { 11: refused, 38: 90, 55: symbol });
        venue.refuseChange(order, await venue.request("F"), 0);
        const reject = await client.cancelReject(refused);
        expect(reject.get(41)).toBe(atLeast(client.version, "FIX.4.1") ? replaced : undefined);
        expect(reject.get(1)).toBe(atLeast(client.version, "FIX.4.2") ? ACCOUNT : undefined);

        const canceled = nextId();
        client.cancel(replaced, { 11: canceled, 38: 90, 55: symbol });
        const cancel = await venue.request("F");
        expect([cancel.get(37), cancel.get(55)]).toEqual([order.orderId, symbol]);
        venue.acceptCancel(order, cancel);
        expect((await client.report(canceled)).get(39)).toBe("4");
      });
    });
  }

  describe(`a client of ${client.version}`, () => {
    const venue = venues.find(({ version }) => version === client.version)!;
    const symbol = symbolOf(venue.version);
    const noAccount: Values = atLeast(client.version, "FIX.4.2") ? {} : { 1: null };

    test("asks for an order by a ClOrdID of 64, which is used", async () => {
      const { id, order } = await open(client, venue);
      client.status(id, { 55: symbol, ...noAccount });
      const status = await client.report(id);
      expect([status.get(11), status.get(39)]).toEqual([id, "0"]);
      client.order({ 11: id, 55: symbol });
      expect((await client.report(id)).text(58)).toContain("DUPLICATE_CLORDID");
      venue.end(order, "canceled");
      expect((await client.report(id)).get(39)).toBe("4");
    });

    test.each([
      ["ClOrdID", 11, "D"],
      ["Account", 1, "D"],
      ["Symbol", 55, "D"],
      ["ClOrdID", 11, "F"],
      ["OrigClOrdID", 41, "F"],
      ["OrderID", 37, "F"],
      ["OrigClOrdID", 41, "G"],
      ["ClOrdID", 11, "H"],
    ] as const)(
      "has a %s (%d) of 65 refused by tag and limit in %s, and none of it is echoed",
      async (_, tag, type) => {
        const long = filled("LONG", 65);
        const more: Values = type === "D" ? {} : { 41: "NO-SUCH-ORDER" };
        const sequence = client.nextOut;
        if (type === "H") client.status("x", { 55: symbol, ...noAccount, [tag]: long });
        else if (type === "F") client.cancel("NO-SUCH-ORDER", { 55: symbol, 38: 100, [tag]: long });
        else client.send(type, client.orderBody({ 11: "x", 55: symbol, ...more, [tag]: long }));
        const reject = await client.waitType("3");
        expect(reject.get(45)).toBe(String(sequence));
        if (atLeast(client.version, "FIX.4.2")) expect(reject.get(371)).toBe(String(tag));
        expect(reject.text(58)).toContain("at most 64 characters");
        expect(JSON.stringify(reject)).not.toContain("LONG-");
      },
    );
  });
}

test("a ClOrdID of an order that is done is used again after a reset, not before; that of an open one is not", async () => {
  const venue = venues[VERSIONS.indexOf("FIX.4.4")]!;
  const client = clients[VERSIONS.indexOf("FIX.4.4")]!;
  const symbol = symbolOf("FIX.4.4");
  const done = await open(client, venue);
  const stays = await open(client, venue);
  venue.fill(done.order, 100, "150");
  expect((await client.report(done.id)).get(39)).toBe("2");
  client.order({ 11: done.id, 55: symbol });
  expect((await client.report(done.id)).text(58)).toContain("DUPLICATE_CLORDID");

  await client.logout();
  await client.logon(true);
  client.order({ 11: stays.id, 55: symbol });
  expect((await client.report(stays.id)).text(58)).toContain("DUPLICATE_CLORDID");
  client.order({ 11: done.id, 55: symbol, 97: "Y" });
  client.order({ 11: done.id, 55: symbol });
  const again = await venue.order();
  venue.report("new", again);
  expect((await client.report(done.id)).get(39)).toBe("0");
  // What the venue still has to say of the former order goes by the same ClOrdID and the former's OrderID.
  venue.report(
    "fill",
    { ...done.order, filled: 110 },
    [
      [31, "150"],
      [32, 10],
    ],
    done.order.clOrdId,
    filled("LATE"),
  );
  const cancel = nextId();
  client.cancel(done.id, { 11: cancel, 55: symbol });
  const request = await venue.request("F");
  expect(request.get(41)).toBe(again.clOrdId);
  venue.acceptCancel(again, request);
  expect((await client.report(cancel)).get(39)).toBe("4");
  client.order({ 11: cancel, 55: symbol });
  expect((await client.report(cancel)).text(58)).toContain("DUPLICATE_CLORDID");
});

test("reports whose ids are longer than 64 are booked and told apart; such an OrderID is not sent back", async () => {
  const venue = venues[VERSIONS.indexOf("FIX.4.4")]!;
  const client = clients[VERSIONS.indexOf("FIX.4.4")]!;
  const id = nextId();
  client.order({ 11: id, 55: symbolOf("FIX.4.4") });
  const order = { ...(await venue.order()), orderId: filled("VENUE", 100) };
  venue.report("new", order);
  await client.report(id);
  for (const [n, cum] of [
    ["1", "10"],
    ["2", "20"],
    ["2", ""],
    ["3", "30"],
  ] as const) {
    venue.report(
      "fill",
      { ...order, filled: Number(cum) || 20 },
      [
        [31, "149"],
        [32, 10],
      ],
      order.clOrdId,
      filled("E", 100) + n,
    );
    if (cum !== "") expect((await client.report(id)).get(14)).toBe(cum);
  }
  const canceled = nextId();
  client.cancel(id, { 11: canceled, 55: symbolOf("FIX.4.4") });
  const cancel = await venue.request("F");
  expect(cancel.get(37)).toBeUndefined();
  order.filled = 30;
  venue.acceptCancel(order, cancel);
  await client.report(canceled);
});

test("orders, fills and OrderIDs of 64 characters live through a kill", async () => {
  const venue = venues[VERSIONS.indexOf("FIX.4.4")]!;
  const client = clients[VERSIONS.indexOf("FIX.4.4")]!;
  const { id, order } = await open(client, venue);
  venue.fill(order, 10, "149", [], filled("EXEC-K"));
  await client.report(id);
  await gateway.crash();
  for (const peer of [...clients, ...venues]) await peer.waitClosed();
  await gateway.start();
  await Promise.all(venues.map((one) => one.waitType(LOGON)));
  await client.logon();
  await until("a venue that is up again", async () => {
    const canceled = nextId();
    client.cancel(id, { 11: canceled, 55: symbolOf("FIX.4.4") });
    const answer = await Promise.race([client.cancelReject(canceled), venue.request("F")]);
    if (answer.type === "9") return false;
    expect(answer.get(37)).toBe(order.orderId);
    venue.acceptCancel(order, answer);
    expect((await client.report(canceled)).get(14)).toBe("10");
    return true;
  });
});

test("on the next trading day a ClOrdID of a done order is used again; both orders are found by it", async () => {
  const SOON_MS = 4_000;
  const begins = new Date(Date.now() + SOON_MS);
  const day = new Gateway({ tables: `[core.tradingDay]\nbegins = "${begins.toISOString().slice(11, 19)}"` });
  const venue = new ScriptedVenue(day.venuePort);
  const alice = new Client("ALICE", day.clientPort);
  venue.listen();
  await day.start();
  await venue.waitType(LOGON);
  await alice.logon();
  await day.said("venue VENUE: up");
  const id = filled("DAILY-1");
  /** Returns whether the order reached the venue, for which `order` waits. */
  const trade = async (order: Promise<PeerOrder>): Promise<boolean> => {
    alice.order({ 11: id });
    const report = alice.report(id);
    const first = await Promise.race([report, order]);
    if ("get" in first) return false;
    venue.fill(first, 100, "150");
    expect((await report).get(39)).toBe("2");
    return true;
  };
  expect(await trade(venue.order())).toBe(true);
  await day.crash();
  for (const peer of [alice, venue]) await peer.waitClosed();
  await day.start();
  await venue.waitType(LOGON);
  await alice.logon();
  const order = venue.order();
  await until("the next trading day", () => trade(order), SOON_MS + PATIENCE_MS);
  expect(Date.now()).toBeGreaterThanOrEqual(Math.floor(begins.getTime() / 1000) * 1000);
  const { out } = await runToEnd(["journal", "order", id, day.data]);
  expect(out.split("\n").filter((line) => line.includes("-> venue VENUE") && line.includes("35=D")).length).toBe(2);
  venue.stop();
  await day.remove();
});
