import { NO_PRICE } from "../../src/base/units.ts";
import * as why from "../../src/core/risk/reason-codes.ts";
import * as code from "../../src/record/codes.ts";
import { isOpen, type ModelOrder } from "./model-order.ts";

const REJECT = 1n;
const CANCEL_OLD = 2n;
const CANCEL_BOTH = 3n;
const CLIENT = 1n;

/** What is asked of the ledger. */
interface Ledger {
  readonly orders: ReadonlyMap<number, ModelOrder>;
  settingOf(account: string, setting: string): bigint;
  /** "" for an account without one. */
  clientOf(account: string): string;
  isUp(venue: number): boolean;
}

/** An order, or what a replace makes of one. */
interface CheckTerms {
  readonly account: string;
  readonly symbol: string;
  readonly side: number;
  readonly type: number;
  readonly price: bigint;
  readonly venue: number;
  readonly isTriggered: boolean;
}

/** Orders of accounts that prevent self trades. */
export class ModelSelfTrade {
  /** Those that the last order could trade with, the most aggressive first. */
  private crossing: ModelOrder[] = [];
  private mode = 0n;

  constructor(private readonly ledger: Ledger) {}

  /** Returns SELF_TRADE for an order that could trade with one of its group. */
  check(of: CheckTerms): number {
    const { account, symbol, side, type, price, venue, isTriggered } = of;
    const group = this.groupOf(account);
    if (group === null || (waits(type) && !isTriggered)) return why.ACCEPTED;
    const px = type === code.TYPE_STOP ? NO_PRICE : price;
    const isBuy = side === code.SIDE_BUY;
    this.mode = this.ledger.settingOf(account, "selfTrade");
    const meets = [...this.ledger.orders.values()].filter((order) => {
      if (!isOpen(order) || order.symbol !== symbol || (order.side === code.SIDE_BUY) === isBuy) return false;
      if (waits(order.type) && order.cum === 0n) return false;
      if (order.tif === code.TIF_IOC || order.tif === code.TIF_FOK || this.groupOf(order.account) !== group)
        return false;
      const price = restingPrice(order);
      return px === NO_PRICE || price === NO_PRICE || (isBuy ? px >= price : px <= price);
    });
    const isLeaving = ({ pending }: ModelOrder): boolean => pending?.kind === "cancel";
    this.crossing = meets.filter((order) => !isLeaving(order)).sort(isBuy ? byLowest : byHighest);
    const isCounted = (order: ModelOrder): boolean =>
      this.mode !== CANCEL_OLD || !isLeaving(order) || order.venue !== venue;
    return meets.some(isCounted) ? why.SELF_TRADE : why.ACCEPTED;
  }

  /** The next order that is canceled for the one that was refused, if any. */
  next(): ModelOrder | undefined {
    const [first] = this.crossing;
    if (this.mode === REJECT || first === undefined) return undefined;
    return first.pending === null && this.ledger.isUp(first.venue) ? first : undefined;
  }

  /** Null for an account that does not prevent them. */
  private groupOf(account: string): string | null {
    const mode = this.ledger.settingOf(account, "selfTrade");
    if (mode < REJECT || mode > CANCEL_BOTH) return null;
    const client = this.ledger.settingOf(account, "selfTradeGroup") === CLIENT ? this.ledger.clientOf(account) : "";
    return client === "" ? `account ${account}` : `client ${client}`;
  }
}

/** A stop or if-touched order trades only once it is triggered. */
function waits(type: number): boolean {
  return [code.TYPE_STOP, code.TYPE_STOP_LIMIT, code.TYPE_MARKET_IF_TOUCHED].includes(type);
}

/** The most aggressive price at which it may rest; NO_PRICE: any. */
function restingPrice({ type, px, pending, side }: ModelOrder): bigint {
  if (type === code.TYPE_STOP) return NO_PRICE;
  if (px === NO_PRICE || pending?.kind !== "replace") return px;
  return (side === code.SIDE_BUY) === pending.px > px ? pending.px : px;
}

function byLowest(one: ModelOrder, other: ModelOrder): number {
  return compared(restingPrice(one), restingPrice(other)) || one.slot - other.slot;
}

function byHighest(one: ModelOrder, other: ModelOrder): number {
  const [first, second] = [restingPrice(one), restingPrice(other)];
  if (first === NO_PRICE || second === NO_PRICE) return compared(first, second) || one.slot - other.slot;
  return compared(second, first) || one.slot - other.slot;
}

/** Without a price first: NO_PRICE is below all. */
function compared(one: bigint, other: bigint): number {
  return one === other ? 0 : one < other ? -1 : 1;
}
