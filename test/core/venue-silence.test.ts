// A venue that does not answer: what the core asks it, what its clients are told, and what late answers do.

import { expect, test } from "bun:test";
import * as outcome from "../../src/core/outcomes.ts";
import * as why from "../../src/core/risk/reason-codes.ts";
import * as code from "../../src/record/codes.ts";
import {
  CONTROL_APPLIED,
  CONTROL_BAD_RECORD,
  CONTROL_RELEASE_ORDER,
  CONTROL_UNCHANGED,
  CONTROL_UNKNOWN_ORDER,
  CONTROL_VENUE_SILENCE,
} from "../../src/record/control-codes.ts";
import { units } from "../numbers.ts";
import { silenceText } from "./drawn-silence.ts";
import { CoreDriver, ONE, only, working } from "./driver.ts";
import type { Out } from "./outs.ts";

const REFUSED = { kind: code.REPORT_CANCEL_REJECT, slot: 0 };

/** The venue of the order in the first slot, number 1, does not answer a request. Returns the result and what came out. */
function silence(driver: CoreDriver, request: number, asks: boolean): [number, Out[]] {
  const result = driver.command(CONTROL_VENUE_SILENCE, 0, 1, "", silenceText(request, asks));
  return [result, driver.take()];
}

const attention = ({ core }: CoreDriver): number => core.tables.order.aim(0).attention;
const held = ({ accounts }: CoreDriver): unknown => accounts.openNotional(0, code.SIDE_BUY);

/** What a snapshot of the driver's journal and a replay come to. */
function replays(driver: CoreDriver): void {
  const again = new CoreDriver(driver.config, false);
  again.replay(driver.journal, [0, 0, 0], [0, 0]);
  expect(again.core.digest()).toBe(driver.core.digest());
}

test("the venue is asked for the order under the id by which it knows it, and nothing of the order changes", () => {
  const driver = working();
  driver.cancel({ id: "C", orig: "A" });
  const before = driver.core.digest();
  const [result, outs] = silence(driver, 2, true);
  expect(result).toBe(CONTROL_APPLIED);
  expect(only(outs)).toMatchObject({
    ...{ out: "request", kind: code.REQUEST_STATUS, number: 1, origNumber: 0, slot: 0, index: 3 },
    ...{ side: "1", symbol: "AAPL", account: "ACC1", orderId: "V1" },
  });
  const time = (): number => driver.core.tables.order.aim(0).lastNumber;
  expect(time()).toBe(2);
  expect(driver.core.digest()).not.toBe(before);
  replays(driver);
});

test("a cancel is refused at last: the order is open as before, and holds what it held", () => {
  const driver = working();
  const before = held(driver);
  driver.cancel({ id: "C", orig: "A" });
  const [result, outs] = silence(driver, 2, false);
  expect(result).toBe(CONTROL_APPLIED);
  expect(only(outs)).toMatchObject({
    ...{ out: "cancelReject", id: "C", orig: "A", ordStatus: "0", responseTo: "1", cxlRejReason: 99 },
    ...{ reason: why.VENUE_SILENT_ON_CHANGE, text: "CORE-227 VENUE_DID_NOT_ANSWER" },
  });
  expect([held(driver), attention(driver), driver.accounts.openOrders(0)]).toEqual([before, 0, 1]);
  expect(silence(driver, 2, false)).toEqual([CONTROL_UNCHANGED, []]);
  replays(driver);
});

test("a replace is refused at last: what it held besides is free again", () => {
  const driver = working();
  const before = held(driver);
  driver.replace({ id: "R", orig: "A", qty: 300, px: 101 * ONE });
  expect(held(driver)).not.toBe(before);
  const [, outs] = silence(driver, 2, false);
  expect(only(outs)).toMatchObject({ out: "cancelReject", id: "R", orig: "A", ordStatus: "0", responseTo: "2" });
  expect(held(driver)).toEqual(before);
  replays(driver);
});

test("a replace of a filled order is refused at last: the order is filled again", () => {
  const driver = working();
  driver.say({ execType: code.EXEC_TRADE, number: 1, slot: 0, execId: "E", lastQty: 100, lastPx: 100 * ONE });
  driver.replace({ id: "R", orig: "A", qty: 300 });
  expect(driver.accounts.openOrders(0)).toBe(1);
  expect(only(silence(driver, 2, false)[1])).toMatchObject({ out: "cancelReject", ordStatus: "2" });
  expect(driver.accounts.openOrders(0)).toBe(0);
  replays(driver);
});

