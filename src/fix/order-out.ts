import { NO_PRICE } from "../base/units.ts";
import { REQUEST_CANCEL, REQUEST_NEW } from "../record/codes.ts";
import {
  type OrderRequest,
  REQUEST_ACCOUNT_AT,
  REQUEST_ORDER_ID_AT,
  REQUEST_SYMBOL_AT,
} from "../record/order-request.ts";
import * as tag from "./tags.ts";
import type { VenueId } from "./venue-id.ts";
import { FIX44 } from "./version.ts";
import type { Writer } from "./write.ts";

/** MsgType of a request towards a venue. */
export function requestType(request: OrderRequest): number {
  if (request.kind === REQUEST_NEW) return tag.NEW_ORDER_SINGLE;
  return request.kind === REQUEST_CANCEL ? tag.ORDER_CANCEL_REQUEST : tag.ORDER_CANCEL_REPLACE_REQUEST;
}

/** Writes the body of NewOrderSingle, OrderCancelRequest or OrderCancelReplaceRequest towards a venue. */
export function writeRequest(
  writer: Writer,
  request: OrderRequest,
  ids: VenueId,
  wallUs: number,
  version = FIX44,
): void {
  const bytes = request.bytes;
  const at = request.at;
  const isNew = request.kind === REQUEST_NEW;
  const isCancel = request.kind === REQUEST_CANCEL;
  if (request.accountLength > 0) {
    writer.value(tag.Account, bytes, at + REQUEST_ACCOUNT_AT, at + REQUEST_ACCOUNT_AT + request.accountLength);
  }
  writer.tag(tag.ClOrdID);
  writer.endField(ids.put(writer.bytes, writer.at, request.number, request.slot));
  if (!isCancel) writer.char(tag.HandlInst, 49);
  if (request.orderIdLength > 0) {
    writer.value(tag.OrderID, bytes, at + REQUEST_ORDER_ID_AT, at + REQUEST_ORDER_ID_AT + request.orderIdLength);
  }
  writer.whole(tag.OrderQty, request.quantity);
  if (!isCancel) writer.char(tag.OrdType, request.ordType);
  if (!isNew) {
    writer.tag(tag.OrigClOrdID);
    writer.endField(ids.put(writer.bytes, writer.at, request.origNumber, request.slot));
  }
  if (!isCancel && request.priceE8 !== NO_PRICE) writer.decimalE8(tag.Price, request.priceE8);
  writer.char(tag.Side, request.side);
  writer.value(tag.Symbol, bytes, at + REQUEST_SYMBOL_AT, at + REQUEST_SYMBOL_AT + request.symbolLength);
  if (!isCancel) writer.char(tag.TimeInForce, request.timeInForce);
  if (version.hasTransactTime) writer.timestamp(tag.TransactTime, wallUs);
  if (isCancel && version.hasCxlType) writer.char(tag.CxlType, FULL_CANCEL);
}

/** CxlType (125) of a cancel of all that is left. */
const FULL_CANCEL = "F".charCodeAt(0);
