import { expect, test } from "bun:test";
import fc from "fast-check";
import { MOST_E8, NO_PRICE } from "../../src/base/units.ts";
import { ATTENTION_COUNT } from "../../src/core/assembly/layout.ts";
import { bookDigest } from "../../src/core/digest.ts";
import { loadState, saveState } from "../../src/core/kept-state.ts";
import { isOpen } from "../../src/core/orders/order.ts";
import { DUPLICATE_EXECUTION, ORPHAN } from "../../src/core/outcomes.ts";
import * as code from "../../src/record/codes.ts";
import { type Amount, price, units } from "../numbers.ts";
import { drawn, isUsual } from "../property.ts";
import { CONFIG, CoreDriver, ONE, type ReportTerms } from "./driver.ts";
import { Kept } from "./kept.ts";

/*  Whatever a venue says of an order that is known reaches its client once, or did before; nothing that it says breaks
 *  an invariant; exposures and positions are what the orders add up to; a replay and a snapshot come to the same state.
 */

const pick = <T>(...values: T[]) => fc.constantFrom(...values);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const quantity = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 400 }) },
  { weight: 1, arbitrary: pick<Amount>(0, 0, 1e10, MOST_E8, MOST_E8 - 1n, 1n, 0.125, -1, -400) },
);
const px = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 90 * ONE, max: 110 * ONE }) },
  { weight: 2, arbitrary: pick<Amount>(NO_PRICE, 0, 1, -1, -37 * ONE, 12_345, MOST_E8, -MOST_E8) },
);
const any = pick(..."0123456789ABCDEFGHIJKLMNZ");

const report = fc.record({
  kind: pick(code.REPORT_EXECUTION, code.REPORT_EXECUTION, code.REPORT_EXECUTION, code.REPORT_CANCEL_REJECT),
  execType: fc.oneof({ weight: 3, arbitrary: pick(..."00FFFFHHGG4583CDI") }, { weight: 1, arbitrary: any }),
  status: maybe(fc.oneof({ weight: 3, arbitrary: pick(..."0112223468C") }, { weight: 1, arbitrary: any })),
  named: pick("first", "current", "pending", "both", "none", "stray"),
  slot: fc.integer({ min: 0, max: 3 }),
  execId: fc.oneof(pick(""), fc.integer({ min: 0, max: 25 }).map(String)),
  execRefId: maybe(fc.integer({ min: 0, max: 25 }).map(String)),
  lastQty: maybe(quantity),
  lastPx: maybe(px),
  cumQty: maybe(quantity),
  leavesQty: maybe(quantity),
  avgPx: maybe(px),
  quantity: maybe(quantity),
  price: maybe(px),
  unheldTag: pick(0, 0, 0, 0, 6, 31, 32, 38),
  cxlRejReason: pick(0, 1, 2, 99),
});
const request = fc.record({
  kind: pick(code.REQUEST_NEW, code.REQUEST_NEW, code.REQUEST_CANCEL, code.REQUEST_REPLACE, code.REQUEST_REPLACE),
  orig: fc.nat(),
  side: pick(code.SIDE_BUY, code.SIDE_SELL),
  type: pick(code.TYPE_LIMIT, code.TYPE_LIMIT, code.TYPE_MARKET),
  qty: fc.integer({ min: 1, max: 400 }),
  days: pick(0, 0, 0, 1),
});
const step = fc.oneof({ weight: 3, arbitrary: report }, { weight: 1, arbitrary: request });
const steps = fc.array(step, { minLength: 10, maxLength: 120, size: "max" });

const WIDE = {
  ...CONFIG,
  maxOrders: 64,
  accounts: CONFIG.accounts.map((account) => ({ ...account, maxOpenOrders: 1000, ordersPerSecond: 1e6 })),
};

function termsOf(driver: CoreDriver, drawn: typeof report extends fc.Arbitrary<infer T> ? T : never): ReportTerms {
  const { tables } = driver.core;
  const order = tables.order.aim(drawn.slot % Math.max(1, tables.fresh));
  const { number, currentNumber, pendingNumber, lastNumber } = order;
  const numbers = {
    first: [number, 0],
    current: [currentNumber, 0],
    pending: [pendingNumber || lastNumber, 0],
    both: [currentNumber, pendingNumber],
    none: [0, 0],
    stray: [lastNumber + 1, 0],
  }[drawn.named]!;
  const { execRefId, status, lastQty, lastPx, cumQty, leavesQty, avgPx, quantity, price: px } = drawn;
  const said = { execRefId, status, lastQty, lastPx, cumQty, leavesQty, avgPx, quantity, price: px };
  return {
    kind: drawn.kind,
    execType: drawn.execType.charCodeAt(0),
    number: numbers[0]!,
    requestNumber: numbers[1]!,
    slot: drawn.named === "none" ? -1 : order.slot,
    orderId: `V${order.slot}`,
    execId: drawn.execId,
    unheldTag: drawn.unheldTag,
    cxlRejReason: drawn.cxlRejReason,
    ...Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)),
  };
}

