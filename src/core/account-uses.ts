import { ID_BYTES, idText } from "../base/id.ts";
import { NO_PRICE } from "../base/units.ts";
import { Views } from "../base/views.ts";
import { AccountRow } from "./account-row.ts";
import { AreaViews } from "./area-views.ts";
import * as layout from "./assembly/layout.ts";

/** An account that has open orders, orders in some second, or a limit of its positions; its row is a copy. */
export interface AccountUse {
  readonly account: string;
  /** Its index in the core. */
  readonly index: number;
  readonly row: AccountRow;
}

const ROW_WORDS = layout.ACCOUNT_BYTES / 4;

/**
 * Reads what accounts use of their limits while the core works on another thread. It copies only the rows that have changed since the
 * last call: of 65,536 accounts few trade in a second.
 */
export class AccountUses {
  private readonly locks: Int32Array;
  private readonly rows: Int32Array;
  /** By account: its lock when its row was read last. */
  private readonly seen: Int32Array;
  private copy = emptyRow();
  private readonly area: AreaViews;
  private readonly uses = new Map<number, AccountUse>();

  /** `at` is the first byte of the core's area in its memory, which has taken up its journal. */
  constructor(buffer: ArrayBufferLike, at: number) {
    this.area = new AreaViews(buffer, at);
    const count = this.area.word(layout.ACCOUNT_NAMES + layout.NAME_CAPACITY);
    this.locks = this.area.ints(layout.ACCOUNT_LOCKS_AT, count);
    this.rows = this.area.ints(layout.ACCOUNTS_AT, count * ROW_WORDS);
    // No lock is odd while its row is as it should be.
    this.seen = new Int32Array(count).fill(-1);
  }

  /** Accounts that have open orders, orders in some second, or a limit of their positions, which may be given. A row that is being changed is read by the next call. */
  read(): Iterable<AccountUse> {
    const count = this.area.word(layout.ACCOUNT_NAMES + layout.NAME_COUNT);
    for (let account = 0; account < count; account++) {
      const lock = Atomics.load(this.locks, account);
      if (lock === this.seen[account] || (lock & 1) !== 0) continue;
      const from = account * ROW_WORDS;
      for (let i = 0; i < ROW_WORDS; i++) this.copy.ints[i] = Atomics.load(this.rows, from + i);
      if (Atomics.load(this.locks, account) !== lock) continue;
      this.seen[account] = lock;
      this.take(account);
    }
    return this.uses.values();
  }

  private take(account: number): void {
    const row = new AccountRow(this.copy).aim(0);
    if (row.openOrders === 0 && row.ordersInSecond === 0 && row.maxPosition === NO_PRICE) {
      this.uses.delete(account);
      return;
    }
    const name = this.uses.get(account)?.account ?? this.nameOf(account);
    this.uses.set(account, { account: name, index: account, row });
    this.copy = emptyRow();
  }

  private nameOf(account: number): string {
    const table = layout.ACCOUNT_NAMES;
    const length = this.area.tableBytes(table + layout.NAME_LENGTHS_AT, account + 1)[account]!;
    return idText(this.area.tableBytes(table + layout.NAMES_AT, (account + 1) * ID_BYTES), account * ID_BYTES, length);
  }
}

function emptyRow(): Views {
  return new Views(new ArrayBuffer(layout.ACCOUNT_BYTES));
}
