import type { Log } from "../../base/log.ts";
import { COUNT_REPLAY_DIFFERS, COUNT_REPLAYED } from "../../core/counters.ts";

/** Logs how many of the inputs that a start has replayed the limits of today would decide otherwise. */
export function logReplay(counters: Float64Array, log: Log): void {
  const differ = counters[COUNT_REPLAY_DIFFERS]!;
  if (differ === 0) return;
  const of = `${differ.toLocaleString("en")} of ${counters[COUNT_REPLAYED]!.toLocaleString("en")} replayed inputs`;
  log.info(
    `${of} would be decided otherwise by the limits of today's configuration, which a reload or this start has changed since; what was decided then holds (counter replayDifferences)`,
  );
}
