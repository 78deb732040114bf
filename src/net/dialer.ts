import { EINPROGRESS } from "../../ffi/errno.ts";
import type { SocketAddress } from "../../ffi/socket.ts";
import type { Network } from "./network.ts";
import type { Stream } from "./stream.ts";

export const CONNECTED = 0;
export const CONNECTING = 1;
export const REFUSED = 2;

/** Connects one stream to one address without waiting. */
export class Dialer {
  private readonly network: Network;

  constructor(
    readonly stream: Stream,
    private readonly address: SocketAddress,
  ) {
    this.network = stream.network;
  }

  /** Begins to connect. Returns false when the kernel refuses at once. */
  begin(): boolean {
    const fd = this.network.connectTo(this.address);
    if (fd < 0) return false;
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
    if (result < 0) return REFUSED;
    stream.established();
    return CONNECTED;
  }

  giveUp(): void {
    this.stream.close(true);
  }
}
