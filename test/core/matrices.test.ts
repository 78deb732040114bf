import { describe, expect, test } from "bun:test";
import { APPLIED, DUPLICATE_EXECUTION, NO_ROOM, OVERFILLED } from "../../src/core/outcomes.ts";
import * as code from "../../src/record/codes.ts";
import { CONFIG, CoreDriver, ONE, only, type ReportTerms } from "./driver.ts";

const { SIDE_BUY } = code;
const px = (price: number): number => price * ONE;

/** A row of an order state matrix: what the venue says. */
interface Row {
  type: string;
  status: string;
  id: string;
  ref?: string;
  cum: number;
  leaves: number;
  avg?: number;
  last?: number;
  lastPx?: number;
  quantity?: number;
  request?: number;
}

function reportOf(row: Row): ReportTerms {
  return {
    execType: row.type.charCodeAt(0),
    number: 1,
    requestNumber: row.request ?? 0,
    slot: 0,
    execId: row.id,
    status: row.status,
    cumQty: row.cum,
    leavesQty: row.leaves,
    ...(row.ref === undefined ? {} : { execRefId: row.ref }),
    ...(row.avg === undefined ? {} : { avgPx: px(row.avg) }),
    ...(row.last === undefined ? {} : { lastQty: row.last, lastPx: px(row.lastPx ?? 0) }),
    ...(row.quantity === undefined ? {} : { quantity: row.quantity }),
  };
}

/** An order of 10,000 at 120, and what becomes of it: each row reaches the client as the venue said it, and is booked. */
function play(driver: CoreDriver, rows: Row[], price = 120): void {
  for (const row of rows) {
    expect([row.id, driver.tell(reportOf(row))]).toEqual([row.id, APPLIED]);
    const out = only(driver.take());
    expect(out).toMatchObject({ execType: row.type, ordStatus: row.status, cumQty: row.cum, leavesQty: row.leaves });
    if (row.avg !== undefined) expect(out.avgPx).toBe(px(row.avg));
    expect(driver.accounts.position(0)).toBe(row.cum);
    if (row.avg !== undefined) expect(driver.accounts.executedNotional(0, SIDE_BUY)).toBe(row.cum * row.avg * 10_000);
    expect(driver.accounts.openNotional(0, SIDE_BUY)).toBe(row.leaves * price * 10_000);
    expect(driver.accounts.openOrders(0)).toBe(row.leaves > 0 ? 1 : 0);
  }
}

function ordered(config = WIDE): CoreDriver {
  const driver = new CoreDriver(config);
  driver.order({ id: "X", qty: 10_000, px: px(120) });
  return driver;
}

/** Prices of the matrices are far apart. */
const WIDE = {
  ...CONFIG,
  symbols: CONFIG.symbols.map((symbol) => ({ ...symbol, collarPpm: 500_000 })),
};

const FIRST: Row[] = [
  { type: "0", status: "0", id: "B", cum: 0, leaves: 10_000, avg: 0 },
  { type: "F", status: "1", id: "C", cum: 1000, leaves: 9000, avg: 100, last: 1000, lastPx: 100 },
  { type: "F", status: "2", id: "D", cum: 10_000, leaves: 0, avg: 109, last: 9000, lastPx: 110 },
];
const CHANGES: Row[] = [
  { type: "H", status: "1", id: "E", ref: "C", cum: 9000, leaves: 1000, avg: 110, last: 0, lastPx: 0 },
  { type: "G", status: "1", id: "F", ref: "D", cum: 9000, leaves: 1000, avg: 100, last: 9000, lastPx: 100 },
  { type: "F", status: "2", id: "G", cum: 10_000, leaves: 0, avg: 102, last: 1000, lastPx: 120 },
  { type: "G", status: "2", id: "H", ref: "F", cum: 10_000, leaves: 0, avg: 120, last: 9000, lastPx: 120 },
];

