import { expect, spyOn, test } from "bun:test";
import { AccountUses } from "../../src/core/account-uses.ts";
import { ACCOUNT_LOCKS_AT, ACCOUNT_NAMES, NAME_CAPACITY } from "../../src/core/assembly/layout.ts";
import { PositionUses } from "../../src/core/position-uses.ts";
import { limitReadings } from "../../src/gateway/operation/limit-uses.ts";
import * as code from "../../src/record/codes.ts";
import { CONTROL_POSITIONS } from "../../src/record/control-codes.ts";
import { positionsText } from "../../src/record/start-positions.ts";
import { units } from "../numbers.ts";
import { CONFIG, CoreDriver, ONE } from "./driver.ts";

function usesOf({ core }: CoreDriver): AccountUses {
  return new AccountUses(core.area.buffer, core.area.at);
}

test("reads what accounts use of their limits, and only of those that use any", () => {
  const driver = new CoreDriver(CONFIG);
  const uses = usesOf(driver);
  const none = [...uses.read()];
  expect(none.map(({ account, row }) => [account, row.openOrders])).toEqual([["FIRM=", 0]]);
  driver.order({ id: "A", qty: 100 });
  driver.order({ id: "B", qty: 100 });
  driver.order({ id: "C", account: "ACC2", qty: 10 });
  const read = [...uses.read()];
  const [first, second] = ["ACC1", "ACC2"].map((name) => read.find(({ account }) => account === name));
  const firm = read.find(({ account }) => account === "FIRM=");
  expect([read.length, firm!.row.openOrders]).toEqual([3, 3]);
  expect([first!.account, first!.row.openOrders, first!.row.maxOpenOrders]).toEqual(["ACC1", 2, 100_000]);
  expect([first!.row.ordersInSecond, first!.row.ordersPerSecond]).toEqual([2, 1_000_000]);
  expect([second!.account, second!.row.openOrders, second!.row.ordersInSecond]).toEqual(["ACC2", 1, 1]);
});

test("reads clients, client sessions and traders that have a limit which fills up, and no others", () => {
  const clients = [
    { name: "FREE", accounts: ["ACC1"] },
    { name: "HEDGE", accounts: ["ACC2"], maxNetExposureE4: units(1) },
  ];
  const sessions = CONFIG.sessions.map((session, i) => ({ ...session, name: `S${i}`, limits: { maxOrderQtyE8: 1n } }));
  const traders = [
    { name: "T1", enabled: true },
    { ...{ name: "T2", enabled: true }, maxOpenOrders: 5 },
  ];
  const uses = usesOf(new CoreDriver({ ...CONFIG, clients, sessions, traders }));
  expect([...uses.read()].map(({ account }) => account)).toEqual(["CLIENT=HEDGE", "TRADER=T2", "FIRM="]);
});

test("follows changes, and reads a row that is being changed the next time", () => {
  const driver = new CoreDriver(CONFIG);
  const uses = usesOf(driver);
  const openOrders = () =>
    [...uses.read()].filter(({ account }) => account === "ACC1").map(({ row }) => row.openOrders);
  driver.order({ id: "A", qty: 100 });
  driver.order({ id: "B", qty: 100 });
  expect(openOrders()).toEqual([2]);
  driver.say({ execType: code.EXEC_TRADE, number: 1, lastQty: 100, lastPx: 100 * ONE, execId: "E1", orderId: "V1" });
  const locks = driver.core.area.ints(ACCOUNT_LOCKS_AT, 1);
  locks[0]!++;
  expect(openOrders()).toEqual([2]);
  locks[0]!++;
  expect(openOrders()).toEqual([1]);
});

test("reads the firm's row, which every order changes, once the order under way is applied", () => {
  const driver = new CoreDriver(CONFIG);
  const { area } = driver.core;
  const uses = usesOf(driver);
  const openOrders = () => [...uses.read()].find(({ account }) => account === "FIRM=")!.row.openOrders;
  expect(openOrders()).toBe(0);
  driver.order({ id: "A", qty: 100 });
  const firm = area.word(ACCOUNT_NAMES + NAME_CAPACITY);
  const locks = area.ints(ACCOUNT_LOCKS_AT, firm + 1);
  const load = Atomics.load as (from: Int32Array, index: number) => number;
  let looks = 0;
  locks[firm]!++;
  const spy = spyOn(Atomics, "load").mockImplementation(((from: Int32Array, index: number): number => {
    const isLock = from.byteOffset === locks.byteOffset && index === firm;
    if (isLock && ++looks === 20) locks[firm]!++;
    return load(from, index);
  }) as never);
  try {
    expect([openOrders(), looks > 20]).toEqual([1, true]);
    // The core has stopped within an order: the next call reads the row.
    locks[firm]!++;
    looks = 20;
    expect([openOrders(), looks < 10_000]).toEqual([1, true]);
  } finally {
    spy.mockRestore();
  }
});

test("an account with a limit of its positions counts without any order: its position may be given", () => {
  const accounts = CONFIG.accounts.map((one) => (one.name === "ACC2" ? { ...one, maxPositionE8: units(100) } : one));
  const driver = new CoreDriver({ ...CONFIG, accounts });
  const { core } = driver;
  const text = positionsText([{ account: "ACC2", symbol: "AAPL", quantity: units(-150) }])!;
  driver.command(CONTROL_POSITIONS, 1, 0, "alice", text);
  const positions = new PositionUses(core.area.buffer, core.area.at);
  const now = { second: 1_000, day: 1 };
  expect(limitReadings(usesOf(driver).read(), positions, now)).toEqual([
    { level: "account", name: "ACC2", limit: "maxPosition", used: 150, most: 100 },
  ]);
});
