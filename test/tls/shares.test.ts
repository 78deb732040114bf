import { expect, test } from "bun:test";
import { Shares, shareOf } from "../../src/tls/shares.ts";

const MAPPED = 0xffff0000 | 0;

test("IPv4 addresses have a share each, IPv6 addresses one for their network of 64 bits", () => {
  const four = (last: number) => Int32Array.of(0, 0, MAPPED, last, 40_000);
  const six = (network: number, host: number) => Int32Array.of(0xb80d0120 | 0, network, host, host, 40_000);
  expect(shareOf(four(1))).not.toBe(shareOf(four(2)));
  expect(shareOf(six(7, 1))).toBe(shareOf(six(7, 2)));
  expect(shareOf(six(7, 1))).not.toBe(shareOf(six(8, 1)));
  // The loopback address ::1 is no IPv4 address.
  expect(shareOf(Int32Array.of(0, 0, 0, 1 << 24, 1))).not.toBe(shareOf(four(0)));

  const shares = new Shares(2);
  expect([1, 2, 3].map((host) => shares.take(shareOf(six(7, host))))).toEqual([true, true, false]);
  expect(shares.take(shareOf(six(8, 1)))).toBe(true);
  shares.give(shareOf(six(7, 9)));
  expect(shares.take(shareOf(six(7, 4)))).toBe(true);
});