describe("J.1.a: a filled order, followed by correction and cancellation of executions", () => {
  const replaced: Row = { type: "5", status: "1", id: "J", request: 2, cum: 10_000, leaves: 2000, quantity: 12_000 };
  const last: Row = { type: "G", status: "1", id: "K", ref: "H", cum: 10_500, leaves: 1500, last: 9500, lastPx: 120 };

  test("reaches the client and is booked row by row", () => {
    const driver = ordered();
    play(driver, [...FIRST, ...CHANGES]);
    expect(only(driver.replace({ id: "Y", orig: "X", qty: 12_000, px: px(120) })).out).toBe("request");
    play(driver, [replaced, { ...last, avg: 120 }]);
  });

  test("without totals: the executions that are named say as much", () => {
    const driver = ordered();
    const averages = [0, 100, 109, 110, 100, 102, 120];
    for (const [i, row] of [...FIRST, ...CHANGES].entries()) {
      const { cumQty, leavesQty, avgPx, ...bare } = reportOf(row);
      expect([row.id, driver.tell(bare)]).toEqual([row.id, APPLIED]);
      expect(only(driver.take())).toMatchObject({ cumQty: row.cum, leavesQty: row.leaves, avgPx: px(averages[i]!) });
      expect(driver.accounts.position(0)).toBe(row.cum);
    }
  });

  test("after a restart between all rows", () => {
    let driver = ordered();
    for (const row of [...FIRST, ...CHANGES]) {
      play(driver, [row]);
      const again = new CoreDriver(WIDE, false);
      again.replay(driver.journal, [99, 99, 99], [99, 99]);
      again.core.endReplay();
      expect(again.core.digest()).toBe(driver.core.digest());
      again.journal.push(...driver.journal);
      driver = again;
    }
  });

  test("where each correction names the first execution instead of the one before", () => {
    const driver = ordered();
    play(driver, FIRST);
    play(
      driver,
      CHANGES.map((row) => (row.id === "H" ? { ...row, ref: "D" } : row)),
    );
    // A bust of either name takes back what it comes to now.
    const bust = { type: "H", status: "1", id: "L", ref: "F", cum: 1000, leaves: 9000, avg: 120, last: 0 };
    play(driver, [bust]);
  });

  test("comes twice, and counts once", () => {
    const driver = ordered();
    for (const row of [...FIRST, ...CHANGES]) {
      play(driver, [row]);
      const before = driver.core.digest();
      expect(driver.tell(reportOf(row))).toBe(DUPLICATE_EXECUTION);
      expect([driver.take().length, driver.core.digest()]).toEqual([0, before]);
    }
  });
});

test("J.1.b: a canceled order, followed by cancellation of an execution and a new one", () => {
  const driver = ordered();
  play(driver, [
    { type: "0", status: "0", id: "A", cum: 0, leaves: 10_000 },
    { type: "F", status: "1", id: "B", cum: 5000, leaves: 5000, avg: 50, last: 5000, lastPx: 50 },
  ]);
  driver.cancel({ id: "Y", orig: "X" });
  play(driver, [
    { type: "6", status: "6", id: "C", request: 2, cum: 5000, leaves: 5000 },
    { type: "4", status: "4", id: "D", request: 2, cum: 5000, leaves: 0 },
    { type: "H", status: "4", id: "E", ref: "B", cum: 0, leaves: 0, last: 0 },
    { type: "F", status: "4", id: "F", cum: 4000, leaves: 0, avg: 51, last: 4000, lastPx: 51 },
  ]);
});

test("D36 of 4.2: corrections of quantity on both days of an order", () => {
  const driver = ordered();
  play(driver, [
    { type: "0", status: "0", id: "A", cum: 0, leaves: 10_000 },
    { type: "F", status: "1", id: "B", cum: 2000, leaves: 8000, avg: 100, last: 2000, lastPx: 100 },
    { type: "3", status: "3", id: "C", cum: 2000, leaves: 8000 },
    { type: "D", status: "1", id: "D", cum: 2000, leaves: 8000 },
    { type: "F", status: "1", id: "E", cum: 3000, leaves: 7000, avg: 100, last: 1000, lastPx: 100 },
    { type: "G", status: "1", id: "F", ref: "B", cum: 2500, leaves: 7500, avg: 100, last: 1500, lastPx: 100 },
    { type: "G", status: "1", id: "G", ref: "E", cum: 2000, leaves: 8000, avg: 100, last: 500, lastPx: 100 },
  ]);
});

