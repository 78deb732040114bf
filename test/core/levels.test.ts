// Limits of clients and of the firm: what counts for them, what a refusal says, what is given back, and what a restart knows.

import { describe, expect, test } from "bun:test";
import { ACCOUNT_NAMES, ACCOUNTS, FIRM, NAME_CAPACITY } from "../../src/core/assembly/layout.ts";
import type { CoreConfig } from "../../src/core/config.ts";
import { loadState, saveState } from "../../src/core/kept-state.ts";
import { PositionTable } from "../../src/core/position-table.ts";
import { ACCOUNT_SETTINGS, FIRM_SETTINGS } from "../../src/core/risk/settings.ts";
import { StateReader } from "../../src/core/state-reader.ts";
import * as code from "../../src/record/codes.ts";
import {
  CONTROL_APPLIED,
  CONTROL_POSITIONS,
  CONTROL_TABLE_FULL,
  CONTROL_UNKNOWN_NAME,
} from "../../src/record/control-codes.ts";
import { positionsText } from "../../src/record/start-positions.ts";
import { units } from "../numbers.ts";
import { CONFIG, CoreDriver, ONE, only, type RequestTerms } from "./driver.ts";
import { Kept } from "./kept.ts";

const E4 = 10_000n;
const DAY_US = 86_400_000_000;
const SELL = { side: code.SIDE_SELL };
/** Session 1 trades all of these. */
const accounts = ["ACC1", "ACC2", "ACC3"].map((name) => ({ ...CONFIG.accounts[0]!, name }));
const sessions = [{ id: 1, accounts: ["ACC1", "ACC2", "ACC3"] }];

function limited(limits: Partial<CoreConfig>): CoreDriver {
  return new CoreDriver({ ...CONFIG, accounts, sessions, ...limits });
}

const ofClient = (limits: object): Partial<CoreConfig> => ({
  clients: [{ name: "FUND", accounts: ["ACC1", "ACC2"], ...limits }],
});

let nextId = 0;
/** Sends an order (100 AAPL at 100 unless said). Returns its refusal's text, or "". */
function order(driver: CoreDriver, account: string, terms: RequestTerms = {}): string {
  return String(only(driver.order({ id: `O${nextId++}`, account, ...terms })).text ?? "");
}

function fill(driver: CoreDriver, number: number, qty: number, px: number, execId = `E${nextId++}`): void {
  driver.say({ number, slot: number - 1, lastQty: qty, lastPx: px * ONE, execId, execType: code.EXEC_TRADE });
}

function settingOf(kinds: readonly { readonly name: string }[], name: string): number {
  return kinds.findIndex((kind) => kind.name === name);
}

const GROSS = { maxGrossExposureE4: 25_000n * E4 };
const ABOVE_CLIENT = "RISK-019 MAX_GROSS_EXPOSURE limit=25000 value=25100 level=CLIENT:FUND";

