import {
  STA_NANO,
  STA_UNSYNC,
  TIMEX_BYTES,
  TIMEX_ESTERROR_AT,
  TIMEX_MAXERROR_AT,
  TIMEX_OFFSET_AT,
  TIMEX_STATUS_AT,
} from "./abi.ts";
import { checked } from "./errno.ts";
import { libc } from "./libc.ts";
import { addressOf, SCRATCH_BYTES } from "./memory.ts";

/** What the kernel knows of how well its wall clock follows UTC, as the program that steers it has told. */
export interface TimeSync {
  readonly synchronised: boolean;
  /** Correction that is still to be made; programs that steer by frequency alone leave it at zero. */
  readonly offsetUs: number;
  /** How far off the clock is thought to be, and how far off it can be at most. */
  readonly estimatedErrorUs: number;
  readonly maxErrorUs: number;
}

const memory = new ArrayBuffer(SCRATCH_BYTES);
const words = new BigInt64Array(memory);
const ints = new Int32Array(memory);
const memoryAt = addressOf(memory);

/** Asks adjtimex without changing anything (modes 0), which anyone may. */
export function timeSync(): TimeSync {
  ints.fill(0, 0, TIMEX_BYTES / 4);
  checked("adjtimex", libc.adjtimex(memoryAt));
  const status = ints[TIMEX_STATUS_AT >> 2]!;
  const offset = Number(words[TIMEX_OFFSET_AT >> 3]!);
  return {
    synchronised: (status & STA_UNSYNC) === 0,
    offsetUs: (status & STA_NANO) === 0 ? offset : offset / 1000,
    estimatedErrorUs: Number(words[TIMEX_ESTERROR_AT >> 3]!),
    maxErrorUs: Number(words[TIMEX_MAXERROR_AT >> 3]!),
  };
}
