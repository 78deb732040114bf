import { expect, test } from "bun:test";
import { loadConfig } from "../../src/config/load.ts";
import { mappedTags, symbolBytes } from "../../src/config/venue-symbols.ts";
import { problemsOf, SMALL } from "./small.ts";

const MORE = `${SMALL}
[symbols.MSFT]
referencePrice = 300
[symbols.IBM]
referencePrice = 200
`;
const withRows = (rows: string): string => `${MORE}[venues.SIM.symbols]\n${rows}\n`;
const AT = "venues.SIM.symbols";

test("a venue has its own names for symbols, and none without a table", () => {
  const { config } = loadConfig(
    withRows(
      'AAPL = { symbol = "AAPL.N", securityId = "US1", securityIdSource = "4" }\nMSFT = { symbol = "IBM" }\nIBM = { symbol = "MSFT" }',
    ),
    "file.toml",
  );
  expect(config?.venues.SIM?.symbols).toEqual({
    AAPL: { symbol: "AAPL.N", securityId: "US1", securityIdSource: "4" },
    MSFT: { symbol: "IBM" },
    IBM: { symbol: "MSFT" },
  });
  expect(loadConfig(MORE, "file.toml").config?.venues.SIM?.symbols).toEqual({});
});

test.each([
  [
    'APPL = { symbol = "X" }',
    [`${AT}.APPL: expected the name of a symbol in symbols, got "APPL"; did you mean "AAPL"?`],
  ],
  [
    'AAPL = { symbol = "X" }\nMSFT = { symbol = "X" }',
    [`${AT}.MSFT.symbol: expected a Symbol (55) that no other symbol has at this venue, got "X" as for AAPL`],
  ],
  [
    'AAPL = { symbol = "IBM" }',
    [`${AT}.AAPL.symbol: expected a Symbol (55) that no other symbol has at this venue, got "IBM" as for IBM`],
  ],
  ['AAPL = { securityId = "US1" }', [`${AT}.AAPL.securityIdSource: missing; expected it beside securityId`]],
  ['AAPL = { securityIdSource = "4" }', [`${AT}.AAPL.securityId: missing; expected it beside securityIdSource`]],
  [
    'AAPL = { securityId = "US1", securityIdSource = "4" }\nIBM = { securityId = "US1", securityIdSource = "4" }',
    [`${AT}.IBM.securityId: expected a SecurityID (48) that no other symbol has at this venue, got "US1" as for AAPL`],
  ],
  [
    'AAPL = { symbol = "a b", securityExchange = "MORE THAN IT MAY" }',
    [`${AT}.AAPL.securityExchange: expected 1 to 16 printable ASCII characters without spaces, got "MORE THAN IT MAY"`],
  ],
  [
    'AAPL = { securityId = "US1", securityIdSource = "4" }\n[venues.SIM.fields]\nset = { 48 = "US2", 207 = "XNAS" }\nD.rename = { 5001 = 22 }',
    [
      `venues.SIM.fields.set.48: can't be: securityId of ${AT} gives 48`,
      `venues.SIM.fields.D.rename.5001: can't be: securityIdSource of ${AT} gives 22`,
    ],
  ],
])("%s", (rows, problems) => {
  expect(problemsOf(withRows(rows))).toEqual(problems);
});

test("the tags that may have other values at the venue, and the room that they need", () => {
  expect(mappedTags({ symbols: { AAPL: { symbol: "X" } } })).toEqual([]);
  expect(mappedTags({ symbols: { AAPL: { securityExchange: "X" } }, transactTimePrecision: "seconds" })).toEqual([
    ...[48, 22, 207],
    60,
  ]);
  expect(symbolBytes({})).toBe(0);
  expect(symbolBytes({ A: { symbol: "ABC" }, B: { symbol: "AB", securityId: "12", securityIdSource: "4" } })).toBe(
    2 + 2 + 1 + 4 * 5,
  );
});
