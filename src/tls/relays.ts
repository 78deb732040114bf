import { EAGAIN, EINTR, errnoName } from "../../ffi/errno.ts";
import { addressOf } from "../../ffi/memory.ts";
import type { Poller } from "../../ffi/poller.ts";
import {
  closeSocket,
  connectTo,
  endSending,
  receive,
  type SocketAddress,
  send,
  setKeepAlive,
  setUserTimeout,
  unixAddress,
} from "../../ffi/socket.ts";
import { RECORD_BYTES } from "../../ffi/tls.ts";
import { KERNEL } from "../net/network.ts";
import { TlsChannel } from "../net/tls-channel.ts";

/*  Connections of the API: OpenSSL's side of each is here, its HTTP server is on the main thread.
 *
 *    operator ══ TLS ══▶ this thread ── unix socket: a line about the operator, then the bytes ──▶ main thread
 *
 *  up    bytes of the operator, after the line     down    bytes of the HTTP server
 */

/** A peer that has vanished is asked after this time without data, and given up after some questions. */
const IDLE_S = 30;
const INTERVAL_S = 10;
const QUESTIONS = 3;
const UNACKNOWLEDGED_MS = 60_000;
/** Rounds of one connection before others have their turn. */
const ROUNDS = 64;
/** A connection that has its answer waits this long for the operator's end: a close with bytes under way is a reset, which may outrun the answer. */
const LINGER_MS = 1_000;
/** Reads of such a connection at once. */
const DRAINS = 16;

/** Bytes on their way in one direction: `memory[from, to)`. */
class Pending {
  private readonly memory = new ArrayBuffer(RECORD_BYTES);
  readonly address = addressOf(this.memory);
  from = 0;
  to = 0;

  get isEmpty(): boolean {
    return this.from === this.to;
  }

  get at(): number {
    return this.address + this.from;
  }

  get length(): number {
    return this.to - this.from;
  }

  filled(bytes: number): void {
    this.from = 0;
    this.to = bytes;
  }

  fill(bytes: Uint8Array): void {
    new Uint8Array(this.memory).set(bytes);
    this.filled(bytes.length);
  }
}

interface Relay {
  readonly tls: TlsChannel;
  readonly fd: number;
  readonly innerFd: number;
  readonly up: Pending;
  readonly down: Pending;
  /** The HTTP server reads no more; its answer may still be under way. */
  isDeaf: boolean;
  /** The HTTP server has closed its side: what it has sent is all there. */
  isGone: boolean;
  isOver: boolean;
}

/** Passes on the bytes of the API's connections whose handshake is done. */
export class Relays {
  private readonly byFd = new Map<number, Relay>();
  /** Those that had more to do in their last turn. */
  private busy = new Set<Relay>();
  /** Descriptors to close once the events of this turn are done: none of them is for another connection with the same number. */
  private readonly closing: number[] = [];
  /** Connections that have their answer, and when they are closed at the latest. */
  private readonly lingering = new Map<number, number>();
  private readonly drained = new Pending();
  /** Of connections that have ended: memory whose address was taken is never freed. */
  private readonly spare: Pending[] = [];
  private target: SocketAddress | null = null;

  constructor(private readonly poller: Poller) {}

  /** Connections go to this unix socket from now on. */
  open(path: string): void {
    this.target = unixAddress(path);
  }

  get isOpen(): boolean {
    return this.target !== null;
  }

  get isBusy(): boolean {
    return this.busy.size > 0;
  }

  /** Takes over a connection; `line` says who is at its other end. Returns  why it can't; null: it has. */
  begin(session: number, fd: number, line: string): string | null {
    const first = new TextEncoder().encode(`${line}\n`);
    if (first.length > RECORD_BYTES)
      return `expected a certificate whose names take at most ${RECORD_BYTES} bytes, got ${first.length}`;
    const innerFd = connectTo(this.target!);
    if (innerFd < 0) return `the API takes no connection now: ${errnoName(-innerFd)}`;
    setKeepAlive(fd, IDLE_S, INTERVAL_S, QUESTIONS);
    setUserTimeout(fd, UNACKNOWLEDGED_MS);
    const state = { isDeaf: false, isGone: false, isOver: false };
    const tls = new TlsChannel();
    tls.begin(session);
    const relay = { tls, fd, innerFd, up: this.pending(), down: this.pending(), ...state };
    relay.up.fill(first);
    this.byFd.set(fd, relay);
    this.byFd.set(innerFd, relay);
    this.poller.add(fd, fd, false);
    this.poller.add(innerFd, innerFd, false);
    this.pump(relay);
    return null;
  }

  private pending(): Pending {
    const one = this.spare.pop() ?? new Pending();
    one.filled(0);
    return one;
  }

