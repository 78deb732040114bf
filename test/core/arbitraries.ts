import fc from "fast-check";
import type { ConfigureStep } from "./model-configured.ts";

export const pick = <T>(...values: T[]) => fc.constantFrom(...values);
/** Mostly the first, now and then one of the others. */
export const mostly = <T>(usual: T, ...others: T[]) =>
  fc.oneof({ weight: 8, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: pick(...(others as [T, ...T[]])) });

/** Mostly what makes orders possible, so that the other steps meet some. */
export const configureStep: fc.Arbitrary<ConfigureStep> = fc.oneof(
  fc.record({
    what: fc.constant("account" as const),
    name: pick("NEW1", "ACC2"),
    on: pick(true, true, false),
  }),
  fc.record({
    what: fc.constant("symbol" as const),
    name: pick("NEWS", "MSFT"),
    on: pick(true, true, false),
    venue: mostly(0, 1, 7),
  }),
  fc.record({
    what: fc.constant("symbol" as const),
    name: fc.constant("AAPL"),
    on: fc.constant(true),
    venue: pick(0, 1),
  }),
  fc.record({
    what: fc.constant("grant" as const),
    session: mostly(1, 2, 9),
    name: pick("NEW1", "ACC2"),
    on: pick(true, true, false),
  }),
  fc.record({ what: fc.constant("session" as const), session: pick(0, 2), on: mostly(true, false) }),
);
