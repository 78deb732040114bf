// Reports of unknown orders: kept once each, booked for an account once, dismissed; the same in a replay and from a snapshot.

import { describe, expect, test } from "bun:test";
import { NONE } from "../../src/base/units.ts";
import { MOST_UNMATCHED } from "../../src/core/assembly/unmatched-layout.ts";
import { COUNT_UNMATCHED, COUNT_UNMATCHED_LOST } from "../../src/core/counters.ts";
import { loadState, saveState } from "../../src/core/kept-state.ts";
import { ORPHAN } from "../../src/core/outcomes.ts";
import { StateReader } from "../../src/core/state-reader.ts";
import { changedBy, unmatchedText } from "../../src/core/unmatched.ts";
import {
  EXEC_CANCELED,
  EXEC_TRADE,
  EXEC_TRADE_CANCEL,
  EXEC_TRADE_CORRECT,
  REPORT_NOT_TAKEN,
  SIDE_BUY,
} from "../../src/record/codes.ts";
import * as answers from "../../src/record/control-codes.ts";
import { CONFIG, CoreDriver, ONE, type ReportTerms } from "./driver.ts";
import { Kept } from "./kept.ts";

const FILL: ReportTerms = {
  ...{ execType: EXEC_TRADE, slot: NONE, side: SIDE_BUY, symbol: "AAPL", account: "THEIRS" },
  ...{ lastQty: 10, lastPx: 100 * ONE, orderId: "X1", execId: "S1" },
};
const states = ({ core }: CoreDriver) => new StateReader(core.area.buffer, core.area.at).unmatched();
const stray = (driver: CoreDriver, terms: ReportTerms = {}): void => {
  expect(driver.tell({ ...FILL, ...terms })).toBe(ORPHAN);
};

/** Assigns or (`to` "") dismisses the newest one, or that of the number. Returns the result. */
function end(driver: CoreDriver, to: string, number = states(driver)[0]!.number, given?: Uint8Array): number {
  const found = states(driver).find((one) => one.number === number) ?? states(driver)[0]!;
  const text = given ?? unmatchedText(found.text, { by: "alice", confirmedBy: "bob", why: "a test", to });
  const kind = to === "" ? answers.CONTROL_DISMISS_REPORT : answers.CONTROL_ASSIGN_REPORT;
  return driver.command(kind, 0, number, "alice", text);
}

const position = (driver: CoreDriver, account = 0): number => Number(driver.accounts.position(account));
const counts = ({ counters }: CoreDriver) => [counters[COUNT_UNMATCHED], counters[COUNT_UNMATCHED_LOST]];

test("a report is kept as it came, once, under a new number; one of the venue agent is not", () => {
  const driver = new CoreDriver();
  const long = "L".repeat(64);
  stray(driver);
  stray(driver, { execId: long, orderId: long, symbol: long, account: long, execRefId: long });
  stray(driver);
  stray(driver, { kind: REPORT_NOT_TAKEN, execId: "S3" });
  stray(driver, { execType: EXEC_CANCELED, execId: "0", lastQty: 0 });
  stray(driver, { execType: EXEC_CANCELED, execId: "0", lastQty: 0 });
  stray(driver, { execType: EXEC_CANCELED, execId: "0", lastQty: 0, orderId: "X2" });
  stray(driver, { venue: 1 });
  const kept = states(driver);
  expect(new Set(kept.map(({ number }) => number)).size).toBe(5);
  expect(kept.map(({ venue, execId, orderId }) => [venue, execId, orderId])).toEqual([
    [1, "S1", "X1"],
    [0, "0", "X2"],
    [0, "0", "X1"],
    [0, long, long],
    [0, "S1", "X1"],
  ]);
  expect(kept[3]).toMatchObject({ symbol: long, account: long, execRefId: long, state: 1, lastQty: BigInt(10 * ONE) });
  expect(counts(driver)).toEqual([5, 0]);
});

test("it is booked once, for an account that there is", () => {
  const driver = new CoreDriver();
  stray(driver);
  expect(end(driver, "NOBODY")).toBe(answers.CONTROL_UNKNOWN_NAME);
  expect(end(driver, "ACC1", 1)).toBe(answers.CONTROL_UNKNOWN_ORDER);
  const other = unmatchedText(states(driver)[0]!.text, { by: "a", confirmedBy: "", why: "", to: "ACC1" });
  other[8] = 1;
  expect(end(driver, "ACC1", undefined, other)).toBe(answers.CONTROL_BAD_RECORD);
  expect(position(driver)).toBe(0);
  expect(end(driver, "ACC1")).toBe(answers.CONTROL_APPLIED);
  expect(end(driver, "ACC1")).toBe(answers.CONTROL_UNCHANGED);
  expect(end(driver, "")).toBe(answers.CONTROL_UNCHANGED);
  expect(position(driver)).toBe(10);
  expect(states(driver)).toMatchObject([{ state: 2, to: "ACC1", by: "alice", confirmedBy: "bob", why: "a test" }]);
  stray(driver);
  expect(states(driver)).toHaveLength(1);
  expect(counts(driver)).toEqual([0, 0]);
});

