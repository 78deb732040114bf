import { REQUEST_CANCEL, REQUEST_NEW } from "../../record/codes.ts";
import type { OrderRequest } from "../../record/order-request.ts";
import type { FixSession } from "../session/session.ts";
import type { Codec } from "../wire/codec.ts";
import * as tag from "../wire/tags.ts";
import type { Writer } from "../wire/write.ts";
import type { VenueId } from "./venue-id.ts";

/** MsgType of a request to a venue. */
export function requestType(request: OrderRequest): number {
  if (request.kind === REQUEST_NEW) return tag.NEW_ORDER_SINGLE;
  return request.kind === REQUEST_CANCEL ? tag.ORDER_CANCEL_REQUEST : tag.ORDER_CANCEL_REPLACE_REQUEST;
}

/** Writes OrderRequest records of the codec's memory as NewOrderSingle, OrderCancelRequest or OrderCancelReplaceRequest to a venue. */
export class RequestWriter {
  constructor(
    private readonly codec: Codec,
    ids: VenueId,
  ) {
    codec.prefix(ids.prefix);
  }

  /** Begins the session's next message with the fields of `request`; `isWhole`: no groups follow. The caller ends the message. */
  write(session: FixSession, request: OrderRequest, wallUs: number, isWhole: boolean): Writer {
    const out = session.out;
    const version = session.profile.version;
    const codec = this.codec;
    codec.begin(session.identity.ownTexts, out.writer, wallUs);
    const length = codec.writeOrder(
      request.at,
      session.numbers.nextOut,
      out.processed,
      version.ordinal,
      version.hasTransactTime,
      version.hasCxlType,
      isWhole,
    );
    return out.take(codec, length, isWhole);
  }
}
