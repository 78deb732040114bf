import { Views } from "../src/base/views.ts";
import { ManyToMany } from "../src/ring/many-to-many.ts";
import { OneToOne } from "../src/ring/one-to-one.ts";

/** Slot of an order; its hot 64-byte line is written and read. */
export const SLOT_BYTES = 256;
export const SLOTS = 512;
const LINE_DOUBLES = 8;

const BACK_AT = OneToOne.bytesFor(SLOTS, SLOT_BYTES);
const READY_AT = Math.max(2 * BACK_AT, ManyToMany.bytesFor(SLOTS, SLOT_BYTES));
const RECEIVED_AT = READY_AT + 128;
export const SHARED_BYTES = RECEIVED_AT + 128;
/** Count of ready workers, written by the workers; then GO, written by the main thread. */
export const READY_WORD = READY_AT >> 2;
export const GO = -1;

export interface Job {
  readonly role: keyof typeof ROLES;
  readonly memory: SharedArrayBuffer;
  /** Records that each producer sends. */
  readonly count: number;
  readonly producers: number;
  readonly producer: number;
}

export function writeLine(doubles: Float64Array, at: number, value: number): void {
  const first = at >> 3;
  for (let i = 0; i < LINE_DOUBLES; i++) doubles[first + i] = value + i;
}

/** Returns the value of a line if all its words are equal; otherwise a number that makes every sum wrong. */
export function readLine(doubles: Float64Array, at: number): number {
  const first = at >> 3;
  const value = doubles[first]!;
  for (let i = 1; i < LINE_DOUBLES; i++) if (doubles[first + i] !== value + i) return Number.NaN;
  return value;
}

const bed = new Int32Array(new SharedArrayBuffer(4));

/**
 * Spins with a pause, as long as a lane's other agents take: reading a word without a pause takes its cache line from the
 * writer. Sleeps after enough tries that the peer must be off its CPU. Returns the count of tries.
 */
function wait(tries: number): number {
  Atomics.pause();
  if (tries > 0 && tries % 2000 === 0) Atomics.wait(bed, 0, 0, 0.05);
  return tries + 1;
}

function put(ring: OneToOne, value: number): void {
  let at = ring.claim();
  for (let tries = 0; at < 0; at = ring.claim()) tries = wait(tries);
  writeLine(ring.views.doubles, at, value);
  ring.publish();
}

function take(ring: OneToOne): number {
  let at = ring.peek();
  for (let tries = 0; at < 0; at = ring.peek()) tries = wait(tries);
  const value = readLine(ring.views.doubles, at);
  ring.release();
  return value;
}

function send(job: Job, views: Views): number {
  const ring = new OneToOne(views, 0, SLOTS, SLOT_BYTES);
  for (let i = 0; i < job.count; i++) put(ring, i);
  return 0;
}

function receive(job: Job, views: Views): number {
  const ring = new OneToOne(views, 0, SLOTS, SLOT_BYTES);
  let sum = 0;
  for (let i = 0; i < job.count; i++) sum += take(ring);
  return sum;
}

function ping(job: Job, views: Views): number {
  const there = new OneToOne(views, 0, SLOTS, SLOT_BYTES);
  const back = new OneToOne(views, BACK_AT, SLOTS, SLOT_BYTES);
  let sum = 0;
  for (let i = 0; i < job.count; i++) {
    put(there, i);
    sum += take(back);
  }
  return sum;
}

function pong(job: Job, views: Views): number {
  const there = new OneToOne(views, 0, SLOTS, SLOT_BYTES);
  const back = new OneToOne(views, BACK_AT, SLOTS, SLOT_BYTES);
  for (let i = 0; i < job.count; i++) put(back, take(there));
  return 0;
}

function offer(job: Job, views: Views): number {
  const ring = new ManyToMany(views, 0, SLOTS, SLOT_BYTES);
  const first = job.producer * job.count;
  for (let i = 0; i < job.count; i++) {
    let at = ring.offer();
    for (let tries = 0; at < 0; at = ring.offer()) tries = wait(tries);
    writeLine(views.doubles, at, first + i);
    ring.publish(at);
  }
  return 0;
}

function poll(job: Job, views: Views): number {
  const ring = new ManyToMany(views, 0, SLOTS, SLOT_BYTES);
  const total = job.count * job.producers;
  let sum = 0;
  let uncounted = 0;
  let tries = 0;
  while (Atomics.load(views.ints, RECEIVED_AT >> 2) + uncounted < total) {
    const at = ring.poll();
    if (at >= 0) {
      tries = 0;
      sum += readLine(views.doubles, at);
      ring.release(at);
      uncounted++;
    } else tries = wait(tries);
    // Counted in bundles, so that the bench does not measure the counting; and whenever the ring is empty.
    if (uncounted === 64 || (at < 0 && uncounted > 0)) {
      Atomics.add(views.ints, RECEIVED_AT >> 2, uncounted);
      uncounted = 0;
    }
  }
  Atomics.add(views.ints, RECEIVED_AT >> 2, uncounted);
  return sum;
}

const ROLES = { send, receive, ping, pong, offer, poll };

declare const self: Worker;

if (!Bun.isMainThread) {
  self.onmessage = (event: MessageEvent<Job>) => {
    const views = new Views(event.data.memory);
    let seen = Atomics.add(views.ints, READY_WORD, 1) + 1;
    for (; seen !== GO; seen = Atomics.load(views.ints, READY_WORD)) Atomics.wait(views.ints, READY_WORD, seen, 1);
    self.postMessage(ROLES[event.data.role](event.data, views));
  };
}
