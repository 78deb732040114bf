import { expect } from "bun:test";
import fc from "fast-check";
import * as code from "../../src/record/codes.ts";
import {
  CONTROL_APPLIED,
  CONTROL_MASS_STATUS,
  STATUS_LAST_AT,
  STATUS_SLOTS_AT,
  STATUS_TOTAL_AT,
} from "../../src/record/control-codes.ts";
import { type CoreDriver, makeRequest } from "./driver.ts";
import type { Model } from "./model.ts";
import type { Out } from "./outs.ts";

/** An OrderMassStatusRequest. */
export const statusOfMany = fc.record({
  what: fc.constant("mass status" as const),
  session: fc.constantFrom(1, 1, 2),
  id: fc.constantFrom("MS1", "MASS-STATUS-".repeat(5)),
  symbol: fc.constantFrom("", "", "AAPL", "MSFT"),
  account: fc.constantFrom("", "", "ACC1", "ACC2"),
  side: fc.constantFrom(0, 0, code.SIDE_BUY, code.SIDE_SELL),
});
type Drawn = typeof statusOfMany extends fc.Arbitrary<infer D> ? D : never;

/** Text of a CONTROL_MASS_STATUS. */
export function statusText(scope: number, isLast: boolean, total: number, slots: readonly number[]): Uint8Array {
  const text = new Uint8Array(STATUS_SLOTS_AT + 4 * slots.length);
  const view = new DataView(text.buffer);
  text[0] = scope;
  text[STATUS_LAST_AT] = isLast ? 1 : 0;
  view.setInt32(STATUS_TOTAL_AT, total, true);
  for (const [i, slot] of slots.entries()) view.setInt32(STATUS_SLOTS_AT + 4 * i, slot, true);
  return text;
}

/** Asks the core as its agent does, in two parts where there are several orders, and the model, which must agree. Returns what came out. */
export function massStatus(driver: CoreDriver, model: Model, drawn: Drawn): Out[] {
  const { session, id, account, symbol, side } = drawn;
  const scope = symbol === "" ? code.MASS_STATUS_ALL : code.MASS_STATUS_SECURITY;
  const terms = { id, session, scope, account, symbol, asked: symbol, side };
  if (!model.configured.knows(session)) return [];
  const orders = model.matching(terms);
  const parts = orders.length > 1 ? [orders.slice(0, 1), orders.slice(1)] : [orders].filter((part) => part.length > 0);
  const outs: Out[] = [];
  for (const [i, part] of parts.entries()) {
    const isLast = i === parts.length - 1;
    const text = statusText(
      scope,
      isLast,
      orders.length,
      part.map(({ slot }) => slot),
    );
    expect(driver.command(CONTROL_MASS_STATUS, part.length, session, id, text)).toBe(CONTROL_APPLIED);
    const came = driver.take();
    expect(came).toEqual(model.massStatus(terms, part, orders.length, isLast));
    outs.push(...came);
  }
  const request = makeRequest({ kind: code.REQUEST_MASS_STATUS, session, id, account, symbol, side, type: scope });
  request.quantity = BigInt(orders.length);
  driver.enter(request);
  const answer = driver.take();
  const expected = orders.length > 0 ? [] : model.massStatus(terms, [], 0, true);
  const plain = answer.map((out): Out => ({ ...out, text: "" }));
  expect(plain).toEqual(expected);
  return [...outs, ...answer];
}
