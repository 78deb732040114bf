import { ORDER_TYPES, type OrderType, TIMES_IN_FORCE, type TimeInForce } from "../base/order-kinds.ts";
import { choices, flag } from "./fields.ts";

/** What an account, a client or a client session may use. `of`: whose orders. */
export const rights = (of: string) => ({
  orderTypes: choices(`Order types (40) that ${of} may have.`, Object.keys(ORDER_TYPES) as OrderType[]),
  timesInForce: choices(`Times in force (59) that ${of} may have.`, Object.keys(TIMES_IN_FORCE) as TimeInForce[]),
  shortSales: flag(`Whether ${of} may sell short (54=5).`, { default: true }),
  locateRequired: flag(
    `Whether short sales of ${of} need a locate: LocateReqd (114) is N, or LocateBroker (5700) is there.`,
    { default: false },
  ),
});

/** The same of a table that was checked. */
export interface Rights {
  orderTypes: OrderType[];
  timesInForce: TimeInForce[];
  shortSales: boolean;
  locateRequired: boolean;
}

export function resolveRights({ orderTypes, timesInForce, shortSales, locateRequired }: Rights): Rights {
  return { orderTypes, timesInForce, shortSales, locateRequired };
}
