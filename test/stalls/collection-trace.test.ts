import { expect, test } from "bun:test";
import { Views } from "../../src/base/views.ts";
import { COLLECTIONS_DOUBLE, HEAP_DOUBLE, LANE_WORDS_BYTES } from "../../src/lane/words.ts";
import type { CollectionView } from "../../src/operation/collections.ts";
import { CollectionTrace } from "../../src/stalls/collection-trace.ts";
import { STALLS_BYTES } from "../../src/stalls/table.ts";
import { until } from "../eventually.ts";

function made() {
  const stallsAt = Math.ceil(LANE_WORDS_BYTES / 64) * 64;
  const views = Views.allocate(stallsAt + STALLS_BYTES);
  const trace = new CollectionTrace(views, [
    { name: "lane 0 (core)", wordsAt: 0, stallsAt, agents: [{ name: "core" }] },
  ]);
  const collect = (heapBytes: number): void => {
    views.doubles[HEAP_DOUBLE] = heapBytes;
    views.doubles[COLLECTIONS_DOUBLE]! += 1;
  };
  return { trace, collect };
}

test("who follows has each collection within milliseconds, and no more once it has ended", async () => {
  const { trace, collect } = made();
  const seen: CollectionView[] = [];
  const end = trace.follow((one) => seen.push(one));
  collect(1_000);
  const lanes = (): CollectionView[] => seen.filter(({ thread }) => thread === "lane 0 (core)");
  await until("the lane's collection", () => lanes().length === 1);
  expect(lanes()[0]).toMatchObject({ count: 1, heapBytes: 1_000, stoodStillUs: null, freedBytes: null });
  end();
  end();
  collect(2_000);
  await Bun.sleep(50);
  expect(lanes()).toHaveLength(1);
});

test("the main thread's collections say how long it stood still at most, and what was freed", async () => {
  const { trace } = made();
  const seen: CollectionView[] = [];
  const end = trace.follow((one) => seen.push(one));
  try {
    await until("a collection of the main thread", () => {
      let waste: object[] = [];
      for (let i = 0; i < 200_000; i++) waste.push({ i });
      waste = [];
      Bun.gc(true);
      return seen.some(({ thread, freedBytes }) => thread === "main" && (freedBytes ?? 0) > 0);
    });
    const one = seen.find(({ thread, freedBytes }) => thread === "main" && (freedBytes ?? 0) > 0)!;
    expect(one.stoodStillUs).toBeGreaterThanOrEqual(0);
    expect(one.heapBytes).toBeGreaterThan(0);
    expect(trace.list()).toContainEqual(one);
  } finally {
    end();
  }
});

test("several who want close looks share one timer: the last one ends it", async () => {
  const { trace, collect } = made();
  const seen: CollectionView[] = [];
  const end = trace.follow((one) => seen.push(one));
  const endCapture = trace.closely();
  endCapture();
  collect(5);
  await until("the lane's collection", () => seen.some(({ heapBytes }) => heapBytes === 5));
  end();
});
