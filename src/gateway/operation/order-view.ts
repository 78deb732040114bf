import { averageE8 } from "../../base/average.ts";
import { decimalText } from "../../base/decimal.ts";
import { nameOfCode, ORDER_TYPES, TIMES_IN_FORCE } from "../../base/order-kinds.ts";
import { isoText } from "../../base/time-text.ts";
import { NO_PRICE } from "../../base/units.ts";
import { outcomeText } from "../../core/alarms.ts";
import { levelOf } from "../../core/level-rows.ts";
import { isOpen, type Order } from "../../core/orders/order.ts";
import { PENDING_CANCEL, PENDING_REPLACE } from "../../core/orders/states.ts";
import { VENUE_SILENT } from "../../core/outcomes.ts";
import type { OrderState } from "../../core/state-reader.ts";
import { ORDER_STATES, type OrderView } from "../../operation/orders.ts";
import * as code from "../../record/codes.ts";
import type { CoreState } from "./core-state.ts";

/** 1e-8 in 1e-4. */
const E4 = 10_000n;
/** `attention` of an order in a snapshot of an earlier version. */
const REASON_NOT_KEPT = 1;

const SIDES: Readonly<Record<number, OrderView["side"]>> = {
  [code.SIDE_BUY]: "buy",
  [code.SIDE_SELL]: "sell",
  [code.SIDE_SELL_SHORT]: "sell-short",
};

/** An order as operators see it. */
export function orderView(core: CoreState, order: OrderState): OrderView {
  const { row } = order;
  const isReplaced = row.pending === PENDING_REPLACE;
  return {
    orderId: String(row.number),
    clOrdId: order.clOrdId,
    clOrdIds: order.clOrdIds,
    venueOrderId: order.venueOrderId === "" ? null : order.venueOrderId,
    session: core.sessionName(row.session),
    trader: order.trader === "" ? null : levelOf(order.trader).name,
    venue: core.venueName(row.venue),
    account: order.account,
    symbol: order.symbol,
    side: SIDES[row.side] ?? charOf(row.side),
    type: nameOfCode(ORDER_TYPES, row.ordType) ?? charOf(row.ordType),
    timeInForce: nameOfCode(TIMES_IN_FORCE, row.timeInForce) ?? charOf(row.timeInForce),
    quantity: decimalText(row.quantity),
    price: priceText(row.priceE8),
    cumQty: decimalText(row.cumQty),
    leavesQty: decimalText(row.leavesQty),
    avgPx: averageText(row),
    state: ORDER_STATES[row.state - 1]!,
    isOpen: isOpen(row.state),
    pending: row.pending === PENDING_CANCEL ? "cancel" : isReplaced ? "replace" : null,
    pendingQuantity: isReplaced ? decimalText(row.pendingQuantity) : null,
    pendingPrice: isReplaced ? priceText(row.pendingPriceE8) : null,
    reserved: decimalText((row.reserved + row.pendingReserved) * E4),
    attention: row.attention === 0 ? null : attentionText(row.attention),
    createdAt: order.createdUs === 0 ? null : isoText(order.createdUs),
    changedAt: order.changedUs === 0 ? null : isoText(order.changedUs),
  };
}

function attentionText(outcome: number): string {
  if (outcome === VENUE_SILENT) return outcomeText(outcome);
  return outcome === REASON_NOT_KEPT ? "an earlier version did not keep why" : `a report was ${outcomeText(outcome)}`;
}

function priceText(priceE8: bigint): string | null {
  return priceE8 === NO_PRICE ? null : decimalText(priceE8);
}

/** To the nearest 1e-8; null where the value of its executions is not held. */
function averageText({ worth, cumQty }: Order): string | null {
  if (cumQty === 0n) return "0";
  if (worth === null) return null;
  return decimalText(averageE8(worth, cumQty));
}

/** A refused order may have a side, type or time in force that is none of ours: it is shown as its client wrote it. */
function charOf<T extends string>(value: number): T {
  return String.fromCharCode(value) as T;
}
