// Made from src/record/layout/order-request.ts by `npm run generate`.

import { REQUEST_CANCEL, REQUEST_REPLACE } from "../../record/codes.ts";
import type { OrderRequest } from "../../record/order-request.ts";
import type { FieldReader } from "./field-reader.ts";

/**
 * Reads the fields that have no rule but their type's into a cleared record, whose kind is set.
 * Returns false when one is missing or faulty: the reader knows which.
 */
export function readRequestFields(reader: FieldReader, request: OrderRequest): boolean {
  const kind = request.kind;
  const clOrdId = reader.requiredId(11);
  if (clOrdId < 0) return false;
  request.clOrdIdLength = clOrdId;
  reader.copyId(request.views, request.clOrdIdAt);
  if (kind === REQUEST_CANCEL || kind === REQUEST_REPLACE) {
    const origClOrdId = reader.requiredId(41);
    if (origClOrdId < 0) return false;
    request.origClOrdIdLength = origClOrdId;
    reader.copyId(request.views, request.origClOrdIdAt);
    const orderId = reader.id(37);
    if (orderId < 0) return false;
    request.orderIdLength = orderId;
    reader.copyId(request.views, request.orderIdAt);
  }
  const account = reader.id(1);
  if (account < 0) return false;
  request.accountLength = account;
  reader.copyId(request.views, request.accountAt);
  const symbol = reader.requiredId(55);
  if (symbol < 0) return false;
  request.symbolLength = symbol;
  reader.copyId(request.views, request.symbolAt);
  return true;
}
