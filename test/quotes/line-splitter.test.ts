import { expect, test } from "bun:test";
import { LineSplitter } from "../../src/quotes/line-splitter.ts";

function split(...chunks: string[]): string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter((bytes, from, to, is) => {
    lines.push(`${Buffer.from(bytes.subarray(from, to))}${{ whole: "", "too long": "…", "cut off": "|" }[is]}`);
  });
  for (const chunk of chunks) splitter.push(Buffer.from(chunk));
  splitter.end();
  return lines;
}

test("a stream is cut into lines wherever its chunks end", () => {
  const text = "one\ntwo\n\nthree\nfour";
  // The last one may be the begin of a longer one.
  const expected = ["one", "two", "three", "four|"];
  expect(split(text)).toEqual(expected);
  for (let cut = 0; cut <= text.length; cut++) expect(split(text.slice(0, cut), text.slice(cut))).toEqual(expected);
  expect(split(...text)).toEqual(expected);
});

test("of a line that is too long the begin is told once, and the next one is read", () => {
  const long = "x".repeat(300);
  const begin = `${"x".repeat(256)}…`;
  expect(split(`${long}\nafter\n`)).toEqual([begin, "after"]);
  expect(split(long.slice(0, 100), `${long.slice(100)}\nafter\n`)).toEqual([begin, "after"]);
  expect(split(...long, "\n", "after\n")).toEqual([begin, "after"]);
  expect(split("y".repeat(256), "\n")).toEqual(["y".repeat(256)]);
});
