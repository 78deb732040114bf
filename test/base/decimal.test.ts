import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  BAD_DECIMAL,
  decimalText,
  HELD,
  putDecimal,
  putDecimalE8,
  putInt,
  putPadded,
  putWhole,
  readDecimal,
  readInt,
  UNHELD_DECIMAL,
} from "../../src/base/decimal.ts";
import { idText, putId, sameId } from "../../src/base/id.ts";
import { MOST_E8 } from "../../src/base/units.ts";
import { Views } from "../../src/base/views.ts";
import { drawn } from "../property.ts";

const bytes = new Uint8Array(new ArrayBuffer(4096));
const text = (to: number): string => Buffer.from(bytes.slice(0, to)).toString();
const put = (value: string): number => Buffer.from(value).copy(bytes);

test("whole numbers are written as the platform writes them, and read back", () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.nat({ max: 0x7fffffff }), (whole, int) => {
      expect(text(putWhole(bytes, 0, whole))).toBe(String(whole));
      expect(text(putInt(bytes, 0, int))).toBe(String(int));
      expect(readInt(bytes, 0, String(int).length)).toBe(int);
      expect(text(putPadded(bytes, 0, int % 1000, 3))).toBe(String(int % 1000).padStart(3, "0"));
    }),
    drawn(),
  );
});

const ints = new Int32Array(new ArrayBuffer(16));
const longs = new BigInt64Array(ints.buffer);
/** The number that is read, or the result where none is. */
function read(value: string): bigint | number {
  const result = readDecimal(bytes, 0, put(value), ints, 2);
  return result === HELD ? longs[1]! : result;
}

test("decimals come back exactly, in their shortest form", () => {
  fc.assert(
    fc.property(fc.oneof(fc.bigInt({ min: -MOST_E8, max: MOST_E8 }), fc.maxSafeInteger().map(BigInt)), (value) => {
      const written = text(putDecimal(bytes, 0, value));
      expect(written).not.toMatch(/\.$|\.\d*0$/);
      expect(decimalText(value)).toBe(written);
      expect(read(written)).toBe(value);
      // Doubles that are exact are written as they are.
      const double = Number(value);
      expect(text(putDecimalE8(bytes, 0, double))).toBe(decimalText(BigInt(double)));
    }),
    drawn(),
  );
});

test.each<[string, bigint]>([
  ["150.25", 15_025_000_000n],
  ["0150.2500", 15_025_000_000n],
  [".5", 50_000_000n],
  ["5.", 500_000_000n],
  ["-1", -100_000_000n],
  ["-0", 0n],
  ["1.1234567800", 112_345_678n],
  ["90071992.54740993", 9_007_199_254_740_993n],
  ["92000000000.00000000", MOST_E8],
  ["-92000000000", -MOST_E8],
])("%s is %d", (value, wanted) => expect(read(value)).toBe(wanted));

test.each(["", "-", ".", "1e5", "+1", "1.2.3", "1,5", "--1", "a", "1x", "1.x"])("'%s' is no decimal", (value) =>
  expect(read(value)).toBe(BAD_DECIMAL),
);

test.each(["1.123456789", "92000000000.00000001", "-92000000001", "99999999999999999999"])(
  "%s is not held, and not rounded",
  (value) => expect(read(value)).toBe(UNHELD_DECIMAL),
);

test("an int is none above 2^31 - 1", () => {
  for (const value of ["", "-1", "2147483648", "12345678901", "1x"]) expect(readInt(bytes, 0, put(value))).toBe(-1);
});

test("ids are padded and compared whole", () => {
  const views = Views.allocate(4096);
  const id = (value: string, at: number): void => putId(views, at, Buffer.from(value), 0, value.length);
  id("abcdefghijklmnopqrstuvwxyz012345", 0);
  id("short", 0);
  id("short", 32);
  expect([idText(views.bytes, 0, 5), sameId(views.ints, 0, views.ints, 32, 5)]).toEqual(["short", true]);
  id("shorT", 32);
  expect(sameId(views.ints, 0, views.ints, 32, 5)).toBe(false);
});
