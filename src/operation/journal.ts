/** One entry of the journal as an operator reads it. */
export interface JournalEntry {
  /** ISO 8601 with microseconds, UTC. */
  readonly time: string;
  /** The stream that has it, and its position there: together they name it for ever. */
  readonly stream: string;
  readonly position: number;
  readonly kind: string;
  /** Received, sent, a record of the core, or an event. */
  readonly direction: "in" | "out" | "core" | "event";
  readonly party: "client" | "venue" | "gateway";
  /** Client session or venue; "" for the gateway. */
  readonly name: string;
  readonly msgSeqNum: number;
  readonly epoch: number;
  readonly index: number;
  /** Why a received message was not taken. */
  readonly skipped?: string;
  /** What the core decided about a request. */
  readonly decision?: string;
  /** A message with `|` for SOH; other bytes that are not printable as `\xNN`. */
  readonly fix?: string;
  /** What an event says. */
  readonly text?: string;
}

/** Kinds of entries, for `type`. */
export const JOURNAL_KINDS = [
  "order",
  "report",
  "control",
  "message",
  "session",
  "received",
  "resent",
  "outcome",
] as const;
export type JournalKind = (typeof JOURNAL_KINDS)[number];

/** Which entries to read; what is left out does not restrict. */
export interface JournalFilter {
  /** Client session or venue. */
  readonly session?: string;
  readonly type?: JournalKind;
}

export interface JournalQuery extends JournalFilter {
  /** Microseconds since 1970, both inclusive. */
  readonly fromUs?: number;
  readonly toUs?: number;
  /** Any id of an order: OrderID, ClOrdID, our ClOrdID at its venue, or an id of the venue. */
  readonly order?: string;
  /** Most entries of the answer. */
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string;
}

export interface JournalPage {
  readonly entries: readonly JournalEntry[];
  /** Cursor of the next page; null: there is nothing more now. */
  readonly next: string | null;
  /** What could not be read to its end, one line each. */
  readonly notices: readonly string[];
}

/*  Stages of a request, in microseconds:
 *
 *    received ── decide ──▶ decided ── send ──▶ written for the venue ── venue ──▶ venue answered ── answer ──▶ written for the client
 *       └──────────────────────────────────────────── total ────────────────────────────────────────────────────────────┘
 */
export interface RequestStages {
  readonly decideUs: number | null;
  readonly sendUs: number | null;
  readonly venueUs: number | null;
  readonly answerUs: number | null;
  readonly totalUs: number | null;
}

/** A request of an order: new, cancel or replace. */
export interface TimelineRequest {
  readonly clOrdId: string;
  readonly kind: "new" | "cancel" | "replace" | "status";
  /** ISO 8601 with microseconds. */
  readonly received: string;
  readonly decision: string;
  readonly stages: RequestStages;
}

/** All that the journal has about one order. */
export interface Timeline {
  /** The OrderID (37) that its client sees; "" for a request that was refused. */
  readonly orderId: string;
  readonly requests: readonly TimelineRequest[];
  /** Each with the microseconds since the first one. */
  readonly entries: readonly (JournalEntry & { readonly sinceUs: number })[];
  /** True when there are more than the answer may have. */
  readonly cut: boolean;
}

/** Why the journal was not read: as many read it as may, it took too long, it is damaged, or who asked has gone. */
export class JournalUnread extends Error {
  constructor(
    readonly code: "busy" | "timeout" | "failed" | "invalid" | "gone",
    message: string,
  ) {
    super(message);
  }
}

/** A listener's end: `close` ends it; `ended` resolves with why it ended, or "" after `close`. */
export interface JournalSubscription {
  readonly ended: Promise<string>;
  close(): void;
}

/**
 * Reads the journal of a running gateway in other processes, no more than a few at a time: no lane and not the main thread is
 * held up. What was journalled before a call is seen by it. `gone` says when nobody waits for the answer any more: its process ends.
 * Rejects with JournalUnread.
 */
export interface JournalReading {
  /** By any id of the order; null: no such order. */
  timeline(order: string, gone?: AbortSignal): Promise<Timeline | null>;
  page(query: JournalQuery, gone?: AbortSignal): Promise<JournalPage>;
  /** Calls `take` with each entry that is written from now on. */
  follow(filter: JournalFilter, take: (entry: JournalEntry) => void): Promise<JournalSubscription>;
}
