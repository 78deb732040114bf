import type { Wakeup } from "../../ffi/poller.ts";
import { CongestionControl } from "../../ffi/socket.ts";
import { broken } from "../base/broken.ts";
import { EMPTY } from "../base/units.ts";
import type { Buffers } from "../pool/buffers.ts";
import { INPUT_BYTES, Input } from "./input.ts";
import type { Listener } from "./listener.ts";
import { KERNEL, type Network, type Readiness } from "./network.ts";
import type { Stream } from "./stream.ts";

const WAKEUP = -1;
/** Streams that a spinning lane reads in every turn without asking the kernel first: for so few, that is faster. */
export const HOT_STREAMS = 6;
/** Hot streams that stay hot when nothing comes: to receive is what makes the kernel poll the network card's queue. */
const HOT_AT_LEAST = 2;
/** A stream that has received nothing for so many turns gives its hot place away. */
const COOL_TURNS = 1_024;
/** When more streams are active than there are hot places, all are asked for by epoll, for so many turns. */
const CROWDED_TURNS = 4_096;
/** A spinning lane calls epoll once in so many turns: while it reads all streams directly, while some streams only come by epoll. */
const TURNS_PER_WAIT_ALL_HOT = 64;
const TURNS_PER_WAIT = 8;

/** How connections are set up beyond TCP_NODELAY, which all have. */
export interface SocketOptions {
  /** So long a receive looks into the network card's queue itself, microseconds; 0: it does not. */
  readonly busyPollUs: number;
  /** The card's interrupts stay masked meanwhile. */
  readonly preferBusyPoll: boolean;
  /** What has come is acknowledged at once. */
  readonly quickAck: boolean;
  /** The kernel's congestion control of that name; SYSTEM: what the machine has for all. */
  readonly congestionControl: string;
}

/** Instead of a name: left as it is. */
export const SYSTEM = "system";

const PLAIN: SocketOptions = { busyPollUs: 0, preferBusyPoll: false, quickAck: false, congestionControl: SYSTEM };

/**
 * Tells a lane's streams and listeners that something has come for them. One a lane.
 * A spinning lane reads the few streams that are active directly (`stream.hot`) and hears of the others by epoll.
 */
export class Reactor {
  /** CPU that the lane is pinned to, or -1. */
  laneCpu = -1;
  readonly quickAck: boolean;
  readonly wakeup: Wakeup;
  /** What all of the lane's streams are read into; null: each has memory of its own. */
  readonly input: Input | null;
  private readonly poller: Readiness;
  private readonly congestionControl: CongestionControl | null;
  private readonly streams: (Stream | null)[];
  private readonly listeners: Listener[] = [];
  private readonly free: Int32Array;
  private freeCount: number;
  private open = 0;
  /** Turns of the lane; wraps. */
  turns = 0;
  private turnsToWait = 0;
  private crowdedTurns = 0;
  private readonly hot: (Stream | null)[] = new Array<Stream | null>(HOT_STREAMS).fill(null);
  private hotCount = 0;
  /** The hot stream that is looked at next for whether it has cooled down. */
  private nextToCool = 0;
  /** The last call of epoll brought something for a stream that is not hot. */
  private othersActive = false;

  constructor(
    private readonly maxStreams: number,
    private readonly spins: boolean,
    readonly network: Network = KERNEL,
    /** Where the lane's streams have what is not sent and not read yet; null: in memory of their own. */
    readonly buffers: Buffers | null = null,
    private readonly options: SocketOptions = PLAIN,
    /** What they are read into then; null: it makes its own. */
    input: Input | null = null,
  ) {
    this.input = buffers === null ? null : (input ?? Input.ofSize(INPUT_BYTES));
    this.quickAck = options.quickAck;
    const { congestionControl } = options;
    this.congestionControl = congestionControl === SYSTEM ? null : new CongestionControl(congestionControl);
    this.wakeup = network.wakeup();
    this.poller = network.poller();
    this.streams = new Array<Stream | null>(maxStreams).fill(null);
    this.free = new Int32Array(maxStreams);
    for (let i = 0; i < maxStreams; i++) this.free[i] = maxStreams - 1 - i;
    this.freeCount = maxStreams;
    this.poller.add(this.wakeup.fd, WAKEUP, false);
  }

  add(stream: Stream, output: boolean): void {
    if (this.freeCount === 0) broken("reactor streams", this.maxStreams);
    const token = this.free[--this.freeCount]!;
    this.streams[token] = stream;
    stream.token = token;
    this.poller.add(stream.fd, token, output);
    this.open++;
    // Until something comes by epoll it is not hot.
    this.turnsToWait = 0;
  }

  watch(stream: Stream, output: boolean): void {
    this.poller.watch(stream.fd, stream.token, output);
  }

  remove(stream: Stream): void {
    this.poller.remove(stream.fd);
    if (stream.hot) this.cool(this.hot.indexOf(stream));
    this.streams[stream.token] = null;
    this.free[this.freeCount++] = stream.token;
    stream.token = EMPTY;
    this.open--;
  }

