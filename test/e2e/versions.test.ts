import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { LOGON } from "../../src/counterparty/message.ts";
import { type PeerOrder, UNKNOWN_ORDER } from "../../src/counterparty/venue.ts";
import { atLeast, reportWords, VERSIONS, type Version } from "../../src/counterparty/version.ts";
import { until } from "../eventually.ts";
import { Client } from "./client.ts";
import { Gateway } from "./gateway.ts";
import { freePort } from "./ports.ts";
import { venueTables } from "./tables.ts";
import { expectSaid, nameOf, ScriptedVenue } from "./versions.ts";

setDefaultTimeout(60_000);

const symbolOf = (version: Version): string => `S${nameOf(version)}`;
const venues = VERSIONS.map((version) => new ScriptedVenue(freePort(), `V${nameOf(version)}`, { version }));
const tables = VERSIONS.map(
  (version, i) => `
[client.sessions.C${nameOf(version)}]
version = "${version}"
accounts = ["ACC1"]${venueTables(`V${nameOf(version)}`, venues[i]!.port, `version = "${version}"`, symbolOf(version))}`,
).join("");
const gateway = new Gateway({ tables });
const clients = VERSIONS.map((version) => new Client(`C${nameOf(version)}`, gateway.clientPort, { version }));

beforeAll(async () => {
  for (const venue of venues) venue.listen();
  await gateway.start();
  await Promise.all(venues.map((venue) => venue.waitType(LOGON)));
  await Promise.all(clients.map((client) => client.logon()));
  for (const [i, venue] of venues.entries()) await up(clients[i]!, venue);
});

afterAll(async () => {
  for (const venue of venues) venue.stop();
  await gateway.remove();
});

/** The gateway has to take the venue's Logon before orders reach it, which nobody outside sees. */
async function up(client: Client, venue: ScriptedVenue): Promise<void> {
  // One wait for all rounds: one that is left waiting would take what the next is for.
  const order = venue.order();
  await until(`${venue.compId} that takes orders`, async () => {
    const report = client.report(client.order({ 55: symbolOf(venue.version) }));
    const first = await Promise.race([report, order]);
    if (!("clOrdId" in first)) return false;
    venue.report("rejected", { ...first, open: false });
    await report;
    return true;
  });
}

