import { t } from "elysia";

import { ORDER_STATES, type OrderStateName } from "../../operation/orders.ts";
import { listOf } from "../schema.ts";

const decimal = (description: string) => t.String({ description: `${description}: an exact decimal.` });
const time = t.Nullable(
  t.String({ description: "ISO 8601 with microseconds; null for orders of an earlier version." }),
);
const LONGEST_ID = 64;
const id = (description: string) => t.String({ description, minLength: 1, maxLength: LONGEST_ID });

/** States that orders can be asked for. */
const stateSchema = t.Unsafe<OrderStateName | "open" | "done">(
  t.Union([t.Literal("open"), t.Literal("done"), ...ORDER_STATES.map((state) => t.Literal(state))]),
);

export const orderSchema = t.Object({
  orderId: t.String({ description: "OrderID (37) that its client sees." }),
  clOrdId: t.String({ description: "ClOrdID (11) that it goes by now." }),
  clOrdIds: listOf(t.String(), { description: "All that it had, the newest first." }),
  venueOrderId: t.Nullable(t.String({ description: "OrderID that its venue said last." })),
  session: t.String(),
  trader: t.Nullable(t.String({ description: "Who entered it; null where its session has no traders." })),
  venue: t.Nullable(t.String({ description: "Null: it never went to one." })),
  account: t.String(),
  symbol: t.String(),
  side: t.String({ description: "buy, sell or sell-short; of a refused order as its client wrote it." }),
  type: t.String({
    description: "limit, market, stop, stop-limit, market-on-close, limit-on-close, market-if-touched or pegged.",
  }),
  timeInForce: t.String({ description: "day, gtc, at-opening, ioc, fok, gtd or at-close." }),
  quantity: decimal("OrderQty"),
  price: t.Nullable(decimal("Price, of a stop order StopPx; null for an order like a market order")),
  cumQty: decimal("CumQty"),
  leavesQty: decimal("LeavesQty"),
  avgPx: t.Nullable(decimal("AvgPx; null where the value of the executions is more than is held exactly.")),
  state: t.Unsafe<OrderStateName>(t.Union(ORDER_STATES.map((state) => t.Literal(state)))),
  isOpen: t.Boolean(),
  pending: t.Nullable(t.Union([t.Literal("cancel"), t.Literal("replace")])),
  pendingQuantity: t.Nullable(decimal("OrderQty of the replace that its venue has not answered")),
  pendingPrice: t.Nullable(decimal("Its Price")),
  reserved: decimal("Notional that it holds of its account"),
  attention: t.Nullable(t.String({ description: "Why somebody must look at it." })),
  createdAt: time,
  changedAt: time,
});

/** What all orders that are meant must have. */
export const filterProperties = {
  id: t.Optional(id("Any of its ids: OrderID, a ClOrdID of now or before, or its venue's OrderID.")),
  orderId: t.Optional(id("OrderID that its client sees.")),
  clOrdId: t.Optional(id("A ClOrdID of now or before.")),
  venueOrderId: t.Optional(id("OrderID of its venue.")),
  account: t.Optional(id("Account.")),
  client: t.Optional(id("Client: a group of accounts.")),
  symbol: t.Optional(id("Symbol.")),
  session: t.Optional(id("Client session.")),
  trader: t.Optional(id("Trader who entered it.")),
  venue: t.Optional(id("Venue.")),
  state: t.Optional(stateSchema),
  needsAttention: t.Optional(t.BooleanString({ description: "Those that somebody must look at, or the others." })),
};
