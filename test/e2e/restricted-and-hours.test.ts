// Restricted lists and hours of markets: refused by name, changed by a reload, the same after a kill -9 and in a replay.

import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { LOGON } from "../../src/counterparty/message.ts";
import { until } from "../eventually.ts";
import { ask } from "./api.ts";
import { Client } from "./client.ts";
import { Gateway } from "./gateway.ts";
import { Venue } from "./venue.ts";

setDefaultTimeout(90_000);

let ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

function edit(gateway: Gateway, ...pairs: [from: string, to: string][]): void {
  let text = readFileSync(gateway.configFile, "utf8");
  for (const [from, to] of pairs) {
    expect(text).toContain(from);
    text = text.replace(from, to);
  }
  writeFileSync(gateway.configFile, text);
}

const LISTS = `[risk.restricted.INSIDE]
symbols = ["AAPL"]
accounts = ["FEW"]
sides = ["buy", "short"]
[risk.restricted.OTHER]
symbols = ["MSFT"]
`;
const DAYS = 'days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]\n';
/** Open at any time: each day's session begins where the one before ends. */
const OPEN = `[calendars.MARKET]\nzone = "UTC"\nopen = "00:00"\nclose = "00:00"\n${DAYS}`;

/** Hours that are over: three hours that have begun two days ago, on that day of the week alone. */
function overHours(): string {
  const day = new Date(Date.now() - 2 * 86_400_000).getUTCDay();
  const name = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"][day]!;
  return `[calendars.MARKET]\nzone = "UTC"\nopen = "10:00"\nclose = "13:00"\ndays = ["${name}"]\n`;
}

async function trading(version: "FIX.4.2" | "FIX.4.4", ...more: [from: string, to: string][]) {
  const gateway = new Gateway();
  edit(
    gateway,
    ["[symbols.AAPL]\n", '[symbols.MSFT]\nreferencePrice = "150"\n[symbols.AAPL]\n'],
    ["[client.sessions.ALICE]\n", `[client.sessions.ALICE]\nversion = "${version}"\n`],
    ...more,
  );
  const venue = new Venue(gateway.venuePort);
  ends.push(() => venue.stop());
  ends.push(() => gateway.remove());
  venue.listen();
  await gateway.start();
  await venue.waitType(LOGON);
  const alice = new Client("ALICE", gateway.clientPort, { version });
  await alice.logon();
  return { gateway, venue, alice };
}

type Terms = NonNullable<Parameters<Client["order"]>[0]>;

/** OrdRejReason and Text of a refusal; "" where the venue has the order, which is then canceled. */
async function refusal(client: Client, values: Terms = {}): Promise<string> {
  const id = client.order({ 38: 10, 44: "149", ...values });
  const report = await client.report(id);
  if (report.get(150) === "8") return `${report.get(103)} ${report.text(58)}`;
  await client.report(client.cancel(id), "4");
  return "";
}

const becomes = (client: Client, wanted: string, values: Terms = {}) =>
  until(`"${wanted}" for an order`, async () => (await refusal(client, values)) === wanted);

async function reload(gateway: Gateway, said = /SIGHUP: .*\n/): Promise<void> {
  const from = gateway.log.length;
  gateway.signal("SIGHUP");
  await gateway.said(said, from);
}

const INSIDE = "RISK-004 RESTRICTED level=ACCOUNT:FEW";

