import { noteDecided } from "../../telemetry/assembly/stages.ts";
import { address } from "./area.ts";
import { clockNs } from "./host.ts";
import { STAGE_TIMES_AT } from "./layout.ts";

// When requests were decided, for their latencies (telemetry/assembly/layout.ts). Nothing is decided by these times.

let decidedNs: f64 = 0;

/** Reads the clock for the orders that are decided next. */
export function readStageClock(): void {
  if (address(STAGE_TIMES_AT) !== 0) decidedNs = clockNs();
}

/** A request of the order in `slot` was accepted and goes to a venue. */
// @ts-ignore: decorator
@inline
export function noteAccepted(slot: i32, number: f64, venue: i32, receivedNs: f64): void {
  noteDecided(address(STAGE_TIMES_AT), slot, number, venue, receivedNs, decidedNs);
}