describe("a client", () => {
  test("has the sums of its accounts: one that is above its limit is refused with the client's name, other accounts are not", () => {
    const driver = limited(ofClient(GROSS));
    expect(order(driver, "ACC1")).toBe("");
    expect(order(driver, "ACC2", SELL)).toBe("");
    fill(driver, 1, 100, 100);
    expect(order(driver, "ACC2", { qty: 51 })).toBe(ABOVE_CLIENT);
    expect(order(driver, "ACC1", { qty: 51 })).toBe(ABOVE_CLIENT);
    expect(order(driver, "ACC3", { qty: 500 })).toBe("");
    expect(order(driver, "ACC1", { qty: 50 })).toBe("");
  });

  test("gets no room from the bust of an execution of an earlier day, nor from that of another of its accounts", () => {
    for (const limits of [
      { maxGrossExposureE4: 20_000n * E4 },
      { maxDailyNotionalE4: 20_000n * E4 },
      { creditLimitE4: 20_000n * E4 },
      { maxDailyVolumeE8: units(200) },
    ]) {
      for (const level of [ofClient(limits), { firm: limits }]) {
        const driver = limited(level);
        order(driver, "ACC1");
        fill(driver, 1, 100, 100, "BEFORE");
        driver.timeUs += DAY_US;
        expect(order(driver, "ACC2")).toBe("");
        fill(driver, 2, 100, 100);
        const bust = {
          execId: "BUST",
          execRefId: "BEFORE",
          lastQty: 100,
          lastPx: 100 * ONE,
          status: "4",
          leavesQty: 0,
        };
        driver.say({ execType: code.EXEC_TRADE_CANCEL, number: 1, slot: 0, ...bust });
        const kept = new CoreDriver({ ...CONFIG, accounts, sessions, ...level });
        const snapshot = new Kept();
        saveState(driver.core, snapshot);
        loadState(kept.core, snapshot);
        kept.timeUs = driver.timeUs;
        for (const one of [driver, kept]) {
          expect(order(one, "ACC2", { qty: 101 })).toContain("RISK-");
          expect(order(one, "ACC2")).toBe("");
        }
      }
    }
  });

  test("gets back what a cancel and a bust release, and begins anew with the trading day", () => {
    const driver = limited(ofClient({ maxDailyVolumeE8: units(150) }));
    order(driver, "ACC1");
    expect(order(driver, "ACC2")).toContain("RISK-141 MAX_DAILY_VOLUME limit=150 value=200 level=CLIENT:FUND");
    driver.say({ execType: code.EXEC_CANCELED, number: 1, slot: 0 });
    expect(order(driver, "ACC2")).toBe("");
    fill(driver, 3, 100, 100, "BUSTED");
    expect(order(driver, "ACC1")).toContain("MAX_DAILY_VOLUME");
    const bust = { execId: "BUST", execRefId: "BUSTED", lastQty: 100, lastPx: 100 * ONE, status: "4", leavesQty: 0 };
    driver.say({ execType: code.EXEC_TRADE_CANCEL, number: 3, slot: 2, ...bust });
    expect(order(driver, "ACC1")).toBe("");
    fill(driver, 5, 100, 100);
    expect(order(driver, "ACC2")).toContain("MAX_DAILY_VOLUME");
    driver.timeUs += DAY_US;
    expect(order(driver, "ACC2")).toBe("");
  });

  test("holds both terms of a replace until the venue answers", () => {
    const driver = limited(ofClient(GROSS));
    order(driver, "ACC1", { id: "A" });
    expect(only(driver.replace({ id: "R1", orig: "A", account: "ACC1", qty: 251 })).reason).toBe(19);
    expect(only(driver.replace({ id: "R2", orig: "A", account: "ACC1", qty: 140 })).out).toBe("request");
    expect(order(driver, "ACC2", { qty: 11 })).toBe(ABOVE_CLIENT);
    driver.say({ kind: code.REPORT_CANCEL_REJECT, number: 2, slot: 0, cxlRejReason: 0 });
    expect(order(driver, "ACC2", { qty: 150 })).toBe("");
  });

  test("has open orders and positions in common, and a start of day moves its position", () => {
    const driver = limited(ofClient({ maxOpenOrders: 2, maxPositionE8: units(300) }));
    const text = positionsText([{ account: "ACC1", symbol: "AAPL", quantity: units(120) }])!;
    driver.command(CONTROL_POSITIONS, 1, 0, "alice", text);
    expect(order(driver, "ACC2", { qty: 181 })).toContain(
      "RISK-022 MAX_POSITION limit=300 value=301 level=CLIENT:FUND",
    );
    expect(order(driver, "ACC2", { qty: 180 })).toBe("");
    expect(order(driver, "ACC1", SELL)).toBe("");
    expect(order(driver, "ACC1", SELL)).toContain("RISK-018 MAX_OPEN_ORDERS limit=2 value=3 level=CLIENT:FUND");
    expect(order(driver, "ACC3", { qty: 301 })).toBe("");
  });

  test("has its positions in the table of the accounts', which has room for both: a start of day without it is refused whole", () => {
    const driver = limited({ ...ofClient(GROSS), maxPositions: 2 });
    const start = (account: string, symbol: string): number =>
      driver.command(CONTROL_POSITIONS, 1, 0, "alice", positionsText([{ account, symbol, quantity: units(1) }])!);
    expect(start("ACC1", "AAPL")).toBe(CONTROL_APPLIED);
    expect(start("ACC2", "AAPL")).toBe(CONTROL_APPLIED);
    expect(start("ACC2", "MSFT")).toBe(CONTROL_TABLE_FULL);
    expect(start("ACC3", "AAPL")).toBe(CONTROL_APPLIED);
    expect(start("ACC3", "MSFT")).toBe(CONTROL_TABLE_FULL);
  });

  test("takes no place of its accounts' positions: as many are held as without clients", () => {
    const driver = limited({ ...ofClient(GROSS), maxPositions: 2 });
    const start = (account: string, symbol: string): number =>
      driver.command(CONTROL_POSITIONS, 1, 0, "alice", positionsText([{ account, symbol, quantity: units(1) }])!);
    expect(start("ACC1", "AAPL")).toBe(CONTROL_APPLIED);
    expect(start("ACC1", "MSFT")).toBe(CONTROL_APPLIED);
    expect(start("ACC3", "AAPL")).toBe(CONTROL_TABLE_FULL);
  });

  test("has no position of its own to set, and is no account of an order", () => {
    const driver = limited(ofClient(GROSS));
    const text = positionsText([{ account: "CLIENT=FUND", symbol: "AAPL", quantity: 1n }])!;
    expect(driver.command(CONTROL_POSITIONS, 1, 0, "alice", text)).toBe(CONTROL_UNKNOWN_NAME);
    expect(order(driver, "CLIENT=FUND")).toContain("UNKNOWN_ACCOUNT");
  });
});

