import type { LinkView } from "./sessions.ts";

/** What waits for a venue's throttle, and what that has refused; all 0 without one. */
export interface ThrottleView {
  /** New orders and replaces that wait, and most that may. */
  readonly queued: number;
  readonly queueLength: number;
  readonly cancelsWaiting: number;
  /** Requests that were refused at once, and those that were too old. */
  readonly throttled: number;
  readonly expired: number;
}

/** Open orders that a venue was asked about since it has logged on, and those of which it has not said the status. */
export interface VenueStatusesView {
  readonly asked: number;
  readonly left: number;
}

/** A venue. */
export interface VenueView extends LinkView {
  /** Requests sent to it. */
  readonly requests: number;
  /** Reports taken from it. */
  readonly reports: number;
  /** New orders, cancels and replaces that it has not answered. */
  readonly unacknowledged: number;
  /** Seconds since the first of these orders last changed; 0 without any. */
  readonly unacknowledgedS: number;
  /** After how many seconds that is an alarm; 0: never. */
  readonly answerWithinS: number;
  /** Null: it gets new orders, or is down. */
  readonly statuses: VenueStatusesView | null;
  readonly throttle: ThrottleView;
  /** Addresses that are tried in turn. */
  readonly addresses: readonly string[];
}

/** A request that its venue has not answered. */
export interface UnacknowledgedOrder {
  readonly orderId: string;
  readonly clOrdId: string;
  readonly session: string;
  readonly account: string;
  readonly symbol: string;
  /** What waits for its answer. */
  readonly request: "new" | "cancel" | "replace";
}

/** Reads venues. Never disturbs a lane. */
export interface Venues {
  /** In the order of the configuration. */
  list(): VenueView[];
  get(name: string): VenueView | null;
  /** Oldest first, no more than `most`; null: there is no such venue. */
  unacknowledged(name: string, most: number): Promise<UnacknowledgedOrder[] | null>;
}
