import { EAGAIN, ECONNRESET } from "../../ffi/errno.ts";
import {
  brokenText,
  endSession,
  RECORD_BYTES,
  RECORD_CUT,
  RECORD_WAITS,
  RECORD_WRONG,
  readRecord,
  writeRecord,
} from "../../ffi/tls.ts";
import { ascii } from "../base/ascii.ts";
import { BAD_RECORD, BROKEN, CUT, ENDED } from "./stream-end.ts";

/** Identities of a certificate that a connection brings along; each is 4 words. */
export const IDENTITIES = 16;
export const IDENTITY_WORDS = 4;

const NONE_SAID = new Uint8Array(0);

/**
 * TLS of one stream after its handshake. The object is reused for one connection after another, as its stream is.
 *
 * A record that the socket does not take at once stays with OpenSSL, which counts it as not written: the same count of bytes has
 * to be offered again, whatever is at the address then. `owed` remembers it.
 */
export class TlsChannel {
  /** The address of OpenSSL's SSL; 0: the connection has no TLS. */
  private session = 0;
  private owed = 0;
  /** What the peer's certificate says it is (tls/identities.ts). */
  readonly identities = new Int32Array(new ArrayBuffer(4 * IDENTITIES * IDENTITY_WORDS));
  identityCount = 0;
  /** What OpenSSL has said about a wrong record, or an alert of the peer. */
  problem: Uint8Array = NONE_SAID;

  get isOn(): boolean {
    return this.session !== 0;
  }

  /** Takes over a session whose handshake is done. */
  begin(session: number): void {
    this.session = session;
    this.owed = 0;
    this.identityCount = 0;
    this.problem = NONE_SAID;
  }

  /** Whether the certificate of the other side has the identity in `words[at …]`. */
  has(words: Int32Array, at: number): boolean {
    if (this.session === 0) return false;
    for (let i = 0; i < this.identityCount; i++) {
      let differs = 0;
      for (let word = 0; word < IDENTITY_WORDS; word++)
        differs |= this.identities[IDENTITY_WORDS * i + word]! ^ words[at + word]!;
      if (differs === 0) return true;
    }
    return false;
  }

  /** Returns  as `Stream.receive`. */
  receive(address: number, bytes: number): number {
    const count = readRecord(this.session, address, bytes);
    if (count > 0) return count;
    if (count === RECORD_WAITS) return 0;
    if (count === 0) return ENDED;
    if (count === RECORD_CUT) return CUT;
    if (count !== RECORD_WRONG) return BROKEN;
    this.problem = ascii(brokenText());
    return BAD_RECORD;
  }

  /** Returns  bytes taken, which may be more than `bytes` after a call that took fewer; or -errno. */
  send(address: number, bytes: number): number {
    let taken = 0;
    do {
      const next = this.owed > 0 ? this.owed : Math.min(RECORD_BYTES, bytes - taken);
      const wrote = writeRecord(this.session, address + taken, next);
      if (wrote < 0) {
        if (wrote !== RECORD_WAITS) return -ECONNRESET;
        this.owed = next;
        return taken > 0 ? taken : -EAGAIN;
      }
      this.owed = 0;
      taken += wrote;
    } while (taken < bytes);
    return taken;
  }

  /** Ends it; `says`: with TLS's own end, so that the other side knows that nothing is missing. */
  end(says: boolean): void {
    if (this.session === 0) return;
    endSession(this.session, says && this.owed === 0);
    this.session = 0;
  }
}
