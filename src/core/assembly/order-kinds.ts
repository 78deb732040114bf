import {
  TYPE_LIMIT,
  TYPE_LIMIT_ON_CLOSE,
  TYPE_MARKET_IF_TOUCHED,
  TYPE_PEGGED,
  TYPE_STOP,
  TYPE_STOP_LIMIT,
} from "../../record/codes.ts";
import { OrderRequest } from "../../record/assembly/order-request.ts";
import { NO_PRICE } from "../../record/assembly/units.ts";
import { address, area } from "./area.ts";
import { BIT_OF_B, BIT_OF_J, BIT_OF_P, FIRST_CHAR, USUAL_TAKES_AT, VENUE_IDS, VENUE_TAKES_AT, VENUE_TAKES_BYTES } from "./layout.ts";

// Order types and times in force: which of them a venue takes, and which price an order's risk is that of.

/*  What a venue takes, 16 bytes; the last row is of orders that no venue takes.
 *
 *  byte 0             8              16
 *       ┌─────────────┬──────────────┐   bit code − 48 of an OrdType (40) and of a TimeInForce (59): digits and letters
 *       │ order types │ time in force│
 *       └─────────────┴──────────────┘
 */
const TIMES_IN_FORCE: usize = 8;
/** A bit of an account's sets that no order type has. */
const NO_BIT = 15;
const LAST_DIGIT = FIRST_CHAR + 9;

// @ts-ignore: decorator
@inline
function rowOf(venue: i32): usize {
  const ids = load<u32>(area + VENUE_IDS);
  if (<u32>venue >= ids) return area + USUAL_TAKES_AT;
  return address(VENUE_TAKES_AT) + <usize>venue * VENUE_TAKES_BYTES;
}

// @ts-ignore: decorator
@inline
function has(bits: u64, code: i32): bool {
  const bit = <u32>(code - FIRST_CHAR);
  return bit < 64 && ((bits >> <u64>bit) & 1) !== 0;
}

/** True when the venue takes orders of this type; NONE: the types that every venue takes unless it says otherwise. */
export function takesType(venue: i32, ordType: i32): bool {
  return has(load<u64>(rowOf(venue)), ordType);
}

/** The same of a TimeInForce. */
export function takesTimeInForce(venue: i32, timeInForce: i32): bool {
  return has(load<u64>(rowOf(venue), TIMES_IN_FORCE), timeInForce);
}

/** The bit of an OrdType or TimeInForce in the sets of an account (core/risk/settings.ts). */
// @ts-ignore: decorator
@inline
export function placeInSet(code: i32): i32 {
  if (code <= LAST_DIGIT) return code - FIRST_CHAR;
  if (code === TYPE_LIMIT_ON_CLOSE) return BIT_OF_B;
  if (code === TYPE_MARKET_IF_TOUCHED) return BIT_OF_J;
  return code === TYPE_PEGGED ? BIT_OF_P : NO_BIT;
}

/** True for a type whose risk is that of its own price; the others are valued at the symbol's price of market orders. */
// @ts-ignore: decorator
@inline
export function isPriced(ordType: i32): bool {
  return ordType === TYPE_LIMIT || ordType === TYPE_STOP || ordType === TYPE_STOP_LIMIT || ordType === TYPE_LIMIT_ON_CLOSE;
}

/** True for a type that trades only once its market has reached a price, as its venue reports. */
export function waitsForTrigger(ordType: i32): bool {
  return ordType === TYPE_STOP || ordType === TYPE_STOP_LIMIT || ordType === TYPE_MARKET_IF_TOUCHED;
}

/** The price at which an order that is valued at `priceE8` may trade; NO_PRICE: at any. */
export function crossingPriceOf(ordType: i32, priceE8: i64): i64 {
  return ordType === TYPE_STOP ? NO_PRICE : priceE8;
}

/** StopPx (99) of a client's stop or stop limit order: record/stop-price.ts. */
// @ts-ignore: decorator
@inline
export function stopPriceOf(request: OrderRequest): i64 {
  return load<i64>(changetype<usize>(request), STOP_PRICE_AT);
}
const STOP_PRICE_AT: usize = 56;

/** The price that an order is valued at: of a stop order its StopPx, else its Price; NO_PRICE for one like a market order. */
// @ts-ignore: decorator
@inline
export function riskPriceOf(request: OrderRequest, ordType: i32): i64 {
  if (ordType === TYPE_LIMIT) return request.priceE8;
  if (ordType === TYPE_STOP) return stopPriceOf(request);
  return isPriced(ordType) ? request.priceE8 : NO_PRICE;
}

/** StopPx of a stop limit order, which has another price besides; else that price. */
// @ts-ignore: decorator
@inline
export function triggerOf(request: OrderRequest, ordType: i32, priceE8: i64): i64 {
  return ordType === TYPE_STOP_LIMIT ? stopPriceOf(request) : priceE8;
}
