import type { Column } from "../column.ts";
import { averageOf, leavesOf, type Order } from "../order.ts";

const IDENTITY: readonly Column<Order>[] = [
  { name: "received", type: "time", source: "when the core decided the new order", of: (row) => row.receivedUs },
  { name: "session", type: "text", source: "client session", of: (row) => row.session },
  { name: "clOrdId", type: "text", source: "ClOrdID (11) of the new order", of: (row) => row.clOrdId },
  { name: "currentClOrdId", type: "text", source: "ClOrdID (11) of the last replace", of: (row) => row.currentId },
  { name: "orderId", type: "text", source: "OrderID (37) that the client sees", of: (row) => idOf(row) },
  { name: "account", type: "text", source: "Account (1)", of: (row) => row.account },
  { name: "symbol", type: "text", source: "Symbol (55)", of: (row) => row.symbol },
  { name: "side", type: "text", source: "Side (54)", of: (row) => row.side },
  { name: "type", type: "text", source: "OrdType (40)", of: (row) => row.type },
  { name: "timeInForce", type: "text", source: "TimeInForce (59)", of: (row) => row.timeInForce },
  { name: "quantity", type: "decimal", source: "OrderQty (38), after replaces", of: (row) => row.quantity },
  {
    name: "price",
    type: "decimal",
    source: "Price (44), of a stop order StopPx (99), after replaces",
    of: (row) => row.priceE8,
  },
];

const STATE: readonly Column<Order>[] = [
  { name: "venue", type: "text", source: "route", of: (row) => row.venue || null },
  { name: "venueOrderId", type: "text", source: "OrderID (37) of the venue", of: (row) => row.venueOrderId || null },
  { name: "cumQty", type: "decimal", source: "CumQty (14)", of: (row) => row.cumQty },
  { name: "leavesQty", type: "decimal", source: "OrderQty less CumQty; 0: done", of: (row) => leavesOf(row) },
  { name: "avgPx", type: "decimal", source: "average price, rounded to 1e-8", of: (row) => averageOf(row) },
  { name: "changed", type: "time", source: "last change", of: (row) => row.changedUs },
  { name: "needsAttention", type: "flag", source: "a report contradicted it", of: (row) => row.needsAttention },
];

/** New orders of the day, as they are at its end. */
export const ORDERS: readonly Column<Order>[] = [
  ...IDENTITY,
  { name: "state", type: "text", source: "at the end of the day", of: (row) => row.state },
  { name: "reason", type: "text", source: "why the gateway refused it", of: (row) => row.reason || null },
  ...STATE,
];

/** Orders good till canceled that are open at the end of the day. */
export const OPEN_GTC: readonly Column<Order>[] = [
  ...IDENTITY,
  { name: "state", type: "text", source: "at the end of the day", of: (row) => row.state },
  ...STATE,
];

function idOf({ number }: Order): string | null {
  return number === 0 ? null : String(number);
}
