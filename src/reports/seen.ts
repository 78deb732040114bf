import type { Order } from "./order.ts";

/** A client's request as the core decided it; quantities and prices in 1e-8. */
export interface RequestSeen {
  readonly timeUs: number;
  readonly session: string;
  readonly kind: "new" | "cancel" | "replace" | "status" | "mass cancel";
  readonly clOrdId: string;
  readonly origClOrdId: string;
  readonly account: string;
  readonly symbol: string;
  readonly side: string;
  readonly quantity: bigint;
  /** Price, of a stop order StopPx. */
  readonly priceE8: bigint | null;
  readonly reasonCode: number;
  /** Empty when it was accepted. */
  readonly reason: string;
}

/** Of what an execution without an order was booked. */
export interface Assigned {
  readonly account: string;
  readonly symbol: string;
  readonly side: string;
}

/** A venue's report as the core took it. */
export interface ReportSeen {
  readonly timeUs: number;
  readonly venue: string;
  /** Null: it names no order that is known. */
  readonly order: Order | null;
  /** An unmatched report as an operator has assigned it to an account; null: it is as the venue sent it. */
  readonly assigned: Assigned | null;
  /** One of REPORT_… (record/codes.ts). */
  readonly kind: number;
  readonly execType: number;
  readonly requestNumber: number;
  /** Bits STATED_…: the numbers that it said. */
  readonly stated: number;
  readonly venueOrderId: string;
  readonly execId: string;
  readonly execRefId: string;
  readonly quantity: bigint;
  readonly priceE8: bigint | null;
  readonly lastQty: bigint;
  readonly lastPxE8: bigint | null;
  readonly cumQty: bigint;
  readonly leavesQty: bigint;
  /** Null: it said none. */
  readonly transactUs: number | null;
  readonly text: string;
  /** OrdRejReason (103) or CxlRejReason (102). */
  readonly refusal: number;
  /** What was wrong with it, in words. */
  readonly outcomes: string[];
  /** False: it changed nothing. */
  applied: boolean;
}
