/*  What metrics and alarms read of a running gateway at one moment: plain data, copied from shared memory and from the system.
 *  Counts are since the gateway's start.
 */
import type { CopyProgressView } from "./drop-copies.ts";
import type { QuotesView } from "./quotes.ts";
import type { RefusedView, TlsSideView } from "./tls.ts";
import type { ThrottleView } from "./venues.ts";

/** Whether a client session, a venue or a drop copy session is up. */
export interface UpReading {
  readonly name: string;
  /** As in LinkView; "logged on" is up, "closed" is out of its schedule. */
  readonly state: string;
  /** False: an operator has switched it off, or nobody is expected to use it. */
  readonly isExpected: boolean;
  /** Milliseconds since 1970 of its last logon; null: none since the start. */
  readonly lastLogonMs: number | null;
  /** Why its last connection ended, or "". */
  readonly lastDisconnect: string;
}

/** A client session or a venue. */
export interface LinkReading extends UpReading {
  /** Messages are missing, and those behind them wait. */
  readonly hasGap: boolean;
  /** Locked after wrong passwords. */
  readonly isLocked: boolean;
  readonly messagesIn: number;
  readonly messagesOut: number;
  /** Rejects of both directions. */
  readonly rejectsSent: number;
  readonly rejectsReceived: number;
  readonly garbled: number;
  readonly requests: number;
  readonly reports: number;
  readonly openOrders: number;
  readonly backlogBytes: number;
  readonly backlogLimitBytes: number;
  /** Milliseconds since 1970 of the last message from the peer; null: none since the start. */
  readonly lastInMs: number | null;
  /** DontKnowTrade messages of a client. */
  readonly dontKnowTrades: number;
  /** Messages of a client that were refused because too many came, and its logouts for them. */
  readonly messagesThrottled: number;
  readonly floodLogouts: number;
  /** Of a venue: seconds for which it has not answered a request, and after how many that is an alarm (0: never). */
  readonly silentS: number;
  readonly answerWithinS: number;
  /** Of a venue; null: of a client session. */
  readonly throttle: ThrottleView | null;
  /** What became of a client session's open orders because it is gone, or "". */
  readonly canceled: string;
}

/** A drop copy session. */
export interface DropCopyReading extends UpReading {
  readonly messagesIn: number;
  readonly messagesOut: number;
  readonly backlogBytes: number;
  /** Made since the start, and those that no connection has carried. */
  readonly copies: number;
  readonly waiting: number;
}

export interface LaneReading {
  readonly lane: number;
  readonly agents: readonly string[];
  readonly turns: number;
  readonly workedTurns: number;
  readonly longestTurnUs: number;
  readonly collections: number;
  readonly compilations: number;
  readonly stalls: readonly {
    readonly cause: string;
    readonly count: number;
    readonly totalUs: number;
  }[];
}

/** A limit that fills up. */
export interface LimitReading {
  readonly level: "account" | "client" | "session" | "trader" | "firm";
  /** Of the account, client, session or trader; "" for the firm. */
  readonly name: string;
  readonly limit: string;
  readonly used: number;
  readonly most: number;
}

export interface StreamReading {
  readonly stream: string;
  readonly appendedBytes: number;
  /** Appended, and not in the segment files yet. */
  readonly unwrittenBytes: number;
  readonly bufferBytes: number;
}

export interface LatencyReading {
  readonly stage: string;
  /** Values at most `leUs`, ascending, the last one Infinity. */
  readonly buckets: readonly { readonly leUs: number; readonly count: number }[];
  readonly count: number;
  readonly sumUs: number;
  /** The newest whole interval: its number, how many values it had, and their 99th percentile. */
  readonly interval: { readonly number: number; readonly count: number; readonly p99Us: number };
}

export interface ProcessReading {
  readonly residentBytes: number;
  readonly virtualBytes: number;
  /** Private memory, and its limit (memory.limitMiB); 0: no limit. */
  readonly privateBytes: number;
  readonly limitBytes: number;
  readonly heapBytes: number;
  readonly cpuS: number;
  readonly startMs: number;
  readonly openFds: number;
  readonly maxFds: number;
  readonly threads: number;
  /** Collections of the main thread's heap. */
  readonly collections: number;
}

export interface DiskReading {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

export interface ClockReading {
  readonly isSynchronised: boolean;
  readonly offsetUs: number;
  readonly estimatedErrorUs: number;
}

export interface KillReading {
  /** `firm`, `account:ACC1`. */
  readonly scope: string;
}

export interface OverrideReading {
  readonly id: number;
  readonly account: string;
  /** As the table of checks names it. */
  readonly check: string;
  readonly until: string;
}

export interface StoppedReading {
  /** `account ACC1`, `trader TOM`. */
  readonly subject: string;
  /** Who has stopped it: `RISK-017 AAPL`, or an operator. */
  readonly by: string;
}

export interface Readings {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly uptimeS: number;
  readonly counters: Readonly<Record<string, number>>;
  readonly sessions: readonly LinkReading[];
  readonly venues: readonly LinkReading[];
  readonly dropCopies: readonly DropCopyReading[];
  /** How far all copies are; null: there are none. */
  readonly copying: CopyProgressView | null;
  readonly lanes: readonly LaneReading[];
  /** Of accounts with something open, of clients, client sessions, traders and the firm. */
  /** The currency of limits of money, or null. */
  readonly limitCurrency: string | null;
  readonly limits: readonly LimitReading[];
  readonly streams: readonly StreamReading[];
  readonly latencies: readonly LatencyReading[];
  readonly process: ProcessReading;
  /** Null where the system does not say. */
  readonly disk: DiskReading | null;
  readonly clock: ClockReading | null;
  /** Kill switches that are engaged. */
  readonly kills: readonly KillReading[];
  /** Overrides of checks that are granted: no order has used them yet. */
  readonly overrides: readonly OverrideReading[];
  /** Accounts and traders that have traded too often in one symbol, with it, and are stopped. */
  readonly stopped: readonly StoppedReading[];
  /** The streams of quotes; null: none are configured. */
  readonly quotes: QuotesView | null;
  readonly tls: readonly TlsSideView[];
  readonly refused: readonly RefusedView[];
  /** What is wrong with the data directory, or "". */
  readonly dataProblem: string;
  /** No file can be made for the journal. */
  readonly isJournalFull: boolean;
}
