import { expect, test } from "bun:test";
import { idText } from "../../../src/base/id.ts";
import { Views } from "../../../src/base/views.ts";
import { DecimalCounter } from "../../../src/core/orders/decimal-counter.ts";

test("shows the digits of every count, one after the other and after a jump", () => {
  const decimalCounter = new DecimalCounter();
  const to = Views.allocate(32);
  const shown = (): string => {
    to.bytes.fill(0x58);
    decimalCounter.copy(to.ints, 0);
    return idText(to.bytes, 0, decimalCounter.length);
  };
  expect(shown()).toBe("0");
  for (let value = 1; value <= 12_345; value++) {
    decimalCounter.turnTo(value);
    expect(shown()).toBe(String(value));
    expect(decimalCounter.length).toBe(String(value).length);
  }
  for (const value of [99_999_999, 100_000_000, 7, 8, 2 ** 53 - 1, 2 ** 31 - 1, 2 ** 31]) {
    decimalCounter.turnTo(value);
    expect(shown()).toBe(String(value));
    expect(decimalCounter.value).toBe(value);
  }
});
