import { ACCEPTED } from "../risk/reason-codes.ts";
import { NONE } from "./codes.ts";
import { NO_FACTOR } from "./conversion.ts";
import { clearDetail } from "./detail.ts";

/*  What was decided about one request, and what the request was found to be about: one for all requests, written anew for each.
 *  The journal keeps beside a request:   bits 0–7 reason (0: accepted) · bits 8–30 venue id
 *
 *  A replay takes it as it stands instead of deciding again, so that limits, accounts, routes or the disk's room may
 *  have changed in between without an order that went out being unmade.
 */
const REASON_MASK = 255;
const VENUE_SHIFT = 8;

/** ACCEPTED, or why the request is refused. */
export let reason: i32 = ACCEPTED;
/** Id of the venue that an accepted new order goes to; else 0. */
export let venue: i32 = 0;
/** Account and symbol of a new order, or NONE. */
export let account: i32 = NONE;
export let symbol: i32 = NONE;
/** The row of the trader of a new order; NONE where it has none, or was not looked up. */
export let trader: i32 = NONE;
/** The slot of the order: found by a ClOrdID, or to be taken by a new one; NONE when there is none. */
export let slot: i32 = NONE;
/** The entry of the ClOrdID that was looked up, or NONE. */
export let entry: i32 = NONE;
/** The entry of an earlier use of the request's ClOrdID, or NONE. */
export let former: i32 = NONE;
/** The number the request will get, or 0. */
export let number: f64 = 0;
/** Notional of an order that passed the limits, 1e-4 money. */
export let notional: i64 = 0;
/** The address of the factor of a new order: in its symbol's row, in a replay in its request. */
export let factor: usize = NO_FACTOR;

/** Forgets the request before. */
export function clearDecision(): void {
  reason = ACCEPTED;
  venue = 0;
  account = NONE;
  symbol = NONE;
  trader = NONE;
  slot = NONE;
  entry = NONE;
  former = NONE;
  number = 0;
  notional = 0;
  factor = NO_FACTOR;
  clearDetail();
}

/** As the journal keeps it. */
export function decisionCode(): i32 {
  return reason | (venue << VENUE_SHIFT);
}

/** Takes a journalled decision. */
export function takeCode(code: i32): void {
  reason = reasonOf(code);
  venue = <i32>(<u32>code >>> VENUE_SHIFT);
}

// @ts-ignore: decorator
@inline
export function reasonOf(code: i32): i32 {
  return code & REASON_MASK;
}

// Names of another file can't be assigned to.

export function setReason(value: i32): void {
  reason = value;
}
export function setVenue(value: i32): void {
  venue = value;
}
export function setParties(ofAccount: i32, ofSymbol: i32): void {
  account = ofAccount;
  symbol = ofSymbol;
}
export function setTrader(row: i32): void {
  trader = row;
}
export function setSlot(value: i32): void {
  slot = value;
}
export function setEntry(value: i32): void {
  entry = value;
}
export function setFormer(value: i32): void {
  former = value;
}
export function setNumber(value: f64): void {
  number = value;
}
export function setNotional(value: i64): void {
  notional = value;
}
export function setFactor(address: usize): void {
  factor = address;
}
