import type { Outcome } from "./outcome.ts";

export const OVERRIDE_SIDES = ["buy", "sell", "sell-short"] as const;

/** One order that a check would refuse, and the check that it may pass once. Quantity and price are exact decimals. */
export interface OverrideRequest {
  readonly session: string;
  readonly account: string;
  readonly symbol: string;
  readonly side: (typeof OVERRIDE_SIDES)[number];
  readonly quantity: string;
  /** Null: a market order; else a limit order of this price. */
  readonly price: string | null;
  /** Absent: the next order with these terms, whatever its ClOrdID. */
  readonly clOrdId?: string;
  /** As the table of checks names it: `MAX_ORDER_QTY`. */
  readonly check: string;
  readonly untilUs: number;
}

export interface OverrideView extends Omit<OverrideRequest, "untilUs" | "clOrdId"> {
  /** Of the action that has asked for it. */
  readonly id: number;
  readonly clOrdId: string | null;
  readonly state: "granted" | "used" | "expired" | "withdrawn";
  readonly until: string;
  readonly grantedAt: string;
  /** When it was used, has expired or was withdrawn. */
  readonly doneAt: string | null;
  /** OrderID (37) of the order that has used it. */
  readonly orderId: string | null;
  readonly by: string;
  readonly confirmedBy: string;
  readonly why: string;
}

/** Two persons let one order pass one check once. */
export interface Overrides {
  /** The newest first, done ones too while there is room. */
  list(): readonly OverrideView[];
  /** Why it can't be granted for this reason of the operator, or "". */
  problemOf(request: OverrideRequest, why: string): string;
  grant(
    request: OverrideRequest,
    who: { readonly id: number; readonly by: string; readonly confirmedBy: string; readonly why: string },
  ): Promise<Outcome>;
  withdraw(id: number, by: string): Promise<Outcome>;
}
