import { describe, expect, test } from "bun:test";
import { NO_PRICE } from "../../src/base/units.ts";
import * as counter from "../../src/core/counters.ts";
import {
  APPLIED,
  CUM_DIFFERS,
  DUPLICATE_EXECUTION,
  ILLEGAL_REPORT,
  ORPHAN,
  UNSUPPORTED,
} from "../../src/core/outcomes.ts";
import * as reason from "../../src/core/reasons.ts";
import * as code from "../../src/record/codes.ts";
import { CONFIG, Desk, ONE, type Out, START_US } from "./desk.ts";

const { SIDE_BUY, SIDE_SELL } = code;
const EXEC_RESTATED = "D".charCodeAt(0);

function only(outs: Out[]): Out {
  expect(outs.length).toBe(1);
  return outs[0]!;
}

/** A desk with the order "A" (100 AAPL at 100) acknowledged. */
function working(): Desk {
  const desk = new Desk();
  desk.order({ id: "A" });
  desk.say({ execType: code.EXEC_NEW, number: 1, slot: 0, orderId: "V1" });
  return desk;
}

describe("a new order", () => {
  test("goes to the venue of its symbol under a number of ours, and the client hears nothing yet", () => {
    const desk = new Desk();
    expect(only(desk.order({ id: "A" }))).toEqual({
      out: "request",
      venue: 0,
      index: 1,
      kind: code.REQUEST_NEW,
      number: 1,
      origNumber: 0,
      slot: 0,
      side: "1",
      type: "2",
      tif: "0",
      quantity: 100,
      price: 100 * ONE,
      id: "A",
      account: "ACC1",
      symbol: "AAPL",
      orderId: "",
    });
    expect(only(desk.order({ id: "B", symbol: "MSFT", px: 200 * ONE }))).toMatchObject({
      venue: 1,
      number: 2,
      slot: 1,
      index: 1,
    });
    expect(desk.counters[counter.COUNT_OPEN]).toBe(2);
    expect(desk.accounts.openOrders(0)).toBe(2);
    expect(desk.accounts.openNotional(0, SIDE_BUY)).toBe((100 * 100 + 100 * 200) * 10_000);
  });

  test("is reported once the venue takes it", () => {
    const desk = new Desk();
    desk.order({ id: "A" });
    expect(only(desk.say({ execType: code.EXEC_NEW, number: 1, slot: 0, orderId: "V1" }))).toEqual({
      out: "execution",
      session: 1,
      index: 1,
      execType: "0",
      ordStatus: "0",
      side: "1",
      id: "A",
      orig: "",
      orderId: "1",
      execId: "1",
      symbol: "AAPL",
      account: "ACC1",
      quantity: 100,
      price: 100 * ONE,
      lastQty: 0,
      lastPx: NO_PRICE,
      cumQty: 0,
      leavesQty: 100,
      avgPx: 0,
      reason: 0,
      ordRejReason: 0,
      cxlRejReason: 0,
      responseTo: "",
      text: "",
    });
  });

  test("that the venue rejects gives everything back, with the venue's words", () => {
    const desk = new Desk();
    desk.order({ id: "A" });
    const out = only(desk.say({ execType: code.EXEC_REJECTED, number: 1, ordRejReason: 3, text: "too big" }));
    expect(out).toMatchObject({
      execType: "8",
      ordStatus: "8",
      leavesQty: 0,
      ordRejReason: 3,
      text: "too big",
      reason: 0,
    });
    expect(desk.accounts.openOrders(0)).toBe(0);
    expect(desk.accounts.openNotional(0, SIDE_BUY)).toBe(0);
  });

  test("that did not leave is rejected with our reason", () => {
    const desk = new Desk();
    desk.order({ id: "A" });
    const out = only(desk.say({ kind: code.REPORT_NOT_TAKEN, number: 1 }));
    expect(out).toMatchObject({
      execType: "8",
      ordStatus: "8",
      reason: reason.NOT_TAKEN,
      text: "CORE-205 NOT_TAKEN_BY_VENUE",
    });
    expect(desk.accounts.openOrders(0)).toBe(0);
    expect(desk.tell({ kind: code.REPORT_NOT_TAKEN, number: 1 })).toBe(ILLEGAL_REPORT);
  });

  const refusals: [string, Parameters<Desk["order"]>[0], number, number, string][] = [
    ["an unknown account", { account: "NOBODY" }, reason.UNKNOWN_ACCOUNT, 15, "RISK-101 UNKNOWN_ACCOUNT"],
    ["no account", { account: "" }, reason.UNKNOWN_ACCOUNT, 15, "RISK-101 UNKNOWN_ACCOUNT"],
    ["somebody else's account", { session: 2 }, reason.NOT_ENTITLED, 15, "RISK-001 NOT_ENTITLED"],
    ["a disabled account", { account: "OFF" }, reason.ACCOUNT_DISABLED, 99, "RISK-102 ACCOUNT_DISABLED"],
    [
      "an account without limits",
      { account: "BARE" },
      reason.ACCOUNT_WITHOUT_LIMITS,
      99,
      "RISK-103 ACCOUNT_WITHOUT_LIMITS",
    ],
    ["an unknown symbol", { symbol: "NOPE" }, reason.UNKNOWN_SYMBOL, 1, "RISK-003 UNKNOWN_SYMBOL"],
    ["a disabled symbol", { symbol: "HALT" }, reason.SYMBOL_DISABLED, 1, "RISK-104 SYMBOL_DISABLED"],
    ["no reference price", { symbol: "BLIND" }, reason.NO_REFERENCE_PRICE, 99, "RISK-105 NO_REFERENCE_PRICE"],
    ["a strange side", { side: 51 }, reason.UNSUPPORTED_SIDE, 11, "RISK-106 UNSUPPORTED_SIDE"],
    ["a stop order", { type: 51 }, reason.UNSUPPORTED_TYPE, 11, "RISK-006 UNSUPPORTED_ORDER_TYPE"],
    ["at the close", { tif: 55 }, reason.UNSUPPORTED_TIF, 11, "RISK-107 UNSUPPORTED_TIME_IN_FORCE"],
    ["no quantity", { qty: 0 }, reason.BAD_QUANTITY, 13, "RISK-008 BAD_QUANTITY"],
    ["half a share", { qty: 0.5 }, reason.BAD_QUANTITY, 13, "RISK-008 BAD_QUANTITY"],
    ["a quantity that is none", { qty: Number.NaN }, reason.BAD_QUANTITY, 13, "RISK-008 BAD_QUANTITY"],
    ["a quantity beyond all", { qty: 1e12 }, reason.BAD_QUANTITY, 13, "RISK-008 BAD_QUANTITY"],
    ["no price", { px: NO_PRICE }, reason.BAD_PRICE, 99, "RISK-108 BAD_PRICE"],
    ["a price of nothing", { px: 0 }, reason.BAD_PRICE, 99, "RISK-108 BAD_PRICE"],
    ["too many", { qty: 1_000_001 }, reason.MAX_ORDER_QTY, 3, "RISK-010 MAX_ORDER_QTY limit=1000000 got=1000001"],
    [
      "too much money",
      { qty: 999_999, px: 101 * ONE },
      reason.MAX_ORDER_NOTIONAL,
      3,
      "RISK-011 MAX_NOTIONAL limit=100000000 got=100999899",
    ],
    [
      "a price above the collar",
      { px: 105 * ONE + 1 },
      reason.PRICE_COLLAR,
      99,
      "RISK-012 PRICE_COLLAR limit=5% ref=100 px=105.00000001",
    ],
    [
      "a price below the collar",
      { px: 94 * ONE },
      reason.PRICE_COLLAR,
      99,
      "RISK-012 PRICE_COLLAR limit=5% ref=100 px=94",
    ],
  ];
  test.each(refusals)("with %s is refused", (_name, terms, why, ordRejReason, text) => {
    const desk = new Desk();
    const out = only(desk.order({ id: "A", ...terms }));
    expect(out).toMatchObject({
      out: "execution",
      session: terms.session ?? 1,
      execType: "8",
      ordStatus: "8",
      id: "A",
      orderId: "1",
      execId: "1",
      leavesQty: 0,
      cumQty: 0,
      symbol: terms.symbol ?? "AAPL",
      account: terms.account ?? "ACC1",
      reason: why,
      ordRejReason,
      text,
    });
    expect(desk.counters[counter.COUNT_REJECTS]).toBe(1);
    expect(desk.counters[counter.COUNT_OPEN]).toBe(0);
    expect(desk.accounts.openOrders(0)).toBe(0);
    expect(desk.accounts.openNotional(0, SIDE_BUY)).toBe(0);
  });

  test("at the edges of collar and limits passes", () => {
    const desk = new Desk();
    expect(only(desk.order({ id: "A", px: 105 * ONE })).out).toBe("request");
    expect(only(desk.order({ id: "B", px: 95 * ONE, side: SIDE_SELL })).out).toBe("request");
    expect(only(desk.order({ id: "C", qty: 1_000_000 })).out).toBe("request");
  });

  test("takes the first failing check's reason", () => {
    const desk = new Desk();
    desk.kill(true);
    const bad = { account: "NOBODY", symbol: "NOPE", qty: 0, px: 0 };
    expect(only(desk.order({ id: "A", ...bad })).reason).toBe(reason.KILL_SWITCH);
    desk.kill(false);
    expect(only(desk.order({ id: "B", ...bad })).reason).toBe(reason.UNKNOWN_ACCOUNT);
    expect(only(desk.order({ id: "C", ...bad, account: "ACC1" })).reason).toBe(reason.UNKNOWN_SYMBOL);
    expect(only(desk.order({ id: "D", qty: 0, px: 0 })).reason).toBe(reason.BAD_QUANTITY);
  });

  test("with a ClOrdID in use is a duplicate; of another session it is not", () => {
    const desk = new Desk();
    desk.order({ id: "A", account: "ACC2" });
    expect(only(desk.order({ id: "A" }))).toMatchObject({
      execType: "8",
      ordRejReason: 6,
      reason: reason.DUPLICATE_CL_ORD_ID,
      orderId: "2",
    });
    expect(only(desk.order({ id: "A", session: 2, account: "ACC2" })).out).toBe("request");
  });

  test("of a refused order's ClOrdID is a duplicate too", () => {
    const desk = new Desk();
    desk.order({ id: "A", qty: 0 });
    expect(only(desk.order({ id: "A" })).reason).toBe(reason.DUPLICATE_CL_ORD_ID);
  });

  test("resent with PossResend is dropped when its ClOrdID is known, and taken when not", () => {
    const desk = new Desk();
    expect(only(desk.order({ id: "A", possResend: true })).out).toBe("request");
    expect(desk.order({ id: "A", possResend: true })).toEqual([]);
    expect(desk.counters[counter.COUNT_DROPPED]).toBe(1);
    expect(desk.counters[counter.COUNT_ORDERS]).toBe(1);
  });

  test("from a session that nobody configured is refused without an answer", () => {
    const desk = new Desk();
    expect(desk.order({ session: 0 })).toEqual([]);
    expect(desk.counters[counter.COUNT_REJECTS]).toBe(1);
  });

  test("meets the rate of its account in whole seconds; refused ones count, cancels do not", () => {
    const desk = new Desk();
    const account = "ACC2";
    expect(only(desk.order({ id: "A", account })).out).toBe("request");
    expect(only(desk.order({ id: "B", account, qty: 0 })).reason).toBe(reason.BAD_QUANTITY);
    desk.cancel({ id: "X", orig: "A" });
    expect(only(desk.order({ id: "C", account })).out).toBe("request");
    expect(only(desk.order({ id: "D", account }))).toMatchObject({
      reason: reason.ORDER_RATE,
      text: "RISK-016 ORDER_RATE limit=3 got=4",
    });
    expect(only(desk.order({ id: "E", account: "ACC1" })).out).toBe("request");
    desk.timeUs += 999_999;
    expect(only(desk.order({ id: "F", account })).reason).toBe(reason.ORDER_RATE);
    desk.timeUs = START_US + 1_000_000;
    desk.say({ execType: code.EXEC_CANCELED, number: 1, slot: 0, requestNumber: 3 });
    expect(only(desk.order({ id: "G", account })).out).toBe("request");
  });

  test("of another session's account does not use up its rate", () => {
    const desk = new Desk();
    const config = { ...CONFIG, sessions: [CONFIG.sessions[0]!, { id: 2, accounts: ["ACC1"] }] };
    const other = new Desk(config);
    for (let i = 0; i < 5; i++)
      expect(only(other.order({ id: `X${i}`, session: 2, account: "ACC2" })).reason).toBe(reason.NOT_ENTITLED);
    expect(only(other.order({ id: "A", account: "ACC2" })).out).toBe("request");
    desk.take();
  });

  test("meets the number of open orders, which fills and cancels give back", () => {
    const desk = new Desk();
    desk.order({ id: "A", account: "ACC2" });
    desk.order({ id: "B", account: "ACC2" });
    desk.timeUs += 1_000_000;
    expect(only(desk.order({ id: "C", account: "ACC2" }))).toMatchObject({
      reason: reason.OPEN_ORDERS,
      text: "RISK-018 OPEN_ORDERS limit=2 got=3",
    });
    desk.say({
      execType: code.EXEC_TRADE,
      number: 1,
      slot: 0,
      lastQty: 100,
      lastPx: 100 * ONE,
      cumQty: 100,
      execId: "E1",
    });
    expect(only(desk.order({ id: "D", account: "ACC2" })).out).toBe("request");
  });

  test("to a venue that is down, or without a venue, is refused at once", () => {
    const desk = new Desk(CONFIG, false);
    expect(only(desk.order({ id: "A" }))).toMatchObject({ reason: reason.VENUE_DOWN, text: "CORE-202 VENUE_DOWN" });
    desk.say({ kind: code.REPORT_VENUE_UP, venue: 0 });
    expect(only(desk.order({ id: "B" })).out).toBe("request");
    desk.say({ kind: code.REPORT_VENUE_DOWN, venue: 0 });
    expect(only(desk.order({ id: "C" })).reason).toBe(reason.VENUE_DOWN);
    const homeless = new Desk({ ...CONFIG, defaultVenue: null });
    expect(only(homeless.order({ id: "A", symbol: "MSFT", px: 200 * ONE })).reason).toBe(reason.NO_ROUTE);
  });

  test("is refused while the disk is full, and a cancel is not", () => {
    const desk = working();
    desk.starved = true;
    expect(only(desk.order({ id: "B" })).reason).toBe(reason.JOURNAL_FULL);
    expect(only(desk.replace({ id: "C", orig: "A" })).reason).toBe(reason.JOURNAL_FULL);
    expect(only(desk.cancel({ id: "D", orig: "A" })).out).toBe("request");
  });

  test("at the market is valued at the far end of the collar", () => {
    const desk = new Desk();
    expect(only(desk.order({ id: "A", type: code.TYPE_MARKET }))).toMatchObject({ price: NO_PRICE, type: "1" });
    expect(desk.accounts.openNotional(0, SIDE_BUY)).toBe(100 * 105 * 10_000);
  });

  test("meets a new reference price", () => {
    const desk = new Desk();
    expect(desk.reference("AAPL", 200 * ONE)).toBe(true);
    expect(only(desk.order({ id: "A" })).reason).toBe(reason.PRICE_COLLAR);
    expect(only(desk.order({ id: "B", px: 200 * ONE })).out).toBe("request");
    expect(desk.reference("BLIND", 10 * ONE)).toBe(true);
    expect(only(desk.order({ id: "C", symbol: "BLIND", px: 10 * ONE })).out).toBe("request");
    expect(desk.reference("AAPL", 0)).toBe(true);
    expect(only(desk.order({ id: "D" })).reason).toBe(reason.NO_REFERENCE_PRICE);
    expect(desk.reference("NOPE", ONE)).toBe(false);
  });
});