  /** Continues what an event is for. Returns  false where it is for no connection of the API. */
  take(fd: number, hasFailed: boolean): boolean {
    const relay = this.byFd.get(fd);
    if (relay === undefined) return this.drain(fd);
    if (hasFailed && fd === relay.fd) {
      this.end(relay, false);
      return true;
    }
    if (hasFailed && !relay.isGone) {
      // The poller would report it repeatedly while the operator does not read.
      relay.isGone = true;
      this.poller.remove(fd);
    }
    this.pump(relay);
    return true;
  }

  /** Continues those that had more to do. */
  turn(): void {
    const busy = this.busy;
    if (busy.size === 0) return;
    this.busy = new Set();
    for (const relay of busy) if (!relay.isOver) this.pump(relay);
  }

  /** The end of a turn. */
  settle(): void {
    if (this.lingering.size > 0) {
      const nowMs = performance.now();
      for (const [fd, dueMs] of this.lingering) if (nowMs >= dueMs) this.forget(fd);
    }
    for (const fd of this.closing.splice(0)) closeSocket(fd);
  }

  close(): void {
    for (const relay of new Set(this.byFd.values())) this.end(relay, false);
    for (const fd of this.lingering.keys()) this.forget(fd);
    this.settle();
  }

  private pump(relay: Relay): void {
    const { up, down } = relay;
    for (let round = 0; ; round++) {
      const movedUp = this.moveUp(relay);
      const movedDown = !relay.isOver && this.moveDown(relay);
      if (relay.isOver) return;
      if (!movedUp && !movedDown) break;
      if (round >= ROUNDS) {
        this.busy.add(relay);
        break;
      }
    }
    this.poller.watch(relay.fd, relay.fd, !down.isEmpty, up.isEmpty);
    if (!relay.isGone) this.poller.watch(relay.innerFd, relay.innerFd, !up.isEmpty, down.isEmpty);
  }

  /** From the operator. Returns  true where bytes have moved. */
  private moveUp(relay: Relay): boolean {
    const { tls, fd, innerFd, up } = relay;
    let moved = false;
    if (up.isEmpty) {
      const count = tls.receive(KERNEL, fd, up.address, RECORD_BYTES);
      if (count > 0) up.filled(count);
      moved = count > 0 || tls.hasMore;
      if (count < 0) {
        // An operator that ends its side is gone, as on the unix socket.
        this.end(relay, false);
        return false;
      }
    }
    if (up.isEmpty) return moved;
    const sent = relay.isDeaf ? up.length : send(innerFd, up.at, up.length);
    if (sent > 0) {
      up.from += sent;
      return true;
    }
    if (sent === -EAGAIN || sent === -EINTR) return moved;
    relay.isDeaf = true;
    return true;
  }

  /** From the HTTP server. Returns  true where bytes have moved. */
  private moveDown(relay: Relay): boolean {
    const { tls, innerFd, down } = relay;
    let moved = false;
    if (down.isEmpty) {
      const count = receive(innerFd, down.address, RECORD_BYTES);
      if (count > 0) {
        down.filled(count);
        moved = true;
      } else if (count !== -EAGAIN && count !== -EINTR) {
        // A reset comes after the answer, where the HTTP server has not read all of the request.
        this.end(relay, count === 0, true);
        return false;
      }
    }
    if (down.isEmpty) return moved;
    const sent = tls.send(down.at, down.length);
    if (sent > 0) {
      down.from += sent;
      return true;
    }
    if (sent !== -EAGAIN) this.end(relay, false);
    return moved && sent === -EAGAIN;
  }

  /** `isAll`: with TLS's own end, so that the operator knows that nothing is missing. `lingers`: the operator may still send. */
  private end(relay: Relay, isAll: boolean, lingers = isAll): void {
    const { tls, fd, innerFd, up, down } = relay;
    relay.isOver = true;
    this.byFd.delete(fd);
    this.byFd.delete(innerFd);
    this.busy.delete(relay);
    if (!relay.isGone) this.poller.remove(innerFd);
    tls.end(isAll);
    this.closing.push(innerFd);
    this.spare.push(up, down);
    this.lingering.set(fd, performance.now() + LINGER_MS);
    if (!lingers) return this.forget(fd);
    endSending(fd);
    this.poller.watch(fd, fd, false);
    this.drain(fd);
  }

  /** Reads what an operator still sends after its answer. Returns  false where the connection is none of these. */
  private drain(fd: number): boolean {
    if (!this.lingering.has(fd)) return false;
    let count = 1;
    for (let i = 0; i < DRAINS && count > 0; i++) count = receive(fd, this.drained.address, RECORD_BYTES);
    if (count <= 0 && count !== -EAGAIN && count !== -EINTR) this.forget(fd);
    return true;
  }

  private forget(fd: number): void {
    this.lingering.delete(fd);
    this.poller.remove(fd);
    this.closing.push(fd);
  }
}
