import type { OrderType, TimeInForce } from "../base/order-kinds.ts";
import type { Outcome } from "./outcome.ts";

export const ORDER_STATES = [
  "pending-new",
  "new",
  "partially-filled",
  "filled",
  "canceled",
  "rejected",
  "expired",
  "done-for-day",
] as const;
export type OrderStateName = (typeof ORDER_STATES)[number];

/** An order as operators see it. Prices, quantities and money are exact decimals; times are ISO 8601 with microseconds. */
export interface OrderView {
  /** OrderID (37) that its client sees. */
  readonly orderId: string;
  /** ClOrdID that it goes by now, and all that it had, newest first. */
  readonly clOrdId: string;
  readonly clOrdIds: readonly string[];
  /** OrderID that its venue said last; null before. */
  readonly venueOrderId: string | null;
  readonly session: string;
  /** Who entered it; null where its session had no traders. */
  readonly trader: string | null;
  /** Null: it never went to one. */
  readonly venue: string | null;
  readonly account: string;
  readonly symbol: string;
  readonly side: "buy" | "sell" | "sell-short";
  readonly type: OrderType;
  readonly timeInForce: TimeInForce;
  readonly quantity: string;
  /** Price (44), of a stop order StopPx (99); null for one like a market order. */
  readonly price: string | null;
  readonly cumQty: string;
  readonly leavesQty: string;
  /** Null where the value of its executions is more than the core holds: the order needs attention. */
  readonly avgPx: string | null;
  readonly state: OrderStateName;
  readonly isOpen: boolean;
  /** Request that its venue has not answered. */
  readonly pending: "cancel" | "replace" | null;
  readonly pendingQuantity: string | null;
  readonly pendingPrice: string | null;
  /** Notional that it holds of its account. */
  readonly reserved: string;
  /** Why somebody must look at it, or null. */
  readonly attention: string | null;
  /** When it came, and when it last changed; null for orders of earlier versions. */
  readonly createdAt: string | null;
  readonly changedAt: string | null;
}

/** What orders are asked for: all that is given must hold. */
export interface OrderFilter {
  /** Any of its ids: OrderID, a ClOrdID of now or before, or the venue's OrderID. */
  readonly id?: string;
  readonly orderId?: string;
  readonly clOrdId?: string;
  readonly venueOrderId?: string;
  readonly account?: string;
  /** A group of accounts. */
  readonly client?: string;
  readonly symbol?: string;
  readonly session?: string;
  /** Who entered it. */
  readonly trader?: string;
  readonly venue?: string;
  readonly state?: OrderStateName | "open" | "done";
  readonly needsAttention?: boolean;
}

export interface OrderQuery extends OrderFilter {
  /** Orders of a page, 1 to MOST_OF_PAGE. */
  readonly limit?: number;
  /** `next` of the page before. */
  readonly after?: string;
}

export const MOST_OF_PAGE = 500;
export const DEFAULT_PAGE = 100;

export interface OrderPage {
  readonly orders: readonly OrderView[];
  /** Null on the last page. */
  readonly next: string | null;
}

/** What became of a cancel of all orders that match. */
export interface CancelManyOutcome {
  /** Open orders that match. */
  readonly matched: number;
  /** Whose venue was asked. */
  readonly asked: number;
  /** Of these a request was under way before. */
  readonly pending: number;
  /** The first of those that were not asked, and how many there are. */
  readonly notAsked: readonly { readonly orderId: string; readonly reason: string }[];
  readonly notAskedCount: number;
}

/** The orders that the core knows: open ones, and the newest of those that are done. */
export interface Orders {
  /** Reads rows while the core works; resolves between slices of bounded work. Rejects a bad cursor. */
  find(query: OrderQuery): Promise<OrderPage>;
  byOrderId(orderId: string): Promise<OrderView | null>;
  /** Asks the order's venue to cancel it. */
  cancel(orderId: string): Promise<Outcome>;
  /** Asks for all open orders that match. */
  cancelMatching(filter: OrderFilter): Promise<CancelManyOutcome>;
  /** Ends the order in the books without its venue, and tells its client why. */
  markDead(orderId: string, why: string): Promise<Outcome>;
  /** Somebody has looked at it: it no longer needs attention. */
  release(orderId: string): Promise<Outcome>;
}
