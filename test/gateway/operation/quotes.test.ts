import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Log } from "../../../src/base/log.ts";
import { QuoteFeed } from "../../../src/gateway/operation/quotes.ts";
import { readQuotes } from "../../../src/record/quotes.ts";

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
