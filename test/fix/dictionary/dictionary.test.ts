import { expect, test } from "bun:test";
import { Dictionary } from "../../../src/fix/dictionary/dictionary.ts";
import { readQuickfixXml } from "../../../src/fix/dictionary/xml/quickfix-xml.ts";

import { dictionaryOf } from "./check.ts";
import { EXCHANGE_XML } from "./xml/exchange-xml.ts";

const [D, F, EIGHT, V] = ["D", "F", "8", "V"].map((type) => type.charCodeAt(0)) as [number, number, number, number];

test.each<[version: string, type: number, tag: number, has: boolean, requires: boolean]>([
  ["FIX.4.1", D, 60, false, false],
  ["FIX.4.2", D, 60, true, true],
  ["FIX.4.2", D, 21, true, true],
  ["FIX.4.4", D, 21, true, false],
  ["FIX.4.4", D, 453, true, false],
  ["FIX.4.2", D, 453, false, false],
  ["FIX.4.0", F, 125, true, true],
  ["FIX.4.1", F, 125, false, false],
  // Header and trailer are no part of the body, nor is a member of a group.
  ["FIX.4.4", D, 49, false, false],
  ["FIX.4.4", D, 10, false, false],
  ["FIX.4.4", D, 448, false, false],
  ["FIX.4.4", EIGHT, 150, true, true],
  ["FIX.4.4", EIGHT, 9999, false, false],
  // This message is not described: it may have any tag of the version.
  ["FIX.4.4", V, 55, true, false],
  ["FIX.4.4", V, 9999, false, false],
  ["FIX.4.4", "~".charCodeAt(0), 55, false, false],
])("%s: a message of type %d and tag %d", (version, type, tag, has, requires) => {
  const dictionary = dictionaryOf(version);
  expect([dictionary.has(type, tag), dictionary.requires(type, tag)]).toEqual([has, requires]);
});

test("an exchange's dictionary has what its file says", () => {
  const dictionary = new Dictionary(readQuickfixXml(EXCHANGE_XML, "exchange.xml"));
  expect([1, 21, 60, 44, 25000].filter((tag) => dictionary.has(D, tag))).toEqual([44]);
  expect([11, 38, 40, 54, 55].filter((tag) => dictionary.requires(D, tag))).toEqual([11, 40, 54]);
  expect(dictionary.has(F, 54)).toBe(false);
});
