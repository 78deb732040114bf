import { expect } from "bun:test";
import fc from "fast-check";
import { changeUntilCommand, endCommand } from "../../src/control/setting-changes.ts";
import { CONTROL_APPLIED, CONTROL_UNCHANGED } from "../../src/record/control-codes.ts";
import { mostly } from "./arbitraries.ts";
import { coreChangesOf, type DrawnChange, modelChangesOf } from "./compare.ts";
import type { CoreDriver } from "./driver.ts";
import type { Model } from "./model.ts";
import { endsReached } from "./own-commands.ts";

/** Changes of settings that end after a time; 0: which is no time. */
export const untilStep = (change: fc.Arbitrary<DrawnChange>) =>
  fc.record({
    what: fc.constant("until" as const),
    changes: fc.array(change, { minLength: 1, maxLength: 3 }),
    us: mostly(300_000, 1, 0, 2_000_000),
    /** They end now, in the place of that: an operator wants it. */
    isEnd: mostly(false, true),
  });
type Drawn = ReturnType<typeof untilStep> extends fc.Arbitrary<infer D> ? D : never;

/** Settings that the core has a word of its own for: they have no end. */
const ENDLESS = [
  "stopped",
  "referencePrice",
  "opensAt",
  "closesAt",
  "hasPhases",
  "phaseEndsAt",
  "phaseOrderTypes",
  "phaseTimesInForce",
  "nextOrderTypes",
  "nextTimesInForce",
  "lists",
  "restrictedBuy",
  "restrictedSell",
];

/** Makes them in both: all of them, or none. Collars stay, and what orders without a price are worth with them. */
export function until(driver: CoreDriver, model: Model, { changes: drawn, us, isEnd }: Drawn): void {
  const meant = drawn.filter(({ setting }) => ![...ENDLESS, "restrictedShort"].includes(setting));
  const changes = modelChangesOf(
    model,
    meant.filter(({ setting }) => !setting.startsWith("collar")),
  );
  if (changes.length === 0) return;
  const untilUs = driver.timeUs + us;
  // What is past its end has ended before a command comes.
  endsReached(driver);
  model.settings.endAt(driver.timeUs);
  const isMade = isEnd ? model.settings.endNow(changes) : us > 0 && model.settings.changeUntil(changes, untilUs);
  const before = isMade ? 0 : driver.core.digest();
  const made = coreChangesOf(changes);
  const result = driver.change(made, "alice", (all, by) =>
    isEnd ? endCommand(all, by) : changeUntilCommand(all, by, untilUs),
  );
  expect(result === CONTROL_APPLIED || result === CONTROL_UNCHANGED).toBe(isMade);
  if (!isMade) expect(driver.core.digest()).toBe(before);
}
