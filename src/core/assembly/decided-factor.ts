import { OrderRequest } from "../../record/assembly/order-request.ts";
import { NO_FACTOR } from "./conversion.ts";
import * as decision from "./decision.ts";
import { FACTOR_BYTES } from "./layout.ts";

/** Writes the factor of an accepted new order into its request, on its way to the journal. One of 1 is not written. */
// @ts-ignore: decorator
@inline
export function stampFactor(request: OrderRequest): void {
  if (decision.factor !== NO_FACTOR) writeFactor(request);
}

function writeFactor(request: OrderRequest): void {
  request.factorLength = FACTOR_BYTES;
  memory.copy(request.factorAt, decision.factor, FACTOR_BYTES);
}

/** The factor of a journalled new order is that of its request; versions before wrote none, and had none. */
export function takeFactor(request: OrderRequest): void {
  decision.setFactor(request.factorLength === FACTOR_BYTES ? request.factorAt : NO_FACTOR);
}
