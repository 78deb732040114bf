import type { CopyFaultView } from "./drop-copies.ts";
import type { KillView } from "./kill-switch.ts";
import type { LatencyStage } from "./latency.ts";
import type { LimitUse } from "./level-use.ts";
import type { LinkState } from "./sessions.ts";

/** What changes all the time, in one small document: the dashboard and `sallyport top` show it, made once a second for all. */
export interface LiveView {
  readonly time: string;
  readonly system: LiveSystem;
  readonly rates: LiveRates;
  readonly orders: LiveOrders;
  readonly latency: readonly LiveLatency[];
  readonly stalls: readonly LiveStall[];
  readonly sessions: readonly LivePeer[];
  readonly venues: readonly LivePeer[];
  readonly dropCopies: readonly LiveCopy[];
  /** Sessions, venues and drop copy sessions beyond the most that one document lists. */
  readonly leftOut: number;
  /** The fullest limits first. */
  readonly limits: readonly LiveLimit[];
  /** The firm's, and all others that are engaged. */
  readonly killSwitch: readonly KillView[];
  readonly alarms: readonly LiveAlarm[];
  readonly journal: LiveJournal;
}

export interface LiveSystem {
  readonly version: string;
  readonly startedAt: string;
  /** "", or why it takes no orders now. */
  readonly notReady: string;
}

/** A second, over the time since the document before. */
export interface LiveRates {
  readonly orders: number;
  readonly reports: number;
  readonly rejects: number;
}

export interface LiveOrders {
  readonly open: number;
  readonly attention: number;
}

/** A stage's figures of the last whole interval (10 s), in microseconds. */
export interface LiveLatency {
  readonly stage: LatencyStage;
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** Stalls of all lanes since the start. */
export interface LiveStall {
  readonly cause: string;
  readonly count: number;
  readonly worstUs: number;
  readonly totalUs: number;
}

/** A client session or a venue. */
export interface LivePeer {
  readonly name: string;
  readonly link: LinkState;
  /** What an operator lets it do: on, cancel-only or off. */
  readonly state: string;
  readonly nextIn: number;
  readonly nextOut: number;
  readonly inPerSecond: number;
  readonly outPerSecond: number;
  /** Of a session: requests that were refused; of a venue: rejects that it sent. */
  readonly rejects: number;
  /** Of a session: open orders; of a venue: requests that it has not answered. */
  readonly orders: number;
  readonly backlogBytes: number;
  readonly lastInUs: number | null;
  /** How its last connection ended, or "". */
  readonly lastDisconnect: string;
}

/** A drop copy session; how far its copies are behind is as of all sessions. */
export interface LiveCopy extends Pick<LivePeer, "name" | "link" | "nextOut" | "outPerSecond" | "lastDisconnect"> {
  readonly copies: number;
  /** Messages that no connection since the start has carried. */
  readonly waiting: number;
  readonly behindBytes: number;
  readonly behindS: number;
  readonly waitsForRoom: boolean;
  /** The client agent whose reports can't be copied, and why; null: none. */
  readonly stopped: CopyFaultView | null;
}

export interface LiveLimit extends LimitUse {
  readonly account: string;
}

export interface LiveAlarm {
  readonly id: string;
  readonly severity: string;
  readonly subject: string;
  readonly text: string;
  readonly since: string;
  readonly acknowledgedBy: string | null;
}

export interface LiveJournal {
  /** Bytes in buffers that are not in files yet, of all streams. */
  readonly unwrittenBytes: number;
  /** How full the fullest buffer is. */
  readonly fullestPercent: number;
  /** Of the file system of the data directory; 0 where the system does not say. */
  readonly freeBytes: number;
  readonly totalBytes: number;
}
