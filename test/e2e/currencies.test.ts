// Currencies, contract multipliers and rates in the executable: refused without a rate, limits in their currency, rates by ctl and by a
// reload while orders are open, a kill -9, and a sum that comes back to 0.

import { expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { until } from "../eventually.ts";
import { ask } from "./api.ts";
import { tradingDesk } from "./desk.ts";
import { Gateway, runToEnd } from "./gateway.ts";
import { venueUp } from "./venue.ts";

setDefaultTimeout(90_000);

const gateway = new Gateway({
  tables: `[risk.rates]
EUR = "1.08"
[symbols.FESX]
referencePrice = "5000"
currency = "EUR"
multiplier = 10
[symbols.NK]
referencePrice = "150"
currency = "JPY"
[risk.accounts.FUT]
maxOrderQty = 1_000
maxOrderNotional = 1_000_000
maxOpenOrders = 100
ordersPerSecond = 1_000
maxGrossExposure = 3_000_000
[client.sessions.DESK]
accounts = ["ACC1", "FUT"]`,
});
writeFileSync(
  gateway.configFile,
  readFileSync(gateway.configFile, "utf8").replace("[risk]\n", '[risk]\ncurrency = "USD"\n'),
);
const { venue, client } = tradingDesk(gateway, "DESK");
const { ctl } = gateway;

async function setRate(currency: string, rate: string): Promise<void> {
  const { code, err } = await ctl("currency", "set", currency, "rate", rate, "--why", "fixing");
  expect([code, err]).toEqual([0, ""]);
}

/** Text of the refusal of an order of FUT, "" where the venue has it. */
async function refusal(values: Record<number, string | number>): Promise<string> {
  const report = await client.report(client.order({ 1: "FUT", ...values }));
  return report.get(150) === "8" ? report.text(58) : "";
}

async function open(values: Record<number, string | number>): Promise<string> {
  const id = client.order({ 1: "FUT", ...values });
  expect((await client.report(id)).text(58)).toBe("");
  return id;
}

/** Open buys, bought, and gross exposure of FUT. */
async function sums(): Promise<readonly string[]> {
  const { body } = await ask(gateway, "GET", "/v1/accounts/FUT");
  expect(body.currency).toBe("USD");
  return [body.openBuyNotional, body.boughtNotional, body.grossExposure];
}

const FESX = { 55: "FESX", 44: "5000.5" };

test("limits count quantity × price × multiplier × rate, and their refusals name the currency", async () => {
  expect(await refusal({ ...FESX, 38: 19 })).toBe(
    "RISK-011 MAX_ORDER_NOTIONAL limit=1000000 value=1026102.6000 currency=USD level=ACCOUNT:FUT",
  );
  const id = await open({ ...FESX, 38: 18 });
  expect(await sums()).toEqual(["972097.2", "0", "972097.2"]);
  await client.report(client.cancel(id), "4");
  expect(await sums()).toEqual(["0", "0", "0"]);
});

test("a symbol without a rate is refused by name, takes orders once an operator gives the rate, and again none without it", async () => {
  const refused = "RISK-133 RATE_MISSING currency=JPY level=SYMBOL:NK";
  const order = { 55: "NK", 44: "150", 38: 100 };
  expect(await refusal(order)).toBe(refused);
  await setRate("JPY", "0.00651234");
  const id = await open(order);
  expect((await sums())[0]).toBe("97.6851");
  await setRate("JPY", "none");
  expect(await refusal(order)).toBe(refused);
  const rejected = await client.cancelReject(client.replace(id, { 1: "FUT", ...order, 38: 200 }));
  expect(rejected.text(58)).toBe(refused);
  await client.report(client.cancel(id), "4");
  expect((await sums())[0]).toBe("0");
});

test("uses of limits and metrics say the currency", async () => {
  const id = await open({ ...FESX, 38: 18 });
  const { body } = await ask(gateway, "GET", "/v1/accounts/FUT");
  const gross = body.usage.find(({ limit }: { limit: string }) => limit === "maxGrossExposure");
  expect(gross).toEqual({
    ...{ limit: "maxGrossExposure", used: "972097.2", most: "3000000" },
    ...{ percent: 32, currency: "USD" },
  });
  expect((await ask(gateway, "GET", "/v1/firm")).body.currency).toBe("USD");
  const metrics = (await ask(gateway, "GET", "/metrics")).body as string;
  expect(metrics).toContain('sallyport_limit_currency_info{currency="USD"} 1\n');
  await client.report(client.cancel(id), "4");
});

test("an order or replace that says another currency than its symbol is refused; without one, or in a symbol without, it passes", async () => {
  const refused = "RISK-134 CURRENCY_MISMATCH currency=EUR level=SYMBOL:FESX";
  for (const wrong of ["USD", "EURO", "EU", "EURASIANS", "EUROPEAN-CURRENCY-UNIT"])
    expect(await refusal({ ...FESX, 15: wrong, 38: 1 })).toBe(refused);
  const id = await open({ ...FESX, 15: "EUR", 38: 2 });
  const rejected = await client.cancelReject(client.replace(id, { 1: "FUT", ...FESX, 15: "USD", 38: 1 }));
  expect(rejected.text(58)).toBe(refused);
  const replaced = client.replace(id, { 1: "FUT", ...FESX, 15: "EUR", 38: 1 });
  await client.report(replaced, "5");
  await client.report(client.cancel(replaced), "4");
  const any = await open({ 55: "AAPL", 44: "150", 15: "CHF", 38: 1 });
  await client.report(client.cancel(any), "4");
  expect((await sums())[0]).toBe("0");
});

test("a reload gives a rate to a currency, and the API and ctl show what holds", async () => {
  const { code, err } = await ctl("currency", "set", "JPY", "rate", "file", "--why", "the file will have it");
  expect([code, err]).toEqual([0, ""]);
  const text = readFileSync(gateway.configFile, "utf8");
  writeFileSync(gateway.configFile, text.replace('EUR = "1.08"', 'EUR = "1.08"\nJPY = "0.0065"'));
  const report = (await ask(gateway, "POST", "/v1/system/reload", { why: "rates" })).body;
  expect(report.result).toBe("applied");
  expect(await refusal({ 55: "NK", 44: "150", 38: 1_000 })).toBe("");
  const { body } = await ask(gateway, "GET", "/v1/currencies");
  expect(body.currencies).toMatchObject([
    { name: "EUR", rate: "1.08", limitCurrency: "USD", symbols: 1 },
    { name: "JPY", rate: "0.0065", limitCurrency: "USD", symbols: 1 },
  ]);
  const twice = (values: readonly string[]) => {
    const of = (name: string, value: string | undefined) => ({ subject: "currency", name, setting: "rate", value });
    return ask(gateway, "POST", "/v1/limits", {
      changes: [of("EUR", values[0]), of("JPY", values[1])],
      why: "fixings",
    });
  };
  expect((await twice(["1.09", "-1"])).status).toBe(400);
  expect((await ask(gateway, "GET", "/v1/currencies/EUR")).body.rate).toBe("1.08");
  const { body: changed } = await twice(["1.09", "0.0066"]);
  expect(changed.changes.map(({ old, new: now }: Record<string, string>) => [old, now])).toEqual([
    ["1.08", "1.09"],
    ["0.0065", "0.0066"],
  ]);
  writeFileSync(gateway.configFile, readFileSync(gateway.configFile, "utf8").replace('"1.08"', '"1.07"'));
  const held = (await ask(gateway, "POST", "/v1/system/reload", { why: "rates" })).body;
  expect(held.changes).toMatchObject([{ key: "risk.rates.EUR", after: '"1.07"', effect: "operator" }]);
  writeFileSync(gateway.configFile, readFileSync(gateway.configFile, "utf8").replace('"1.07"', '"1.08"'));
  expect((await ask(gateway, "POST", "/v1/system/reload", { why: "rates" })).body.result).toBe("applied");
  await setRate("EUR", "file");
  await setRate("JPY", "file");
  expect((await ctl("currencies")).out).toMatch(/JPY +0\.0065 +USD +1/);
  const wrong = await ctl("currency", "set", "EUR", "rate", "0", "--why", "a typing error");
  expect(wrong.code).not.toBe(0);
  expect(wrong.err).toContain("rate: expected");
});

test("orders keep their factor over rate changes and a kill -9: cancels and a bust bring every sum back to 0", async () => {
  const before = await sums();
  const id = await open({ ...FESX, 38: 7 });
  const order = await venue.orderOf(7);
  const execution = venue.fill(order, 3, "4999.99");
  await client.report(id, "F");
  await setRate("EUR", "1.23456789");
  const later = await open({ ...FESX, 38: 5 });
  const held = await sums();
  // 3 × 4999.99 × 10 × 1.08, and 4 and 5 × 5000.5 × 10 at the rates of their time.
  expect(held[1]).toBe("161999.676");
  expect(Number(held[0]) - Number(before[0])).toBeCloseTo(4 * 50005 * 1.08 + 5 * 50005 * 1.23456789, 3);
  await gateway.crash();
  const text = readFileSync(gateway.configFile, "utf8");
  writeFileSync(gateway.configFile, text.replace('EUR = "1.08"', 'EUR = "2.5"'));
  await gateway.start();
  expect(await sums()).toEqual(held);
  const { body } = await ask(gateway, "GET", "/v1/currencies/EUR");
  expect(body).toMatchObject({ rate: "1.23456789", settings: [{ fileValue: "2.5", source: "operator" }] });
  expect(gateway.log).toMatch(/rate of currency EUR is 1\.23456789, set by .*; the file says 2\.5\n/);
  await client.logon();
  await client.settle();
  await venueUp(client);
  await setRate("EUR", "file");
  await client.report(client.cancel(id), "4");
  await client.report(client.cancel(later), "4");
  expect(await sums()).toEqual([before[0]!, held[1]!, String(Number(before[0]) + 161_999.676)]);
  venue.bust(order, order.trades[0]!);
  await client.report(id, "H");
  await until("the bust to be booked", async () => (await sums())[1] === "0");
  expect(await sums()).toEqual(before);
  // At 2.5.
  expect(await refusal({ ...FESX, 38: 8 })).toStartWith("RISK-011 MAX_ORDER_NOTIONAL limit=1000000 value=1000100 ");
  expect(execution).not.toBe("");
});

test("the journal has the rates with who and why, and the factor with each order", async () => {
  const actions = await ctl("actions");
  expect(actions.out).toContain("currency.change");
  await gateway.stop();
  const trace = await runToEnd(["journal", "print", gateway.data]);
  expect(trace.out).toContain("× 10 × 1.08");
  expect(trace.out).toContain("rate of currency EUR is 1.23456789, asked for by");
});
