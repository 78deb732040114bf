import { NONE } from "../../base/units.ts";
import { REQUEST_CANCEL, REQUEST_NEW } from "../../record/codes.ts";
import type { OrderRequest } from "../../record/order-request.ts";
import type { FixSession } from "../session/session.ts";
import type { Codec } from "../wire/codec.ts";
import * as tag from "../wire/tags.ts";
import type { Writer } from "../wire/write.ts";
import type { MessageFields } from "./message-fields.ts";
import { peerTable } from "./peer-table.ts";
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
    const codec = this.codec;
    const out = session.out;
    const table = peerTable(codec, fields, session.profile.version);
    const isRenamed = fields.renames.length > 0 || fields.fixed.length > 0;
    codec.begin(session.identity.ownTexts, out.writer, wallUs);
    const length = codec.writeOrder(request.at, table, session.numbers.nextOut, out.processed, beside, isWhole, passed);
    const writer = out.take(codec, length, isWhole && !isRenamed);
    if (isRenamed) writeConfigured(writer, request, fields, beside);
    return writer;
  }

  /**
   * First tag of the record that says more than its absence, and that these messages do not have; 0: none. `beside` has the bits of
   * the fields that are written from beside the record.
   */
  tagWithoutPlace(request: OrderRequest, fields: MessageFields, session: FixSession, beside: number): number {
    return this.codec.tagWithoutPlace(request.at, peerTable(this.codec, fields, session.profile.version), beside);
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
