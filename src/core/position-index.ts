import { NONE } from "../base/units.ts";
import type { AreaViews } from "./area-views.ts";
import * as layout from "./assembly/layout.ts";

const ROW_WORDS = layout.POSITION_BYTES / 4;

/**
 * Finds the row of an account in a symbol as the core does (core/assembly/positions.ts), while that works on another thread. Rows are only
 * added, and none moves. For a core that has taken up its journal.
 */
export class PositionIndex {
  private readonly index: Int32Array;
  private readonly rows: Int32Array;

  constructor(private readonly area: AreaViews) {
    this.index = area.ints(layout.POSITION_INDEX_AT, area.word(layout.POSITION_INDEX_SLOTS));
    this.rows = area.ints(layout.POSITIONS_AT, area.word(layout.POSITION_CAPACITY) * ROW_WORDS);
  }

  /** Rows that can be added. */
  get room(): number {
    return this.area.word(layout.POSITION_CAPACITY) - this.area.word(layout.POSITION_COUNT);
  }

  /** The row of an account in a symbol, both by index, or NONE. */
  find(account: number, symbol: number): number {
    const mask = this.index.length - 1;
    for (let place = firstPlace(account, symbol) & mask; ; place = (place + 1) & mask) {
      const row = Atomics.load(this.index, place) - 1;
      if (row === NONE) return NONE;
      if (this.rows[row * ROW_WORDS] === account && this.rows[row * ROW_WORDS + 1] === symbol) return row;
    }
  }
}

function firstPlace(account: number, symbol: number): number {
  const hash = Math.imul(account, 0x9e3779b1) ^ Math.imul(symbol, 0x85ebca6b);
  return hash ^ (hash >>> 15);
}
