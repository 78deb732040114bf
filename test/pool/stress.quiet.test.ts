import { afterAll, expect, test } from "bun:test";
import { PoolKeeper } from "../../src/pool/keeper.ts";
import { CLASS_BYTES, CLASSES, FREE, SERVING, SPAN_BYTES } from "../../src/pool/layout.ts";
import { TestPool } from "./pool.ts";
import type { Job, Outcome } from "./stress-worker.ts";

const TIMEOUT_MS = 120_000;
const MILLION = 1_000_000;
const IDLE_MS = 5;

const table: string[] = [];
afterAll(() => console.log(["pool stress: lane, taken, given, shared, exhausted", ...table].join("\n")));

/** A worker for each lane, while this thread does what the main thread does. */
async function run(title: string, pool: TestPool, keeper: PoolKeeper, jobs: Partial<Job>[]): Promise<Outcome[]> {
  const workers = jobs.map(() => new Worker(new URL("./stress-worker.ts", import.meta.url).href));
  const timer = setInterval(() => keeper.turn(performance.now()), 1);
  try {
    const outcomes = await Promise.all(
      workers.map((worker, lane) => {
        const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
        worker.onmessage = (event: MessageEvent<Outcome>) => resolve(event.data);
        worker.onerror = (event) => reject(new Error(event.message));
        const tables = pool.tables.buffer as SharedArrayBuffer;
        worker.postMessage({ lane: lane + 1, address: pool.address, tables, spans: pool.spans, ...jobs[lane] });
        return promise;
      }),
    );
    for (const { lane, taken, given, shared, exhausted } of outcomes)
      table.push(`  ${title} ${lane}: ${[taken, given, shared, exhausted].join(", ")}`);
    return outcomes;
  } finally {
    clearInterval(timer);
    for (const worker of workers) worker.terminate();
  }
}

/** Every byte of the spans in service is free, in one buffer. */
function expectWhole(pool: TestPool, keeper: PoolKeeper): void {
  expect(pool.central.heldCount()).toBe(0);
  const seen = new Set<number>();
  let bytes = 0;
  for (let sizeClass = 0; sizeClass < CLASSES; sizeClass++) {
    for (let at = pool.central.poll(sizeClass); at >= 0; at = pool.central.poll(sizeClass)) {
      expect(seen.has(at)).toBe(false);
      seen.add(at);
      bytes += CLASS_BYTES[sizeClass]!;
    }
  }
  expect(bytes).toBe(keeper.count(SERVING) * SPAN_BYTES);
}

test(
  "a million takes by each of three lanes, and the main thread returning spans beside them: all come back, none was two lanes'",
  async () => {
    const pool = new TestPool(24);
    const keeper = new PoolKeeper(pool.central, pool.address, 2, IDLE_MS, performance.now());
    const job = { count: MILLION, most: 24 };
    const outcomes = await run("wide", pool, keeper, [job, job, job]);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ shared: 0, inUseBytes: 0, cachedBytes: 0 });
      expect(outcome.taken + outcome.exhausted).toBe(MILLION);
      expect(outcome.given).toBe(outcome.taken);
    }
    table.push(`  wide: ${keeper.returned} spans returned meanwhile`);
    expectWhole(pool, keeper);
  },
  TIMEOUT_MS,
);

test(
  "the same with far too little for all: what there is goes round, and at rest every span goes back",
  async () => {
    const pool = new TestPool(3);
    const keeper = new PoolKeeper(pool.central, pool.address, 0, IDLE_MS, performance.now());
    const job = { count: MILLION / 5, most: 64 };
    const outcomes = await run("narrow", pool, keeper, [job, job, job]);
    for (const outcome of outcomes) expect(outcome).toMatchObject({ shared: 0, inUseBytes: 0, cachedBytes: 0 });
    expect(outcomes.some(({ exhausted }) => exhausted > 0)).toBe(true);
    const now = performance.now();
    for (let i = 1; i <= 3; i++) keeper.turn(now + i * 1000);
    expect([keeper.count(FREE), pool.central.heldCount()]).toEqual([3, 0]);
    table.push(`  narrow: ${keeper.returned} spans returned in all`);
  },
  TIMEOUT_MS,
);
