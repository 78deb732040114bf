import { expect, test } from "bun:test";
import { AllowList } from "../../src/client/allow-list.ts";
import { readNetwork } from "../../src/config/network.ts";

function peer(text: string): Int32Array {
  const words = new Int32Array(5);
  new Uint8Array(words.buffer).set(readNetwork(text)!.address);
  return words;
}

const admits = (ranges: string[], from: string): boolean =>
  new AllowList(ranges.map((range) => readNetwork(range)!)).admits(peer(from));

test.each<[ranges: string[], from: string, admitted: boolean]>([
  [[], "203.0.113.9", true],
  [["10.0.0.0/8"], "10.255.0.1", true],
  [["10.0.0.0/8"], "11.0.0.1", false],
  [["10.0.0.0/8"], "::1", false],
  [["10.0.0.0/8", "192.0.2.7"], "192.0.2.7", true],
  [["10.0.0.0/8", "192.0.2.7"], "192.0.2.6", false],
  [["192.0.2.128/25"], "192.0.2.127", false],
  [["192.0.2.128/25"], "192.0.2.129", true],
  [["0.0.0.0/0"], "8.8.8.8", true],
  [["0.0.0.0/0"], "2001:db8::1", false],
  [["::/0"], "8.8.8.8", true],
  [["2001:db8::/33"], "2001:db8:7fff::1", true],
  [["2001:db8::/33"], "2001:db8:8000::1", false],
])("%p, from %s: %p", (ranges, from, admitted) => expect(admits(ranges, from)).toBe(admitted));
