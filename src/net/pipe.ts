// In-memory sockets for the simulator and tests. The product has none.

import { EADDRINUSE, EAGAIN, ECONNREFUSED, ECONNRESET, EINPROGRESS, EPIPE, SystemError } from "../../ffi/errno.ts";
import { addressOf, copyMemory } from "../../ffi/memory.ts";
import { Wakeup } from "../../ffi/poller.ts";
import type { CongestionControl, SocketAddress } from "../../ffi/socket.ts";
import type { Network, Readiness } from "./network.ts";

/** Size of a pipe's memory; the network's `capacity` may be smaller. */
const PIPE_BYTES = 65_536;

/*  Linear memory; `compact` moves the unread bytes to its start:
 *
 *  ├── read ──┤ from ── readable ── arrived ── in flight ── to ├── free ──┤
 */

/** One direction of a connection. */
class Pipe {
  from = 0;
  arrived = 0;
  to = 0;
  /** The writer has closed: the end of the stream follows `to`. */
  ended = false;
  readonly address: number;
  readonly memory: ArrayBuffer;

  constructor() {
    this.memory = new ArrayBuffer(PIPE_BYTES);
    this.address = addressOf(this.memory);
  }

  /** Makes up to `bytes` of the bytes in flight readable. */
  deliver(bytes: number): void {
    this.arrived = Math.min(this.to, this.arrived + bytes);
  }

  get inFlight(): number {
    return this.to - this.arrived;
  }

  clear(): this {
    this.from = 0;
    this.arrived = 0;
    this.to = 0;
    this.ended = false;
    return this;
  }

  compact(): void {
    if (this.from === 0) return;
    new Uint8Array(this.memory).copyWithin(0, this.from, this.to);
    this.arrived -= this.from;
    this.to -= this.from;
    this.from = 0;
  }
}

/** One side of a connection. */
class PipeSocket {
  peer: PipeSocket | null = null;
  /** The connection is reset: bytes that have arrived can be read, then calls fail. */
  reset = false;
  /** The peer has closed its socket: the next send resets the connection. */
  peerClosed = false;

  constructor(
    readonly fd: number,
    readonly input: Pipe,
    readonly output: Pipe,
    /** Address of the listener, for messages. */
    readonly name: string,
  ) {}
}

class PipeListener {
  readonly waiting: number[] = [];

  constructor(readonly name: string) {}
}

/** Unused pipes for reuse: `addressOf` keeps their memory for the life of the process. */
const spare: Pipe[] = [];

/** Listeners, connections and pollers in memory. Bytes arrive by `deliver`, or at once when `instant`. */
export class PipeNetwork implements Network {
  /** Bytes arrive as soon as they are sent. */
  instant = true;
  /** Bytes in flight or unread in one direction at which `send` returns EAGAIN. */
  capacity = PIPE_BYTES;
  readonly sockets = new Map<number, PipeSocket>();
  private readonly listeners = new Map<number, PipeListener>();
  private readonly refused = new Set<number>();
  private nextFd = 3;

  receive(fd: number, address: number, bytes: number): number {
    const socket = this.sockets.get(fd)!;
    const pipe = socket.input;
    const count = Math.min(bytes, pipe.arrived - pipe.from);
    if (count > 0) {
      copyMemory(address, pipe.address + pipe.from, count);
      pipe.from += count;
      return count;
    }
    if (socket.reset) return -ECONNRESET;
    return pipe.ended && pipe.from === pipe.to ? 0 : -EAGAIN;
  }

  send(fd: number, address: number, bytes: number): number {
    const socket = this.sockets.get(fd)!;
    if (socket.reset) return -EPIPE;
    if (socket.peerClosed) {
      // As in the kernel: the send succeeds, and the closed peer answers with a reset.
      socket.reset = true;
      return bytes;
    }
    const pipe = socket.output;
    const count = Math.min(bytes, this.capacity - (pipe.to - pipe.from));
    if (count <= 0) return -EAGAIN;
    if (pipe.to + count > PIPE_BYTES) pipe.compact();
    copyMemory(pipe.address + pipe.to, address, count);
    pipe.to += count;
    if (this.instant) pipe.arrived = pipe.to;
    return count;
  }

  /** As in the kernel: unread bytes turn the close into a reset. */
  closeSocket(fd: number): void {
    const socket = this.sockets.get(fd);
    if (socket === undefined) {
      for (const waiting of this.listeners.get(fd)?.waiting ?? []) this.abortSocket(waiting);
      this.listeners.delete(fd);
      this.refused.delete(fd);
      return;
    }
    if (socket.input.to > socket.input.from) this.abortSocket(fd);
    else this.detach(socket);
  }

  abortSocket(fd: number): void {
    const socket = this.sockets.get(fd);
    if (socket === undefined) return this.closeSocket(fd);
    if (socket.peer !== null) this.breakSocket(socket.peer, 0);
    this.detach(socket);
  }

  /** Breaks a connection: `bytes` of the bytes in flight to each side still arrive. */
  sever(socket: PipeSocket, bytes: number): void {
    const peer = socket.peer;
    this.breakSocket(socket, bytes);
    if (peer !== null) this.breakSocket(peer, bytes);
  }

  connectTo(address: SocketAddress): number {
    return this.connect(address.text);
  }

