import { NONE } from "../base/units.ts";

/*  Resting orders: each side of a symbol is a list of price levels from best to worst, each level a list of orders
 *  from first to last in time.
 *
 *  best ──▶ level 101 ──worse──▶ level 100 ──worse──▶ level 98
 *            │ first ▶ order ▶ order ◀ last
 */

/** The lists of all symbols, in one table of levels and one of orders; it has as many levels as orders. */
export class Levels {
  readonly priceE8: Float64Array;
  readonly first: Int32Array;
  /** The next level away from the best price. */
  readonly worse: Int32Array;
  /** By order: the next order of its level. */
  readonly next: Int32Array;
  private readonly last: Int32Array;
  private readonly better: Int32Array;
  private readonly previous: Int32Array;
  private readonly levelOf: Int32Array;
  /** By symbol and side: the best level. */
  private readonly tops: Int32Array;
  private readonly topOf: Int32Array;
  private freeLevel = 0;

  constructor(maxOrders: number, maxSymbols: number) {
    this.priceE8 = new Float64Array(maxOrders);
    this.first = new Int32Array(maxOrders);
    this.last = new Int32Array(maxOrders);
    this.worse = new Int32Array(maxOrders);
    this.better = new Int32Array(maxOrders);
    this.topOf = new Int32Array(maxOrders);
    this.next = new Int32Array(maxOrders);
    this.previous = new Int32Array(maxOrders);
    this.levelOf = new Int32Array(maxOrders);
    this.tops = new Int32Array(2 * maxSymbols).fill(NONE);
    for (let i = 0; i < maxOrders; i++) this.worse[i] = i + 1 < maxOrders ? i + 1 : NONE;
  }

  best(symbol: number, buys: boolean): number {
    return this.tops[2 * symbol + (buys ? 1 : 0)]!;
  }

  /** Adds an order behind all others of its price. */
  add(order: number, symbol: number, buys: boolean, priceE8: number): void {
    const top = 2 * symbol + (buys ? 1 : 0);
    let before = NONE;
    let level = this.tops[top]!;
    while (level !== NONE && (buys ? this.priceE8[level]! > priceE8 : this.priceE8[level]! < priceE8)) {
      before = level;
      level = this.worse[level]!;
    }
    if (level === NONE || this.priceE8[level] !== priceE8) level = this.insert(top, before, level, priceE8);
    const last = this.last[level]!;
    this.levelOf[order] = level;
    this.previous[order] = last;
    this.next[order] = NONE;
    if (last === NONE) this.first[level] = order;
    else this.next[last] = order;
    this.last[level] = order;
  }

  remove(order: number): void {
    const level = this.levelOf[order]!;
    const before = this.previous[order]!;
    const after = this.next[order]!;
    if (before === NONE) this.first[level] = after;
    else this.next[before] = after;
    if (after === NONE) this.last[level] = before;
    else this.previous[after] = before;
    if (this.first[level] === NONE) this.unlink(level);
  }

  private insert(top: number, before: number, after: number, priceE8: number): number {
    const level = this.freeLevel;
    this.freeLevel = this.worse[level]!;
    this.priceE8[level] = priceE8;
    this.first[level] = NONE;
    this.last[level] = NONE;
    this.topOf[level] = top;
    this.better[level] = before;
    this.worse[level] = after;
    if (before === NONE) this.tops[top] = level;
    else this.worse[before] = level;
    if (after !== NONE) this.better[after] = level;
    return level;
  }

  private unlink(level: number): void {
    const before = this.better[level]!;
    const after = this.worse[level]!;
    if (before === NONE) this.tops[this.topOf[level]!] = after;
    else this.worse[before] = after;
    if (after !== NONE) this.better[after] = before;
    this.worse[level] = this.freeLevel;
    this.freeLevel = level;
  }
}
