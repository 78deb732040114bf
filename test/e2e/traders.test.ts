// Traders, limits of client sessions and kill switches of clients and traders in the executable: who enters orders by Parties or
// SenderSubID, refusals, API, ctl, cancels of all that match, a kill -9.

import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { fields } from "../../src/counterparty/message.ts";
import { until } from "../eventually.ts";
import { ask } from "./api.ts";
import { Client } from "./client.ts";
import { Gateway } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

const account = (name: string): string =>
  `[risk.accounts.${name}]\nmaxOrderQty = 1_000\nmaxOrderNotional = 1_000_000\nmaxOpenOrders = 100\nordersPerSecond = 1_000\n`;
const gateway = new Gateway({
  tables: [
    `${account("F1")}${account("F2")}[risk.clients.FUND]\naccounts = ["F2"]\nmaxOrderQty = 300`,
    "[risk.traders.TOM]\nmaxOrderQty = 200\nmaxOpenOrders = 3\n[risk.traders.TIM]\n[risk.traders.OUT]\nenabled = false",
    '[client.sessions.DESK]\naccounts = ["F1", "F2"]\ntraders = ["TOM", "TIM", "OUT"]\nmaxOrderQty = 400\nmaxOpenOrders = 6',
    '[client.sessions.OLD]\nversion = "FIX.4.2"\naccounts = ["F1"]\ntraders = ["TOM"]',
  ].join("\n"),
});
const venue = new Venue(gateway.venuePort);
const desk = new Client("DESK", gateway.clientPort);
/** Its orders need no trader. */
const alice = new Client("ALICE", gateway.clientPort);
let nextId = 0;

beforeAll(async () => {
  venue.listen();
  await gateway.start();
  await desk.logon();
  await alice.logon();
  await venueUp(alice);
});

afterAll(async () => {
  venue.stop();
  await gateway.remove();
});

const { ctl } = gateway;
const party = (name: string, role = 36): string => `453=1|448=${name}|447=D|452=${role}|`;

/** Sends an order with these fields besides. Returns code, name and level of its refusal, "" where the venue has it. */
async function refusal(besides: string, values: Record<number, string | number> = {}, client = desk): Promise<string> {
  const clOrdId = `T${++nextId}`;
  const body = client.orderBody({ 1: "F1", 11: clOrdId, 38: 100, 44: "150", ...values });
  // In front: SenderSubID is of the header.
  client.send("D", [...fields(besides), ...body]);
  const report = await client.report(clOrdId);
  return report.get(150) === "8" ? report.text(58) : "";
}

const openOf = async (path: string): Promise<number> => (await ask(gateway, "GET", path)).body.openOrders;

test("a session with traders takes orders of those alone: by role 36, else 11, else SenderSubID", async () => {
  expect(await refusal(party("TOM"))).toBe("");
  expect(await refusal(party("TIM", 11))).toBe("");
  expect(await refusal("453=2|448=NOBODY|447=D|452=11|448=TIM|447=D|452=36|")).toBe("");
  expect(await refusal("")).toBe("RISK-001 NOT_ENTITLED level=TRADER");
  expect(await refusal(party("NOBODY"))).toBe("RISK-001 NOT_ENTITLED level=TRADER");
  expect(await refusal(party("TOM", 12))).toBe("RISK-001 NOT_ENTITLED level=TRADER");
  expect(await refusal(party("OUT"))).toBe("RISK-132 TRADER_DISABLED level=TRADER:OUT");
  expect(await openOf("/v1/traders/TOM")).toBe(1);
  expect(await openOf("/v1/traders/TIM")).toBe(2);
  expect(await openOf("/v1/session-limits/DESK")).toBe(3);
});

test("FIX 4.2 has no parties: its trader is SenderSubID", async () => {
  const old = new Client("OLD", gateway.clientPort, { version: "FIX.4.2" });
  await old.logon();
  expect(await refusal("50=TOM|", {}, old)).toBe("");
  expect(await refusal("50=TIM|", {}, old)).toBe("RISK-001 NOT_ENTITLED level=TRADER:TIM");
  expect(await openOf("/v1/traders/TOM")).toBe(2);
  const { body } = await ask(gateway, "GET", "/v1/orders?trader=TOM&state=open");
  expect(body.orders.map(({ session, trader }: Record<string, string>) => [session, trader])).toEqual([
    ["OLD", "TOM"],
    ["DESK", "TOM"],
  ]);
});

