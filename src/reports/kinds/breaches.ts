import * as reasons from "../../core/risk/reason-codes.ts";
import type { Column } from "../column.ts";
import type { RequestSeen } from "../seen.ts";

/** Checks that compare a request with a limit. */
const LIMITS: readonly number[] = [
  reasons.MAX_ORDER_QTY,
  reasons.MAX_ORDER_NOTIONAL,
  reasons.PRICE_COLLAR,
  reasons.ORDER_RATE,
  reasons.OPEN_ORDERS,
  reasons.NOTIONAL_OVERFLOW,
];

export function isBreach({ reasonCode }: RequestSeen): boolean {
  return LIMITS.includes(reasonCode);
}

/** Requests that a limit refused. */
export const BREACHES: readonly Column<RequestSeen>[] = [
  { name: "time", type: "time", source: "when the core decided", of: (row) => row.timeUs },
  { name: "limit", type: "text", source: "the check that refused it", of: (row) => row.reason },
  { name: "session", type: "text", source: "client session", of: (row) => row.session },
  { name: "account", type: "text", source: "Account (1)", of: (row) => row.account },
  { name: "symbol", type: "text", source: "Symbol (55)", of: (row) => row.symbol },
  { name: "what", type: "text", source: "new or replace", of: (row) => row.kind },
  { name: "clOrdId", type: "text", source: "ClOrdID (11)", of: (row) => row.clOrdId },
  { name: "side", type: "text", source: "Side (54)", of: (row) => row.side },
  { name: "quantity", type: "decimal", source: "OrderQty (38)", of: (row) => row.quantity },
  { name: "price", type: "decimal", source: "Price (44), of a stop order StopPx (99)", of: (row) => row.priceE8 },
];
