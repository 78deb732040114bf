import { EAGAIN, EINTR } from "../../ffi/errno.ts";
import { copyMemory, moveMemory } from "../../ffi/memory.ts";
import { Backlog } from "../pool/backlog.ts";
import type { Buffers } from "../pool/buffers.ts";
import { SMALLEST } from "../pool/layout.ts";
import { Input } from "./input.ts";
import type { Network } from "./network.ts";
import type { Outputs } from "./outputs.ts";
import type { ReadyList } from "./ready-list.ts";
import { BROKEN, ENDED, STARVED } from "./stream-end.ts";
import type { TlsChannel } from "./tls-channel.ts";

/** What a stream needs of its lane's reactor. */
export interface StreamReactor {
  readonly network: Network;
  readonly buffers: Buffers | null;
  readonly input: Input | null;
  readonly quickAck: boolean;
  /** Turns of the lane; wraps. */
  readonly turns: number;
  /** Output buffers of this size. */
  outputsOf(bytes: number): Outputs;
  add(stream: Stream, output: boolean): void;
  watch(stream: Stream, output: boolean): void;
  remove(stream: Stream): void;
  prepare(fd: number): void;
}

/*  Both buffers are linear. The input belongs to the lane and serves all of its connections (net/input.ts); the output is lent
 *  by the lane while there is unsent output (net/outputs.ts). Unread or unsent bytes lie between two marks:
 *
 *  input   ├──── used ────┤ inFrom ── unread ── inTo ├──── free ────┤
 *  output  ├──── sent ────┤ outFrom ── unsent ─ outTo ├──── free ───┤
 *
 *  When the output is full, unsent bytes move to the backlog: a chain of buffers from the lane's pool, sent before the output.
 *  Room is made only for a message that is then written, so the output is never empty while the backlog is not.
 */

/** Pieces of the backlog sent in one turn. */
const PIECES_PER_FLUSH = 8;

/** Limits how much of a stream's output may be sent. Positions count bytes since the connection began. */
export interface OutputGate {
  /** `end`: end of the output so far. Returns the position up to which it may be sent. */
  limit(end: number): number;
}

/** One TCP connection with its buffers. The object is reused for one connection after another. */
export class Stream {
  fd = -1;
  readonly in: Uint8Array;
  readonly inAddress: number;
  /** Where the output is; 0 while it has none. */
  outAddress = 0;
  readonly network: Network;
  inFrom = 0;
  inTo = 0;
  outFrom = 0;
  outTo = 0;
  /** The reactor saw input or the end of the connection; cleared when a receive finds nothing more. */
  readable = false;
  /** The reactor saw room for output; while connecting: success or failure. */
  writable = false;
  /** Received from in every turn, whether or not the reactor saw input. Set by the reactor. */
  hot = false;
  /** Turn of the reactor in which bytes were last received. */
  activeTurn = 0;
  /** The owner's list of ready streams, and this stream's index in it; null: the owner visits it in every turn. */
  private ready: ReadyList | null = null;
  index = 0;
  /** The peer's address in four words, and its port. */
  readonly peer = new Int32Array(new ArrayBuffer(64));
  /** End of the part of the output that may be filled; the session's limit may be smaller than the buffer. */
  private outLimit = 0;
  /** The last `room` failed because the pool was exhausted, not because too much is unsent. */
  starved = false;
  /** Most bytes that may be unsent, on this connection (`limit`) and on any (`mostUnsent`). */
  private limit: number;
  private readonly mostUnsent: number;
  private readonly backlog: Backlog | null;
  private readonly outputs: Outputs;
  /** Index in the reactor. */
  token = -1;
  private readonly input: Input;
  /** Unread input while the lane reads another connection. */
  private readonly aside: Backlog | null;
  private asideLost = false;
  /** TLS, for connections that have it; null: none has. */
  tls: TlsChannel | null = null;
  /** Null: output may be sent as soon as it is written. */
  gate: OutputGate | null = null;
  /** Bytes written on this connection before those at the start of the output. */
  outGone = 0;
  private watchesOutput = false;
  private readonly quickAck: boolean;
  /** Bytes came since TCP_QUICKACK was last set. */
  private fresh = false;

