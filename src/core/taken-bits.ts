import { ORDER_TYPES, TIMES_IN_FORCE, USUAL_ORDER_TYPES, USUAL_TIMES_IN_FORCE } from "../base/order-kinds.ts";
import type { VenueTerms } from "./config.ts";

/** Code of the first bit (core/assembly/order-kinds.ts). */
const FIRST_CODE = 48;

/** The row of a venue in the core's table: bits of its order types, and of its times in force. */
export function takenBits({
  orderTypes = USUAL_ORDER_TYPES,
  timeInForce = USUAL_TIMES_IN_FORCE,
}: VenueTerms): [bigint, bigint] {
  return [bitsOf(orderTypes.map((name) => ORDER_TYPES[name])), bitsOf(timeInForce.map((name) => TIMES_IN_FORCE[name]))];
}

function bitsOf(codes: readonly string[]): bigint {
  return codes.reduce((bits, code) => bits | (1n << BigInt(code.charCodeAt(0) - FIRST_CODE)), 0n);
}
