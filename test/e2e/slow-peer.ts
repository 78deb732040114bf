import { IPPROTO_TCP, SO_RCVBUF, SOCK_NONBLOCK, SOCK_STREAM, SOL_SOCKET } from "../../ffi/abi.ts";
import { EINPROGRESS } from "../../ffi/errno.ts";
import { libc } from "../../ffi/libc.ts";
import * as sockets from "../../ffi/socket.ts";
import { ClientPeer } from "../../src/counterparty/client.ts";
import type { Message } from "../../src/counterparty/message.ts";
import { PolledTransport, Scratch } from "../../src/counterparty/polled.ts";
import { until } from "../eventually.ts";

/** tcp(7): the longest segment that the other side may send; with small ones the kernel keeps little between the two. */
const TCP_MAXSEG = 2;
const SEGMENT_BYTES = 536;
const WINDOW_BYTES = 4096;
const BUFFER_BYTES = 1 << 18;
const scratch = new Scratch(BUFFER_BYTES);

/** A client whose kernel takes next to nothing for it: what it does not read stays with the gateway. */
export class SlowPeer extends ClientPeer {
  readonly counts = new Map<string, number>();
  private readonly transportOfFd = new PolledTransport(this, sockets, scratch);

  constructor(
    compId: string,
    private readonly port: number,
  ) {
    super(compId, { keeps: "nothing" });
    this.heartBtInt = 60;
  }

  async connect(): Promise<void> {
    const address = sockets.parseAddress("127.0.0.1", this.port);
    const fd = libc.socket(address.family, SOCK_STREAM | SOCK_NONBLOCK, 0);
    sockets.setOption(fd, IPPROTO_TCP, TCP_MAXSEG, SEGMENT_BYTES);
    sockets.setOption(fd, SOL_SOCKET, SO_RCVBUF, WINDOW_BYTES);
    libc.connect(fd, address.address, address.bytes);
    await until("a connection", () => sockets.connectResult(fd) !== -EINPROGRESS);
    this.transportOfFd.open(fd);
    this.sendLogon(true);
    await this.until("a Logon", () => this.count("A") > 0);
  }

  count(type: string): number {
    return this.counts.get(type) ?? 0;
  }

  /** Sends what the kernel takes. Returns true once all is sent, or nobody takes it. */
  flush(): boolean {
    this.transportOfFd.flush();
    return !this.connected || this.transportOfFd.unsent === 0;
  }

  /** From now on it reads as fast as others. */
  widen(): void {
    if (this.connected) sockets.setOption(this.transportOfFd.fd, SOL_SOCKET, SO_RCVBUF, BUFFER_BYTES);
  }

  async until(what: string, done: () => boolean, patienceMs = 15_000): Promise<void> {
    const step = (): boolean => {
      this.transportOfFd.poll();
      if (this.faults.length > 0) throw new Error(this.faults.join("\n"));
      return done();
    };
    await until(`${what} for ${this.compId}`, step, patienceMs, () => [...this.counts]);
  }

  close(): void {
    this.transportOfFd.close();
  }

  protected override onMessage({ type }: Message): void {
    this.counts.set(type, this.count(type) + 1);
  }
}