test("a restricted list counts for its accounts and sides, at a replace, too; a reload changes what is on it", async () => {
  const { gateway, venue, alice } = await trading("FIX.4.4", [
    "[risk.accounts.ACC1]\n",
    `${LISTS}[risk.accounts.ACC1]\n`,
  ]);
  await becomes(alice, "");
  expect(await refusal(alice, { 1: "FEW" })).toBe(`99 ${INSIDE}`);
  expect(await refusal(alice, { 1: "FEW", 54: 5, 114: "N" })).toBe(`99 ${INSIDE}`);
  expect(await refusal(alice, { 1: "FEW", 54: 2 })).toBe("");
  expect(await refusal(alice, { 55: "MSFT", 54: 2 })).toBe("99 RISK-004 RESTRICTED level=ACCOUNT:ACC1");
  // Restricted while an order is open: it can be canceled, and not replaced.
  const id = alice.order({ 38: 10, 44: "149" });
  await alice.report(id);
  edit(gateway, ['accounts = ["FEW"]\n', 'accounts = ["ACC1"]\n'], ['symbols = ["MSFT"]', "symbols = []"]);
  await reload(gateway);
  const rejected = await alice.cancelReject(alice.replace(id, { 38: 20, 44: "149" }));
  expect([rejected.get(102), rejected.text(58)]).toEqual(["99", "RISK-004 RESTRICTED level=ACCOUNT:ACC1"]);
  await alice.report(alice.cancel(id), "4");
  expect(await refusal(alice, { 1: "FEW" })).toBe("");
  expect(await refusal(alice, { 55: "MSFT" })).toBe("");
  // One that is taken out of the file keeps its place, and counts, until a restart.
  edit(gateway, [LISTS.slice(0, LISTS.indexOf("[risk.restricted.OTHER]")).replace("FEW", "ACC1"), ""]);
  await reload(gateway, /risk\.restricted\.INSIDE.*keeps its place while the gateway runs/);
  expect(await refusal(alice)).toBe("99 RISK-004 RESTRICTED level=ACCOUNT:ACC1");
  await gateway.crash();
  await gateway.start();
  await venue.waitType(LOGON);
  await alice.logon();
  await alice.settle();
  await becomes(alice, "");
});

test("a restricted list counts for all accounts of its clients", async () => {
  const { alice } = await trading("FIX.4.4", [
    "[risk.accounts.ACC1]\n",
    `[risk.clients.FUND]\naccounts = ["FEW"]\n${LISTS.replace("accounts", "clients").replace("FEW", "FUND").replace('["MSFT"]', "[]")}[risk.accounts.ACC1]\n`,
  ]);
  await becomes(alice, "");
  expect(await refusal(alice, { 1: "FEW" })).toBe(`99 ${INSIDE}`);
  expect(await refusal(alice, { 1: "FEW", 54: 2 })).toBe("");
});

test("FIX 4.2 has no reason for a restricted symbol: the broker's option", async () => {
  const lists = LISTS.replace('accounts = ["FEW"]\n', "");
  const { alice } = await trading("FIX.4.2", ["[risk.accounts.ACC1]\n", `${lists}[risk.accounts.ACC1]\n`]);
  await becomes(alice, "", { 54: 2 });
  expect(await refusal(alice)).toBe("0 RISK-004 RESTRICTED level=ACCOUNT:ACC1");
});

/** Time of day in UTC. */
function clock(ms: number): string {
  return new Date(ms).toISOString().slice(11, 19);
}

/** An auction that ends then takes limit orders of the day, and is followed by a break. */
function auction(endMs: number): string {
  const [from, to, end] = [endMs - 7_200_000, endMs, endMs + 7_200_000].map(clock);
  return `${OPEN}[[calendars.MARKET.phases]]
name = "auction"
from = "${from}"
to = "${to}"
orderTypes = ["limit"]
timesInForce = ["day"]
[[calendars.MARKET.phases]]
name = "break"
from = "${to}"
to = "${end}"
orderTypes = []
`;
}

