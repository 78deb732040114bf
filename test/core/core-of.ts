import { ID_BYTES, idText } from "../../src/base/id.ts";
import { MAX_ORDERS, ORDER_IDS_AT } from "../../src/core/assembly/layout.ts";
import type { CoreConfig } from "../../src/core/config.ts";
import { Core } from "../../src/core/core.ts";
import {
  CONTROL_APPLIED,
  CONTROL_ASSIGN_REPORT,
  CONTROL_CHANGE,
  CONTROL_CHANGE_LASTING,
  CONTROL_CHANGE_UNTIL,
  CONTROL_CHANGES_END,
  CONTROL_CONFIGURE,
  CONTROL_DISMISS_REPORT,
  CONTROL_OVERRIDE,
  CONTROL_OVERRIDE_END,
  CONTROL_POSITIONS,
  CONTROL_UNCHANGED,
} from "../../src/record/control-codes.ts";
import { type Amount, inUnits, shown } from "../numbers.ts";

/** A core with rings of this number of slots to clients and to venues. */
export function coreOf(config: CoreConfig, slots = 1024): Core {
  return Core.alone(config, { toClients: slots, toVenues: slots, inputs: 2, control: 2, groups: 2 });
}

/** Slot of the order that a venue knows by an OrderID, -1 for none: to which its index leads. */
export function byOrderId({ area, tables }: Core, venue: number, orderId: string): number {
  const ids = area.tableBytes(ORDER_IDS_AT, area.word(MAX_ORDERS) * ID_BYTES);
  for (let slot = 0; slot < tables.fresh; slot++) {
    const order = tables.order.aim(slot);
    if (!order.isByOrderId || order.venue !== venue) continue;
    if (idText(ids, slot * ID_BYTES, order.orderIdLength) === orderId) return slot;
  }
  return -1;
}

/** Exposure by account. */
export class Accounts {
  constructor(readonly core: Core) {}

  openOrders(account: number): number {
    return this.core.tables.account.aim(account).openOrders;
  }
  openNotional(account: number, side: number): Amount {
    return shown(this.core.tables.account.aim(account).openNotional(side));
  }
  executedNotional(account: number, side: number): Amount {
    return shown(this.core.tables.account.aim(account).executedNotional(side));
  }
  executedQty(account: number, side: number): Amount {
    return inUnits(this.core.tables.account.aim(account).executedQty(side));
  }
  position(account: number): Amount {
    return inUnits(this.core.tables.account.aim(account).position);
  }
}

/** The result that is journalled with a command; 0: none. Of positions applied, also where they were as asked. */
export function journalled(kind: number, result: number): number {
  if (kind === CONTROL_POSITIONS) return result === CONTROL_UNCHANGED ? CONTROL_APPLIED : result;
  const kinds = [
    ...[CONTROL_CHANGE, CONTROL_CHANGE_LASTING, CONTROL_CONFIGURE, CONTROL_CHANGE_UNTIL, CONTROL_CHANGES_END],
    ...[CONTROL_OVERRIDE, CONTROL_OVERRIDE_END, CONTROL_ASSIGN_REPORT, CONTROL_DISMISS_REPORT],
  ];
  return kinds.includes(kind) ? result : 0;
}
