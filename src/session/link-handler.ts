import type { DisconnectReason } from "../base/disconnect-reason.ts";
import type { Stream } from "../net/stream.ts";
import type { Verdict } from "./protocol.ts";

/** The owner of links; handles their messages. `L` are the links. */
export interface LinkHandler<L> {
  /** False while a ring or the journal has no room for the records of one more message; links then read nothing. */
  ready(): boolean;
  /**
   * Takes up to `most` messages in sequence from the stream's input that need no answer of the session, and journals them.
   * Returns  how many; 0 where the first one is to be received by the session, or nothing is there.
   */
  receiveBatch(link: L, stream: Stream, most: number): number;
  /**
   * An application message in sequence (APPLICATION), one that the protocol has rejected (INVALID), or the peer's reject of one
   * of ours (REJECTED).
   */
  application(link: L, verdict: Verdict): void;
  loggedOn(link: L): void;
  /** The connection is closed and `stream` is free. */
  closed(link: L, reason: DisconnectReason, stream: Stream): void;
  /** Its numbers begin at 1: what was numbered before can't be asked for any more. Absent: that is nothing to the owner. */
  renumbered?(link: L): void;
  /**
   * A message of ours that the peer missed is too old to be sent again, or longer than messages may be now; a gap fill replaces it.
   * The protocol has read it back. `tooLong`: bytes of the first one of a resend that is too long, else 0.
   */
  stale(link: L, sequence: number, tooLong: number): void;
  /** True once the reports caused by `stale` are journalled; the gap fill is sent only then. */
  staleJournalled(): boolean;
}
