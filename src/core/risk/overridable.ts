import { CHECKS } from "./checks.ts";
import * as why from "./reason-codes.ts";
import type { Check } from "./reason-row.ts";

/** Checks of how much an order may be: two persons may let one order pass one of them once. All others are never overridden. */
const REASONS: readonly number[] = [
  ...[
    why.MAX_ORDER_QTY,
    why.MAX_ADV_PERCENT,
    why.MAX_ORDER_NOTIONAL,
    why.PRICE_COLLAR,
    why.OPEN_ORDERS,
    why.DUPLICATE_ORDER,
  ],
  ...[why.MAX_GROSS_EXPOSURE, why.MAX_NET_EXPOSURE, why.MAX_DAILY_NOTIONAL, why.MAX_DAILY_VOLUME, why.MAX_POSITION],
];

export const OVERRIDABLE: readonly Check[] = CHECKS.filter(({ reason }) => REASONS.includes(reason));
