import type { DisconnectReason } from "../base/disconnect-reason.ts";

// The contract between a session (link.ts: connection, journal, schedule, resend) and its wire protocol. A protocol turns bytes
// into verdicts, records into bytes and time into actions. It owns neither socket nor clock nor store.

/** Verdict.kind: the message needs more bytes; nothing was consumed. */
export const INCOMPLETE = 0;
/** A session-level message, on which the protocol has acted, or a message behind a gap. */
export const HANDLED = 1;
/** An application message, in sequence. */
export const APPLICATION = 2;
/** The peer rejects one of our messages. */
export const REJECTED = 3;
/** The protocol has rejected a message for a fault in its fields; `refTag` is the one at fault. */
export const INVALID = 4;
/** The connection is to be closed once the output has left; `reason` says why. */
export const CLOSE = 5;
/** Bytes that are no message were skipped. */
export const GARBLED = 6;

/** Result of `receive`. One object a session; valid until its next `receive`. */
export class Verdict {
  kind = INCOMPLETE;
  /** Offset of the first byte that was not consumed; a message that waited behind a gap consumes none. */
  next = 0;
  /** Number of the message. */
  msgSeqNum = 0;
  /** The reset after which this number counts. */
  epoch = 0;
  /** Tag of the field at fault of an INVALID message; not above 0 when no tag is. */
  refTag = 0;
  reason: DisconnectReason = 0;
}

/** The protocol's side of one session. */
export interface Protocol {
  /** We connect and log on first. */
  readonly initiator: boolean;
  /** Numbers of the next message in each direction; `epoch` counts their resets. */
  readonly numbers: { readonly nextIn: number; readonly nextOut: number; readonly epoch: number };
  /** Logged on. */
  readonly active: boolean;
  /** Our Logout is sent, the peer's has not come. */
  readonly loggingOut: boolean;
  /** Messages wait behind a gap: `receive` takes these first. */
  readonly holds: boolean;
  /** A restart of the numbers would lose nothing. */
  readonly calm: boolean;
  /** Why the connection ends or has ended. */
  closing: DisconnectReason;

  /** The connection is made; an initiator sends its Logon. */
  connected(): void;
  disconnected(): void;
  /** Takes the next message of `bytes[from, to)`, or one that waited behind a gap. */
  receive(bytes: Uint8Array, from: number, to: number): Verdict;
  /** Heartbeats and time-outs. Returns NONE, or the reason to close the connection. */
  tick(): DisconnectReason;
  /** When `tick` next has something to do, in monotonic nanoseconds. */
  deadlineNs(): number;
  /** Logs out and waits for the peer's answer. */
  logout(reason: DisconnectReason): void;
  /** Resets the numbers at an agreed time; over a connection, by a Logon. */
  restart(): void;
  /** Binds a session without a client to this one. */
  adopt(peer: string): void;
  readonly out: ProtocolWriter;
}

/** Writes the messages of a resend. The session sends them; they use no number and are not journalled. */
export interface ProtocolWriter {
  /** Reads one of our messages back from the journal; false when it is none. */
  readBack(bytes: Uint8Array, from: number, to: number): boolean;
  /** Writes the message that was read back once more, as a possible duplicate. Returns its length. */
  writeAgain(sequence: number): number;
  /** Writes the message that replaces ours from `begin` to `next` − 1. Returns its length. */
  writeGapFill(begin: number, next: number): number;
  /** Where the written message lies. */
  readonly address: number;
}

/** The session's side: its wire and its journal. */
export interface SessionHost {
  /** Journals a finished message and sends it. The copy for the journal is another one where the message holds a password. */
  message(
    address: number,
    bytes: number,
    journalAddress: number,
    journalBytes: number,
    sequence: number,
    /** Counts what the core gave this session; 0 for session-level messages. */
    index: number,
  ): void;
  /** Both numbers are 1 again, in a new epoch. */
  reset(): void;
  /** Answers a resend request: our messages `begin` to `end`, both included. */
  resend(begin: number, end: number): void;
  loggedOn(): void;
}
