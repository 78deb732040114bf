import { describe, expect, test } from "bun:test";
import { NO_PRICE } from "../../src/base/units.ts";
import * as counter from "../../src/core/counters.ts";
import { APPLIED, CUM_DIFFERS, DUPLICATE_EXECUTION, ILLEGAL_REPORT, UNSUPPORTED } from "../../src/core/outcomes.ts";
import * as code from "../../src/record/codes.ts";
import { CoreDriver, ONE, only, working } from "./driver.ts";

const { SIDE_BUY, SIDE_SELL } = code;

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

  test("of more than is left, of nothing, of fractions, or without a price change nothing", () => {
    const driver = new CoreDriver();
    driver.order({ id: "A", qty: 1_000_000 });
    const fill = {
      execType: code.EXEC_TRADE,
      number: 1,
      lastQty: 1_000_001,
      lastPx: 100 * ONE,
      cumQty: 0,
      execId: "E1",
    };
    const before = driver.core.digest();
    expect(driver.tell(fill)).toBe(ILLEGAL_REPORT);
    expect(driver.tell({ ...fill, lastQty: 0 })).toBe(ILLEGAL_REPORT);
    expect(driver.tell({ ...fill, lastQty: 0.5 })).toBe(ILLEGAL_REPORT);
    expect(driver.tell({ ...fill, lastQty: -1 })).toBe(ILLEGAL_REPORT);
    expect(driver.tell({ ...fill, lastQty: 1, lastPx: NO_PRICE })).toBe(ILLEGAL_REPORT);
    expect(driver.tell({ ...fill, lastQty: 1_000_000, lastPx: Number.MAX_SAFE_INTEGER })).toBe(ILLEGAL_REPORT);
    expect(driver.core.digest()).toBe(before);
    expect(driver.take()).toEqual([]);
    expect(driver.tell({ ...fill, lastQty: 1_000_000, cumQty: 1_000_000 })).toBe(APPLIED);
  });

  test("with another CumQty than ours are counted by LastQty, and the difference is told", () => {
    const driver = working();
    expect(
      driver.tell({ execType: code.EXEC_TRADE, number: 1, lastQty: 10, lastPx: ONE, cumQty: 30, execId: "E1" }),
    ).toBe(CUM_DIFFERS);
    expect(only(driver.take()).cumQty).toBe(10);
    expect(driver.counters[counter.COUNT_CUM_DIFFERS]).toBe(1);
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
    for (const [execId, left] of [
      ["E2", 101_234],
      ["E3", 0],
    ] as const) {
      driver.say({ ...fill, execType: code.EXEC_TRADE_CANCEL, lastQty: 1, execId });
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

  test("that are corrected, or busted without saying which, are passed on and counted", () => {
    const driver = working();
    driver.say({ execType: code.EXEC_TRADE, number: 1, lastQty: 40, lastPx: 100 * ONE, cumQty: 40, execId: "E1" });
    expect(
      driver.tell({ execType: code.EXEC_TRADE_CORRECT, number: 1, lastQty: 30, lastPx: 100 * ONE, execId: "E2" }),
    ).toBe(UNSUPPORTED);
    expect(driver.tell({ execType: code.EXEC_TRADE_CANCEL, number: 1, execId: "E3" })).toBe(UNSUPPORTED);
    expect(driver.take().map((out) => [out.execType, out.ordStatus, out.cumQty])).toEqual([
      ["G", "1", 40],
      ["H", "1", 40],
    ]);
    expect(driver.accounts.executedQty(0, SIDE_BUY)).toBe(40);
    expect(driver.counters[counter.COUNT_UNSUPPORTED]).toBe(2);
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
