import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { MOST_E8, NO_PRICE, UNIT_E8 } from "../../../src/base/units.ts";
import { drawn } from "../../property.ts";
import { InnerCore } from "../inner.ts";

const core = new InnerCore();
const money = core.inner;
const OVERFLOW = -1n;
const MOST = MOST_E8 / 2n;
const E12 = 10n ** 12n;
const E28 = 10n ** 28n;
const PPM = 1_000_000n;

/** The address of a factor. */
function factorAt(multiplier: bigint, rate: bigint): number {
  core.core.scratch.longs.set([multiplier, rate]);
  return core.idAt;
}

const within = (max: bigint) =>
  fc.oneof(
    fc.bigInt({ min: 0n, max }),
    fc.bigInt({ min: 0n, max: 1_000_000n }).map((units) => units * UNIT_E8),
    fc.bigInt({ min: 0n, max: 1_000_000_000_000n }),
    fc.constantFrom(0n, 1n, max, max - 1n),
  );
const quantity = within(MOST_E8);
const price = fc.tuple(within(MOST_E8), fc.boolean()).map(([size, isBelow]) => (isBelow ? -size : size));
/** A multiplier or a rate. */
const factorPart = fc.oneof(
  fc.bigInt({ min: 1n, max: MOST_E8 }),
  fc.bigInt({ min: 1n, max: 1_000n * UNIT_E8 }),
  fc.constantFrom(1n, UNIT_E8, 50n * UNIT_E8, 108_000_000n, MOST_E8),
);
/** In two parts, as the code has it. */
const high = (value: bigint): bigint => value >> 64n;
const low = (value: bigint): bigint => BigInt.asUintN(64, value);
const sizeOf = (value: bigint): bigint => (value < 0n ? -value : value);
/** Rounded down, whatever the sign. */
const floor = (value: bigint, by: bigint): bigint => (value >= 0n ? value / by : -((-value + by - 1n) / by));

