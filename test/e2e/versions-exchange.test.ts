import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { until } from "../eventually.ts";
import {
  DIALECTS,
  type Dialect,
  DialectClient,
  type Event,
  expectSaid,
  from,
  nameOf,
  type Progress,
} from "./dialect.ts";
import { Client } from "./fix-peer.ts";
import { Gateway } from "./gateway.ts";
import { freePort } from "./ports.ts";

setDefaultTimeout(60_000);

const symbolOf = (dialect: Dialect): string => `X${nameOf(dialect)}`;
const port = freePort();
const tables = DIALECTS.map(
  (dialect) => `
[client.sessions.C${nameOf(dialect)}]
version = "${dialect}"
accounts = ["ACC1"]
[venues.X${nameOf(dialect)}]
address = "127.0.0.1:${port}"
compId = "EXCHANGE"
gatewayCompId = "G${nameOf(dialect)}"
version = "${dialect}"
resetOnLogon = true
reconnectMinMs = 20
[symbols.${symbolOf(dialect)}]
venue = "X${nameOf(dialect)}"
referencePrice = "150"`,
).join("");
const gateway = new Gateway({ tables: `${tables}\n[exchange]\nlisten = "127.0.0.1:${port}"\n` });
const clients = DIALECTS.map((dialect) => new DialectClient(dialect, `C${nameOf(dialect)}`, gateway.clientPort));
const taker = new Client("BOB", gateway.clientPort);

beforeAll(async () => {
  await gateway.start();
  await Promise.all([...clients, taker].map((client) => client.logon()));
  for (const dialect of DIALECTS) await up(symbolOf(dialect));
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
  describe(`a client of ${client.dialect} on the built-in exchange`, () => {
    test.each(DIALECTS)("in %s", async (dialect) => {
      const symbol = symbolOf(dialect);
      const order: Progress = { quantity: 100, filled: 0, open: true };
      const next = async (clOrdId: string, event: Event): Promise<void> =>
        expectSaid(client, await client.next(clOrdId), event, order);
      const first = client.order({ 55: symbol });
      await next(first, "new");

      taker.order({ 55: symbol, 54: 2, 38: 40 });
      order.filled = 40;
      await next(first, "fill");
      const second = client.replace(first, { 55: symbol, 38: 120 });
      order.quantity = 120;
      await next(second, "replaced");
      const cancel = client.cancelAll(second, symbol, 120);
      order.open = false;
      await next(cancel, "canceled");

      const again = client.cancelAll(second, symbol, 120);
      const refusal = await client.cancelReject(again);
      expect([refusal.get(434), refusal.get(41)]).toEqual([
        from(client.dialect, "FIX.4.2") ? "1" : undefined,
        from(client.dialect, "FIX.4.1") ? second : undefined,
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
