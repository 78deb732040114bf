import { averageE8 } from "../base/average.ts";
import type { Value } from "./column.ts";

export type OrderState =
  | "refused"
  | "pending-new"
  | "new"
  | "partially-filled"
  | "filled"
  | "canceled"
  | "rejected"
  | "expired"
  | "done-for-day";

/** An order as the journal tells of it; prices and quantities in 1e-8. */
export interface Order {
  readonly receivedUs: number;
  readonly session: string;
  /** ClOrdID of the new order. */
  readonly clOrdId: string;
  /** ClOrdID that it goes by now. */
  currentId: string;
  /** OrderID (37) that its client sees; 0 for a refused one. */
  readonly number: number;
  readonly account: string;
  readonly symbol: string;
  readonly side: string;
  readonly type: string;
  readonly timeInForce: string;
  readonly reason: string;
  readonly venue: string;
  quantity: bigint;
  /** Price, of a stop order StopPx; null for one like a market order. */
  priceE8: bigint | null;
  venueOrderId: string;
  state: OrderState;
  cumQty: bigint;
  /** Sum of quantity times price of its executions, 1e-16. */
  worth: bigint;
  changedUs: number;
  needsAttention: boolean;
  /** What it executed, by ExecID: needed for busts and corrections. */
  readonly fills: Map<string, Fill>;
  /** Terms of replaces that its venue has not answered, by their number. */
  readonly replaces: Map<number, Terms>;
}

export interface Fill {
  readonly quantity: bigint;
  readonly priceE8: bigint;
}

export interface Terms {
  readonly clOrdId: string;
  readonly quantity: bigint;
  readonly priceE8: bigint | null;
}

const OPEN: readonly OrderState[] = ["pending-new", "new", "partially-filled"];

export function isOpen({ state }: Order): boolean {
  return OPEN.includes(state);
}

export function leavesOf(order: Order): bigint {
  return isOpen(order) && order.quantity > order.cumQty ? order.quantity - order.cumQty : 0n;
}

/** Average price of the executions; null without any. */
export function averageOf({ worth, cumQty }: Order): Value {
  return cumQty === 0n ? null : averageE8(worth, cumQty);
}
