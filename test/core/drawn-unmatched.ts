import { expect } from "bun:test";
import fc from "fast-check";
import { NO_PRICE, NONE } from "../../src/base/units.ts";
import { ORPHAN } from "../../src/core/outcomes.ts";
import { StateReader } from "../../src/core/state-reader.ts";
import { unmatchedText } from "../../src/core/unmatched.ts";
import * as code from "../../src/record/codes.ts";
import { CONTROL_APPLIED, CONTROL_ASSIGN_REPORT, CONTROL_DISMISS_REPORT } from "../../src/record/control-codes.ts";
import { type Amount, price, units } from "../numbers.ts";
import { mostly } from "./arbitraries.ts";
import type { CoreDriver } from "./driver.ts";
import type { Model } from "./model.ts";

/** A report of no order here; then one of those that are kept is assigned or dismissed. */
export const unmatchedStep = (qty: fc.Arbitrary<Amount>, px: fc.Arbitrary<Amount>) =>
  fc.record({
    what: fc.constant("unmatched" as const),
    venue: fc.constantFrom(0, 1),
    execType: mostly("F", "H", "G", "4", "1"),
    orderId: mostly("X1", "X2"),
    execId: fc.constantFrom("S1", "S2", "S3", "S4", "STRAY-EXECUTION-".repeat(3)),
    execRefId: mostly("S1", "S2", "S3", "S4"),
    side: mostly(code.SIDE_BUY, code.SIDE_SELL, code.SIDE_SELL_SHORT),
    symbol: mostly("AAPL", "MSFT", "NOPE"),
    lastQty: qty,
    lastPx: fc.oneof({ weight: 8, arbitrary: px }, { weight: 1, arbitrary: fc.constant<Amount>(NO_PRICE) }),
    to: mostly("ACC1", "ACC2", "NOBODY"),
    any: fc.nat(),
    does: fc.constantFrom("assigns", "assigns", "assigns", "dismisses", "leaves"),
  });
type Drawn = ReturnType<typeof unmatchedStep> extends fc.Arbitrary<infer D> ? D : never;

export function unmatched(driver: CoreDriver, model: Model, drawn: Drawn): void {
  const { venue, side, symbol, to, any, does, orderId, execId } = drawn;
  const isChange = "HG".includes(drawn.execType);
  const execRefId = isChange ? drawn.execRefId : "";
  const terms = {
    venue,
    orderId,
    execId,
    execRefId,
    side,
    symbol,
    lastQty: units(drawn.lastQty),
    lastPx: price(drawn.lastPx),
  };
  const execType = drawn.execType === "1" ? "F" : drawn.execType;
  const report = { ...terms, execType: drawn.execType.charCodeAt(0), slot: NONE };
  expect(driver.tell(report)).toBe(ORPHAN);
  model.nowUs = driver.timeUs;
  const isExecution = "FHG".includes(execType);
  model.unmatched.keep({ ...terms, execType, isExecution, rest: "" }, driver.timeUs);
  const states = new StateReader(driver.core.area.buffer, driver.core.area.at).unmatched().reverse();
  const shown = states.map((one) => [one.number, one.venue, one.execId, one.state]);
  const STATES = { open: 1, assigned: 2, dismissed: 3, "taken back": 4 };
  expect(shown).toEqual(model.unmatched.kept.map((one) => [one.number, one.venue, one.execId, STATES[one.state]]));
  if (does === "leaves") return;
  const at = any % states.length;
  const kept = model.unmatched.kept[at]!;
  const isKnown =
    model.config.accounts.some(({ name }) => name === to) &&
    model.config.symbols.some(({ name }) => name === kept.symbol);
  const wasOpen = kept.state === "open";
  const text = unmatchedText(states[at]!.text, {
    by: "alice",
    confirmedBy: "",
    why: "a test",
    to: does === "assigns" ? to : "",
  });
  const kind = does === "assigns" ? CONTROL_ASSIGN_REPORT : CONTROL_DISMISS_REPORT;
  const result = driver.command(kind, 0, kept.number, "alice", text);
  const factor = isKnown ? model.settings.factorOf(kept.symbol) : null;
  const isDone = does === "assigns" ? model.unmatched.assign(kept, to, factor, isKnown) : wasOpen;
  expect(result === CONTROL_APPLIED).toBe(isDone);
  if (does === "dismisses" && wasOpen) kept.state = "dismissed";
}
