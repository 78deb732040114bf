import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  putDecimalE8,
  putInt,
  putPadded,
  putWhole,
  readDecimalE8,
  readInt,
  readWhole,
  UNFIT_DECIMAL,
} from "../../src/base/decimal.ts";
import { idText, putId, sameId } from "../../src/base/id.ts";
import { Views } from "../../src/base/views.ts";
import { drawn } from "../property.ts";

const bytes = new Uint8Array(new ArrayBuffer(4096));
const text = (to: number): string => Buffer.from(bytes.slice(0, to)).toString();
const put = (value: string): number => Buffer.from(value).copy(bytes);

test("whole numbers are written as the platform writes them, and read back", () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.nat({ max: 0x7fffffff }), (whole, int) => {
      expect(text(putWhole(bytes, 0, whole))).toBe(String(whole));
      expect(readWhole(bytes, 0, String(whole).length)).toBe(whole);
      expect(text(putInt(bytes, 0, int))).toBe(String(int));
      expect(readInt(bytes, 0, String(int).length)).toBe(int);
      expect(text(putPadded(bytes, 0, int % 1000, 3))).toBe(String(int % 1000).padStart(3, "0"));
    }),
    drawn(),
  );
});

test("decimals come back exactly, in their shortest form", () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => {
      const end = putDecimalE8(bytes, 0, value);
      expect(text(end)).not.toMatch(/\.$|\.\d*0$/);
      expect(readDecimalE8(bytes, 0, end)).toBe(value);
    }),
    drawn(),
  );
});

test.each([
  ["150.25", 15_025_000_000],
  ["0150.2500", 15_025_000_000],
  [".5", 50_000_000],
  ["5.", 500_000_000],
  ["-1", -100_000_000],
  ["1.1234567800", 112_345_678],
  ["90071992.54740991", Number.MAX_SAFE_INTEGER],
])("%s is %d", (value, wanted) => expect(readDecimalE8(bytes, 0, put(value))).toBe(wanted));

test.each(["", "-", ".", "1e5", "+1", "1.2.3", "1,5", "--1", "a"])("'%s' is no decimal", (value) =>
  expect(readDecimalE8(bytes, 0, put(value))).toBeNaN(),
);

test.each(["1.123456789", "90071992.54740993", "99999999999999999999"])("%s fits not, and is not rounded", (value) =>
  expect(readDecimalE8(bytes, 0, put(value))).toBe(UNFIT_DECIMAL),
);

test("quantities are whole, whatever zeros follow", () => {
  expect(readWhole(bytes, 0, put("100.000"))).toBe(100);
  expect(readWhole(bytes, 0, put("100.001"))).toBe(UNFIT_DECIMAL);
  for (const value of ["", "+200", "-5", "x", "1x", "1.x"]) expect(readWhole(bytes, 0, put(value))).toBeNaN();
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