describe("fills", () => {
  test("add up, with the average price and what is left", () => {
    const desk = working();
    expect(
      only(
        desk.say({ execType: code.EXEC_TRADE, number: 1, lastQty: 30, lastPx: 100 * ONE, cumQty: 30, execId: "E1" }),
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
    expect(desk.accounts.openNotional(0, SIDE_BUY)).toBe(70 * 100 * 10_000);
    const last = only(
      desk.say({ execType: code.EXEC_TRADE, number: 1, lastQty: 70, lastPx: 99 * ONE, cumQty: 100, execId: "E2" }),
    );
    expect(last).toMatchObject({ ordStatus: "2", cumQty: 100, leavesQty: 0, avgPx: 99.3 * ONE });
    expect(desk.accounts.openOrders(0)).toBe(0);
    expect(desk.accounts.openNotional(0, SIDE_BUY)).toBe(0);
    expect(desk.accounts.executedNotional(0, SIDE_BUY)).toBe((30 * 100 + 70 * 99) * 10_000);
    expect(desk.accounts.executedQty(0, SIDE_BUY)).toBe(100);
    expect(desk.accounts.position(0)).toBe(100);
  });

  test("may come before the acknowledgement", () => {
    const desk = new Desk();
    desk.order({ id: "A" });
    expect(
      only(desk.say({ execType: code.EXEC_TRADE, number: 1, lastQty: 100, lastPx: ONE, cumQty: 100, execId: "E" }))
        .ordStatus,
    ).toBe("2");
  });

  test("that come twice count once", () => {
    const desk = working();
    const fill = { execType: code.EXEC_TRADE, number: 1, lastQty: 50, lastPx: 100 * ONE, cumQty: 50, execId: "E1" };
    expect(desk.tell(fill)).toBe(APPLIED);
    expect(desk.tell(fill)).toBe(DUPLICATE_EXECUTION);
    expect(desk.tell({ ...fill, execId: "E2", cumQty: 100 })).toBe(APPLIED);
    expect(desk.tell({ ...fill, execId: "E2", cumQty: 100 })).toBe(DUPLICATE_EXECUTION);
    expect(desk.take().length).toBe(2);
    expect(desk.accounts.executedQty(0, SIDE_BUY)).toBe(100);
    expect(desk.counters[counter.COUNT_DUPLICATE_EXECS]).toBe(2);
  });

  test("of more than is left, of nothing, of fractions, or without a price change nothing", () => {
    const desk = new Desk();
    desk.order({ id: "A", qty: 1_000_000 });
    const fill = {
      execType: code.EXEC_TRADE,
      number: 1,
      lastQty: 1_000_001,
      lastPx: 100 * ONE,
      cumQty: 0,
      execId: "E1",
    };
    const before = desk.core.digest();
    expect(desk.tell(fill)).toBe(ILLEGAL_REPORT);
    expect(desk.tell({ ...fill, lastQty: 0 })).toBe(ILLEGAL_REPORT);
    expect(desk.tell({ ...fill, lastQty: 0.5 })).toBe(ILLEGAL_REPORT);
    expect(desk.tell({ ...fill, lastQty: -1 })).toBe(ILLEGAL_REPORT);
    expect(desk.tell({ ...fill, lastQty: 1, lastPx: NO_PRICE })).toBe(ILLEGAL_REPORT);
    expect(desk.tell({ ...fill, lastQty: 1_000_000, lastPx: Number.MAX_SAFE_INTEGER })).toBe(ILLEGAL_REPORT);
    expect(desk.core.digest()).toBe(before);
    expect(desk.take()).toEqual([]);
    expect(desk.tell({ ...fill, lastQty: 1_000_000, cumQty: 1_000_000 })).toBe(APPLIED);
  });

  test("with another CumQty than ours are counted by LastQty, and the difference is told", () => {
    const desk = working();
    expect(
      desk.tell({ execType: code.EXEC_TRADE, number: 1, lastQty: 10, lastPx: ONE, cumQty: 30, execId: "E1" }),
    ).toBe(CUM_DIFFERS);
    expect(only(desk.take()).cumQty).toBe(10);
    expect(desk.counters[counter.COUNT_CUM_DIFFERS]).toBe(1);
  });

  test("that crossed the cancel count, and the order stays canceled", () => {
    const desk = working();
    desk.say({ execType: code.EXEC_CANCELED, number: 1 });
    const out = only(
      desk.say({ execType: code.EXEC_TRADE, number: 1, lastQty: 10, lastPx: 100 * ONE, cumQty: 10, execId: "E1" }),
    );
    expect(out).toMatchObject({ execType: "F", ordStatus: "4", cumQty: 10, leavesQty: 0 });
    expect(desk.accounts.executedQty(0, SIDE_BUY)).toBe(10);
    expect(desk.accounts.openOrders(0)).toBe(0);
    expect(desk.accounts.openNotional(0, SIDE_BUY)).toBe(0);
  });

  test("on the sell side shorten the position", () => {
    const desk = new Desk();
    desk.order({ id: "A", side: code.SIDE_SELL_SHORT });
    desk.say({ execType: code.EXEC_TRADE, number: 1, lastQty: 40, lastPx: 100 * ONE, cumQty: 40, execId: "E1" });
    expect(desk.accounts.position(0)).toBe(-40);
    expect(desk.accounts.openNotional(0, SIDE_SELL)).toBe(60 * 100 * 10_000);
    expect(desk.accounts.openNotional(0, SIDE_BUY)).toBe(0);
  });

  test("that are busted are taken back", () => {
    const desk = working();
    desk.say({ execType: code.EXEC_TRADE, number: 1, lastQty: 40, lastPx: 99.5 * ONE, cumQty: 40, execId: "E1" });
    const bust = { execType: code.EXEC_TRADE_CANCEL, number: 1, lastQty: 40, lastPx: 99.5 * ONE, execId: "E2" };
    expect(only(desk.say(bust))).toMatchObject({ execType: "H", ordStatus: "0", cumQty: 0, leavesQty: 100, avgPx: 0 });
    expect(desk.tell(bust)).toBe(DUPLICATE_EXECUTION);
    expect(desk.accounts.executedQty(0, SIDE_BUY)).toBe(0);
    expect(desk.accounts.executedNotional(0, SIDE_BUY)).toBe(0);
    expect(desk.accounts.openNotional(0, SIDE_BUY)).toBe(100 * 100 * 10_000);
  });

  test("that are busted after the end leave the order ended", () => {
    const desk = working();
    desk.say({ execType: code.EXEC_TRADE, number: 1, lastQty: 100, lastPx: 100 * ONE, cumQty: 100, execId: "E1" });
    expect(
      only(desk.say({ execType: code.EXEC_TRADE_CANCEL, number: 1, lastQty: 100, lastPx: 100 * ONE, execId: "E2" })),
    ).toMatchObject({
      ordStatus: "2",
      cumQty: 0,
      leavesQty: 0,
    });
    expect(desk.accounts.position(0)).toBe(0);
    expect(desk.accounts.openOrders(0)).toBe(0);
  });

  test("that are corrected, or busted without saying which, are passed on and counted", () => {
    const desk = working();
    desk.say({ execType: code.EXEC_TRADE, number: 1, lastQty: 40, lastPx: 100 * ONE, cumQty: 40, execId: "E1" });
    expect(
      desk.tell({ execType: code.EXEC_TRADE_CORRECT, number: 1, lastQty: 30, lastPx: 100 * ONE, execId: "E2" }),
    ).toBe(UNSUPPORTED);
    expect(desk.tell({ execType: code.EXEC_TRADE_CANCEL, number: 1, execId: "E3" })).toBe(UNSUPPORTED);
    expect(desk.take().map((out) => [out.execType, out.ordStatus, out.cumQty])).toEqual([
      ["G", "1", 40],
      ["H", "1", 40],
    ]);
    expect(desk.accounts.executedQty(0, SIDE_BUY)).toBe(40);
    expect(desk.counters[counter.COUNT_UNSUPPORTED]).toBe(2);
  });
});

describe("a cancel", () => {
  test("goes out with numbers of ours and the venue's OrderID, and answers under the client's ids", () => {
    const desk = working();
    expect(only(desk.cancel({ id: "X", orig: "A" }))).toMatchObject({
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
      desk.say({ execType: code.EXEC_TRADE, number: 1, lastQty: 10, lastPx: 100 * ONE, cumQty: 10, execId: "E" }),
    );
    expect(fill).toMatchObject({ ordStatus: "6", id: "A", orig: "", leavesQty: 90 });
    expect(only(desk.say({ execType: code.EXEC_CANCELED, number: 1, requestNumber: 2, text: "bye" }))).toMatchObject({
      execType: "4",
      ordStatus: "4",
      id: "X",
      orig: "A",
      cumQty: 10,
      leavesQty: 0,
      text: "bye",
    });
    expect(desk.accounts.openNotional(0, SIDE_BUY)).toBe(0);
    expect(desk.counters[counter.COUNT_OPEN]).toBe(0);
  });

  test("may go out before the acknowledgement", () => {
    const desk = new Desk();
    desk.order({ id: "A" });
    expect(only(desk.cancel({ id: "X", orig: "A" }))).toMatchObject({ number: 2, orderId: "" });
    expect(only(desk.say({ execType: code.EXEC_NEW, number: 1 }))).toMatchObject({ execType: "0", ordStatus: "6" });
  });

  test("refused by the venue leaves the order working", () => {
    const desk = working();
    desk.cancel({ id: "X", orig: "A" });
    const no = { kind: code.REPORT_CANCEL_REJECT, number: 1, requestNumber: 2, cxlRejReason: 2, text: "no" };
    expect(only(desk.say(no))).toMatchObject({
      out: "cancelReject",
      id: "X",
      orig: "A",
      orderId: "1",
      ordStatus: "0",
      responseTo: "1",
      cxlRejReason: 2,
      text: "no",
    });
    expect(desk.tell(no)).toBe(ILLEGAL_REPORT);
    expect(only(desk.cancel({ id: "Y", orig: "A" })).number).toBe(3);
  });

  test("that did not leave is refused with our reason", () => {
    const desk = working();
    desk.cancel({ id: "X", orig: "A" });
    expect(only(desk.say({ kind: code.REPORT_NOT_TAKEN, number: 2 }))).toMatchObject({
      out: "cancelReject",
      id: "X",
      cxlRejReason: 2,
      text: "CORE-205 NOT_TAKEN_BY_VENUE",
      ordStatus: "0",
    });
  });

  test("is answered though the order was filled first", () => {
    const desk = working();
    desk.cancel({ id: "X", orig: "A" });
    expect(
      only(desk.say({ execType: code.EXEC_TRADE, number: 1, lastQty: 100, lastPx: ONE, cumQty: 100, execId: "E" }))
        .ordStatus,
    ).toBe("2");
    expect(only(desk.say({ kind: code.REPORT_CANCEL_REJECT, number: 2, cxlRejReason: 0 }))).toMatchObject({
      out: "cancelReject",
      ordStatus: "2",
      id: "X",
      orig: "A",
    });
  });

  test("of an unknown, ended or busy order, or under a used ClOrdID, is refused", () => {
    const desk = working();
    expect(only(desk.cancel({ id: "X", orig: "NOPE" }))).toMatchObject({
      out: "cancelReject",
      orderId: "NONE",
      ordStatus: "8",
      cxlRejReason: 1,
      id: "X",
      orig: "NOPE",
    });
    expect(only(desk.cancel({ id: "A", orig: "A" }))).toMatchObject({ cxlRejReason: 6, ordStatus: "0", orderId: "1" });
    desk.cancel({ id: "X", orig: "A" });
    expect(only(desk.cancel({ id: "Y", orig: "A" }))).toMatchObject({ cxlRejReason: 3, ordStatus: "6" });
    desk.say({ execType: code.EXEC_CANCELED, number: 2 });
    expect(only(desk.cancel({ id: "Z", orig: "A" }))).toMatchObject({ cxlRejReason: 0, ordStatus: "4" });
    expect(desk.counters[counter.COUNT_CANCEL_REJECTS]).toBe(4);
    expect(only(desk.cancel({ id: "Q", orig: "A", session: 2 })).cxlRejReason).toBe(1);
  });

  test("passes kill switch, rate and disabled accounts, but not a venue that is down", () => {
    const desk = working();
    desk.kill(true);
    expect(only(desk.order({ id: "B" })).reason).toBe(reason.KILL_SWITCH);
    expect(only(desk.replace({ id: "C", orig: "A" }))).toMatchObject({ reason: reason.KILL_SWITCH, responseTo: "2" });
    desk.tell({ kind: code.REPORT_VENUE_DOWN, venue: 0 });
    expect(only(desk.cancel({ id: "D", orig: "A" }))).toMatchObject({
      reason: reason.VENUE_DOWN,
      ordStatus: "0",
      text: "CORE-202 VENUE_DOWN",
    });
    desk.tell({ kind: code.REPORT_VENUE_UP, venue: 0 });
    expect(only(desk.cancel({ id: "E", orig: "A" })).out).toBe("request");
  });

  test("resent with PossResend is dropped", () => {
    const desk = working();
    desk.cancel({ id: "X", orig: "A" });
    expect(desk.cancel({ id: "X", orig: "A", possResend: true })).toEqual([]);
  });
});

describe("a replace", () => {
  test("reserves both until it is answered, then goes by its own ClOrdID and number", () => {
    const desk = working();
    expect(only(desk.replace({ id: "B", orig: "A", qty: 200, px: 101 * ONE }))).toMatchObject({
      kind: code.REQUEST_REPLACE,
      number: 2,
      origNumber: 1,
      quantity: 200,
      price: 101 * ONE,
      orderId: "V1",
    });
    expect(desk.accounts.openNotional(0, SIDE_BUY)).toBe((100 * 100 + 200 * 101) * 10_000);
    expect(
      only(
        desk.say({ execType: code.EXEC_TRADE, number: 1, lastQty: 50, lastPx: 100 * ONE, cumQty: 50, execId: "E1" }),
      ),
    ).toMatchObject({
      ordStatus: "E",
      id: "A",
      leavesQty: 50,
    });
    expect(desk.accounts.openNotional(0, SIDE_BUY)).toBe((50 * 100 + 150 * 101) * 10_000);
    expect(only(desk.say({ execType: code.EXEC_REPLACED, number: 1, requestNumber: 2, orderId: "V2" }))).toMatchObject({
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
    expect(desk.accounts.openNotional(0, SIDE_BUY)).toBe(150 * 101 * 10_000);
    expect(only(desk.cancel({ id: "C", orig: "B" }))).toMatchObject({
      number: 3,
      origNumber: 2,
      orderId: "V2",
      quantity: 200,
    });
    expect(only(desk.say({ execType: code.EXEC_CANCELED, number: 3 }))).toMatchObject({ id: "C", orig: "B" });
    expect(desk.accounts.openNotional(0, SIDE_BUY)).toBe(0);
  });

  test("takes the terms that the venue gave it", () => {
    const desk = working();
    desk.replace({ id: "B", orig: "A", qty: 200 });
    const out = only(desk.say({ execType: code.EXEC_REPLACED, number: 2, quantity: 150, price: 99 * ONE }));
    expect(out).toMatchObject({ quantity: 150, price: 99 * ONE, leavesQty: 150 });
    expect(desk.accounts.openNotional(0, SIDE_BUY)).toBe(150 * 99 * 10_000);
  });

  test("down to what is filled ends the order", () => {
    const desk = working();
    desk.say({ execType: code.EXEC_TRADE, number: 1, lastQty: 50, lastPx: 100 * ONE, cumQty: 50, execId: "E1" });
    expect(only(desk.replace({ id: "X", orig: "A", qty: 49 }))).toMatchObject({
      reason: reason.BELOW_CUM_QTY,
      responseTo: "2",
      ordStatus: "1",
    });
    desk.replace({ id: "B", orig: "A", qty: 50 });
    expect(only(desk.say({ execType: code.EXEC_REPLACED, number: 2 }))).toMatchObject({ ordStatus: "2", leavesQty: 0 });
    expect(desk.accounts.openOrders(0)).toBe(0);
  });

  test("refused by the venue gives back what it held", () => {
    const desk = working();
    desk.replace({ id: "B", orig: "A", qty: 200 });
    expect(only(desk.say({ kind: code.REPORT_CANCEL_REJECT, number: 2, cxlRejReason: 99 }))).toMatchObject({
      out: "cancelReject",
      responseTo: "2",
      id: "B",
      orig: "A",
    });
    expect(desk.accounts.openNotional(0, SIDE_BUY)).toBe(100 * 100 * 10_000);
    expect(
      only(desk.say({ execType: code.EXEC_TRADE, number: 1, lastQty: 100, lastPx: ONE, cumQty: 100, execId: "E" })).id,
    ).toBe("A");
  });

  test("overtaken by fills holds again what a bust gives back", () => {
    const desk = working();
    desk.replace({ id: "B", orig: "A", qty: 50 });
    desk.say({ execType: code.EXEC_TRADE, number: 1, lastQty: 50, lastPx: 100 * ONE, cumQty: 50, execId: "E1" });
    expect(desk.accounts.openNotional(0, SIDE_BUY)).toBe(50 * 100 * 10_000);
    desk.say({ execType: code.EXEC_TRADE_CANCEL, number: 1, lastQty: 50, lastPx: 100 * ONE, execId: "E2" });
    expect(desk.accounts.openNotional(0, SIDE_BUY)).toBe(150 * 100 * 10_000);
    desk.say({ execType: code.EXEC_CANCELED, number: 1 });
    expect(desk.accounts.openNotional(0, SIDE_BUY)).toBe(0);
  });

  test("meets the same limits as an order", () => {
    const desk = working();
    expect(only(desk.replace({ id: "B", orig: "A", qty: 1_000_001 })).reason).toBe(reason.MAX_ORDER_QTY);
    expect(only(desk.replace({ id: "B", orig: "A", px: 120 * ONE })).reason).toBe(reason.PRICE_COLLAR);
    expect(only(desk.replace({ id: "B", orig: "A", qty: 0 })).reason).toBe(reason.BAD_QUANTITY);
    expect(only(desk.replace({ id: "B", orig: "NOPE" })).cxlRejReason).toBe(1);
    desk.tell({ kind: code.REPORT_VENUE_DOWN, venue: 0 });
    expect(only(desk.replace({ id: "B", orig: "A" })).reason).toBe(reason.VENUE_DOWN);
    expect(desk.accounts.openNotional(0, SIDE_BUY)).toBe(100 * 100 * 10_000);
  });

  test("of anything but quantity and price is refused", () => {
    const desk = working();
    for (const change of [
      { side: SIDE_SELL },
      { symbol: "MSFT" },
      { account: "ACC2" },
      { type: code.TYPE_MARKET },
      { tif: code.TIF_GTC },
    ]) {
      expect(only(desk.replace({ id: "B", orig: "A", ...change })).reason).toBe(reason.TERMS_CHANGED);
    }
    expect(only(desk.replace({ id: "B", orig: "A", account: "", tif: 0 })).out).toBe("request");
  });

  test("counts towards the rate", () => {
    const desk = new Desk();
    desk.order({ id: "A", account: "ACC2" });
    desk.replace({ id: "B", orig: "A", account: "ACC2", qty: 0 });
    desk.replace({ id: "C", orig: "A", account: "ACC2" });
    desk.say({ execType: code.EXEC_REPLACED, number: 2 });
    expect(only(desk.replace({ id: "D", orig: "C", account: "ACC2" })).reason).toBe(reason.ORDER_RATE);
  });
});

describe("what venues do by themselves", () => {
  test.each([
    [code.EXEC_CANCELED, "4"],
    [code.EXEC_EXPIRED, "C"],
    [code.EXEC_DONE_FOR_DAY, "3"],
  ])("an unsolicited end (%d) is passed on", (execType, ordStatus) => {
    const desk = working();
    expect(only(desk.say({ execType, number: 1 }))).toMatchObject({
      execType: ordStatus,
      ordStatus,
      id: "A",
      orig: "",
      leavesQty: 0,
    });
    expect(desk.accounts.openOrders(0)).toBe(0);
  });

  test("an unsolicited end leaves a pending cancel to be answered", () => {
    const desk = working();
    desk.cancel({ id: "X", orig: "A" });
    expect(only(desk.say({ execType: code.EXEC_EXPIRED, number: 1 }))).toMatchObject({ id: "A", ordStatus: "C" });
    expect(only(desk.say({ kind: code.REPORT_CANCEL_REJECT, number: 2 }))).toMatchObject({ id: "X", ordStatus: "C" });
  });

  test("a restatement changes quantity, price and what is held", () => {
    const desk = working();
    expect(only(desk.say({ execType: EXEC_RESTATED, number: 1, quantity: 60, price: 99 * ONE }))).toMatchObject({
      execType: "D",
      ordStatus: "0",
      quantity: 60,
      price: 99 * ONE,
      leavesQty: 60,
    });
    expect(desk.accounts.openNotional(0, SIDE_BUY)).toBe(60 * 99 * 10_000);
  });

  test("pending reports are passed on when they are ours to wait for", () => {
    const desk = working();
    expect(desk.tell({ execType: code.EXEC_PENDING_CANCEL, number: 1 })).toBe(ILLEGAL_REPORT);
    desk.cancel({ id: "X", orig: "A" });
    expect(only(desk.say({ execType: code.EXEC_PENDING_CANCEL, number: 1, requestNumber: 2 }))).toMatchObject({
      execType: "6",
      ordStatus: "6",
      id: "X",
      orig: "A",
    });
    const young = new Desk();
    young.order({ id: "A" });
    expect(young.say({ execType: code.EXEC_PENDING_NEW, number: 1, orderId: "V" })).toEqual([]);
    expect(only(young.cancel({ id: "X", orig: "A" })).orderId).toBe("V");
  });

  test("reports of nobody's order are orphans and change nothing", () => {
    const desk = working();
    const before = desk.core.digest();
    const fill = { execType: code.EXEC_TRADE, lastQty: 10, lastPx: ONE, cumQty: 10, execId: "E" };
    for (const stray of [
      { ...fill, number: 1, slot: 1 },
      { ...fill, number: 1, slot: -1 },
      { ...fill, number: 1, slot: 5000 },
      { ...fill, number: 2, slot: 0 },
      { ...fill, number: 1, slot: 0, venue: 1 },
    ]) {
      expect(desk.tell(stray)).toBe(ORPHAN);
    }
    expect(desk.counters[counter.COUNT_ORPHANS]).toBe(5);
    expect(desk.take()).toEqual([]);
    expect(desk.core.digest()).toBe(before);
  });

  test("reports that the lifecycle forbids change nothing", () => {
    const desk = working();
    desk.say({ execType: code.EXEC_CANCELED, number: 1 });
    const before = desk.core.digest();
    for (const execType of [
      code.EXEC_NEW,
      code.EXEC_CANCELED,
      code.EXEC_REPLACED,
      code.EXEC_REJECTED,
      code.EXEC_EXPIRED,
    ]) {
      expect(desk.tell({ execType, number: 1 })).toBe(ILLEGAL_REPORT);
    }
    expect(desk.take()).toEqual([]);
    expect(desk.core.digest()).toBe(before);
    expect(desk.counters[counter.COUNT_ILLEGAL]).toBe(5);
  });
});

describe("status", () => {
  test("of a known order tells its state; of an unknown one that it is", () => {
    const desk = working();
    desk.say({ execType: code.EXEC_TRADE, number: 1, lastQty: 40, lastPx: 99 * ONE, cumQty: 40, execId: "E" });
    expect(only(desk.status({ id: "A" }))).toMatchObject({
      execType: "I",
      ordStatus: "1",
      id: "A",
      cumQty: 40,
      leavesQty: 60,
      avgPx: 99 * ONE,
      orderId: "1",
    });
    expect(only(desk.status({ id: "NOPE" }))).toMatchObject({
      execType: "I",
      ordStatus: "8",
      orderId: "NONE",
      text: "CORE-210 UNKNOWN_ORDER",
    });
    desk.order({ id: "BAD", symbol: "NOPE", account: "NOBODY" });
    expect(only(desk.status({ id: "BAD", symbol: "NOPE" }))).toMatchObject({
      execType: "I",
      ordStatus: "8",
      symbol: "NOPE",
      orderId: "2",
    });
  });
});

describe("many orders", () => {
  test("a table full of open orders refuses by name and takes again when one ends", () => {
    const desk = new Desk({ ...CONFIG, maxOrders: 8 });
    for (let i = 0; i < 8; i++) expect(only(desk.order({ id: `O${i}` })).out).toBe("request");
    expect(only(desk.order({ id: "X" }))).toMatchObject({ reason: reason.TABLE_FULL, text: "CORE-204 TABLE_FULL" });
    for (let i = 0; i < 8; i++) expect(only(desk.cancel({ id: `C${i}`, orig: `O${i}` })).out).toBe("request");
    desk.say({ execType: code.EXEC_CANCELED, number: 1, slot: 0 });
    expect(only(desk.order({ id: "Y" })).out).toBe("request");
  });

  test("done orders are forgotten oldest first, and late reports of them are orphans", () => {
    const desk = new Desk({ ...CONFIG, maxOrders: 4 });
    const end = (number: number, slot: number) => desk.say({ execType: code.EXEC_CANCELED, number, slot });
    for (let i = 0; i < 4; i++) desk.order({ id: `O${i}` });
    end(3, 2);
    end(1, 0);
    expect(only(desk.status({ id: "O2" })).ordStatus).toBe("4");
    expect(only(desk.order({ id: "N1" })).slot).toBe(2);
    expect(only(desk.status({ id: "O2" })).orderId).toBe("NONE");
    expect(only(desk.status({ id: "O0" })).ordStatus).toBe("4");
    expect(
      desk.tell({ execType: code.EXEC_TRADE, number: 3, slot: 2, lastQty: 1, lastPx: ONE, cumQty: 1, execId: "E" }),
    ).toBe(ORPHAN);
    expect(only(desk.order({ id: "O2" })).slot).toBe(0);
  });

  test("a cancel is never blocked by ClOrdIDs that replaces and refused cancels have taken", () => {
    const desk = new Desk({ ...CONFIG, maxOrders: 4 });
    for (let i = 0; i < 4; i++) desk.order({ id: `O${i}` });
    let refused = 0;
    let number = 4;
    for (let i = 0; i < 40; i++) {
      const out = only(desk.replace({ id: `R${i}`, orig: "O0" }));
      if (out.out === "cancelReject") refused++;
      else desk.say({ kind: code.REPORT_CANCEL_REJECT, number: ++number });
    }
    expect(refused).toBe(39);
    for (let i = 0; i < 40; i++) {
      const order = i & 3;
      expect(only(desk.cancel({ id: `C${i}`, orig: `O${order}` })).out).toBe("request");
      desk.say({ kind: code.REPORT_CANCEL_REJECT, number: ++number, slot: order });
    }
  });
});
