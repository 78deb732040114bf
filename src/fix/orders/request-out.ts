import { isNoPrice } from "../../base/long.ts";
import { NONE } from "../../base/units.ts";
import { REQUEST_CANCEL, REQUEST_NEW, TIF_DAY, TYPE_MARKET } from "../../record/codes.ts";
import type { OrderRequest } from "../../record/order-request.ts";
import type { FixSession } from "../session/session.ts";
import type { Codec } from "../wire/codec.ts";
import { FULL } from "../wire/held.ts";
import * as tag from "../wire/tags.ts";
import type { Writer } from "../wire/write.ts";
import type { MessageFields } from "./message-fields.ts";
import type { VenueId } from "./venue-id.ts";

/** HandlInst (21) where a venue requires it and the client has said none: automated, no broker. */
const AUTOMATED = "1".charCodeAt(0);

/** MsgType of a request to a venue. */
export function requestType(request: OrderRequest): number {
  if (request.kind === REQUEST_NEW) return tag.NEW_ORDER_SINGLE;
  return request.kind === REQUEST_CANCEL ? tag.ORDER_CANCEL_REQUEST : tag.ORDER_CANCEL_REPLACE_REQUEST;
}

/**
 * First tag of the record that says more than its absence, and that these messages do not have; 0: none. `beside` has the bits of
 * the fields that are written from beside the record.
 */
export function tagWithoutPlace(request: OrderRequest, fields: MessageFields, beside: number): number {
  const written = fields.writes | beside;
  const isCancel = request.kind === REQUEST_CANCEL;
  if (lacks(fields, written, tag.HandlInst) && request.handlInst !== 0 && request.handlInst !== AUTOMATED)
    return tag.HandlInst;
  if (isCancel) return 0;
  if (lacks(fields, written, tag.OrderQty)) return tag.OrderQty;
  if (lacks(fields, written, tag.OrdType)) return tag.OrdType;
  if (
    lacks(fields, written, tag.Price) &&
    request.ordType !== TYPE_MARKET &&
    !isNoPrice(request.views.ints, request.priceE8Index)
  )
    return tag.Price;
  if (lacks(fields, written, tag.Side)) return tag.Side;
  // Also where it is dropped: an order that ends at once must not become one for the day.
  const isDay = request.timeInForce === TIF_DAY || (written & fields.bitOf(tag.TimeInForce)) !== 0;
  return isDay ? 0 : tag.TimeInForce;
}

function lacks(fields: MessageFields, written: number, fieldTag: number): boolean {
  return (written & fields.bitOf(fieldTag)) === 0 && !fields.isChanged(fieldTag);
}

/** Writes OrderRequest records of the codec's memory as NewOrderSingle, OrderCancelRequest or OrderCancelReplaceRequest to a venue. */
export class RequestWriter {
  constructor(
    private readonly codec: Codec,
    ids: VenueId,
  ) {
    codec.prefix(ids.prefix);
  }

  /**
   * Begins the session's next message with the fields of `request`; `beside` has the bits of those that the caller writes. `isWhole`:
   * nothing follows but what is at `passed`, unless that is NONE. The caller ends the message.
   */
  write(
    session: FixSession,
    request: OrderRequest,
    wallUs: number,
    fields: MessageFields,
    beside: number,
    isWhole: boolean,
    passed = NONE,
  ): Writer {
    const out = session.out;
    const version = session.profile.version;
    const codec = this.codec;
    if (request.handlInst === 0 && fields.needsHandlInst) request.handlInst = AUTOMATED;
    if (request.transactDigits === 0 && fields.needsTransactTime) {
      request.transactUs = wallUs;
      request.transactDigits = 1 + out.timeDecimals;
    }
    const isRenamed = fields.renames.length > 0 || fields.fixed.length > 0;
    codec.begin(session.identity.ownTexts, out.writer, wallUs);
    const length = codec.writeOrder(
      request.at,
      session.numbers.nextOut,
      out.processed,
      fields.writes & ~beside,
      version.hasCxlType && request.kind === REQUEST_CANCEL ? FULL : 0,
      isWhole && !isRenamed,
      passed,
    );
    const writer = out.take(codec, length, isWhole && !isRenamed);
    if (isRenamed) writeConfigured(writer, request, fields, beside);
    return writer;
  }
}

/** Writes the fields with fixed values, and the record's fields under the names that the configuration gives them. */
function writeConfigured(writer: Writer, request: OrderRequest, fields: MessageFields, beside: number): void {
  const renames = fields.renames;
  for (let i = 0; i < renames.length; i++) {
    const from = renames[i]!;
    const to = fields.renamed(from);
    if ((beside & fields.bitOf(to)) !== 0 || fields.isDropped(from) || fields.isFixed(from)) continue;
    if (from === tag.HandlInst && request.handlInst !== 0) writer.char(to, request.handlInst);
    else if (from === tag.TransactTime && request.transactDigits !== 0)
      writer.time(to, request.transactUs, request.transactDigits - 1);
    else if (from === tag.Account && request.accountLength > 0)
      writer.value(to, request.bytes, request.accountAt, request.accountAt + request.accountLength);
  }
  writer.fields(fields.fixed, 0, fields.fixed.length);
}
