import { broken } from "../base/broken.ts";
import { KIB, MIB } from "../base/units.ts";
import { ManyToMany } from "../ring/many-to-many.ts";

/*  The pool's memory is one region of mapped addresses, cut into spans; a span in service is cut into buffers of one size.
 *
 *  region ├── span 0 ──┼── span 1 ──┼─ ─ ─┤      1 MiB each: 64 buffers of 16 KiB, 16 of 64 KiB or 4 of 256 KiB
 *
 *  What is known of it stands in memory that the lanes share, never in the region itself: a buffer holds bytes alone.
 *
 *  byte 0          4·spans          + 4·units        + 4·units
 *       ┌──────────┬────────────────┬────────────────┬───────────┬─ ─
 *       │ states   │ holders        │ nexts          │ list 0    │ list 1 …
 *       └──────────┴────────────────┴────────────────┴───────────┴─ ─
 *  states   what a span is for, moved by compare-and-swap: FREE → SERVING + class by any lane, and back by the main thread,
 *           which also makes FREE ones READY (their pages are there) while nobody needs them
 *  holders  1 + the lane that a buffer was given to, 0 while it is free; written by who takes or gives it
 *  nexts    the buffer behind it in its holder's chain; written by its holder
 *  list     free buffers of one class: a many-to-many ring with a place for each there can be
 *
 *  Two of these tables have a word for every 16 KiB of the region, the smallest buffer.
 */
export const SPAN_BYTES = MIB;
export const UNIT_BYTES = 16 * KIB;
export const CLASS_BYTES: readonly number[] = [UNIT_BYTES, 4 * UNIT_BYTES, 16 * UNIT_BYTES];
export const CLASSES = CLASS_BYTES.length;
export const LARGEST = CLASSES - 1;
/**
 * The smallest buffers are for what a session has read but half, larger ones for what it could not send. One span in so
 * many is kept for the former: peers that do not read may use up the rest, but nobody pays for it but they.
 */
export const SMALLEST = 0;
export const KEPT_SHARE = 8;
const UNITS_PER_SPAN = SPAN_BYTES / UNIT_BYTES;
/** Offsets in the region are int32. */
export const SPANS_MAX = 2047;

/** Nobody uses it and it takes no memory. */
export const FREE = 0;
/** The main thread is making it READY, or FREE. */
export const CHANGING = 1;
/** Free, and its pages are there: to use it costs no page fault. */
export const READY = 2;
/** SERVING + class: cut into buffers. */
export const SERVING = 3;

/** A free buffer's place in a list's slot. */
export const SLOT_BYTES = 64;

/** Where the tables of a pool stand; plain data, from the plan. */
export interface PoolPlan {
  readonly at: number;
  readonly spans: number;
}

/** Buffers of a class in one span. */
export function perSpan(sizeClass: number): number {
  return SPAN_BYTES / CLASS_BYTES[sizeClass]!;
}

/** A ring's slots are a power of two. Cold. */
export function listSlots(spans: number, sizeClass: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(2, spans * perSpan(sizeClass))));
}

/** Bytes that the tables of a pool take. Cold. */
export function poolBytes(spans: number): number {
  return placesOf({ at: 0, spans }).end;
}

/** Where each table begins. Cold. */
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

/** Cold. */
function lines(at: number): number {
  return (at + 127) & ~127;
}

/** Spans of a pool of so many MiB. Cold. */
export function spansOf(mib: number): number {
  return Math.floor((mib * MIB) / SPAN_BYTES);
}
