import type { Wakeup } from "../../ffi/poller.ts";
import { CongestionControl } from "../../ffi/socket.ts";
import { broken } from "../base/broken.ts";
import { EMPTY } from "../base/units.ts";
import type { Buffers } from "../pool/buffers.ts";
import { INPUT_BYTES, Input } from "./input.ts";
import { KERNEL, type Network, type Readiness } from "./network.ts";
import { Outputs } from "./outputs.ts";
import type { Stream } from "./stream.ts";

const WAKEUP = -1;
/** Most streams that a spinning lane reads in every turn without calling epoll first. For this few it is faster. */
export const HOT_STREAMS = 6;
/** With SO_BUSY_POLL this many streams stay hot: receive polls the network card's queue, epoll with no timeout does not. */
const HOT_FOR_BUSY_POLL = 2;
/** A hot stream that has received nothing for this many turns may lose its place. */
const COOL_TURNS = 1_024;
/** When more streams are active than there are hot places, epoll announces them all for this many turns. */
const CROWDED_TURNS = 4_096;
/** Turns between two calls of epoll on a spinning lane, while all of its streams are hot. Only listeners wait for it then. */
const TURNS_PER_WAIT_ALL_HOT = 64;
/** The same while some streams are not hot, and none of these was active at the last call. */
const TURNS_PER_WAIT = 8;

/** How connections are set up beyond TCP_NODELAY, which all have. */
export interface SocketOptions {
  /** SO_BUSY_POLL: how long a receive polls the network card's queue itself, microseconds; 0: not at all. */
  readonly busyPollUs: number;
  /** SO_PREFER_BUSY_POLL: the card's interrupts stay masked meanwhile. */
  readonly preferBusyPoll: boolean;
  /** TCP_QUICKACK: received data is acknowledged at once. */
  readonly quickAck: boolean;
  /** Name of the kernel's congestion control; SYSTEM: the machine's default. */
  readonly congestionControl: string;
  /** SO_KEEPALIVE: seconds without data before the first question, and between two; how many. 0 seconds: none is asked. */
  readonly keepAliveIdleS: number;
  readonly keepAliveIntervalS: number;
  readonly keepAliveCount: number;
  /** TCP_USER_TIMEOUT: sent data that is not acknowledged for this long ends the connection, milliseconds; 0: the system's. */
  readonly userTimeoutMs: number;
}

/** Leaves the machine's congestion control as it is. */
export const SYSTEM = "system";

const PLAIN: SocketOptions = {
  busyPollUs: 0,
  preferBusyPoll: false,
  quickAck: false,
  congestionControl: SYSTEM,
  keepAliveIdleS: 0,
  keepAliveIntervalS: 0,
  keepAliveCount: 0,
  userTimeoutMs: 0,
};

/** A listening socket. */
export interface Listening {
  readonly fd: number;
  /** Set by the reactor: connections wait. */
  ready: boolean;
}

/**
 * Marks the streams and listeners of a lane that have something to read. One per lane.
 * A spinning lane reads the few active streams directly (`stream.hot`); epoll announces the others.
 */
export class Reactor {
  /** CPU that the lane is pinned to, or -1. */
  laneCpu = -1;
  readonly quickAck: boolean;
  readonly wakeup: Wakeup;
  /** Memory into which all streams of the lane are read; null: each stream has its own. */
  readonly input: Input | null;
  private readonly poller: Readiness;
  private readonly congestionControl: CongestionControl | null;
  private readonly streams: (Stream | null)[];
  private readonly listeners: Listening[] = [];
  private readonly outputs: Outputs[] = [];
  private readonly free: Int32Array;
  private freeCount: number;
  private open = 0;
  /** Turns of the lane; wraps. */
  turns = 0;
  private turnsToWait = 0;
  private crowdedTurns = 0;
  private readonly hotAtLeast: number;
  private readonly hot: (Stream | null)[] = new Array<Stream | null>(HOT_STREAMS).fill(null);
  private hotCount = 0;
  /** Place of the hot stream whose activity is checked next. */
  private nextToCool = 0;
  /** The last call of epoll announced a stream that was not hot. */
  private othersActive = false;

