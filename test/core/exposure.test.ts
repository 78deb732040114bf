// Limits of exposure and positions: what is counted, what refuses, what is given back, and what a restart knows.

import { describe, expect, test } from "bun:test";
import { NO_PRICE } from "../../src/base/units.ts";
import {
  ACCOUNTS,
  ATTENTION_COUNT,
  OUTCOME,
  POSITION_BYTES,
  POSITION_COUNT,
  POSITIONS_AT,
} from "../../src/core/assembly/layout.ts";
import type { AccountLimits } from "../../src/core/config.ts";
import { loadState, saveState } from "../../src/core/kept-state.ts";
import { NOT_HELD } from "../../src/core/outcomes.ts";
import { PositionTable } from "../../src/core/position-table.ts";
import { PositionUses } from "../../src/core/position-uses.ts";
import { ACCOUNT_SETTINGS } from "../../src/core/risk/settings.ts";
import { StateReader } from "../../src/core/state-reader.ts";
import * as code from "../../src/record/codes.ts";
import { CONTROL_POSITIONS, CONTROL_TABLE_FULL, CONTROL_UNKNOWN_NAME } from "../../src/record/control-codes.ts";
import { positionsText } from "../../src/record/start-positions.ts";
import { units } from "../numbers.ts";
import { CONFIG, CoreDriver, ONE, only, type RequestTerms } from "./driver.ts";
import { Kept } from "./kept.ts";

const DAY_US = 86_400_000_000;
const E4 = 10_000n;
const SELL = { side: code.SIDE_SELL };

function limited(limits: Partial<AccountLimits>): CoreDriver {
  const accounts = CONFIG.accounts.map((account) => (account.name === "ACC1" ? { ...account, ...limits } : account));
  return new CoreDriver({ ...CONFIG, accounts });
}

let nextId = 0;
/** Sends an order (100 AAPL at 100 unless said). Returns its refusal's text, or "". */
function order(driver: CoreDriver, terms: RequestTerms = {}): string {
  return String(only(driver.order({ id: `O${nextId++}`, ...terms })).text ?? "");
}

/** Fills order `number` of the driver, in slot `number` − 1. */
function fill(driver: CoreDriver, number: number, qty: number, px: number, execId = `E${nextId++}`): void {
  const terms = { number, slot: number - 1, lastQty: qty, lastPx: px * ONE, execId };
  driver.say({ ...terms, execType: code.EXEC_TRADE });
}

const cancel = (driver: CoreDriver, number: number) =>
  driver.say({ execType: code.EXEC_CANCELED, number, slot: number - 1 });

