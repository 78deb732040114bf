// The in-memory twin of the kernel's sockets, for the simulator and tests. Cold: none of it is in the product.

import { EADDRINUSE, EAGAIN, ECONNREFUSED, ECONNRESET, EINPROGRESS, EPIPE, SystemError } from "../../ffi/errno.ts";
import { addressOf, copyMemory } from "../../ffi/memory.ts";
import { Wakeup } from "../../ffi/poller.ts";
import type { CongestionControl, SocketAddress } from "../../ffi/socket.ts";
import type { Network, Readiness } from "./network.ts";

/** Bytes that a pipe can ever hold; how many of them a network lets it is `capacity`. */
export const PIPE_BYTES = 65_536;

/*  Linear; when the last byte is read both ends of it go back to the start:
 *
 *  ├── read ──┤ from ── can be read ── arrived ── under way ── to ├── free ──┤
 */

/** One direction of a connection. */
export class Pipe {
  from = 0;
  arrived = 0;
  to = 0;
  /** Its writer has closed: after `to` comes the end. */
  ended = false;
  readonly address: number;
  readonly memory: ArrayBuffer;

  constructor() {
    this.memory = new ArrayBuffer(PIPE_BYTES);
    this.address = addressOf(this.memory);
  }

  /** Lets so many more of the bytes under way arrive. */
  deliver(bytes: number): void {
    this.arrived = Math.min(this.to, this.arrived + bytes);
  }

