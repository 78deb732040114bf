import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Log } from "../../../src/base/log.ts";
import { QuoteFeed } from "../../../src/gateway/operation/quotes.ts";
import { readQuotes } from "../../../src/record/quotes.ts";
import type { Calendar } from "../../../src/schedule/calendar.ts";

test("a start reads a long file to its end before the core is given any of it", async () => {
  const directory = mkdtempSync(join(tmpdir(), "sallyport-feed-"));
  const file = join(directory, "quotes.csv");
  writeFileSync(file, `${"A,10,10,,\n".repeat(1_000_000)}A,99,99\n`);
  const given: string[] = [];
  const config = {
    symbols: { A: { prices: "above-zero", quotesStaleMs: 30_000 } },
    quotes: { file, everyMs: 100, movePercent: "0.1" },
  };
  const feed = new QuoteFeed({
    config: () => config as never,
    commands: {
      send: async ({ value, text }: { value: number; text: Uint8Array }) => {
        for (const { symbol, priceE8 } of readQuotes(text, value)) given.push(`${symbol} ${priceE8 / 100_000_000n}`);
        return { applied: true } as never;
      },
    } as never,
    log: new Log(() => {}),
  });
  await feed.start();
  await feed.turn();
  feed.stop();
  expect(given).toEqual(["A 99"]);
  rmSync(directory, { recursive: true, force: true });
}, 60_000);

test("while all markets are closed nobody need send quotes; each opening is like a start", () => {
  const DAY_MS = 86_400_000;
  // A Wednesday.
  const midnightMs = Date.UTC(2026, 11, 2);
  let nowMs = midnightMs + 7 * 3_600_000;
  const calendar: Calendar = {
    ...{ zone: "UTC", days: [1, 2, 3, 4, 5], holidays: [], halfDays: {}, resetAtOpen: false, resetAt: null },
    open: { day: 0, seconds: 8 * 3_600 },
    close: { day: 0, seconds: 16 * 3_600 },
  };
  const symbols: Record<string, object> = { A: { prices: "above-zero", quotesStaleMs: 30_000, schedule: "DAY" } };
  let config = { symbols, calendars: { DAY: calendar }, quotes: { socket: "/x", everyMs: 100, movePercent: "0.1" } };
  const feed = new QuoteFeed({
    config: () => config as never,
    commands: { send: () => Promise.reject(new Error("expected no command")) } as never,
    log: new Log(() => {}),
    nowMs: () => nowMs,
  });
  const problem = (atMs: number): string => {
    nowMs = atMs;
    return feed.view()!.problem;
  };
  const SILENT = "nobody is connected to quotes.socket";
  const openMs = midnightMs + 8 * 3_600_000;
  expect(problem(openMs - 1)).toBe("");
  expect(problem(openMs + 10_000)).toBe("");
  expect(problem(openMs + 10_001)).toBe(SILENT);
  expect(problem(openMs + 8 * 3_600_000)).toBe("");
  expect(problem(openMs + DAY_MS + 5_000)).toBe("");
  expect(problem(openMs + DAY_MS + 11_000)).toBe(SILENT);
  expect(problem(midnightMs + 3 * DAY_MS + 10 * 3_600_000)).toBe("");
  // A symbol without hours.
  config = { ...config, symbols: { ...symbols, B: { prices: "any", quotesStaleMs: 30_000 } } };
  expect(problem(midnightMs + 3 * DAY_MS + 10 * 3_600_000)).toBe(SILENT);
});
