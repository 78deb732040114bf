import { broken } from "../base/broken.ts";
import { KIB, MIB } from "../base/units.ts";
import { ManyToMany } from "../ring/many-to-many.ts";

/*  The pool's memory is one region of mapped addresses, cut into spans; a span in service is cut into buffers of one size.
 *
 *  region ├── span 0 ──┼── span 1 ──┼─ ─ ─┤      1 MiB each: 64 buffers of 16 KiB, 16 of 64 KiB or 4 of 256 KiB
 *
 *  Its tables are in memory that the lanes share, never in the region itself: a buffer holds only bytes.
 *
 *  byte 0          4·spans          + 4·units        + 4·units
 *       ┌──────────┬────────────────┬────────────────┬───────────┬─ ─
 *       │ states   │ holders        │ nexts          │ list 0    │ list 1 …
 *       └──────────┴────────────────┴────────────────┴───────────┴─ ─
 *  states   use of each span, changed by compare-and-swap: FREE → SERVING + class by any lane, and back by the main thread,
 *           which also makes FREE spans READY (pages populated) before they are needed
 *  holders  1 + the lane that holds the buffer, 0 while it is free; written by the lane that takes or returns it
 *  nexts    next buffer in its holder's chain; written by the holder
 *  list     free buffers of one class: a many-to-many ring with a slot for each possible buffer
 *
 *  `holders` and `nexts` have a word for every 16 KiB of the region, the smallest buffer.
 */
export const SPAN_BYTES = MIB;
export const UNIT_BYTES = 16 * KIB;
export const CLASS_BYTES: readonly number[] = [UNIT_BYTES, 4 * UNIT_BYTES, 16 * UNIT_BYTES];
export const CLASSES = CLASS_BYTES.length;
export const LARGEST = CLASSES - 1;
/**
 * The smallest buffers hold partly received messages, larger ones unsent output. One span in KEPT_SHARE is reserved for the
 * smallest: peers that do not read may exhaust the rest, but then only they are affected.
 */
export const SMALLEST = 0;
export const KEPT_SHARE = 8;
const UNITS_PER_SPAN = SPAN_BYTES / UNIT_BYTES;
/** Offsets in the region are int32. */
const SPANS_MAX = 2047;

/** Not in use, without memory. */
export const FREE = 0;
/** The main thread is making it READY, or FREE. */
export const CHANGING = 1;
/** Not in use, pages populated: using it costs no page fault. */
export const READY = 2;
/** SERVING + class: cut into buffers. */
export const SERVING = 3;

/** Size of a list's slot, which holds the offset of one free buffer. */
export const SLOT_BYTES = 64;

/** Where the tables of a pool are; plain data, from the plan. */
export interface PoolPlan {
  readonly at: number;
  readonly spans: number;
}

/** Buffers of a class in one span. */
export function perSpan(sizeClass: number): number {
  return SPAN_BYTES / CLASS_BYTES[sizeClass]!;
}

/** A ring's slots are a power of two. */
export function listSlots(spans: number, sizeClass: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(2, spans * perSpan(sizeClass))));
}

/** Bytes of a pool's tables. */
export function poolBytes(spans: number): number {
  return placesOf({ at: 0, spans }).end;
}

/** Byte offset of each table. */
export function placesOf(plan: PoolPlan): {
  states: number;
  holders: number;
  nexts: number;
  lists: number[];
  end: number;
} {
  const { at, spans } = plan;
  if (spans < 1 || spans > SPANS_MAX) broken("POOL_SPANS", spans);
  const states = at;
  const holders = lines(states + 4 * spans);
  const nexts = lines(holders + 4 * spans * UNITS_PER_SPAN);
  const lists: number[] = [];
  let end = lines(nexts + 4 * spans * UNITS_PER_SPAN);
  for (let sizeClass = 0; sizeClass < CLASSES; sizeClass++) {
    lists.push(end);
    end = lines(end + ManyToMany.bytesFor(listSlots(spans, sizeClass), SLOT_BYTES));
  }
  return { states, holders, nexts, lists, end };
}

function lines(at: number): number {
  return (at + 127) & ~127;
}

/** Spans in a pool of `mib` MiB. */
export function spansOf(mib: number): number {
  return Math.floor((mib * MIB) / SPAN_BYTES);
}
