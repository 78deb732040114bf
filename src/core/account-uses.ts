import { ID_BYTES, idText } from "../base/id.ts";
import { NO_PRICE } from "../base/units.ts";
import { Views } from "../base/views.ts";
import { AccountRow } from "./account-row.ts";
import { AreaViews } from "./area-views.ts";
import * as layout from "./assembly/layout.ts";
import { FIRM_ROW } from "./level-rows.ts";

/**
 * An account that has open orders, orders in some second, or a limit of its positions; or another level (core/level-rows.ts) with a limit
 * that fills up. Its row is a copy.
 */
export interface AccountUse {
  readonly account: string;
  /** Its index in the core. */
  readonly index: number;
  readonly row: AccountRow;
}

const ROW_WORDS = layout.ACCOUNT_BYTES / 4;
/** Tries before the row of a client or the firm is left to the next call: orders of any account change it, each for some microseconds. */
const LEVEL_TRIES = 1_000;

/**
 * Reads what accounts use of their limits while the core works on another thread. It copies only the rows that have changed since the
 * last call: of 65,536 accounts few trade in a second.
 */
export class AccountUses {
  private readonly locks: Int32Array;
  private readonly rows: Int32Array;
  /** By account: its lock when its row was read last. */
  private readonly seen: Int32Array;
  /** Row of the firm. */
  private readonly firm: number;
  private copy = emptyRow();
  private readonly area: AreaViews;
  private readonly uses = new Map<number, AccountUse>();

  /** `at` is the first byte of the core's area in its memory, which has taken up its journal. */
  constructor(buffer: ArrayBufferLike, at: number) {
    this.area = new AreaViews(buffer, at);
    const count = this.area.word(layout.ACCOUNT_NAMES + layout.NAME_CAPACITY);
    this.firm = count;
    this.locks = this.area.ints(layout.ACCOUNT_LOCKS_AT, count + 1);
    this.rows = this.area.ints(layout.ACCOUNTS_AT, (count + 1) * ROW_WORDS);
    // No lock is odd while its row is as it should be.
    this.seen = new Int32Array(count + 1).fill(-1);
  }

  /**
   * Accounts that have open orders, orders in some second, or a limit of their positions, which may be given; and all levels with limits.
   * A row that is being changed is read by the next call; a level's after some tries.
   */
  read(): Iterable<AccountUse> {
    const count = this.area.word(layout.ACCOUNT_NAMES + layout.NAME_COUNT);
    for (let account = 0; account < count; account++) this.look(account);
    this.look(this.firm);
    return this.uses.values();
  }

  private look(account: number): void {
    if (this.isRead(account) || !this.isLevel(account)) return;
    for (let tries = 1; tries < LEVEL_TRIES; tries++) if (this.isRead(account)) return;
  }

  /** That stays as it is while the gateway runs. */
  private isLevel(account: number): boolean {
    return (Atomics.load(this.rows, account * ROW_WORDS) & layout.ACCOUNT_IS_LEVEL) !== 0;
  }

  /** False while the row is being changed. */
  private isRead(account: number): boolean {
    const lock = Atomics.load(this.locks, account);
    if (lock === this.seen[account]) return true;
    if ((lock & 1) !== 0) return false;
    const from = account * ROW_WORDS;
    for (let i = 0; i < ROW_WORDS; i++) this.copy.ints[i] = Atomics.load(this.rows, from + i);
    if (Atomics.load(this.locks, account) !== lock) return false;
    this.seen[account] = lock;
    this.take(account);
    return true;
  }

  private take(account: number): void {
    const row = new AccountRow(this.copy).aim(0);
    const isBusy = row.openOrders !== 0 || row.ordersInSecond !== 0 || row.maxPosition !== NO_PRICE;
    if (!(row.isLevel ? row.hasSumLimits : isBusy)) {
      this.uses.delete(account);
      return;
    }
    const name = this.uses.get(account)?.account ?? this.nameOf(account);
    this.uses.set(account, { account: name, index: account, row });
    this.copy = emptyRow();
  }

  private nameOf(account: number): string {
    if (account === this.firm) return FIRM_ROW;
    const table = layout.ACCOUNT_NAMES;
    const length = this.area.tableBytes(table + layout.NAME_LENGTHS_AT, account + 1)[account]!;
    return idText(this.area.tableBytes(table + layout.NAMES_AT, (account + 1) * ID_BYTES), account * ID_BYTES, length);
  }
}

function emptyRow(): Views {
  return new Views(new ArrayBuffer(layout.ACCOUNT_BYTES));
}
