import { afterAll, expect, test } from "bun:test";
import { Latest } from "../../src/ring/latest.ts";
import { HEAD_AT, SLOTS_AT, TAIL_AT } from "../../src/ring/layout.ts";
import { ManyToMany } from "../../src/ring/many-to-many.ts";
import { OneToOne } from "../../src/ring/one-to-one.ts";
import { type Job, type Outcome, SLOT_BYTES, VALUE_BYTES } from "./stress-worker.ts";

const TIMEOUT_MS = 60_000;
const SLOTS = 64;
const COUNT = 200_000;
const VALUES = 20_000;
/** A few laps before int32 overflows, so that every run passes the edge early. */
const NEAR_EDGE = 2 ** 31 - 16 * SLOTS;

const table: string[] = [];
afterAll(() => console.log(["ring stress: worker, handled, lost, doubled, reordered, torn", ...table].join("\n")));

const job = (memory: SharedArrayBuffer, role: Job["role"], rest: Partial<Job> = {}): Job => ({
  role,
  memory,
  at: 0,
  toAt: 0,
  slots: SLOTS,
  count: COUNT,
  producers: 1,
  readers: 1,
  producer: 0,
  seenAt: 0,
  receivedAt: 0,
  ...rest,
});

/** One worker for each job; ends when all have said what they saw. */
async function run(title: string, jobs: Job[]): Promise<Outcome[]> {
  const workers = jobs.map(() => new Worker(new URL("./stress-worker.ts", import.meta.url).href));
  try {
    const outcomes = await Promise.all(
      workers.map((worker, i) => {
        const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
        worker.onmessage = (event: MessageEvent<Outcome>) => resolve(event.data);
        worker.onerror = (event) => reject(new Error(event.message));
        worker.postMessage(jobs[i]);
        return promise;
      }),
    );
    for (const o of outcomes)
      table.push(
        `  ${`${title} ${o.role}`.padEnd(24)} ${[o.handled, o.lost, o.doubled, o.reordered, o.torn].join(", ")}`,
      );
    return outcomes;
  } finally {
    for (const worker of workers) worker.terminate();
  }
}

const faultless = { lost: 0, doubled: 0, reordered: 0, torn: 0, gaveUp: false };

test(
  "one-to-one: three workers in a chain pass every record on, once, in order",
  async () => {
    const bytes = OneToOne.bytesFor(SLOTS, SLOT_BYTES);
    const memory = new SharedArrayBuffer(2 * bytes);
    const ints = new Int32Array(memory);
    for (const at of [0, bytes]) {
      ints[(at + TAIL_AT) >> 2] = NEAR_EDGE;
      ints[(at + HEAD_AT) >> 2] = NEAR_EDGE;
    }
    const outcomes = await run("one-to-one", [
      job(memory, "produce"),
      job(memory, "relay", { toAt: bytes }),
      job(memory, "consume", { at: bytes }),
    ]);
    for (const outcome of outcomes) expect(outcome).toMatchObject({ ...faultless, handled: COUNT });
    expect(ints[(bytes + TAIL_AT) >> 2]).toBe((NEAR_EDGE + COUNT) | 0);
    expect(ints[(bytes + HEAD_AT) >> 2]).toBe((NEAR_EDGE + COUNT) | 0);
  },
  TIMEOUT_MS,
);

test(
  "many-to-many: two producers and two consumers lose, double and reorder nothing",
  async () => {
    const producers = 2;
    const bytes = ManyToMany.bytesFor(SLOTS, SLOT_BYTES);
    const receivedAt = bytes;
    const seenAt = bytes + 64;
    const memory = new SharedArrayBuffer(seenAt + producers * COUNT);
    const ints = new Int32Array(memory);
    ints[TAIL_AT >> 2] = NEAR_EDGE;
    ints[HEAD_AT >> 2] = NEAR_EDGE;
    for (let i = 0; i < SLOTS; i++) ints[(SLOTS_AT + i * (SLOT_BYTES + 64)) >> 2] = NEAR_EDGE;
    const shared = { producers, receivedAt, seenAt };
    const outcomes = await run("many-to-many", [
      job(memory, "offer", { ...shared, producer: 0 }),
      job(memory, "offer", { ...shared, producer: 1 }),
      job(memory, "poll", shared),
      job(memory, "poll", shared),
    ]);
    for (const outcome of outcomes) expect(outcome).toMatchObject(faultless);
    expect(outcomes[2]!.handled + outcomes[3]!.handled).toBe(producers * COUNT);
    const seen = new Uint8Array(memory, seenAt, producers * COUNT);
    const arrived = { never: 0, once: 0, again: 0 };
    for (const times of seen) {
      if (times === 0) arrived.never++;
      else if (times === 1) arrived.once++;
      else arrived.again++;
    }
    table.push(`  many-to-many: never ${arrived.never}, once ${arrived.once}, more than once ${arrived.again}`);
    expect(arrived).toEqual({ never: 0, once: producers * COUNT, again: 0 });
    expect(ints[TAIL_AT >> 2]).toBe((NEAR_EDGE + producers * COUNT) | 0);
  },
  TIMEOUT_MS,
);

test(
  "latest: two readers never see a torn or an older value",
  async () => {
    // Far enough before the edge that the readers are under way when the writer crosses it.
    const start = 2 ** 31 - VALUES;
    const receivedAt = Latest.bytesFor(VALUE_BYTES);
    const memory = new SharedArrayBuffer(receivedAt + 64);
    const ints = new Int32Array(memory);
    ints[0] = start;
    const shared = { receivedAt, readers: 2, count: VALUES };
    const outcomes = await run("latest", [
      job(memory, "write", shared),
      job(memory, "read", shared),
      job(memory, "read", shared),
    ]);
    for (const outcome of outcomes) expect(outcome).toMatchObject(faultless);
    expect([outcomes[1]!.handled, outcomes[2]!.handled]).toEqual([VALUES, VALUES]);
    expect(outcomes[0]!.handled).toBeGreaterThanOrEqual(VALUES);
    expect(ints[0]).toBe((start + outcomes[0]!.handled) | 0);
  },
  TIMEOUT_MS,
);
