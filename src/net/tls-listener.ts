import { closeFd } from "../../ffi/file.ts";
import { addressOf, SCRATCH_BYTES } from "../../ffi/memory.ts";
import { openSsl } from "../../ffi/openssl.ts";
import { readPipe } from "../../ffi/pipe.ts";
import { endListening } from "../../ffi/socket.ts";
import { Views } from "../base/views.ts";
import {
  COUNT_WORD,
  FD_WORD,
  HANDED_BYTES,
  HANDED_PEER_WORDS,
  IDENTITIES_WORD,
  LENGTH_WORD,
  PEER_WORD,
  REASON_WORD,
  TEXT_AT,
} from "./handed.ts";
import { type ConnectionSource, NO_CONNECTION, TURNED_AWAY } from "./listener.ts";
import type { Reactor } from "./reactor.ts";
import type { Stream } from "./stream.ts";
import { IDENTITIES, IDENTITY_WORDS, TlsChannel } from "./tls-channel.ts";

/** A lane's end of the pipe: connections come from it as from a listening socket, with their handshakes done. */
export class TlsListener implements ConnectionSource {
  ready = false;
  reason = 0;
  readonly peer = new Int32Array(new ArrayBuffer(4 * HANDED_PEER_WORDS));
  private readonly views = Views.allocate(SCRATCH_BYTES);
  private readonly address = addressOf(this.views.buffer);
  private readonly refused = new TlsChannel();

  constructor(
    private readonly reactor: Reactor,
    readonly fd: number,
    /** Sockets from which the thread of handshakes accepts. */
    private readonly listenFds: readonly number[],
  ) {
    // Its functions are there before the first record.
    openSsl();
    reactor.addListener(this);
  }

  accept(): number {
    if (readPipe(this.fd, this.address, HANDED_BYTES) !== HANDED_BYTES) {
      this.ready = false;
      return NO_CONNECTION;
    }
    const ints = this.views.ints;
    this.reason = ints[REASON_WORD]!;
    for (let i = 0; i < HANDED_PEER_WORDS; i++) this.peer[i] = ints[PEER_WORD + i]!;
    return this.reason === 0 ? ints[FD_WORD]! : TURNED_AWAY;
  }

  peerOf(_fd: number, words: Int32Array): void {
    for (let i = 0; i < HANDED_PEER_WORDS; i++) words[i] = this.peer[i]!;
  }

  /** Why the handshake failed: `text[textFrom, textTo)`. */
  get text(): Uint8Array {
    return this.views.bytes;
  }

  get textFrom(): number {
    return TEXT_AT;
  }

  get textTo(): number {
    return TEXT_AT + this.views.ints[LENGTH_WORD]!;
  }

  /** Gives the session of the last connection to its stream. */
  secure(stream: Stream): void {
    const tls = stream.tls;
    if (tls === null) return;
    const ints = this.views.ints;
    tls.begin(this.views.doubles[0]!);
    tls.identityCount = Math.min(IDENTITIES, ints[COUNT_WORD]!);
    for (let i = 0; i < IDENTITIES * IDENTITY_WORDS; i++) tls.identities[i] = ints[IDENTITIES_WORD + i]!;
  }

  pause(): void {
    this.ready = false;
    this.reactor.pauseListener(this);
  }

  resume(): void {
    this.reactor.resumeListener(this);
  }

  /** Ends the last connection, for which there is no room. */
  refuse(fd: number): void {
    this.refused.begin(this.views.doubles[0]!);
    this.refused.end(true);
    this.reactor.network.closeSocket(fd);
  }

  close(): void {
    for (let i = 0; i < this.listenFds.length; i++) endListening(this.listenFds[i]!);
    this.reactor.removeListener(this);
    closeFd(this.fd);
  }
}
