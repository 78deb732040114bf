import type { Out } from "./outs.ts";

export type State = "PendingNew" | "New" | "Partial" | "Filled" | "Canceled" | "Rejected" | "Expired" | "DoneForDay";

export const STATUS: Record<State, string> = {
  PendingNew: "A",
  New: "0",
  Partial: "1",
  Filled: "2",
  Canceled: "4",
  Rejected: "8",
  Expired: "C",
  DoneForDay: "3",
};

export interface Pending {
  kind: "cancel" | "replace";
  number: number;
  id: string;
  qty: bigint;
  px: bigint;
  /** Why it was sent, if not at the client's own request (record/control-codes.ts). */
  cause?: number;
}

export interface ModelOrder {
  slot: number;
  number: number;
  numbers: Set<number>;
  current: number;
  session: number;
  account: string;
  /** Of its session; "": it has none. */
  trader: string;
  symbol: string;
  /** Multiplier times rate when it was accepted, 1e-16. */
  factor: bigint;
  /** The core knew them when the order came. */
  hasAccount: boolean;
  hasSymbol: boolean;
  venue: number;
  side: number;
  type: number;
  tif: number;
  qty: bigint;
  px: bigint;
  cum: bigint;
  leaves: bigint;
  value: bigint;
  /** False where the value of an execution is beyond all money, until there are none. */
  isValued: boolean;
  /** What its executions add to its account, each rounded up. */
  worth: bigint;
  state: State;
  pending: Pending | null;
  id: string;
  /** Oldest first. */
  ids: string[];
  /** The newest of them is that of a cancel that its client has not sent, other than an operator's. */
  newestIsOurs: boolean;
  venueId: string;
  /** Of the newest request. */
  epoch: number;
  day: number;
  /** Its newest request, which was refused because the venue does not answer; null: that was not so. */
  refused: Pending | null;
  /** The client was told of the new order that the venue does not answer. */
  isToldSilent: boolean;
  /** Those of `ids` that lead to another order since. */
  hidden: Set<string>;
}

export const isOpen = (order: ModelOrder): boolean => ["PendingNew", "New", "Partial"].includes(order.state);
export const char = (value: number): string => (value === 0 ? "" : String.fromCharCode(value));
/** 1e-4 money, rounded up; `factor`: multiplier times rate, 1e-16. */
export const money = (qty: bigint, px: bigint, factor: bigint): bigint => {
  const exact = qty * px * factor;
  return exact < 0n ? -(-exact / E28) : (exact + E28 - 1n) / E28;
};
const E28 = 10n ** 28n;
/** Multiplier and rate are 1. */
export const FACTOR_1 = 10n ** 16n;
export const size = (value: bigint): bigint => (value < 0n ? -value : value);

/** What an execution is of. */
export type Executed = Pick<ModelOrder, "account" | "side" | "symbol">;

/** Trading days begin at midnight UTC. */
export const dayOf = (timeUs: number): number => Math.floor(timeUs / 86_400_000_000);

export const EMPTY_REPORT: Out = {
  out: "",
  session: 0,
  index: 0,
  execType: "",
  ordStatus: "",
  side: "",
  id: "",
  orig: "",
  orderId: "",
  execId: "",
  symbol: "",
  account: "",
  quantity: 0,
  price: 0,
  lastQty: 0,
  lastPx: 0,
  cumQty: 0,
  leavesQty: 0,
  avgPx: 0,
  reason: 0,
  ordRejReason: 0,
  cxlRejReason: 0,
  responseTo: "",
  text: "",
};