describe("gross exposure", () => {
  test("is what is executed today and open of both sides; an order up to the limit passes, one above it is refused", () => {
    const driver = limited({ maxGrossExposureE4: 40_000n * E4 });
    expect(order(driver)).toBe("");
    expect(order(driver, SELL)).toBe("");
    fill(driver, 1, 100, 100);
    expect(order(driver, { qty: 201 })).toStartWith("RISK-019 MAX_GROSS_EXPOSURE limit=40000 ");
    expect(order(driver, { qty: 200 })).toBe("");
    expect(order(driver, { qty: 1 })).toContain("MAX_GROSS_EXPOSURE");
  });

  test("is given back by a cancel and by a bust, and begins anew with the trading day", () => {
    const driver = limited({ maxGrossExposureE4: 10_000n * E4 });
    order(driver);
    expect(order(driver)).toContain("MAX_GROSS_EXPOSURE");
    cancel(driver, 1);
    expect(order(driver)).toBe("");
    fill(driver, 3, 100, 100, "BUSTED");
    expect(order(driver)).toContain("MAX_GROSS_EXPOSURE");
    driver.say({
      execType: code.EXEC_TRADE_CANCEL,
      number: 3,
      slot: 2,
      execId: "BUST",
      execRefId: "BUSTED",
      lastQty: 100,
      lastPx: 100 * ONE,
      status: "4",
      leavesQty: 0,
    });
    expect(order(driver)).toBe("");
    driver.timeUs += DAY_US;
    fill(driver, 5, 50, 100);
    expect(order(driver, { qty: 1 })).toContain("MAX_GROSS_EXPOSURE");
    driver.timeUs += DAY_US;
    expect(order(driver, { qty: 50 })).toBe("");
    expect(order(driver, { qty: 1 })).toContain("MAX_GROSS_EXPOSURE");
  });

  test("a replace counts by what it asks for beyond what is held; both are held while it is pending", () => {
    const driver = limited({ maxGrossExposureE4: 15_000n * E4 });
    order(driver, { id: "A" });
    const replace = (id: string, qty: number) => only(driver.replace({ id, orig: "A", qty }));
    expect(replace("R1", 151).reason).toBe(19);
    expect(replace("R2", 150).out).toBe("request");
    expect(order(driver, { qty: 1 })).toContain("MAX_GROSS_EXPOSURE");
    driver.say({ kind: code.REPORT_CANCEL_REJECT, number: 2, slot: 0, cxlRejReason: 0 });
    expect(order(driver, { qty: 50 })).toBe("");
    driver.change([{ subject: ACCOUNTS, name: "ACC1", setting: settingOf("maxGrossExposure"), value: 0n }]);
    expect(only(driver.replace({ id: "R3", orig: "A", qty: 90 })).out).toBe("request");
  });

  test("of a pending replace stays held when the old terms fill, until the venue answers", () => {
    const driver = limited({ maxGrossExposureE4: 40_000n * E4 });
    order(driver, { id: "A" });
    expect(only(driver.replace({ id: "R", orig: "A", qty: 300 })).out).toBe("request");
    const filled = { ...{ execType: code.EXEC_TRADE, lastQty: 100, lastPx: 100 * ONE }, status: "2", leavesQty: 0 };
    driver.say({ ...filled, number: 1, slot: 0, cumQty: 100, execId: "FILLED" });
    // Executed 100, and the replace asks for 200 more.
    expect(order(driver, { qty: 101 })).toContain("MAX_GROSS_EXPOSURE");
    expect(order(driver, { qty: 100 })).toBe("");
    expect(order(driver, { qty: 1 })).toContain("MAX_GROSS_EXPOSURE");
    driver.say({ kind: code.REPORT_CANCEL_REJECT, number: 2, slot: 0, cxlRejReason: 0, status: "2" });
    expect(order(driver, { qty: 201 })).toContain("MAX_GROSS_EXPOSURE");
    expect(order(driver, { qty: 200 })).toBe("");
  });

  test("of prices below 0 counts their size, so that buys at them add to it", () => {
    const symbols = CONFIG.symbols.map((symbol) =>
      symbol.name === "AAPL" ? { ...symbol, prices: "any" as const, referencePriceE8: -100n * units(1) } : symbol,
    );
    const accounts = CONFIG.accounts.map((account) => ({ ...account, maxGrossExposureE4: 15_000n * E4 }));
    const driver = new CoreDriver({ ...CONFIG, symbols, accounts });
    expect(order(driver, { px: -100 * ONE })).toBe("");
    fill(driver, 1, 100, -100);
    expect(order(driver, { px: -100 * ONE })).toContain("MAX_GROSS_EXPOSURE");
    expect(order(driver, { px: -100 * ONE, qty: 50 })).toBe("");
  });
});

const settingOf = (name: string): number => ACCOUNT_SETTINGS.findIndex((kind) => kind.name === name);

test("net exposure is the worst case of each side alone", () => {
  const driver = limited({ maxNetExposureE4: 10_000n * E4 });
  expect([order(driver), order(driver, SELL)]).toEqual(["", ""]);
  expect(order(driver, { qty: 1 })).toStartWith("RISK-140 MAX_NET_EXPOSURE limit=10000 ");
  expect(order(driver, { ...SELL, qty: 1 })).toContain("MAX_NET_EXPOSURE");
  fill(driver, 1, 100, 100);
  // Bought 100: so much more may be sold, and nothing bought.
  expect(order(driver, { qty: 1 })).toContain("MAX_NET_EXPOSURE");
  expect(order(driver, SELL)).toBe("");
  expect(order(driver, { ...SELL, qty: 1 })).toContain("MAX_NET_EXPOSURE");
});

