import { expect, test } from "bun:test";
import { addressText, readAddress, sameListener } from "../../src/config/address.ts";

test.each<[text: unknown, host: string, port: number]>([
  ["127.0.0.1:9001", "127.0.0.1", 9001],
  ["0.0.0.0:0", "0.0.0.0", 0],
  ["localhost:65535", "127.0.0.1", 65_535],
  ["[::1]:9001", "::1", 9001],
  ["[::]:9001", "::", 9001],
  ["[fe80::1%eth0]:1", "fe80::1%eth0", 1],
])("%p is an address", (text, host, port) => {
  expect(readAddress(text, 0)).toEqual({ host, port });
});

test.each<[text: unknown]>([
  ["127.0.0.1"],
  ["127.0.0.1:"],
  ["127.0.0.1:65536"],
  ["127.0.0.1:-1"],
  ["127.0.0.1:9001 "],
  ["127.1:9001"],
  ["::1:9001"],
  ["[127.0.0.1]:9001"],
  ["[::1]9001"],
  ["exchange.example:9001"],
  [":9001"],
  [""],
  [9001],
  [undefined],
])("%p is none", (text) => {
  expect(readAddress(text, 0)).toBeNull();
});

test("port 0 is only for listening", () => {
  expect(readAddress("127.0.0.1:0", 1)).toBeNull();
});

test("text is what was read", () => {
  for (const text of ["127.0.0.1:9001", "[::1]:9001"]) expect(addressText(readAddress(text, 0)!)).toBe(text);
});

test.each<[a: string, b: string, same: boolean]>([
  ["127.0.0.1:1", "127.0.0.1:1", true],
  ["127.0.0.1:1", "localhost:1", true],
  ["0.0.0.0:1", "127.0.0.1:1", true],
  ["127.0.0.1:1", "[::]:1", true],
  ["127.0.0.1:1", "127.0.0.1:2", false],
  ["127.0.0.1:1", "127.0.0.2:1", false],
  ["127.0.0.1:0", "127.0.0.1:0", false],
])("%p and %p take one port: %p", (a, b, same) => {
  expect(sameListener(readAddress(a, 0)!, readAddress(b, 0)!)).toBe(same);
});