test("a new order is never refused: its client is told once, and somebody must look at it", () => {
  const driver = new CoreDriver();
  driver.order({ id: "A" });
  const before = held(driver);
  const [result, outs] = silence(driver, 1, false);
  expect(result).toBe(CONTROL_APPLIED);
  expect(only(outs)).toMatchObject({
    ...{ out: "execution", execType: "I", ordStatus: "A", id: "A", orig: "", leavesQty: 100 },
    ...{ reason: why.VENUE_SILENT_ON_ORDER, text: "CORE-228 VENUE_HAS_NOT_ACKNOWLEDGED" },
  });
  expect([held(driver), attention(driver)]).toEqual([before, outcome.VENUE_SILENT]);
  expect(silence(driver, 1, false)).toEqual([CONTROL_UNCHANGED, []]);
  driver.instruct(CONTROL_RELEASE_ORDER, 0, 1, "");
  expect(silence(driver, 1, false)).toEqual([CONTROL_UNCHANGED, []]);
  // Its acknowledgement is taken as always.
  const ack = driver.say({ execType: code.EXEC_NEW, number: 1, slot: 0, status: "0", execId: "E" });
  expect(only(ack)).toMatchObject({ execType: "0", ordStatus: "0" });
  replays(driver);
});

test.each([
  ["of an order that is not there", 5, 1, silenceText(1, true), CONTROL_UNKNOWN_ORDER],
  ["of another order in its slot", 0, 7, silenceText(1, true), CONTROL_UNKNOWN_ORDER],
  ["without a request", 0, 1, new Uint8Array(1), CONTROL_BAD_RECORD],
  ["that asks for something else", 0, 1, Uint8Array.of(2, ...new Uint8Array(15)), CONTROL_BAD_RECORD],
  ["of a request that is not the newest", 0, 1, silenceText(2, true), CONTROL_UNCHANGED],
])("a command %s does nothing", (_, slot, number, text, expected) => {
  const driver = new CoreDriver();
  driver.order({ id: "A" });
  expect(driver.command(CONTROL_VENUE_SILENCE, slot, number, "", text)).toBe(expected);
  expect(driver.take()).toEqual([]);
});

test("an order that has been answered is left alone", () => {
  const driver = working();
  expect(silence(driver, 1, true)).toEqual([CONTROL_UNCHANGED, []]);
  expect(silence(driver, 1, false)).toEqual([CONTROL_UNCHANGED, []]);
});

function refusedFor(what: "cancel" | "replace"): CoreDriver {
  const driver = working();
  driver[what]({ id: "X", orig: "A", qty: 300, px: 101 * ONE });
  silence(driver, 2, false);
  return driver;
}

test("a late Canceled is booked and passed on", () => {
  const driver = refusedFor("cancel");
  const outs = driver.say({ execType: code.EXEC_CANCELED, number: 1, requestNumber: 2, slot: 0, status: "4" });
  expect(only(outs)).toMatchObject({ out: "execution", execType: "4", ordStatus: "4", id: "A" });
  expect([driver.accounts.openOrders(0), attention(driver)]).toEqual([0, 0]);
  replays(driver);
});

test("a late Replaced is booked and passed on under its own ClOrdID, by which the order goes from then on", () => {
  const driver = refusedFor("replace");
  const outs = driver.say({ execType: code.EXEC_REPLACED, number: 1, requestNumber: 2, slot: 0, status: "0" });
  expect(only(outs)).toMatchObject({
    ...{ execType: "5", id: "X", orig: "A", quantity: 300, price: 101 * ONE, leavesQty: 300 },
  });
  expect(attention(driver)).toBe(0);
  const [cancel] = driver.cancel({ id: "C", orig: "X" });
  expect(cancel).toMatchObject({ out: "request", number: 3, origNumber: 2 });
  replays(driver);
});

