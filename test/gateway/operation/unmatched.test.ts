// Two operators at once: the second one is told that the first was there before.

import { expect, test } from "bun:test";
import { UNMATCHED_ASSIGNED } from "../../../src/core/assembly/unmatched-layout.ts";
import { StateReader } from "../../../src/core/state-reader.ts";
import { unmatchedText } from "../../../src/core/unmatched.ts";
import { GatewayUnmatched } from "../../../src/gateway/operation/unmatched.ts";
import { EXEC_TRADE, SIDE_BUY } from "../../../src/record/codes.ts";
import { CONTROL_APPLIED, CONTROL_ASSIGN_REPORT } from "../../../src/record/control-codes.ts";
import { CoreDriver, ONE } from "../../core/driver.ts";

test("a report that another operator has assigned meanwhile is refused as one that is not open", async () => {
  const driver = new CoreDriver();
  const of = { side: SIDE_BUY, symbol: "AAPL", lastQty: 10, lastPx: 100 * ONE, orderId: "X1", execId: "S1" };
  driver.tell({ execType: EXEC_TRADE, slot: -1, ...of });
  const reader = new StateReader(driver.core.area.buffer, driver.core.area.at);
  const { number, text } = reader.unmatched()[0]!;
  const first = unmatchedText(text, { by: "alice", confirmedBy: "", why: "mine", to: "ACC1" });
  expect(driver.command(CONTROL_ASSIGN_REPORT, 0, number, "alice", first)).toBe(CONTROL_APPLIED);
  // Its own look at the core was before that.
  const late = { ...reader.unmatched()[0]!, state: 1 };
  let looks = 0;
  const core = {
    reader: {
      unmatched: () => (looks++ < 2 ? [late] : reader.unmatched()),
      names: (table: number) => (table === 0 ? ["ACC1", "ACC2"] : ["AAPL"]),
    },
  };
  const answer = { applied: true, changed: false, value: 0, reason: "it is so already", result: 2 };
  const reports = new GatewayUnmatched(core as never, { send: async () => answer } as never);
  expect(await reports.assign(number, "ACC2", { by: "bob", confirmedBy: "", why: "mine, too" })).toEqual({
    result: "refused",
    code: "not-open",
    reason: "expected an unmatched report that is open, got one that alice has assigned (account ACC1)",
  });
  expect(reader.unmatched()[0]!.state).toBe(UNMATCHED_ASSIGNED);
});
