import { DisconnectReason } from "../base/disconnect-reason.ts";
import { BAD_RECORD, CUT, ENDED, STARVED } from "../net/stream-end.ts";

/** Reason for the end of a connection, from the result of its last read. */
export function endReason(received: number): DisconnectReason {
  if (received === STARVED) return DisconnectReason.NO_BUFFER;
  if (received === CUT) return DisconnectReason.TLS_CUT;
  if (received === BAD_RECORD) return DisconnectReason.TLS_RECORD;
  return received === ENDED ? DisconnectReason.PEER_CLOSED : DisconnectReason.LOST;
}

/** True where the peer, or the network, ended the connection without a word of the protocol. */
export function isHangUp(reason: DisconnectReason): boolean {
  return (
    reason === DisconnectReason.PEER_CLOSED || reason === DisconnectReason.LOST || reason === DisconnectReason.TLS_CUT
  );
}
