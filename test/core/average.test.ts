// AvgPx (6) against a sum of fractions: partial fills, busts and corrections, with and without an AvgPx of the venue.

import { expect, test } from "bun:test";
import fc from "fast-check";
import { averageE8 } from "../../src/base/average.ts";
import { APPLIED } from "../../src/core/outcomes.ts";
import * as code from "../../src/record/codes.ts";
import { drawn } from "../property.ts";
import { CONFIG, CoreDriver, only } from "./driver.ts";

const E8 = 100_000_000n;
/** Prices of both signs, and quantities of fractions. */
const CRYPTO = {
  ...CONFIG,
  collarPercent: 1_000,
  accounts: CONFIG.accounts.map((account) => ({
    ...account,
    maxOrderQtyE8: 9_000_000n * E8,
    maxOrderNotionalE4: 4_000_000_000_000_000_000n,
  })),
  symbols: CONFIG.symbols.map((symbol) =>
    symbol.name === "AAPL" ? { ...symbol, prices: "any" as const, quantityStepE8: 1n } : symbol,
  ),
};

const step = fc.record({
  what: fc.constantFrom("fill", "fill", "fill", "bust", "correction"),
  which: fc.nat(),
  quantity: fc.oneof(fc.bigInt(1n, 30n), fc.bigInt(1n, 3n * E8), fc.bigInt(1n, 10_000n * E8)),
  price: fc.oneof(fc.bigInt(-200n * E8, 200n * E8), fc.bigInt(60_000n * E8, 70_000n * E8), fc.bigInt(1n, 99n)),
  /** The venue says no AvgPx, the nearest one, or one that it has cut to fewer decimals. */
  said: fc.constantFrom("none", "none", "nearest", "cut"),
  places: fc.integer({ min: 2, max: 8 }),
});

/** Rounded towards 0, as venues cut. */
function cut(worth: bigint, quantity: bigint, places: number): bigint {
  const unit = 10n ** BigInt(8 - places);
  return (worth / quantity / unit) * unit;
}

test("AvgPx is the exact average to the nearest 1e-8 after each fill, bust and correction; what a venue rounds changes nothing of it", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 25 }), (steps) => {
      const driver = new CoreDriver(CRYPTO);
      const quantity = 1_000_000n * E8;
      driver.order({ id: "A", qty: quantity, px: 100n * E8 });
      driver.say({ execType: code.EXEC_NEW, number: 1, slot: 0, orderId: "V1" });
      const trades: { execId: string; quantity: bigint; price: bigint }[] = [];
      const sums = () => {
        const cum = trades.reduce((sum, one) => sum + one.quantity, 0n);
        const worth = trades.reduce((sum, one) => sum + one.quantity * one.price, 0n);
        return { cum, worth };
      };
      for (const [i, { what, which, said, places, ...terms }] of steps.entries()) {
        const old = trades.length > 0 && what !== "fill" ? trades[which % trades.length]! : null;
        const execId = `E${i}`;
        const isBust = old !== null && what === "bust";
        const bustQuantity = old?.quantity ?? 0n;
        const bustPrice = old?.price ?? 0n;
        const execRefId = old?.execId ?? "";
        if (old === null) trades.push({ execId, ...terms });
        else if (what === "bust") trades.splice(trades.indexOf(old), 1);
        else Object.assign(old, { ...terms, execId });
        const { cum, worth } = sums();
        const isStated = said !== "none" && cum > 0n;
        const stated = said === "nearest" ? averageE8(worth, cum || 1n) : cut(worth, cum || 1n, places);
        const outcome = driver.tell({
          ...{ number: 1, slot: 0, execId, execRefId, lastQty: isBust ? bustQuantity : terms.quantity },
          lastPx: isBust ? bustPrice : terms.price,
          execType: old === null ? code.EXEC_TRADE : isBust ? code.EXEC_TRADE_CANCEL : code.EXEC_TRADE_CORRECT,
          cumQty: cum,
          ...(isStated ? { avgPx: stated } : {}),
        });
        driver.take();
        expect([i, outcome]).toEqual([i, APPLIED]);
        const wanted = cum === 0n ? 0n : averageE8(worth, cum);
        const status = only(driver.status({ id: "A" }));
        expect([i, BigInt(status.avgPx as bigint)]).toEqual([i, wanted]);
      }
    }),
    drawn(400),
  );
});