  /** Sets a connection up. What is not permitted was told at the start: it goes without. Cold: once a connection. */
  prepare(fd: number): void {
    const { busyPollUs, preferBusyPoll, quickAck } = this.options;
    this.network.setNoDelay(fd);
    if (this.congestionControl !== null) this.network.setCongestionControl(fd, this.congestionControl);
    if (busyPollUs > 0) this.network.setBusyPoll(fd, busyPollUs);
    if (preferBusyPoll) this.network.preferBusyPoll(fd);
    if (quickAck) this.network.setQuickAck(fd);
  }

  /** The CPU that a connection's packets come by, where that is not the lane's own; else -1. Cold: once a session. */
  foreignCpu(fd: number): number {
    if (this.laneCpu < 0) return -1;
    const cpu = this.network.incomingCpu(fd);
    return cpu === this.laneCpu ? -1 : cpu;
  }

  /** Cold: before the lane turns. */
  addListener(listener: Listener): void {
    this.poller.add(listener.fd, this.maxStreams + this.listeners.length, false);
    this.listeners.push(listener);
  }

  removeListener(listener: Listener): void {
    this.poller.remove(listener.fd);
  }

  /** Begins a turn: asks the kernel which streams are ready, as often as is worth it. */
  look(): void {
    this.turns = (this.turns + 1) | 0;
    if (!this.spins) {
      this.wait(0);
      return;
    }
    if (this.crowdedTurns > 0) this.crowdedTurns--;
    if (--this.turnsToWait > 0) return;
    this.othersActive = false;
    this.wait(0);
    this.coolOne();
    if (this.hotCount === 0 || this.othersActive) this.turnsToWait = 1;
    else this.turnsToWait = this.hotCount === this.open ? TURNS_PER_WAIT_ALL_HOT : TURNS_PER_WAIT;
  }

  /** Looks (timeout 0) or waits; marks what is ready. Returns how many events there were. */
  wait(timeoutMs: number): number {
    const count = this.poller.wait(timeoutMs);
    for (let i = 0; i < count; i++) this.mark(i);
    return count;
  }

  private mark(index: number): void {
    const token = this.poller.token(index);
    if (token === WAKEUP) {
      this.wakeup.drain();
      return;
    }
    if (token >= this.maxStreams) {
      this.listeners[token - this.maxStreams]!.ready = true;
      return;
    }
    const stream = this.streams[token];
    if (stream === null || stream === undefined) return;
    if (this.poller.writable(index)) stream.writable = true;
    if (this.poller.readable(index)) {
      stream.readable = true;
      if (this.spins && !stream.hot) this.heat(stream);
    }
    stream.wake();
  }

  /** Something has come for a stream that is not hot: from now on it is, if there is a place. */
  private heat(stream: Stream): void {
    this.othersActive = true;
    if (this.crowdedTurns > 0) return;
    if (this.hotCount === HOT_STREAMS && !this.coolLeastActive()) {
      while (this.hotCount > 0) this.cool(this.hotCount - 1);
      this.crowdedTurns = CROWDED_TURNS;
      return;
    }
    stream.hot = true;
    stream.activeTurn = this.turns;
    this.hot[this.hotCount++] = stream;
  }

  private coolLeastActive(): boolean {
    let least = 0;
    for (let i = 1; i < this.hotCount; i++) if (this.idleTurns(i) > this.idleTurns(least)) least = i;
    if (this.idleTurns(least) < COOL_TURNS) return false;
    this.cool(least);
    return true;
  }

  /** Where not all streams are hot, those that are not active any more are read no longer. */
  private coolOne(): void {
    if (this.hotCount <= HOT_AT_LEAST || this.open <= HOT_STREAMS) return;
    this.nextToCool = this.nextToCool + 1 < this.hotCount ? this.nextToCool + 1 : 0;
    if (this.idleTurns(this.nextToCool) >= COOL_TURNS) this.cool(this.nextToCool);
  }

  private idleTurns(place: number): number {
    return (this.turns - this.hot[place]!.activeTurn) | 0;
  }

  private cool(place: number): void {
    this.hot[place]!.hot = false;
    this.hot[place] = this.hot[--this.hotCount]!;
    this.hot[this.hotCount] = null;
  }

  /** Periodically returns buffers that this lane has not used recently to the shared pool. */
  rest(nowNs: number): void {
    if (this.buffers !== null) this.buffers.rest(nowNs);
  }

  /** True while `rest` has something to do soon. */
  get restless(): boolean {
    return this.buffers?.restless === true;
  }

  /** Descriptors of the streams that are open. Cold. */
  descriptors(): number[] {
    return this.streams.filter((stream) => stream !== null).map((stream) => stream.fd);
  }

  close(): void {
    this.wakeup.close();
    this.poller.close();
  }
}
