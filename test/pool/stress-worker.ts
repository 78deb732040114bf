import { addressOf, copyMemory, viewAt } from "../../ffi/memory.ts";
import { EMPTY } from "../../src/base/units.ts";
import { Views } from "../../src/base/views.ts";
import { Buffers } from "../../src/pool/buffers.ts";
import { Central } from "../../src/pool/central.ts";
import { CACHED, EXHAUSTED, GIVEN, IN_USE, POOL_COUNTERS, TAKEN } from "../../src/pool/counters.ts";
import { CLASSES, SPAN_BYTES } from "../../src/pool/layout.ts";

export interface Job {
  readonly lane: number;
  readonly address: number;
  readonly tables: SharedArrayBuffer;
  readonly spans: number;
  readonly count: number;
  /** Buffers it holds at most at a time. */
  readonly most: number;
}

export interface Outcome {
  readonly lane: number;
  readonly taken: number;
  readonly given: number;
  /** Found with another's mark in it while we held it. */
  readonly shared: number;
  readonly exhausted: number;
  readonly inUseBytes: number;
  readonly cachedBytes: number;
}

const MARK_BYTES = 8;

/** Takes and gives at random, and marks what it holds at both ends: whoever else holds it would spoil that. */
function run(job: Job): Outcome {
  const central = new Central(new Views(job.tables), { at: 0, spans: job.spans });
  const counters = new Float64Array(new ArrayBuffer(8 * POOL_COUNTERS.length));
  const buffers = new Buffers(central, job.address, counters, job.lane);
  const region = new Int32Array(viewAt(job.address, job.spans * SPAN_BYTES));
  const mark = new Int32Array(new ArrayBuffer(4096));
  const markAddress = addressOf(mark.buffer);
  const held: number[] = [];
  let seed = job.lane * 7919 + 1;
  let shared = 0;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (seed >> 8) % below;
  };
  const giveOne = (): void => {
    const i = random(held.length);
    const at = held[i]!;
    const bytes = buffers.bytesOf(at);
    const [first, last] = [region[at >> 2]!, region[(at + bytes - MARK_BYTES) >> 2]!];
    if (first !== last || first >>> 28 !== job.lane) shared++;
    held[i] = held[held.length - 1]!;
    held.pop();
    buffers.give(at);
  };
  for (let i = 0; i < job.count; i++) {
    while (held.length >= job.most || (held.length > 0 && random(3) === 0)) giveOne();
    const at = buffers.take(random(CLASSES));
    if (at !== EMPTY) {
      mark[0] = (job.lane << 28) | (i & 0xfffffff);
      copyMemory(job.address + at, markAddress, MARK_BYTES);
      copyMemory(job.address + at + buffers.bytesOf(at) - MARK_BYTES, markAddress, MARK_BYTES);
      held.push(at);
    } else if (held.length > 0) giveOne();
    if (i % 1000 === 0) buffers.shareAll();
  }
  while (held.length > 0) giveOne();
  do buffers.shareAll();
  while (counters[CACHED]! > 0);
  return {
    lane: job.lane,
    taken: counters[TAKEN]!,
    given: counters[GIVEN]!,
    shared,
    exhausted: counters[EXHAUSTED]!,
    inUseBytes: counters[IN_USE]!,
    cachedBytes: counters[CACHED]!,
  };
}

declare const self: Worker;

if (!Bun.isMainThread) {
  self.onmessage = (event: MessageEvent<Job>) => self.postMessage(run(event.data));
}
