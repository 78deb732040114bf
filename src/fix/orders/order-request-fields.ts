// Made from src/record/layout/order-request.ts by `npm run generate`.

import { REQUEST_CANCEL, REQUEST_REPLACE } from "../../record/codes.ts";
import {
  type OrderRequest,
  REQUEST_ACCOUNT_AT,
  REQUEST_CL_ORD_ID_AT,
  REQUEST_ORDER_ID_AT,
  REQUEST_ORIG_CL_ORD_ID_AT,
  REQUEST_SYMBOL_AT,
} from "../../record/order-request.ts";
import type { FieldReader } from "./field-reader.ts";

/**
 * Reads the fields that have no rule but their type's into a cleared record, whose kind is set.
 * Returns false when one is missing or faulty: the reader knows which.
 */
export function readRequestFields(reader: FieldReader, request: OrderRequest): boolean {
  const kind = request.kind;
  const clOrdId = reader.requiredId(11, REQUEST_CL_ORD_ID_AT);
  if (clOrdId < 0) return false;
  request.clOrdIdLength = clOrdId;
  if (kind === REQUEST_CANCEL || kind === REQUEST_REPLACE) {
    const origClOrdId = reader.requiredId(41, REQUEST_ORIG_CL_ORD_ID_AT);
    if (origClOrdId < 0) return false;
    request.origClOrdIdLength = origClOrdId;
    const orderId = reader.id(37, REQUEST_ORDER_ID_AT);
    if (orderId < 0) return false;
    request.orderIdLength = orderId;
  }
  const account = reader.id(1, REQUEST_ACCOUNT_AT);
  if (account < 0) return false;
  request.accountLength = account;
  const symbol = reader.requiredId(55, REQUEST_SYMBOL_AT);
  if (symbol < 0) return false;
  request.symbolLength = symbol;
  return true;
}