test("limits of trader, session and client count, the smallest first; they change while orders flow", async () => {
  expect(await refusal(party("TOM"), { 38: 201 })).toBe("RISK-010 MAX_ORDER_QTY limit=200 value=201 level=TRADER:TOM");
  expect(await refusal(party("TIM"), { 38: 401 })).toBe(
    "RISK-010 MAX_ORDER_QTY limit=400 value=401 level=SESSION:DESK",
  );
  expect(await refusal(party("TIM"), { 1: "F2", 38: 301 })).toBe(
    "RISK-010 MAX_ORDER_QTY limit=300 value=301 level=CLIENT:FUND",
  );
  const set = await ctl("trader", "set", "TIM", "maxOrderQty", "50", "--why", "new");
  expect([set.code, set.err]).toEqual([0, ""]);
  expect(await refusal(party("TIM"), { 38: 51 })).toContain("limit=50 value=51 level=TRADER:TIM");
  const none = await ctl("trader", "set", "TIM", "maxOrderQty", "none", "--why", "experienced");
  expect([none.code, none.err]).toEqual([0, ""]);
  expect(await refusal(party("TIM"), { 1: "F2" })).toBe("");
  const session = await ctl("session-limit", "set", "DESK", "maxOpenOrders", "4", "--why", "quiet day");
  expect([session.code, session.err]).toEqual([0, ""]);
  expect(await refusal(party("TIM"))).toBe("RISK-018 MAX_OPEN_ORDERS limit=4 value=5 level=SESSION:DESK");
  expect((await ctl("session-limit", "set", "DESK", "maxOpenOrders", "none", "--why", "busy day")).code).toBe(0);
  const { body } = await ask(gateway, "GET", "/v1/traders/TIM");
  expect(body).toMatchObject({ name: "TIM", isKilled: false, sessions: ["DESK"], openOrders: 3 });
});

test("a kill switch of a trader, or of a client, refuses its orders and cancels those that are open", async () => {
  const { code, err } = await ctl("kill", "trader:TIM", "--cancel-open", "--why", "away");
  expect([code, err]).toEqual([0, ""]);
  expect(await refusal(party("TIM"))).toBe("RISK-131 KILL_SWITCH_TRADER level=TRADER:TIM");
  expect(await refusal(party("TOM"))).toBe("");
  await until("the trader's orders to be canceled", async () => (await openOf("/v1/traders/TIM")) === 0);
  expect(await openOf("/v1/traders/TOM")).toBe(3);
  expect(await refusal(party("TOM"))).toBe("RISK-018 MAX_OPEN_ORDERS limit=3 value=4 level=TRADER:TOM");
  expect((await ctl("lift", "trader:TIM", "--why", "back")).code).toBe(0);
  expect(await refusal(party("TIM"), { 1: "F2" })).toBe("");
  expect((await ctl("kill", "client:FUND", "--cancel-open", "--why", "margin call")).code).toBe(0);
  expect(await refusal(party("TIM"), { 1: "F2" })).toBe("RISK-130 KILL_SWITCH_CLIENT level=CLIENT:FUND");
  expect(await refusal(party("TIM"))).toBe("");
  await until("the client's orders to be canceled", async () => (await openOf("/v1/clients/FUND")) === 0);
  expect(await openOf("/v1/traders/TIM")).toBe(1);
  const { body } = await ask(gateway, "GET", "/v1/kill-switch");
  expect(body.map(({ scope, why }: Record<string, string>) => [scope, why])).toContainEqual([
    "client:FUND",
    "margin call",
  ]);
  expect((await ctl("kill", "trader:NOBODY", "--why", "no such trader")).err).toContain("trader:NOBODY");
});

test("who entered an order, engaged kill switches and changed limits survive a kill -9", async () => {
  const before = (await ask(gateway, "GET", "/v1/traders")).body;
  await gateway.crash();
  await gateway.start();
  expect((await ask(gateway, "GET", "/v1/traders")).body).toEqual(before);
  await desk.logon();
  await desk.settle();
  await alice.logon();
  await venueUp(alice);
  expect(await refusal(party("TOM"))).toContain("MAX_OPEN_ORDERS limit=3 value=4 level=TRADER:TOM");
  expect(await refusal(party("TIM"), { 1: "F2" })).toContain("KILL_SWITCH_CLIENT");
  expect((await ctl("lift", "client:FUND", "--why", "paid")).code).toBe(0);
  expect(await refusal(party("TIM"), { 1: "F2" })).toBe("");
});

