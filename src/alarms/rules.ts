import type { Severity } from "../operation/alarms.ts";
import type { Readings } from "../operation/readings.ts";
import { clock, collections, disk, heap, lag, latency, stalls } from "./checks-of-machine.ts";
import { badQuotes, missingQuotes } from "./checks-of-quotes.ts";
import { badFiles, expiring, outdatedLists, refusedHandshakes } from "./checks-of-tls.ts";
import {
  copiesBehind,
  copiesStopped,
  dontKnows,
  floods,
  HYSTERESIS_POINTS,
  limits,
  links,
  queueOf,
  rejects,
  silenceOf,
  throttled,
} from "./checks-of-trading.ts";
import type { AlarmSettings, Finding, Level, Rule } from "./rule.ts";

/** A level for what is so or not. */
const is = (severity: Severity) => (): readonly Level[] => [{ severity, raise: 1, clear: 1 }];
const above = (severity: Severity, raise: number, clear: number): readonly Level[] => [{ severity, raise, clear }];
const once = (): number => 1;
/** Raised with the first reading, cleared with the first one without it. */
const atOnce = { raiseAfter: once, clearAfter: 1 };
/** Severities of the highest levels, the highest last. */
const LIMIT_SEVERITIES: readonly Severity[] = ["info", "warning", "error", "critical"];

/** Readings are a second apart: a link that is down for longer than this is one reading more. */
const afterDown = ({ downS }: AlarmSettings): number => downS + 1;

