// Cost of a session buffer of 64 KiB, taken, written and returned: from the pool with lane caches, from one shared list, and
// as `new Uint8Array`. And a backlog of 1 MiB, filled by messages and drained.
import { availableParallelism } from "node:os";
import { addressOf } from "../ffi/memory.ts";
import { Views } from "../src/base/views.ts";
import { Backlog } from "../src/pool/backlog.ts";
import { Buffers } from "../src/pool/buffers.ts";
import { Central } from "../src/pool/central.ts";
import { POOL_COUNTERS } from "../src/pool/counters.ts";
import { mapRegion, PoolKeeper } from "../src/pool/keeper.ts";
import { poolBytes, SMALLEST } from "../src/pool/layout.ts";
import { bench, benchRuns, check, report, scaled } from "./measure.ts";
import { GO, type Job, READY_WORD, SIZE_CLASS, SPANS, turnOf } from "./pool-worker.ts";

const COUNT = 8 * scaled(50_000, 20);
const FRESH_COUNT = 8 * scaled(2_500, 20);
const LANES = 3;
const PORTION = 16_384;
const BACKLOG_BYTES = 1 << 20;
const BACKLOGS = scaled(200, 4);

const tables = new SharedArrayBuffer(poolBytes(SPANS));
const central = new Central(new Views(tables), { at: 0, spans: SPANS });
const address = mapRegion(SPANS);
new PoolKeeper(central, address, SPANS, 1e9, 0).turn(0);
// The first buffers of the shared list.
const first = new Buffers(central, address, new Float64Array(POOL_COUNTERS.length), 11);
Array.from({ length: (LANES + 1) * 3 * 16 }, () => first.take(SIZE_CLASS)).forEach((at) => {
  first.give(at);
});
first.shareAll();

const NAMES = {
  pool: "pool, with the lane's cache",
  oneList: "one list for all, no caches",
  fresh: "new Uint8Array",
} as const;
const sumTo = (count: number): number => (count * (count - 1)) / 2;

function jobOf(how: Job["how"], lane: number, count: number): Job {
  return { how, lane, address, tables, start: new SharedArrayBuffer(64), count };
}

/** All lanes at once, each in a worker; nanoseconds a buffer in the slowest worker. */
async function together(how: Job["how"], count: number): Promise<number> {
  const start = new SharedArrayBuffer(64);
  const ints = new Int32Array(start);
  const workers = Array.from({ length: LANES }, () => new Worker(new URL("./pool-worker.ts", import.meta.url)));
  try {
    const answers = workers.map((worker, lane) => {
      const { promise, resolve, reject } = Promise.withResolvers<{ sum: number; tookNs: number }>();
      worker.onmessage = (event: MessageEvent<{ sum: number; tookNs: number }>) => resolve(event.data);
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage({ ...jobOf(how, lane, count), start });
      return promise;
    });
    while (Atomics.load(ints, READY_WORD) < LANES) await Bun.sleep(1);
    Atomics.store(ints, READY_WORD, GO);
    Atomics.notify(ints, READY_WORD);
    const all = await Promise.all(answers);
    for (const { sum } of all) check(`${how}: sum of the marks`, sum, sumTo(count));
    return Math.max(...all.map(({ tookNs }) => tookNs)) / count;
  } finally {
    for (const worker of workers) worker.terminate();
  }
}

function filledAndDrained(backlog: Backlog, from: number, times: number): number {
  let gone = 0;
  for (let i = 0; i < times; i++) {
    for (let bytes = 0; bytes < BACKLOG_BYTES; bytes += PORTION) backlog.append(from, PORTION);
    while (backlog.bytes > 0) {
      gone += backlog.piece;
      backlog.release(backlog.piece);
    }
  }
  return gone;
}

/** The same backlog in an array that doubles when it is full and is garbage afterwards. */
function grownAndLeft(from: Uint8Array, times: number): number {
  let gone = 0;
  for (let i = 0; i < times; i++) {
    let memory = new Uint8Array(65_536);
    let at = 0;
    for (; at < BACKLOG_BYTES; at += PORTION) {
      if (at + PORTION > memory.length) {
        const larger = new Uint8Array(2 * memory.length);
        larger.set(memory);
        memory = larger;
      }
      memory.set(from, at);
    }
    gone += at;
  }
  return gone;
}

console.log(
  `topology: ${availableParallelism()} CPUs, threads not pinned, class ${SIZE_CLASS} (64 KiB), 8 buffers held at a time`,
);
for (const how of ["pool", "oneList", "fresh"] as const) {
  const count = how === "fresh" ? FRESH_COUNT : COUNT;
  bench(`${NAMES[how]}, one lane, a buffer`, count, turnOf(jobOf(how, 9, count)), sumTo(count));
}
for (const how of ["pool", "oneList", "fresh"] as const) {
  const count = how === "pool" ? COUNT : FRESH_COUNT;
  await benchRuns(`${NAMES[how]}, ${LANES} lanes at once, a buffer`, "ns", () => together(how, count));
}

const portion = new Uint8Array(new ArrayBuffer(PORTION)).fill(1);
const portionAddress = addressOf(portion.buffer);
const backlog = new Backlog(new Buffers(central, address, new Float64Array(POOL_COUNTERS.length), 10), SMALLEST);
const bytes = BACKLOGS * BACKLOG_BYTES;
const perMib = BACKLOG_BYTES / 1000;
const pooled = bench(
  "1 MiB backlog in the pool, a byte in and out",
  bytes,
  () => filledAndDrained(backlog, portionAddress, BACKLOGS),
  bytes,
);
const grown = bench("1 MiB backlog that doubles, a byte in", bytes, () => grownAndLeft(portion, BACKLOGS), bytes);
report("1 MiB backlog in the pool, whole", pooled * perMib, "us");
report("1 MiB backlog that doubles, whole", grown * perMib, "us");
