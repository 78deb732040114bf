// OrderMassCancelRequest against the executable.

import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { LOGON, type Message } from "../../src/counterparty/message.ts";
import { until } from "../eventually.ts";
import { Client } from "./client.ts";
import { Gateway, runToEnd } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

const gateway = new Gateway({
  tables: `[symbols.MSFT]
referencePrice = "150"
[risk.accounts.ACC2]
maxOrderQty = 1_000_000
maxOrderNotional = 1_000_000_000
maxOpenOrders = 1_000
ordersPerSecond = 1_000
[risk.clients.DESK]
accounts = ["ACC2"]
[risk.traders.TOM]
[risk.traders.TIM]
[client.sessions.STAFF]
version = "FIX.5.0SP2"
accounts = ["ACC1", "ACC2"]
traders = ["TOM", "TIM"]`,
});
const venue = new Venue(gateway.venuePort);

beforeAll(async () => {
  const config = readFileSync(gateway.configFile, "utf8");
  writeFileSync(
    gateway.configFile,
    config
      .replace("[client.sessions.BOB]\n", '[client.sessions.BOB]\nversion = "FIX.5.0SP2"\n')
      .replace(/(\[client\.sessions\.ALICE\]\n(?:.*\n)*?accounts = )\[.*?\]/, '$1["ACC1", "ACC2"]') +
      '[client.sessions.OLD]\nversion = "FIX.4.2"\naccounts = ["ACC1"]\n',
  );
  venue.listen();
  await gateway.start();
  await venue.waitType(LOGON);
});

afterAll(async () => {
  venue.stop();
  await gateway.remove();
});

const open = (): number[] => venue.orders.filter((order) => order.open).map(({ quantity }) => quantity);

async function orders(client: Client, ...terms: Record<number, string | number>[]): Promise<string[]> {
  const ids = terms.map((change) => client.order(change));
  for (const id of ids) await client.report(id, "0");
  return ids;
}

/** Sends an OrderMassCancelRequest; returns its report. */
function mass(
  client: Client,
  id: string,
  scope: string,
  symbol = "",
  more: readonly (readonly [number, string])[] = [],
): Promise<Message> {
  const given = symbol === "" ? [] : [[55, symbol] as const];
  client.send("q", [[11, id], ...given, ...more, [60, client.now()], [530, scope]]);
  return client.wait(`report of ${id}`, (message) => message.type === "r" && message.get(11) === id);
}

test("all orders of the session, and nobody else's; each has its own report", async () => {
  const alice = new Client("ALICE", gateway.clientPort);
  const bob = new Client("BOB", gateway.clientPort, { version: "FIX.5.0SP2" });
  await alice.logon();
  await venueUp(alice);
  await bob.logon();
  const ids = await orders(alice, { 38: 200 }, { 38: 300, 55: "MSFT" });
  await orders(bob, { 38: 400 });
  const report = await mass(alice, "MC1", "7");
  expect([530, 531, 533, 532].map((tag) => report.get(tag))).toEqual(["7", "7", "2", undefined]);
  expect([report.get(37)?.length, report.get(1369)]).toEqual([expect.any(Number), undefined]);
  for (const id of ids) {
    const end = await alice.report(id, "4");
    expect([end.get(41), end.get(58)]).toEqual([undefined, "CORE-219 MASS_CANCELED"]);
  }
  expect(open()).toEqual([400]);
  expect((await mass(bob, "MC1", "7")).get(1369)).toMatch(/^\d+$/);
  await until("the cancel", () => open().length === 0);
  expect([...alice.faults, ...bob.faults]).toEqual([]);
  await alice.logout();
  await bob.logout();
});

