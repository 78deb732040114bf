import { LANE_WORDS_BYTES } from "../../src/agent/lane-words.ts";
import { LATENCY_BYTES } from "../../src/telemetry/latency.ts";

/*  Memory that the measuring thread writes and the main thread reads. Lane words at the front, as a lane of the gateway
 *  has them: the same housekeeping keeps other threads off the CPU.
 *
 *       ┌────────────┬───────────┬──────────────────────────────┬───────────────────┐
 *       │ lane words │ gaps      │ count, total ns, worst ns …  │ turns, blind ns   │
 *       └────────────┴───────────┴──────────────────────────────┴───────────────────┘
 *                     histogram   a triple of doubles a cause
 */
export const GAPS_AT = (LANE_WORDS_BYTES + 255) & ~255;
const CAUSES_AT = (GAPS_AT + LATENCY_BYTES + 63) & ~63;

/** What a gap is put down to; the order is that of the triples. */
export const CAUSES = [
  "preempted",
  "steal",
  "collection",
  "major fault",
  "minor fault",
  "interrupt or unknown",
] as const;
export const PREEMPTED = 0;
export const STEAL = 1;
export const COLLECTION = 2;
export const MAJOR_FAULT = 3;
export const MINOR_FAULT = 4;
export const UNKNOWN = 5;

export const CAUSES_DOUBLE = CAUSES_AT >> 3;
export const TURNS_DOUBLE = CAUSES_DOUBLE + 3 * CAUSES.length;
/** Time that went into reading the kernel's counts, in which no gap is seen. */
export const BLIND_DOUBLE = TURNS_DOUBLE + 1;
export const SOAK_BYTES = (BLIND_DOUBLE + 1 + 31) * 8;

/** What the measuring thread is told. */
export interface SoakData {
  readonly role: "soak";
  readonly cpu: number;
  readonly seconds: number;
  readonly thresholdNs: number;
  readonly shared: SharedArrayBuffer;
}
