import { Type } from "@sinclair/typebox";
import {
  ORDER_TYPES,
  type OrderType,
  TIMES_IN_FORCE,
  type TimeInForce,
  USUAL_ORDER_TYPES,
  USUAL_TIMES_IN_FORCE,
} from "../base/order-kinds.ts";
import { choice } from "./fields.ts";

/** Which orders a venue takes. */
export const venueOrders = {
  orderTypes: Type.Array(choice("Order type.", Object.keys(ORDER_TYPES) as OrderType[]), {
    description: "Order types (40) that the venue takes; an order of another type is refused before it is sent.",
    default: [...USUAL_ORDER_TYPES],
    minItems: 1,
    uniqueItems: true,
  }),
  timeInForce: Type.Array(choice("Time in force.", Object.keys(TIMES_IN_FORCE) as TimeInForce[]), {
    description: "Times in force (59) that the venue takes; an order with another one is refused before it is sent.",
    default: [...USUAL_TIMES_IN_FORCE],
    minItems: 1,
    uniqueItems: true,
  }),
};

/** Names that FIX has from 4.3 on. */
const SINCE_43: Readonly<Record<string, readonly string[]>> = {
  orderTypes: ["market-if-touched"],
  timeInForce: ["at-close"],
};
const BEFORE_43: readonly unknown[] = ["FIX.4.0", "FIX.4.1", "FIX.4.2"];

/** Keys of a venue with a name that its version does not have: what it was to be, and the name. A venue with its own dictionary may have any. */
export function ordersOfLaterVersions(venue: Readonly<Record<string, unknown>>): { key: string; name: string }[] {
  if (!BEFORE_43.includes(venue.version) || venue.dictionary !== undefined) return [];
  return Object.entries(SINCE_43).flatMap(([key, later]) => {
    const given = venue[key];
    return later.filter((name) => Array.isArray(given) && given.includes(name)).map((name) => ({ key, name }));
  });
}

/** True for a client session, and for a venue that takes what every venue takes. */
export function takesUsual({
  orderTypes = USUAL_ORDER_TYPES,
  timeInForce = USUAL_TIMES_IN_FORCE,
}: {
  orderTypes?: readonly OrderType[];
  timeInForce?: readonly TimeInForce[];
}): boolean {
  return isSameSet(orderTypes, USUAL_ORDER_TYPES) && isSameSet(timeInForce, USUAL_TIMES_IN_FORCE);
}

function isSameSet(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((one) => others.includes(one));
}
