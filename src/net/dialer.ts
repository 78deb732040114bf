import { EINPROGRESS, ETIMEDOUT } from "../../ffi/errno.ts";
import type { SocketAddress } from "../../ffi/socket.ts";
import type { Network } from "./network.ts";
import type { Stream } from "./stream.ts";

export const CONNECTED = 0;
export const CONNECTING = 1;
export const REFUSED = 2;

/** Connects one stream to one address without waiting. */
export class Dialer {
  private readonly network: Network;
  /** Why the last attempt failed; 0 while it has not. */
  errno = 0;

  constructor(
    readonly stream: Stream,
    readonly address: SocketAddress,
  ) {
    this.network = stream.network;
  }

  /** Begins to connect. Returns false when the kernel refuses at once. */
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

  /** CONNECTING until the kernel knows; then CONNECTED, with the stream ready, or REFUSED. */
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

  /** Ends an attempt that was refused, or took too long. */
  giveUp(): void {
    if (this.errno === 0) this.errno = ETIMEDOUT;
    this.stream.close(true);
  }
}
