import { expect, test } from "bun:test";
import { Views } from "../../src/base/views.ts";
import { LogonTerms, logonTermsBytes, type SessionTerms, writeLogonTerms } from "../../src/client/logon-terms.ts";
import { readNetwork } from "../../src/config/network.ts";
import { Latest } from "../../src/ring/latest.ts";

function peer(text: string): Int32Array {
  const words = new Int32Array(5);
  new Uint8Array(words.buffer).set(readNetwork(text)!.address);
  return words;
}

function session(allow: string[] | null, needsPassword = false): SessionTerms {
  return { allow: allow?.map((range) => readNetwork(range)!) ?? null, needsPassword, identity: null };
}

function made(sessions: SessionTerms[], ranges = 4) {
  const bytes = logonTermsBytes(sessions.length, ranges);
  const latest = new Latest(Views.allocate(Latest.bytesFor(bytes)), 0, bytes);
  expect(writeLogonTerms(latest, sessions)).toBe(true);
  return { latest, terms: new LogonTerms(latest, sessions.length) };
}

test.each<[ranges: string[] | null, from: string, admitted: boolean]>([
  [null, "203.0.113.9", true],
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
])("%p, from %s: %p", (ranges, from, admitted) => {
  const { terms } = made([session(["198.51.100.1"]), session(ranges)]);
  expect(terms.admits(1, peer(from))).toBe(admitted);
  expect(terms.anywhere.admits(peer(from))).toBe(admitted);
  expect(terms.admits(0, peer(from))).toBe(false);
});

test("what is published later counts from the next look", () => {
  const { latest, terms } = made([session(["10.0.0.0/8"]), session(null)]);
  expect(terms.admits(0, peer("10.1.1.1"))).toBe(true);
  expect(terms.needsPassword(1)).toBe(false);
  expect(terms.anywhere.admits(peer("8.8.8.8"))).toBe(true);
  writeLogonTerms(latest, [session(["192.0.2.0/24"]), session(["192.0.2.9"], true)]);
  expect(terms.admits(0, peer("10.1.1.1"))).toBe(false);
  expect(terms.admits(1, peer("192.0.2.9"))).toBe(true);
  expect(terms.needsPassword(1)).toBe(true);
  expect(terms.needsPassword(0)).toBe(false);
  expect(terms.anywhere.admits(peer("8.8.8.8"))).toBe(false);
});

test("more ranges than there is room for change nothing", () => {
  const { latest, terms } = made([session(["10.0.0.0/8"])], 2);
  expect(writeLogonTerms(latest, [session(["10.0.0.0/8", "10.0.0.1", "10.0.0.2"])])).toBe(false);
  expect(writeLogonTerms(latest, [session(["192.0.2.0/24", "10.0.0.2"])])).toBe(true);
  expect(terms.admits(0, peer("192.0.2.1"))).toBe(true);
});
