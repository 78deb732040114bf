import { describe, expect, test } from "bun:test";
import { ascii } from "../../src/base/ascii.ts";
import { putId } from "../../src/base/id.ts";
import { EMPTY, NO_PRICE } from "../../src/base/units.ts";
import { Views } from "../../src/base/views.ts";
import { COUNT_ILLEGAL, COUNT_ORDERS, COUNT_ORPHANS } from "../../src/core/counters.ts";
import {
  ENTRY_CONTROL,
  ENTRY_ORDER,
  ENTRY_OUTCOME,
  ENTRY_REPORT,
  OUTCOME_BYTES,
  OUTCOME_TAG_SHIFT,
} from "../../src/core/entry-kinds.ts";
import { CUM_DIFFERS, ILLEGAL_REPORT, ORPHAN, OVERFILLED, VALUE_UNKNOWN } from "../../src/core/outcomes.ts";
import * as reason from "../../src/core/risk/reason-codes.ts";
import * as layout from "../../src/journal/layout.ts";
import * as code from "../../src/record/codes.ts";
import { CONTROL_BYTES } from "../../src/record/control-codes.ts";
import { EXECUTION_REPORT_BYTES, ExecutionReport } from "../../src/record/execution-report.ts";
import { NEW_ORDER_LENGTH, OrderRequest, OTHER_REQUEST_LENGTH } from "../../src/record/order-request.ts";
import { EVENT_VENUE_NOTICE } from "../../src/telemetry/events.ts";
import { type Entry, oldest, Rig } from "./agent-rig.ts";
import { makeRequest, ONE, START_US } from "./driver.ts";

