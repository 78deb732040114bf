import { EINPROGRESS } from "../../ffi/errno.ts";
import { connectResult, connectTo, type SocketAddress, setNoDelay } from "../../ffi/socket.ts";
import type { Stream } from "./stream.ts";

export const CONNECTED = 0;
export const CONNECTING = 1;
export const REFUSED = 2;

/** Connects one stream to one address without waiting. */
export class Dialer {
  constructor(
    readonly stream: Stream,
    private readonly address: SocketAddress,
  ) {}

  /** Begins to connect. Returns false when the kernel refuses at once. */
  begin(): boolean {
    const fd = connectTo(this.address);
    if (fd < 0) return false;
    this.stream.open(fd, true);
    return true;
  }

  /** CONNECTING until the kernel knows; then CONNECTED, with the stream ready, or REFUSED. */
  result(): number {
    const stream = this.stream;
    if (!stream.writable) return CONNECTING;
    stream.writable = false;
    const result = connectResult(stream.fd);
    if (result === -EINPROGRESS) return CONNECTING;
    if (result < 0) return REFUSED;
    setNoDelay(stream.fd);
    stream.established();
    return CONNECTED;
  }

  giveUp(): void {
    this.stream.close(true);
  }
}
