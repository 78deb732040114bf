import { DisconnectReason } from "../base/disconnect-reason.ts";
import { ENDED, STARVED } from "../net/stream.ts";

/** Reason for the end of a connection, from the result of its last read. */
export function endReason(received: number): DisconnectReason {
  if (received === STARVED) return DisconnectReason.NO_BUFFER;
  return received === ENDED ? DisconnectReason.PEER_CLOSED : DisconnectReason.LOST;
}