test.each([
  ["FIX.4.2", "0"],
  ["FIX.4.4", "11"],
] as const)(
  "%s: phases of a market: each order is held to the phase of its time, over a kill -9",
  async (version, reason) => {
    const first = auction(Date.now() + 3_600_000);
    const { gateway, venue, alice } = await trading(
      version,
      ["[symbols.AAPL]\n", '[symbols.AAPL]\nschedule = "MARKET"\n'],
      ["[core]\n", `${first}[core]\n`],
    );
    await becomes(alice, "");
    await gateway.said(
      /calendar MARKET: its symbols take orders .*; those of auction until \S+Z, then those of break\n/,
    );
    expect(await refusal(alice, { 40: 1, 44: null })).toBe(
      `${reason} RISK-148 PHASE_ORDER_TYPES value=1 level=SYMBOL:AAPL`,
    );
    expect(await refusal(alice, { 59: 3 })).toBe(`${reason} RISK-149 PHASE_TIMES_IN_FORCE value=3 level=SYMBOL:AAPL`);
    expect(await refusal(alice, { 55: "MSFT", 59: 3 })).toBe("");
    const id = alice.order({ 38: 10, 44: "149" });
    await alice.report(id);
    const endMs = Math.floor(Date.now() / 1_000 + 6) * 1_000;
    edit(gateway, [first, auction(endMs)]);
    await reload(gateway);
    // Each order is held to the phase of its time, to the millisecond.
    const seen = new Set<boolean>();
    await until("the break", async () => {
      const report = await alice.report(alice.order({ 38: 1, 44: "149" }));
      const isRefused = report.get(39) === "8";
      const [, date, time] = /^(\d{8})-(.{12})/.exec(report.text(60))!;
      const atMs = Date.parse(`${date!.replace(/(....)(..)/, "$1-$2-")}T${time}Z`);
      const text = isRefused ? "RISK-005 MARKET_CLOSED level=SYMBOL:AAPL" : undefined;
      expect([report.get(58), atMs >= endMs]).toEqual([text, isRefused]);
      seen.add(isRefused);
      return isRefused;
    });
    expect([...seen]).toEqual([false, true]);
    const rejected = await alice.cancelReject(alice.replace(id, { 38: 20, 44: "149" }));
    expect(rejected.text(58)).toBe("RISK-005 MARKET_CLOSED level=SYMBOL:AAPL");
    await alice.report(alice.cancel(id), "4");
    await gateway.crash();
    await gateway.start();
    expect((await ask(gateway, "GET", "/v1/counters")).body.replayDifferences).toBe(0);
    await venue.waitType(LOGON);
    await alice.logon();
    await alice.settle();
    await becomes(alice, "2 RISK-005 MARKET_CLOSED level=SYMBOL:AAPL");
    const symbol = await ask(gateway, "GET", "/v1/symbols/AAPL");
    const phase = symbol.body.settings.find(({ name }: { name: string }) => name === "phaseOrderTypes");
    expect(phase).toMatchObject({ unit: "set", by: "calendar" });
  },
);

test("a market takes orders in the hours of its calendar, as a reload changes them, over a kill -9", async () => {
  const { gateway, venue, alice } = await trading(
    "FIX.4.4",
    ["[symbols.AAPL]\n", '[symbols.AAPL]\nschedule = "MARKET"\n'],
    ["[core]\n", `${OPEN}[core]\n`],
  );
  await becomes(alice, "");
  await gateway.said(/calendar MARKET: its symbols take orders from \S+Z until \S+Z\n/);
  const id = alice.order({ 38: 10, 44: "149" });
  await alice.report(id);
  edit(gateway, [OPEN, overHours()]);
  await reload(gateway);
  const closed = "2 RISK-005 MARKET_CLOSED level=SYMBOL:AAPL";
  await becomes(alice, closed);
  expect(await refusal(alice, { 55: "MSFT" })).toBe("");
  const rejected = await alice.cancelReject(alice.replace(id, { 38: 20, 44: "149" }));
  expect(rejected.text(58)).toBe("RISK-005 MARKET_CLOSED level=SYMBOL:AAPL");
  await alice.report(alice.cancel(id), "4");
  await gateway.crash();
  await gateway.start();
  // The replay has the hours of each order, and decides as it was decided.
  expect((await ask(gateway, "GET", "/v1/counters")).body.replayDifferences).toBe(0);
  await venue.waitType(LOGON);
  await alice.logon();
  await alice.settle();
  await becomes(alice, "", { 55: "MSFT" });
  expect(await refusal(alice)).toBe(closed);
  const symbol = await ask(gateway, "GET", "/v1/symbols/AAPL");
  const opensAt = symbol.body.settings.find(({ name }: { name: string }) => name === "opensAt");
  expect(opensAt).toMatchObject({ unit: "time", by: "calendar" });
  expect(opensAt.value).toMatch(/T10:00:00\.000000Z$/);
  // Operators do not set hours.
  const etag = symbol.headers.get("etag")!;
  const settings = { opensAt: "none" };
  const refused = await ask(gateway, "PATCH", "/v1/symbols/AAPL", { settings, why: "try" }, { "if-match": etag });
  expect(refused.status).toBe(400);
  // Without a calendar it is open at any time again.
  edit(gateway, ['schedule = "MARKET"\n', ""]);
  await reload(gateway);
  await becomes(alice, "");
});
