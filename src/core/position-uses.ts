import { Views } from "../base/views.ts";
import { AreaViews } from "./area-views.ts";
import * as layout from "./assembly/layout.ts";
import { PositionTable } from "./position-table.ts";

const ROW_WORDS = layout.POSITION_BYTES / 4;

/**
 * Reads how large positions can become while the core works on another thread. It copies only the rows of accounts that have changed since
 * the last call.
 */
export class PositionUses {
  private readonly area: AreaViews;
  private readonly locks: Int32Array;
  private readonly rows: Int32Array;
  /** By row: the lock of its account when it was read last, and what it came to. */
  private readonly seen: Int32Array;
  private readonly worst: Float64Array;
  private readonly copy = new Views(new ArrayBuffer(layout.POSITION_BYTES));
  private readonly position: PositionTable;

  /** `at` is the first byte of the core's area in its memory, which has taken up its journal. */
  constructor(buffer: ArrayBufferLike, at: number) {
    this.area = new AreaViews(buffer, at);
    const capacity = this.area.word(layout.POSITION_CAPACITY);
    this.locks = this.area.ints(layout.ACCOUNT_LOCKS_AT, this.area.word(layout.ACCOUNT_NAMES + layout.NAME_CAPACITY));
    this.rows = this.area.ints(layout.POSITIONS_AT, capacity * ROW_WORDS);
    // No lock is odd while its row is as it should be.
    this.seen = new Int32Array(capacity).fill(-1);
    this.worst = new Float64Array(capacity);
    this.position = new PositionTable(this.area, this.copy).aim(0);
  }

  /**
   * By account index: the largest that a position of it can become, 1e-8 units, rounded. A row that is being changed counts as it
   * was before.
   */
  read(): ReadonlyMap<number, number> {
    const count = this.area.word(layout.POSITION_COUNT);
    const largest = new Map<number, number>();
    for (let row = 0; row < count; row++) {
      const account = this.rows[row * ROW_WORDS]!;
      this.look(row, account);
      const worst = this.worst[row]!;
      if (worst > (largest.get(account) ?? 0)) largest.set(account, worst);
    }
    return largest;
  }

  private look(row: number, account: number): void {
    const lock = Atomics.load(this.locks, account);
    if (lock === this.seen[row] || (lock & 1) !== 0) return;
    for (let i = 0; i < ROW_WORDS; i++) this.copy.ints[i] = Atomics.load(this.rows, row * ROW_WORDS + i);
    if (Atomics.load(this.locks, account) !== lock) return;
    this.seen[row] = lock;
    this.worst[row] = Number(this.position.worst);
  }
}
