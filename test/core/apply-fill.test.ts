import { describe, expect, test } from "bun:test";
import type { PriceSigns } from "../../src/base/price-signs.ts";
import { MOST_E8, NO_PRICE } from "../../src/base/units.ts";
import { FAULT_TAG } from "../../src/core/assembly/layout.ts";
import type { CoreConfig } from "../../src/core/config.ts";
import * as counter from "../../src/core/counters.ts";
import {
  APPLIED,
  AVERAGE_DIFFERS,
  CUM_DIFFERS,
  DUPLICATE_EXECUTION,
  LEAVES_DIFFER,
  NO_QUANTITY,
  NOT_HELD,
  OVERFILLED,
  PRICE_UNUSUAL,
  UNKNOWN_EXECUTION,
  VALUE_UNKNOWN,
} from "../../src/core/outcomes.ts";
import * as code from "../../src/record/codes.ts";
import { CONFIG, CoreDriver, ONE, only, working } from "./driver.ts";

const { SIDE_BUY, SIDE_SELL } = code;

/** AAPL with prices of such signs. */
function spreads(prices: PriceSigns): CoreConfig {
  return { ...CONFIG, symbols: CONFIG.symbols.map((one) => (one.name === "AAPL" ? { ...one, prices } : one)) };
}

describe("fills", () => {
  test("add up, with the average price and what is left", () => {
    const driver = working();
    expect(
      only(
        driver.say({ execType: code.EXEC_TRADE, number: 1, lastQty: 30, lastPx: 100 * ONE, cumQty: 30, execId: "E1" }),
      ),
    ).toMatchObject({
      execType: "F",
      ordStatus: "1",
      lastQty: 30,
      lastPx: 100 * ONE,
      cumQty: 30,
      leavesQty: 70,
      avgPx: 100 * ONE,
      execId: "2",
    });
    expect(driver.accounts.openNotional(0, SIDE_BUY)).toBe(70 * 100 * 10_000);
    const last = only(
      driver.say({ execType: code.EXEC_TRADE, number: 1, lastQty: 70, lastPx: 99 * ONE, cumQty: 100, execId: "E2" }),
    );
    expect(last).toMatchObject({ ordStatus: "2", cumQty: 100, leavesQty: 0, avgPx: 99.3 * ONE });
    expect(driver.accounts.openOrders(0)).toBe(0);
    expect(driver.accounts.openNotional(0, SIDE_BUY)).toBe(0);
    expect(driver.accounts.executedNotional(0, SIDE_BUY)).toBe((30 * 100 + 70 * 99) * 10_000);
    expect(driver.accounts.executedQty(0, SIDE_BUY)).toBe(100);
    expect(driver.accounts.position(0)).toBe(100);
  });

  test("may come before the acknowledgement", () => {
    const driver = new CoreDriver();
    driver.order({ id: "A" });
    expect(
      only(driver.say({ execType: code.EXEC_TRADE, number: 1, lastQty: 100, lastPx: ONE, cumQty: 100, execId: "E" }))
        .ordStatus,
    ).toBe("2");
  });

  test("that come twice count once", () => {
    const driver = working();
    const fill = { execType: code.EXEC_TRADE, number: 1, lastQty: 50, lastPx: 100 * ONE, cumQty: 50, execId: "E1" };
    expect(driver.tell(fill)).toBe(APPLIED);
    expect(driver.tell(fill)).toBe(DUPLICATE_EXECUTION);
    expect(driver.tell({ ...fill, execId: "E2", cumQty: 100 })).toBe(APPLIED);
    expect(driver.tell({ ...fill, execId: "E2", cumQty: 100 })).toBe(DUPLICATE_EXECUTION);
    expect(driver.take().length).toBe(2);
    expect(driver.accounts.executedQty(0, SIDE_BUY)).toBe(100);
    expect(driver.counters[counter.COUNT_DUPLICATE_EXECS]).toBe(2);
  });

  test("of more than is left are booked, and the order needs attention", () => {
    const driver = working();
    const fill = { execType: code.EXEC_TRADE, number: 1, lastQty: 130, lastPx: 100 * ONE, execId: "E1" };
    expect(driver.tell(fill)).toBe(OVERFILLED);
    expect(only(driver.take())).toMatchObject({ ordStatus: "2", cumQty: 130, leavesQty: 0, quantity: 100 });
    expect(driver.tell({ ...fill, lastQty: 5, execId: "E2", status: "2" })).toBe(OVERFILLED);
    expect(only(driver.take())).toMatchObject({ ordStatus: "2", cumQty: 135, leavesQty: 0 });
    expect(driver.accounts.position(0)).toBe(135);
    expect(driver.accounts.openNotional(0, SIDE_BUY)).toBe(0);
    expect(driver.counters[counter.COUNT_ATTENTION]).toBe(1);
  });

  test("of nothing, or of fractions, are passed on; what can be counted is counted", () => {
    const driver = working();
    const fill = { execType: code.EXEC_TRADE, number: 1, lastQty: 0, lastPx: 100 * ONE, execId: "E1", status: "1" };
    expect(driver.tell(fill)).toBe(NO_QUANTITY);
    expect(driver.tell({ ...fill, execId: "E2", unheldTag: 32 })).toBe(NOT_HELD);
    expect(driver.tell({ ...fill, lastQty: -1, execId: "E3" })).toBe(NO_QUANTITY);
    expect(driver.take().map((out) => [out.execType, out.ordStatus, out.cumQty, out.leavesQty])).toEqual([
      ["F", "1", 0, 100],
      ["F", "1", 0, 100],
      ["F", "1", 0, 100],
    ]);
    expect(driver.accounts.position(0)).toBe(0);
    // The totals know more.
    expect(driver.tell({ ...fill, execId: "E4", cumQty: 30, avgPx: 100 * ONE })).toBe(NO_QUANTITY);
    expect(only(driver.take())).toMatchObject({ cumQty: 30, leavesQty: 70 });
    expect([driver.accounts.position(0), driver.accounts.executedNotional(0, SIDE_BUY)]).toEqual([30, 30_000_000]);
  });

  test("without a price count by their quantity; their value is an estimate until the venue says an average", () => {
    const driver = working();
    const fill = { execType: code.EXEC_TRADE, number: 1, lastQty: 10, lastPx: NO_PRICE, execId: "E1" };
    expect(driver.tell(fill)).toBe(VALUE_UNKNOWN);
    expect(only(driver.take())).toMatchObject({ cumQty: 10, leavesQty: 90, lastPx: NO_PRICE });
    expect(driver.accounts.position(0)).toBe(10);
    expect(driver.accounts.executedNotional(0, SIDE_BUY)).toBe(10 * 100 * 10_000);
    expect(driver.tell({ ...fill, execId: "E2", avgPx: 98 * ONE })).toBe(VALUE_UNKNOWN);
    expect(only(driver.take())).toMatchObject({ cumQty: 20, avgPx: 98 * ONE });
    expect(driver.accounts.executedNotional(0, SIDE_BUY)).toBe(20 * 98 * 10_000);
  });

  test("below zero, and of sums beyond what is exact", () => {
    const driver = new CoreDriver(spreads("any"));
    driver.order({ id: "A", qty: 1_000_000 });
    const fill = { execType: code.EXEC_TRADE, number: 1, lastQty: 10, lastPx: -3_763_000_000, execId: "E1" };
    expect(driver.tell(fill)).toBe(APPLIED);
    expect(only(driver.take())).toMatchObject({ cumQty: 10, lastPx: -3_763_000_000, avgPx: -3_763_000_000 });
    expect(driver.accounts.executedNotional(0, SIDE_BUY)).toBe(-3_763_000);
    expect(driver.tell({ ...fill, lastQty: 999_000, lastPx: MOST_E8, execId: "E2" })).toBe(NOT_HELD);
    expect(only(driver.take())).toMatchObject({ cumQty: 999_010, leavesQty: 990 });
    expect(driver.tell({ ...fill, lastQty: MOST_E8, execId: "E3" })).toBe(NOT_HELD);
    expect(only(driver.take())).toMatchObject({ lastQty: 92_000_000_000, cumQty: 999_010 });
    expect(driver.accounts.position(0)).toBe(999_010);
  });

  test("worth more than is held exactly have no AvgPx, until the venue says one", () => {
    const driver = working();
    const fill = { execType: code.EXEC_TRADE, number: 1, lastQty: 10, lastPx: 100 * ONE, execId: "E1" };
    driver.say(fill);
    const whole = { ...fill, lastQty: MOST_E8 - 10n * BigInt(ONE), lastPx: 1_650_000_000n * BigInt(ONE) };
    expect(driver.tell({ ...whole, execId: "E2", cumQty: MOST_E8 })).toBe(NOT_HELD);
    expect(only(driver.take())).toMatchObject({ cumQty: 92_000_000_000, avgPx: 0 });
    expect(driver.counters[counter.COUNT_ATTENTION]).toBe(1);
    // What is held of its account stays.
    expect(driver.accounts.executedNotional(0, SIDE_BUY)).toBe(10 * 100 * 10_000);
    expect(only(driver.status({ id: "A" }))).toMatchObject({ cumQty: 92_000_000_000, avgPx: 0 });
    driver.tell({ ...fill, execType: code.EXEC_STATUS, lastQty: 0, execId: "E3", cumQty: MOST_E8 - 1n });
    expect(only(driver.take())).toMatchObject({ avgPx: 0 });
    driver.tell({ ...fill, execType: code.EXEC_STATUS, lastQty: 0, execId: "E4", cumQty: 20, avgPx: 90 * ONE });
    expect(only(driver.take())).toMatchObject({ cumQty: 20, avgPx: 90 * ONE });
    expect(only(driver.status({ id: "A" }))).toMatchObject({ cumQty: 20, avgPx: 90 * ONE });
    expect(driver.accounts.executedNotional(0, SIDE_BUY)).toBe(20 * 90 * 10_000);
  });

  test("whose bust leaves an average beyond any price have no AvgPx", () => {
    const driver = working();
    driver.say({ execType: code.EXEC_TRADE, number: 1, lastQty: 10, lastPx: 100 * ONE, execId: "E1" });
    const bust = { execType: code.EXEC_TRADE_CANCEL, number: 1, execRefId: "E9", lastPx: ONE };
    // 1e-8 of it is left, for 990.
    expect(only(driver.say({ ...bust, lastQty: 10n * 100_000_000n - 1n, execId: "B1" }))).toMatchObject({ avgPx: 0 });
    expect(only(driver.status({ id: "A" }))).toMatchObject({ avgPx: 0 });
  });

  test("of more quantity than there is have no AvgPx where the venue's CumQty is taken", () => {
    const driver = working();
    const fill = { execType: code.EXEC_TRADE, number: 1, lastQty: 10, lastPx: 100 * ONE, execId: "E1" };
    driver.say(fill);
    expect(driver.tell({ ...fill, lastQty: MOST_E8, execId: "E2", cumQty: 30 })).toBe(NOT_HELD);
    expect(only(driver.take())).toMatchObject({ cumQty: 30, avgPx: 0 });
    // What the venue counts more or less is worth the order's price to its account.
    const executed = (): number => Number(driver.accounts.executedNotional(0, SIDE_BUY)) / 10_000;
    expect([driver.accounts.position(0), executed()]).toEqual([30, 30 * 100]);
    const totals = { ...fill, execType: code.EXEC_STATUS, lastQty: 0 };
    driver.tell({ ...totals, execId: "E3", cumQty: 50 });
    expect([driver.accounts.position(0), executed()]).toEqual([50, 50 * 100]);
    driver.tell({ ...totals, execId: "E4", cumQty: 40 });
    expect([driver.accounts.position(0), executed()]).toEqual([40, 40 * 100]);
  });

  test("with another CumQty than ours: the venue's is taken, told and alarmed, at its average", () => {
    const driver = working();
    const fill = { execType: code.EXEC_TRADE, number: 1, lastQty: 10, lastPx: 100 * ONE, execId: "E1" };
    expect(driver.tell({ ...fill, cumQty: 30, leavesQty: 70, avgPx: 99 * ONE })).toBe(CUM_DIFFERS);
    expect(only(driver.take())).toMatchObject({ cumQty: 30, leavesQty: 70, avgPx: 99 * ONE, lastQty: 10 });
    expect(driver.counters[counter.COUNT_CUM_DIFFERS]).toBe(1);
    expect(driver.counters[counter.COUNT_ATTENTION]).toBe(0);
    expect(driver.accounts.position(0)).toBe(30);
    expect(driver.accounts.executedNotional(0, SIDE_BUY)).toBe(30 * 99 * 10_000);
    expect(driver.accounts.openNotional(0, SIDE_BUY)).toBe(70 * 100 * 10_000);
    expect(driver.tell({ ...fill, execId: "E2", cumQty: 20, leavesQty: 80, avgPx: 100 * ONE })).toBe(CUM_DIFFERS);
    expect(only(driver.take())).toMatchObject({ cumQty: 20, leavesQty: 80, avgPx: 100 * ONE });
    expect([driver.accounts.position(0), driver.accounts.executedNotional(0, SIDE_BUY)]).toEqual([20, 20_000_000]);
  });

  test("with another LeavesQty or AvgPx than ours: the venue's are taken, told and alarmed", () => {
    const driver = working();
    const fill = { execType: code.EXEC_TRADE, number: 1, lastQty: 10, lastPx: 100 * ONE, status: "1" };
    expect(driver.tell({ ...fill, execId: "E1", cumQty: 10, leavesQty: 50 })).toBe(LEAVES_DIFFER);
    expect(only(driver.take())).toMatchObject({ cumQty: 10, leavesQty: 50, ordStatus: "1" });
    expect(driver.accounts.openNotional(0, SIDE_BUY)).toBe(50 * 100 * 10_000);
    expect(only(driver.status({ id: "A" })).leavesQty).toBe(50);
    expect(driver.tell({ ...fill, execId: "E2", cumQty: 20, leavesQty: 80, avgPx: 99.5 * ONE })).toBe(AVERAGE_DIFFERS);
    expect(only(driver.take())).toMatchObject({ cumQty: 20, leavesQty: 80, avgPx: 99.5 * ONE });
    expect(driver.accounts.executedNotional(0, SIDE_BUY)).toBe(20 * 99.5 * 10_000);
  });

  test("with an AvgPx that is rounded, or 0 for none, are as our sums have them", () => {
    const driver = working();
    const fill = { execType: code.EXEC_TRADE, number: 1, lastQty: 1, cumQty: 1 };
    driver.say({ ...fill, lastPx: 100 * ONE, execId: "E1", avgPx: 0 });
    driver.say({ ...fill, lastPx: 100 * ONE, execId: "E2", cumQty: 2, avgPx: 100 * ONE });
    expect(driver.tell({ ...fill, lastPx: 101 * ONE, execId: "E3", cumQty: 3, avgPx: 100.33 * ONE })).toBe(APPLIED);
    expect(driver.take().map((out) => out.avgPx)).toEqual([100.33 * ONE]);
    expect(driver.accounts.executedNotional(0, SIDE_BUY)).toBe(301 * 10_000);
  });

  test("at a price that the symbol does not have are taken as said, and the order needs attention", () => {
    for (const [given, prices, tag] of [
      [{ lastPx: -37 * ONE, execId: "E1" }, "above-zero", 31],
      [{ lastPx: -37 * ONE, execId: "E1" }, "zero-or-above", 31],
      [{ lastPx: 100 * ONE, avgPx: -37 * ONE, execId: "E1" }, "above-zero", 6],
    ] as const) {
      const driver = new CoreDriver(spreads(prices));
      driver.order({ id: "A" });
      expect(driver.tell({ execType: code.EXEC_TRADE, number: 1, lastQty: 10, cumQty: 10, ...given })).toBe(
        PRICE_UNUSUAL,
      );
      expect(driver.core.area.word(FAULT_TAG)).toBe(tag);
      expect(only(driver.take())).toMatchObject({ lastPx: given.lastPx, cumQty: 10, avgPx: -37 * ONE });
      expect(driver.accounts.executedNotional(0, SIDE_BUY)).toBe(-37 * 10 * 10_000);
      expect(driver.counters[counter.COUNT_ATTENTION]).toBe(1);
    }
  });

  test("at 0 have no price where the symbol has no such prices, and that price where it has", () => {
    const fill = { execType: code.EXEC_TRADE, number: 1, lastQty: 10, lastPx: 0, cumQty: 10, execId: "E1" };
    const driver = working();
    expect(driver.tell(fill)).toBe(VALUE_UNKNOWN);
    expect(only(driver.take())).toMatchObject({ lastPx: 0, cumQty: 10, avgPx: 100 * ONE });
    expect(driver.accounts.executedNotional(0, SIDE_BUY)).toBe(10 * 100 * 10_000);
    // The same once more does not differ from what was booked.
    expect(driver.tell(fill)).toBe(DUPLICATE_EXECUTION);
    expect(driver.core.area.word(FAULT_TAG)).toBe(0);
    const spread = new CoreDriver(spreads("zero-or-above"));
    spread.order({ id: "A" });
    expect(spread.tell(fill)).toBe(APPLIED);
    expect(only(spread.take())).toMatchObject({ lastPx: 0, cumQty: 10, avgPx: 0 });
    expect(spread.accounts.executedNotional(0, SIDE_BUY)).toBe(0);
    // An average of 0 is one, too.
    expect(spread.tell({ ...fill, lastPx: 4 * ONE, cumQty: 20, avgPx: 0, execId: "E2" })).toBe(AVERAGE_DIFFERS);
    expect(spread.accounts.executedNotional(0, SIDE_BUY)).toBe(0);
  });

  test("that are busted or corrected at a price that the symbol does not have need attention", () => {
    const fill = { execType: code.EXEC_TRADE, number: 1, lastQty: 40, lastPx: 100 * ONE, cumQty: 40, execId: "E1" };
    const busted = working();
    busted.say(fill);
    const bust = { ...fill, execType: code.EXEC_TRADE_CANCEL, lastPx: -ONE, cumQty: 0, execId: "E2", execRefId: "E1" };
    expect(busted.tell(bust)).toBe(PRICE_UNUSUAL);
    expect([busted.accounts.position(0), busted.accounts.executedNotional(0, SIDE_BUY)]).toEqual([0, 0]);
    const corrected = working();
    corrected.say(fill);
    const correct = { ...fill, execType: code.EXEC_TRADE_CORRECT, lastPx: -ONE, execId: "E2", execRefId: "E1" };
    expect(corrected.tell(correct)).toBe(PRICE_UNUSUAL);
    expect(corrected.accounts.executedNotional(0, SIDE_BUY)).toBe(-40 * 10_000);
    expect(corrected.counters[counter.COUNT_ATTENTION]).toBe(1);
  });

  test("that are busted by more than they were are taken back once, with an alarm", () => {
    const driver = working();
    const fill = { execType: code.EXEC_TRADE, number: 1, lastQty: 40, lastPx: 100 * ONE };
    driver.say({ ...fill, cumQty: 40, execId: "E1" });
    driver.say({ ...fill, cumQty: 80, execId: "E2" });
    const bust = { ...fill, execType: code.EXEC_TRADE_CANCEL, lastQty: 60, execId: "E3", execRefId: "E1" };
    expect(driver.tell(bust)).toBe(CUM_DIFFERS);
    expect(driver.core.area.word(FAULT_TAG)).toBe(32);
    expect(only(driver.take())).toMatchObject({ execType: "H", lastQty: 60, cumQty: 40, leavesQty: 60 });
    expect([driver.accounts.position(0), driver.accounts.executedNotional(0, SIDE_BUY)]).toEqual([40, 40_000_000]);
  });

  test("that crossed the cancel count, and the order stays canceled", () => {
    const driver = working();
    driver.say({ execType: code.EXEC_CANCELED, number: 1 });
    const out = only(
      driver.say({ execType: code.EXEC_TRADE, number: 1, lastQty: 10, lastPx: 100 * ONE, cumQty: 10, execId: "E1" }),
    );
    expect(out).toMatchObject({ execType: "F", ordStatus: "4", cumQty: 10, leavesQty: 0 });
    expect(driver.accounts.executedQty(0, SIDE_BUY)).toBe(10);
    expect(driver.accounts.openOrders(0)).toBe(0);
    expect(driver.accounts.openNotional(0, SIDE_BUY)).toBe(0);
  });

  test("on the sell side shorten the position", () => {
    const driver = new CoreDriver();
    driver.order({ id: "A", side: code.SIDE_SELL_SHORT });
    driver.say({ execType: code.EXEC_TRADE, number: 1, lastQty: 40, lastPx: 100 * ONE, cumQty: 40, execId: "E1" });
    expect(driver.accounts.position(0)).toBe(-40);
    expect(driver.accounts.openNotional(0, SIDE_SELL)).toBe(60 * 100 * 10_000);
    expect(driver.accounts.openNotional(0, SIDE_BUY)).toBe(0);
  });

  test("that are busted are taken back", () => {
    const driver = working();
    driver.say({ execType: code.EXEC_TRADE, number: 1, lastQty: 40, lastPx: 99.5 * ONE, cumQty: 40, execId: "E1" });
    const bust = { execType: code.EXEC_TRADE_CANCEL, number: 1, lastQty: 40, lastPx: 99.5 * ONE, execId: "E2" };
    expect(only(driver.say(bust))).toMatchObject({
      execType: "H",
      ordStatus: "0",
      cumQty: 0,
      leavesQty: 100,
      avgPx: 0,
    });
    expect(driver.tell(bust)).toBe(DUPLICATE_EXECUTION);
    expect(driver.accounts.executedQty(0, SIDE_BUY)).toBe(0);
    expect(driver.accounts.executedNotional(0, SIDE_BUY)).toBe(0);
    expect(driver.accounts.openNotional(0, SIDE_BUY)).toBe(100 * 100 * 10_000);
  });

  test("of a price finer than money are taken back in parts, and the account ends at 0", () => {
    const driver = working();
    const fill = { execType: code.EXEC_TRADE, number: 1, lastQty: 2, lastPx: 1_012_345_000, cumQty: 2, execId: "E1" };
    driver.say(fill);
    expect(driver.accounts.executedNotional(0, SIDE_BUY)).toBe(202_469);
    for (const [execId, cumQty, left] of [
      ["E2", 1, 101_234],
      ["E3", 0, 0],
    ] as const) {
      driver.say({ ...fill, execType: code.EXEC_TRADE_CANCEL, lastQty: 1, cumQty, execId });
      expect(driver.accounts.executedNotional(0, SIDE_BUY)).toBe(left);
    }
  });

  test("that are busted after the end leave the order ended", () => {
    const driver = working();
    driver.say({ execType: code.EXEC_TRADE, number: 1, lastQty: 100, lastPx: 100 * ONE, cumQty: 100, execId: "E1" });
    expect(
      only(driver.say({ execType: code.EXEC_TRADE_CANCEL, number: 1, lastQty: 100, lastPx: 100 * ONE, execId: "E2" })),
    ).toMatchObject({
      ordStatus: "2",
      cumQty: 0,
      leavesQty: 0,
    });
    expect(driver.accounts.position(0)).toBe(0);
    expect(driver.accounts.openOrders(0)).toBe(0);
  });

  test("that are corrected or busted without saying which are passed on where no totals explain them", () => {
    const driver = working();
    const fill = { execType: code.EXEC_TRADE, number: 1, lastQty: 40, lastPx: 100 * ONE };
    driver.say({ ...fill, cumQty: 40, execId: "E1" });
    const change = { execType: code.EXEC_TRADE_CORRECT, number: 1, lastQty: 30, lastPx: 100 * ONE, status: "1" };
    expect(driver.tell({ ...change, execId: "E2" })).toBe(UNKNOWN_EXECUTION);
    expect(driver.tell({ ...change, execType: code.EXEC_TRADE_CANCEL, lastQty: 0, execId: "E3" })).toBe(
      UNKNOWN_EXECUTION,
    );
    expect(driver.take().map((out) => [out.execType, out.ordStatus, out.cumQty])).toEqual([
      ["G", "1", 40],
      ["H", "1", 40],
    ]);
    expect(driver.accounts.executedQty(0, SIDE_BUY)).toBe(40);
    expect(driver.counters[counter.COUNT_ATTENTION]).toBe(1);
    expect(driver.tell({ ...change, execId: "E4", cumQty: 30, avgPx: 101 * ONE })).toBe(APPLIED);
    expect(only(driver.take())).toMatchObject({ cumQty: 30, avgPx: 101 * ONE });
    expect(driver.accounts.executedNotional(0, SIDE_BUY)).toBe(30 * 101 * 10_000);
  });

  test("that are busted or corrected are named as the client knows them", () => {
    const driver = working();
    const fill = { execType: code.EXEC_TRADE, number: 1, lastQty: 40, lastPx: 100 * ONE };
    const first = only(driver.say({ ...fill, cumQty: 40, execId: "E1" }));
    const second = only(driver.say({ ...fill, cumQty: 80, execId: "E2" }));
    const bust = { ...fill, execType: code.EXEC_TRADE_CANCEL, execId: "E3", execRefId: "E2", text: "a mistake" };
    expect(only(driver.say(bust))).toMatchObject({ execRefId: second.execId, text: "a mistake", cumQty: 40 });
    const correction = { ...fill, execType: code.EXEC_TRADE_CORRECT, execId: "E4", execRefId: "E1" };
    expect(only(driver.say(correction))).toMatchObject({ execRefId: first.execId });
    // One that is not known any more keeps the name that the venue gave it.
    expect(only(driver.say({ ...correction, execId: "E5", execRefId: "LONG-AGO" }))).toMatchObject({
      execRefId: "LONG-AGO",
    });
  });
});
