import type { Outcome } from "./outcome.ts";

export const UNMATCHED_STATES = ["open", "assigned", "dismissed", "taken-back"] as const;

/** A report of a venue that is of no order here, and what has become of it. */
export interface UnmatchedView {
  /** Unique: when it came, microseconds since 1970. */
  readonly number: number;
  readonly state: (typeof UNMATCHED_STATES)[number];
  readonly receivedAt: string;
  readonly venue: string;
  /** What it is: a trade, a bust, a correction, or another kind of report. */
  readonly kind: "trade" | "bust" | "correction" | "cancel-reject" | "other";
  /** As the report has them: characters. */
  readonly execType: string | null;
  readonly ordStatus: string | null;
  readonly side: string | null;
  readonly symbol: string | null;
  readonly account: string | null;
  readonly orderId: string | null;
  readonly execId: string | null;
  readonly execRefId: string | null;
  /** Exact decimals. */
  readonly lastQty: string;
  readonly lastPx: string | null;
  readonly orderQty: string;
  readonly price: string | null;
  readonly cumQty: string;
  readonly leavesQty: string;
  readonly transactTime: string | null;
  /** When it was assigned, dismissed or taken back; by whom, and why. */
  readonly doneAt: string | null;
  readonly assignedTo: string | null;
  readonly by: string | null;
  readonly confirmedBy: string | null;
  readonly why: string | null;
}

/** Why an unmatched report can't be assigned or dismissed. */
export interface UnmatchedProblem {
  readonly code: "not-found" | "not-open" | "out-of-range";
  readonly reason: string;
}

interface Who {
  readonly by: string;
  readonly confirmedBy: string;
  readonly why: string;
}

/** Reports of orders that are not known here, until somebody assigns or dismisses each. */
export interface UnmatchedReports {
  /** The newest first, done ones too while there is room. */
  list(): readonly UnmatchedView[];
  /** Why it can't be assigned to an account, or (null) dismissed, for this reason of the operator; or null. */
  problemOf(number: number, account: string | null, why: string): UnmatchedProblem | null;
  assign(number: number, account: string, who: Who): Promise<Outcome>;
  dismiss(number: number, who: Who): Promise<Outcome>;
}
