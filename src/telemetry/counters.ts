import { broken } from "../base/broken.ts";
import type { Views } from "../base/views.ts";

/*  Counters of one owner, contiguous; each owner's counters begin on a separate pair of cache lines.
 *
 *  byte 0          8          16
 *       ┌──────────┬──────────┬─ ─ ─    all written by the owner, read by anyone
 *       │ slot 0   │ slot 1   │         doubles: whole numbers up to 2^53, 285 years at a million a second
 *       └──────────┴──────────┴─ ─ ─
 *  Stores of aligned doubles are atomic on every supported machine, so a reader gets the old count or the new one.
 */

/** Two lines: x86 fetches lines in pairs. */
const OWNER_LINES = 128;

/** Size of one owner's counters, bytes. */
export function countersBytes(names: readonly string[]): number {
  return Math.ceil((names.length * 8) / OWNER_LINES) * OWNER_LINES;
}

/**
 * Slot of each name, for the writer's constants: `const SLOT = counterSlots(["orders", "rejects"]);`
 * then `values[SLOT.orders]!++`.
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
 * The counters of one owner, incremented with plain stores.
 * Thread  the owner's lane; other threads read through a CounterTable.
 */
export function countersAt(views: Views, at: number, names: readonly string[]): Float64Array {
  if (at % 64 !== 0) broken("COUNTERS_NOT_ALIGNED", at);
  return new Float64Array(views.buffer, at, names.length);
}
