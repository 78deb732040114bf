import { EAGAIN } from "../../ffi/errno.ts";
import { addressOf } from "../../ffi/memory.ts";
import type { PeerSession } from "./session.ts";
import type { Transport } from "./transport.ts";

/** Non-blocking socket calls of the kernel or of the in-memory network; each returns a count or -errno. */
export interface SocketCalls {
  receive(fd: number, address: number, bytes: number): number;
  send(fd: number, address: number, bytes: number): number;
  closeSocket(fd: number): void;
  abortSocket(fd: number): void;
}

/** Memory shared by the polled transports of a thread; each uses it only during a call. */
export class Scratch {
  readonly bytes: Buffer;
  readonly address: number;

  constructor(size: number) {
    const memory = new ArrayBuffer(size);
    this.address = addressOf(memory);
    this.bytes = Buffer.from(memory);
  }
}

/** A connection over a non-blocking descriptor; its owner polls it. */
export class PolledTransport implements Transport {
  paused = false;
  /** -1 without a connection. */
  fd = -1;
  private output = "";

  constructor(
    private readonly session: PeerSession,
    private readonly calls: SocketCalls,
    private readonly scratch: Scratch,
  ) {}

  /** Takes a connected descriptor. */
  open(fd: number): void {
    if (this.fd >= 0) this.abort();
    this.fd = fd;
    this.output = "";
    this.paused = false;
    this.session.attach(this);
  }

  get unsent(): number {
    return this.output.length;
  }

  write(text: string): void {
    this.output += text;
  }

  end(): void {
    this.flush();
    this.close();
  }

  /** Closes; the kernel still sends the bytes it has. */
  close(): void {
    if (this.fd < 0) return;
    this.calls.closeSocket(this.fd);
    this.gone();
  }

  abort(): void {
    if (this.fd < 0) return;
    this.calls.abortSocket(this.fd);
    this.gone();
  }

  /** Sends pending output and passes received bytes to the session. Returns bytes received. */
  poll(): number {
    this.flush();
    return this.read();
  }

  flush(): void {
    const { scratch, output } = this;
    if (this.fd < 0 || output === "") return;
    const length = scratch.bytes.write(output, "latin1");
    const count = this.calls.send(this.fd, scratch.address, length);
    if (count >= 0) this.output = output.slice(count);
    else if (count !== -EAGAIN) this.abort();
  }

  read(): number {
    const { scratch, fd } = this;
    if (fd < 0 || this.paused) return 0;
    const count = this.calls.receive(fd, scratch.address, scratch.bytes.length);
    if (count > 0) this.session.take(this, scratch.bytes.toString("latin1", 0, count));
    else if (count !== -EAGAIN) this.close();
    return Math.max(0, count);
  }

  private gone(): void {
    this.fd = -1;
    this.session.disconnected(this);
  }
}
