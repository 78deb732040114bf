import { Views } from "../../src/base/views.ts";
import { Latest } from "../../src/ring/latest.ts";
import { ManyToMany } from "../../src/ring/many-to-many.ts";
import { OneToOne } from "../../src/ring/one-to-one.ts";

declare const self: Worker;

/** What one worker of a stress test does, over the memory it shares with the others. */
export interface Job {
  role: "produce" | "relay" | "consume" | "offer" | "poll" | "write" | "read";
  memory: SharedArrayBuffer;
  at: number;
  /** relay: the ring it passes on to. */
  toAt: number;
  slots: number;
  /** Records that one producer sends; different values that one reader waits to see. */
  count: number;
  readers: number;
  producers: number;
  producer: number;
  /** One byte for each record of each producer: how often it arrived. */
  seenAt: number;
  /** Records (values) received by all consumers (readers) together, so that each worker knows the end. */
  receivedAt: number;
}

export interface Outcome {
  role: Job["role"];
  handled: number;
  lost: number;
  doubled: number;
  reordered: number;
  torn: number;
  gaveUp: boolean;
}

export const SLOT_BYTES = 128;
export const VALUE_BYTES = 128;
const WORDS = SLOT_BYTES >> 2;
/** A worker that waits this long without any progress gives up and says so: a test must end. */
const PATIENCE_MS = 20_000;

function fill(ints: Int32Array, at: number, producer: number, number: number): void {
  const first = at >> 2;
  ints[first] = producer;
  ints[first + 1] = number;
  for (let i = 2; i < WORDS; i++) ints[first + i] = Math.imul(number + i, 0x9e3779b1) ^ producer;
}

function isWhole(ints: Int32Array, at: number): boolean {
  const first = at >> 2;
  const producer = ints[first]!;
  const number = ints[first + 1]!;
  for (let i = 2; i < WORDS; i++) if (ints[first + i] !== (Math.imul(number + i, 0x9e3779b1) ^ producer)) return false;
  return true;
}

/** Spins a little, then sleeps: on a machine with fewer cores than workers the others must get on. */
class Patience {
  private tries = 0;
  private since = 0;
  private readonly bed = new Int32Array(new SharedArrayBuffer(4));

  /** False once waiting is hopeless. */
  again(): boolean {
    if (++this.tries < 50) {
      Atomics.pause();
      return true;
    }
    if (this.since === 0) this.since = performance.now();
    Atomics.wait(this.bed, 0, 0, 0.05);
    return performance.now() - this.since < PATIENCE_MS;
  }

  progress(): void {
    this.tries = 0;
    this.since = 0;
  }
}

const outcomeOf = (job: Job): Outcome => ({
  role: job.role,
  handled: 0,
  lost: 0,
  doubled: 0,
  reordered: 0,
  torn: 0,
  gaveUp: false,
});

/** In a one-to-one ring the next number is known, so that every fault has a name at once. */
function judge(outcome: Outcome, expected: number, number: number): void {
  if (number > expected) outcome.lost += number - expected;
  else if (number === expected - 1) outcome.doubled++;
  else if (number < expected) outcome.reordered++;
}

function produce(job: Job, outcome: Outcome): void {
  const views = new Views(job.memory);
  const ring = new OneToOne(views, job.at, job.slots, SLOT_BYTES);
  const patience = new Patience();
  while (outcome.handled < job.count) {
    const at = ring.claim();
    if (at < 0) {
      if (!patience.again()) return void (outcome.gaveUp = true);
      continue;
    }
    patience.progress();
    fill(views.ints, at, job.producer, outcome.handled++);
    ring.publish();
  }
}

