import { expect, test } from "bun:test";
import { AF_INET, AF_INET6 } from "../../ffi/abi.ts";
import { parseAddress, socketAddressText } from "../../ffi/address.ts";
import { viewAt } from "../../ffi/memory.ts";

const bytesOf = (host: string, port: number) => {
  const address = parseAddress(host, port);
  return [...new Uint8Array(viewAt(address.address, address.bytes))];
};

test("IPv4 is laid out as the kernel wants it", () => {
  expect(bytesOf("10.1.2.3", 0x1234)).toEqual([AF_INET, 0, 0x12, 0x34, 10, 1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0]);
  expect(parseAddress("10.1.2.3", 9001)).toMatchObject({ text: "10.1.2.3:9001", family: AF_INET, bytes: 16 });
});

test("IPv6 is laid out as the kernel wants it, in brackets or not, with a zone or not", () => {
  const address = [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5];
  expect(bytesOf("2001:db8::5", 80)).toEqual([AF_INET6, 0, 0, 80, 0, 0, 0, 0, ...address, 0, 0, 0, 0]);
  expect(bytesOf("[2001:db8::5]", 80)).toEqual(bytesOf("2001:db8::5", 80));
  expect(bytesOf("fe80::1%7", 80).slice(24)).toEqual([7, 0, 0, 0]);
  expect(bytesOf("fe80::1%lo", 80).slice(24)).toEqual([1, 0, 0, 0]);
  expect(parseAddress("[::1]", 9001)).toMatchObject({ text: "[::1]:9001", family: AF_INET6, bytes: 28 });
});

test("localhost is the one name that is known", () => {
  expect(parseAddress("localhost", 1).text).toBe("127.0.0.1:1");
});

test.each(["fix.example.com", "", "1.2.3", "1.2.3.256", "[127.0.0.1]", "::1::", "[::1", "127.0.0.1:80"])(
  "%p is refused with what was expected",
  (host) => {
    expect(() => parseAddress(host, 9001)).toThrow("expected an IPv4 or IPv6 address");
  },
);

test("a port out of range or a zone that is not there is refused", () => {
  for (const port of [-1, 65536, 1.5, Number.NaN]) expect(() => parseAddress("::1", port)).toThrow("from 0 to 65535");
  expect(() => parseAddress("fe80::1%nowhere9", 1)).toThrow('no network interface "nowhere9"');
});

test("addresses are written as people write them", () => {
  const text = (host: string) => {
    const address = parseAddress(host, 9001);
    return socketAddressText(viewAt(address.address, 64), 0);
  };
  expect(text("192.168.0.1")).toBe("192.168.0.1:9001");
  expect(text("2001:0db8:0000::0005")).toBe("[2001:db8::5]:9001");
  expect(text("::")).toBe("[::]:9001");
});
