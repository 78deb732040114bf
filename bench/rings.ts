// Cost of a record through a ring: on one thread, between two workers, and with several producers and consumers.
import { availableParallelism } from "node:os";
import { Views } from "../src/base/views.ts";
import { ManyToMany } from "../src/ring/many-to-many.ts";
import { OneToOne } from "../src/ring/one-to-one.ts";
import { bench, benchRuns, check, scaled } from "./measure.ts";
import { GO, type Job, READY_WORD, readLine, SHARED_BYTES, SLOT_BYTES, SLOTS, writeLine } from "./rings-worker.ts";

const COUNT = scaled(2_000_000);
const TURNS = scaled(200_000);
const EACH = scaled(1_000_000);

const sharedViews = (): Views => new Views(new SharedArrayBuffer(SHARED_BYTES));
/** 0 + 1 + … + (count − 1). */
const sumTo = (count: number): number => (count * (count - 1)) / 2;

function throughOneToOne(ring: OneToOne, count: number): number {
  const doubles = ring.views.doubles;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    writeLine(doubles, ring.claim(), i);
    ring.publish();
    sum += readLine(doubles, ring.peek());
    ring.release();
  }
  return sum;
}

function throughManyToMany(ring: ManyToMany, count: number): number {
  const doubles = ring.views.doubles;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const to = ring.offer();
    writeLine(doubles, to, i);
    ring.publish(to);
    const from = ring.poll();
    sum += readLine(doubles, from);
    ring.release(from);
  }
  return sum;
}

/** Benches `roles`, one worker each: every repeat in new memory by the same, warm workers. `records` cross, each once in the sum. */
async function benchWorkers(
  name: string,
  roles: readonly Job["role"][],
  count: number,
  records: number,
): Promise<void> {
  const workers = roles.map(() => new Worker(new URL("./rings-worker.ts", import.meta.url)));
  const producers = roles.filter((role) => role === "offer").length;
  try {
    await benchRuns(name, "ns", async () => {
      const memory = new SharedArrayBuffer(SHARED_BYTES);
      const ints = new Int32Array(memory);
      const answers = workers.map((worker, i) => {
        const { promise, resolve, reject } = Promise.withResolvers<number>();
        worker.onmessage = (event: MessageEvent<number>) => resolve(event.data);
        worker.onerror = (event) => reject(new Error(event.message));
        worker.postMessage({ role: roles[i]!, memory, count, producers, producer: i } satisfies Job);
        return promise;
      });
      while (Atomics.load(ints, READY_WORD) < roles.length) await Bun.sleep(1);
      const began = Bun.nanoseconds();
      Atomics.store(ints, READY_WORD, GO);
      Atomics.notify(ints, READY_WORD);
      const sums = await Promise.all(answers);
      const took = Bun.nanoseconds() - began;
      check(
        `${name}: sum of what arrived`,
        sums.reduce((a, b) => a + b, 0),
        sumTo(records),
      );
      return took / records;
    });
  } finally {
    for (const worker of workers) worker.terminate();
  }
}

console.log(
  `topology: ${availableParallelism()} CPUs, threads not pinned, ${SLOTS} slots of ${SLOT_BYTES} B, 64 B of each used`,
);

const oneToOne = new OneToOne(sharedViews(), 0, SLOTS, SLOT_BYTES);
bench("one-to-one, one thread, a record in and out", COUNT, (n) => throughOneToOne(oneToOne, n), sumTo(COUNT));
const manyToMany = new ManyToMany(sharedViews(), 0, SLOTS, SLOT_BYTES);
bench("many-to-many, one thread, a record in and out", COUNT, (n) => throughManyToMany(manyToMany, n), sumTo(COUNT));

await benchWorkers("one-to-one, two workers, per record", ["send", "receive"], COUNT, COUNT);
await benchWorkers("one-to-one, two workers, round trip over two rings", ["ping", "pong"], TURNS, TURNS);
await benchWorkers("many-to-many, one producer and one consumer, per record", ["offer", "poll"], COUNT, COUNT);
await benchWorkers(
  "many-to-many, two producers and two consumers, per record",
  ["offer", "offer", "poll", "poll"],
  EACH,
  2 * EACH,
);
