import { EINPROGRESS, ETIMEDOUT } from "../../ffi/errno.ts";
import type { SocketAddress } from "../../ffi/socket.ts";
import type { Network } from "./network.ts";
import type { Stream } from "./stream.ts";

export const CONNECTED = 0;
export const CONNECTING = 1;
export const REFUSED = 2;

/** Connects one stream to one address without waiting. */
export interface Dialing {
  readonly stream: Stream;
  readonly address: SocketAddress;
  /** Why the last attempt failed; 0 while it has not, or where `problem` says it. */
  readonly errno: number;
  /** Why the handshake of the last attempt failed: `problem[0, problemLength)`. */
  readonly problem: Uint8Array;
  readonly problemLength: number;
  /** Nobody says when there is a result: it is asked for every few milliseconds. */
  readonly isPolled: boolean;
  /** Begins to connect. Returns  false when that fails at once. */
  begin(): boolean;
  /** CONNECTING until it is known; then CONNECTED, with the stream ready, or REFUSED. */
  result(): number;
  /** Ends an attempt that was refused, or took too long. */
  giveUp(): void;
}

const NO_PROBLEM = new Uint8Array(0);

/** Connects by TCP. */
export class Dialer implements Dialing {
  readonly problem = NO_PROBLEM;
  readonly problemLength = 0;
  readonly isPolled = false;
  errno = 0;
  private readonly network: Network;

  constructor(
    readonly stream: Stream,
    readonly address: SocketAddress,
  ) {
    this.network = stream.network;
  }

  begin(): boolean {
    this.errno = 0;
    const fd = this.network.connectTo(this.address);
    if (fd < 0) {
      this.errno = -fd;
      return false;
    }
    this.stream.open(fd, true);
    return true;
  }

  result(): number {
    const stream = this.stream;
    if (!stream.writable) return CONNECTING;
    stream.writable = false;
    const result = this.network.connectResult(stream.fd);
    if (result === -EINPROGRESS) return CONNECTING;
    if (result < 0) {
      this.errno = -result;
      return REFUSED;
    }
    stream.established();
    return CONNECTED;
  }

  giveUp(): void {
    if (this.errno === 0) this.errno = ETIMEDOUT;
    this.stream.close(true);
  }
}