/** What open orders hold, what all have executed, by account and side. */
function check(driver: CoreDriver): void {
  const { tables, area } = driver.core;
  const { accounts } = driver;
  const sums = { open: 0, held: [0n, 0n], cum: [0n, 0n], attention: 0 };
  for (let slot = 0; slot < tables.fresh; slot++) {
    const order = tables.order.aim(slot);
    const side = order.side === code.SIDE_BUY ? 0 : 1;
    expect(order.reserved >= 0n && order.pendingReserved >= 0n && order.leavesQty >= 0n && order.cumQty >= 0n).toBe(
      true,
    );
    if (order.attention !== 0) sums.attention++;
    sums.cum[side]! += order.cumQty;
    if (!isOpen(order.state)) {
      expect([order.reserved, order.pendingReserved, order.leavesQty]).toEqual([0n, 0n, 0n]);
      continue;
    }
    sums.open++;
    sums.held[side]! += order.reserved + order.pendingReserved;
  }
  expect([accounts.openOrders(0), tables.openCount, area.word(ATTENTION_COUNT)]).toEqual([
    sums.open,
    sums.open,
    sums.attention,
  ]);
  expect([accounts.openNotional(0, code.SIDE_BUY), accounts.openNotional(0, code.SIDE_SELL)].map(price)).toEqual(
    sums.held,
  );
  const position = sums.cum[0]! - sums.cum[1]!;
  expect(units(accounts.position(0))).toBe(position);
}

test("any report of a known order reaches the client once, and breaks nothing", () => {
  const seen = new Set<number>();
  fc.assert(
    fc.property(steps, (steps) => {
      const driver = new CoreDriver(WIDE);
      driver.order({ id: "R0", qty: 300 });
      let count = 0;
      for (const given of steps) {
        count++;
        if ("days" in given) {
          driver.timeUs += given.days * 86_400e6;
          const { kind, side, type, qty } = given;
          const limit = type === code.TYPE_MARKET ? {} : { px: 100 * ONE };
          const orig = `R${given.orig % count}`;
          driver.order({ kind, side, type, qty, ...limit, id: `R${count}`, orig });
        } else {
          const before = bookDigest(driver.core.area);
          const terms = termsOf(driver, given);
          const outcome = driver.tell(terms);
          const outs = driver.take();
          seen.add(outcome);
          if (outcome === ORPHAN || outcome === DUPLICATE_EXECUTION) {
            expect([outs.length, bookDigest(driver.core.area)]).toEqual([0, before]);
          } else {
            expect(outs.length).toBe(1);
            const [out] = outs;
            expect(out!.out).toBe(terms.kind === code.REPORT_EXECUTION ? "execution" : "cancelReject");
            if (terms.status !== undefined) expect(out!.ordStatus).toBe(terms.status);
            for (const said of ["cumQty", "leavesQty", "lastQty"] as const)
              if (terms.kind === code.REPORT_EXECUTION && terms[said] !== undefined)
                expect(units(out![said] as Amount)).toBe(units(terms[said]!));
          }
        }
        check(driver);
      }
      const again = new CoreDriver(WIDE, false);
      again.replay(driver.journal, [1e9, 1e9, 1e9], [1e9, 1e9]);
      expect(again.core.digest()).toBe(driver.core.digest());
      const kept = new Kept();
      saveState(driver.core, kept);
      const restored = new CoreDriver(WIDE, false);
      loadState(restored.core, kept);
      expect(restored.core.digest()).toBe(driver.core.digest());
      expect(restored.core.area.word(ATTENTION_COUNT)).toBe(driver.core.area.word(ATTENTION_COUNT));
    }),
    { ...drawn(400), includeErrorInReport: true },
  );
  if (isUsual) expect([...seen].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 17]);
}, 120_000);