test("an ExecID is one of its order: that of another order is another execution, and a bust takes back that of its own", () => {
  const driver = new CoreDriver();
  stray(driver);
  stray(driver, { orderId: "X2", lastQty: 7 });
  expect(states(driver).map(({ orderId }) => orderId)).toEqual(["X2", "X1"]);
  for (const { number } of states(driver)) expect(end(driver, "ACC1", number)).toBe(answers.CONTROL_APPLIED);
  expect(position(driver)).toBe(17);
  stray(driver, { execType: EXEC_TRADE_CANCEL, orderId: "X2", execId: "B1", execRefId: "S1" });
  expect(end(driver, "ACC1")).toBe(answers.CONTROL_APPLIED);
  expect(position(driver)).toBe(10);
});

test("a bust or correction that names an execution which was corrected takes back what holds now", () => {
  const driver = new CoreDriver();
  stray(driver);
  const assign = () => end(driver, "ACC1");
  assign();
  const correct = { execType: EXEC_TRADE_CORRECT, execRefId: "S1" };
  stray(driver, { ...correct, execId: "C1", lastQty: 8 });
  expect([assign(), position(driver)]).toEqual([answers.CONTROL_APPLIED, 8]);
  stray(driver, { ...correct, execId: "C2", lastQty: 6 });
  expect([assign(), position(driver)]).toEqual([answers.CONTROL_APPLIED, 6]);
  stray(driver, { ...correct, execId: "C3", execRefId: "C1", lastQty: 5 });
  expect([assign(), position(driver)]).toEqual([answers.CONTROL_APPLIED, 5]);
  expect(changedBy({ ...states(driver)[3]!, execRefId: "S1" }, states(driver))?.execId).toBe("C3");
  stray(driver, { execType: EXEC_TRADE_CANCEL, execId: "B0", execRefId: "S1", orderId: "X2" });
  expect(assign()).toBe(answers.CONTROL_UNKNOWN_ORDER);
  stray(driver, { execType: EXEC_TRADE_CANCEL, execId: "B1", execRefId: "S1" });
  expect([assign(), position(driver)]).toEqual([answers.CONTROL_APPLIED, 0]);
  stray(driver, { execType: EXEC_TRADE_CANCEL, execId: "B2", execRefId: "C3" });
  expect([assign(), position(driver)]).toEqual([answers.CONTROL_UNKNOWN_ORDER, 0]);
});

describe("when all places are taken", () => {
  const full = (): CoreDriver => {
    const driver = new CoreDriver();
    for (let i = 0; i < MOST_UNMATCHED; i++) stray(driver, { execId: `F${i}` });
    return driver;
  };

  test("a report more is counted; what was dismissed makes room, then what was assigned first", () => {
    const driver = full();
    stray(driver, { execId: "MORE" });
    expect(counts(driver)).toEqual([MOST_UNMATCHED, 1]);
    const [newest] = states(driver);
    const oldest = states(driver).at(-1)!;
    end(driver, "ACC1", oldest.number);
    end(driver, "", newest!.number);
    stray(driver, { execId: "MORE" });
    expect(states(driver).map(({ execId }) => execId)).not.toContain(newest!.execId);
    expect(states(driver)[0]!.execId).toBe("MORE");
    stray(driver, { execId: "AGAIN" });
    expect(states(driver).map(({ execId }) => execId)).not.toContain(oldest.execId);
    expect(counts(driver)).toEqual([MOST_UNMATCHED, 1]);
  });

  test("an execution takes the place of the oldest report without one, which is counted", () => {
    const driver = new CoreDriver();
    for (let i = 0; i < MOST_UNMATCHED; i++)
      stray(driver, i === 3 || i === 5 ? { execType: EXEC_CANCELED, execId: `F${i}` } : { execId: `F${i}` });
    stray(driver, { execType: EXEC_CANCELED, execId: "NO" });
    expect(counts(driver)).toEqual([MOST_UNMATCHED, 1]);
    stray(driver, { execId: "YES" });
    const ids = states(driver).map(({ execId }) => execId);
    expect([ids.includes("F3"), ids.includes("F5"), ids[0]]).toEqual([false, true, "YES"]);
    expect(counts(driver)).toEqual([MOST_UNMATCHED, 2]);
  });
});

test("a replay and a snapshot have the same, and one that begins behind the report books what was assigned", () => {
  const driver = new CoreDriver(CONFIG);
  stray(driver);
  stray(driver, { execId: "S2" });
  end(driver, "ACC2");
  const again = new CoreDriver(CONFIG, false);
  again.replay(driver.journal, [], []);
  expect(again.core.digest()).toBe(driver.core.digest());
  expect(counts(again)).toEqual([1, 0]);
  const kept = new Kept();
  saveState(driver.core, kept);
  const restored = new CoreDriver(CONFIG, false);
  loadState(restored.core, kept);
  restored.core.code.indexOrders();
  expect(states(restored)).toEqual(states(driver));
  for (const one of [again, restored]) {
    stray(one, { execId: "S2" });
    expect(states(one)).toHaveLength(2);
    expect(end(one, "ACC1", states(driver)[1]!.number)).toBe(answers.CONTROL_APPLIED);
    expect([position(one, 0), position(one, 1)]).toEqual([10, 10]);
  }
  const behind = new CoreDriver(CONFIG, false);
  behind.replay(driver.journal.slice(-1), [], []);
  expect([states(behind).length, position(behind, 1)]).toEqual([0, 10]);
});
