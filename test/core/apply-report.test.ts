import { describe, expect, test } from "bun:test";
import * as counter from "../../src/core/counters.ts";
import {
  APPLIED,
  CUM_DIFFERS,
  DUPLICATE_EXECUTION,
  ILLEGAL_REPORT,
  ORPHAN,
  REVIVED,
  STATUS_DIFFERS,
  UNSUPPORTED,
} from "../../src/core/outcomes.ts";
import * as reason from "../../src/core/risk/reasons.ts";
import * as code from "../../src/record/codes.ts";
import { CoreDriver, makeRequest, ONE, only, working } from "./driver.ts";

const { SIDE_BUY, SIDE_SELL } = code;
const EXEC_RESTATED = "D".charCodeAt(0);

describe("a cancel", () => {
  test("goes out with numbers of ours and the venue's OrderID, and answers under the client's ids", () => {
    const driver = working();
    expect(only(driver.cancel({ id: "X", orig: "A" }))).toMatchObject({
      venue: 0,
      index: 2,
      kind: code.REQUEST_CANCEL,
      number: 2,
      origNumber: 1,
      slot: 0,
      orderId: "V1",
      quantity: 100,
      symbol: "AAPL",
      account: "ACC1",
    });
    const fill = only(
      driver.say({ execType: code.EXEC_TRADE, number: 1, lastQty: 10, lastPx: 100 * ONE, cumQty: 10, execId: "E" }),
    );
    expect(fill).toMatchObject({ ordStatus: "6", id: "A", orig: "", leavesQty: 90 });
    expect(only(driver.say({ execType: code.EXEC_CANCELED, number: 1, requestNumber: 2, text: "bye" }))).toMatchObject({
      execType: "4",
      ordStatus: "4",
      id: "X",
      orig: "A",
      cumQty: 10,
      leavesQty: 0,
      text: "bye",
    });
    expect(driver.accounts.openNotional(0, SIDE_BUY)).toBe(0);
    expect(driver.counters[counter.COUNT_OPEN]).toBe(0);
  });

  test("may go out before the acknowledgement", () => {
    const driver = new CoreDriver();
    driver.order({ id: "A" });
    expect(only(driver.cancel({ id: "X", orig: "A" }))).toMatchObject({ number: 2, orderId: "" });
    expect(only(driver.say({ execType: code.EXEC_NEW, number: 1 }))).toMatchObject({ execType: "0", ordStatus: "6" });
  });

  test("refused by the venue leaves the order working", () => {
    const driver = working();
    driver.cancel({ id: "X", orig: "A" });
    const no = { kind: code.REPORT_CANCEL_REJECT, number: 1, requestNumber: 2, cxlRejReason: 2, text: "no" };
    expect(only(driver.say(no))).toMatchObject({
      out: "cancelReject",
      id: "X",
      orig: "A",
      orderId: "1",
      ordStatus: "0",
      responseTo: "1",
      cxlRejReason: 2,
      text: "no",
    });
    expect(driver.tell(no)).toBe(ILLEGAL_REPORT);
    expect(only(driver.take())).toMatchObject({ out: "cancelReject", id: "A", orig: "A", text: "no" });
    expect(only(driver.cancel({ id: "Y", orig: "A" })).number).toBe(3);
  });

  test("that did not leave is refused with our reason", () => {
    const driver = working();
    driver.cancel({ id: "X", orig: "A" });
    expect(only(driver.say({ kind: code.REPORT_NOT_TAKEN, number: 2 }))).toMatchObject({
      out: "cancelReject",
      id: "X",
      cxlRejReason: 2,
      text: "CORE-205 NOT_TAKEN_BY_VENUE",
      ordStatus: "0",
    });
  });

  test("is answered though the order was filled first", () => {
    const driver = working();
    driver.cancel({ id: "X", orig: "A" });
    expect(
      only(driver.say({ execType: code.EXEC_TRADE, number: 1, lastQty: 100, lastPx: ONE, cumQty: 100, execId: "E" }))
        .ordStatus,
    ).toBe("2");
    expect(only(driver.say({ kind: code.REPORT_CANCEL_REJECT, number: 2, cxlRejReason: 0 }))).toMatchObject({
      out: "cancelReject",
      ordStatus: "2",
      id: "X",
      orig: "A",
    });
  });

  test("of an unknown, ended or busy order, or under a used ClOrdID, is refused", () => {
    const driver = working();
    expect(only(driver.cancel({ id: "X", orig: "NOPE" }))).toMatchObject({
      out: "cancelReject",
      orderId: "NONE",
      ordStatus: "8",
      cxlRejReason: 1,
      id: "X",
      orig: "NOPE",
    });
    expect(only(driver.cancel({ id: "A", orig: "A" }))).toMatchObject({
      cxlRejReason: 6,
      ordStatus: "0",
      orderId: "1",
    });
    driver.cancel({ id: "X", orig: "A" });
    expect(only(driver.cancel({ id: "Y", orig: "A" }))).toMatchObject({ cxlRejReason: 3, ordStatus: "6" });
    driver.say({ execType: code.EXEC_CANCELED, number: 2 });
    expect(only(driver.cancel({ id: "Z", orig: "A" }))).toMatchObject({ cxlRejReason: 0, ordStatus: "4" });
    expect(driver.counters[counter.COUNT_CANCEL_REJECTS]).toBe(4);
    expect(only(driver.cancel({ id: "Q", orig: "A", session: 2 })).cxlRejReason).toBe(1);
  });

  test("passes kill switch, rate and disabled accounts, but not a venue that is down", () => {
    const driver = working();
    driver.kill(true);
    expect(only(driver.order({ id: "B" })).reason).toBe(reason.KILL_SWITCH);
    expect(only(driver.replace({ id: "C", orig: "A" }))).toMatchObject({ reason: reason.KILL_SWITCH, responseTo: "2" });
    driver.tell({ kind: code.REPORT_VENUE_DOWN, venue: 0 });
    expect(only(driver.cancel({ id: "D", orig: "A" }))).toMatchObject({
      reason: reason.VENUE_DOWN,
      ordStatus: "0",
      text: "CORE-202 VENUE_DOWN",
    });
    driver.tell({ kind: code.REPORT_VENUE_UP, venue: 0 });
    expect(only(driver.cancel({ id: "E", orig: "A" })).out).toBe("request");
  });

  test("resent with PossResend is dropped", () => {
    const driver = working();
    driver.cancel({ id: "X", orig: "A" });
    expect(driver.cancel({ id: "X", orig: "A", possResend: true })).toEqual([]);
  });
});

