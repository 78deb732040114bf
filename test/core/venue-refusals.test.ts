import { describe, expect, test } from "bun:test";
import * as counter from "../../src/core/counters.ts";
import { APPLIED, STATUS_DIFFERS } from "../../src/core/outcomes.ts";
import * as reason from "../../src/core/risk/reason-codes.ts";
import * as code from "../../src/record/codes.ts";
import { makeRequest, ONE, only, working } from "./driver.ts";

const { SIDE_BUY } = code;

describe("a cancel or replace that the venue refuses", () => {
  const no = { kind: code.REPORT_CANCEL_REJECT, number: 1, requestNumber: 2 };

  test("because it does not know the order reaches the client as such; the order stays open and needs attention", () => {
    const driver = working();
    driver.cancel({ id: "X", orig: "A" });
    expect(driver.tell({ ...no, cxlRejReason: 1, status: "8" })).toBe(STATUS_DIFFERS);
    expect(only(driver.take())).toMatchObject({ id: "X", orig: "A", ordStatus: "8", cxlRejReason: 1 });
    expect(driver.accounts.openNotional(0, SIDE_BUY)).toBe(100 * 100 * 10_000);
    expect(driver.counters[counter.COUNT_ATTENTION]).toBe(1);
    expect(only(driver.cancel({ id: "Y", orig: "A" })).out).toBe("request");
  });

  test("because the order is over ends it", () => {
    const driver = working();
    driver.cancel({ id: "X", orig: "A" });
    expect(driver.tell({ ...no, cxlRejReason: 0, status: "2" })).toBe(STATUS_DIFFERS);
    expect(only(driver.take())).toMatchObject({ id: "X", ordStatus: "2", cxlRejReason: 0 });
    expect(driver.accounts.openOrders(0)).toBe(0);
    // The fill that it speaks of comes late.
    const fill = { execType: code.EXEC_TRADE, number: 1, lastQty: 100, lastPx: ONE, cumQty: 100, execId: "E" };
    expect(driver.tell({ ...fill, status: "2", leavesQty: 0 })).toBe(APPLIED);
    expect(driver.accounts.position(0)).toBe(100);
  });

  test("because the order was filled before the replace of it came is as the books have it", () => {
    const driver = working();
    const fill = { execType: code.EXEC_TRADE, number: 1, lastQty: 100, lastPx: 100 * ONE, cumQty: 100, execId: "E" };
    expect(driver.tell({ ...fill, status: "2", leavesQty: 0 })).toBe(APPLIED);
    driver.take();
    expect(only(driver.replace({ id: "X", orig: "A", qty: 200 }))).toMatchObject({ out: "request" });
    expect(driver.tell({ ...no, cxlRejReason: 0, status: "2" })).toBe(APPLIED);
    expect(only(driver.take())).toMatchObject({ id: "X", orig: "A", ordStatus: "2", cxlRejReason: 0 });
    expect(driver.counters[counter.COUNT_ATTENTION]).toBe(0);
    expect(driver.accounts.openOrders(0)).toBe(0);
    // That it is canceled would be news.
    driver.replace({ id: "Y", orig: "A", qty: 300 });
    expect(driver.tell({ ...no, requestNumber: 3, cxlRejReason: 0, status: "4" })).toBe(STATUS_DIFFERS);
  });

  test("without OrigClOrdID, or under the order's ClOrdID alone, names the request that is pending", () => {
    for (const named of [{ number: 2 }, { number: 1 }, { number: 1, requestNumber: 1 }]) {
      const driver = working();
      driver.replace({ id: "B", orig: "A", qty: 200 });
      const report = { kind: code.REPORT_CANCEL_REJECT, ...named, cxlRejReason: 2, status: "0" };
      expect(driver.tell(report)).toBe(APPLIED);
      expect(only(driver.take())).toMatchObject({ id: "B", orig: "A", responseTo: "2", ordStatus: "0" });
      expect(driver.accounts.openNotional(0, SIDE_BUY)).toBe(100 * 100 * 10_000);
    }
  });
});