test("a replace after one that was refused is accepted, also where its Replaced names the refused one, whose own came late", () => {
  const driver = refusedFor("replace");
  driver.replace({ id: "Y", orig: "A", qty: 200 });
  const replaced = (number: number, requestNumber: number, quantity: number, rules?: number) =>
    driver.say({ execType: code.EXEC_REPLACED, number, requestNumber, slot: 0, status: "0", quantity, rules });
  expect(only(replaced(1, 2, 300))).toMatchObject({ execType: "5", id: "A", quantity: 300 });
  // In a journal of a version before it confirmed nothing.
  expect(only(replaced(2, 3, 200, 0))).toMatchObject({ execType: "5", id: "A", quantity: 200 });
  expect(only(replaced(2, 3, 200))).toMatchObject({ execType: "5", id: "Y", orig: "A", quantity: 200, leavesQty: 200 });
  expect(silence(driver, 3, false)).toEqual([CONTROL_UNCHANGED, []]);
  const [cancel] = driver.cancel({ id: "C", orig: "Y" });
  expect(cancel).toMatchObject({ out: "request", number: 4, origNumber: 3 });
  replays(driver);
});

test("a late cancel reject is not told again", () => {
  for (const what of ["cancel", "replace"] as const) {
    for (const named of [{ number: 1, requestNumber: 2 }, { number: 2 }, {}]) {
      const driver = refusedFor(what);
      const terms = { ...REFUSED, orderId: "V1", ...named, status: "0", cxlRejReason: 0 };
      expect(driver.tell(terms)).toBe(outcome.REFUSED_LATE);
      expect([driver.take(), attention(driver), driver.accounts.openOrders(0)]).toEqual([[], 0, 1]);
      replays(driver);
    }
  }
});

test("a late cancel reject that says that the order has ended ends it: the client gets a report", () => {
  const driver = refusedFor("cancel");
  const outs = driver.say({ ...REFUSED, number: 1, requestNumber: 2, status: "C", cxlRejReason: 0, text: "gone" });
  expect(only(outs)).toMatchObject({ out: "execution", execType: "I", ordStatus: "C", id: "A", text: "gone" });
  expect([driver.accounts.openOrders(0), held(driver)]).toEqual([0, 0]);
  replays(driver);
});

test("a late cancel reject that does not know the order raises an alarm, and nobody is told", () => {
  const driver = refusedFor("cancel");
  expect(driver.tell({ ...REFUSED, number: 1, requestNumber: 2, status: "8", cxlRejReason: 1 })).toBe(
    outcome.STATUS_DIFFERS,
  );
  expect([driver.take(), attention(driver)]).toEqual([[], outcome.STATUS_DIFFERS]);
});

test("after another request a cancel reject of the former one is out of place again", () => {
  const driver = refusedFor("cancel");
  driver.cancel({ id: "C", orig: "A" });
  expect(driver.tell({ ...REFUSED, number: 1, requestNumber: 2, status: "0" })).toBe(outcome.ILLEGAL_REPORT);
  driver.take();
  expect(silence(driver, 3, false)[0]).toBe(CONTROL_APPLIED);
});

const status = (terms: object) => ({ execType: code.EXEC_STATUS, number: 1, slot: 0, ...terms });

test("a status acknowledges a new order, and an acknowledgement behind it is no surprise", () => {
  const driver = new CoreDriver();
  driver.order({ id: "A" });
  expect(only(driver.say(status({ status: "0" })))).toMatchObject({ execType: "I", ordStatus: "0", id: "A" });
  expect(silence(driver, 1, true)[0]).toBe(CONTROL_UNCHANGED);
  const ack = { execType: code.EXEC_NEW, number: 1, slot: 0, status: "0", execId: "E" };
  expect(driver.tell(ack)).toBe(outcome.APPLIED);
  expect(only(driver.take())).toMatchObject({ execType: "0", ordStatus: "0" });
  expect(driver.tell(ack)).toBe(outcome.DUPLICATE_EXECUTION);
  expect(attention(driver)).toBe(0);
  replays(driver);
});

test("a status of a new order that is pending still acknowledges nothing", () => {
  const driver = new CoreDriver();
  driver.order({ id: "A" });
  driver.say(status({ status: "A" }));
  expect(silence(driver, 1, true)[0]).toBe(CONTROL_APPLIED);
});