describe("an input", () => {
  test("is in the journal with its decision before anything comes of it", () => {
    const rig = new Rig().up();
    rig.put({ id: "A" }, 41);
    rig.put({ id: "B", qty: 0 }, 42);
    expect(rig.agent.poll(0)).toBe(2);
    const common = { kind: ENTRY_ORDER, session: 1, timeUs: START_US, epoch: 2, payloadBytes: NEW_ORDER_LENGTH };
    const [first, second] = rig.entries as [Entry, Entry];
    expect(rig.entries).toMatchObject([
      { ...common, sequence: 41, index: 0, outputs: 0 },
      { ...common, sequence: 42, index: reason.BAD_QUANTITY, outputs: 1 },
    ]);
    // They hold slot and number.
    const slotAndNumber = ({ payload }: Entry): number[] => {
      const { slot, number } = new OrderRequest(payload).aim(0);
      return [slot, number];
    };
    expect([slotAndNumber(first), slotAndNumber(second)]).toEqual([
      [0, 1],
      [1, 2],
    ]);
    expect(rig.sent()).toMatchObject([{ id: "A" }]);
    expect(rig.told()).toMatchObject([{ id: "B" }]);
    expect(oldest(rig.orders)).toBe(EMPTY);
  });

  test("of a venue is kept as long as it matters", () => {
    const rig = new Rig().up();
    rig.put({ id: "A" });
    rig.agent.poll(0);
    rig.entries.length = 0;
    rig.say({ execType: code.EXEC_NEW, number: 1 });
    rig.say({ execType: code.EXEC_CANCELED, number: 1, text: "why" });
    expect(rig.agent.poll(0)).toBe(2);
    expect(rig.entries).toMatchObject([
      { kind: ENTRY_REPORT, session: 0, sequence: 9, index: 0, payloadBytes: 200, outputs: 1 },
      { kind: ENTRY_REPORT, payloadBytes: 256, outputs: 2 },
    ]);
    expect(rig.told()).toMatchObject([{ execType: "0" }, { execType: "4", text: "why" }]);
  });

  test("of a venue is kept without symbol and account where they are the order's, and told with them", () => {
    const rig = new Rig().up();
    rig.put({ id: "A" });
    rig.agent.poll(0);
    const sent = rig.sent();
    rig.entries.length = 0;
    const named = (symbol: string, account: string) => (report: ExecutionReport) => {
      report.symbolLength = symbol.length;
      putId(report.views, report.symbolAt, ascii(symbol), 0, symbol.length);
      report.accountLength = account.length;
      putId(report.views, report.accountAt, ascii(account), 0, account.length);
    };
    const long = "S".repeat(64);
    for (const [i, [symbol, account]] of [
      ["AAPL", "ACC1"],
      ["AAPL.N", "ACC1"],
      ["AAPL", "ACC2"],
      [long, ""],
    ].entries())
      rig.say({ execType: code.EXEC_STATUS, number: 1, execId: `E${i}` }, named(symbol!, account!));
    // One of an order that is not there is kept as it is.
    rig.say({ execType: code.EXEC_STATUS, number: 7, execId: "E9" }, named("AAPL", "ACC1"));
    rig.agent.poll(0);
    expect(sent.length).toBe(1);
    expect(rig.entries.map(({ payloadBytes }) => payloadBytes)).toEqual([200, 352, 384, 640, 384, OUTCOME_BYTES]);
    expect(rig.told().map(({ symbol, account }) => [symbol, account])).toEqual([
      ["AAPL", "ACC1"],
      ["AAPL.N", "ACC1"],
      ["AAPL", "ACC2"],
      [long, "ACC1"],
    ]);
  });

  test("of a status is journalled with the rules by which it is taken, and no other is", () => {
    const rig = new Rig().up();
    rig.put({ id: "A" });
    rig.agent.poll(0);
    rig.entries.length = 0;
    rig.say({ execType: code.EXEC_STATUS, number: 1, execId: "E1", rules: 0 });
    rig.say({ execType: code.EXEC_NEW, number: 1, execId: "E2" });
    rig.agent.poll(0);
    const report = new ExecutionReport(Views.allocate(EXECUTION_REPORT_BYTES));
    const rules = rig.entries.map(({ payload, payloadBytes }) => report.take(payload, 0, payloadBytes).rules);
    expect(rules).toEqual([code.REPORT_RULES, 0]);
  });

  test("of the operator comes before orders that wait", () => {
    const rig = new Rig().up();
    rig.put({ id: "A" });
    rig.kill(true);
    rig.agent.poll(0);
    expect(rig.entries.map(({ kind, payloadBytes }) => [kind, payloadBytes])).toEqual([
      [ENTRY_CONTROL, CONTROL_BYTES],
      [ENTRY_ORDER, NEW_ORDER_LENGTH],
    ]);
    expect(rig.told()).toMatchObject([{ reason: reason.KILL_SWITCH }]);
  });

  test("waits while the journal has no room", () => {
    const rig = new Rig().up();
    rig.put({ id: "A" });
    rig.room = 0;
    expect(rig.agent.poll(0)).toBe(0);
    expect([rig.entries.length, rig.sent().length]).toEqual([0, 0]);
    rig.room = 40_000;
    expect(rig.agent.poll(0)).toBe(1);
    expect(rig.sent().length).toBe(1);
  });

  test("stops within a burst where the journal's room ends, and takes the rest later", () => {
    const rig = new Rig().up();
    for (let i = 0; i < 250; i++) rig.put({ id: `O${i}` });
    rig.room = 20_000;
    const taken = rig.agent.poll(0);
    expect(taken).toBeGreaterThan(64);
    expect(taken).toBeLessThan(250);
    expect([rig.agent.poll(0), rig.room >= 0]).toEqual([0, true]);
    rig.room = 40_000;
    expect(taken + rig.agent.poll(0)).toBe(250);
    expect(rig.entries.length).toBe(250);
  });

  test("waits while a client's or venue's ring is full, and none is lost", () => {
    const rig = new Rig(null, 8).up();
    for (let i = 0; i < 40; i++) rig.put({ id: `O${i}`, qty: 0 });
    const ids: unknown[] = [];
    for (let turn = 0; turn < 40 && ids.length < 40; turn++) {
      rig.agent.poll(0);
      ids.push(...rig.told().map((out) => out.id));
    }
    expect(ids).toEqual(Array.from({ length: 40 }, (_, i) => `O${i}`));
    expect(rig.counters[COUNT_ORDERS]).toBe(40);
  });

  test("of a venue is taken though that venue's requests wait: else each could wait for the other", () => {
    const rig = new Rig(null, 512, 8).up();
    for (let i = 0; i < 20; i++) rig.put({ id: `O${i}` });
    rig.agent.poll(0);
    const waiting = rig.orders.size();
    expect(waiting).toBeGreaterThan(10);
    rig.say({ execType: code.EXEC_NEW, number: 1 });
    expect(rig.agent.poll(0)).toBe(1);
    expect(rig.told()).toMatchObject([{ execType: "0" }]);
    expect(rig.orders.size()).toBe(waiting);
  });

  test("that is an order is refused while the disk is full; cancels and reports go on", () => {
    const rig = new Rig().up();
    rig.put({ id: "A" });
    rig.agent.poll(0);
    rig.starved = true;
    rig.put({ id: "B" });
    rig.put({ kind: code.REQUEST_CANCEL, id: "X", orig: "A" });
    rig.say({ execType: code.EXEC_NEW, number: 1 });
    rig.agent.poll(0);
    expect(rig.told()).toMatchObject([{ execType: "0" }, { id: "B", reason: reason.JOURNAL_FULL }]);
    expect(rig.sent()).toMatchObject([{ id: "A" }, { id: "X" }]);
    expect(rig.entries.at(-1)).toMatchObject({ index: 0, payloadBytes: OTHER_REQUEST_LENGTH });
    expect(rig.entries.at(-2)).toMatchObject({ index: reason.JOURNAL_FULL });
  });
});