  constructor(
    private readonly maxStreams: number,
    private readonly spins: boolean,
    readonly network: Network = KERNEL,
    /** Pool for unsent output and unread input; null: streams have only their own buffers. */
    readonly buffers: Buffers | null = null,
    private readonly options: SocketOptions = PLAIN,
    /** Memory for reading where there is a pool; null: the reactor makes it. */
    input: Input | null = null,
  ) {
    this.input = buffers === null ? null : (input ?? Input.ofSize(INPUT_BYTES));
    this.quickAck = options.quickAck;
    this.hotAtLeast = options.busyPollUs > 0 ? HOT_FOR_BUSY_POLL : 0;
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

  outputsOf(bytes: number): Outputs {
    let outputs = this.outputs.find((one) => one.bytes === bytes);
    if (outputs === undefined) {
      outputs = new Outputs(bytes, this.maxStreams);
      this.outputs.push(outputs);
    }
    return outputs;
  }

  add(stream: Stream, output: boolean): void {
    if (this.freeCount === 0) broken("reactor streams", this.maxStreams);
    const token = this.free[--this.freeCount]!;
    this.streams[token] = stream;
    stream.token = token;
    this.poller.add(stream.fd, token, output);
    this.open++;
    // The new stream is not hot yet: only epoll announces it.
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

  /** Sets the options of a connection's socket. Options that are not permitted were logged at the start. */
  prepare(fd: number): void {
    const { busyPollUs, preferBusyPoll, quickAck, keepAliveIdleS, userTimeoutMs } = this.options;
    this.network.setNoDelay(fd);
    if (keepAliveIdleS > 0)
      this.network.setKeepAlive(fd, keepAliveIdleS, this.options.keepAliveIntervalS, this.options.keepAliveCount);
    if (userTimeoutMs > 0) this.network.setUserTimeout(fd, userTimeoutMs);
    if (this.congestionControl !== null) this.network.setCongestionControl(fd, this.congestionControl);
    if (busyPollUs > 0) this.network.setBusyPoll(fd, busyPollUs);
    if (preferBusyPoll) this.network.preferBusyPoll(fd);
    if (quickAck) this.network.setQuickAck(fd);
  }

  /** CPU that received a connection's last packet if it is not the lane's own CPU; else -1. Called once a session. */
  foreignCpu(fd: number): number {
    if (this.laneCpu < 0) return -1;
    const cpu = this.network.incomingCpu(fd);
    return cpu === this.laneCpu ? -1 : cpu;
  }

  /** Called before the lane turns. */
  addListener(listener: Listening): void {
    this.poller.add(listener.fd, this.maxStreams + this.listeners.length, false);
    this.listeners.push(listener);
  }

  /** Announces no connections of this listener until it is resumed. */
  pauseListener(listener: Listening): void {
    this.poller.remove(listener.fd);
  }

  resumeListener(listener: Listening): void {
    this.poller.add(listener.fd, this.maxStreams + this.listeners.indexOf(listener), false);
  }

  removeListener(listener: Listening): void {
    this.poller.remove(listener.fd);
  }

  /** Begins a turn: calls epoll, on a spinning lane only in some turns. */
  beginTurn(): void {
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
    if (this.hotCount === 0 || this.othersActive || this.crowdedTurns > 0) this.turnsToWait = 1;
    else this.turnsToWait = this.hotCount === this.open ? TURNS_PER_WAIT_ALL_HOT : TURNS_PER_WAIT;
  }

  /** Calls epoll and marks what is ready. Returns the number of events. */
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

  /** Something has come for a stream that is not hot: it becomes hot if there is a place. */
  private heat(stream: Stream): void {
    this.othersActive = true;
    if (this.crowdedTurns > 0) return;
    if (this.hotCount === HOT_STREAMS && !this.coolLeastActive()) {
      while (this.hotCount > this.hotAtLeast) this.cool(this.hotCount - 1);
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

  /** Takes the place of a stream that is no longer active, where there are more streams than places. */
  private coolOne(): void {
    if (this.hotCount <= this.hotAtLeast || this.open <= HOT_STREAMS) return;
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

  /** True while `rest` must be called again soon. */
  get restless(): boolean {
    return this.buffers?.restless === true;
  }

  /** Descriptors of the streams that are open. */
  descriptors(): number[] {
    return this.streams.filter((stream) => stream !== null).map((stream) => stream.fd);
  }

  close(): void {
    this.wakeup.close();
    this.poller.close();
    for (let i = 0; i < this.outputs.length; i++) this.outputs[i]!.close();
  }
}
