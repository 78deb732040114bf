import { EAGAIN, EINTR } from "../../ffi/errno.ts";
import { addressOf, copyMemory } from "../../ffi/memory.ts";
import { Backlog } from "../pool/backlog.ts";
import { SMALLEST } from "../pool/layout.ts";
import { Input } from "./input.ts";
import type { Network } from "./network.ts";
import type { Reactor } from "./reactor.ts";
import type { ReadyList } from "./ready-list.ts";

/** `receive` found the connection ended by the peer. */
export const ENDED = -1;
/** The connection broke. */
export const BROKEN = -2;
/** What it had sent is lost here: it was put aside, and the pool is exhausted. */
export const STARVED = -3;

/*  Both buffers are linear, and the input is the lane's, for all of its connections (net/input.ts); what is unread, or unsent, lies between its two marks:
 *
 *  input   ├──── used ────┤ inFrom ── unread ── inTo ├──── free ────┤
 *  output  ├──── sent ────┤ outFrom ── unsent ─ outTo ├──── free ───┤
 *
 *  What the kernel does not take goes into the backlog when `out` is full: a chain of buffers of the lane's pool, sent
 *  before what is in `out`. Whoever makes room writes something then, so that `out` is never empty before the backlog is.
 */

/** Pieces of the backlog sent at once; what the kernel takes beyond that it takes in the next turn. */
const PIECES_PER_FLUSH = 8;

/** Says how much of a stream's output may leave; counts bytes since the connection began. */
export interface OutputGate {
  /** `end`: where the output ends now. Returns up to where it may leave. */
  limit(end: number): number;
}

/** One TCP connection with its buffers; made once and used for one connection after another. */
export class Stream {
  fd = -1;
  readonly in: Uint8Array;
  readonly out: Uint8Array;
  /** The same memory in words, for whoever sums it. */
  readonly outWords: Int32Array;
  readonly inAddress: number;
  readonly outAddress: number;
  readonly network: Network;
  inFrom = 0;
  inTo = 0;
  outFrom = 0;
  outTo = 0;
  /** The reactor saw something to read (or the end); cleared when there is no more. */
  readable = false;
  /** Connecting: the reactor saw it succeed or fail. */
  writable = false;
  /** It is read in every turn, without waiting for the reactor to say that something came. */
  hot = false;
  /** The reactor's turn in which it last received something. */
  activeTurn = 0;
  /** Its owner's list of streams that have something, and its index there; null: its owner visits it in every turn. */
  private ready: ReadyList | null = null;
  index = 0;
  /** Who is at the other end: the address in four words, and the port. */
  readonly peer = new Int32Array(new ArrayBuffer(64));
  /** How far `out` may be filled: less than there is room for when the session is given less. */
  outLimit: number;
  /** When there was no room: because the pool had no buffer left, not because too much is unsent. */
  starved = false;
  /** Bytes that may be unsent, of this connection and of any. */
  private limit: number;
  private readonly mostUnsent: number;
  private readonly backlog: Backlog | null;
  /** Its place in the reactor. */
  token = -1;
  private readonly input: Input;
  /** What is unread while another connection is read. */
  private readonly aside: Backlog | null;
  private asideLost = false;
  /** Null: what is written may leave. */
  gate: OutputGate | null = null;
  /** Bytes of this connection that were written before what now is the start of `out`. */
  outGone = 0;
  private watchesOutput = false;
  private readonly quickAck: boolean;
  /** Something came since the kernel was last asked to acknowledge at once. */
  private fresh = false;

  constructor(
    private readonly reactor: Reactor,
    inBytes: number,
    outBytes: number,
    /** Bytes that may be unsent at once: where that is more than `outBytes`, the rest is in the lane's pool. */
    mostUnsent = outBytes,
  ) {
    this.network = reactor.network;
    this.quickAck = reactor.quickAck;
    const output = new ArrayBuffer(outBytes);
    this.input = reactor.input ?? Input.ofSize(inBytes);
    this.in = this.input.bytes;
    this.out = new Uint8Array(output);
    this.outWords = new Int32Array(output, 0, outBytes >> 2);
    this.backlog = reactor.buffers === null ? null : new Backlog(reactor.buffers, SMALLEST + 1);
    this.mostUnsent = this.backlog === null ? outBytes : mostUnsent;
    this.limit = this.mostUnsent;
    this.outLimit = Math.min(outBytes, this.limit);
    this.aside = reactor.buffers === null ? null : new Backlog(reactor.buffers, SMALLEST);
    this.inAddress = this.input.address;
    this.outAddress = addressOf(output);
  }

  /** Once: whenever it has something to do it is added to `ready`. */
  listIn(ready: ReadyList, index: number): void {
    this.ready = ready;
    this.index = index;
  }

  /** Its owner must visit it. */
  wake(): void {
    if (this.ready !== null) this.ready.add(this.index);
  }

  /** Takes over a connected (or connecting) non-blocking socket. */
  open(fd: number, connecting: boolean): void {
    this.fd = fd;
    this.inFrom = 0;
    this.inTo = 0;
    this.outFrom = 0;
    this.outTo = 0;
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
   * Reads what has come, once.
   * Returns  bytes read, 0 when there is nothing (or no room for it), ENDED, BROKEN or STARVED.
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
    const count = this.network.receive(this.fd, this.inAddress + this.inTo, free);
    if (count > 0) {
      this.inTo += count;
      this.activeTurn = this.reactor.turns;
      this.fresh = this.quickAck;
      return count;
    }
    this.readable = false;
    if (this.fresh) this.acknowledge();
    if (count === 0) return ENDED;
    return count === -EAGAIN || count === -EINTR ? 0 : BROKEN;
  }