/** Every alarm rule, in the order of the manual. */
export const RULES: readonly Rule[] = [
  {
    name: "session-down",
    reads:
      "client sessions: in its schedule, switched on, was logged on since the start (or the time of grace is over), and is not now",
    settings: ["sessionGraceS", "downS"],
    remedy: "Ask the client; the log and the session's row say how its last connection ended.",
    levels: is("warning"),
    raiseAfter: afterDown,
    clearAfter: 1,
    open: (settings) => links("session", settings),
  },
  {
    name: "venue-down",
    reads:
      "venues: in its schedule, switched on, was logged on since the start (or the time of grace is over), and is not now",
    settings: ["sessionGraceS", "downS"],
    remedy: "Orders for it are refused (VENUE_DOWN). Call the venue; the log and the venue's row say why it is down.",
    levels: is("critical"),
    raiseAfter: afterDown,
    clearAfter: 1,
    open: (settings) => links("venue", settings),
  },
  {
    name: "sequence-gap",
    reads: "sessions and venues: messages are missing, and those behind them wait, in four readings running",
    settings: [],
    remedy: "The peer does not resend what was requested: ask it, or agree on new sequence numbers.",
    levels: is("error"),
    raiseAfter: () => 4,
    clearAfter: 1,
    open: () => (readings) => [...gaps("session", readings.sessions), ...gaps("venue", readings.venues)],
  },
  {
    name: "order-attention",
    reads: "orders that need attention: a report could not be booked as it is",
    settings: [],
    remedy: "Find them with sallyport ctl orders, agree with the venue on each, and release it.",
    levels: is("error"),
    ...atOnce,
    open: () => counted("ordersNeedingAttention", (n) => `${n} ${n === 1 ? "order needs" : "orders need"} attention`),
  },
  {
    name: "unmatched-reports",
    reads: "reports of orders that the gateway does not know, which nobody has assigned or dismissed",
    settings: [],
    remedy:
      "Find them with sallyport ctl unmatched-reports, agree with the venue on each, and assign it to an account or dismiss it.",
    levels: is("error"),
    raiseAfter: once,
    clearAfter: 1,
    open: () =>
      counted("unmatchedReports", (n) => `${n} ${n === 1 ? "report is" : "reports are"} of orders that are not known`),
  },
  {
    name: "limit-used",
    reads: "limits of accounts, clients and the firm that fill up: used percent",
    settings: ["limitPercents"],
    remedy: "Ask who trades the account, or the client, or change the limit.",
    levels: ({ limitPercents }) =>
      limitPercents.map((raise, i) => ({
        severity: LIMIT_SEVERITIES[LIMIT_SEVERITIES.length - limitPercents.length + i]!,
        raise,
        clear: raise - HYSTERESIS_POINTS,
      })),
    raiseAfter: once,
    clearAfter: 10,
    open: limits,
  },
  {
    name: "journal-lag",
    reads: "journal streams: part of the buffer that waits for the disk, percent, in three readings running",
    settings: ["journalLagPercent"],
    remedy: "The disk is too slow or busy; when a buffer is full, its lane waits.",
    levels: ({ journalLagPercent: raise }) => above("critical", raise, raise / 2),
    raiseAfter: () => 3,
    clearAfter: 5,
    open: lag,
  },
  {
    name: "journal-full",
    reads: "the journal: no file can be made, so that new orders are refused",
    settings: [],
    remedy: "Make room on the disk of the data directory.",
    levels: is("critical"),
    ...atOnce,
    open: () => (readings) => [
      {
        subject: "journal",
        value: Number(readings.isJournalFull),
        text: "no file can be made: new orders are refused",
      },
    ],
  },
  {
    name: "data-directory",
    reads: "the data directory and its files: removed, replaced or cut while the gateway runs",
    settings: [],
    remedy: "Engage the kill switch, cancel what is open, and stop the gateway.",
    levels: is("critical"),
    ...atOnce,
    open: () => (readings) => [
      { subject: "data directory", value: Number(readings.dataProblem !== ""), text: readings.dataProblem },
    ],
  },
  {
    name: "disk-free",
    reads: "the file system of the data directory: used percent; the second level is half of the free part",
    settings: ["diskFreePercent"],
    remedy: "Make room, or move archived segments away.",
    levels: ({ diskFreePercent: free }) => [
      { severity: "warning", raise: 100 - free, clear: 100 - free - 1 },
      { severity: "critical", raise: 100 - free / 2, clear: 100 - free / 2 - 1 },
    ],
    raiseAfter: once,
    clearAfter: 10,
    open: disk,
  },
  {
    name: "clock-offset",
    reads:
      "the clock: error against UTC as the time daemon estimates it, or that no daemon steers it, in three readings running",
    settings: ["clockOffsetUs"],
    remedy: "Look at the time daemon (chronyc tracking, pmc); sallyport doctor says what it must do.",
    levels: ({ clockOffsetUs: raise }) => above("warning", raise, (raise * 4) / 5),
    raiseAfter: () => 3,
    clearAfter: 10,
    open: clock,
  },
  {
    name: "stalls",
    reads: "lanes: stalls in the last minute, but for long turns of a busy lane",
    settings: ["stallsPerMinute"],
    remedy: "Look at their causes: sallyport stalls, and the page hosts of the manual.",
    levels: ({ stallsPerMinute: raise }) => above("warning", raise, raise / 2),
    raiseAfter: once,
    clearAfter: 10,
    open: stalls,
  },
  {
    name: "collections",
    reads: "lanes and the main thread: garbage collections in the last minute",
    settings: ["collectionsPerMinute"],
    remedy:
      "A lane that is warm has no garbage: report it, with a profile. On the main thread look at what uses the API.",
    levels: ({ collectionsPerMinute: raise }) => above("warning", raise, raise / 2),
    raiseAfter: once,
    clearAfter: 10,
    open: collections,
  },
  {
    name: "heap",
    reads:
      "private memory of the process against memory.limitMiB, percent, in three readings running; not without that limit",
    settings: ["heapPercent"],
    remedy: "Raise memory.limitMiB, or find what grows with a heap snapshot.",
    levels: ({ heapPercent: raise }) => above("warning", raise, raise - HYSTERESIS_POINTS),
    raiseAfter: () => 3,
    clearAfter: 3,
    open: heap,
  },
  {
    name: "latency",
    reads:
      "stages decide, send and answer: p99 in two intervals running, against what is usual at this time of day, and against latencyP99Us",
    settings: ["baseline", "baselineFactor", "latencyP99Us"],
    remedy: "Look at the stages, the stalls and the profile that was taken.",
    levels: () => above("warning", 1, 0.8),
    ...atOnce,
    open: latency,
  },
  {
    name: "reject-rate",
    reads: "new orders that were refused here or by venues in the last minute, percent",
    settings: ["rejectPercent", "rejectsAtLeast"],
    remedy: "The journal has each with its reason code.",
    levels: ({ rejectPercent: raise }) => above("error", raise, raise / 2),
    raiseAfter: once,
    clearAfter: 10,
    open: rejects,
  },
  {
    name: "kill-switch",
    reads: "kill switches that are engaged",
    settings: [],
    remedy: "Lift it when what it was engaged for is over.",
    levels: is("critical"),
    ...atOnce,
    open: () => (readings) =>
      readings.kills.map(({ scope }) => ({ subject: scope, value: 1, text: "engaged: new orders are refused" })),
  },
  {
    name: "override",
    reads: "overrides of checks that are granted and that no order has used yet",
    settings: [],
    remedy: "It ends with its use or at its time; `sallyport ctl override withdraw ID` takes it back.",
    levels: is("warning"),
    ...atOnce,
    open: () => (readings) =>
      readings.overrides.map(({ id, account, check, until }) => ({
        subject: `override ${id}`,
        value: 1,
        text: `one order of account ${account} may pass ${check} until ${until}`,
      })),
  },
  {
    name: "repeated-executions",
    reads:
      "accounts and traders that are stopped: they had repeatedExecutions executions in one symbol within executionsWindowMs",
    settings: [],
    remedy:
      "Find out why it trades so often; `sallyport ctl account enable NAME`, or `trader enable NAME`, lets it trade again.",
    levels: is("critical"),
    ...atOnce,
    open: () => (readings) =>
      readings.stopped.map(({ subject, by }) => ({
        subject,
        value: 1,
        text: `stopped by ${by}: new orders are refused`,
      })),
  },
  {
    name: "session-locked",
    reads: "client sessions that are locked after wrong passwords",
    settings: [],
    remedy: "Ask the client who it was, then sallyport unlock releases it.",
    levels: is("error"),
    ...atOnce,
    open: () => (readings) =>
      readings.sessions
        .filter(({ isLocked }) => isLocked)
        .map(({ name }) => ({ subject: `session ${name}`, value: 1, text: "locked after wrong passwords" })),
  },
  {
    name: "canceled-on-disconnect",
    reads: "client sessions that are gone for longer than their window, so that their open orders are canceled",
    settings: [],
    remedy: "Ask the client; the alarm ends when it is back. Orders that are still open wait for their venue.",
    levels: is("warning"),
    ...atOnce,
    open: () => (readings) =>
      readings.sessions
        .filter(({ canceled }) => canceled !== "")
        .map(({ name, canceled }) => ({ subject: `session ${name}`, value: 1, text: canceled })),
  },
  {
    name: "dont-know-trade",
    reads: "client sessions: DontKnowTrade messages in the last minute",
    settings: [],
    remedy: "The log and the journal say which trade; agree with the client on it.",
    levels: is("error"),
    ...atOnce,
    open: dontKnows,
  },
  {
    name: "message-rate",
    reads: "client sessions: messages refused in the last minute because too many came",
    settings: [],
    remedy:
      "Ask the client why; the log and the journal say which messages. orderMessages, cancelMessages and allMessages are the limits.",
    levels: is("warning"),
    ...atOnce,
    open: throttled,
  },
  {
    name: "message-flood",
    reads: "client sessions: logouts in the last minute because too many messages came",
    settings: [],
    remedy:
      "Ask the client what it sends before it logs on again; `sallyport ctl session state NAME off` keeps it out.",
    levels: is("error"),
    ...atOnce,
    open: floods,
  },
  {
    name: "venue-queue",
    reads: "venues with a throttle: used percent of the places for waiting orders",
    settings: [],
    remedy:
      "Orders above it are refused (VENUE_QUEUE_FULL). Ask the clients to send less, or agree on more with the venue.",
    levels: () => [...above("warning", 80, 60), ...above("error", 100, 80)],
    ...atOnce,
    open: () => (readings) => readings.venues.flatMap(queueOf),
  },
  {
    name: "venue-silent",
    reads: "venues with `answerWithinS`: a new order, cancel or replace has had no answer for longer",
    settings: [],
    remedy:
      "Ask the venue what became of the orders that sallyport ctl venue unacknowledged shows; end in the books what it does not know.",
    levels: is("error"),
    ...atOnce,
    open: () => (readings) => readings.venues.filter(({ answerWithinS }) => answerWithinS > 0).map(silenceOf),
  },
  {
    name: "drop-copy-down",
    reads:
      "drop copy sessions: in its schedule, was logged on since the start (or the time of grace is over), and is not now",
    settings: ["sessionGraceS", "downS"],
    remedy: "Ask its client; it gets what it misses by resend when it is back.",
    levels: is("warning"),
    raiseAfter: afterDown,
    clearAfter: 1,
    open: (settings) => links("drop copy", settings),
  },
  {
    name: "drop-copy-behind",
    reads: "drop copy: copies are behind the reports for longer than dropCopy.maxBehindS",
    settings: [],
    remedy: "Look at drop-copy-stopped, the disk and the lane of drop-copy; sallyport ctl drop-copies has the figures.",
    levels: is("error"),
    raiseAfter: once,
    clearAfter: 5,
    open: () => copiesBehind,
  },
  {
    name: "drop-copy-stopped",
    reads: "drop copy: a report can't be read or copied, and those behind it wait",
    settings: [],
    remedy: "The text says what to mend; sallyport ctl drop-copy skip passes over what can't be.",
    levels: is("critical"),
    ...atOnce,
    open: () => copiesStopped,
  },
  {
    name: "quotes-missing",
    reads: "streams of quotes: nobody is connected, the file can't be read, or no quote has come for quotes.silentMs",
    settings: [],
    remedy:
      "Look at what sends them: without quotes reference prices come from the next source, or orders are refused.",
    levels: is("error"),
    ...atOnce,
    open: missingQuotes,
  },
  {
    name: "quotes-bad",
    reads:
      "streams of quotes: lines of the last minute that are no quotes, crossed, or of a sign that prices do not have",
    settings: [],
    remedy: "The log has the first one of each kind, with its line; correct what sends them.",
    levels: is("warning"),
    ...atOnce,
    open: badQuotes,
  },
  {
    name: "certificate-expires",
    reads: "our certificates of every table tls: days that are left, at 30, 7 and 1",
    settings: [],
    remedy: "Replace the file with a new certificate: a running gateway takes it.",
    levels: () => [
      { severity: "warning", raise: -30, clear: -30 },
      { severity: "error", raise: -7, clear: -7 },
      { severity: "critical", raise: -1, clear: -1 },
    ],
    ...atOnce,
    open: expiring,
  },
  {
    name: "revocation-list-expires",
    reads: "lists in the file crl of every table tls: the last day, and the end",
    settings: [],
    remedy: "Replace the file with the authority's current list: a running gateway takes it.",
    levels: () => [
      { severity: "warning", raise: -1, clear: -1 },
      { severity: "critical", raise: 0, clear: 0 },
    ],
    ...atOnce,
    open: outdatedLists,
  },
  {
    name: "certificate-files",
    reads: "files of a table tls that have changed and can't be used",
    settings: [],
    remedy: "Mend the file that the text names; sallyport check reads it as the gateway does.",
    levels: is("error"),
    ...atOnce,
    open: badFiles,
  },
  {
    name: "tls-refused",
    reads:
      "connections of the last minute whose TLS handshake failed, that had no TLS where it is needed, TLS where there is none, or another certificate than their session's",
    settings: [],
    remedy: "The log has their addresses, and why; ask the client, or keep strangers out with allow and a firewall.",
    levels: is("warning"),
    ...atOnce,
    open: refusedHandshakes,
  },
];

function gaps(kind: string, links: Readings["sessions"]): Finding[] {
  return links
    .filter(({ hasGap }) => hasGap)
    .map(({ name }) => ({
      subject: `${kind} ${name}`,
      value: 1,
      text: "messages are missing, and those behind them wait",
    }));
}

/** A counter of the core that should be 0. */
function counted(name: string, text: (count: number) => string): ReturnType<Rule["open"]> {
  return (readings) => {
    const count = readings.counters[name] ?? 0;
    return [{ subject: "", value: Number(count > 0), text: text(count), count }];
  };
}
