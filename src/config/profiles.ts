import { flag, table, whole } from "./fields.ts";

/** Captures of profiles, in `profiles` of the data directory. */
export const profiles = table("Captures: CPU profiles of all threads with stalls, latencies and counters.", {
  captures: whole("Most captures that are kept; the oldest are deleted.", 1, 1_000, { default: 20 }),
  maxMiB: whole("Most space of all captures, MiB; the oldest are deleted, never the newest.", 1, 65_536, {
    default: 256,
  }),
  onAlarm: flag("Capture on an alarm about latency, collections or stalls. A profile costs a lane some percent.", {
    default: true,
  }),
  alarmSeconds: whole("Length of such a capture, seconds.", 1, 60, { default: 3 }),
  alarmEveryS: whole("Least time between two such captures, seconds.", 60, 86_400, { default: 900 }),
});