  /** Before what is unread is looked at without a `receive`: it may have been put aside since. */
  bringIn(): void {
    if (this.input.owner !== this) this.takeInput();
  }

  private takeInput(): void {
    const other = this.input.owner;
    this.input.owner = this;
    if (other !== null && other.inTo > other.inFrom) other.putAside();
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

  private putAside(): void {
    const unread = this.inTo - this.inFrom;
    const aside = this.aside;
    const kept = aside === null ? 0 : aside.append(this.inAddress + this.inFrom, unread);
    this.inFrom = 0;
    this.inTo = kept;
    if (kept === unread) return;
    // Half of it would be no use to anyone.
    if (aside !== null) aside.clear();
    this.inTo = 0;
    this.asideLost = true;
    this.readable = true;
    this.wake();
  }

  /** How many bytes may be unsent; at most what it was made for. */
  limitTo(bytes: number): void {
    this.limit = Math.min(bytes, this.mostUnsent);
    this.aimLimit();
  }

  /** True when `bytes` more can be written behind `outTo`; what is unsent goes to the backlog if it must. */
  room(bytes: number): boolean {
    return this.outLimit - this.outTo >= bytes || this.makeRoom(bytes, true);
  }

  /** The same for whoever can wait: what is unsent stays where it is, but for being moved to the front. */
  roomHere(bytes: number): boolean {
    return this.outLimit - this.outTo >= bytes || this.makeRoom(bytes, false);
  }

  private makeRoom(bytes: number, spills: boolean): boolean {
    const unsent = this.outTo - this.outFrom;
    const backlog = this.backlog;
    this.starved = false;
    if (unsent + this.backlogged + bytes > this.limit) return false;
    if (backlog !== null && spills && unsent > this.out.length >> 1) this.spill(backlog, unsent);
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
    if (this.outFrom < this.outTo) this.out.copyWithin(0, this.outFrom, this.outTo);
    this.outTo -= this.outFrom;
    this.outGone += this.outFrom;
    this.outFrom = 0;
  }

  private aimLimit(): void {
    this.outLimit = Math.min(this.out.length, this.limit - this.backlogged);
  }

  private get backlogged(): number {
    return this.backlog === null ? 0 : this.backlog.bytes;
  }

  /** Output up to `end` is written, and is to be sent. */
  wrote(end: number): void {
    this.outTo = end;
    this.wake();
  }

  /** The kernel takes no output; the reactor tells when it does again. */
  get blocked(): boolean {
    return this.watchesOutput;
  }

  get unsent(): number {
    return this.backlogged + this.outTo - this.outFrom;
  }

  /**
   * Sends what the kernel takes of the output.
   * Returns  bytes sent, 0 when it takes none now, or BROKEN.
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
      // The gate's next word comes with the journal, not with the peer.
      if (this.watchesOutput) this.watchOutput(false);
      return 0;
    }
    const count = this.network.send(this.fd, this.outAddress + this.outFrom, pending);
    if (count < 0) return this.refused(count);
    this.outFrom += count;
    if (this.outFrom === this.outTo) {
      this.outGone += this.outTo;
      this.outFrom = 0;
      this.outTo = 0;
      if (this.watchesOutput) this.watchOutput(false);
    } else if (count < pending || this.gate === null) this.watchOutput(true);
    else if (this.watchesOutput) this.watchOutput(false);
    return count;
  }

  /** Sends what waits in the pool, a piece at a time. */
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
      const count = this.network.send(this.fd, backlog.address, pending);
      if (count < 0) return this.refused(count) === BROKEN ? BROKEN : sent;
      backlog.release(count);
      releasable -= count;
      sent += count;
      if (count < pending) {
        this.watchOutput(true);
        break;
      }
    }
    return sent;
  }

  /** The kernel takes nothing now, or never again. */
  private refused(error: number): number {
    if (error !== -EAGAIN && error !== -EINTR) return BROKEN;
    this.watchOutput(true);
    return 0;
  }

  /** True while a gate holds something back. */
  get held(): boolean {
    return this.gate !== null && this.released(this.gate) < this.outTo;
  }

  private released(gate: OutputGate): number {
    return gate.limit(this.outGone + this.outTo) - this.outGone;
  }

  /** A connect has succeeded: from now on only what arrives is of interest. */
  established(): void {
    this.watchOutput(false);
    this.connected();
  }

  private connected(): void {
    this.reactor.prepare(this.fd);
    this.network.readPeer(this.fd, this.peer);
  }

  /** Closes; with `abort` what is unsent is thrown away and the peer sees a reset. */
  close(abort: boolean): void {
    if (this.fd < 0) return;
    this.reactor.remove(this);
    if (abort) this.network.abortSocket(this.fd);
    else this.network.closeSocket(this.fd);
    this.fd = -1;
    if (this.backlog !== null) this.backlog.clear();
    if (this.aside !== null) this.aside.clear();
    if (this.input.owner === this) this.input.owner = null;
  }

  /** Asked again behind each burst, when its answers have left: the kernel takes an answer for a reason to delay. */
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
