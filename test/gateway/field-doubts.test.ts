import { expect, test } from "bun:test";
import { loadConfig } from "../../src/config/load.ts";
import { problemLine } from "../../src/config/problem.ts";
import { loadDialects } from "../../src/gateway/load-dialects.ts";
import { SMALL } from "../config/small.ts";

function doubtsOf(text: string, version = "FIX.4.4") {
  const { config, problems } = loadConfig(
    `${SMALL}[venues.SIM]\nversion = "${version}"\n${text}\n`.replace('[venues.SIM]\naddress = "127.0.0.1:9101"\n', ""),
    "file.toml",
  );
  expect(problems).toBeUndefined();
  const found = loadDialects(config!);
  return { problems: found.problems.map(problemLine), warnings: found.warnings.map(problemLine) };
}

const ADDRESS = 'address = "127.0.0.1:9101"\n';
const AT = "venues.SIM.fields";

test.each([
  [
    "FIX.4.4",
    'fields.D.set = { 18 = "G 6", 1133 = "G", 100 = "XNAS" }',
    [`${AT}.D.set.1133: FIX.4.4 has no 1133 in new orders (35=D), so the venue may reject them`],
  ],
  [
    "FIX.4.4",
    'fields.D.set = { 423 = "1" }',
    [`${AT}.D.set.423: 423 says what Price (44) means: the venue may take it for another value than the risk checks`],
  ],
  ["FIX.5.0SP2", 'fields.D.set = { 1133 = "G", 528 = "A" }', []],
  [
    "FIX.4.4",
    'fields.D.set = { 18 = "G #", 528 = "Q", 114 = "yes" }',
    [
      `${AT}.D.set.18: FIX.4.4 has one of 0 1 2 3 4 5 6 7 8 9 A B … (28 more) in 18, got "G #": the venue may reject it`,
      `${AT}.D.set.114: FIX.4.4 has a value of its type in 114, got "yes": the venue may reject it`,
      `${AT}.D.set.528: FIX.4.4 has one of A G I P R W in 528, got "Q": the venue may reject it`,
    ],
  ],
  [
    "FIX.4.4",
    'fields.set = { 100 = "XNAS", 9001 = "any" }',
    [
      `${AT}.set.100: FIX.4.4 has no 100 in cancels (35=F), so the venue may reject them: name it under the types that have it, such as fields.D`,
    ],
  ],
  [
    "FIX.4.2",
    "fields.drop = [21, 58]",
    [`${AT}.drop[0]: FIX.4.2 requires 21 in new orders (35=D), replaces (35=G): the venue may reject them`],
  ],
  [
    "FIX.4.2",
    "fields.drop = [114]\nfields.rename = { 5001 = 9001, 5002 = 847 }",
    [
      `${AT}.rename.5002: FIX.4.2 has no 847 in new orders (35=D), cancels (35=F), replaces (35=G), so the venue may reject them`,
    ],
  ],
])("%s, %s", (version, fields, warnings) => {
  expect(doubtsOf(ADDRESS + fields, version)).toEqual({ problems: [], warnings });
});

test("a version that has no place for what symbols say is a problem", () => {
  const rows = 'symbols.AAPL = { securityId = "US1", securityIdSource = "4", securityExchange = "XNAS" }';
  expect(doubtsOf(ADDRESS + rows)).toEqual({ problems: [], warnings: [] });
  expect(doubtsOf(ADDRESS + rows, "FIX.4.0").problems).toEqual([
    "venues.SIM.symbols: expected no securityExchange, because FIX.4.0 has no 207 in new orders (35=D), cancels (35=F), replaces (35=G)",
  ]);
});
