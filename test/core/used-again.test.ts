import { expect, test } from "bun:test";
import { loadState, saveState } from "../../src/core/kept-state.ts";
import { DUPLICATE_CL_ORD_ID } from "../../src/core/risk/reason-codes.ts";
import {
  EXEC_CANCELED,
  EXEC_DONE_FOR_DAY,
  EXEC_NEW,
  EXEC_TRADE,
  REQUEST_CANCEL,
  TIF_DAY,
  TIF_GTC,
} from "../../src/record/codes.ts";
import { CONFIG, CoreDriver, ONE, only, START_US } from "./driver.ts";
import { Kept } from "./kept.ts";

const DAY_US = 86_400_000_000;

/** A driver with an order "A" that is done, in epoch 0 of the first day. */
function withDone(): CoreDriver {
  const driver = new CoreDriver();
  driver.order({ id: "A" });
  driver.say({ execType: EXEC_NEW, number: 1, orderId: "V1", execId: "N1" });
  driver.say({ execType: EXEC_CANCELED, number: 1, execId: "C1" });
  return driver;
}

test("within an epoch and a trading day a ClOrdID is used once", () => {
  const driver = withDone();
  driver.timeUs = Math.floor(START_US / DAY_US) * DAY_US + DAY_US - 1;
  expect(only(driver.order({ id: "A" }))).toMatchObject({ reason: DUPLICATE_CL_ORD_ID, id: "A" });
  expect(driver.order({ id: "A", possResend: true })).toEqual([]);
});

test.each([
  ["after a reset of the session's numbers", (driver: CoreDriver) => ({ driver, epoch: 1 })],
  [
    "on another trading day",
    (driver: CoreDriver) => {
      driver.timeUs = Math.floor(START_US / DAY_US) * DAY_US + DAY_US;
      return { driver, epoch: 0 };
    },
  ],
])("%s a ClOrdID of a done order is used again, once; a resent one is dropped", (_, later) => {
  const { driver, epoch } = later(withDone());
  expect(driver.order({ id: "A", epoch, possResend: true })).toEqual([]);
  expect(only(driver.order({ id: "A", epoch }))).toMatchObject({ out: "request", number: 2, id: "A" });
  expect(only(driver.order({ id: "A", epoch }))).toMatchObject({ reason: DUPLICATE_CL_ORD_ID });
  driver.say({ execType: EXEC_NEW, number: 2, slot: 1, orderId: "V2", execId: "N2" });
  // A refused order's, and a cancel's, too.
  expect(only(driver.status({ id: "A", epoch }))).toMatchObject({ orderId: "2", ordStatus: "0" });
  expect(only(driver.cancel({ id: "A", orig: "A", epoch }))).toMatchObject({ reason: DUPLICATE_CL_ORD_ID });
  expect(only(driver.cancel({ id: "B", orig: "A", epoch }))).toMatchObject({ kind: REQUEST_CANCEL, orderId: "V2" });
});

test("a ClOrdID of an open order is never used again, nor is that of its cancel", () => {
  const driver = new CoreDriver();
  driver.order({ id: "A" });
  driver.cancel({ id: "B", orig: "A" });
  driver.timeUs += 3 * DAY_US;
  for (const id of ["A", "B"])
    expect(only(driver.order({ id, epoch: 5 }))).toMatchObject({ reason: DUPLICATE_CL_ORD_ID });
  driver.say({ execType: EXEC_CANCELED, number: 1, requestNumber: 2 });
  // Their order's last request came in epoch 0.
  for (const id of ["A", "B"]) expect(only(driver.order({ id, epoch: 5 })).out).toBe("request");
});

test("an order that is done for the day keeps its ClOrdID until it is over, unless it was for the day", () => {
  const driver = new CoreDriver();
  for (const [i, tif] of [TIF_DAY, TIF_GTC].entries()) {
    driver.order({ id: `A${i}`, tif });
    driver.say({ execType: EXEC_DONE_FOR_DAY, number: i + 1, slot: i });
  }
  driver.timeUs += DAY_US;
  expect(only(driver.order({ id: "A0" })).out).toBe("request");
  expect(only(driver.order({ id: "A1" }))).toMatchObject({ reason: DUPLICATE_CL_ORD_ID });
});

test("a request counts from when it came: a cancel today keeps the order's ClOrdIDs from being used today", () => {
  const driver = new CoreDriver();
  driver.order({ id: "A" });
  driver.timeUs += DAY_US;
  driver.cancel({ id: "B", orig: "A" });
  driver.say({ execType: EXEC_CANCELED, number: 1, requestNumber: 2 });
  expect(only(driver.order({ id: "A" }))).toMatchObject({ reason: DUPLICATE_CL_ORD_ID });
});

test("what a venue still says of the former order goes by its ClOrdID, also after a snapshot and a replay", () => {
  const driver = withDone();
  driver.order({ id: "A", epoch: 1 });
  const kept = new Kept();
  saveState(driver.core, kept);
  const late = { execType: EXEC_TRADE, number: 1, lastQty: 10, lastPx: 100 * ONE, cumQty: 10, execId: "F1" };
  const restored = new CoreDriver();
  loadState(restored.core, kept);
  expect(restored.core.digest()).toBe(driver.core.digest());
  const replayed = new CoreDriver(CONFIG, false);
  replayed.replay(driver.journal, [], []);
  expect(replayed.core.digest()).toBe(driver.core.digest());
  for (const one of [driver, restored]) {
    expect(only(one.say(late))).toMatchObject({ id: "A", orderId: "1", cumQty: 10 });
    expect(only(one.say({ execType: EXEC_NEW, number: 2, slot: 1, execId: "N2" }))).toMatchObject({
      id: "A",
      orderId: "2",
    });
    expect(only(one.status({ id: "A" }))).toMatchObject({ orderId: "2" });
  }
});

test("the former order's slot is taken by the order that uses its ClOrdID again", () => {
  const driver = new CoreDriver({ ...CONFIG, maxOrders: 1 });
  for (let round = 1; round < 5; round++) {
    expect(only(driver.order({ id: "A", epoch: round }))).toMatchObject({ slot: 0, number: round });
    driver.say({ execType: EXEC_CANCELED, number: round });
  }
});

test("a request that came on a ResendRequest is dropped when it was taken before, under other sequence numbers too", () => {
  const driver = withDone();
  driver.order({ id: "OPEN" });
  driver.cancel({ id: "X", orig: "OPEN" });
  for (const epoch of [0, 1]) {
    for (const id of ["A", "OPEN"]) expect(driver.order({ id, epoch, possDup: true })).toEqual([]);
    expect(driver.cancel({ id: "X", orig: "OPEN", epoch, possDup: true })).toEqual([]);
    expect(driver.replace({ id: "A", orig: "OPEN", epoch, possDup: true })).toEqual([]);
  }
  expect(only(driver.order({ id: "B", epoch: 1, possDup: true }))).toMatchObject({ out: "request", id: "B" });
  const replayed = new CoreDriver(CONFIG, false);
  replayed.replay(driver.journal, [99, 99, 99], [99, 99]);
  expect(replayed.core.digest()).toBe(driver.core.digest());
  // The ClOrdID of what is done is free on the next day, for a message that was lost as for any other.
  driver.timeUs = Math.floor(START_US / DAY_US) * DAY_US + DAY_US;
  expect(driver.order({ id: "OPEN", epoch: 1, possDup: true })).toEqual([]);
  expect(only(driver.order({ id: "A", epoch: 1, possDup: true }))).toMatchObject({ out: "request", id: "A" });
});
