import { Type } from "@sinclair/typebox";
import { flag, table, whole } from "./fields.ts";

/** Names of the alarm rules (src/alarms/rules.ts), which `off` may have. */
export const ALARM_RULES = [
  "session-down",
  "venue-down",
  "sequence-gap",
  "order-attention",
  "unmatched-reports",
  "limit-used",
  "journal-lag",
  "journal-full",
  "data-directory",
  "disk-free",
  "clock-offset",
  "stalls",
  "collections",
  "heap",
  "latency",
  "reject-rate",
  "kill-switch",
  "override",
  "repeated-executions",
  "session-locked",
  "canceled-on-disconnect",
  "dont-know-trade",
  "message-rate",
  "message-flood",
  "venue-queue",
  "venue-silent",
  "drop-copy-down",
  "drop-copy-behind",
  "drop-copy-stopped",
  "quotes-missing",
  "quotes-bad",
  "certificate-expires",
  "revocation-list-expires",
  "certificate-files",
  "tls-refused",
] as const;
export type AlarmRule = (typeof ALARM_RULES)[number];

const URL_TEXT = {
  pattern: "^https?://[^\\s/@]+(/\\S*)?$",
  expected: '"https://host/path" or "http://host:port/path", without a user in it',
  maxLength: 1024,
};
export const url = (description: string, more = {}) =>
  Type.Optional(Type.String({ description, ...URL_TEXT, ...more }));
const percent = (description: string, standard: number) => whole(description, 1, 100, { default: standard });

/** The table `alarms`. */
export const alarms = table("Alarms: what is watched once a second, and who is notified.", {
  off: Type.Array(
    Type.Union(
      ALARM_RULES.map((rule) => Type.Literal(rule)),
      { expected: "the name of an alarm" },
    ),
    {
      description: "Alarms that are not watched, by name.",
      default: [],
      minItems: 0,
      maxItems: ALARM_RULES.length,
      uniqueItems: true,
    },
  ),
  url: url(
    "Receiver of alarms in the form of PagerDuty's Events API v2, such as https://events.pagerduty.com/v2/enqueue.",
    { secret: true },
  ),
  routingKey: Type.Optional(
    Type.String({
      description: "Routing key for url; use routingKeyFile to keep it out of this file.",
      pattern: "^[!-~]{1,256}$",
      expected: "1 to 256 printable ASCII characters without spaces",
      secret: true,
    }),
  ),
  routingKeyFile: Type.Optional(
    Type.String({ description: "File of one line with the routing key.", minLength: 1, maxLength: 1024 }),
  ),
  command: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 4096, expected: "text of 1 to 4,096 characters" }), {
      description:
        "Program with its arguments, run without a shell for each event of an alarm; it gets the event as JSON on its standard input.",
      minItems: 1,
      maxItems: 64,
    }),
  ),
  timeoutMs: whole("Longest time of one call of url or command, milliseconds.", 100, 60_000, { default: 3_000 }),
  giveUpAfterS: whole(
    "An event that url or command has not taken is tried again after 1 second, 2, 4 and so on up to 60, and given up after this time, seconds.",
    10,
    86_400,
    { default: 3_600 },
  ),
  sessionGraceS: whole(
    "Time after a start in which a client session or venue that was not logged on yet is no alarm, seconds.",
    0,
    86_400,
    { default: 60 },
  ),
  downS: whole("A session or venue that is logged on again within this time is no alarm, seconds.", 0, 3_600, {
    default: 2,
  }),
  limitPercents: Type.Array(whole("Percentage.", 1, 100), {
    description:
      "Used percentages of a limit that raise its alarm, ascending, at most four. It falls back 5 points below.",
    default: [70, 80, 90, 100],
    minItems: 1,
    maxItems: 4,
  }),
  journalLagPercent: percent("Fill of a journal stream's buffer that waits for the disk, percent.", 50),
  diskFreePercent: percent("Free part of the data directory's file system below which it is an alarm, percent.", 10),
  clockOffsetUs: whole(
    "Error of the clock against UTC, as the time daemon estimates it, microseconds. A clock that no daemon steers is an alarm, too.",
    1,
    60_000_000,
    { default: 100 },
  ),
  stallsPerMinute: whole("Stalls of a lane in one minute.", 1, 1_000_000, { default: 1_000 }),
  collectionsPerMinute: whole("Garbage collections of a thread in one minute.", 1, 6_000, { default: 30 }),
  heapPercent: percent("Memory of the process against memory.limitMiB in three samples running, percent.", 80),
  rejectPercent: percent("Rejected orders of the last minute, percent.", 20),
  rejectsAtLeast: whole("Rejected orders of the last minute below which no percentage is an alarm.", 1, 1_000_000, {
    default: 20,
  }),
  baseline: flag("Learn the usual latency of each half hour of the day, and raise an alarm when p99 is far above it.", {
    default: true,
  }),
  baselineFactor: whole("A p99 of less than this many times the usual one is never an alarm.", 2, 100, { default: 3 }),
  latencyP99Us: whole(
    "A p99 above this is an alarm whatever is usual, microseconds; 0: no such bound.",
    0,
    60_000_000,
    {
      default: 0,
    },
  ),
});
