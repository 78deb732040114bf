import { viewAt } from "../ffi/memory.ts";
import { EMPTY } from "../src/base/units.ts";
import { Views } from "../src/base/views.ts";
import { Buffers } from "../src/pool/buffers.ts";
import { Central } from "../src/pool/central.ts";
import { POOL_COUNTERS } from "../src/pool/counters.ts";
import { CLASS_BYTES, SPAN_BYTES } from "../src/pool/layout.ts";

export const SPANS = 32;
/** 64 KiB, the first size of a backlog. */
export const SIZE_CLASS = 1;
/** Buffers that one lane holds at a time. */
const HELD = 8;

export interface Job {
  readonly how: keyof typeof HOWS;
  readonly lane: number;
  readonly address: number;
  readonly tables: SharedArrayBuffer;
  /** Count of ready workers, written by the workers; then GO, written by the main thread. */
  readonly start: SharedArrayBuffer;
  readonly count: number;
}

/** Takes, marks and returns `count` buffers, HELD of them at a time. Returns the sum of the marks found. */
export type Turn = (count: number) => number;

function views(job: Job): { central: Central; words: Int32Array } {
  const central = new Central(new Views(job.tables), { at: 0, spans: SPANS });
  return { central, words: new Int32Array(viewAt(job.address, SPANS * SPAN_BYTES)) };
}

/** Buffers from the lane's cache, which takes them from the shared list: as sessions do. */
function pool(job: Job): Turn {
  const { central, words } = views(job);
  const buffers = new Buffers(central, job.address, new Float64Array(POOL_COUNTERS.length), job.lane);
  const held = new Int32Array(HELD);
  return (count) => {
    let sum = 0;
    for (let i = 0; i < count; i += HELD) {
      for (let j = 0; j < HELD; j++) {
        const at = buffers.take(SIZE_CLASS);
        words[at >> 2] = i + j;
        held[j] = at;
      }
      for (let j = 0; j < HELD; j++) {
        sum += words[held[j]! >> 2]!;
        buffers.give(held[j]!);
      }
    }
    // The worker ends: buffers in its cache would be lost.
    buffers.shareAll();
    return sum;
  };
}

const bed = new Int32Array(new SharedArrayBuffer(4));

/** Waits for a peer in the next slot: sleeps after enough tries that the peer must be off its CPU. */
function wait(tries: number): void {
  Atomics.pause();
  if (tries % 200 === 0) Atomics.wait(bed, 0, 0, 0.05);
}

/** Buffers from the shared list, without a cache. */
function oneList(job: Job): Turn {
  const { central, words } = views(job);
  const held = new Int32Array(HELD);
  return (count) => {
    let sum = 0;
    for (let i = 0; i < count; i += HELD) {
      for (let j = 0; j < HELD; j++) {
        let at = central.poll(SIZE_CLASS);
        for (let tries = 1; at === EMPTY; tries++) {
          wait(tries);
          at = central.poll(SIZE_CLASS);
        }
        central.setHolder(at, job.lane);
        words[at >> 2] = i + j;
        held[j] = at;
      }
      for (let j = 0; j < HELD; j++) {
        sum += words[held[j]! >> 2]!;
        central.clearHolder(held[j]!, job.lane);
        for (let tries = 1; !central.give(held[j]!); tries++) wait(tries);
      }
    }
    return sum;
  };
}

/** Buffers from the runtime, which zeroes and collects them. */
function fresh(_job: Job): Turn {
  const held: Int32Array[] = new Array(HELD);
  return (count) => {
    let sum = 0;
    for (let i = 0; i < count; i += HELD) {
      for (let j = 0; j < HELD; j++) {
        const words = new Int32Array(new Uint8Array(CLASS_BYTES[SIZE_CLASS]!).buffer);
        words[0] = i + j;
        held[j] = words;
      }
      for (let j = 0; j < HELD; j++) sum += held[j]![0]!;
    }
    return sum;
  };
}

const HOWS = { pool, oneList, fresh };

export function turnOf(job: Job): Turn {
  return HOWS[job.how](job);
}

export const READY_WORD = 0;
export const GO = -1;

declare const self: Worker;

if (!Bun.isMainThread) {
  self.onmessage = (event: MessageEvent<Job>) => {
    const job = event.data;
    const turn = turnOf(job);
    turn(job.count / 10);
    const ints = new Int32Array(job.start);
    let seen = Atomics.add(ints, READY_WORD, 1) + 1;
    for (; seen !== GO; seen = Atomics.load(ints, READY_WORD)) Atomics.wait(ints, READY_WORD, seen, 1);
    const began = Bun.nanoseconds();
    const sum = turn(job.count);
    self.postMessage({ sum, tookNs: Bun.nanoseconds() - began });
  };
}