test("its entries have the kinds that the journal knows them by", () => {
  expect([ENTRY_ORDER, ENTRY_REPORT, ENTRY_CONTROL, ENTRY_OUTCOME]).toEqual([
    layout.ENTRY_ORDER,
    layout.ENTRY_REPORT,
    layout.ENTRY_CONTROL,
    layout.ENTRY_OUTCOME,
  ]);
});

test("one turn takes a bounded number of each ring's inputs", () => {
  const rig = new Rig().up();
  for (let i = 0; i < 300; i++) rig.put({ id: `O${i}` });
  expect(rig.agent.poll(0)).toBe(256);
  expect(rig.agent.poll(0)).toBe(44);
  expect(rig.agent.poll(0)).toBe(0);
});

test("a burst leads to what its inputs lead to one by one", () => {
  const rigs = [new Rig().up(), new Rig().up()];
  const [burst, single] = rigs as [Rig, Rig];
  const next = (): void => void single.agent.poll(0);
  for (let i = 0; i < 200; i++) {
    for (const rig of rigs) rig.put({ id: `O${i}` });
    next();
  }
  burst.agent.poll(0);
  for (let i = 0; i < 200; i++) {
    for (const rig of rigs) {
      if (i % 50 === 7) rig.say({ kind: code.REPORT_VENUE_UP, venue: 0 });
      else if (i % 50 === 8) rig.say({ execType: code.EXEC_NEW, number: 1e15, slot: -1 });
      else if (i % 50 === 9) rig.say({ execType: code.EXEC_CANCELED, number: i + 1, slot: i });
      else
        rig.say({ execType: code.EXEC_TRADE, number: i + 1, slot: i, lastQty: 1, lastPx: ONE, execId: `E${i % 90}` });
    }
    next();
  }
  burst.agent.poll(0);
  expect(burst.core.digest()).toBe(single.core.digest());
  expect(burst.counters).toEqual(single.counters);
  expect(burst.entries.map(({ outputs: _, ...entry }) => entry)).toEqual(
    single.entries.map(({ outputs: _, ...entry }) => entry),
  );
  expect(burst.sent()).toEqual(single.sent());
  const told = burst.told();
  expect(told.length).toBeGreaterThan(180);
  expect(told).toEqual(single.told());
});

test("an ExecID that comes again with other numbers is an alarm, and not counted", () => {
  const rig = new Rig().up();
  rig.put({ id: "A" });
  rig.agent.poll(0);
  const fill = { execType: code.EXEC_TRADE, number: 1, lastQty: 1, lastPx: ONE, execId: "E" };
  for (const change of [{}, {}, { lastQty: 2, cumQty: 3 }, { lastPx: 2 * ONE }]) rig.say({ ...fill, ...change });
  rig.agent.poll(0);
  const why = " ignored: its ExecID was counted before, with another value; order 1 of client #1, its ClOrdID=A; ";
  const [again, ...alarms] = rig.alarms();
  expect(again).toBe(String(EVENT_VENUE_NOTICE));
  expect(alarms).toEqual(["32=2", "31=2"].map((field) => `${field}${why}ClOrdID=*-1-0; OrderID=; ExecID=E`));
  expect(rig.told().length).toBe(1);
});

