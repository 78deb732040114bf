import type { Views } from "../base/views.ts";
import type { AreaViews } from "./area-views.ts";
import * as layout from "./assembly/layout.ts";

// Of a position's row (core/assembly/positions.ts): two ints, then eight bytes each.
const NUMBERS = layout.POSITION_BYTES / 8;
const DAY = 1;
const START = 2;
const TODAY = 3;
const OPEN_BUY = 4;
const OPEN_SELL = 5;
/** From a low part to its high part. */
const TO_HIGH = 4;
/** Longs that are kept in snapshots: the day, both parts of start and today. */
const KEPT = [DAY, START, TODAY, START + TO_HIGH, TODAY + TO_HIGH];
const HALF = 64n;

/** Positions of accounts in symbols, a row each. */
export class PositionTable {
  private at = 0;

  /** A table of copied rows has separate `views`. */
  constructor(
    private readonly area: AreaViews,
    readonly views: Views = area.table(
      layout.POSITIONS_AT,
      area.word(layout.POSITION_CAPACITY) * layout.POSITION_BYTES,
    ),
  ) {}

  /** Rows that are used. */
  get count(): number {
    return this.area.word(layout.POSITION_COUNT);
  }

  aim(row: number): this {
    this.at = row * NUMBERS;
    return this;
  }

  get account(): number {
    return this.views.ints[2 * this.at]!;
  }
  get symbol(): number {
    return this.views.ints[2 * this.at + 1]!;
  }
  /** Trading day that `start` is of. */
  get day(): number {
    return this.views.doubles[this.at + DAY]!;
  }
  /** At the start of that day, and bought less sold since then; 1e-8 units. */
  get start(): bigint {
    return this.sumAt(START);
  }
  get today(): bigint {
    return this.sumAt(TODAY);
  }
  get position(): bigint {
    return this.start + this.today;
  }
  /** What open orders can still buy and sell. */
  get openBuy(): bigint {
    return this.sumAt(OPEN_BUY);
  }
  get openSell(): bigint {
    return this.sumAt(OPEN_SELL);
  }
  /** As if all open orders of one side were filled and none of the other: the larger of both, 0 or more. */
  get worst(): bigint {
    const long = this.position + this.openBuy;
    const short = this.openSell - this.position;
    const larger = long > short ? long : short;
    return larger > 0n ? larger : 0n;
  }

  /** Position and day, for a snapshot, which `setKept` takes. */
  kept(): bigint[] {
    return KEPT.map((long) => this.views.longs[this.at + long]!);
  }

  setKept(longs: ArrayLike<bigint>): void {
    for (const [i, long] of KEPT.entries()) this.views.longs[this.at + long] = longs[i]!;
  }

  private sumAt(long: number): bigint {
    const { longs } = this.views;
    return (longs[this.at + long + TO_HIGH]! << HALF) + BigInt.asUintN(64, longs[this.at + long]!);
  }
}

/** How many longs `kept` has. */
export const KEPT_LONGS = KEPT.length;
