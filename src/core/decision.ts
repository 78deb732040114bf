/*  What the journal keeps of a decision beside a request:   bits 0–7 reason (0: accepted) · bits 8–30 venue id
 *  (core/assembly/decision.ts).
 */

/** Reason of a refusal, or ACCEPTED. */
export function reasonOf(code: number): number {
  return code & 255;
}

/** Id of the venue that an accepted new order goes to; else 0. */
export function venueOf(code: number): number {
  return code >>> 8;
}
