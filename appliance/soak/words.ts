import { LANE_WORDS_BYTES } from "../../src/lane/words.ts";
import { STALLS_BYTES } from "../../src/stalls/table.ts";
import { LATENCY_BYTES } from "../../src/telemetry/latency.ts";

/*  Memory that the measuring thread writes and the main thread reads. Lane words at the front, as a lane of the gateway
 *  has them: the same housekeeping keeps other threads off the CPU.
 *
 *       ┌────────────┬───────────┬──────────────────┬───────────────────┐
 *       │ lane words │ gaps      │ stalls           │ turns, blind ns   │
 *       └────────────┴───────────┴──────────────────┴───────────────────┘
 *                     histogram   telemetry/stalls
 */
export const GAPS_AT = (LANE_WORDS_BYTES + 255) & ~255;
export const STALLS_AT = (GAPS_AT + LATENCY_BYTES + 63) & ~63;
export const TURNS_DOUBLE = (STALLS_AT + STALLS_BYTES) >> 3;
/** Time spent reading the kernel's counters, during which gaps are not measured. */
export const BLIND_DOUBLE = TURNS_DOUBLE + 1;
export const SOAK_BYTES = (BLIND_DOUBLE + 1 + 31) * 8;

/** Input of the measuring thread. */
export interface SoakData {
  readonly role: "soak";
  readonly cpu: number;
  readonly seconds: number;
  readonly thresholdNs: number;
  readonly shared: SharedArrayBuffer;
}