describe("a replace", () => {
  test("reserves both until it is answered, then goes by its own ClOrdID and number", () => {
    const driver = working();
    expect(only(driver.replace({ id: "B", orig: "A", qty: 200, px: 101 * ONE }))).toMatchObject({
      kind: code.REQUEST_REPLACE,
      number: 2,
      origNumber: 1,
      quantity: 200,
      price: 101 * ONE,
      orderId: "V1",
    });
    expect(driver.accounts.openNotional(0, SIDE_BUY)).toBe((100 * 100 + 200 * 101) * 10_000);
    expect(
      only(
        driver.say({ execType: code.EXEC_TRADE, number: 1, lastQty: 50, lastPx: 100 * ONE, cumQty: 50, execId: "E1" }),
      ),
    ).toMatchObject({
      ordStatus: "E",
      id: "A",
      leavesQty: 50,
    });
    expect(driver.accounts.openNotional(0, SIDE_BUY)).toBe((50 * 100 + 150 * 101) * 10_000);
    expect(
      only(driver.say({ execType: code.EXEC_REPLACED, number: 1, requestNumber: 2, orderId: "V2" })),
    ).toMatchObject({
      execType: "5",
      ordStatus: "1",
      id: "B",
      orig: "A",
      quantity: 200,
      price: 101 * ONE,
      leavesQty: 150,
      cumQty: 50,
      orderId: "1",
    });
    expect(driver.accounts.openNotional(0, SIDE_BUY)).toBe(150 * 101 * 10_000);
    expect(only(driver.cancel({ id: "C", orig: "B" }))).toMatchObject({
      number: 3,
      origNumber: 2,
      orderId: "V2",
      quantity: 200,
    });
    expect(only(driver.say({ execType: code.EXEC_CANCELED, number: 3 }))).toMatchObject({ id: "C", orig: "B" });
    expect(driver.accounts.openNotional(0, SIDE_BUY)).toBe(0);
  });

  test("takes the terms that the venue gave it", () => {
    const driver = working();
    driver.replace({ id: "B", orig: "A", qty: 200 });
    const out = only(driver.say({ execType: code.EXEC_REPLACED, number: 2, quantity: 150, price: 99 * ONE }));
    expect(out).toMatchObject({ quantity: 150, price: 99 * ONE, leavesQty: 150 });
    expect(driver.accounts.openNotional(0, SIDE_BUY)).toBe(150 * 99 * 10_000);
  });

  test("down to what is filled ends the order", () => {
    const driver = working();
    driver.say({ execType: code.EXEC_TRADE, number: 1, lastQty: 50, lastPx: 100 * ONE, cumQty: 50, execId: "E1" });
    expect(only(driver.replace({ id: "X", orig: "A", qty: 49 }))).toMatchObject({
      reason: reason.BELOW_CUM_QTY,
      responseTo: "2",
      ordStatus: "1",
    });
    driver.replace({ id: "B", orig: "A", qty: 50 });
    expect(only(driver.say({ execType: code.EXEC_REPLACED, number: 2 }))).toMatchObject({
      ordStatus: "2",
      leavesQty: 0,
    });
    expect(driver.accounts.openOrders(0)).toBe(0);
  });

  test("refused by the venue gives back what it held", () => {
    const driver = working();
    driver.replace({ id: "B", orig: "A", qty: 200 });
    expect(only(driver.say({ kind: code.REPORT_CANCEL_REJECT, number: 2, cxlRejReason: 99 }))).toMatchObject({
      out: "cancelReject",
      responseTo: "2",
      id: "B",
      orig: "A",
    });
    expect(driver.accounts.openNotional(0, SIDE_BUY)).toBe(100 * 100 * 10_000);
    expect(
      only(driver.say({ execType: code.EXEC_TRADE, number: 1, lastQty: 100, lastPx: ONE, cumQty: 100, execId: "E" }))
        .id,
    ).toBe("A");
  });

  test("overtaken by fills ends the order at what is filled", () => {
    const driver = working();
    driver.replace({ id: "B", orig: "A", qty: 50 });
    driver.say({ execType: code.EXEC_TRADE, number: 1, lastQty: 60, lastPx: 100 * ONE, cumQty: 60, execId: "E1" });
    const out = only(driver.say({ execType: code.EXEC_REPLACED, number: 2 }));
    expect(out).toMatchObject({ ordStatus: "2", quantity: 60, cumQty: 60, leavesQty: 0 });
    expect(driver.accounts.openNotional(0, SIDE_BUY)).toBe(0);
  });

  test("overtaken by fills holds again what a bust gives back", () => {
    const driver = working();
    driver.replace({ id: "B", orig: "A", qty: 50 });
    driver.say({ execType: code.EXEC_TRADE, number: 1, lastQty: 50, lastPx: 100 * ONE, cumQty: 50, execId: "E1" });
    expect(driver.accounts.openNotional(0, SIDE_BUY)).toBe(50 * 100 * 10_000);
    driver.say({ execType: code.EXEC_TRADE_CANCEL, number: 1, lastQty: 50, lastPx: 100 * ONE, execId: "E2" });
    expect(driver.accounts.openNotional(0, SIDE_BUY)).toBe(150 * 100 * 10_000);
    driver.say({ execType: code.EXEC_CANCELED, number: 1 });
    expect(driver.accounts.openNotional(0, SIDE_BUY)).toBe(0);
  });

  test("meets the same limits as an order", () => {
    const driver = working();
    expect(only(driver.replace({ id: "B", orig: "A", qty: 1_000_001 })).reason).toBe(reason.MAX_ORDER_QTY);
    expect(only(driver.replace({ id: "B", orig: "A", px: 120 * ONE })).reason).toBe(reason.PRICE_COLLAR);
    expect(only(driver.replace({ id: "B", orig: "A", qty: 0 })).reason).toBe(reason.BAD_QUANTITY);
    expect(only(driver.replace({ id: "B", orig: "NOPE" })).cxlRejReason).toBe(1);
    driver.tell({ kind: code.REPORT_VENUE_DOWN, venue: 0 });
    expect(only(driver.replace({ id: "B", orig: "A" })).reason).toBe(reason.VENUE_DOWN);
    expect(driver.accounts.openNotional(0, SIDE_BUY)).toBe(100 * 100 * 10_000);
  });

  test("of anything but quantity and price is refused", () => {
    const driver = working();
    for (const change of [
      { side: SIDE_SELL },
      { symbol: "MSFT" },
      { account: "ACC2" },
      { type: code.TYPE_MARKET },
      { tif: code.TIF_GTC },
    ]) {
      expect(only(driver.replace({ id: "B", orig: "A", ...change })).reason).toBe(reason.TERMS_CHANGED);
    }
    expect(only(driver.replace({ id: "B", orig: "A", account: "", tif: 0 })).out).toBe("request");
  });

  test("counts towards the rate", () => {
    const driver = new CoreDriver();
    driver.order({ id: "A", account: "ACC2" });
    driver.replace({ id: "B", orig: "A", account: "ACC2", qty: 0 });
    driver.replace({ id: "C", orig: "A", account: "ACC2" });
    driver.say({ execType: code.EXEC_REPLACED, number: 2 });
    expect(only(driver.replace({ id: "D", orig: "C", account: "ACC2" })).reason).toBe(reason.ORDER_RATE);
  });
});

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

  test("done for the day with something left goes on: it can be canceled and filled", () => {
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
    const before = driver.core.digest();
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
    expect(driver.core.digest()).toBe(before);
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

describe("a cancel or replace that the venue refuses", () => {
  const no = { kind: code.REPORT_CANCEL_REJECT, number: 1, requestNumber: 2 };

  test("because it does not know the order is told as such; the order stays open and needs attention", () => {
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

  test("without OrigClOrdID, or under the order's ClOrdID alone, is told of the request that is pending", () => {
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
    driver.say({ ...fill, status: "2", leavesQty: 0 });
    expect(driver.accounts.openOrders(0)).toBe(0);
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
    text: "ORDER-020 NUMBER_NOT_HELD tag=38 max=100000000000 step=1",
  });
  expect(refused(44, code.REQUEST_REPLACE)).toMatchObject({
    out: "cancelReject",
    text: "ORDER-020 NUMBER_NOT_HELD tag=44 max=90071992.54740991",
  });
  expect(refused(38, code.REQUEST_CANCEL)).toMatchObject({ out: "request" });
});
