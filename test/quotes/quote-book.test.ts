import { expect, test } from "bun:test";
import { QuoteBook, UNKNOWN_SYMBOL, WRONG_SIGN } from "../../src/quotes/quote-book.ts";
import { QUOTE_READ, QuoteLine } from "../../src/quotes/quote-line.ts";

const E8 = 100_000_000n;

function rig(terms = { everyMs: 1_000, movePpm: 1_000 }) {
  let symbols: Record<string, { signs: "above-zero" | "any"; staleMs: number | null }> = {
    A: { signs: "above-zero", staleMs: 10_000 },
    S: { signs: "any", staleMs: null },
  };
  const book = new QuoteBook(terms, (symbol) => symbols[symbol]);
  const line = new QuoteLine();
  const take = (text: string, nowMs: number): number => {
    const bytes = Buffer.from(text);
    expect(line.read(bytes, 0, bytes.length, nowMs)).toBe(QUOTE_READ);
    return book.take(line, nowMs);
  };
  const due = (nowMs: number, most = 100) =>
    book.due(most, nowMs).map(({ symbol, priceE8, ageMs }) => `${symbol} ${priceE8 / E8} ${ageMs}`);
  const configure = (next: typeof symbols): void => {
    symbols = next;
    book.renewTerms();
  };
  return { book, take, due, configure };
}

test("the newest of a symbol is given at once, then when it has moved far enough, no sooner than everyMs", () => {
  const { take, due } = rig();
  take("A,100,100", 1_000);
  take("A,200,200", 1_100);
  expect(due(1_150)).toEqual(["A 200 50"]);
  expect(due(1_200)).toEqual([]);
  take("A,300,300", 1_300);
  expect(due(2_149)).toEqual([]);
  expect(due(2_150)).toEqual(["A 300 850"]);
  // A thousandth of 300.
  take("A,300.29,300.29", 4_000);
  expect(due(4_000)).toEqual([]);
  take("A,300.3,300.3", 4_001);
  expect(due(4_001)).toEqual(["A 300 0"]);
});

test("one that has not moved is given again once the last is half as old as it may be", () => {
  const { take, due } = rig();
  take("A,100,100", 1_000);
  due(1_000);
  take("A,100,100", 3_000);
  expect(due(5_999)).toEqual([]);
  expect(due(6_000)).toEqual(["A 100 3000"]);
  // No newer one has come.
  expect(due(60_000)).toEqual([]);
  take("S,-1,-1", 1_000);
  due(1_000);
  take("S,-1,-1", 2_000);
  expect(due(99_999_999)).toEqual([]);
});

test("those that find no room are first the next time, and what the core did not take is due again", () => {
  const { book, take, due } = rig();
  take("A,1,1", 1_000);
  take("S,2,2", 1_000);
  expect(due(1_000, 1)).toEqual(["A 1 0"]);
  expect(due(1_001, 1)).toEqual(["S 2 1"]);
  book.again([{ symbol: "A", priceE8: E8, ageMs: 0 }]);
  expect(due(1_002)).toEqual(["A 1 2"]);
});

test("an older quote that comes late, a wrong sign, and a symbol that is not configured change nothing", () => {
  const { take, due, configure } = rig();
  expect(take("A,5,5,,2000", 3_000)).toBe(QUOTE_READ);
  expect(take("A,6,6,,1999", 3_000)).toBe(QUOTE_READ);
  expect(take("A,0,7", 3_000)).toBe(WRONG_SIGN);
  expect(take("S,-1,7", 3_000)).toBe(QUOTE_READ);
  expect(take("NOPE,1,1", 3_000)).toBe(UNKNOWN_SYMBOL);
  configure({ A: { signs: "above-zero", staleMs: 10_000 } });
  expect(due(3_000)).toEqual(["A 5 1000"]);
  expect(take("S,1,1", 3_000)).toBe(UNKNOWN_SYMBOL);
});

test("20,000 symbols with ten quotes a second that stand still are 1,333 quotes a second for the core", () => {
  const count = 20_000;
  const book = new QuoteBook({ everyMs: 1_000, movePpm: 1_000 }, () => ({ signs: "above-zero", staleMs: 30_000 }));
  const line = new QuoteLine();
  const lines = Array.from({ length: count }, (_, i) => Buffer.from(`S${i},100,100`));
  const seconds = 60;
  let given = 0;
  for (let tenth = 0; tenth < 10 * seconds; tenth++) {
    // The book has the last of the ten; the others would change nothing.
    if (tenth % 10 === 9)
      for (const bytes of lines) {
        line.read(bytes, 0, bytes.length, tenth * 100);
        book.take(line, tenth * 100);
      }
    if (tenth % 2 === 1) given += book.due(1_000, tenth * 100).length;
  }
  // Each once at the begin, then every 15 to 16 s.
  expect(given / count).toBeGreaterThanOrEqual(3);
  expect(given / count).toBeLessThanOrEqual(5);
}, 60_000);

test("after the clock was set back the newest is the one that came last", () => {
  const { take, due } = rig();
  take("A,100,100", 3_600_000);
  expect(due(3_600_000)).toEqual(["A 100 0"]);
  take("A,90,90", 1_000);
  expect(due(1_000)).toEqual(["A 90 0"]);
});