/** Reloads the file by SIGHUP; resolves with what the log says. */
async function reload(text: string): Promise<string> {
  writeFileSync(gateway.configFile, text);
  const from = gateway.log.length;
  gateway.signal("SIGHUP");
  await gateway.said(/SIGHUP: .*\n/, from);
  return gateway.log.slice(from);
}

test("a reload adds a trader and gives a session its first one, while orders flow; they survive a kill -9; one that is gone is refused", async () => {
  const file = readFileSync(gateway.configFile, "utf8");
  const NEW = "[risk.traders.NEW]\nmaxOpenOrders = 2\nmaxOrderQty = 150\nrepeatedExecutions = 50\n";
  const more = `${file.replace('traders = ["TOM", "TIM", "OUT"]', 'traders = ["TOM", "TIM", "OUT", "NEW"]')}\n${NEW}`;
  const withAlice = more.replace("[client.sessions.ALICE]\n", '[client.sessions.ALICE]\ntraders = ["NEW"]\n');
  expect(withAlice).not.toBe(more);
  expect(await refusal(party("NEW"))).toBe("RISK-001 NOT_ENTITLED level=TRADER");
  let isFlowing = true;
  const refused: string[] = [];
  let sent = 0;
  // Its orders need no trader before, and name the new one throughout: none is refused.
  const flow = (async () => {
    while (isFlowing) {
      const text = await refusal(party("NEW"), { 1: "ACC1", 38: 1 }, alice);
      if (text !== "") refused.push(text);
      sent++;
      const open = alice.cancel(`T${nextId}`, { 1: "ACC1", 38: 1 });
      await alice.report(open, "4");
    }
  })();
  expect(await reload(more)).toContain("2 changes: 2 applied");
  expect(await reload(withAlice)).toContain("1 change: 1 applied");
  await until("orders behind the reload", () => sent > 20);
  isFlowing = false;
  await flow;
  expect(refused).toEqual([]);
  expect(await refusal("", { 1: "ACC1" }, alice)).toBe("RISK-001 NOT_ENTITLED level=TRADER");
  for (let i = 0; i < 2; i++) expect(await refusal(party("NEW"))).toBe("");
  expect(await refusal(party("NEW"))).toContain("MAX_OPEN_ORDERS limit=2 value=3 level=TRADER:NEW");
  expect(await refusal(party("NEW"), { 38: 151 })).toContain("MAX_ORDER_QTY limit=150 value=151 level=TRADER:NEW");
  expect((await ctl("trader", "set", "NEW", "maxOpenOrders", "3", "--why", "one more")).code).toBe(0);
  expect(await refusal(party("NEW"))).toBe("");
  const before = (await ask(gateway, "GET", "/v1/traders/NEW")).body;
  expect([before.openOrders, before.sessions.toSorted()]).toEqual([3, ["ALICE", "DESK"]]);
  await gateway.crash();
  await gateway.start();
  expect((await ask(gateway, "GET", "/v1/traders/NEW")).body).toEqual(before);
  await desk.logon();
  await desk.settle();
  await alice.logon();
  await until("a venue that is up", async () => (await refusal(party("TIM"), { 38: 1 })) === "");
  expect(await refusal(party("NEW"))).toContain("limit=3 value=4 level=TRADER:NEW");
  const log = await reload(file);
  expect(log).toContain("3 changes: 3 applied");
  expect(await refusal(party("NEW"))).toBe("RISK-001 NOT_ENTITLED level=TRADER:NEW");
  expect(await refusal("", { 1: "ACC1" }, alice)).toBe("");
});

test("without room for more names, a reload with a new trader is refused by name, and nothing changes", async () => {
  const file = readFileSync(gateway.configFile, "utf8");
  const traders = Array.from({ length: 257 }, (_, i) => `[risk.traders.N${i}]\n`).join("");
  expect(await reload(file + traders)).toMatch(
    /is refused, nothing has changed: limits: risk\.traders: expected at most \d+ new names, for which there is room \(core\.spareNames\), got 257/,
  );
  expect((await ask(gateway, "GET", "/v1/traders/N0")).status).toBe(404);
  writeFileSync(gateway.configFile, file);
});

test("a reload says that a new client needs a restart", async () => {
  const file = readFileSync(gateway.configFile, "utf8");
  const from = gateway.log.length;
  await reload(`${file}\n[risk.clients.NEXT]\naccounts = ["F1"]\nmaxOpenOrders = 5\n`);
  await gateway.said(/risk\.clients\.NEXT.* needs a restart: the rows of clients are laid out at the start/, from);
  expect(await refusal(party("TIM"))).toBe("");
});
