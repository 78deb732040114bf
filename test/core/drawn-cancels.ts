import { expect } from "bun:test";
import fc from "fast-check";
import { rowOf } from "../../src/core/level-rows.ts";
import { SIDE_BUY, SIDE_SELL } from "../../src/record/codes.ts";
import {
  CANCEL_ACCOUNT_AT,
  CANCEL_ALL,
  CANCEL_BEFORE_AT,
  CANCEL_DAY,
  CANCEL_SIDE_AT,
  CANCEL_VENUE_AT,
  CAUSE_DISCONNECT,
  CAUSE_KILL,
  CAUSE_LOGOUT,
  CAUSE_MASS,
  CAUSE_OPERATOR,
  CONTROL_APPLIED,
  CONTROL_CANCEL_KILLED,
  CONTROL_CANCEL_MATCHING,
  CONTROL_CANCEL_ORDERS,
  CONTROL_CANCEL_SESSION,
  CONTROL_UNCHANGED,
  CONTROL_UNKNOWN_NAME,
  MATCHING_ACCOUNT_AT,
  MATCHING_PARTY_AT,
  MATCHING_TEXT_BYTES,
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
/** What a client's request for a mass cancel is narrowed by. */
export const cancelOfMany = fc.record({
  what: fc.constant("cancel some" as const),
  session: fc.constantFrom(1, 1, 2),
  symbol: fc.constantFrom("", "", "AAPL", "NOPE"),
  side: fc.constantFrom(0, SIDE_BUY, SIDE_SELL),
  account: fc.constantFrom("", "", "ACC1", "ACC2"),
  /** The first of the configuration; 0: any. */
  party: fc.constantFrom("", "", "client", "trader"),
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
  drawn: Drawn<typeof cancelOfSession> | Drawn<typeof cancelOfOrders> | Drawn<typeof cancelOfMany>,
): Out[] {
  if (drawn.what === "cancel some") return cancelSome(driver, model, drawn);
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

function cancelSome(driver: CoreDriver, model: Model, drawn: Drawn<typeof cancelOfMany>): Out[] {
  const { session, symbol, side, account } = drawn;
  const [client] = model.config.clients ?? [];
  const [trader] = model.config.traders ?? [];
  const row = { "": undefined, client, trader }[drawn.party];
  const party = row === undefined ? "" : rowOf(drawn.party as "client" | "trader", row.name);
  const text = matchingText(side, account, party);
  const result = driver.command(CONTROL_CANCEL_MATCHING, 0, session, symbol, text);
  const outs = driver.take();
  if (symbol === "NOPE") expect([result, outs]).toEqual([CONTROL_UNKNOWN_NAME, []]);
  else {
    const terms = { session, symbol, side, account, party, isOfDay: false, cause: CAUSE_MASS };
    const said = outs.map((out) => (out.out === "request" ? out : { ...out, text: "" }));
    expect(said).toEqual(model.cancelMany(terms, driver.timeUs));
    expect(result).toBe(outs.some(({ out }) => out === "request") ? CONTROL_APPLIED : CONTROL_UNCHANGED);
  }
  return outs;
}

/** Text of a CONTROL_CANCEL_MATCHING. */
export function matchingText(side: number, account: string, party: string): Uint8Array {
  const text = new Uint8Array(MATCHING_TEXT_BYTES);
  text[0] = CAUSE_MASS;
  text[CANCEL_SIDE_AT] = side;
  new DataView(text.buffer).setFloat64(CANCEL_BEFORE_AT, Number.POSITIVE_INFINITY, true);
  text.set(Buffer.from(account), MATCHING_ACCOUNT_AT);
  text.set(Buffer.from(party), MATCHING_PARTY_AT);
  return text;
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
