import { expect } from "bun:test";
import fc from "fast-check";
import {
  CANCEL_ACCOUNT_AT,
  CANCEL_ALL,
  CANCEL_BEFORE_AT,
  CANCEL_DAY,
  CANCEL_VENUE_AT,
  CAUSE_DISCONNECT,
  CAUSE_KILL,
  CAUSE_LOGOUT,
  CAUSE_MASS,
  CAUSE_OPERATOR,
  CONTROL_APPLIED,
  CONTROL_CANCEL_KILLED,
  CONTROL_CANCEL_ORDERS,
  CONTROL_CANCEL_SESSION,
  CONTROL_UNCHANGED,
  CONTROL_UNKNOWN_NAME,
} from "../../src/record/control-codes.ts";
import type { CoreDriver } from "./driver.ts";
import type { Model } from "./model.ts";
import type { Out } from "./outs.ts";

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
/** An operator's, or a kill switch's, of all open orders that match; or a part of it, as it is journalled. */
export const cancelOfOrders = fc.record({
  what: fc.constant("cancel orders" as const),
  session: fc.constantFrom(-1, -1, 1, 2),
  symbol: fc.constantFrom("", "", "AAPL", "NOPE"),
  account: fc.constantFrom("", "", "ACC1", "ACC2"),
  venue: fc.constantFrom(-1, -1, 0, 1),
  cause: fc.constantFrom(CAUSE_OPERATOR, CAUSE_KILL),
});
type Drawn<T> = T extends fc.Arbitrary<infer D> ? D : never;

/** Gives it to the core and to the model, which must agree. Returns what came out. */
export function cancelMany(
  driver: CoreDriver,
  model: Model,
  drawn: Drawn<typeof cancelOfSession> | Drawn<typeof cancelOfOrders>,
): Out[] {
  const isOfSession = drawn.what === "cancel session";
  const { session, symbol } = drawn;
  const terms = isOfSession ? drawn : { ...drawn, isOfDay: false };
  const text = isOfSession
    ? new Uint8Array([drawn.cause, drawn.isOfDay ? CANCEL_DAY : CANCEL_ALL])
    : cancelText(drawn.account, drawn.venue, drawn.cause);
  const kindOfAny = drawn.cause === CAUSE_KILL ? CONTROL_CANCEL_KILLED : CONTROL_CANCEL_ORDERS;
  const kind = isOfSession ? CONTROL_CANCEL_SESSION : kindOfAny;
  const result = driver.command(kind, 0, session, symbol, text);
  const outs = driver.take();
  if (symbol === "NOPE") expect([result, outs]).toEqual([CONTROL_UNKNOWN_NAME, []]);
  else {
    expect(outs.map((out) => (out.out === "request" ? out : { ...out, text: "" }))).toEqual(
      model.cancelMany(terms, driver.timeUs),
    );
    expect(result).toBe(outs.some(({ out }) => out === "request") ? CONTROL_APPLIED : CONTROL_UNCHANGED);
  }
  return outs;
}

/** Text of a CONTROL_CANCEL_ORDERS or CONTROL_CANCEL_KILLED. */
export function cancelText(account = "", venue = -1, cause = CAUSE_OPERATOR): Uint8Array {
  const name = Buffer.from(account);
  const text = new Uint8Array(CANCEL_ACCOUNT_AT + name.length);
  const view = new DataView(text.buffer);
  text[0] = cause;
  view.setFloat64(CANCEL_BEFORE_AT, Number.POSITIVE_INFINITY, true);
  view.setInt32(CANCEL_VENUE_AT, venue, true);
  text.set(name, CANCEL_ACCOUNT_AT);
  return text;
}

/** Venues that are slow to answer let tables fill; others empty them, as do cancels of whole sessions. */
export function drawnSteps<T>(stepOf: (reports: number, cancels: number) => fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  const steps = (weight: number, reports: number, cancels: number) => {
    const step = stepOf(reports, cancels);
    return { weight, arbitrary: fc.array(step, { minLength: 20, maxLength: 200, size: "max" }) };
  };
  return fc.oneof(steps(3, 2, 0), steps(3, 12, 0), steps(1, 6, 1));
}
