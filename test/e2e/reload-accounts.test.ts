// Accounts, symbols, routes and entitlements change by a reload while orders flow, also over a kill of the gateway.

import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { LOGON, type Message } from "../../src/counterparty/message.ts";
import { PATIENCE_MS, until } from "../eventually.ts";
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

const ALICE = 'accounts = ["ACC1", "SLOW", "FEW"]';
const NEW = `
[risk.accounts.NEW]
maxOrderQty = 5_000
maxOrderNotional = 10_000_000
maxOpenOrders = 10
ordersPerSecond = 1_000_000
[symbols.NEWS]
referencePrice = "50"
`;

class Desk {
  readonly gateway: Gateway;
  readonly venue: Venue;
  readonly alice: Client;
  /** The file of the start. */
  readonly file: string;

  constructor(tables = "") {
    this.gateway = new Gateway({ tables });
    this.venue = new Venue(this.gateway.venuePort);
    this.alice = new Client("ALICE", this.gateway.clientPort);
    this.file = readFileSync(this.gateway.configFile, "utf8");
    ends.push(async () => {
      this.venue.stop();
      await this.gateway.remove();
    });
  }

  /** The file with the account NEW, which ALICE may use, and the symbol NEWS. */
  get added(): string {
    return this.file.replace(ALICE, 'accounts = ["ACC1", "SLOW", "FEW", "NEW"]') + NEW;
  }

  async start(): Promise<this> {
    this.venue.listen();
    return this.begin();
  }

  /** Starts the gateway, and waits for both sides. */
  async begin(): Promise<this> {
    await this.gateway.start();
    await this.venue.waitType(LOGON);
    await this.alice.logon();
    await venueUp(this.alice);
    return this;
  }

  write(text: string): void {
    writeFileSync(this.gateway.configFile, text);
  }

  /** Reloads this file by SIGHUP; resolves with what the log says. */
  async reload(text: string): Promise<string> {
    this.write(text);
    const from = this.gateway.log.length;
    this.gateway.signal("SIGHUP");
    await this.gateway.said(/SIGHUP: .*\n/, from);
    return this.gateway.log.slice(from);
  }

  /** The text of the refusal of an order, "" where the venue acknowledges it. */
  async refusal(terms: Record<number, string | number>): Promise<string> {
    const clOrdId = this.alice.order(terms);
    const isAnswer = (message: Message): boolean => message.type === "8" && message.get(11) === clOrdId;
    const report = await this.alice.wait(`an answer to ${clOrdId}`, isAnswer);
    return report.get(150) === "8" ? report.get(58)! : "";
  }

  /** An open order of NEW in NEWS. */
  async open(quantity: number): Promise<string> {
    const clOrdId = this.alice.order({ 1: "NEW", 55: "NEWS", 38: quantity, 44: "50" });
    await this.alice.report(clOrdId, "0");
    return clOrdId;
  }

  async kill(): Promise<void> {
    await this.gateway.crash();
    await this.alice.waitClosed();
    await this.venue.waitClosed();
  }
}

const IN_NEW = { 1: "NEW", 55: "NEWS", 38: 10, 44: "50" };
const exposure = async (gateway: Gateway): Promise<unknown> => {
  const { body } = await ask(gateway, "GET", "/v1/accounts/NEW");
  const { openOrders, openBuyNotional, position, boughtQty } = body;
  return { openOrders, openBuyNotional, position, boughtQty };
};
const named = (list: readonly { readonly name: string }[]): string[] => list.map(({ name }) => name);

test("a reload adds an account and a symbol, a kill and a start with the new file change nothing, another reload retires them", async () => {
  const desk = await new Desk().start();
  const { gateway, alice, venue, file, added } = desk;
  expect(await desk.refusal(IN_NEW)).toContain("UNKNOWN_ACCOUNT");
  desk.write(added);
  const dry = await ask(gateway, "POST", "/v1/system/reload?dryRun=true", { why: "look first" });
  const effects = dry.body.changes.map(({ key, effect }: { key: string; effect: string }) => [key, effect]);
  expect(effects.sort()).toEqual([
    ["client.sessions.ALICE.accounts", "applied"],
    ["risk.accounts.NEW", "applied"],
    ["symbols.NEWS", "applied"],
  ]);
  expect(await desk.refusal(IN_NEW)).toContain("UNKNOWN_ACCOUNT");
  expect(await desk.reload(added)).toContain("3 changes: 3 applied");
  expect(await desk.refusal({ ...IN_NEW, 38: 6_000 })).toContain("MAX_ORDER_QTY");
  expect(await desk.refusal({ ...IN_NEW, 44: "60" })).toContain("PRICE_COLLAR");
  const first = await desk.open(1_001);
  const second = await desk.open(1_002);
  venue.fill(await venue.orderOf(1_002), 400);
  await alice.report(second, "F");
  const market = alice.order({ 1: "NEW", 55: "NEWS", 38: 1_003, 40: 1, 44: null });
  await alice.report(market, "0");
  expect(named((await ask(gateway, "GET", "/v1/accounts")).body.accounts)).toContain("NEW");
  expect(named((await ask(gateway, "GET", "/v1/symbols")).body.symbols)).toContain("NEWS");
  const before = await exposure(gateway);
  expect(before).toMatchObject({ openOrders: 3, position: "400", boughtQty: "400" });

  await desk.kill();
  await desk.begin();
  expect(await exposure(gateway)).toEqual(before);
  expect(await desk.refusal({ ...IN_NEW, 38: 1_004 })).toBe("");
  const canceled = alice.cancel(first, { 1: "NEW", 55: "NEWS", 38: 1_001 });
  expect((await alice.report(canceled, "4")).get(41)).toBe(first);

  expect(await desk.reload(file)).toContain("3 changes: 3 applied");
  expect(await desk.refusal(IN_NEW)).toContain("UNKNOWN_ACCOUNT");
  expect(await desk.refusal({ 1: "ACC1", 55: "NEWS", 38: 10, 44: "50" })).toContain("UNKNOWN_SYMBOL");
  const order = venue.orders.find(({ quantity }) => quantity === 1_002)!;
  venue.fill(order, 100);
  expect((await alice.report(second, "F")).get(14)).toBe("500");
  expect((await ask(gateway, "GET", "/v1/accounts/NEW")).body).toMatchObject({ isRetired: true, position: "500" });
  const last = alice.cancel(second, { 1: "NEW", 55: "NEWS", 38: 1_002 });
  await alice.report(last, "4");
  expect(await gateway.stop(), gateway.log).toBe(0);
  const printed = (await runToEnd(["journal", "print", gateway.data])).out;
  for (const text of [
    "account NEW is configured",
    "account NEW may be used by client session #",
    "symbol NEWS is configured, quantities in steps of 1, prices above-zero, to venue #",
    "maxOrderQty of account NEW is 5000 in the file",
    "account NEW is no longer configured",
    "symbol NEWS is no longer configured",
  ])
    expect(printed).toContain(text);
  expect((await runToEnd(["journal", "verify", gateway.data])).code).toBe(0);
});

