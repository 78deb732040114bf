import { address, setWord, word } from "./area.ts";
import { Factor, NO_FACTOR } from "./conversion.ts";
import { FACTOR_BYTES, HAS_FACTORS, ORDER_FACTORS_AT } from "./layout.ts";
import { Order } from "./order.ts";

// An order keeps the factor that its symbol had when it was accepted, whatever rates do later: what it reserves and what its executions
// are worth is taken back exactly. The factor stands in the request that the journal keeps, so that a replay has the same one.

function slotOf(order: Order): usize {
  return address(ORDER_FACTORS_AT) + <usize>order.slot * FACTOR_BYTES;
}

/** The address of an order's factor. */
// @ts-ignore: decorator
@inline
export function factorOf(order: Order): usize {
  return word(HAS_FACTORS) === 0 ? NO_FACTOR : keptFactor(order);
}

function keptFactor(order: Order): usize {
  const at = slotOf(order);
  return changetype<Factor>(at).multiplier === 0 ? NO_FACTOR : at;
}

/** Keeps the factor of a new order. */
// @ts-ignore: decorator
@inline
export function setFactor(order: Order, factor: usize): void {
  if (factor === NO_FACTOR && word(HAS_FACTORS) === 0) return;
  keepFactor(order, factor);
}

function keepFactor(order: Order, factor: usize): void {
  const at = slotOf(order);
  setWord(HAS_FACTORS, 1);
  v128.store(at, factor === NO_FACTOR ? i64x2.splat(0) : v128.load(factor));
}
