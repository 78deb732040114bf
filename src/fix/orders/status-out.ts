import type { OrderRequest } from "../../record/order-request.ts";
import type { FixSession } from "../session/session.ts";
import * as tag from "../wire/tags.ts";
import type { Writer } from "../wire/write.ts";
import type { VenueId } from "./venue-id.ts";

/** Room of a ClOrdID to a venue. */
const ID_ROOM = 64;

/** Writes OrderStatusRequests (H) of the gateway to venues. */
export class StatusWriter {
  private readonly id = new Uint8Array(new ArrayBuffer(ID_ROOM));

  constructor(private readonly ids: VenueId) {}

  /** Begins the session's next message: the status of the order that the venue knows under the request's number. The caller ends it. */
  write(session: FixSession, request: OrderRequest): Writer {
    const bytes = request.bytes;
    const writer = session.out.begin(tag.ORDER_STATUS_REQUEST);
    writer.value(tag.ClOrdID, this.id, 0, this.ids.put(this.id, 0, request.number, request.slot));
    if (request.orderIdLength > 0)
      writer.value(tag.OrderID, bytes, request.orderIdAt, request.orderIdAt + request.orderIdLength);
    writer.char(tag.Side, request.side);
    writer.value(tag.Symbol, bytes, request.symbolAt, request.symbolAt + request.symbolLength);
    return writer;
  }
}
