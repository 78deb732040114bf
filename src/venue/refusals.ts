import { ascii } from "../base/ascii.ts";
import { DisconnectReason } from "../base/disconnect-reason.ts";

/** True when the same Logon will probably be refused again. */
export function isRefusal(reason: number): boolean {
  if (reason === DisconnectReason.REFUSED || reason === DisconnectReason.TOO_LOW) return true;
  return reason === DisconnectReason.NEXT_EXPECTED || DisconnectReason.isOfLogon(reason);
}

/** Text (58) of a refusal for which the venue gave none. */
export const NO_REASON = ascii("rejected by the venue without a Text (58)");

/** Text (58) of an order that its cancel has found waiting for the venue's throttle. */
export const CANCELED_UNSENT = ascii("canceled before it was sent to the venue");

/** Begins of a Text (58): at most 56 characters with the tag. */
export const UNKNOWN_FIELD = ascii("VENUE-001 FIELD_UNKNOWN_TO_VENUE tag=");
export const UNKNOWN_GROUP = ascii("VENUE-001 GROUP_UNKNOWN_TO_VENUE tag=");
export const GROUPS_TOO_LONG = ascii("VENUE-002 GROUPS_TOO_LONG limit=8192");