describe("a replace", () => {
  test("that is confirmed under the old ClOrdID is understood", () => {
    const driver = working();
    driver.replace({ id: "B", orig: "A", qty: 200, px: 101 * ONE });
    const report = { execType: code.EXEC_REPLACED, number: 1, status: "0", quantity: 200, price: 101 * ONE };
    expect(driver.tell(report)).toBe(APPLIED);
    expect(only(driver.take())).toMatchObject({ execType: "5", id: "B", orig: "A", quantity: 200, price: 101 * ONE });
    expect(driver.accounts.openNotional(0, SIDE_BUY)).toBe(200 * 101 * 10_000);
    expect(only(driver.cancel({ id: "C", orig: "B" }))).toMatchObject({ origNumber: 2 });
  });

  test("of a filled order makes it live again, once the venue has accepted it (matrix C.1.c)", () => {
    const driver = working();
    const fill = { execType: code.EXEC_TRADE, number: 1, lastQty: 100, lastPx: 100 * ONE, cumQty: 100, execId: "E1" };
    driver.say({ ...fill, status: "2", leavesQty: 0 });
    expect(only(driver.replace({ id: "N", orig: "A", qty: 100 })).reason).toBe(reason.TOO_LATE);
    expect(only(driver.replace({ id: "B", orig: "A", qty: 120 }))).toMatchObject({ quantity: 120, origNumber: 1 });
    expect(driver.accounts.openOrders(0)).toBe(1);
    expect(driver.accounts.openNotional(0, SIDE_BUY)).toBe(20 * 100 * 10_000);
    const pending = { execType: code.EXEC_PENDING_REPLACE, number: 1, requestNumber: 2, leavesQty: 0, cumQty: 100 };
    expect(only(driver.say({ ...pending, status: "E" }))).toMatchObject({ ordStatus: "E", id: "B", orig: "A" });
    const done = { execType: code.EXEC_REPLACED, number: 1, requestNumber: 2, quantity: 120, cumQty: 100 };
    expect(only(driver.say({ ...done, status: "1", leavesQty: 20 }))).toMatchObject({
      ordStatus: "1",
      id: "B",
      orig: "A",
      leavesQty: 20,
    });
    expect(driver.accounts.openNotional(0, SIDE_BUY)).toBe(20 * 100 * 10_000);
    driver.say({ ...fill, number: 2, lastQty: 20, cumQty: 120, leavesQty: 0, status: "2", execId: "E2" });
    expect([driver.accounts.position(0), driver.accounts.openOrders(0)]).toEqual([120, 0]);
    expect(driver.counters[counter.COUNT_ATTENTION]).toBe(0);
  });

  test("of a filled order that the venue refuses leaves it filled", () => {
    const driver = working();
    driver.say({ execType: code.EXEC_TRADE, number: 1, lastQty: 100, lastPx: ONE, cumQty: 100, execId: "E1" });
    driver.replace({ id: "B", orig: "A", qty: 120 });
    const no = { kind: code.REPORT_CANCEL_REJECT, number: 1, requestNumber: 2, cxlRejReason: 0, status: "2" };
    expect(only(driver.say(no))).toMatchObject({ id: "B", ordStatus: "2" });
    expect([driver.accounts.openOrders(0), driver.accounts.openNotional(0, SIDE_BUY)]).toEqual([0, 0]);
  });

  test("of an order that was filled meanwhile lives again where more is left (matrix C.1.b)", () => {
    const driver = working();
    driver.replace({ id: "B", orig: "A", qty: 120 });
    const fill = { execType: code.EXEC_TRADE, number: 1, lastQty: 100, lastPx: 100 * ONE, cumQty: 100, execId: "E1" };
    expect(only(driver.say({ ...fill, status: "2", leavesQty: 0 }))).toMatchObject({ ordStatus: "2", leavesQty: 0 });
    expect([driver.accounts.openOrders(0), driver.accounts.openNotional(0, SIDE_BUY)]).toEqual([1, 20 * 100 * 10_000]);
    const done = { execType: code.EXEC_REPLACED, number: 1, requestNumber: 2, quantity: 120, cumQty: 100 };
    expect(driver.tell({ ...done, status: "1", leavesQty: 20 })).toBe(APPLIED);
    expect(only(driver.take())).toMatchObject({ id: "B", ordStatus: "1", leavesQty: 20, quantity: 120 });
    expect(driver.accounts.openNotional(0, SIDE_BUY)).toBe(20 * 100 * 10_000);
  });
});

test("an order that a record can't hold is refused by tag and limit, and so is a replace; a cancel is not", () => {
  const driver = working();
  const refused = (tag: number, kind: number) => {
    const request = makeRequest({ kind, id: `N${tag}${kind}`, orig: "A" });
    request.unheldTag = tag;
    driver.enter(request);
    return only(driver.take());
  };
  expect(refused(38, code.REQUEST_NEW)).toMatchObject({
    execType: "8",
    reason: reason.NUMBER_NOT_HELD,
    text: "ORDER-020 NUMBER_NOT_HELD tag=38 max=92e9 step=1e-8",
    quantity: 100,
  });
  // A quantity that is not held is none, in the answer to a status request, too.
  const unheld = makeRequest({ kind: code.REQUEST_NEW, id: "UNHELD", qty: 0 });
  unheld.unheldTag = 38;
  driver.enter(unheld);
  expect(only(driver.take()).quantity).toBe(-1e-8);
  expect(only(driver.status({ id: "UNHELD" }))).toMatchObject({ execType: "I", ordStatus: "8", quantity: -1e-8 });
  expect(refused(44, code.REQUEST_REPLACE)).toMatchObject({
    out: "cancelReject",
    text: "ORDER-020 NUMBER_NOT_HELD tag=44 max=92e9 step=1e-8",
  });
  expect(refused(38, code.REQUEST_CANCEL)).toMatchObject({ out: "request" });
});
