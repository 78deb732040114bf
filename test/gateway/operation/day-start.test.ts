import { afterAll, expect, test } from "bun:test";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { MOST_E8 } from "../../../src/base/units.ts";
import { loadConfig } from "../../../src/config/load.ts";
import { StateReader } from "../../../src/core/state-reader.ts";
import { type DayParts, GatewayDay } from "../../../src/gateway/operation/day.ts";
import { startPositions } from "../../../src/gateway/operation/day-files.ts";
import { SMALL } from "../../config/small.ts";
import { coreOf } from "../../core/core-of.ts";
import { CONFIG } from "../../core/driver.ts";
import { temporary } from "../../e2e/gateway.ts";

const dir = temporary();
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const NAMES = Array.from({ length: 30 }, (_, i) => `S${i}`);

/** What a start of day with these files asks for, and why it is refused. The core refuses every change. */
async function start(prices: string, restricted: string) {
  const files = {
    prices: join(dir, "prices.csv"),
    restricted: join(dir, "restricted.csv"),
    config: join(dir, "c.toml"),
  };
  writeFileSync(files.prices, prices);
  writeFileSync(files.restricted, restricted);
  const signs = ["", 'prices = "zero-or-above"\n', 'prices = "any"\ncollarWidth = "1"\n'];
  const symbols = NAMES.map((name, i) => `[symbols.${name}]\nreferencePrice = "5"\n${signs[i] ?? ""}`).join("");
  const day = `[day]\nreferencePrices = "${files.prices}"\nrestrictedSymbols = "${files.restricted}"\n`;
  writeFileSync(files.config, SMALL + symbols + day);
  const { config, problems } = loadConfig(SMALL + symbols + day, files.config);
  expect(problems ?? []).toEqual([]);
  const terms = { enabled: true, referencePriceE8: 500_000_000n, collarPpm: 50_000, venue: "ALPHA" };
  const prices3 = ["above-zero", "zero-or-above", "any"] as const;
  const core = coreOf({
    ...CONFIG,
    symbols: NAMES.map((name, i) => ({
      ...terms,
      ...{ name, prices: prices3[i] ?? "above-zero", collarWidthE8: i === 2 ? 100_000_000n : 0n },
    })),
  });
  const asked: string[] = [];
  const parts = {
    config: () => config!,
    state: () => new StateReader(core.area.buffer, core.area.at),
    system: { view: () => ({ configuration: { file: files.config, sha256: "" } }) },
    positions: { problemOf: () => "" },
    settings: {
      change: async (changes: readonly { name: string; setting: string }[]) => {
        asked.push(...changes.map(({ name, setting }) => `${name} ${setting}`));
        return { result: "refused", code: "", reason: "it is a test" };
      },
    },
  };
  const { result, reason } = await new GatewayDay(parts as unknown as DayParts).start(false, "a test");
  expect(result).toBe("refused");
  return { asked, reason: reason.replace(`${dir}/`, "") };
}

const rows = (last: string) =>
  `symbol,price\n${NAMES.slice(3)
    .map((name) => `${name},7\n`)
    .join("")}${last}\n`;
const most = "92000000000";

test.each<[row: string, problem: string]>([
  ["S0,0", "S0: expected a price above 0, got 0"],
  ["S0,-1", "S0: expected a price above 0, got -1"],
  ["S1,-1", "S1: expected a price of 0 or above, got -1"],
  ["S1,0", "S1: expected a price other than 0, as collarWidth is 0, got 0"],
  ["S2,-92000000001", `S2: expected a price of at least -${most}, got -92000000001`],
  ["S0,92000000000", `S0: expected a price whose collar ends at most at ${most}, got ${most}`],
])(
  "one price that its symbol can't have leaves all others, and the restricted symbols, as they are: %s",
  async (row, problem) => {
    expect(MOST_E8).toBe(BigInt(most) * 100_000_000n);
    const { asked, reason } = await start(rows(row), "symbol\nS9\n");
    expect(reason).toBe(`reference prices: ${problem}`);
    expect(asked).toEqual([]);
  },
);

test("restricted symbols come before the prices, and prices within the signs and the collar are taken", async () => {
  const { asked, reason } = await start(rows("S0,0.00000001\nS2,-3"), "symbol\nS9\nS1\n");
  expect(reason).toBe("after 0 of 31 changes: it is a test");
  expect(asked.slice(0, 3)).toEqual(["S9 enabled", "S1 enabled", "S3 referencePrice"]);
});

test.each([
  ["", ""],
  ["a file of line ends", "\r\n\n"],
])("an empty table is refused: %s", async (_, text) => {
  expect((await start(text, "symbol\n")).reason).toBe(
    "prices.csv: expected the headings symbol, price, got an empty file",
  );
  expect((await start("symbol,price\n", text)).reason).toBe(
    "restricted.csv: expected the headings symbol, got an empty file",
  );
  const file = join(dir, "positions.csv");
  writeFileSync(file, text);
  expect(() => startPositions(file)).toThrow(
    `${file}: expected the headings account, symbol, quantity, got an empty file`,
  );
});
