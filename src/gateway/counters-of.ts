import { COUNTER_NAMES } from "../core/counter-names.ts";

/** The core's counters by name. */
export function countersOf(counters: Float64Array): Record<string, number> {
  return Object.fromEntries(COUNTER_NAMES.map((name, i) => [name, counters[i]!]));
}
