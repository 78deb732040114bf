import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { atLeast, type Event, type Progress, VERSIONS, type Version } from "../../src/counterparty/version.ts";
import { until } from "../eventually.ts";
import { Client } from "./client.ts";
import { Gateway } from "./gateway.ts";
import { freePort } from "./ports.ts";
import { expectSaid, nameOf } from "./versions.ts";

setDefaultTimeout(60_000);

const symbolOf = (version: Version): string => `X${nameOf(version)}`;
const port = freePort();
const tables = VERSIONS.map(
  (version) => `
[client.sessions.C${nameOf(version)}]
version = "${version}"
accounts = ["ACC1"]
[venues.X${nameOf(version)}]
address = "127.0.0.1:${port}"
compId = "EXCHANGE"
gatewayCompId = "G${nameOf(version)}"
version = "${version}"
resetOnLogon = true
reconnectMinMs = 20
[symbols.${symbolOf(version)}]
venue = "X${nameOf(version)}"
referencePrice = "150"`,
).join("");
const gateway = new Gateway({ tables: `${tables}\n[exchange]\nlisten = "127.0.0.1:${port}"\n` });
const clients = VERSIONS.map((version) => new Client(`C${nameOf(version)}`, gateway.clientPort, { version }));
const taker = new Client("BOB", gateway.clientPort);

beforeAll(async () => {
  await gateway.start();
  await Promise.all([...clients, taker].map((client) => client.logon()));
  for (const version of VERSIONS) await up(symbolOf(version));
});

afterAll(async () => {
  await gateway.remove();
});

/** Until the exchange's session in that version takes orders. */
async function up(symbol: string): Promise<void> {
  await until(`${symbol} that takes orders`, async () => {
    const clOrdId = taker.order({ 55: symbol });
    const report = await taker.report(clOrdId);
    if (report.get(150) !== "0") return false;
    await taker.report(taker.cancel(clOrdId, { 55: symbol, 38: 100 }), "4");
    return true;
  });
}

for (const client of clients) {
  describe(`a client of ${client.version} on the built-in exchange`, () => {
    test.each(VERSIONS)("in %s", async (version) => {
      const symbol = symbolOf(version);
      const order: Progress = { quantity: 100, filled: 0, open: true };
      const next = async (clOrdId: string, event: Event): Promise<void> =>
        expectSaid(client, await client.report(clOrdId), event, order);
      const first = client.order({ 55: symbol });
      await next(first, "new");

      taker.order({ 55: symbol, 54: 2, 38: 40 });
      order.filled = 40;
      await next(first, "fill");
      const second = client.replace(first, { 55: symbol, 38: 120 });
      order.quantity = 120;
      await next(second, "replaced");
      const cancel = client.cancel(second, { 55: symbol, 38: 120 });
      order.open = false;
      await next(cancel, "canceled");

      const again = client.cancel(second, { 55: symbol, 38: 120 });
      const refusal = await client.cancelReject(again);
      expect([refusal.get(434), refusal.get(41)]).toEqual([
        atLeast(client.version, "FIX.4.2") ? "1" : undefined,
        atLeast(client.version, "FIX.4.1") ? second : undefined,
      ]);

      Object.assign(order, { quantity: 30, filled: 0, open: true });
      const third = client.order({ 55: symbol, 38: 30 });
      await next(third, "new");
      taker.order({ 55: symbol, 54: 2, 38: 30 });
      Object.assign(order, { filled: 30, open: false });
      await next(third, "fill");

      Object.assign(order, { quantity: 5, filled: 0 });
      await next(client.order({ 55: symbol, 38: 5, 40: 3, 99: 1, 44: null }), "rejected");
    });
  });
}

test("nobody has seen anything that breaks the standard", () => {
  for (const peer of [...clients, taker]) expect(peer.faults).toEqual([]);
});
