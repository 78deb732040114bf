import { ID_BYTES, idText, SHORT_ID_BYTES } from "../base/id.ts";
import { AccountRow } from "./account-row.ts";
import type { AreaViews } from "./area-views.ts";
import * as layout from "./assembly/layout.ts";
import { UNMATCHED_LAST, UNMATCHED_NUMBER } from "./assembly/unmatched-layout.ts";
import { Order } from "./orders/order.ts";

/** Reads what a core knows. Only the core's own thread sees it whole. */
export class CoreTables {
  readonly order: Order;
  readonly account: AccountRow;
  private readonly ids: Uint8Array;
  private readonly idWords: Int32Array;
  private readonly tails: Uint8Array;

  constructor(private readonly area: AreaViews) {
    const capacity = area.word(layout.ID_CAPACITY);
    const accounts = area.word(layout.ACCOUNT_NAMES + layout.NAME_CAPACITY);
    this.order = new Order(area.table(layout.ORDERS_AT, area.word(layout.MAX_ORDERS) * layout.ORDER_BYTES));
    this.account = new AccountRow(area.table(layout.ACCOUNTS_AT, (accounts + 1) * layout.ACCOUNT_BYTES));
    this.ids = area.tableBytes(layout.IDS_AT, capacity * layout.ID_ENTRY_BYTES);
    this.idWords = area.ints(layout.IDS_AT, (capacity * layout.ID_ENTRY_BYTES) / 4);
    this.tails = area.tableBytes(layout.ID_TAILS_AT, capacity * layout.TAIL_BYTES);
  }

  /** Slots of orders that have ever been used: [0, fresh). */
  get fresh(): number {
    return this.area.word(layout.FRESH);
  }

  get openCount(): number {
    return this.area.word(layout.OPEN_COUNT);
  }

  get accountCount(): number {
    return this.area.word(layout.ACCOUNT_NAMES + layout.NAME_COUNT);
  }

  /** Slot of the order of the last report that was of a known one, -1 for none. */
  get orderSlot(): number {
    return this.area.word(layout.ORDER_SLOT);
  }

  /** Tag of the field at fault in the last report, or 0. */
  get faultTag(): number {
    return this.area.word(layout.FAULT_TAG);
  }

  /** What became of the last report that is of no order here (assembly/unmatched-layout.ts), and the number of the newest one that is kept. */
  get unmatchedLast(): number {
    return this.area.word(UNMATCHED_LAST);
  }
  get unmatchedNumber(): number {
    return this.area.double(UNMATCHED_NUMBER);
  }

  /** Copies a ClOrdID by its entry; returns the offset behind it. */
  copyClOrdId(entry: number, bytes: Uint8Array, at: number): number {
    const length =
      (this.idWords[(entry * layout.ID_ENTRY_BYTES + layout.ID_OWNER_AT) >> 2]! & ~layout.ID_HIDDEN) >>>
      layout.ID_LENGTH_SHIFT;
    for (let i = 0; i < length; i++)
      bytes[at + i] =
        i < SHORT_ID_BYTES
          ? this.ids[entry * layout.ID_ENTRY_BYTES + i]!
          : this.tails[entry * layout.TAIL_BYTES + i - SHORT_ID_BYTES]!;
    return at + length;
  }

  clOrdId(entry: number): string {
    const bytes = new Uint8Array(ID_BYTES);
    return idText(bytes, 0, this.copyClOrdId(entry, bytes, 0));
  }

  symbolName(index: number): string {
    const length = this.area.tableBytes(layout.SYMBOL_NAMES + layout.NAME_LENGTHS_AT, index + 1)[index]!;
    const names = this.area.tableBytes(layout.SYMBOL_NAMES + layout.NAMES_AT, (index + 1) * ID_BYTES);
    return idText(names, index * ID_BYTES, length);
  }
}
