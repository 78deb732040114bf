import { EAGAIN, ECONNRESET, EINTR } from "../../ffi/errno.ts";
import { addressOf } from "../../ffi/memory.ts";
import {
  brokenText,
  endSession,
  feed,
  RECORD_BYTES,
  RECORD_WAITS,
  RECORD_WRONG,
  readMemory,
  readRecord,
  unreadBytes,
  writeRecord,
} from "../../ffi/tls.ts";
import { ascii } from "../base/ascii.ts";
import type { Network } from "./network.ts";
import { BAD_RECORD, BROKEN, CUT, ENDED } from "./stream-end.ts";

/** Identities of a certificate that a connection brings along; each is 4 words. */
export const IDENTITIES = 16;
export const IDENTITY_WORDS = 4;

const NONE_SAID = new Uint8Array(0);
const FLOOD = ascii("too many records without data");
/** Most bytes of one receive. */
const RECEIVE_BYTES = 8_192;
/** A peer that sends so much without a byte of data in it, as some records, sends key updates only, or refused hellos. */
const MOST_WITHOUT_DATA = 4 * RECORD_BYTES;
/** Received bytes, on their way to OpenSSL. */
const received = new ArrayBuffer(RECEIVE_BYTES);
const receivedAt = addressOf(received);

/**
 * TLS of one stream after its handshake. The object is reused for one connection after another, as its stream is.
 *
 * It receives by itself and gives the bytes to OpenSSL, which would read on from a socket as long as a peer sends records without
 * data: one such record ends a `receive`.
 *
 * A record that the socket does not take at once stays with OpenSSL, which counts it as not written: the same count of bytes has
 * to be offered again, whatever is at the address then. `owed` remembers it.
 */
export class TlsChannel {
  /** The address of OpenSSL's SSL; 0: the connection has no TLS. */
  private session = 0;
  private owed = 0;
  /** Where OpenSSL reads received bytes. */
  private memory = 0;
  /** OpenSSL may have more, without another byte of the peer. */
  hasMore = false;
  /** Bytes received since the last data. */
  private withoutData = 0;
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
    this.memory = readMemory(session);
    this.hasMore = true;
    this.withoutData = 0;
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

  /** Reads decrypted bytes to `address`; receives at most once. Returns  as `Stream.receive`. */
  receive(network: Network, fd: number, address: number, bytes: number): number {
    if (this.hasMore) {
      const count = this.read(address, bytes);
      if (count !== 0 || this.hasMore) return count;
    }
    const count = network.receive(fd, receivedAt, RECEIVE_BYTES);
    if (count === -EAGAIN || count === -EINTR) return 0;
    if (count <= 0) return count === 0 ? CUT : BROKEN;
    if (feed(this.memory, receivedAt, count) !== count) return BROKEN;
    this.withoutData += count;
    return this.read(address, bytes);
  }

  private read(address: number, bytes: number): number {
    const count = readRecord(this.session, address, bytes);
    if (count > 0) {
      this.hasMore = true;
      this.withoutData = 0;
      return count;
    }
    if (count === RECORD_WAITS) {
      this.hasMore = unreadBytes(this.memory) > 0;
      if (this.withoutData <= MOST_WITHOUT_DATA) return 0;
      this.problem = FLOOD;
      return BAD_RECORD;
    }
    if (count === 0) return ENDED;
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
