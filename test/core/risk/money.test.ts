import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { drawn } from "../../property.ts";
import { InnerCore } from "../inner.ts";

const { inner: money } = new InnerCore();
/** Larger quantities are refused by name. */
const MAX_QUANTITY = 100_000_000_000;
const OVERFLOW = -1;
const PPM = 1_000_000;

const quantity = fc.integer({ min: 1, max: MAX_QUANTITY });
const price = fc.oneof(
  fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  fc.integer({ min: 1, max: 1_000_000_000_000 }),
);

describe("amounts are what big integers say", () => {
  test("notional, rounded up, or an overflow", () => {
    fc.assert(
      fc.property(quantity, price, (q, p) => {
        const exact = (BigInt(q) * BigInt(p) + 9_999n) / 10_000n;
        const wanted = exact <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(exact) : OVERFLOW;
        expect(money.notional(q, p)).toBe(wanted);
      }),
      drawn(3000),
    );
    expect(money.notional(100, 100_000_000)).toBe(1_000_000);
    expect(money.notional(1, 1)).toBe(1);
    expect(money.notional(MAX_QUANTITY, 10_001)).toBe(MAX_QUANTITY + MAX_QUANTITY / 10_000);
    expect(money.notional(MAX_QUANTITY, Number.MAX_SAFE_INTEGER)).toBe(OVERFLOW);
  });

  test("both parts of a price", () => {
    fc.assert(
      fc.property(price, (p) => {
        const high = money.highOf(p);
        expect(BigInt(high)).toBe(BigInt(p) / 10_000n);
        expect(BigInt(money.lowOf(p, high))).toBe(BigInt(p) % 10_000n);
      }),
      drawn(3000),
    );
  });

  test("the average price, to the nearest", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.integer({ min: 1, max: 1_000_000_000_000 }), (q, p) => {
        const value = BigInt(q) * BigInt(p) + BigInt(q >> 1);
        const got = money.averageE8(Number(value / 10_000n), Number(value % 10_000n), q);
        expect(BigInt(got)).toBe((2n * value + BigInt(q)) / (2n * BigInt(q)));
      }),
      drawn(3000),
    );
    expect(money.averageE8(0, 0, 0)).toBe(0);
  });

  test("a share of a price, down and up", () => {
    fc.assert(
      fc.property(price, fc.integer({ min: 0, max: 10 * PPM }), (p, ppm) => {
        const exact = BigInt(p) * BigInt(ppm);
        if (exact / 1_000_000n > BigInt(Number.MAX_SAFE_INTEGER) - 1n) return;
        expect(BigInt(money.shareOf(p, ppm))).toBe(exact / 1_000_000n);
        expect(BigInt(money.shareAbove(p, ppm))).toBe((exact + 999_999n) / 1_000_000n);
      }),
      drawn(3000),
    );
  });
});
