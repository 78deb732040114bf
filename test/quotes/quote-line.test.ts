import { expect, test } from "bun:test";
import * as line from "../../src/quotes/quote-line.ts";

const NOW_MS = 1_764_686_400_000;

function read(text: string) {
  const one = new line.QuoteLine();
  const bytes = Buffer.from(`##${text}##`);
  const result = one.read(bytes, 2, bytes.length - 2, NOW_MS);
  return result === line.QUOTE_READ ? [one.symbol, one.priceE8, one.atMs] : result;
}

test.each<[string, [string, bigint, number]]>([
  ["AAPL,150.20,150.24", ["AAPL", 15_022_000_000n, 0]],
  ["AAPL,150.20,150.24,151\r", ["AAPL", 15_022_000_000n, 0]],
  ["AAPL,0.00000001,0.00000002", ["AAPL", 1n, 0]],
  ["CL,-37.63,-37.61", ["CL", -3_762_000_000n, 0]],
  ["CL,-0.00000001,0", ["CL", -1n, 0]],
  ["AAPL,,150.24,151", ["AAPL", 15_100_000_000n, 0]],
  [`BRK.B,,,410.05,${NOW_MS}`, ["BRK.B", 41_005_000_000n, NOW_MS]],
  [`X,5,5,,${NOW_MS + 1_000}`, ["X", 500_000_000n, NOW_MS + 1_000]],
])("%s is a quote", (text, expected) => {
  expect(read(text)).toEqual(expected);
});

test.each([
  ["AAPL", line.TOO_MANY_FIELDS],
  ["AAPL,1", line.TOO_MANY_FIELDS],
  ["AAPL,1,2,3,4,5", line.TOO_MANY_FIELDS],
  [",1,2", line.NO_SYMBOL],
  [`${"S".repeat(65)},1,2`, line.NO_SYMBOL],
  ["AAPL,x,2", line.BAD_PRICE],
  ["AAPL,1,2,3e5", line.BAD_PRICE],
  ["AAPL,1.123456789,2", line.BAD_PRICE],
  ["AAPL,92000000001,92000000002", line.BAD_PRICE],
  ["AAPL,1,", line.NO_PRICES],
  ["AAPL,,,", line.NO_PRICES],
  ["AAPL,2,1", line.CROSSED],
  ["AAPL,1,2,,now", line.BAD_TIME],
  [`AAPL,1,2,,${NOW_MS + 1_001}`, line.BAD_TIME],
])("%s is none", (text, expected) => {
  expect(read(text)).toBe(expected);
  expect(line.LINE_PROBLEMS[expected]).toStartWith("expected ");
});
