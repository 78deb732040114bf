import type { DisconnectReason } from "../base/disconnect-reason.ts";

// The contract between a session (link.ts: connection, journal, schedule, resend) and its wire protocol. A protocol turns bytes
// into verdicts, records into bytes and time into actions. It owns neither socket nor clock nor store.

/** Verdict.kind: the message is incomplete; nothing was consumed. */
export const INCOMPLETE = 0;
/** A session-level message that the protocol has handled, or a message behind a gap. */
export const HANDLED = 1;
/** An application message, in sequence. */
export const APPLICATION = 2;
/** The peer rejects one of our messages. */
export const REJECTED = 3;
/** The protocol has rejected a message for a fault in its fields; `refTag` is the one at fault. */
export const INVALID = 4;
/** The connection must be closed once the output is sent, for `reason`. */
export const CLOSE = 5;
/** Garbled bytes were skipped. */
export const GARBLED = 6;
/** The message waits for an answer from outside; nothing was consumed, and it is to be received again. */
export const WAITING = 7;

/** Result of `receive`. One object a session; valid until its next `receive`. A handler that ends the session makes it CLOSE. */
export class Verdict {
  kind = INCOMPLETE;
  /** Offset of the first byte that was not consumed; a message that waited behind a gap consumes none. */
  next = 0;
  /** Number of the message. */
  msgSeqNum = 0;
  /** Epoch of the number: resets so far. */
  epoch = 0;
  /** Tag of the faulty field of an INVALID message; 0 or less when none is known. */
  refTag = 0;
  reason: DisconnectReason = 0;

  wait(): Verdict {
    this.kind = WAITING;
    return this;
  }
}

/** The protocol's side of one session. */
export interface Protocol {
  /** We connect and log on first. */
  readonly initiator: boolean;
  /** Numbers of the next message in each direction; `epoch` counts their resets, `epochIn` those of the peer's messages. */
  readonly numbers: {
    readonly nextIn: number;
    readonly nextOut: number;
    readonly epoch: number;
    readonly epochIn: number;
  };
  /** Logged on. */
  readonly active: boolean;
  /** Our Logout is sent, the peer's is not received yet. */
  readonly loggingOut: boolean;
  /** Messages wait behind a gap: `receive` takes these first. */
  readonly holds: boolean;
  /** No message would be lost by a reset of the numbers. */
  readonly calm: boolean;
  /** Reason for the end of the connection. */
  closeReason: DisconnectReason;
  /** Reason to refuse the Logon that comes next, or NONE; cleared by `connected`. */
  declines: DisconnectReason;

  /** A connection is established; an initiator sends its Logon. */
  connected(): void;
  disconnected(): void;
  /** Takes the next message of `bytes[from, to)`, or one that waited behind a gap. */
  receive(bytes: Uint8Array, from: number, to: number): Verdict;
  /** Counts messages in sequence that were journalled and handed over; 0: what the peer has sent has to wait, so it is not silent. */
  received(count: number): void;
  /** Heartbeats and time-outs. Returns NONE, or the reason to close the connection. */
  tick(): DisconnectReason;
  /** Time at which `tick` next has work; monotonic nanoseconds. */
  deadlineNs(): number;
  /** Asks the peer whether it is there; `tick` ends the connection when it sends nothing for a short time. */
  probe(): void;
  /** Logs out and waits for the peer's answer; `words[0, length)` is the text, by default the reason's. */
  logout(reason: DisconnectReason, words?: Uint8Array, length?: number): void;
  /** Resets the numbers at an agreed time; with a connection, by a Logon. */
  restart(): void;
  /** Binds a session without a client to this one. */
  adopt(peer: string): void;
  /** Masks the passwords in a copy of received bytes; they keep their length. */
  maskSecrets(bytes: Uint8Array, from: number, to: number): void;
  readonly out: ProtocolWriter;
}

/** Writes the messages of a resend. The session sends them; they use no number and are not journalled. */
export interface ProtocolWriter {
  /** Reads one of our messages back from the journal; false when the bytes are no message. */
  readBack(bytes: Uint8Array, from: number, to: number): boolean;
  /** Writes the message that was read back again, as a possible duplicate. Returns its length. */
  writeAgain(sequence: number): number;
  /** Writes the message that replaces ours from `begin` to `next` − 1. Returns its length. */
  writeGapFill(begin: number, next: number): number;
  /** Address of the written message. */
  readonly address: number;
}

/** The session's side of the contract: its connection and its journal. */
export interface SessionHost {
  /**
   * Journals a received message before the session acts on it: `[from, to)` of what `receive` was given. With `isSecret` the
   * copy in the journal is masked.
   */
  received(from: number, to: number, sequence: number, isSecret: boolean): void;
  /** Journals bytes that are no message. */
  skipped(from: number, to: number): void;
  /** The peer logs out; `bytes[from, to)` is its text. */
  peerLogout(bytes: Uint8Array, from: number, to: number): void;
  /** Journals a finished message and sends it. The journal gets a different copy when the message holds a password. */
  message(
    address: number,
    bytes: number,
    journalAddress: number,
    journalBytes: number,
    sequence: number,
    /** Index of the core's record for this session; 0 for session-level messages. */
    index: number,
  ): void;
  /** Journals a message that uses up none of our numbers, and sends it. */
  aside(address: number, bytes: number, sequence: number): void;
  /** Both numbers were reset to 1, in a new epoch. */
  reset(): void;
  /** Answers a resend request: our messages `begin` to `end`, both included. */
  resend(begin: number, end: number): void;
  loggedOn(): void;
  /** Journals what the peer's Logon says about its open orders at the end of the connection (fix/session/cancel-terms.ts). */
  cancelTerms(type: number, windowMs: number): void;
}