describe("the firm", () => {
  test("has the sums of all accounts, and its refusals have no number: they would be other clients'", () => {
    const driver = limited({ firm: GROSS });
    order(driver, "ACC1");
    order(driver, "ACC3", SELL);
    expect(order(driver, "ACC2", { qty: 51 })).toBe("RISK-019 MAX_GROSS_EXPOSURE level=FIRM");
    expect(order(driver, "ACC2", { qty: 50 })).toBe("");
  });

  test("is checked behind account and client, whose numbers are said where they are passed, too", () => {
    const own = accounts.map((account) => (account.name === "ACC1" ? { ...account, ...GROSS } : account));
    const driver = limited({ ...ofClient(GROSS), firm: GROSS, accounts: own });
    expect(order(driver, "ACC1", { qty: 251 })).toEndWith("level=ACCOUNT:ACC1");
    expect(order(driver, "ACC2", { qty: 251 })).toBe(ABOVE_CLIENT);
    expect(order(driver, "ACC3", { qty: 251 })).toEndWith("MAX_GROSS_EXPOSURE level=FIRM");
  });

  test("is limited by an operator from the next order on", () => {
    const driver = limited(ofClient({}));
    order(driver, "ACC1");
    const firm = { subject: FIRM, name: "", setting: settingOf(FIRM_SETTINGS, "maxNetExposure"), value: 15_000n * E4 };
    driver.change([firm]);
    expect(order(driver, "ACC2")).toBe("RISK-140 MAX_NET_EXPOSURE level=FIRM");
    const gross = settingOf(ACCOUNT_SETTINGS, "maxGrossExposure");
    driver.change([
      { ...firm, value: null },
      { subject: ACCOUNTS, name: "CLIENT=FUND", setting: gross, value: 15_000n * E4 },
    ]);
    expect(order(driver, "ACC2")).toContain("level=CLIENT:FUND");
    expect(order(driver, "ACC3")).toBe("");
  });
});

describe("a restart", () => {
  /** Opens, fills and busts on two days, in all accounts. */
  function busy(config: Partial<CoreConfig>): CoreDriver {
    const driver = limited(config);
    order(driver, "ACC1");
    order(driver, "ACC3", SELL);
    fill(driver, 1, 40, 101);
    driver.timeUs += DAY_US;
    order(driver, "ACC2", { qty: 70 });
    fill(driver, 2, 30, 99);
    fill(driver, 3, 20, 100);
    return driver;
  }

  const rowsOf = ({ core }: CoreDriver): unknown[] => {
    const reader = new StateReader(core.area.buffer, core.area.at);
    return ["CLIENT=FUND", "FIRM="].map((name) => {
      const row = reader.account(name)!;
      return [
        row.openOrders,
        row.openNotional(code.SIDE_BUY),
        row.openQty(code.SIDE_SELL),
        row.day,
        row.position,
      ].concat([
        row.executedSize(code.SIDE_BUY),
        row.executedNotional(code.SIDE_SELL),
        row.executedQty(code.SIDE_BUY),
      ] as never);
    });
  };

  test("by replay and by snapshot has the same sums of clients and of the firm", () => {
    const driver = busy(ofClient(GROSS));
    const replayed = new CoreDriver(driver.config, false);
    replayed.replay(driver.journal, [0, 0, 0], [0, 0]);
    expect(rowsOf(replayed)).toEqual(rowsOf(driver));
    const kept = new Kept();
    saveState(driver.core, kept);
    const loaded = new CoreDriver(driver.config, false);
    loadState(loaded.core, kept);
    expect(rowsOf(loaded)).toEqual(rowsOf(driver));
    expect(loaded.core.digest()).toBe(driver.core.digest());
  });

  test("reads a snapshot of a version without clients, and counts what their accounts had", () => {
    const driver = busy({});
    const kept = new Kept();
    saveState(driver.core, kept);
    const loaded = new CoreDriver({ ...driver.config, ...ofClient(GROSS) }, false);
    loadState(loaded.core, kept);
    expect(rowsOf(loaded)).toEqual(rowsOf(busy(ofClient(GROSS))));
    const table = new PositionTable(loaded.core.area);
    const client = loaded.core.config.accounts.length;
    const found = Array.from({ length: table.count }, (_, row) => {
      const { account, position, openBuy } = table.aim(row);
      return account === client ? [position, openBuy] : [];
    });
    expect(found.flat()).toEqual([units(60), units(110)]);
  });

  test("keeps what an operator has set of a client that is no longer configured", () => {
    const driver = limited(ofClient({}));
    const gross = settingOf(ACCOUNT_SETTINGS, "maxGrossExposure");
    driver.change([{ subject: ACCOUNTS, name: "CLIENT=FUND", setting: gross, value: 0n }]);
    const kept = new Kept();
    saveState(driver.core, kept);
    const without = new CoreDriver({ ...driver.config, clients: [] }, false);
    loadState(without.core, kept);
    expect(without.core.area.word(ACCOUNT_NAMES + NAME_CAPACITY)).toBeGreaterThan(accounts.length);
    const again = new Kept();
    saveState(without.core, again);
    const back = new CoreDriver(driver.config);
    loadState(back.core, again);
    expect(order(back, "ACC1")).toContain("level=CLIENT:FUND");
    expect(order(back, "ACC3")).toBe("");
  });
});
