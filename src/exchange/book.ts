import { averageE8 } from "../base/average.ts";
import { broken } from "../base/broken.ts";
import { NONE } from "../base/units.ts";
import { Levels } from "./levels.ts";

/** Events of a book; handlers must not call the book. */
export interface BookEvents {
  accepted(order: number): void;
  /** The order was not accepted; `reason` is one of BAD_…. */
  rejected(order: number, reason: number): void;
  /** `taker` traded against the resting `maker`; both have their new quantities. */
  filled(maker: number, taker: number, priceE8: number, quantity: number): void;
  /** The order's remaining quantity was cancelled: by request, or because the order may not rest. */
  cancelled(order: number): void;
  replaced(order: number): void;
}

export const BAD_QUANTITY = 1;
const BAD_PRICE = 2;
/** Quantities are whole doubles of 1e-8, and so are their sums: up to 90,071,992.54740992. */
const MOST_QUANTITY = Number.MAX_SAFE_INTEGER;

/** Results of `cancel` and `replace`. */
export const ACCEPTED = 0;
/** The order is already filled or cancelled. */
export const TOO_LATE = -1;
/** The new quantity is not above the filled quantity, or it or the price is none. */
export const BAD_REPLACE = -2;

/** Lifetime of an order: the remaining quantity rests. */
export const RESTING = 0;
/** Immediate or cancel; also every market order. */
export const IMMEDIATE = 1;
/** Fill or kill. */
export const ALL_OR_NOTHING = 2;

/** A market order's price limit. */
export const ANY_PRICE = Number.POSITIVE_INFINITY;

/**
 * Price-time matching of any number of symbols over one table of orders.
 * An order is a slot of the table: `claim` a slot, write your data of the order by slot, then `enter` it. The slot of an
 * ended order stays readable until all other free slots have been used.
 */
export class Book {
  readonly priceE8: Float64Array;
  readonly quantity: Float64Array;
  readonly filled: Float64Array;
  /** What the filled quantity is worth, 1e-16 money: exact. */
  readonly worth: bigint[];
  readonly buys: Uint8Array;
  /** 1 while it rests or is being matched. */
  readonly live: Uint8Array;
  readonly symbol: Int32Array;
  /** Count of resting orders. */
  resting = 0;
  private readonly levels: Levels;
  private readonly free: Int32Array;
  private freeFrom = 0;
  private freeCount: number;

  constructor(
    private readonly events: BookEvents,
    private readonly maxOrders: number,
    maxSymbols: number,
  ) {
    this.priceE8 = new Float64Array(maxOrders);
    this.quantity = new Float64Array(maxOrders);
    this.filled = new Float64Array(maxOrders);
    this.worth = new Array<bigint>(maxOrders).fill(0n);
    this.buys = new Uint8Array(maxOrders);
    this.live = new Uint8Array(maxOrders);
    this.symbol = new Int32Array(maxOrders);
    this.levels = new Levels(maxOrders, maxSymbols);
    this.free = new Int32Array(maxOrders);
    for (let i = 0; i < maxOrders; i++) this.free[i] = i;
    this.freeCount = maxOrders;
  }

  /** Returns the slot that has been free longest, or NONE when every slot holds a live order. */
  claim(): number {
    if (this.freeCount === 0) return NONE;
    const order = this.free[this.freeFrom]!;
    if (++this.freeFrom === this.maxOrders) this.freeFrom = 0;
    this.freeCount--;
    this.filled[order] = 0;
    this.worth[order] = 0n;
    return order;
  }

  /** AvgPx of an order, 1e-8. */
  averageE8(order: number): number {
    const filled = this.filled[order]!;
    return filled === 0 ? 0 : Number(averageE8(this.worth[order]!, BigInt(filled)));
  }

  /** LeavesQty of an order. */
  leaves(order: number): number {
    return this.live[order] === 1 ? this.quantity[order]! - this.filled[order]! : 0;
  }

  /** Enters a claimed order; `priceE8` is ANY_PRICE for a market order, NaN for none. */
  enter(order: number, symbol: number, buys: boolean, lifetime: number, priceE8: number, quantity: number): void {
    this.symbol[order] = symbol;
    this.buys[order] = buys ? 1 : 0;
    this.priceE8[order] = priceE8;
    this.quantity[order] = quantity;
    const isPriced = Number.isInteger(priceE8) || (priceE8 === ANY_PRICE && lifetime !== RESTING);
    const reason = !(quantity > 0 && quantity <= MOST_QUANTITY) ? BAD_QUANTITY : isPriced ? 0 : BAD_PRICE;
    if (reason !== 0) {
      this.events.rejected(order, reason);
      this.end(order);
      return;
    }
    this.live[order] = 1;
    this.events.accepted(order);
    if (lifetime !== ALL_OR_NOTHING || this.within(order) >= quantity) this.match(order);
    if (this.live[order] === 0) return;
    if (lifetime === RESTING) this.rest(order);
    else this.drop(order);
  }

