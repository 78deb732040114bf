import { describe, expect, test } from "bun:test";
import * as counter from "../../src/core/counters.ts";
import { ILLEGAL_REPORT, PRICE_UNUSUAL } from "../../src/core/outcomes.ts";
import * as reason from "../../src/core/risk/reason-codes.ts";
import * as code from "../../src/record/codes.ts";
import { CoreDriver, ONE, only, working } from "./driver.ts";

const { SIDE_BUY, SIDE_SELL } = code;

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
    expect(only(driver.take())).toMatchObject({ out: "cancelReject", id: "X", orig: "A", text: "no" });
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

  test("at a price that the symbol does not have is taken, and the order needs attention; 0 is none", () => {
    const driver = working();
    driver.replace({ id: "B", orig: "A", qty: 200 });
    expect(driver.tell({ execType: code.EXEC_REPLACED, number: 2, quantity: 200, price: -99 * ONE })).toBe(
      PRICE_UNUSUAL,
    );
    expect(only(driver.take())).toMatchObject({ quantity: 200, price: -99 * ONE, leavesQty: 200 });
    expect(driver.accounts.openNotional(0, SIDE_BUY)).toBe(200 * 99 * 10_000);
    const other = working();
    other.replace({ id: "B", orig: "A", qty: 200, px: 99 * ONE });
    other.tell({ execType: code.EXEC_REPLACED, number: 2, quantity: 200, price: 0 });
    expect(other.accounts.openNotional(0, SIDE_BUY)).toBe(200 * 99 * 10_000);
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
