import { ETIMEDOUT } from "../../ffi/errno.ts";
import { addressOf, SCRATCH_BYTES } from "../../ffi/memory.ts";
import { openSsl } from "../../ffi/openssl.ts";
import { readPipe, writePipe } from "../../ffi/pipe.ts";
import type { SocketAddress } from "../../ffi/socket.ts";
import { Views } from "../base/views.ts";
import { CONNECTED, CONNECTING, type Dialing, REFUSED } from "./dialer.ts";
import {
  ASKED_BYTES,
  FD_WORD,
  HANDED_BYTES,
  HANDED_TEXT_BYTES,
  LENGTH_WORD,
  PEER_WORD,
  REASON_WORD,
  TEXT_AT,
  TICKET_WORD,
} from "./handed.ts";
import type { Stream } from "./stream.ts";
import { TlsChannel } from "./tls-channel.ts";

/** A lane's pipes to the thread that connects to venues and does the handshakes. */
export class TlsDials {
  private readonly asked = Views.allocate(SCRATCH_BYTES);
  private readonly askedAt = addressOf(this.asked.buffer);
  private readonly handed = Views.allocate(SCRATCH_BYTES);
  private readonly handedAt = addressOf(this.handed.buffer);
  private readonly dialers: TlsDialer[] = [];
  private readonly unwanted = new TlsChannel();

  constructor(
    private readonly requestFd: number,
    private readonly answerFd: number,
  ) {
    // Its functions are there before the first record.
    openSsl();
  }

  add(dialer: TlsDialer): void {
    this.dialers.push(dialer);
  }

  /** Returns  false when the thread is far behind. */
  ask(target: number, ticket: number): boolean {
    this.asked.ints[0] = target;
    this.asked.ints[1] = ticket;
    return writePipe(this.requestFd, this.askedAt, ASKED_BYTES) === ASKED_BYTES;
  }

  /** Gives every answer that has come to its dialer. */
  poll(): void {
    while (readPipe(this.answerFd, this.handedAt, HANDED_BYTES) === HANDED_BYTES) {
      const ints = this.handed.ints;
      const dialer = this.dialerOf(ints[PEER_WORD]!, ints[TICKET_WORD]!);
      if (dialer !== null) dialer.answered(this.handed);
      else if (ints[REASON_WORD] === 0) this.refuse(ints[FD_WORD]!);
    }
  }

  private dialerOf(target: number, ticket: number): TlsDialer | null {
    for (let i = 0; i < this.dialers.length; i++) {
      const dialer = this.dialers[i]!;
      if (dialer.target === target) return dialer.ticket === ticket ? dialer : null;
    }
    return null;
  }

  /** A connection that nobody waits for any more. */
  private refuse(fd: number): void {
    this.unwanted.begin(this.handed.doubles[0]!);
    this.unwanted.end(true);
    this.dialers[0]!.stream.network.closeSocket(fd);
  }
}

/** Connects to one address of a venue with TLS: another thread does it, and hands the connection over. */
export class TlsDialer implements Dialing {
  readonly isPolled = true;
  errno = 0;
  readonly problem = new Uint8Array(new ArrayBuffer(HANDED_TEXT_BYTES));
  problemLength = 0;
  /** Of the request that waits for its answer; 0: none does. */
  ticket = 0;
  private tickets = 0;
  private state = REFUSED;

  constructor(
    readonly stream: Stream,
    readonly address: SocketAddress,
    /** Number of the address among all of the thread. */
    readonly target: number,
    private readonly dials: TlsDials,
  ) {
    dials.add(this);
  }

  begin(): boolean {
    this.errno = 0;
    this.problemLength = 0;
    this.tickets = (this.tickets % 0x3fffffff) + 1;
    if (!this.dials.ask(this.target, this.tickets)) {
      this.errno = ETIMEDOUT;
      return false;
    }
    this.ticket = this.tickets;
    this.state = CONNECTING;
    return true;
  }

  result(): number {
    if (this.state === CONNECTING) this.dials.poll();
    return this.state;
  }

  /** The answer to its request has come. */
  answered(handed: Views): void {
    const ints = handed.ints;
    this.ticket = 0;
    const reason = ints[REASON_WORD]!;
    if (reason === 0) {
      this.stream.open(ints[FD_WORD]!, false);
      this.stream.tls!.begin(handed.doubles[0]!);
      this.state = CONNECTED;
      return;
    }
    this.state = REFUSED;
    // A connect's own error is negative.
    if (reason < 0) this.errno = -reason;
    this.problemLength = ints[LENGTH_WORD]!;
    for (let i = 0; i < this.problemLength; i++) this.problem[i] = handed.bytes[TEXT_AT + i]!;
  }

  giveUp(): void {
    if (this.errno === 0 && this.problemLength === 0) this.errno = ETIMEDOUT;
    this.ticket = 0;
    this.state = REFUSED;
    this.stream.close(true);
  }
}