describe("amounts are what big integers say", () => {
  test("products", () => {
    fc.assert(
      fc.property(price, price, (a, b) => expect(money.mulHigh(a, b)).toBe(high(a * b))),
      drawn(3000),
    );
  });

  test("notional, rounded up, or an overflow", () => {
    fc.assert(
      fc.property(quantity, price, (q, p) => {
        const exact = (q * sizeOf(p) + E12 - 1n) / E12;
        expect(money.notional(q, p, 0)).toBe(exact <= MOST ? exact : OVERFLOW);
      }),
      drawn(3000),
    );
    expect(money.notional(100n * UNIT_E8, UNIT_E8, 0)).toBe(1_000_000n);
    expect(money.notional(1n, 1n, 0)).toBe(1n);
    expect(money.notional(MOST_E8, 5000n * UNIT_E8, 0)).toBe(MOST);
    expect(money.notional(MOST_E8, 5000n * UNIT_E8 + 1n, 0)).toBe(OVERFLOW);
    expect(money.notional(MOST_E8, -MOST_E8, 0)).toBe(OVERFLOW);
  });

  test("what an execution is worth, of either sign, rounded up", () => {
    fc.assert(
      fc.property(quantity, price, (q, p) => {
        const exact = -floor(-q * p, E12);
        expect(money.worthOf(q, p, 0)).toBe(sizeOf(exact) <= MOST ? exact : NO_PRICE);
      }),
      drawn(3000),
    );
  });

  test("times multiplier and rate, rounded once, or an overflow", () => {
    fc.assert(
      fc.property(quantity, price, factorPart, factorPart, (q, p, multiplier, rate) => {
        const factor = factorAt(multiplier, rate);
        const size = (q * sizeOf(p) * multiplier * rate + E28 - 1n) / E28;
        expect(money.notional(q, p, factor)).toBe(size <= MOST ? size : OVERFLOW);
        const worth = -floor(-q * p * multiplier * rate, E28);
        expect(money.worthOf(q, p, factor)).toBe(sizeOf(worth) <= MOST ? worth : NO_PRICE);
      }),
      drawn(10_000),
    );
  });

  test("times multiplier and rate, where the product is a whole amount, or next to one", () => {
    const whole = fc.bigInt({ min: 1n, max: 900_000_000_000_000n });
    fc.assert(
      fc.property(whole, fc.constantFrom(-1n, 0n, 1n), fc.boolean(), (amount, more, isTwice) => {
        const q = amount * 10_000n + more;
        const multiplier = isTwice ? 2n * UNIT_E8 : UNIT_E8;
        const size = (q * UNIT_E8 * multiplier * UNIT_E8 + E28 - 1n) / E28;
        expect(money.notional(q, UNIT_E8, factorAt(multiplier, UNIT_E8))).toBe(size);
      }),
      drawn(10_000),
    );
  });

  test("a factor at its ends, and where amounts end", () => {
    const by = (multiplier: bigint, rate: bigint, q: bigint, p: bigint): bigint =>
      money.notional(q, p, factorAt(multiplier, rate));
    expect(by(50n * UNIT_E8, 108_000_000n, 100n * UNIT_E8, 4000n * UNIT_E8)).toBe(21_600_000n * 10_000n);
    // The smallest of all four numbers is not nothing.
    expect(by(1n, 1n, 1n, 1n)).toBe(1n);
    expect(by(1n, 1n, UNIT_E8, UNIT_E8)).toBe(1n);
    expect(by(1n, 1n, MOST_E8, MOST_E8)).toBe((MOST_E8 * MOST_E8 + E28 - 1n) / E28);
    expect(by(MOST_E8, MOST_E8, 1n, 1n)).toBe((MOST_E8 * MOST_E8 + E28 - 1n) / E28);
    expect(by(MOST_E8, MOST_E8, MOST_E8, MOST_E8)).toBe(OVERFLOW);
    expect(by(MOST_E8, MOST_E8, 0n, MOST_E8)).toBe(0n);
    // 9,200,000,000 times 100 times 500 is the largest amount; one more of the smallest part of any is above it.
    const q = MOST_E8 / 10n;
    expect(by(100n * UNIT_E8, 500n * UNIT_E8, q, UNIT_E8)).toBe(MOST);
    expect(by(100n * UNIT_E8, 500n * UNIT_E8, q, UNIT_E8 + 1n)).toBe(OVERFLOW);
    expect(by(100n * UNIT_E8, 500n * UNIT_E8 + 1n, q, UNIT_E8)).toBe(OVERFLOW);
    expect(by(100n * UNIT_E8, 500n * UNIT_E8, q, -UNIT_E8)).toBe(MOST);
    // 3 at 1.00 with a rate of a third: 1.00000002, or 0.99999999, and its next 1e-4.
    expect(by(UNIT_E8, 33_333_334n, 3n * UNIT_E8, UNIT_E8)).toBe(10_001n);
    expect(by(UNIT_E8, 33_333_333n, 3n * UNIT_E8, UNIT_E8)).toBe(10_000n);
    expect(money.worthOf(3n * UNIT_E8, -UNIT_E8, factorAt(UNIT_E8, 33_333_333n))).toBe(-9_999n);
  });

  test("the average price, to the nearest", () => {
    fc.assert(
      fc.property(quantity, price, within(MOST_E8), (q, p, more) => {
        if (q === 0n) return;
        const value = q * p + (more % (2n * q)) - q;
        const exact = floor(2n * value + q, 2n * q);
        const wanted = sizeOf(exact) <= MOST_E8 ? exact : NO_PRICE;
        expect(money.averageE8(high(value), low(value), q)).toBe(wanted);
      }),
      drawn(3000),
    );
    expect(money.averageE8(0n, 0n, 0n)).toBe(0n);
    expect(money.averageE8(1n << 50n, 0n, 1n)).toBe(NO_PRICE);
  });

  test("a share of a price, down and up", () => {
    fc.assert(
      fc.property(within(MOST_E8), fc.bigInt({ min: 0n, max: 10n * PPM }), (p, ppm) => {
        const exact = p * ppm;
        const [below, above] = [exact / PPM, (exact + PPM - 1n) / PPM];
        expect(money.shareOf(p, ppm)).toBe(below <= MOST_E8 ? below : OVERFLOW);
        expect(money.shareAbove(p, ppm)).toBe(above <= MOST_E8 ? above : OVERFLOW);
      }),
      drawn(3000),
    );
  });
});
