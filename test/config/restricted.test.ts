import { expect, test } from "bun:test";
import { loadConfig } from "../../src/config/load.ts";
import { problemsOf, SMALL } from "./small.ts";

const LISTS = `${SMALL}
[symbols.MSFT]
referencePrice = 1
schedule = "DAY"
[calendars.DAY]
zone = "UTC"
[risk.restricted.ONE]
symbols = ["AAPL"]
accounts = ["ACC1"]
sides = ["buy", "short"]
[risk.restricted.TWO]
symbols = ["AAPL", "MSFT"]
`;

test("accounts and symbols have a bit for each list that is about them, by side", () => {
  const { config } = loadConfig(LISTS, "file");
  expect(config?.symbols.AAPL?.lists).toBe(3n);
  expect(config?.symbols.MSFT?.lists).toBe(2n);
  expect(config?.risk.accounts.ACC1).toMatchObject({ restrictedBuy: 3n, restrictedSell: 2n, restrictedShort: 3n });
});

test("a list names symbols and accounts that are there, a symbol a calendar that is", () => {
  const broken = LISTS.replace('accounts = ["ACC1"]\nsides', 'accounts = ["ACC9"]\nsides')
    .replace('["AAPL", "MSFT"]', '["AAPL", "MSFTT"]')
    .replace('schedule = "DAY"', 'schedule = "NIGHT"');
  expect(problemsOf(broken)).toEqual([
    'risk.restricted.ONE.accounts[0]: expected the name of an account in risk.accounts, got "ACC9"; did you mean "ACC1"?',
    'risk.restricted.TWO.symbols[1]: expected the name of a symbol in symbols, got "MSFTT"; did you mean "MSFT"?',
    'symbols.MSFT.schedule: expected the name of a calendar in calendars, got "NIGHT"',
  ]);
});
