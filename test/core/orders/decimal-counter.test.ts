import { expect, test } from "bun:test";
import { idText } from "../../../src/base/id.ts";
import { Views } from "../../../src/base/views.ts";
import { Odometer } from "../../../src/core/orders/decimal-counter.ts";

test("shows the digits of every count, one after the other and after a jump", () => {
  const odometer = new Odometer();
  const to = Views.allocate(32);
  const shown = (): string => {
    to.bytes.fill(0x58);
    odometer.copy(to.ints, 0);
    return idText(to.bytes, 0);
  };
  expect(shown()).toBe("0");
  for (let value = 1; value <= 12_345; value++) {
    odometer.turnTo(value);
    expect(shown()).toBe(String(value));
    expect(odometer.length).toBe(String(value).length);
  }
  for (const value of [99_999_999, 100_000_000, 7, 8, 2 ** 53 - 1, 2 ** 31 - 1, 2 ** 31]) {
    odometer.turnTo(value);
    expect(shown()).toBe(String(value));
    expect(odometer.value).toBe(value);
  }
});