for (const [c, client] of clients.entries()) {
  for (const venue of venues) {
    describe(`a client of ${VERSIONS[c]}, a venue of ${venue.version}`, () => {
      const symbol = symbolOf(venue.version);

      async function open(quantity: number): Promise<{ clOrdId: string; order: PeerOrder }> {
        const clOrdId = client.order({ 55: symbol, 38: quantity });
        const order = await venue.order();
        venue.report("new", order);
        expectSaid(client, await client.report(clOrdId), "new", order);
        return { clOrdId, order };
      }

      test("an order, two fills, the first of them busted", async () => {
        const { clOrdId, order } = await open(100);
        const execId = venue.fill(order, 40, "149.5");
        const first = await client.report(clOrdId);
        expectSaid(client, first, "fill", order);
        expect([first.get(31), first.get(32)]).toEqual(["149.5", "40"]);
        venue.fill(order, 60, "150");
        expectSaid(client, await client.report(clOrdId), "fill", order);
        order.filled = 60;
        venue.report("bust", order, [
          [19, execId],
          [31, "149.5"],
          [32, 40],
        ]);
        const bust = await client.report(clOrdId);
        // Taken back from a filled order: it stays filled, and what it says of it is the execution's reference.
        expect([bust.get(20), bust.get(19), bust.get(14)]).toEqual([
          reportWords(client.version, "bust", order)[20],
          first.get(17),
          "60",
        ]);
        if (atLeast(client.version, "FIX.4.3")) expect(bust.get(150)).toBe("H");
      });

      test("a replace before and after a fill, and a cancel", async () => {
        const { clOrdId, order } = await open(100);
        const second = client.replace(clOrdId, { 55: symbol, 38: 120 });
        order.clOrdId = (await venue.request("G")).get(11)!;
        order.quantity = 120;
        venue.report("replaced", order);
        expectSaid(client, await client.report(second), "replaced", order);
        venue.fill(order, 20, "150");
        expectSaid(client, await client.report(second), "fill", order);
        const third = client.replace(second, { 55: symbol, 38: 90 });
        order.clOrdId = (await venue.request("G")).get(11)!;
        order.quantity = 90;
        venue.report("replaced", order);
        expectSaid(client, await client.report(third), "replaced", order);
        const cancel = client.cancel(third, { 55: symbol, 38: 90 });
        const request = await venue.request("F");
        expect(request.get(125)).toBe(venue.version === "FIX.4.0" ? "F" : undefined);
        order.clOrdId = request.get(11)!;
        order.open = false;
        venue.report("canceled", order);
        expectSaid(client, await client.report(cancel), "canceled", order);
      });

      test("what the venue refuses: an order, a cancel, an order unread", async () => {
        const refused = client.order({ 55: symbol });
        const order = await venue.order();
        order.open = false;
        venue.report("rejected", order, [[103, atLeast(venue.version, "FIX.4.4") ? 99 : 0]]);
        const report = await client.report(refused);
        expectSaid(client, report, "rejected", order);
        if (!atLeast(client.version, "FIX.4.4")) expect(report.get(103)).toBe("0");
        const { clOrdId, order: unchanged } = await open(100);
        const cancel = client.cancel(clOrdId, { 55: symbol, 38: 100 });
        venue.refuseChange(unchanged, await venue.request("F"), UNKNOWN_ORDER);
        const reject = await client.cancelReject(cancel);
        expect([reject.get(102), reject.get(434), reject.get(41)]).toEqual([
          "1",
          atLeast(client.version, "FIX.4.2") ? "1" : undefined,
          atLeast(client.version, "FIX.4.1") ? clOrdId : undefined,
        ]);
        const unread = client.order({ 55: symbol });
        const request = await venue.request("D");
        venue.send("3", [
          [45, request.get(34)!],
          [58, "not here"],
        ]);
        const told = await client.report(unread);
        expect([told.get(39), told.get(58)]).toEqual(["8", "not here"]);
      });
    });
  }
}

test("what goes to a venue is of its version", () => {
  for (const venue of venues) {
    for (const message of venue.received.filter(({ type }) => type === "D" || type === "F")) {
      expect(message.get(8)).toBe(venue.beginString);
      expect(message.get(60) !== undefined).toBe(atLeast(venue.version, "FIX.4.2"));
      if (message.type === "D") expect(message.get(21)).toBe("1");
      expect(message.get(52)).toHaveLength(atLeast(venue.version, "FIX.4.2") ? 21 : 17);
    }
    const logon = venue.received.find(({ type }) => type === LOGON)!;
    expect(logon.get(1137)).toBe(venue.logonMore[0]?.[1].toString());
  }
});

test("a message that is no order is refused in the client's version", async () => {
  for (const client of clients) {
    const sequence = client.send("B", [[58, "news"]]);
    const answer = await client.wait("refusal", ({ type }) => type === "j" || type === "3");
    expect(answer.get(45)).toBe(String(sequence));
    if (atLeast(client.version, "FIX.4.2")) expect([answer.type, answer.get(380)]).toEqual(["j", "3"]);
    else expect([answer.type, answer.get(58), answer.get(372)]).toEqual(["3", "Unsupported message type", undefined]);
  }
});

test("HandlInst is required below 4.4, and the Reject is the version's", async () => {
  for (const client of clients) {
    const clOrdId = client.order({ 21: null, 55: "S44", 38: 7 });
    if (atLeast(client.version, "FIX.4.4")) {
      const order = await venues[4]!.order();
      venues[4]!.report("rejected", { ...order, open: false });
      await client.report(clOrdId);
      continue;
    }
    const reject = await client.waitType("3");
    const hasFields = atLeast(client.version, "FIX.4.2");
    expect([reject.get(58), reject.get(371), reject.get(373)]).toEqual(
      hasFields ? ["Required tag missing", "21", "1"] : ["Required tag missing (21)", undefined, undefined],
    );
  }
});

test("nobody has seen anything that breaks the standard", () => {
  for (const peer of [...clients, ...venues]) expect(peer.faults).toEqual([]);
});