test("daily notional and volume count what is executed and open, each by its own limit", () => {
  const notional = limited({ maxDailyNotionalE4: 10_000n * E4 });
  expect([order(notional), order(notional, { qty: 1 })]).toEqual([
    "",
    expect.stringContaining("RISK-021 MAX_DAILY_NOTIONAL limit=10000 "),
  ]);
  const volume = limited({ maxDailyVolumeE8: units(150) });
  expect(order(volume)).toBe("");
  fill(volume, 1, 60, 100);
  expect(order(volume, { ...SELL, qty: 51 })).toStartWith("RISK-141 MAX_DAILY_VOLUME limit=150 ");
  expect(order(volume, { ...SELL, qty: 50 })).toBe("");
  cancel(volume, 1);
  expect(order(volume, { qty: 40 })).toBe("");
  expect(order(volume, { qty: 1 })).toContain("MAX_DAILY_VOLUME");
});

test("a credit limit counts as the gross exposure, and changes while orders flow", () => {
  const driver = limited({ creditLimitE4: 20_000n * E4 });
  expect([order(driver), order(driver, SELL)]).toEqual(["", ""]);
  expect(order(driver, { qty: 1 })).toBe("RISK-024 CREDIT_LIMIT limit=20000 value=20100 level=ACCOUNT:ACC1");
  fill(driver, 1, 60, 100);
  expect(order(driver, { qty: 1 })).toContain("CREDIT_LIMIT");
  cancel(driver, 2);
  expect(order(driver)).toBe("");
  driver.change([{ subject: ACCOUNTS, name: "ACC1", setting: settingOf("creditLimit"), value: NO_PRICE }]);
  expect(order(driver)).toBe("");
});

test("a bust of an execution of an earlier day gives no room today", () => {
  const day = { execType: code.EXEC_TRADE_CANCEL, number: 1, slot: 0, execId: "BUST", execRefId: "BEFORE" };
  const bust = { ...day, lastQty: 100, lastPx: 100 * ONE, status: "4", leavesQty: 0 };
  const busted = (limits: Partial<AccountLimits>): CoreDriver => {
    const driver = limited(limits);
    order(driver);
    fill(driver, 1, 100, 100, "BEFORE");
    driver.timeUs += DAY_US;
    driver.say(bust);
    return driver;
  };
  for (const limits of [
    { maxGrossExposureE4: 10_000n * E4 },
    { maxDailyNotionalE4: 10_000n * E4 },
    { creditLimitE4: 10_000n * E4 },
    { maxDailyVolumeE8: units(100) },
  ]) {
    const driver = busted(limits);
    expect(order(driver, { qty: 101 })).toContain("RISK-");
    expect(order(driver, SELL)).toBe("");
    expect(order(driver, { qty: 1 })).toContain("RISK-");
    const row = driver.core.tables.account.aim(0);
    expect([row.grossExposure(0), row.dailyVolume(0)]).toEqual([10_000n * E4, units(100)]);
  }
  const net = busted({ maxNetExposureE4: 10_000n * E4 });
  expect(order(net, { qty: 101 })).toContain("MAX_NET_EXPOSURE");
  expect(order(net)).toBe("");
  expect(order(net, { ...SELL, qty: 101 })).toContain("MAX_NET_EXPOSURE");
  expect(order(net, SELL)).toBe("");
});

test("limits are set, lifted and reset while orders flow", () => {
  const driver = limited({ maxGrossExposureE4: 10_000n * E4 });
  const set = (value: bigint | null) =>
    driver.change([{ subject: ACCOUNTS, name: "ACC1", setting: settingOf("maxGrossExposure"), value }]);
  expect(order(driver)).toBe("");
  set(NO_PRICE);
  expect(order(driver)).toBe("");
  set(20_001n * E4);
  expect(order(driver)).toContain("MAX_GROSS_EXPOSURE");
  set(null);
  expect(order(driver, { qty: 1 })).toContain("MAX_GROSS_EXPOSURE");
});

