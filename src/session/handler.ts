import type { Scanner } from "../fix/wire/scan.ts";
import type { Stream } from "../net/stream.ts";
import type { Link } from "./link.ts";

/** What the owner of links does with what comes over them. */
export interface LinkHandler {
  /** False while a ring or the journal has no room for what one more message may bring: nothing is read then. */
  ready(): boolean;
  /** An application message in sequence, or a Reject. */
  application(link: Link, scan: Scanner): void;
  /** An application message that was rejected, for a fault in the field `refTag` (not above 0 when it has no tag). */
  invalid?(link: Link, scan: Scanner, refTag: number): void;
  loggedOn(link: Link): void;
  /** The connection is gone and `stream` free again; `reason` is a Closing. */
  closed(link: Link, reason: number, stream: Stream): void;
  /** `scan` holds a message of ours that the peer missed and that is too old to be sent again; it got a gap fill. */
  stale(link: Link, scan: Scanner): void;
  /** True once all that `stale` has led to is in the journal: the gap fill must not leave before. */
  told(): boolean;
}

/** Where messages are written before they are sent; `journal/writer.ts` is one. */
export interface LinkJournal {
  append(
    kind: number,
    session: number,
    sequence: number,
    timeUs: number,
    index: number,
    epoch: number,
    fromAddress: number,
    payloadBytes: number,
  ): number;
}

/** Holds a connection's output back; `journal/gate.ts` is one. */
export interface LinkGate {
  /** A connection begins, of which so many bytes were written. */
  begin(end: number): void;
  limit(end: number): number;
}
