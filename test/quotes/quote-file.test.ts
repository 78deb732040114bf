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

test("what is no file is refused, and waits for nobody", () => {
  const path = join(DIR, "pipe");
  expect(Bun.spawnSync(["mkfifo", path]).exitCode).toBe(0);
  const parts = { book: null as never, counts: noCounts(), problem: () => {}, taken: () => {}, nowMs: Date.now };
  expect(new QuoteFile(path, parts).poll()).toBe(`${path}: expected a file, got something else`);
});