test("one security; what is not served is refused by name", async () => {
  const alice = new Client("ALICE", gateway.clientPort);
  await alice.logon(true);
  await orders(alice, { 38: 200 }, { 38: 300, 55: "MSFT" });
  expect((await mass(alice, "MC2", "1", "MSFT")).get(533)).toBe("1");
  await until("the cancel", () => open().length === 1);
  expect(open()).toEqual([200]);
  const scope = await mass(alice, "MC3", "2");
  expect([531, 532, 58].map((tag) => scope.get(tag))).toEqual(["0", "0", "CORE-220 MASS_CANCEL_SCOPE 530=2"]);
  const unknown = await mass(alice, "MC4", "1", "NOPE");
  expect([531, 532, 58].map((tag) => unknown.get(tag))).toEqual(["0", "1", "RISK-003 UNKNOWN_SYMBOL"]);
  expect(open()).toEqual([200]);
  expect((await mass(alice, "MC5", "7")).get(533)).toBe("1");
  await until("the cancel", () => open().length === 0);
  expect(alice.faults).toEqual([]);
  await alice.logout();
  const { out } = await runToEnd(["journal", "print", gateway.data]);
  expect(out).toContain("== client ALICE 35=q|11=MC2|55=MSFT|530=1| (1 canceled)");
  expect(out).toContain("== client ALICE 35=q|11=MC3|530=2| (refused: CORE-220 MASS_CANCEL_SCOPE)");
});

const party = (id: string, role: number) => [
  [453, "1"] as const,
  [448, id] as const,
  [447, "D"] as const,
  [452, String(role)] as const,
];

test("a field that orders can't be chosen by is refused by its tag, and cancels nothing; words on the security are passed over", async () => {
  const alice = new Client("ALICE", gateway.clientPort);
  await alice.logon(true);
  await orders(alice, { 38: 200 }, { 38: 300, 55: "MSFT" });
  const fields: [scope: string, symbol: string, tag: number, value: string][] = [
    ["7", "MSFT", 55, ""],
    ["7", "", 461, "ESXXXX"],
    ["7", "", 310, "FUT"],
    ["1", "AAPL", 48, "X"],
    ["1", "AAPL", 65, "A"],
    ["1", "AAPL", 167, "OPT"],
    ["1", "AAPL", 200, "203112"],
    ["1", "AAPL", 202, "150"],
    ["1", "AAPL", 207, "N"],
    ["1", "AAPL", 541, "20311231"],
  ];
  for (const [scope, symbol, tag, value] of fields) {
    const report = await mass(alice, `MF${tag}`, scope, symbol, value === "" ? [] : [[tag, value]]);
    expect([531, 532, 58].map((each) => report.get(each))).toEqual(["0", "99", `CORE-143 MASS_FILTER tag=${tag}`]);
  }
  expect(open()).toEqual([200, 300]);
  const words = [[107, "Apple"] as const, [526, "S1"] as const, [58, "all of it"] as const];
  expect((await mass(alice, "MFW", "1", "AAPL", words)).get(533)).toBe("1");
  expect((await mass(alice, "MFA", "7")).get(531)).toBe("7");
  await until("the cancels", () => open().length === 0);
  await alice.logout();
});

test("one side, of all and of one security; one trader or account: their orders alone, in each version", async () => {
  const clients: [Client, string, string][] = [
    [new Client("ALICE", gateway.clientPort), "ACC1", "ACC2"],
    [new Client("STAFF", gateway.clientPort, { version: "FIX.5.0SP2" }), "ACC1", "ACC2"],
  ];
  for (const [client, account, other] of clients) {
    await client.logon(true);
    const isStaff = client.compId === "STAFF";
    let number = 0;
    const enter = async () => {
      for (const [quantity, side, symbol, of, trader] of [
        [201, "1", "AAPL", account, "TOM"],
        [202, "2", "AAPL", account, "TOM"],
        [203, "1", "MSFT", account, "TIM"],
        [204, "2", "MSFT", other, "TIM"],
      ] as const) {
        const id = `${client.compId}-O${++number}`;
        const terms = [
          [11, id],
          [55, symbol],
          [54, side],
          [38, quantity],
          [40, "2"],
          [44, "150"],
          [60, client.now()],
        ];
        client.send("D", [[1, of], ...(isStaff ? party(trader, 36) : []), ...(terms as [number, string][])]);
        await client.report(id, "0");
      }
    };
    const cases: [string, string, (readonly [number, string])[], number[]][] = [
      ["7", "", [[54, "2"]], [202, 204]],
      ["1", "MSFT", [[54, "1"]], [203]],
    ];
    if (isStaff)
      cases.push(
        ["7", "", party(account, 24), [201, 202, 203]],
        ["7", "", party("TOM", 36), [201, 202]],
        ["1", "MSFT", [...party("TIM", 11), [54, "2"]], [204]],
        ["7", "", party("DESK", 3), [204]],
      );
    for (const [i, [scope, symbol, more, canceled]] of cases.entries()) {
      await enter();
      const report = await mass(client, `SIDE${i}`, scope, symbol, more);
      const side = more.find(([tag]) => tag === 54)?.[1];
      const said = [530, 531, 533, 54, 55].map((tag) => report.get(tag));
      expect(said).toEqual([scope, scope, String(canceled.length), side, symbol || undefined]);
      const left = [201, 202, 203, 204].filter((quantity) => !canceled.includes(quantity));
      await until("the cancels", () => open().length === left.length);
      expect([scope, more, open()]).toEqual([scope, more, left]);
      await mass(client, `REST${i}`, "7");
      await until("the rest", () => open().length === 0);
    }
    expect(client.faults).toEqual([]);
    await client.logout();
  }
});