  constructor(
    private readonly reactor: StreamReactor,
    inBytes: number,
    outBytes: number,
    /** Most bytes that may be unsent; those beyond `outBytes` are in the lane's pool. */
    mostUnsent = outBytes,
  ) {
    this.network = reactor.network;
    this.quickAck = reactor.quickAck;
    this.outputs = reactor.outputsOf(outBytes);
    this.input = reactor.input ?? Input.ofSize(inBytes);
    this.in = this.input.bytes;
    this.backlog = reactor.buffers === null ? null : new Backlog(reactor.buffers, SMALLEST + 1);
    this.mostUnsent = this.backlog === null ? outBytes : mostUnsent;
    this.limit = this.mostUnsent;
    this.aside = reactor.buffers === null ? null : new Backlog(reactor.buffers, SMALLEST);
    this.inAddress = this.input.address;
  }

  /** Adds it to `ready` from now on whenever it has something to do. */
  listIn(ready: ReadyList, index: number): void {
    this.ready = ready;
    this.index = index;
  }

  /** Lists it for its owner's next turn. */
  wake(): void {
    if (this.ready !== null) this.ready.add(this.index);
  }

  /** Takes over a connected (or connecting) non-blocking socket. */
  open(fd: number, connecting: boolean): void {
    this.fd = fd;
    this.inFrom = 0;
    this.inTo = 0;
    this.readable = true;
    this.writable = false;
    this.watchesOutput = connecting;
    this.limitTo(this.mostUnsent);
    this.starved = false;
    this.asideLost = false;
    this.outGone = 0;
    this.gate = null;
    this.fresh = false;
    this.reactor.add(this, connecting);
    this.wake();
    if (connecting) this.peer.fill(0);
    else this.connected();
  }

  get isOpen(): boolean {
    return this.fd >= 0;
  }

  /**
   * Calls receive once.
   * Returns  bytes read; 0 when there are none, or no room for them; ENDED, BROKEN, STARVED, CUT or BAD_RECORD.
   */
  receive(): number {
    if (this.input.owner !== this) this.takeInput();
    if (this.asideLost) return STARVED;
    if (this.inFrom === this.inTo) {
      this.inFrom = 0;
      this.inTo = 0;
    }
    const room = this.in.length - this.inTo;
    if (room < 4096 && this.inFrom > 0) this.compactInput();
    const free = this.in.length - this.inTo;
    if (free === 0) return 0;
    const tls = this.tls;
    const isTls = tls?.isOn === true;
    const at = this.inAddress + this.inTo;
    const count = isTls ? tls.receive(this.network, this.fd, at, free) : this.network.receive(this.fd, at, free);
    if (count > 0) {
      this.inTo += count;
      this.activeTurn = this.reactor.turns;
      this.fresh = this.quickAck;
      return count;
    }
    // What TLS has already is announced by nobody.
    this.readable = isTls && count === 0 && tls.hasMore;
    if (this.fresh) this.acknowledge();
    if (isTls) return count;
    if (count === 0) return ENDED;
    return count === -EAGAIN || count === -EINTR ? 0 : BROKEN;
  }

  /** Brings unread input back that was put aside. Needed before it is read without a `receive`. */
  bringIn(): void {
    if (this.input.owner !== this) this.takeInput();
  }

  private takeInput(): void {
    const other = this.input.owner;
    this.input.owner = this;
    if (other !== null) other.putAside();
    const aside = this.aside;
    if (aside === null || aside.bytes === 0) return;
    this.inFrom = 0;
    this.inTo = 0;
    while (aside.bytes > 0) {
      const piece = aside.piece;
      copyMemory(this.inAddress + this.inTo, aside.address, piece);
      aside.release(piece);
      this.inTo += piece;
    }
  }

