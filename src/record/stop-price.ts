import { type OrderRequest, REQUEST_ORIG_NUMBER_AT } from "./order-request.ts";

// StopPx (99) of a client's stop or stop limit order, in 1e-8 or NO_PRICE: it stands in the bytes of `origNumber`, which only a request to
// a venue has.

/** Index of its lower half in the ints of the views (base/long.ts). */
export function stopPriceIndex(request: OrderRequest): number {
  return (request.at + REQUEST_ORIG_NUMBER_AT) >> 2;
}

export function stopPriceOf(request: OrderRequest): bigint {
  return request.views.longs[(request.at + REQUEST_ORIG_NUMBER_AT) >> 3]!;
}

export function setStopPrice(request: OrderRequest, priceE8: bigint): void {
  request.views.longs[(request.at + REQUEST_ORIG_NUMBER_AT) >> 3] = priceE8;
}
