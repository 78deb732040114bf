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

/** Synchronisation of the wall clock with UTC, as the time daemon has reported it to the kernel. */
export interface TimeSync {
  readonly synchronised: boolean;
  /** Remaining correction; zero when the time daemon corrects only the frequency. */
  readonly offsetUs: number;
  /** Estimated and largest possible error of the clock. */
  readonly estimatedErrorUs: number;
  readonly maxErrorUs: number;
}

const memory = new ArrayBuffer(SCRATCH_BYTES);
const words = new BigInt64Array(memory);
const ints = new Int32Array(memory);
const memoryAt = addressOf(memory);

/** Reads adjtimex with modes 0, which changes nothing and needs no privilege. */
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
