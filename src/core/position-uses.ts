import { NONE } from "../base/units.ts";
import { Views } from "../base/views.ts";
import { ROWS_A_TURN, walkRows } from "../base/walk-rows.ts";
import { AreaViews } from "./area-views.ts";
import * as layout from "./assembly/layout.ts";
import { PositionTable } from "./position-table.ts";

const ROW_WORDS = layout.POSITION_BYTES / 4;

/**
 * Knows the largest position of each account while the core works on another thread, as the last look through all rows has found it. A look
 * takes turns of the main thread, and copies only the rows of accounts that have changed since the one before. Rows are only added, and none
 * moves.
 */
export class PositionUses {
  private readonly area: AreaViews;
  private readonly locks: Int32Array;
  private readonly rows: Int32Array;
  /** By row: the lock of its account when it was read last, and what it came to. */
  private readonly seen: Int32Array;
  private readonly worst: Float64Array;
  /** By account: the row of its largest position, or NONE; as found by the last look, and by the one under way. */
  private largest: Int32Array;
  private next: Int32Array;
  /** Rows that `largest` is of. */
  private known = 0;
  private isLooking = false;
  private readonly copy = new Views(new ArrayBuffer(layout.POSITION_BYTES));
  private readonly position: PositionTable;

  /** `at` is the first byte of the core's area in its memory, which has taken up its journal. */
  constructor(
    buffer: ArrayBufferLike,
    at: number,
    private readonly rowsATurn = ROWS_A_TURN,
  ) {
    this.area = new AreaViews(buffer, at);
    const capacity = this.area.word(layout.POSITION_CAPACITY);
    const accounts = this.area.word(layout.ACCOUNT_NAMES + layout.NAME_CAPACITY);
    this.locks = this.area.ints(layout.ACCOUNT_LOCKS_AT, accounts);
    this.rows = this.area.ints(layout.POSITIONS_AT, capacity * ROW_WORDS);
    // No lock is odd while its row is as it should be.
    this.seen = new Int32Array(capacity).fill(-1);
    this.worst = new Float64Array(capacity);
    this.largest = new Int32Array(accounts).fill(NONE);
    this.next = new Int32Array(accounts);
    this.position = new PositionTable(this.area, this.copy).aim(0);
  }

  /** Looks through all rows, unless a look is under way: what its first turn finds is known at once, the rest when it is done. */
  async look(): Promise<void> {
    if (this.isLooking) return;
    this.isLooking = true;
    this.next.fill(NONE);
    const count = this.area.word(layout.POSITION_COUNT);
    const take = (from: number, to: number, isLast: boolean): void => {
      for (let row = from; row < to; row++) this.take(row, this.next);
      if (!isLast) return;
      [this.largest, this.next] = [this.next, this.largest];
      this.known = count;
      this.isLooking = false;
    };
    await walkRows(count, take, this.rowsATurn);
  }

  /** The largest that a position of an account can become, 1e-8 units, rounded; 0: it has none. */
  largestOf(account: number): number {
    const row = this.rowOf(account);
    return row === NONE ? 0 : this.worst[row]!;
  }

  /** The row of that position, or NONE; `account` by index. Rows that have come since the last look are looked at. */
  rowOf(account: number): number {
    const end = Math.min(this.area.word(layout.POSITION_COUNT), this.known + this.rowsATurn);
    for (; this.known < end; this.known++) this.take(this.known, this.largest);
    return this.largest[account] ?? NONE;
  }

  /** Looks at a row. One that is being changed counts as it was before. */
  private take(row: number, largest: Int32Array): void {
    const account = this.rows[row * ROW_WORDS]!;
    this.read(row, account);
    const before = largest[account]!;
    if (this.worst[row]! > (before === NONE ? 0 : this.worst[before]!)) largest[account] = row;
  }

  private read(row: number, account: number): void {
    const lock = Atomics.load(this.locks, account);
    if (lock === this.seen[row] || (lock & 1) !== 0) return;
    for (let i = 0; i < ROW_WORDS; i++) this.copy.ints[i] = Atomics.load(this.rows, row * ROW_WORDS + i);
    if (Atomics.load(this.locks, account) !== lock) return;
    this.seen[row] = lock;
    this.worst[row] = Number(this.position.worst);
  }
}