describe("positions", () => {
  const start = (driver: CoreDriver, account: string, symbol: string, quantity: number): number => {
    const text = positionsText([{ account, symbol, quantity: units(quantity) }])!;
    return driver.command(CONTROL_POSITIONS, 1, 0, "alice", text);
  };
  const positionOf = (driver: CoreDriver): bigint => new PositionTable(driver.core.area).aim(0).position;

  test("count in the worst case for each side, of each symbol alone", () => {
    const driver = limited({ maxPositionE8: units(100) });
    expect(order(driver, { qty: 101 })).toStartWith("RISK-022 MAX_POSITION limit=100 ");
    expect(order(driver)).toBe("");
    expect(order(driver, { qty: 1 })).toContain("MAX_POSITION");
    expect(order(driver, { symbol: "MSFT", px: 200 * ONE })).toBe("");
    fill(driver, 2, 100, 100);
    expect(order(driver, { ...SELL, qty: 200 })).toBe("");
    expect(order(driver, { ...SELL, qty: 1 })).toContain("MAX_POSITION");
  });

  test("are held by a replace as far as it asks for more", () => {
    const driver = limited({ maxPositionE8: units(100) });
    order(driver, { id: "A", qty: 80 });
    const replace = (id: string, qty: number) => only(driver.replace({ id, orig: "A", qty }));
    expect(replace("R1", 101).reason).toBe(22);
    expect(replace("R2", 100).out).toBe("request");
    expect(order(driver, { qty: 1 })).toContain("MAX_POSITION");
  });

  test("begin with what is given for the start of the day; what was executed since counts besides", () => {
    const driver = limited({ maxPositionE8: units(100) });
    expect(order(driver, { qty: 30 })).toBe("");
    fill(driver, 1, 30, 100);
    start(driver, "ACC1", "AAPL", -50);
    expect(positionOf(driver)).toBe(units(-20));
    expect(order(driver, { qty: 121 })).toContain("MAX_POSITION");
    expect(order(driver, { ...SELL, qty: 81 })).toContain("MAX_POSITION");
    expect(order(driver, { qty: 120 })).toBe("");
    expect(order(driver, { ...SELL, qty: 80 })).toBe("");
    driver.timeUs += DAY_US;
    start(driver, "ACC1", "AAPL", 7);
    expect(positionOf(driver)).toBe(units(7));
  });

  test("of what is not known are refused", () => {
    const driver = limited({});
    expect(start(driver, "NOBODY", "AAPL", 1)).toBe(CONTROL_UNKNOWN_NAME);
    expect(start(driver, "ACC1", "NOPE", 1)).toBe(CONTROL_UNKNOWN_NAME);
    expect(driver.core.area.word(POSITION_COUNT)).toBe(0);
  });

  test("that are too many are refused, the order and the command alike; those that are there go on", () => {
    const driver = new CoreDriver({ ...CONFIG, maxPositions: 1 });
    expect(order(driver)).toBe("");
    expect(order(driver, { symbol: "MSFT", px: 200 * ONE })).toStartWith("CORE-216 POSITIONS_FULL limit=1 value=2 ");
    expect(start(driver, "ACC2", "MSFT", 1)).toBe(CONTROL_TABLE_FULL);
    expect(order(driver)).toBe("");
  });

  describe("of a full table", () => {
    const restarted = (driver: CoreDriver): CoreDriver => {
      const loaded = new CoreDriver(driver.config, false);
      const kept = new Kept();
      saveState(driver.core, kept);
      loadState(loaded.core, kept);
      loaded.tell({ kind: code.REPORT_VENUE_UP, venue: 0 });
      loaded.timeUs = driver.timeUs;
      return loaded;
    };
    const bust = (driver: CoreDriver): unknown =>
      driver.say({
        ...{ execType: code.EXEC_TRADE_CANCEL, number: 1, slot: 0, execId: "BUST", execRefId: "FIRST" },
        ...{ lastQty: 100, lastPx: 100 * ONE, status: "4", leavesQty: 0 },
      });
    /** Bought and sold the same of AAPL: a position of 0, whose orders are done. */
    const flat = (maxPositions: number): CoreDriver => {
      const driver = new CoreDriver({ ...CONFIG, maxPositions });
      order(driver);
      fill(driver, 1, 100, 100, "FIRST");
      order(driver, SELL);
      fill(driver, 2, 100, 100);
      return driver;
    };

    test("stay over restarts while there are orders of them, so that a bust finds its own", () => {
      const driver = restarted(flat(1));
      expect(order(driver, { symbol: "MSFT", px: 200 * ONE })).toContain("POSITIONS_FULL");
      bust(driver);
      expect(positionOf(driver)).toBe(units(-100));
      expect(positionOf(restarted(driver))).toBe(units(-100));
    });

    test("that a report would add is noted at its order; the core goes on and comes up again", () => {
      // As a version before kept it: without the flat position.
      const former = flat(1);
      const table = former.core.area.table(POSITIONS_AT, POSITION_BYTES);
      table.ints[1] = former.config.symbols.findIndex(({ name }) => name === "MSFT");
      table.longs[2] = units(5);
      const driver = restarted(former);
      bust(driver);
      expect(driver.core.area.word(OUTCOME)).toBe(NOT_HELD);
      expect(driver.core.area.word(ATTENTION_COUNT)).toBe(1);
      expect(driver.accounts.position(0)).toBe(-100);
      expect(order(driver)).toContain("POSITIONS_FULL");
      expect(restarted(driver).accounts.position(0)).toBe(-100);
      const again = restarted(former);
      again.replay(driver.journal, [], []);
      expect(again.core.digest()).toBe(driver.core.digest());
    });
  });

  test("are what they were after a restart from the journal and from a snapshot, with the limits of that time", () => {
    const driver = limited({ maxPositionE8: units(500), maxGrossExposureE4: 100_000n * E4 });
    start(driver, "ACC1", "AAPL", -50);
    order(driver, { id: "A" });
    fill(driver, 1, 30, 100);
    driver.timeUs += DAY_US;
    fill(driver, 1, 20, 100);
    driver.replace({ id: "R", orig: "A", qty: 200 });
    const again = new CoreDriver(driver.config, false);
    again.replay(driver.journal, [99, 99, 99], [99, 99]);
    expect(again.core.digest()).toBe(driver.core.digest());
    const loaded = new CoreDriver(driver.config, false);
    const kept = new Kept();
    saveState(driver.core, kept);
    loadState(loaded.core, kept);
    expect(loaded.core.digest()).toBe(driver.core.digest());
    const { buffer, at } = loaded.core.area;
    const position = new StateReader(buffer, at).position(0)!;
    expect([position.start, position.today, position.openBuy]).toEqual([units(-20), units(20), units(50 + 150)]);
    expect(new PositionUses(buffer, at).largestOf(0)).toBe(Number(units(200)));
  });
});

test("market orders hold what they held when the reference price moves, and give back exactly that", () => {
  const driver = new CoreDriver();
  driver.order({ id: "A", type: code.TYPE_MARKET, qty: 100 });
  const held = driver.accounts.openNotional(0, code.SIDE_BUY);
  driver.reference("AAPL", 110 * ONE);
  expect(driver.accounts.openNotional(0, code.SIDE_BUY)).toBe(held);
  driver.say({ execType: code.EXEC_TRADE, number: 1, lastQty: 50, lastPx: 110 * ONE, cumQty: 50, execId: "E1" });
  expect(driver.accounts.openNotional(0, code.SIDE_BUY)).toBe(50 * 115.5 * 10_000);
  driver.say({ execType: code.EXEC_CANCELED, number: 1 });
  expect(driver.accounts.openNotional(0, code.SIDE_BUY)).toBe(0);
});
