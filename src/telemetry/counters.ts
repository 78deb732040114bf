import { broken } from "../base/broken.ts";
import type { Views } from "../base/views.ts";

/*  Counters of one owner, side by side; every owner's begin on cache lines of their own.
 *
 *  byte 0          8          16
 *       ┌──────────┬──────────┬─ ─ ─    all written by the owner, read by anyone
 *       │ slot 0   │ slot 1   │         doubles: whole numbers up to 2^53, which at a million a second is 285 years
 *       └──────────┴──────────┴─ ─ ─
 *  An aligned double is stored in one piece on every machine this runs on, so a reader sees the old count or the new one.
 */

/** Two lines: x86 fetches lines in pairs. */
const OWNER_LINES = 128;

/** Bytes that the counters of one owner take. */
export function countersBytes(names: readonly string[]): number {
  return Math.ceil((names.length * 8) / OWNER_LINES) * OWNER_LINES;
}

/**
 * Slot of each name, for the writer's constants: `const SLOT = counterSlots(["orders", "rejects"]);`
 * then `values[SLOT.orders]!++`. Cold.
 */
export function counterSlots<const N extends string>(names: readonly N[]): Readonly<Record<N, number>> {
  const slots = {} as Record<N, number>;
  for (let i = 0; i < names.length; i++) {
    const name = names[i]!;
    if (Object.hasOwn(slots, name)) broken("COUNTER_NAMED_TWICE", i);
    slots[name] = i;
  }
  return slots;
}

/**
 * The counters of one owner, to be counted up with plain increments.
 * Thread  the owner's lane; everyone else reads through a CounterTable. Cold.
 */
export function countersAt(views: Views, at: number, names: readonly string[]): Float64Array {
  if (at % 64 !== 0) broken("COUNTERS_NOT_ALIGNED", at);
  return new Float64Array(views.buffer, at, names.length);
}
