import { NONE } from "../base/units.ts";
import { Views } from "../base/views.ts";
import type { TlsChannel } from "../net/tls-channel.ts";
import type { Latest } from "../ring/latest.ts";

/*  Who may log on to the sessions of a client agent, as one latest value, so that it can change while the lane runs. Written by
 *  the lane before it opens, then by the main thread.
 *
 *  int 0 1: some session admits any address · 1 ranges in the table
 *      2 + 8·place   first range of the session · its ranges, NONE: it admits any address · 1: its Logon needs a password
 *                    1: its connection needs a certificate with an identity · the identity in 4 words
 *  then 8 ints a range: the address in 4 words, and 4 masks
 */
const SESSIONS_AT = 2;
const SESSION_WORDS = 8;
/** Of a session's words: whether it needs a certificate, and the identity. */
const CERTIFICATE_WORD = 3;
const IDENTITY_WORD = 4;
const RANGE_WORDS = 8;

/** Ranges that a reload may add to those of the start. */
export const SPARE_RANGES = 256;

/** A range of addresses, IPv4 as IPv6 has it. */
export interface AddressRange {
  readonly address: Uint8Array;
  readonly bits: number;
}

/** The terms of one session. */
export interface SessionTerms {
  /** Addresses that it may log on from; null: any. */
  readonly allow: readonly AddressRange[] | null;
  readonly needsPassword: boolean;
  /** The identity that the certificate of its connection must have, in 4 words; null: any, and none. */
  readonly identity: Int32Array | null;
}

/** Size of the value, a multiple of 8. */
export function logonTermsBytes(sessions: number, ranges: number): number {
  return (4 * (SESSIONS_AT + SESSION_WORDS * sessions + RANGE_WORDS * ranges) + 7) & ~7;
}

/**
 * Publishes the terms of all sessions, in the order of their places.
 * Returns  false, and nothing is published, when there is no room for so many ranges.
 */
export function writeLogonTerms(latest: Latest, sessions: readonly SessionTerms[]): boolean {
  const ranges = sessions.flatMap(({ allow }) => allow ?? []);
  if (logonTermsBytes(sessions.length, ranges.length) > latest.bytes) return false;
  const { ints, bytes } = latest.views;
  const at = latest.begin() >> 2;
  const rangesAt = at + SESSIONS_AT + SESSION_WORDS * sessions.length;
  ints[at] = sessions.some(({ allow }) => allow === null) ? 1 : 0;
  ints[at + 1] = ranges.length;
  let first = 0;
  for (const [i, { allow, needsPassword, identity }] of sessions.entries()) {
    const certified = identity === null ? [0, 0, 0, 0, 0] : [1, ...identity];
    ints.set(
      [first, allow === null ? NONE : allow.length, needsPassword ? 1 : 0, ...certified],
      at + SESSIONS_AT + SESSION_WORDS * i,
    );
    first += allow?.length ?? 0;
  }
  for (const [i, { address, bits }] of ranges.entries()) {
    const byteAt = 4 * (rangesAt + RANGE_WORDS * i);
    for (let byte = 0; byte < 16; byte++) {
      const kept = Math.min(8, Math.max(0, bits - 8 * byte));
      const mask = (0xff00 >> kept) & 0xff;
      bytes[byteAt + byte] = address[byte]! & mask;
      bytes[byteAt + 16 + byte] = mask;
    }
  }
  latest.end();
  return true;
}

/** A client agent's side of the terms. A Logon is rare, so each look first sees whether they have changed. */
export class LogonTerms {
  /** Any of the sessions, for connections whose session is not known yet. */
  readonly anywhere: Anywhere;
  private readonly copy: Views;
  private readonly ints: Int32Array;
  private version = 0;

  constructor(
    private readonly latest: Latest,
    private readonly sessions: number,
  ) {
    this.copy = Views.allocate(latest.bytes);
    this.ints = this.copy.ints;
    this.anywhere = new Anywhere(this);
  }

  /** Whether the session at `place` may log on from this address. */
  admits(place: number, peer: Int32Array): boolean {
    this.refresh();
    const word = SESSIONS_AT + SESSION_WORDS * place;
    const count = this.ints[word + 1]!;
    return count === NONE || this.isIn(this.ints[word]!, count, peer);
  }

  /** Whether any session may log on from this address. */
  admitsAnywhere(peer: Int32Array): boolean {
    this.refresh();
    return this.ints[0] === 1 || this.isIn(0, this.ints[1]!, peer);
  }

  needsPassword(place: number): boolean {
    this.refresh();
    return this.ints[SESSIONS_AT + SESSION_WORDS * place + 2] === 1;
  }

  /** Whether the session at `place` takes a connection with this certificate, or with none. */
  certifies(place: number, tls: TlsChannel | null): boolean {
    this.refresh();
    const word = SESSIONS_AT + SESSION_WORDS * place;
    if (this.ints[word + CERTIFICATE_WORD] === 0) return true;
    return tls?.has(this.ints, word + IDENTITY_WORD) === true;
  }

  private refresh(): void {
    const version = this.latest.version();
    if (version === this.version) return;
    // A writer that publishes again meanwhile is seen at the next look.
    if (this.latest.read(this.copy, 0)) this.version = version;
  }

  private isIn(first: number, count: number, peer: Int32Array): boolean {
    const ints = this.ints;
    const rangesAt = SESSIONS_AT + SESSION_WORDS * this.sessions;
    for (let range = first; range < first + count; range++) {
      const at = rangesAt + RANGE_WORDS * range;
      let differs = 0;
      for (let i = 0; i < 4; i++) differs |= (peer[i]! & ints[at + 4 + i]!) ^ ints[at + i]!;
      if (differs === 0) return true;
    }
    return false;
  }
}

/** What the acceptor asks before it knows the session. */
class Anywhere {
  constructor(private readonly terms: LogonTerms) {}

  admits(peer: Int32Array): boolean {
    return this.terms.admitsAnywhere(peer);
  }
}