test("reports that did nothing are events", () => {
  const rig = new Rig().up();
  rig.put({ id: "A" });
  rig.agent.poll(0);
  rig.say({ execType: code.EXEC_NEW, number: 77, slot: 3 });
  rig.say({ execType: code.EXEC_TRADE, number: 1, lastQty: 1, lastPx: ONE, cumQty: 9, execId: "E" });
  rig.say({ execType: code.EXEC_NEW, number: 1 });
  rig.say({ execType: code.EXEC_TRADE, number: 1, lastQty: 2000, lastPx: ONE, execId: "E2" });
  rig.say({ execType: code.EXEC_TRADE, number: 1, lastQty: 1, lastPx: NO_PRICE, execId: "E3" });
  rig.agent.poll(0);
  const order = "; order 1 of client #1, its ClOrdID=A; ClOrdID=*-1-0; OrderID=; ExecID=";
  expect(rig.alarms()).toEqual([
    `11=77-3 is of no order here; ClOrdID=*-77-3; OrderID=; ExecID=; unmatched report ${START_US}`,
    `14=9 taken, though it is not what its executions add up to${order}E`,
    `150=0 passed on, and else ignored: the order's state does not allow it${order}`,
    `32=2000 booked: more is executed than was ordered${order}E2`,
    `31 has no value that can be read: booked by its quantity: without a price its value is an estimate${order}E3`,
  ]);
  expect([rig.counters[COUNT_ORPHANS], rig.counters[COUNT_ILLEGAL]]).toEqual([1, 3]);
  expect(rig.told().length).toBe(4);
  const outcomes = rig.entries.filter(({ kind }) => kind === ENTRY_OUTCOME);
  expect(outcomes.map(({ index, payloadBytes }) => [index & 255, index >> OUTCOME_TAG_SHIFT, payloadBytes])).toEqual([
    [ORPHAN, 11, OUTCOME_BYTES],
    [CUM_DIFFERS, 14, OUTCOME_BYTES],
    [ILLEGAL_REPORT, 150, OUTCOME_BYTES],
    [OVERFILLED, 32, OUTCOME_BYTES],
    [VALUE_UNKNOWN, 31, OUTCOME_BYTES],
  ]);
});

test("recovers before its first turn, and sends what was not sent before it takes anything new", () => {
  const rig = new Rig((core) => {
    core.beginReplay([], []);
    for (let i = 0; i < 20; i++) core.order(makeRequest({ id: `O${i}`, qty: 0 }), START_US, reason.BAD_QUANTITY);
    core.endReplay();
  }, 8);
  rig.put({ id: "LIVE", qty: 0 });
  const ids: unknown[] = [];
  for (let turn = 0; turn < 40 && ids.length < 21; turn++) {
    rig.agent.poll(0);
    ids.push(...rig.told().map((out) => out.id));
  }
  expect(ids).toEqual([...Array.from({ length: 20 }, (_, i) => `O${i}`), "LIVE"]);
  expect(rig.entries.length).toBe(1);
});

test("takes reports while requests of the replay wait, and sends what they lead to behind those", () => {
  const rig = new Rig(
    (core) => {
      core.beginReplay([], []);
      for (let i = 0; i < 20; i++) {
        const request = makeRequest({ id: `O${i}` });
        request.slot = i;
        request.number = i + 1;
        core.order(request, START_US, reason.ACCEPTED);
      }
      core.endReplay();
    },
    256,
    8,
  );
  rig.put({ id: "LIVE", qty: 0 });
  // As the venue's agent says of requests while its session is down; it takes no more before somebody hears it.
  rig.say({ kind: code.REPORT_NOT_TAKEN, number: 1, slot: 0 });
  rig.agent.poll(0);
  expect([rig.reports.size(), rig.orders.size(), rig.told().length]).toEqual([0, 1, 0]);
  const ids: unknown[] = [];
  for (let turn = 0; turn < 40; turn++) {
    ids.push(...rig.sent().map((out) => out.id));
    rig.agent.poll(0);
  }
  expect(ids).toEqual(Array.from({ length: 20 }, (_, i) => `O${i}`));
  expect(rig.told().map((out) => out.id)).toEqual(["O0", "LIVE"]);
});

test("ends once a whole turn after the stop has brought nothing", () => {
  const rig = new Rig().up();
  rig.agent.poll(0);
  expect(rig.agent.stopped()).toBe(false);
  rig.agent.stop(0);
  expect(rig.agent.stopped()).toBe(false);
  rig.put({ id: "A" });
  rig.agent.poll(0);
  expect(rig.agent.stopped()).toBe(false);
  rig.agent.poll(0);
  expect(rig.agent.stopped()).toBe(true);
  expect(rig.sent().length).toBe(1);
  expect(rig.agent.deadlineNs()).toBe(Number.POSITIVE_INFINITY);
  rig.agent.close();
});
