import { EINPROGRESS } from "../../ffi/errno.ts";
import { connectResult, connectTo, type SocketAddress, setNoDelay } from "../../ffi/socket.ts";
import { NS_PER_MS } from "../base/units.ts";
import type { Link } from "../link/link.ts";
import type { Stream } from "../net/stream.ts";

const CONNECT_TIMEOUT_NS = 5_000_000_000;

/** One exchange session and the way to it: connects, and comes back with growing patience when that fails. */
export class Venue {
  private connecting = false;
  private nextNs = 0;
  private delayMs: number;

  constructor(
    readonly link: Link,
    private readonly stream: Stream,
    private readonly address: SocketAddress,
    private readonly reconnectMinMs: number,
    private readonly reconnectMaxMs: number,
  ) {
    this.delayMs = reconnectMinMs;
  }

  connectAt(nowNs: number): void {
    this.nextNs = nowNs;
  }

  /** Goes on with connecting; hands the connection to the link once it stands. Returns 1 when something happened. */
  connect(nowNs: number): number {
    if (this.connecting) return this.finishConnect(nowNs);
    if (nowNs < this.nextNs) return 0;
    const fd = connectTo(this.address);
    if (fd < 0) {
      this.failed(nowNs);
      return 1;
    }
    this.stream.open(fd, true);
    this.connecting = true;
    this.nextNs = nowNs + CONNECT_TIMEOUT_NS;
    return 1;
  }

  /** Logged on: the next break begins with the shortest wait again. */
  succeeded(): void {
    this.delayMs = this.reconnectMinMs;
  }

  failed(nowNs: number): void {
    this.nextNs = nowNs + this.delayMs * NS_PER_MS;
    this.delayMs = Math.min(this.reconnectMaxMs, this.delayMs * 2);
  }

  deadlineNs(): number {
    return this.link.stream === null ? this.nextNs : this.link.session.deadlineNs();
  }

  private finishConnect(nowNs: number): number {
    const stream = this.stream;
    if (!stream.writable) {
      if (nowNs < this.nextNs) return 0;
      return this.giveUp(nowNs);
    }
    stream.writable = false;
    const result = connectResult(stream.fd);
    if (result === -EINPROGRESS) return 0;
    if (result < 0) return this.giveUp(nowNs);
    this.connecting = false;
    setNoDelay(stream.fd);
    stream.established();
    this.link.attach(stream);
    return 1;
  }

  private giveUp(nowNs: number): number {
    this.connecting = false;
    this.stream.close(true);
    this.failed(nowNs);
    return 1;
  }
}
