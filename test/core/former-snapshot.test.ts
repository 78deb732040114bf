import { expect, test } from "bun:test";
import {
  ATTENTION_COUNT,
  FIRST_EXECUTIONS_AT,
  FIRST_EXECUTIONS_BYTES,
  ORDER_BYTES,
} from "../../src/core/assembly/layout.ts";
import { loadState, saveState } from "../../src/core/kept-state.ts";
import * as code from "../../src/record/codes.ts";
import { CONFIG, CoreDriver, ONE, only, working } from "./driver.ts";
import { Kept } from "./kept.ts";

const { SIDE_BUY } = code;
/** Words of a row that versions before had no use for: LeavesQty, value, what only the venue says. */
const NEW_WORDS = [42, 43, 44, 45, 46, 47];
/** Byte of a row that says that executions are in buckets, where those versions had all. */
const MORE_AT = 127;
/** Four doubles beside each execution, of which those versions had the first. */
const FACTS = 4;

/** Lets the executions of the orders that are there go into buckets. */
function fillFirst({ core }: CoreDriver): void {
  core.area.ints(FIRST_EXECUTIONS_AT, (core.tables.fresh * FIRST_EXECUTIONS_BYTES) / 4).fill(1);
}

/** A snapshot as versions wrote it that took no venue's totals. */
function former(driver: CoreDriver): Kept {
  const kept = new Kept();
  saveState(driver.core, kept);
  const rows = kept.all.get("orders")!;
  for (let row = 0; row < rows.length; row += ORDER_BYTES / 4) {
    for (const word of NEW_WORDS) rows[row + word] = 0;
    new Uint8Array(rows.buffer)[row * 4 + MORE_AT] = 0;
  }
  const facts = new Float64Array(kept.all.get("executionFacts")!.buffer);
  const reported = new Float64Array(facts.length / FACTS);
  for (let i = 0; i < reported.length; i++) reported[i] = facts[i * FACTS]!;
  kept.all.delete("executionFacts");
  kept.words("reported", new Int32Array(reported.buffer), reported.length * 2);
  kept.all.delete("firstExecutions");
  kept.lists.delete("accountPositions");
  return kept;
}

test("a snapshot of a version that took no venue's totals loads: what it lacks is derived", () => {
  const driver = working();
  fillFirst(driver);
  const fill = { execType: code.EXEC_TRADE, number: 1, lastQty: 40, lastPx: 99 * ONE, cumQty: 40, execId: "E1" };
  const first = only(driver.say(fill));
  driver.order({ id: "S", side: code.SIDE_SELL });
  fillFirst(driver);
  driver.say({ ...fill, number: 2, slot: 1, lastQty: 100, cumQty: 100, execId: "E2" });
  const again = new CoreDriver(CONFIG);
  loadState(again.core, former(driver));
  expect(again.accounts.position(0)).toBe(-60);
  expect(again.accounts.openNotional(0, SIDE_BUY)).toBe(60 * 100 * 10_000);
  expect(only(again.status({ id: "A" }))).toMatchObject({ cumQty: 40, leavesQty: 60, ordStatus: "1" });
  expect(only(again.status({ id: "S" }))).toMatchObject({ cumQty: 100, leavesQty: 0, ordStatus: "2" });
  // What an execution of that time came to is not known: the totals say what its bust takes back.
  const bust = { execType: code.EXEC_TRADE_CANCEL, number: 1, execRefId: "E1", execId: "B1", status: "0" };
  expect(only(again.say({ ...bust, lastQty: 0, lastPx: 0, cumQty: 0, leavesQty: 100 }))).toMatchObject({
    execRefId: first.execId,
    cumQty: 0,
    leavesQty: 100,
  });
  expect(again.accounts.position(0)).toBe(-100);
  expect(again.core.area.word(ATTENTION_COUNT)).toBe(0);
});