test("a status that does not know a new order rejects it", () => {
  const driver = new CoreDriver();
  driver.order({ id: "A" });
  const outs = driver.say(status({ status: "8", ordRejReason: 5, text: "unknown order" }));
  expect(only(outs)).toMatchObject({
    ...{ execType: "8", ordStatus: "8", id: "A", ordRejReason: 5, text: "unknown order", leavesQty: 0 },
  });
  expect([driver.accounts.openOrders(0), held(driver), attention(driver)]).toEqual([0, 0, 0]);
  replays(driver);
});

test("a status that does not know an order which the venue has acknowledged ends nothing: somebody must look", () => {
  const driver = working();
  driver.cancel({ id: "C", orig: "A" });
  const before = held(driver);
  expect(only(driver.say(status({ status: "8", ordRejReason: 5 })))).toMatchObject({ execType: "I", ordStatus: "8" });
  expect([driver.accounts.openOrders(0), held(driver), attention(driver)]).toEqual([1, before, outcome.STATUS_DIFFERS]);
  expect(units(100)).toBe(driver.core.tables.order.aim(0).leavesQty);
});

test("a status in a journal of a version before replays as that version took it", () => {
  const fresh = new CoreDriver();
  fresh.order({ id: "A" });
  expect(only(fresh.say(status({ status: "0", rules: 0 })))).toMatchObject({ execType: "I", ordStatus: "0" });
  // It is not acknowledged.
  expect(silence(fresh, 1, true)[0]).toBe(CONTROL_APPLIED);
  replays(fresh);
  const refused = new CoreDriver();
  refused.order({ id: "A" });
  const unknown = status({ status: "8", ordRejReason: 5, rules: 0 });
  expect(only(refused.say(unknown))).toMatchObject({ execType: "I", ordStatus: "8" });
  expect([refused.accounts.openOrders(0), attention(refused)]).toEqual([0, 0]);
  replays(refused);
  const acknowledged = working();
  expect(only(acknowledged.say(unknown))).toMatchObject({ execType: "I", ordStatus: "8" });
  expect([acknowledged.accounts.openOrders(0), attention(acknowledged)]).toEqual([0, 0]);
  replays(acknowledged);
});

/** An order with a pending cancel or replace that has ended by something else. */
function endedBefore(what: "cancel" | "replace", report: object): CoreDriver {
  const driver = working();
  driver[what]({ id: "X", orig: "A", qty: 50 });
  driver.say(report);
  expect([driver.accounts.openOrders(0), held(driver)]).toEqual([0, 0]);
  return driver;
}

const FILL = { execType: code.EXEC_TRADE, number: 1, slot: 0, execId: "E", lastQty: 100, lastPx: 100 * ONE };

test.each([
  ["cancel", "1", "2", FILL],
  ["replace", "2", "2", FILL],
  ["cancel", "1", "4", status({ status: "4" })],
] as const)(
  "a %s of an order that has ended meanwhile is refused at last, too",
  (what, responseTo, ordStatus, report) => {
    const driver = endedBefore(what, report);
    // The venue has nothing more to say of the order.
    expect(silence(driver, 2, true)).toEqual([CONTROL_UNCHANGED, []]);
    const [result, outs] = silence(driver, 2, false);
    expect(result).toBe(CONTROL_APPLIED);
    expect(only(outs)).toMatchObject({
      ...{ out: "cancelReject", id: "X", orig: "A", ordStatus, responseTo, cxlRejReason: 99 },
      reason: why.VENUE_SILENT_ON_CHANGE,
    });
    expect(silence(driver, 2, false)).toEqual([CONTROL_UNCHANGED, []]);
    expect([attention(driver), driver.accounts.openOrders(0), held(driver)]).toEqual([0, 0, 0]);
    // The venue's own refusal is late.
    expect(driver.tell({ ...REFUSED, number: 1, requestNumber: 2, status: ordStatus })).toBe(outcome.REFUSED_LATE);
    expect([driver.take(), attention(driver)]).toEqual([[], 0]);
    replays(driver);
  },
);

test("a silence in a journal of a version before leaves an order alone that has ended", () => {
  const driver = endedBefore("cancel", FILL);
  expect(driver.command(CONTROL_VENUE_SILENCE, 0, 1, "", silenceText(2, false, 0))).toBe(CONTROL_UNCHANGED);
  expect(driver.take()).toEqual([]);
  replays(driver);
});