describe("an order that lives again", () => {
  const filled: Row[] = [
    { type: "0", status: "0", id: "A", cum: 0, leaves: 10_000 },
    { type: "F", status: "2", id: "B", cum: 10_000, leaves: 0, avg: 100, last: 10_000, lastPx: 100 },
  ];
  const bust: Row = { type: "H", status: "0", id: "C", ref: "B", cum: 0, leaves: 10_000, last: 0 };

  test("can be filled, canceled and replaced", () => {
    const driver = ordered();
    play(driver, [...filled, bust]);
    expect(only(driver.status({ id: "X" }))).toMatchObject({ ordStatus: "0", leavesQty: 10_000, cumQty: 0 });
    play(driver, [{ type: "F", status: "1", id: "D", cum: 4000, leaves: 6000, avg: 100, last: 4000, lastPx: 100 }]);
    expect(only(driver.cancel({ id: "Y", orig: "X" }))).toMatchObject({ out: "request", origNumber: 1 });
    play(driver, [{ type: "4", status: "4", id: "E", request: 2, cum: 4000, leaves: 0 }]);
  });

  test("keeps its slot while others come and go, and is the oldest done one again after its end", () => {
    const driver = ordered({ ...WIDE, maxOrders: 4 });
    play(driver, [...filled, bust]);
    for (let i = 0; i < 12; i++) {
      const [request] = driver.order({ id: `O${i}` });
      expect(request!.slot).not.toBe(0);
      driver.say({ execType: code.EXEC_CANCELED, number: request!.number as number, slot: request!.slot as number });
    }
    play(driver, [{ type: "4", status: "4", id: "D", cum: 0, leaves: 0 }]);
    const slots = [0, 1, 2, 3].map((i) => driver.order({ id: `P${i}` })[0]!.slot);
    expect(slots).toContain(0);
  });

  test("stays done where the table has no room for it, and is booked and told all the same", () => {
    const driver = ordered({ ...WIDE, maxOrders: 3 });
    play(driver, filled);
    driver.order({ id: "O1" });
    driver.order({ id: "O2" });
    for (let number = 4; number < 6; number++) {
      driver.replace({ id: `R${number}`, orig: "O1" });
      driver.say({ kind: code.REPORT_CANCEL_REJECT, number, slot: 1 });
    }
    const before = driver.accounts.openNotional(0, SIDE_BUY);
    expect(driver.tell(reportOf(bust))).toBe(NO_ROOM);
    expect(only(driver.take())).toMatchObject({ execType: "H", ordStatus: "0", cumQty: 0, leavesQty: 10_000 });
    expect([driver.accounts.position(0), driver.accounts.openOrders(0)]).toEqual([0, 2]);
    expect(driver.accounts.openNotional(0, SIDE_BUY)).toBe(before);
  });
});

test("the venue does not work busted quantity again where it says so", () => {
  const driver = ordered();
  play(driver, [
    { type: "F", status: "2", id: "B", cum: 10_000, leaves: 0, avg: 100, last: 10_000, lastPx: 100 },
    { type: "H", status: "4", id: "C", ref: "B", cum: 0, leaves: 0, last: 0 },
  ]);
  expect(only(driver.status({ id: "X" })).ordStatus).toBe("4");
});

test("a fill that ends the order: 39 of an end, or nothing left", () => {
  for (const [status, shown] of [
    ["4", "4"],
    ["C", "C"],
    ["3", "3"],
    ["8", "8"],
    ["1", "4"],
  ] as const) {
    const driver = ordered();
    play(driver, [{ type: "F", status, id: "B", cum: 4000, leaves: 0, avg: 100, last: 4000, lastPx: 100 }]);
    expect(only(driver.status({ id: "X" }))).toMatchObject({ ordStatus: shown, leavesQty: 0, cumQty: 4000 });
  }
});

test("an end that comes with a repeated execution only is not lost", () => {
  const driver = ordered();
  const fill: Row = { type: "F", status: "1", id: "B", cum: 4000, leaves: 6000, last: 4000, lastPx: 100 };
  play(driver, [fill]);
  expect(driver.tell(reportOf({ ...fill, status: "4", leaves: 0 }))).toBe(APPLIED);
  expect(only(driver.take())).toMatchObject({ execType: "I", ordStatus: "4", cumQty: 4000, leavesQty: 0 });
  expect([driver.accounts.position(0), driver.accounts.openOrders(0)]).toEqual([4000, 0]);
});

test("a correction to more than was ordered is booked, and the order needs attention", () => {
  const driver = ordered();
  play(driver, [{ type: "F", status: "2", id: "B", cum: 10_000, leaves: 0, avg: 100, last: 10_000, lastPx: 100 }]);
  const more: Row = { type: "G", status: "2", id: "C", ref: "B", cum: 10_500, leaves: 0, last: 10_500, lastPx: 100 };
  expect(driver.tell(reportOf(more))).toBe(OVERFILLED);
  expect(only(driver.take())).toMatchObject({ cumQty: 10_500, leavesQty: 0, ordStatus: "2" });
  expect(driver.accounts.position(0)).toBe(10_500);
});

test("a correction of the price alone, and one of the quantity alone", () => {
  const driver = ordered();
  driver.say({ execType: code.EXEC_TRADE, number: 1, lastQty: 4000, lastPx: px(100), execId: "B" });
  const change = { execType: code.EXEC_TRADE_CORRECT, number: 1, execRefId: "B" };
  expect(driver.say({ ...change, lastPx: px(101), execId: "C" })).toMatchObject([{ cumQty: 4000, avgPx: px(101) }]);
  expect(driver.say({ ...change, lastQty: 3000, execId: "D" })).toMatchObject([{ cumQty: 3000, avgPx: px(101) }]);
  expect(driver.accounts.executedNotional(0, SIDE_BUY)).toBe(3000 * 101 * 10_000);
  expect(driver.accounts.openNotional(0, SIDE_BUY)).toBe(7000 * 120 * 10_000);
});
