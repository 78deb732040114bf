import { expect, test } from "bun:test";
import { NUMBER, NUMBER_DIGITS } from "../../../src/core/assembly/layout.ts";
import { InnerCore } from "../inner.ts";

test("a counter shows the digits of every count, one after the other and after a jump", () => {
  const rig = new InnerCore();
  const { inner, core } = rig;
  const shown = (): string => {
    rig.outBytes.fill(0x58);
    inner.copyCounter(NUMBER_DIGITS, rig.outAt);
    const length = inner.lengthOfCounter(NUMBER_DIGITS);
    expect(rig.outBytes.subarray(length, 32).every((byte) => byte === 0)).toBe(true);
    return rig.out(length);
  };
  expect(shown()).toBe("0");
  const counts = Array.from({ length: 12_345 }, (_, i) => i + 1);
  for (const value of [...counts, 99_999_999, 100_000_000, 7, 8, 2 ** 53 - 1, 2 ** 31 - 1, 2 ** 31]) {
    inner.turnTo(NUMBER, NUMBER_DIGITS, value);
    expect([shown(), core.area.double(NUMBER)]).toEqual([String(value), value]);
  }
});
