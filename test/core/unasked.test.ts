import { describe, expect, test } from "bun:test";
import { NONE } from "../../src/base/units.ts";
import * as counter from "../../src/core/counters.ts";
import { bookDigest } from "../../src/core/digest.ts";
import {
  APPLIED,
  CUM_DIFFERS,
  DUPLICATE_EXECUTION,
  ILLEGAL_REPORT,
  ORPHAN,
  REVIVED,
  UNSUPPORTED,
} from "../../src/core/outcomes.ts";
import * as code from "../../src/record/codes.ts";
import { CoreDriver, ONE, only, working } from "./driver.ts";

const { SIDE_BUY } = code;
const EXEC_RESTATED = "D".charCodeAt(0);

describe("what venues do by themselves", () => {
  test.each([
    [code.EXEC_CANCELED, "4"],
    [code.EXEC_EXPIRED, "C"],
    [code.EXEC_DONE_FOR_DAY, "3"],
  ])("an unsolicited end (%d) is passed on", (execType, ordStatus) => {
    const driver = working();
    expect(only(driver.say({ execType, number: 1 }))).toMatchObject({
      execType: ordStatus,
      ordStatus,
      id: "A",
      orig: "",
      leavesQty: 0,
    });
    expect(driver.accounts.openOrders(0)).toBe(0);
  });

  test("an unsolicited end leaves a pending cancel to be answered", () => {
    const driver = working();
    driver.cancel({ id: "X", orig: "A" });
    expect(only(driver.say({ execType: code.EXEC_EXPIRED, number: 1 }))).toMatchObject({ id: "A", ordStatus: "C" });
    expect(only(driver.say({ kind: code.REPORT_CANCEL_REJECT, number: 2 }))).toMatchObject({ id: "X", ordStatus: "C" });
  });

  test("an order goes by the OrderID that a fill or a pending report says last, and not by that of a former request", () => {
    const driver = working();
    const fill = { execType: code.EXEC_TRADE, lastQty: 1, lastPx: 100 * ONE };
    driver.say({ ...fill, number: 1, execId: "F1", orderId: "V2" });
    expect(only(driver.say({ ...fill, slot: NONE, execId: "F2", orderId: "V2" }))).toMatchObject({
      id: "A",
      cumQty: 2,
    });
    driver.say({ execType: code.EXEC_PENDING_CANCEL, number: 1, status: "6", orderId: "V3" });
    driver.replace({ id: "B", orig: "A", qty: 200 });
    driver.say({ execType: code.EXEC_REPLACED, number: 1, requestNumber: 2, orderId: "V4" });
    driver.say({ ...fill, number: 1, execId: "F3", orderId: "V3" });
    expect(only(driver.cancel({ id: "X", orig: "B" }))).toMatchObject({ orderId: "V4" });
  });

  test("a restatement changes quantity, price and what is held", () => {
    const driver = working();
    expect(only(driver.say({ execType: EXEC_RESTATED, number: 1, quantity: 60, price: 99 * ONE }))).toMatchObject({
      execType: "D",
      ordStatus: "0",
      quantity: 60,
      price: 99 * ONE,
      leavesQty: 60,
    });
    expect(driver.accounts.openNotional(0, SIDE_BUY)).toBe(60 * 99 * 10_000);
  });

  test("pending reports are passed on, under the ids of the request that they are about", () => {
    const driver = working();
    const pending = { execType: code.EXEC_PENDING_CANCEL, number: 1, status: "6" };
    expect(only(driver.say(pending))).toMatchObject({ execType: "6", ordStatus: "6", id: "A", orig: "" });
    driver.cancel({ id: "X", orig: "A" });
    expect(only(driver.say({ ...pending, requestNumber: 2 }))).toMatchObject({
      execType: "6",
      ordStatus: "6",
      id: "X",
      orig: "A",
    });
    const young = new CoreDriver();
    young.order({ id: "A" });
    expect(only(young.say({ execType: code.EXEC_PENDING_NEW, number: 1, orderId: "V" }))).toMatchObject({
      execType: "A",
      ordStatus: "A",
    });
    expect(only(young.cancel({ id: "X", orig: "A" })).orderId).toBe("V");
  });

  test.each([
    ["7", "7"],
    ["9", "9"],
    ["B", "B"],
    ["I", "1"],
    ["J", "1"],
    ["K", "1"],
    ["L", "0"],
  ])("150=%s with 39=%s is passed on as it is, and changes nothing else", (execType, status) => {
    const driver = working();
    const report = { execType: execType.charCodeAt(0), number: 1, status, leavesQty: 100, cumQty: 0, execId: "0" };
    expect(driver.tell(report)).toBe(APPLIED);
    expect(only(driver.take())).toMatchObject({ execType, ordStatus: status, id: "A", leavesQty: 100, quantity: 100 });
    expect(driver.accounts.openNotional(0, SIDE_BUY)).toBe(100 * 100 * 10_000);
    // A status comes again under the same ExecID (17=0).
    expect(driver.say(report).length).toBe(1);
    const shown = ["7", "9", "B"].includes(status) ? status : "0";
    expect(only(driver.status({ id: "A" })).ordStatus).toBe(shown);
    driver.say({
      execType: code.EXEC_TRADE,
      number: 1,
      lastQty: 10,
      lastPx: ONE,
      cumQty: 10,
      execId: "E",
      status: "1",
    });
    expect(only(driver.status({ id: "A" })).ordStatus).toBe("1");
  });

  test("a status that ends the order ends it, and brings what was lost", () => {
    const driver = working();
    const filled = { execType: code.EXEC_STATUS, number: 1, status: "2", leavesQty: 0, cumQty: 100, avgPx: 99 * ONE };
    expect(driver.tell(filled)).toBe(CUM_DIFFERS);
    expect(only(driver.take())).toMatchObject({ execType: "I", ordStatus: "2", cumQty: 100, avgPx: 99 * ONE });
    expect([driver.accounts.position(0), driver.accounts.openOrders(0)]).toEqual([100, 0]);
    expect(driver.accounts.executedNotional(0, SIDE_BUY)).toBe(100 * 99 * 10_000);
  });

  test("done for the day with something left stays open: it can be canceled and filled", () => {
    const driver = working();
    const done = { execType: code.EXEC_DONE_FOR_DAY, number: 1, status: "3", leavesQty: 100, cumQty: 0, execId: "D1" };
    expect(only(driver.say(done))).toMatchObject({ execType: "3", ordStatus: "3", leavesQty: 100 });
    expect(driver.accounts.openOrders(0)).toBe(1);
    expect(only(driver.status({ id: "A" })).ordStatus).toBe("3");
    driver.say({ execType: EXEC_RESTATED, number: 1, status: "0", leavesQty: 100, cumQty: 0, execId: "R1" });
    expect(only(driver.status({ id: "A" })).ordStatus).toBe("0");
    expect(only(driver.cancel({ id: "X", orig: "A" })).out).toBe("request");
  });

  test("a restatement of an order that was done makes it live again", () => {
    const driver = working();
    driver.say({ execType: code.EXEC_DONE_FOR_DAY, number: 1, status: "3", leavesQty: 0, execId: "D1" });
    expect(driver.accounts.openOrders(0)).toBe(0);
    const back = { execType: EXEC_RESTATED, number: 1, status: "0", leavesQty: 100, cumQty: 0, execId: "R1" };
    expect(driver.tell(back)).toBe(APPLIED);
    expect(only(driver.take())).toMatchObject({ execType: "D", ordStatus: "0", leavesQty: 100 });
    expect(driver.accounts.openOrders(0)).toBe(1);
    expect(driver.accounts.openNotional(0, SIDE_BUY)).toBe(100 * 100 * 10_000);
    driver.say({ execType: code.EXEC_EXPIRED, number: 1, status: "C", leavesQty: 0, execId: "X1" });
    expect(driver.tell({ ...back, execId: "R2" })).toBe(REVIVED);
    expect([driver.accounts.openOrders(0), driver.counters[counter.COUNT_ATTENTION]]).toEqual([1, 1]);
  });

  test("kinds that nobody knows are passed on, and the order needs attention", () => {
    const driver = working();
    const odd = { execType: "Z".charCodeAt(0), number: 1, status: "0", leavesQty: 100 };
    expect(driver.tell(odd)).toBe(UNSUPPORTED);
    expect(only(driver.take())).toMatchObject({ execType: "Z", ordStatus: "0" });
    expect(driver.counters[counter.COUNT_UNSUPPORTED]).toBe(1);
    expect(driver.counters[counter.COUNT_ATTENTION]).toBe(1);
  });

  test("a report without ClOrdID finds its order by the venue's OrderID", () => {
    const driver = working();
    const fill = { execType: code.EXEC_TRADE, slot: -1, orderId: "V1", lastQty: 10, lastPx: 100 * ONE, execId: "E1" };
    expect(only(driver.say({ ...fill, cumQty: 10 }))).toMatchObject({ id: "A", cumQty: 10 });
    expect(driver.tell({ ...fill, venue: 1, execId: "E2" })).toBe(ORPHAN);
    expect(driver.tell({ ...fill, orderId: "V2", execId: "E3" })).toBe(ORPHAN);
    driver.cancel({ id: "X", orig: "A" });
    const no = { kind: code.REPORT_CANCEL_REJECT, slot: -1, orderId: "V1", cxlRejReason: 2, status: "1" };
    expect(only(driver.say(no))).toMatchObject({ out: "cancelReject", id: "X", orig: "A", ordStatus: "1" });
  });

  test("reports of nobody's order are orphans and change nothing", () => {
    const driver = working();
    const before = bookDigest(driver.core.area);
    const fill = { execType: code.EXEC_TRADE, lastQty: 10, lastPx: ONE, cumQty: 10, execId: "E" };
    for (const stray of [
      { ...fill, number: 1, slot: 1 },
      { ...fill, number: 1, slot: -1 },
      { ...fill, number: 1, slot: 5000 },
      { ...fill, number: 2, slot: 0 },
      { ...fill, number: 1, slot: 0, venue: 1 },
    ]) {
      expect(driver.tell(stray)).toBe(ORPHAN);
    }
    expect(driver.counters[counter.COUNT_ORPHANS]).toBe(5);
    expect(driver.take()).toEqual([]);
    expect(bookDigest(driver.core.area)).toBe(before);
  });

  test("reports that the lifecycle forbids are passed on, alarmed, and change no book", () => {
    const driver = working();
    driver.say({ execType: code.EXEC_CANCELED, number: 1, execId: "C1" });
    for (const execType of [
      code.EXEC_NEW,
      code.EXEC_CANCELED,
      code.EXEC_REPLACED,
      code.EXEC_REJECTED,
      code.EXEC_EXPIRED,
    ]) {
      expect(driver.tell({ execType, number: 1, execId: "C2", cumQty: 7, status: "0" })).toBe(ILLEGAL_REPORT);
      expect(only(driver.take())).toMatchObject({ execType: String.fromCharCode(execType), ordStatus: "0", cumQty: 7 });
    }
    expect(only(driver.status({ id: "A" }))).toMatchObject({ ordStatus: "4", cumQty: 0, leavesQty: 0 });
    expect([driver.accounts.position(0), driver.accounts.openOrders(0)]).toEqual([0, 0]);
    expect(driver.counters[counter.COUNT_ILLEGAL]).toBe(5);
    expect(driver.counters[counter.COUNT_ATTENTION]).toBe(1);
    // One that came before is a repetition.
    expect(driver.tell({ execType: code.EXEC_CANCELED, number: 1, execId: "C1" })).toBe(DUPLICATE_EXECUTION);
    expect(driver.take()).toEqual([]);
  });
});
