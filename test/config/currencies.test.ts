import { expect, test } from "bun:test";
import { rowsOfAccounts } from "../../src/config/account-rows.ts";
import { loadConfig } from "../../src/config/load.ts";
import { problemLine } from "../../src/config/problem.ts";
import { changed, problemsOf, SMALL } from "./small.ts";

const price = 'referencePrice = "150.25"\n';
/** The small configuration with these lines in its symbol and in `risk`. */
const withLines = (symbol: string, risk: string, rates = ""): string =>
  changed(price, `${price}${symbol}\n`).replace("[risk]\n", `[risk]\n${risk}\n`) +
  (rates === "" ? "" : `\n[risk.rates]\n${rates}\n`);

/** The doubts about a valid text. */
function doubts(text: string): string[] {
  const loaded = loadConfig(text, "file.toml");
  expect(loaded.problems ?? []).toEqual([]);
  return loaded.config === undefined ? [] : loaded.warnings.map(problemLine);
}

test("a currency, a multiplier and rates are read to 8 decimals", () => {
  const text = withLines(
    'currency = "EUR"\nmultiplier = "0.00000001"',
    'currency = "USD"',
    'EUR = "1.08123457"\nJPY = 1',
  );
  const { symbols, risk } = loadConfig(text, "file.toml").config!;
  expect(symbols.AAPL).toMatchObject({ currency: "EUR", multiplierE8: 1n });
  expect([risk.currency, { ...risk.currencies }]).toEqual(["USD", { EUR: 108_123_457n, JPY: 100_000_000n }]);
});

test("a currency of a symbol has a row, with or without a rate; that of the limits has none", () => {
  const rows = (text: string): number => rowsOfAccounts(loadConfig(text, "file.toml").config!);
  const before = rows(SMALL);
  expect(rows(withLines('currency = "USD"', 'currency = "USD"'))).toBe(before);
  expect(rows(withLines('currency = "EUR"', 'currency = "USD"'))).toBe(before + 1);
  expect(rows(withLines('currency = "EUR"', 'currency = "USD"', "EUR = 1.08\nJPY = 0.0065"))).toBe(before + 2);
});

test("a currency without a rate is a doubt, since its orders are refused", () => {
  expect(doubts(withLines('currency = "EUR"', 'currency = "USD"'))).toEqual([
    "risk.rates.EUR: there is no rate for the currency of AAPL: every new order of it is refused until one is set",
  ]);
});

test("a price is held against the limits of accounts in the currency of these", () => {
  expect(doubts(withLines('currency = "EUR"\nmultiplier = 2_000', 'currency = "USD"', "EUR = 1.08"))).toEqual([
    "risk.accounts.ACC1.maxOrderNotional: 250000.5 does not pay one unit of any symbol (AAPL costs 308313 or more): every order is refused",
  ]);
});

test("currencies need one of the limits, whose rate to itself is always 1", () => {
  expect(problemsOf(withLines('currency = "EUR"', ""))).toEqual([
    "risk.currency: missing; expected the currency of all limits, because symbol AAPL has one",
  ]);
  expect(problemsOf(withLines("", "", "EUR = 1.08"))).toEqual([
    "risk.currency: missing; expected the currency of all limits, because there are rates",
  ]);
  expect(problemsOf(withLines("", 'currency = "USD"', "USD = 1"))).toEqual([
    "risk.rates.USD: expected another currency than risk.currency, whose rate is always 1",
  ]);
});

test("codes, multipliers and rates that can't be are refused by name", () => {
  const code = 'expected three to seven capital letters and digits such as "USD"';
  expect(problemsOf(withLines('currency = "eur"', 'currency = "USD"'))).toEqual([
    `symbols.AAPL.currency: ${code}, got "eur"`,
  ]);
  expect(problemsOf(withLines("", 'currency = "TOO-LONG"'))).toEqual([`risk.currency: ${code}, got "TOO-LONG"`]);
  for (const wrong of ["0", "-1", '"1.123456789"'])
    expect(problemsOf(withLines(`multiplier = ${wrong}`, ""))[0]).toStartWith("symbols.AAPL.multiplier: expected ");
  for (const wrong of ["0", "-1", '"1.123456789"', "true"])
    expect(problemsOf(withLines("", 'currency = "USD"', `EUR = ${wrong}`))[0]).toStartWith("risk.rates.EUR: expected ");
  expect(problemsOf(withLines("", 'currency = "USD"', "euro = 1")).length).toBe(1);
});