  get underWay(): number {
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

/** One side's descriptor of a connection. */
export class End {
  peer: End | null = null;
  /** The connection has broken: whatever has arrived can be read, then it fails. */
  reset = false;
  /** The peer's descriptor is closed: what is sent from now on goes nowhere. */
  orphan = false;

  constructor(
    readonly fd: number,
    readonly input: Pipe,
    readonly output: Pipe,
    /** Where it was made to, for people. */
    readonly name: string,
  ) {}
}

class Door {
  readonly waiting: number[] = [];

  constructor(readonly name: string) {}
}

/** Pipes that no network uses; their addresses are given away for good, so they are used again. */
const spare: Pipe[] = [];

/** Listeners, connections and pollers in memory. Nothing arrives before `deliver` says so, unless `instant`. */
export class PipeNetwork implements Network {
  /** Everything arrives as soon as it is sent. */
  instant = true;
  /** Bytes under way or unread in one direction, before its writer has to wait. */
  capacity = PIPE_BYTES;
  readonly ends = new Map<number, End>();
  private readonly doors = new Map<number, Door>();
  private readonly refused = new Set<number>();
  private nextFd = 3;

  receive(fd: number, address: number, bytes: number): number {
    const end = this.ends.get(fd)!;
    const pipe = end.input;
    const count = Math.min(bytes, pipe.arrived - pipe.from);
    if (count > 0) {
      copyMemory(address, pipe.address + pipe.from, count);
      pipe.from += count;
      return count;
    }
    if (end.reset) return -ECONNRESET;
    return pipe.ended && pipe.from === pipe.to ? 0 : -EAGAIN;
  }

  send(fd: number, address: number, bytes: number): number {
    const end = this.ends.get(fd)!;
    if (end.reset) return -EPIPE;
    if (end.orphan) {
      // The kernel takes it, and the peer's answers with a reset.
      end.reset = true;
      return bytes;
    }
    const pipe = end.output;
    const count = Math.min(bytes, this.capacity - (pipe.to - pipe.from));
    if (count <= 0) return -EAGAIN;
    if (pipe.to + count > PIPE_BYTES) pipe.compact();
    copyMemory(pipe.address + pipe.to, address, count);
    pipe.to += count;
    if (this.instant) pipe.arrived = pipe.to;
    return count;
  }

  /** As the kernel does: bytes that were not read make it a reset. */
  closeSocket(fd: number): void {
    const end = this.ends.get(fd);
    if (end === undefined) {
      for (const waiting of this.doors.get(fd)?.waiting ?? []) this.abortSocket(waiting);
      this.doors.delete(fd);
      this.refused.delete(fd);
      return;
    }
    if (end.input.to > end.input.from) this.abortSocket(fd);
    else this.leave(end);
  }

  abortSocket(fd: number): void {
    const end = this.ends.get(fd);
    if (end === undefined) return this.closeSocket(fd);
    if (end.peer !== null) this.breakEnd(end.peer, 0);
    this.leave(end);
  }

  /** Breaks a connection in the middle: of what is under way to each side, so many bytes still arrive. */
  sever(end: End, bytes: number): void {
    const peer = end.peer;
    this.breakEnd(end, bytes);
    if (peer !== null) this.breakEnd(peer, bytes);
  }

  connectTo(address: SocketAddress): number {
    return this.connect(address.text);
  }

  /** Connects to a listener by its text. Returns a descriptor. */
  connect(text: string): number {
    const fd = this.nextFd++;
    const door = [...this.doors.values()].find((its) => its.name === text);
    if (door === undefined) {
      this.refused.add(fd);
      return fd;
    }
    const near = new End(fd, this.pipe(), this.pipe(), text);
    const far = new End(this.nextFd++, near.output, near.input, text);
    near.peer = far;
    far.peer = near;
    this.ends.set(near.fd, near);
    this.ends.set(far.fd, far);
    door.waiting.push(far.fd);
    return fd;
  }

  connectResult(fd: number): number {
    if (this.refused.has(fd)) return -ECONNREFUSED;
    const end = this.ends.get(fd);
    if (end === undefined) return -EINPROGRESS;
    return end.reset ? -ECONNRESET : 0;
  }

  listenTcp(host: string, port: number, _backlog: number): number {
    const name = `${host}:${port}`;
    for (const door of this.doors.values()) if (door.name === name) throw new SystemError(`bind ${name}`, EADDRINUSE);
    this.doors.set(this.nextFd, new Door(name));
    return this.nextFd++;
  }

  localPort(fd: number): number {
    return Number(this.doors.get(fd)!.name.split(":").at(-1));
  }

  /** Nobody has an address here. */
  readPeer(_fd: number, words: Int32Array): void {
    words.fill(0);
  }

  acceptTcp(fd: number): number {
    return this.doors.get(fd)!.waiting.shift() ?? -EAGAIN;
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

  setCongestionControl(_fd: number, _control: CongestionControl): number {
    return 0;
  }

  /** No packet ever comes. */
  incomingCpu(_fd: number): number {
    return -1;
  }

  poller(): Readiness {
    return new PipePoller(this);
  }

  wakeup(): Wakeup {
    return silent;
  }

  isReadable(fd: number): boolean {
    const door = this.doors.get(fd);
    if (door !== undefined) return door.waiting.length > 0;
    const end = this.ends.get(fd);
    if (end === undefined) return this.refused.has(fd);
    return end.reset || end.input.arrived > end.input.from || (end.input.ended && end.input.from === end.input.to);
  }

  isWritable(fd: number): boolean {
    const end = this.ends.get(fd);
    if (end === undefined) return this.refused.has(fd);
    return end.reset || end.output.to - end.output.from < this.capacity;
  }

  /** Every descriptor that is left; those of a process that has died are the caller's to close. */
  get descriptors(): number {
    return this.ends.size + this.doors.size + this.refused.size;
  }

  private breakEnd(end: End, bytes: number): void {
    const pipe = end.input;
    pipe.deliver(bytes);
    pipe.to = pipe.arrived;
    end.reset = true;
  }

  /** The descriptor is gone; the peer reads what is under way, and the end. */
  private leave(end: End): void {
    end.output.ended = true;
    this.ends.delete(end.fd);
    const peer = end.peer;
    if (peer !== null) {
      peer.orphan = true;
      peer.peer = null;
      return;
    }
    spare.push(end.input.clear(), end.output.clear());
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

const silent = new SilentWakeup(-1);