test("a kill after the reload and a start with the old file: open orders are there and can be canceled, new ones are refused", async () => {
  const desk = await new Desk().start();
  const { gateway, alice, file, added } = desk;
  await desk.reload(added);
  const open = await desk.open(1_001);
  const before = await exposure(gateway);
  await desk.kill();
  desk.write(file);
  await desk.begin();
  expect(await exposure(gateway)).toEqual(before);
  expect(named((await ask(gateway, "GET", "/v1/accounts")).body.accounts)).not.toContain("NEW");
  expect(await desk.refusal(IN_NEW)).toContain("UNKNOWN_ACCOUNT");
  await alice.report(alice.cancel(open, { 1: "NEW", 55: "NEWS", 38: 1_001 }), "4");
  // The name that is known from the journal is taken again by a reload.
  await desk.reload(added);
  expect(await desk.refusal({ ...IN_NEW, 38: 1_005 })).toBe("");
  expect(await gateway.stop(), gateway.log).toBe(0);
});

test("a snapshot after the reload has the new names, and a start reads it", async () => {
  const desk = await new Desk("snapshotMiB = 1").start();
  const { gateway, alice, added } = desk;
  await desk.reload(added.replace("maxOpenOrders = 10\n", "maxOpenOrders = 10_000\n"));
  const open = await desk.open(1_001);
  const ids = Array.from({ length: 1_500 }, (_, i) => alice.order({ 1: "NEW", 55: "NEWS", 38: 2_000 + i, 44: "49" }));
  await Promise.all(ids.map((clOrdId) => alice.report(clOrdId, "0")));
  const snapshots = (): number => readdirSync(gateway.data).filter((name) => name.endsWith(".snapshot")).length;
  await until("a snapshot", () => snapshots() > 0, PATIENCE_MS, snapshots);
  const before = await exposure(gateway);
  await desk.kill();
  const from = gateway.log.length;
  await desk.begin();
  expect(gateway.log.slice(from)).toContain("behind the newest snapshot are replayed");
  expect(await exposure(gateway)).toEqual(before);
  await alice.report(alice.cancel(open, { 1: "NEW", 55: "NEWS", 38: 1_001 }), "4");
  expect(await gateway.stop(), gateway.log).toBe(0);
});

test("a reload that needs more room than there is, is refused by name, and changes nothing", async () => {
  const desk = new Desk();
  const { gateway, file } = desk;
  const few = file.replace("[core]\n", "[core]\nspareNames = 1\n");
  desk.write(few);
  await desk.start();
  const symbols = (...names: string[]): string =>
    few + names.map((name) => `[symbols.${name}]\nreferencePrice = "50"\n`).join("");
  const log = await desk.reload(symbols("S1", "S2"));
  expect(log).toMatch(
    /is refused, nothing has changed: limits: symbols: expected at most 1 new names, for which there is room \(core\.spareNames\), got 2: raise core\.spareNames and restart/,
  );
  expect(await desk.refusal({ 55: "S1", 38: 10, 44: "50" })).toContain("UNKNOWN_SYMBOL");
  expect(await desk.reload(symbols("S1"))).toContain("1 change: 1 applied");
  expect(await desk.refusal({ 55: "S1", 38: 10, 44: "50" })).toBe("");
  expect(await gateway.stop(), gateway.log).toBe(0);
});

test("the only account of a session follows a reload, for orders that name none", async () => {
  const desk = await new Desk().start();
  const { gateway, venue, file } = desk;
  const bob = new Client("BOB", gateway.clientPort);
  await bob.logon();
  const accountOf = async (quantity: number): Promise<string | undefined> => {
    bob.order({ 1: null, 38: quantity, 44: "149" });
    return (await venue.orderOf(quantity)).account;
  };
  expect(await accountOf(3_001)).toBe("ACC1");
  await desk.reload(
    file.replace('[client.sessions.BOB]\naccounts = ["ACC1"]', '[client.sessions.BOB]\naccounts = ["FEW"]'),
  );
  expect(await accountOf(3_002)).toBe("FEW");
  expect(await gateway.stop(), gateway.log).toBe(0);
});