  /** Another stream is read: moves this one's unread bytes out of the lane's input. */
  putAside(): void {
    if (this.inTo === this.inFrom) return;
    const unread = this.inTo - this.inFrom;
    const aside = this.aside;
    const kept = aside === null ? 0 : aside.append(this.inAddress + this.inFrom, unread);
    this.inFrom = 0;
    this.inTo = kept;
    if (kept === unread) return;
    // A part of the input is of no use.
    if (aside !== null) aside.clear();
    this.inTo = 0;
    this.asideLost = true;
    this.readable = true;
    this.wake();
  }

  /** Limits the unsent bytes, within the limit given at construction. */
  limitTo(bytes: number): void {
    this.limit = Math.min(bytes, this.mostUnsent);
    this.aimLimit();
  }

  /** True when `bytes` more can be written at `outTo`. Moves unsent bytes to the backlog if needed. */
  room(bytes: number): boolean {
    return this.outLimit - this.outTo >= bytes || this.makeRoom(bytes, true);
  }

  /** Bytes that can be written at `outTo`. */
  get outRoom(): number {
    return this.outLimit - this.outTo;
  }

  /** The same without the backlog, for a writer that can wait: unsent bytes only move to the front. */
  roomHere(bytes: number): boolean {
    return this.outLimit - this.outTo >= bytes || this.makeRoom(bytes, false);
  }

  private makeRoom(bytes: number, spills: boolean): boolean {
    const unsent = this.outTo - this.outFrom;
    const backlog = this.backlog;
    this.starved = false;
    if (unsent + this.backlogged + bytes > this.limit) return false;
    if (this.outAddress === 0) {
      this.outAddress = this.outputs.take();
      this.aimLimit();
    }
    if (backlog !== null && spills && unsent > this.outputs.bytes >> 1) this.spill(backlog, unsent);
    this.compactOutput();
    const made = this.outLimit - this.outTo >= bytes;
    this.starved = spills && !made;
    return made;
  }

  private spill(backlog: Backlog, unsent: number): void {
    this.outFrom += backlog.append(this.outAddress + this.outFrom, unsent);
    this.aimLimit();
  }

  private compactOutput(): void {
    if (this.outFrom === 0) return;
    if (this.outFrom < this.outTo)
      moveMemory(this.outAddress, this.outAddress + this.outFrom, this.outTo - this.outFrom);
    this.outTo -= this.outFrom;
    this.outGone += this.outFrom;
    this.outFrom = 0;
  }

  private aimLimit(): void {
    this.outLimit = this.outAddress === 0 ? 0 : Math.min(this.outputs.bytes, this.limit - this.backlogged);
  }

  private get backlogged(): number {
    return this.backlog === null ? 0 : this.backlog.bytes;
  }

  /** Notes that output is written up to `end`, to be sent in the next turn at the latest. */
  wrote(end: number): void {
    this.outTo = end;
    this.wake();
  }

  /** The kernel takes no output now; the reactor marks the stream when it does again. */
  get blocked(): boolean {
    return this.watchesOutput;
  }

  get unsent(): number {
    return this.backlogged + this.outTo - this.outFrom;
  }

  /**
   * Sends as much output as the kernel takes and the gate permits.
   * Returns  bytes sent; 0 when none could be; or BROKEN.
   */
  flush(): number {
    const backlog = this.backlog;
    if (backlog === null || backlog.bytes === 0) return this.flushOut();
    const sent = this.flushBacklog(backlog);
    this.aimLimit();
    if (sent < 0 || backlog.bytes > 0) return sent;
    const more = this.flushOut();
    return more < 0 ? more : sent + more;
  }

  private flushOut(): number {
    const pending = (this.gate === null ? this.outTo : this.released(this.gate)) - this.outFrom;
    if (pending === 0) {
      // The gate opens with the journal, not with the peer: room in the socket is no news.
      if (this.watchesOutput) this.watchOutput(false);
      return 0;
    }
    const count = this.sendAt(this.outAddress + this.outFrom, pending);
    if (count < 0) return this.refused(count);
    this.outFrom += count;
    if (this.outFrom === this.outTo) {
      this.outGone += this.outTo;
      this.giveOutput();
      if (this.watchesOutput) this.watchOutput(false);
    } else if (count < pending || this.gate === null) this.watchOutput(true);
    else if (this.watchesOutput) this.watchOutput(false);
    return count;
  }

