import { expect } from "bun:test";
import fc from "fast-check";
import {
  CANCEL_ALL,
  CANCEL_DAY,
  CAUSE_DISCONNECT,
  CAUSE_LOGOUT,
  CAUSE_MASS,
  CAUSE_OPERATOR,
  CONTROL_APPLIED,
  CONTROL_CANCEL_SESSION,
  CONTROL_UNCHANGED,
  CONTROL_UNKNOWN_NAME,
} from "../../src/record/control-codes.ts";
import type { CoreDriver, Out } from "./driver.ts";
import type { Model } from "./model.ts";

/** A cancel of the open orders of a session. */
export const cancelOfSession = fc.record({
  what: fc.constant("cancel session" as const),
  session: fc.constantFrom(1, 1, 2, 0),
  symbol: fc.constantFrom("", "", "", "AAPL", "NOPE"),
  isOfDay: fc.boolean(),
  cause: fc.constantFrom(
    CAUSE_OPERATOR,
    CAUSE_DISCONNECT,
    CAUSE_DISCONNECT,
    CAUSE_LOGOUT,
    CAUSE_MASS,
    CAUSE_MASS,
    CAUSE_MASS,
  ),
});
type Drawn = typeof cancelOfSession extends fc.Arbitrary<infer T> ? T : never;

/** Gives it to the core and to the model, which must agree. Returns what came out. */
export function cancelSession(driver: CoreDriver, model: Model, { session, symbol, isOfDay, cause }: Drawn): Out[] {
  const text = new Uint8Array([cause, isOfDay ? CANCEL_DAY : CANCEL_ALL]);
  const result = driver.command(CONTROL_CANCEL_SESSION, 0, session, symbol, text);
  const outs = driver.take();
  if (symbol === "NOPE") expect([result, outs]).toEqual([CONTROL_UNKNOWN_NAME, []]);
  else {
    expect(outs.map((out) => (out.out === "request" ? out : { ...out, text: "" }))).toEqual(
      model.cancelSession(session, symbol, isOfDay, cause, driver.timeUs),
    );
    expect(result).toBe(outs.some(({ out }) => out === "request") ? CONTROL_APPLIED : CONTROL_UNCHANGED);
  }
  return outs;
}

/** Venues that are slow to answer let tables fill; others empty them, as do cancels of whole sessions. */
export function drawnSteps<T>(stepOf: (reports: number, cancels: number) => fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  const steps = (weight: number, reports: number, cancels: number) => {
    const step = stepOf(reports, cancels);
    return { weight, arbitrary: fc.array(step, { minLength: 20, maxLength: 200, size: "max" }) };
  };
  return fc.oneof(steps(3, 2, 0), steps(3, 12, 0), steps(1, 6, 1));
}
