import { expect } from "bun:test";
import fc from "fast-check";
import { OVERRIDE_WITHDRAWN } from "../../src/core/assembly/override-layout.ts";
import { overrideText } from "../../src/core/overrides.ts";
import { OVERRIDABLE } from "../../src/core/risk/overridable.ts";
import { REQUEST_NEW } from "../../src/record/codes.ts";
import { CONTROL_APPLIED, CONTROL_OVERRIDE, CONTROL_OVERRIDE_END } from "../../src/record/control-codes.ts";
import { mostly } from "./arbitraries.ts";
import { type CoreDriver, makeRequest, type RequestTerms } from "./driver.ts";
import type { Model } from "./model.ts";
import type { Out } from "./outs.ts";
import { endsReached } from "./own-commands.ts";
import { withoutText } from "./property-steps.ts";

/** An order that may pass a check once, and is sent: it and another one with the same terms. */
export const overrideStep = (request: fc.Arbitrary<Required<RequestTerms>>) =>
  fc.record({
    what: fc.constant("override" as const),
    terms: request,
    check: fc.constantFrom(...OVERRIDABLE.map(({ reason }) => reason)),
    us: mostly(300_000, 1, 0),
    isOfId: fc.boolean(),
    sends: fc.boolean(),
    /** Before that, of all that were granted so far: how many ago; -1: none. */
    withdraws: mostly(-1, 0, 1, 3),
  });
type Drawn = ReturnType<typeof overrideStep> extends fc.Arbitrary<infer D> ? D : never;

let granted = 0;

/** The command's text for an order with these terms. */
export function textOf(terms: RequestTerms, id: number, clOrdId = ""): Uint8Array {
  const { session, side, ordType, quantity, priceE8 } = makeRequest(terms);
  return overrideText({
    ...{ id, session, side, ordType, quantity, price: priceE8, clOrdId },
    ...{ account: terms.account ?? "ACC1", symbol: terms.symbol ?? "AAPL" },
    ...{ by: "alice", confirmedBy: "bob", why: "a test" },
  });
}

/** Grants it in the core and in the model, which must agree on what the orders lead to. */
export function override(
  driver: CoreDriver,
  model: Model,
  { terms: drawn, check, us, isOfId, sends, withdraws }: Drawn,
): Out[] {
  const terms = { ...drawn, kind: REQUEST_NEW };
  const untilUs = driver.timeUs + us;
  const clOrdId = isOfId ? terms.id : "";
  const result = driver.command(CONTROL_OVERRIDE, check, untilUs, "alice", textOf(terms, ++granted, clOrdId));
  expect(result === CONTROL_APPLIED).toBe(us > 0);
  if (us > 0) model.overrides.grant(granted, check, terms, clOrdId, untilUs);
  if (withdraws >= 0) withdraw(driver, model, granted - withdraws);
  const outs: Out[] = [];
  for (const id of sends ? [terms.id, `${terms.id.slice(0, 50)}-2`] : []) {
    driver.enter(makeRequest({ ...terms, id }));
    const came = driver.take();
    expect(withoutText(came)).toEqual(withoutText(model.order({ ...terms, id }, driver.timeUs)));
    outs.push(...came);
  }
  return outs;
}

/** It ends where it is granted, and is not past its end: once. */
function withdraw(driver: CoreDriver, model: Model, id: number): void {
  endsReached(driver);
  const result = driver.instruct(CONTROL_OVERRIDE_END, OVERRIDE_WITHDRAWN, id, "carol");
  expect(result === CONTROL_APPLIED).toBe(model.overrides.withdraw(id, driver.timeUs));
}