  /** Nothing is unsent: the lane lends the buffer to the next stream that writes. */
  private giveOutput(): void {
    this.outFrom = 0;
    this.outTo = 0;
    this.outLimit = 0;
    if (this.outAddress !== 0) this.outputs.give(this.outAddress);
    this.outAddress = 0;
  }

  /** Sends the backlog, piece by piece. */
  private flushBacklog(backlog: Backlog): number {
    const from = this.outGone + this.outFrom - backlog.bytes;
    let releasable = this.gate === null ? backlog.bytes : this.gate.limit(this.outGone + this.outTo) - from;
    let sent = 0;
    for (let i = 0; i < PIECES_PER_FLUSH; i++) {
      const pending = Math.min(backlog.piece, releasable);
      if (pending === 0) {
        // As in flushOut.
        if (backlog.bytes > 0 && this.watchesOutput) this.watchOutput(false);
        break;
      }
      const count = this.sendAt(backlog.address, pending);
      if (count < 0) return this.refused(count) === BROKEN ? BROKEN : sent;
      this.releaseSent(backlog, count);
      releasable -= count;
      sent += count;
      if (count < pending) {
        this.watchOutput(true);
        break;
      }
    }
    return sent;
  }

  /** Returns  bytes taken or -errno; with TLS they may be more than `bytes`, where it was offered more before. */
  private sendAt(address: number, bytes: number): number {
    const tls = this.tls;
    return tls?.isOn === true ? tls.send(address, bytes) : this.network.send(this.fd, address, bytes);
  }

  /** What TLS was offered before may lie in several pieces now, and its end still in the output. */
  private releaseSent(backlog: Backlog, count: number): void {
    let left = count;
    while (left > 0 && backlog.bytes > 0) {
      const part = Math.min(left, backlog.piece);
      backlog.release(part);
      left -= part;
    }
    this.outFrom += left;
  }

  /** Handles an error of send: no room now, or a broken connection. */
  private refused(error: number): number {
    if (error !== -EAGAIN && error !== -EINTR) return BROKEN;
    this.watchOutput(true);
    return 0;
  }

  /** True while the gate holds output back. */
  get held(): boolean {
    return this.gate !== null && this.released(this.gate) < this.outTo;
  }

  private released(gate: OutputGate): number {
    return gate.limit(this.outGone + this.outTo) - this.outGone;
  }

  /** The connect has succeeded: watches for input only. */
  established(): void {
    this.watchOutput(false);
    this.connected();
  }

  private connected(): void {
    this.reactor.prepare(this.fd);
    this.network.readPeer(this.fd, this.peer);
  }

  /** Closes the connection; with `abort` unsent output is discarded and the peer gets a reset. */
  close(abort: boolean): void {
    if (this.fd < 0) return;
    this.reactor.remove(this);
    // Where output is left, the peer must not read that nothing is missing.
    if (this.tls !== null) this.tls.end(!abort && this.unsent === 0);
    if (abort) this.network.abortSocket(this.fd);
    else this.network.closeSocket(this.fd);
    this.fd = -1;
    this.giveOutput();
    if (this.backlog !== null) this.backlog.clear();
    if (this.aside !== null) this.aside.clear();
    if (this.input.owner === this) this.input.owner = null;
  }

  /** Sets TCP_QUICKACK again after each burst: the kernel clears it when data is sent. */
  private acknowledge(): void {
    this.fresh = false;
    this.network.setQuickAck(this.fd);
  }

  private compactInput(): void {
    this.in.copyWithin(0, this.inFrom, this.inTo);
    this.inTo -= this.inFrom;
    this.inFrom = 0;
  }

  private watchOutput(on: boolean): void {
    if (this.watchesOutput === on) return;
    this.watchesOutput = on;
    this.reactor.watch(this, on);
  }
}