  /** Connects to the listener with this address text. Returns a descriptor. */
  connect(text: string): number {
    const fd = this.nextFd++;
    const listener = [...this.listeners.values()].find((its) => its.name === text);
    if (listener === undefined) {
      this.refused.add(fd);
      return fd;
    }
    const near = new PipeSocket(fd, this.pipe(), this.pipe(), text);
    const far = new PipeSocket(this.nextFd++, near.output, near.input, text);
    near.peer = far;
    far.peer = near;
    this.sockets.set(near.fd, near);
    this.sockets.set(far.fd, far);
    listener.waiting.push(far.fd);
    return fd;
  }

  connectResult(fd: number): number {
    if (this.refused.has(fd)) return -ECONNREFUSED;
    const socket = this.sockets.get(fd);
    if (socket === undefined) return -EINPROGRESS;
    return socket.reset ? -ECONNRESET : 0;
  }

  listenTcp(host: string, port: number, _backlog: number): number {
    const name = `${host}:${port}`;
    for (const listener of this.listeners.values())
      if (listener.name === name) throw new SystemError(`bind ${name}`, EADDRINUSE);
    this.listeners.set(this.nextFd, new PipeListener(name));
    return this.nextFd++;
  }

  localPort(fd: number): number {
    return Number(this.listeners.get(fd)!.name.split(":").at(-1));
  }

  /** Peers have no addresses here. */
  readPeer(_fd: number, words: Int32Array): void {
    words.fill(0);
  }

  acceptTcp(fd: number): number {
    return this.listeners.get(fd)!.waiting.shift() ?? -EAGAIN;
  }

  setNoDelay(_fd: number): number {
    return 0;
  }

  setBusyPoll(_fd: number, _us: number): number {
    return 0;
  }

  preferBusyPoll(_fd: number): number {
    return 0;
  }

  setQuickAck(_fd: number): number {
    return 0;
  }

  setKeepAlive(_fd: number, _idleS: number, _intervalS: number, _count: number): number {
    return 0;
  }

  setUserTimeout(_fd: number, _ms: number): number {
    return 0;
  }

  setCongestionControl(_fd: number, _control: CongestionControl): number {
    return 0;
  }

  /** There are no packets, so there is no CPU. */
  incomingCpu(_fd: number): number {
    return -1;
  }

  poller(): Readiness {
    return new PipePoller(this);
  }

  wakeup(): Wakeup {
    return noWakeup;
  }

  isReadable(fd: number): boolean {
    const listener = this.listeners.get(fd);
    if (listener !== undefined) return listener.waiting.length > 0;
    const socket = this.sockets.get(fd);
    if (socket === undefined) return this.refused.has(fd);
    return (
      socket.reset ||
      socket.input.arrived > socket.input.from ||
      (socket.input.ended && socket.input.from === socket.input.to)
    );
  }

  isWritable(fd: number): boolean {
    const socket = this.sockets.get(fd);
    if (socket === undefined) return this.refused.has(fd);
    return socket.reset || socket.output.to - socket.output.from < this.capacity;
  }

  /** Count of open descriptors. The caller closes those of a killed process. */
  get descriptors(): number {
    return this.sockets.size + this.listeners.size + this.refused.size;
  }

  private breakSocket(socket: PipeSocket, bytes: number): void {
    const pipe = socket.input;
    pipe.deliver(bytes);
    pipe.to = pipe.arrived;
    socket.reset = true;
  }

  /** Removes the descriptor; the peer reads the bytes in flight, then the end of the stream. */
  private detach(socket: PipeSocket): void {
    socket.output.ended = true;
    this.sockets.delete(socket.fd);
    const peer = socket.peer;
    if (peer !== null) {
      peer.peerClosed = true;
      peer.peer = null;
      return;
    }
    spare.push(socket.input.clear(), socket.output.clear());
  }

  private pipe(): Pipe {
    return spare.pop() ?? new Pipe();
  }
}

/** Level-triggered, like the kernel's. */
class PipePoller implements Readiness {
  private readonly watched = new Map<number, { token: number; output: boolean }>();
  private readonly events: { token: number; readable: boolean; writable: boolean }[] = [];

  constructor(private readonly network: PipeNetwork) {}

  add(fd: number, token: number, output: boolean): number {
    if (fd >= 0) this.watched.set(fd, { token, output });
    return 0;
  }

  watch(fd: number, token: number, output: boolean): number {
    return this.add(fd, token, output);
  }

  remove(fd: number): number {
    this.watched.delete(fd);
    return 0;
  }

  wait(_timeoutMs: number): number {
    this.events.length = 0;
    for (const [fd, { token, output }] of this.watched) {
      const readable = this.network.isReadable(fd);
      const writable = output && this.network.isWritable(fd);
      if (readable || writable) this.events.push({ token, readable, writable });
    }
    return this.events.length;
  }

  token(index: number): number {
    return this.events[index]!.token;
  }

  readable(index: number): boolean {
    return this.events[index]!.readable;
  }

  writable(index: number): boolean {
    return this.events[index]!.writable;
  }

  close(): void {
    this.watched.clear();
  }
}

/** There is no other thread to be woken by. */
class SilentWakeup extends Wakeup {
  override wake(): void {}
  override drain(): void {}
}

const noWakeup = new SilentWakeup(-1);
