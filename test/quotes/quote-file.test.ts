import { afterAll, expect, test } from "bun:test";
import { appendFileSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { QuoteBook } from "../../src/quotes/quote-book.ts";
import { noCounts } from "../../src/quotes/quote-counts.ts";
import { QuoteFile } from "../../src/quotes/quote-file.ts";

const DIR = mkdtempSync(join(tmpdir(), "sallyport-quotes-"));
afterAll(() => rmSync(DIR, { recursive: true, force: true }));
let files = 0;

function rig(content: string) {
  const path = join(DIR, `quotes${++files}`);
  const counts = noCounts();
  const book = new QuoteBook({ everyMs: 1, movePpm: 1 }, () => ({ signs: "above-zero", staleMs: null }));
  let nowMs = Date.now();
  const parts = { book, counts, problem: () => {}, taken: () => {}, nowMs: () => nowMs };
  const file = new QuoteFile(path, parts);
  /** Writes it, and returns what is read of it: symbols with their prices. */
  const read = (write: () => void): string[] => {
    write();
    nowMs += 10_000;
    // The kernel's clock of files is coarse.
    utimesSync(path, nowMs / 1_000, nowMs / 1_000);
    expect(file.poll()).toBe("");
    nowMs += 1;
    return book.due(100, nowMs).map(({ symbol, priceE8 }) => `${symbol} ${priceE8 / 100_000_000n}`);
  };
  expect(read(() => writeFileSync(path, content))).not.toEqual([]);
  return { path, counts, read, file };
}

test("what is added to a file is read, a line without its end when that comes", () => {
  const { path, read, file } = rig("A,10,10\nB,20,20\n");
  expect(read(() => appendFileSync(path, "A,11,11\nB,2"))).toEqual(["A 11"]);
  expect(read(() => appendFileSync(path, "1,21\n"))).toEqual(["B 21"]);
  file.close();
});

test("a file that is written anew is read from its begin: with as many bytes, fewer and more", () => {
  const { path, read, file } = rig("A,10,10\nB,20,20\n");
  expect(read(() => writeFileSync(path, "A,12,12\nB,22,22\n"))).toEqual(["A 12", "B 22"]);
  expect(read(() => writeFileSync(path, "A,9,9\n"))).toEqual(["A 9"]);
  expect(read(() => writeFileSync(path, "BRKA,600000,600010\nA,13,13\n"))).toEqual(["BRKA 600005", "A 13"]);
  file.close();
});

test("of a file that another one replaces, a line without its end is no quote", () => {
  const { path, counts, read, file } = rig("A,10,10\nA,15");
  const next = `${path}.next`;
  const replace = (): void => {
    writeFileSync(next, "A,152,152\n");
    renameSync(next, path);
  };
  expect(read(replace)).toEqual(["A 152"]);
  expect([counts.bad, counts.taken]).toEqual([1, 2]);
  file.close();
});

/** A file of its own, and what is wrong with it. */
function alone(content: string) {
  const path = join(DIR, `quotes${++files}`);
  writeFileSync(path, content);
  const problems: string[] = [];
  const counts = noCounts();
  const book = new QuoteBook({ everyMs: 1, movePpm: 1 }, () => ({ signs: "above-zero", staleMs: 30_000 }));
  const problem = (what: string): void => void problems.push(what);
  const file = new QuoteFile(path, { book, counts, problem, taken: () => {}, nowMs: Date.now });
  const ages = (): number[] => book.due(100, Date.now()).map(({ ageMs }) => ageMs);
  const prices = (): bigint[] => book.due(100, Date.now()).map(({ priceE8 }) => priceE8);
  return { path, file, problems, counts, ages, prices };
}

test("quotes without a time are as old as the file; those of a file from the future are too old", () => {
  const { path, file, ages } = alone("A,10,10\n");
  const hourAgoS = Date.now() / 1_000 - 3_600;
  utimesSync(path, hourAgoS, hourAgoS);
  expect(file.poll()).toBe("");
  expect(Math.round(ages()[0]! / 60_000)).toBe(60);
  writeFileSync(path, "A,11,11\n");
  utimesSync(path, hourAgoS + 7_200, hourAgoS + 7_200);
  expect(file.poll()).toBe("");
  expect(ages()).toEqual([]);
  file.close();
  const ahead = alone("A,10,10\n");
  utimesSync(ahead.path, hourAgoS + 7_200, hourAgoS + 7_200);
  ahead.file.poll();
  expect(ahead.ages()[0]!).toBeGreaterThan(3_600_000 * 24);
  ahead.file.close();
});

test("a line's time is held against the clock, not against the file's", () => {
  const { path, file, prices } = alone(`A,10,10,,${Date.now()}\nA,9,9,,${Date.now() - 5_000}\n`);
  const longAgoS = Date.now() / 1_000 - 60;
  utimesSync(path, longAgoS, longAgoS);
  expect(file.poll()).toBe("");
  expect(prices()).toEqual([1_000_000_000n]);
  file.close();
});

const MOST_AT_ONCE = 8 << 20;

test("a long file that is cut before it is read says how much is lost; one that is replaced is read to its end", () => {
  const line = "A,10,10,,\n";
  const long = line.repeat(MOST_AT_ONCE / line.length + 10);
  const { path, file, problems, counts } = alone(long);
  expect(file.poll()).toBe("");
  expect(file.isAtEnd).toBe(false);
  writeFileSync(path, "A,11,11\n");
  utimesSync(path, 1, 1);
  expect(file.poll()).toBe("");
  expect(problems.at(-1)).toBe(
    `${path}: expected to read ${long.length - MOST_AT_ONCE} more bytes, they were gone: the quotes in them are lost`,
  );
  // The cut line, and what is lost.
  expect(counts.bad).toBe(2);
  file.close();

  const replaced = alone(long);
  replaced.file.poll();
  writeFileSync(`${replaced.path}.new`, "A,12,12\n");
  renameSync(`${replaced.path}.new`, replaced.path);
  replaced.file.poll();
  expect(replaced.counts.taken).toBe(long.length / line.length + 1);
  expect(replaced.problems).toEqual([]);
  replaced.file.close();
});

test("what is no file is refused, and waits for nobody", () => {
  const path = join(DIR, "pipe");
  expect(Bun.spawnSync(["mkfifo", path]).exitCode).toBe(0);
  const parts = { book: null as never, counts: noCounts(), problem: () => {}, taken: () => {}, nowMs: Date.now };
  expect(new QuoteFile(path, parts).poll()).toBe(`${path}: expected a file, got something else`);
});
