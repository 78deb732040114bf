import { NONE } from "../base/units.ts";
import { ACCEPTED } from "./risk/reason-codes.ts";
import { Detail } from "./risk/reasons.ts";

/*  A decision is what the journal keeps beside a request:   bits 0–7 reason (0: accepted) · bits 8–30 venue id
 *
 *  A replay takes it as it stands instead of deciding again, so that limits, accounts, routes or the disk's room may
 *  have changed in between without an order that went out being unmade.
 */
const REASON_MASK = 255;
const VENUE_SHIFT = 8;

/** The reason in a journalled decision. */
export function reasonOf(code: number): number {
  return code & REASON_MASK;
}

/** What was decided about one request, and what the request was found to be about. One is reused for all requests. */
export class Decision {
  /** ACCEPTED, or why the request is refused. */
  reason = ACCEPTED;
  /** Id of the venue that an accepted new order goes to; else 0. */
  venue = 0;
  /** Account and symbol of a new order, or NONE. */
  account = NONE;
  symbol = NONE;
  /** The slot of the order: found by a ClOrdID, or to be taken by a new one; NONE when there is none. */
  slot = NONE;
  /** The entry of the ClOrdID that was looked up, or NONE. */
  entry = NONE;
  /** The entry of an earlier use of the request's ClOrdID, or NONE. */
  former = NONE;
  /** The number the request will get, or 0. */
  number = 0;
  /** Notional of an order that passed the limits, 1e-4 money. */
  notional = 0;
  /** The numbers behind a refusal. */
  readonly detail = new Detail();

  /** Forgets the request before. */
  clear(): void {
    this.reason = ACCEPTED;
    this.venue = 0;
    this.account = NONE;
    this.symbol = NONE;
    this.slot = NONE;
    this.entry = NONE;
    this.former = NONE;
    this.number = 0;
    this.notional = 0;
    this.detail.clear();
  }

  /** As the journal keeps it. */
  get code(): number {
    return this.reason | (this.venue << VENUE_SHIFT);
  }
  set code(code: number) {
    this.reason = reasonOf(code);
    this.venue = code >>> VENUE_SHIFT;
  }
}
