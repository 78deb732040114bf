import { describe, expect, test } from "bun:test";
import { MOST_E8, NO_PRICE } from "../../src/base/units.ts";
import { outcomeText } from "../../src/core/alarms.ts";
import * as counter from "../../src/core/counters.ts";
import { REFUSED_LATE } from "../../src/core/outcomes.ts";
import * as reason from "../../src/core/risk/reason-codes.ts";
import * as code from "../../src/record/codes.ts";
import { CONFIG, CoreDriver, ONE, only, START_US, working } from "./driver.ts";

const { SIDE_BUY, SIDE_SELL } = code;

describe("a new order", () => {
  test("goes to the venue of its symbol under a number of ours, and the client hears nothing yet", () => {
    const driver = new CoreDriver();
    expect(only(driver.order({ id: "A" }))).toEqual({
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
    expect(only(driver.order({ id: "B", symbol: "MSFT", px: 200 * ONE }))).toMatchObject({
      venue: 1,
      number: 2,
      slot: 1,
      index: 1,
    });
    expect(driver.counters[counter.COUNT_OPEN]).toBe(2);
    expect(driver.accounts.openOrders(0)).toBe(2);
    expect(driver.accounts.openNotional(0, SIDE_BUY)).toBe((100 * 100 + 100 * 200) * 10_000);
  });

  test("is reported once the venue takes it", () => {
    const driver = new CoreDriver();
    driver.order({ id: "A" });
    expect(only(driver.say({ execType: code.EXEC_NEW, number: 1, slot: 0, orderId: "V1" }))).toEqual({
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
    const driver = new CoreDriver();
    driver.order({ id: "A" });
    const out = only(driver.say({ execType: code.EXEC_REJECTED, number: 1, ordRejReason: 3, text: "too big" }));
    expect(out).toMatchObject({
      execType: "8",
      ordStatus: "8",
      leavesQty: 0,
      ordRejReason: 3,
      text: "too big",
      reason: 0,
    });
    expect(driver.accounts.openOrders(0)).toBe(0);
    expect(driver.accounts.openNotional(0, SIDE_BUY)).toBe(0);
  });

  test("that did not leave is rejected with our reason", () => {
    const driver = new CoreDriver();
    driver.order({ id: "A" });
    const out = only(driver.say({ kind: code.REPORT_NOT_TAKEN, number: 1 }));
    expect(out).toMatchObject({
      execType: "8",
      ordStatus: "8",
      reason: reason.NOT_TAKEN,
      text: "CORE-205 NOT_TAKEN_BY_VENUE",
    });
    expect(driver.accounts.openOrders(0)).toBe(0);
    expect(driver.tell({ kind: code.REPORT_NOT_TAKEN, number: 1 })).toBe(REFUSED_LATE);
    expect(driver.take()).toEqual([]);
    expect(outcomeText(REFUSED_LATE)).toBe("ignored: refuses a request that was answered before");
  });

  const refusals: [string, Parameters<CoreDriver["order"]>[0], number, number, string][] = [
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
    ["no reference price", { symbol: "BLIND" }, reason.NO_REFERENCE_PRICE, 19, "RISK-105 NO_REFERENCE_PRICE"],
    ["a strange side", { side: 51 }, reason.UNSUPPORTED_SIDE, 11, "RISK-106 UNSUPPORTED_SIDE value=3 level=ORDER"],
    [
      "a stop order",
      { type: 51 },
      reason.UNSUPPORTED_TYPE,
      11,
      "RISK-006 UNSUPPORTED_ORDER_TYPE value=3 level=VENUE:ALPHA",
    ],
    [
      "at the close",
      { tif: 55 },
      reason.UNSUPPORTED_TIF,
      11,
      "RISK-107 UNSUPPORTED_TIME_IN_FORCE value=7 level=VENUE:ALPHA",
    ],
    ["no quantity", { qty: 0 }, reason.BAD_QUANTITY, 13, "RISK-008 BAD_QUANTITY step=1 value=0 level=SYMBOL:AAPL"],
    ["half a share", { qty: 0.5 }, reason.BAD_QUANTITY, 13, "RISK-008 BAD_QUANTITY step=1 value=0.5 level=SYMBOL:AAPL"],
    [
      "a quantity below 0",
      { qty: -5 },
      reason.BAD_QUANTITY,
      13,
      "RISK-008 BAD_QUANTITY step=1 value=-5 level=SYMBOL:AAPL",
    ],
    [
      "a quantity beyond all",
      { qty: MOST_E8 + 1n },
      reason.BAD_QUANTITY,
      13,
      "RISK-008 BAD_QUANTITY step=1 value=92000000000.00000001 level=SYMBOL:AAPL",
    ],
    ["no price", { px: NO_PRICE }, reason.BAD_PRICE, 99, "RISK-108 BAD_PRICE tag=44 level=SYMBOL:AAPL"],
    [
      "a price below 0",
      { px: -ONE },
      reason.BAD_PRICE,
      99,
      "RISK-108 BAD_PRICE tag=44 limit=0 value=-1 level=SYMBOL:AAPL",
    ],
    [
      "a price of nothing",
      { px: 0 },
      reason.BAD_PRICE,
      99,
      "RISK-108 BAD_PRICE tag=44 limit=0 value=0 level=SYMBOL:AAPL",
    ],
    [
      "too many",
      { qty: 1_000_001 },
      reason.MAX_ORDER_QTY,
      26,
      "RISK-010 MAX_ORDER_QTY limit=1000000 value=1000001 level=ACCOUNT:ACC1",
    ],
    [
      "too much money",
      { qty: 999_999, px: 101 * ONE },
      reason.MAX_ORDER_NOTIONAL,
      27,
      "RISK-011 MAX_ORDER_NOTIONAL limit=100000000 value=100999899 level=ACCOUNT:ACC1",
    ],
    [
      "a price above the collar",
      { px: 105 * ONE + 1 },
      reason.PRICE_COLLAR,
      16,
      "RISK-012 PRICE_COLLAR limit=5% ref=100 value=105.00000001 level=SYMBOL:AAPL",
    ],
    [
      "a price below the collar",
      { px: 94 * ONE },
      reason.PRICE_COLLAR,
      16,
      "RISK-012 PRICE_COLLAR limit=5% ref=100 value=94 level=SYMBOL:AAPL",
    ],
  ];
  test.each(refusals)("with %s is refused", (_name, terms, why, ordRejReason, text) => {
    const driver = new CoreDriver();
    const out = only(driver.order({ id: "A", ...terms }));
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
    expect(driver.counters[counter.COUNT_REJECTS]).toBe(1);
    expect(driver.counters[counter.COUNT_OPEN]).toBe(0);
    expect(driver.accounts.openOrders(0)).toBe(0);
    expect(driver.accounts.openNotional(0, SIDE_BUY)).toBe(0);
  });

  test("at the edges of collar and limits passes", () => {
    const driver = new CoreDriver();
    expect(only(driver.order({ id: "A", px: 105 * ONE })).out).toBe("request");
    expect(only(driver.order({ id: "B", px: 95 * ONE, side: SIDE_SELL })).out).toBe("request");
    expect(only(driver.order({ id: "C", qty: 1_000_000 })).out).toBe("request");
  });

  test("takes the first failing check's reason", () => {
    const driver = new CoreDriver();
    driver.kill(true);
    const bad = { account: "NOBODY", symbol: "NOPE", qty: 0, px: 0 };
    expect(only(driver.order({ id: "A", ...bad })).reason).toBe(reason.KILL_SWITCH);
    driver.kill(false);
    expect(only(driver.order({ id: "B", ...bad })).reason).toBe(reason.UNKNOWN_ACCOUNT);
    expect(only(driver.order({ id: "C", ...bad, account: "ACC1" })).reason).toBe(reason.UNKNOWN_SYMBOL);
    expect(only(driver.order({ id: "D", qty: 0, px: 0 })).reason).toBe(reason.BAD_QUANTITY);
  });

  test("with a ClOrdID in use is a duplicate; of another session it is not", () => {
    const driver = new CoreDriver();
    driver.order({ id: "A", account: "ACC2" });
    expect(only(driver.order({ id: "A" }))).toMatchObject({
      execType: "8",
      ordRejReason: 6,
      reason: reason.DUPLICATE_CL_ORD_ID,
      orderId: "2",
    });
    expect(only(driver.order({ id: "A", session: 2, account: "ACC2" })).out).toBe("request");
  });

  test("of a refused order's ClOrdID is a duplicate too", () => {
    const driver = new CoreDriver();
    driver.order({ id: "A", qty: 0 });
    expect(only(driver.order({ id: "A" })).reason).toBe(reason.DUPLICATE_CL_ORD_ID);
  });

  test("resent with PossResend is dropped when its ClOrdID is known, and taken when not", () => {
    const driver = new CoreDriver();
    expect(only(driver.order({ id: "A", possResend: true })).out).toBe("request");
    expect(driver.order({ id: "A", possResend: true })).toEqual([]);
    expect(driver.counters[counter.COUNT_DROPPED]).toBe(1);
    expect(driver.counters[counter.COUNT_ORDERS]).toBe(1);
  });

  test("from a session that nobody configured is refused", () => {
    const driver = new CoreDriver();
    expect(only(driver.order({ session: 0 })).text).toBe("RISK-110 UNKNOWN_SESSION");
    expect(driver.counters[counter.COUNT_REJECTS]).toBe(1);
  });

  test("meets the rate of its account in whole seconds; refused ones count, cancels do not", () => {
    const driver = new CoreDriver();
    const account = "ACC2";
    expect(only(driver.order({ id: "A", account })).out).toBe("request");
    expect(only(driver.order({ id: "B", account, qty: 0 })).reason).toBe(reason.BAD_QUANTITY);
    driver.cancel({ id: "X", orig: "A" });
    expect(only(driver.order({ id: "C", account })).out).toBe("request");
    expect(only(driver.order({ id: "D", account }))).toMatchObject({
      reason: reason.ORDER_RATE,
      text: "RISK-016 ORDERS_PER_SECOND limit=3 value=4 level=ACCOUNT:ACC2",
    });
    expect(only(driver.order({ id: "E", account: "ACC1" })).out).toBe("request");
    driver.timeUs += 999_999;
    expect(only(driver.order({ id: "F", account })).reason).toBe(reason.ORDER_RATE);
    driver.timeUs = START_US + 1_000_000;
    driver.say({ execType: code.EXEC_CANCELED, number: 1, slot: 0, requestNumber: 3 });
    expect(only(driver.order({ id: "G", account })).out).toBe("request");
  });

  test("of another session's account does not use up its rate", () => {
    const driver = new CoreDriver();
    const config = { ...CONFIG, sessions: [CONFIG.sessions[0]!, { id: 2, accounts: ["ACC1"] }] };
    const other = new CoreDriver(config);
    for (let i = 0; i < 5; i++)
      expect(only(other.order({ id: `X${i}`, session: 2, account: "ACC2" })).reason).toBe(reason.NOT_ENTITLED);
    expect(only(other.order({ id: "A", account: "ACC2" })).out).toBe("request");
    driver.take();
  });

  test("meets the number of open orders, which fills and cancels give back", () => {
    const driver = new CoreDriver();
    driver.order({ id: "A", account: "ACC2" });
    driver.order({ id: "B", account: "ACC2" });
    driver.timeUs += 1_000_000;
    expect(only(driver.order({ id: "C", account: "ACC2" }))).toMatchObject({
      reason: reason.OPEN_ORDERS,
      text: "RISK-018 MAX_OPEN_ORDERS limit=2 value=3 level=ACCOUNT:ACC2",
    });
    driver.say({
      execType: code.EXEC_TRADE,
      number: 1,
      slot: 0,
      lastQty: 100,
      lastPx: 100 * ONE,
      cumQty: 100,
      execId: "E1",
    });
    expect(only(driver.order({ id: "D", account: "ACC2" })).out).toBe("request");
  });

  test("to a venue that is down, or without a venue, is refused at once", () => {
    const driver = new CoreDriver(CONFIG, false);
    expect(only(driver.order({ id: "A" }))).toMatchObject({ reason: reason.VENUE_DOWN, text: "CORE-202 VENUE_DOWN" });
    driver.say({ kind: code.REPORT_VENUE_UP, venue: 0 });
    expect(only(driver.order({ id: "B" })).out).toBe("request");
    driver.say({ kind: code.REPORT_VENUE_DOWN, venue: 0 });
    expect(only(driver.order({ id: "C" })).reason).toBe(reason.VENUE_DOWN);
    const homeless = new CoreDriver({ ...CONFIG, defaultVenue: null });
    expect(only(homeless.order({ id: "A", symbol: "MSFT", px: 200 * ONE })).reason).toBe(reason.NO_ROUTE);
  });

  test("is refused while the disk is full, and a cancel is not", () => {
    const driver = working();
    driver.starved = true;
    expect(only(driver.order({ id: "B" })).reason).toBe(reason.JOURNAL_FULL);
    expect(only(driver.replace({ id: "C", orig: "A" })).reason).toBe(reason.JOURNAL_FULL);
    expect(only(driver.cancel({ id: "D", orig: "A" })).out).toBe("request");
  });

  test("at the market is valued at the far end of the collar", () => {
    const driver = new CoreDriver();
    expect(only(driver.order({ id: "A", type: code.TYPE_MARKET }))).toMatchObject({ price: NO_PRICE, type: "1" });
    expect(driver.accounts.openNotional(0, SIDE_BUY)).toBe(100 * 105 * 10_000);
  });

  test("meets a new reference price", () => {
    const driver = new CoreDriver();
    expect(driver.reference("AAPL", 200 * ONE)).toBe(true);
    expect(only(driver.order({ id: "A" })).reason).toBe(reason.PRICE_COLLAR);
    expect(only(driver.order({ id: "B", px: 200 * ONE })).out).toBe("request");
    expect(driver.reference("BLIND", 10 * ONE)).toBe(true);
    expect(only(driver.order({ id: "C", symbol: "BLIND", px: 10 * ONE })).out).toBe("request");
    for (const bad of [0, -ONE, MOST_E8]) expect(driver.reference("AAPL", bad)).toBe(false);
    expect(only(driver.order({ id: "E", px: 200 * ONE })).out).toBe("request");
    expect(driver.reference("AAPL", NO_PRICE)).toBe(true);
    expect(only(driver.order({ id: "D" })).reason).toBe(reason.NO_REFERENCE_PRICE);
    expect(driver.reference("NOPE", ONE)).toBe(false);
  });
});

describe("status", () => {
  test("of a known order tells its state; of an unknown one that it is", () => {
    const driver = working();
    driver.say({ execType: code.EXEC_TRADE, number: 1, lastQty: 40, lastPx: 99 * ONE, cumQty: 40, execId: "E" });
    expect(only(driver.status({ id: "A" }))).toMatchObject({
      execType: "I",
      ordStatus: "1",
      id: "A",
      cumQty: 40,
      leavesQty: 60,
      avgPx: 99 * ONE,
      orderId: "1",
    });
    expect(only(driver.status({ id: "NOPE" }))).toMatchObject({
      execType: "I",
      ordStatus: "8",
      orderId: "NONE",
      text: "CORE-210 UNKNOWN_ORDER",
    });
    driver.order({ id: "BAD", symbol: "NOPE", account: "NOBODY" });
    expect(only(driver.status({ id: "BAD", symbol: "NOPE" }))).toMatchObject({
      execType: "I",
      ordStatus: "8",
      symbol: "NOPE",
      orderId: "2",
    });
  });
});
