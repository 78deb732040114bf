import { expect, test } from "bun:test";
import { Views } from "../../src/base/views.ts";
import { StallReader } from "../../src/stalls/reader.ts";
import * as stalls from "../../src/stalls/table.ts";

test.each([
  [{}, stalls.UNKNOWN],
  [{ minorFaults: 1 }, stalls.MINOR_FAULT],
  [{ minorFaults: 1, switches: 1 }, stalls.PREEMPTED],
  [{ minorFaults: 100, switches: 1 }, stalls.MINOR_FAULT],
  [{ majorFaults: 1, switches: 1 }, stalls.MAJOR_FAULT],
  [{ majorFaults: 1, collections: 1 }, stalls.COLLECTION],
  [{ collections: 1, stealNs: 1e7 }, stalls.COLLECTION],
  [{ recompilations: 1, stealNs: 1e7 }, stalls.STEAL],
  [{ waitNs: 60_000, collections: 1 }, stalls.PREEMPTED],
  [{ stealNs: 1e7, waitNs: 10_000 }, stalls.STEAL],
  [{ waitNs: 10_000 }, stalls.UNKNOWN],
  [{ agent: 0, agentNs: 90_000 }, stalls.LONG_TURN],
  [{ agent: 0, agentNs: 40_000 }, stalls.UNKNOWN],
  [{ agent: -1, agentNs: 0, gapNs: 0 }, stalls.UNKNOWN],
  [{ agent: 0, agentNs: 90_000, switches: 1, minorFaults: 3 }, stalls.LONG_TURN],
  [{ agent: 0, agentNs: 90_000, recompilations: 1 }, stalls.RECOMPILATION],
] as [Partial<stalls.Stall>, number][])("a stall of 100 µs with %p is put down to cause %d", (seen, cause) => {
  expect(stalls.causeOf(Object.assign(new stalls.Stall(), { gapNs: 100_000 }, seen))).toBe(cause);
});

function book(): { write: (seen: Partial<stalls.Stall>, cause: number) => void; reader: StallReader } {
  const views = Views.allocate(64 + stalls.STALLS_BYTES);
  const writer = new stalls.StallTable(views, 64);
  return {
    write: (seen, cause) => writer.write(Object.assign(new stalls.Stall(), seen), cause),
    reader: new StallReader(views, 64, ["client0", "core"]),
  };
}

test("a stall is read back with all that happened in it", () => {
  const { write, reader } = book();
  const seen = { beganUs: 1.7e15, gapNs: 123_000, agent: 1, agentNs: 100_000, waitNs: 2_000, switches: 3 };
  const more = { minorFaults: 4, majorFaults: 5, collections: 1, recompilations: 6, stealNs: 2e7 };
  write({ ...seen, ...more }, stalls.LONG_TURN);
  write({ gapNs: 1_000 }, stalls.UNKNOWN);
  expect(reader.records()[0]).toEqual({
    atUs: 1.7e15,
    gapUs: 123,
    cause: "long turn",
    agent: "core",
    agentUs: 100,
    waitUs: 2,
    switches: 3,
    minorFaults: 4,
    majorFaults: 5,
    collections: 1,
    recompilations: 6,
    stealMs: 20,
  });
  expect(reader.records()[1]).toMatchObject({ cause: "interrupt or unknown", agent: null });
});

test("count, total and worst are kept of each cause", () => {
  const { write, reader } = book();
  for (const us of [10, 30, 20]) write({ gapNs: us * 1000 }, stalls.STEAL);
  const told = reader.sums().filter(({ count }) => count > 0);
  expect(told).toEqual([{ cause: "steal", count: 3, totalUs: 60, worstUs: 30 }]);
  expect(reader.count).toBe(3);
});

test("the last thousand and some are kept, in their order", () => {
  const { write, reader } = book();
  for (let i = 1; i <= 5000; i++) write({ gapNs: i * 1000 }, stalls.PREEMPTED);
  const gaps = reader.records().map(({ gapUs }) => gapUs);
  expect(gaps.length).toBeGreaterThan(1000);
  expect(gaps.at(-1)).toBe(5000);
  expect(gaps).toEqual(Array.from({ length: gaps.length }, (_, i) => 5001 - gaps.length + i));
  expect(reader.sums()[stalls.PREEMPTED]).toMatchObject({ count: 5000, worstUs: 5000 });
});