  /** Cancels a resting order. */
  cancel(order: number): number {
    if (this.live[order] === 0) return TOO_LATE;
    this.levels.remove(order);
    this.resting--;
    this.drop(order);
    return ACCEPTED;
  }

  /** Changes a resting order. It keeps its priority only when its price is unchanged and its quantity does not grow. */
  replace(order: number, priceE8: number, quantity: number): number {
    if (this.live[order] === 0) return TOO_LATE;
    const isQuantity = quantity > this.filled[order]! && quantity <= MOST_QUANTITY;
    if (!isQuantity || !Number.isInteger(priceE8)) return BAD_REPLACE;
    const keeps = priceE8 === this.priceE8[order] && quantity <= this.quantity[order]!;
    if (!keeps) this.levels.remove(order);
    this.priceE8[order] = priceE8;
    this.quantity[order] = quantity;
    this.events.replaced(order);
    if (keeps) return ACCEPTED;
    this.resting--;
    this.match(order);
    if (this.live[order] === 1) this.rest(order);
    return ACCEPTED;
  }

  /** Best resting price of a side, or NONE. */
  best(symbol: number, buys: boolean): number {
    const level = this.levels.best(symbol, buys);
    return level === NONE ? NONE : this.levels.priceE8[level]!;
  }

  private match(taker: number): void {
    const levels = this.levels;
    const buys = this.buys[taker] === 1;
    const symbol = this.symbol[taker]!;
    while (this.live[taker] === 1) {
      const level = levels.best(symbol, !buys);
      if (level === NONE || !this.reaches(taker, levels.priceE8[level]!)) return;
      this.trade(levels.first[level]!, taker, levels.priceE8[level]!);
    }
  }

  private trade(maker: number, taker: number, priceE8: number): void {
    const there = this.quantity[maker]! - this.filled[maker]!;
    const wanted = this.quantity[taker]! - this.filled[taker]!;
    const quantity = there < wanted ? there : wanted;
    this.fill(maker, priceE8, quantity);
    this.fill(taker, priceE8, quantity);
    if (this.live[maker] === 0) {
      this.levels.remove(maker);
      this.resting--;
    }
    this.events.filled(maker, taker, priceE8, quantity);
    if (this.live[maker] === 0) this.end(maker);
    if (this.live[taker] === 0) this.end(taker);
  }

  private fill(order: number, priceE8: number, quantity: number): void {
    const filled = this.filled[order]! + quantity;
    this.worth[order]! += BigInt(priceE8) * BigInt(quantity);
    this.filled[order] = filled;
    if (filled === this.quantity[order]!) this.live[order] = 0;
  }

  private reaches(order: number, priceE8: number): boolean {
    const limit = this.priceE8[order]!;
    if (limit === ANY_PRICE) return true;
    return this.buys[order] === 1 ? priceE8 <= limit : priceE8 >= limit;
  }

  /** Quantity that can be filled at once, at most the order's. */
  private within(order: number): number {
    const levels = this.levels;
    let sum = 0;
    let level = levels.best(this.symbol[order]!, this.buys[order] === 0);
    while (level !== NONE && sum < this.quantity[order]! && this.reaches(order, levels.priceE8[level]!)) {
      for (let at = levels.first[level]!; at !== NONE; at = levels.next[at]!)
        sum += this.quantity[at]! - this.filled[at]!;
      level = levels.worse[level]!;
    }
    return sum;
  }

  private rest(order: number): void {
    this.levels.add(order, this.symbol[order]!, this.buys[order] === 1, this.priceE8[order]!);
    this.resting++;
  }

  private drop(order: number): void {
    this.live[order] = 0;
    this.events.cancelled(order);
    this.end(order);
  }

  private end(order: number): void {
    if (this.freeCount === this.maxOrders) broken("book slots", order);
    let to = this.freeFrom + this.freeCount;
    if (to >= this.maxOrders) to -= this.maxOrders;
    this.free[to] = order;
    this.freeCount++;
  }
}