function consume(job: Job, outcome: Outcome): void {
  const views = new Views(job.memory);
  const ring = new OneToOne(views, job.at, job.slots, SLOT_BYTES);
  const onward = job.role === "relay" ? new OneToOne(views, job.toAt, job.slots, SLOT_BYTES) : null;
  const patience = new Patience();
  while (outcome.handled < job.count) {
    const at = ring.peek();
    const to = onward === null ? 0 : onward.claim();
    if (at < 0 || to < 0) {
      if (!patience.again()) return void (outcome.gaveUp = true);
      continue;
    }
    patience.progress();
    const number = views.ints[(at >> 2) + 1]!;
    if (!isWhole(views.ints, at)) outcome.torn++;
    judge(outcome, outcome.handled, number);
    outcome.handled = number + 1;
    if (onward !== null) {
      views.bytes.copyWithin(to, at, at + SLOT_BYTES);
      onward.publish();
    }
    ring.release();
  }
}

function offer(job: Job, outcome: Outcome): void {
  const views = new Views(job.memory);
  const ring = new ManyToMany(views, job.at, job.slots, SLOT_BYTES);
  const patience = new Patience();
  while (outcome.handled < job.count) {
    const at = ring.offer();
    if (at < 0) {
      if (!patience.again()) return void (outcome.gaveUp = true);
      continue;
    }
    patience.progress();
    fill(views.ints, at, job.producer, outcome.handled++);
    ring.publish(at);
  }
}

function poll(job: Job, outcome: Outcome): void {
  const views = new Views(job.memory);
  const ring = new ManyToMany(views, job.at, job.slots, SLOT_BYTES);
  const patience = new Patience();
  const last = new Int32Array(job.producers).fill(-1);
  const total = job.count * job.producers;
  while (Atomics.load(views.ints, job.receivedAt >> 2) < total) {
    const at = ring.poll();
    if (at < 0) {
      if (!patience.again()) return void (outcome.gaveUp = true);
      continue;
    }
    patience.progress();
    const producer = views.ints[at >> 2]!;
    const number = views.ints[(at >> 2) + 1]!;
    if (!isWhole(views.ints, at)) outcome.torn++;
    else {
      // One consumer sees each producer's records in order; the other consumer has those it misses.
      if (number <= last[producer]!) outcome.reordered++;
      last[producer] = number;
      Atomics.add(views.bytes, job.seenAt + producer * job.count + number, 1);
    }
    ring.release(at);
    outcome.handled++;
    Atomics.add(views.ints, job.receivedAt >> 2, 1);
  }
}

/** Writes until every reader has seen its share. */
function write(job: Job, outcome: Outcome): void {
  const views = new Views(job.memory);
  const latest = new Latest(views, job.at, VALUE_BYTES);
  const patience = new Patience();
  let seen = 0;
  while (seen < job.count * job.readers) {
    fill(views.ints, latest.begin(), job.producer, ++outcome.handled);
    latest.end();
    const now = Atomics.load(views.ints, job.receivedAt >> 2);
    if (now !== seen) patience.progress();
    else if ((outcome.handled & 1023) === 0 && !patience.again()) return void (outcome.gaveUp = true);
    seen = now;
  }
}

function read(job: Job, outcome: Outcome): void {
  const views = new Views(job.memory);
  const latest = new Latest(views, job.at, VALUE_BYTES);
  const copy = Views.allocate(VALUE_BYTES);
  const patience = new Patience();
  let last = 0;
  while (outcome.handled < job.count) {
    if (!latest.read(copy, 0) || copy.ints[1] === last) {
      if (!patience.again()) return void (outcome.gaveUp = true);
      continue;
    }
    patience.progress();
    if (!isWhole(copy.ints, 0)) outcome.torn++;
    if (copy.ints[1]! < last) outcome.reordered++;
    last = copy.ints[1]!;
    outcome.handled++;
    Atomics.add(views.ints, job.receivedAt >> 2, 1);
  }
}

const ROLES = { produce, relay: consume, consume, offer, poll, write, read };

if (!Bun.isMainThread) {
  self.onmessage = (event: MessageEvent<Job>) => {
    const outcome = outcomeOf(event.data);
    ROLES[event.data.role](event.data, outcome);
    self.postMessage(outcome);
  };
}