test("what orders can't be chosen by is refused by name, and nothing is canceled", async () => {
  const alice = new Client("ALICE", gateway.clientPort);
  const staff = new Client("STAFF", gateway.clientPort, { version: "FIX.5.0SP2" });
  await alice.logon(true);
  await staff.logon(true);
  await orders(alice, { 38: 205 });
  let count = 0;
  const refused = async (client: Client, scope: string, more: (readonly [number, string])[]) => {
    const report = await mass(client, `NO${count++}`, scope, "", more);
    return [530, 531, 532, 58].map((tag) => report.get(tag));
  };
  for (const scope of "23456")
    expect(await refused(alice, scope, [])).toEqual([scope, "0", "0", `CORE-220 MASS_CANCEL_SCOPE 530=${scope}`]);
  for (const scope of "89ABC")
    expect(await refused(staff, scope, [])).toEqual([scope, "0", "0", `CORE-220 MASS_CANCEL_SCOPE 530=${scope}`]);
  expect(await refused(alice, "7", [[336, "DAY"]])).toEqual(["7", "0", "6", "CORE-143 MASS_FILTER tag=336"]);
  expect(await refused(staff, "7", party("BANK", 1))).toEqual(["7", "0", "99", "CORE-143 MASS_FILTER tag=452"]);
  expect(await refused(staff, "7", party("NOBODY", 36))).toEqual(["7", "0", "99", "CORE-142 UNKNOWN_PARTY tag=448"]);
  expect(open()).toEqual([205]);
  await mass(alice, "REST", "7");
  await until("the rest", () => open().length === 0);
  expect([...alice.faults, ...staff.faults]).toEqual([]);
  await staff.logout();
  await alice.logout();
  const { out } = await runToEnd(["journal", "print", gateway.data]);
  expect(out).toContain("== client STAFF 35=q|11=SIDE3|448=TRADER=TOM|530=7| (2 canceled)");
  expect(out).toContain("== client ALICE 35=q|11=SIDE1|54=1|55=MSFT|530=1| (1 canceled)");
  expect(out).toContain("open orders on side 2 of client ALICE shall be canceled at their venues, from slot 0 on");
  expect(out).toContain("(refused: CORE-143 MASS_FILTER)");
});

test("a version without the message rejects it", async () => {
  const old = new Client("OLD", gateway.clientPort, { version: "FIX.4.2" });
  await old.logon();
  old.send("q", [
    [11, "MC6"],
    [60, old.now()],
    [530, "7"],
  ]);
  const reject = await old.wait("reject", (message) => message.type === "3" || message.type === "j");
  expect(reject.get(58)).toMatch(/MsgType|message type/i);
  await old.logout();
});

test("a kill of the gateway in between leaves nothing half done: many orders", async () => {
  const alice = new Client("ALICE", gateway.clientPort);
  await alice.logon(true);
  for (let i = 0; i < 300; i++) alice.order({ 38: 1_000 + i });
  await until("the orders", () => open().length === 300);
  alice.send("q", [
    [11, "MC7"],
    [60, alice.now()],
    [530, "7"],
  ]);
  await gateway.crash();
  await gateway.start();
  await alice.logon();
  await alice.wait("report of MC7", (message) => message.type === "r" && message.get(11) === "MC7", 30_000);
  await until("all cancels", () => open().length === 0, 30_000);
  expect(await gateway.stop(), gateway.log).toBe(0);
});
