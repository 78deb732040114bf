import { expect, test } from "bun:test";
import { recordedPositions } from "../../src/admin/recorded-positions.ts";
import { actionCommands } from "../../src/control/action-record.ts";

const position = (i: number, length: number) => ({
  account: `A${i}`.padEnd(length, "x"),
  symbol: "AAPL",
  quantity: "-1.5",
});
const many = (count: number, length: number) => Array.from({ length: count }, (_, i) => position(i, length));

test("all positions are recorded where they fit, and each list of the API makes a record that the journal takes", () => {
  expect(recordedPositions(many(200, 6))).toEqual(many(200, 6));
  const longest = many(250, 64);
  const recorded = recordedPositions(longest);
  expect(recorded).toEqual({
    count: 250,
    first: longest.slice(0, 10),
    sha256: new Bun.CryptoHasher("sha256").update(JSON.stringify(longest)).digest("hex"),
  });
  for (const [count, length] of [
    [200, 6],
    [120, 64],
    [250, 64],
  ] as const) {
    const list = recordedPositions(many(count, length));
    const record = {
      phase: "done",
      id: 1,
      who: "w".repeat(64),
      from: "f".repeat(64),
      action: "positions.set",
    } as const;
    const text = { target: "t".repeat(1_400), why: "w".repeat(1_000), old: list, new: list, result: "applied" };
    expect(actionCommands({ ...record, ...text }).length).toBeLessThanOrEqual(16);
  }
});
