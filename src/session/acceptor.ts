import { DisconnectReason } from "../base/disconnect-reason.ts";
import type { LaneTime } from "../base/lane-time.ts";
import { NONE, NS_PER_MS } from "../base/units.ts";
import { INPUT_BYTES } from "../net/input.ts";
import { type ConnectionSource, NO_DESCRIPTOR, TURNED_AWAY } from "../net/listener.ts";
import type { Reactor } from "../net/reactor.ts";
import { Stream } from "../net/stream.ts";
import { TlsChannel } from "../net/tls-channel.ts";
import { PEER_WORDS } from "../telemetry/disconnect-record.ts";
import type { Door } from "./door.ts";
import type { Link } from "./link.ts";
import { type LinkOwner, LinkTurns } from "./link-turns.ts";
import type { Protocol } from "./protocol.ts";

const ACCEPTS_PER_POLL = 16;
/** Pause of a listener without descriptors: the first one, and the longest; each is twice the one before. */
const FIRST_PAUSE_NS = 10 * NS_PER_MS;
const LONGEST_PAUSE_NS = 500 * NS_PER_MS;
/** After this long without a pause the descriptors suffice again. */
const CALM_NS = 1_000 * NS_PER_MS;

export interface AcceptorParts {
  readonly links: readonly Link<Protocol>[];
  /** Most links that there will be. */
  readonly places: number;
  readonly reactor: Reactor;
  readonly time: LaneTime;
  readonly maxConnections: number;
  /** Output buffer of a connection, and its limit of unsent bytes. */
  readonly outBytes: number;
  readonly backlogBytes: number;
  readonly logonTimeoutMs: number;
  /** Limits of connections; null: only their number is limited. */
  readonly door: Door | null;
  /** Connections may come with TLS. */
  readonly hasTls?: boolean;
}

/** The agent that accepts connections. */
export interface AcceptorOwner extends LinkOwner {
  /** The connection of `peer` is refused: the acceptor closes it. */
  turnedAway(reason: DisconnectReason, peer: Int32Array, source: ConnectionSource): void;
  /** A connection without a Logon has to end for a newer one: the owner calls `refuse`. */
  crowdedOut(stream: Stream): void;
  /** The process is out of descriptors and accepts no connections, or it accepts them again. */
  outOfDescriptors(isOut: boolean): void;
}

/**
 * Accepts connections, and owns those without a logon. The key of a connection's logon timeout is the count of the links' places
 * plus the index of its stream.
 */
export class Acceptor {
  turns!: LinkTurns;
  private listeners: ConnectionSource[] = [];
  private readonly streams: Stream[] = [];
  /** Unused streams. */
  private readonly idle: Stream[] = [];
  /** By stream index: time at which its connection was accepted. */
  private readonly sinceNs: Float64Array;
  /** The listeners are paused until then; Infinity while they are not. */
  private resumeNs = Number.POSITIVE_INFINITY;
  /** Last pause, and when it began; 0: descriptors are there. */
  private pauseNs = 0;
  private outNs = 0;
  private readonly door: Door | null;
  private readonly peer = new Int32Array(new ArrayBuffer(4 * PEER_WORDS));

  constructor(
    private readonly owner: AcceptorOwner,
    private readonly parts: AcceptorParts,
  ) {
    this.door = parts.door;
    const { reactor, maxConnections, outBytes, backlogBytes } = parts;
    for (let i = 0; i < maxConnections; i++) {
      const stream = new Stream(reactor, INPUT_BYTES, outBytes, backlogBytes);
      if (parts.hasTls === true) stream.tls = new TlsChannel();
      this.streams.push(stream);
    }
    this.idle.push(...this.streams);
    this.sinceNs = new Float64Array(maxConnections);
  }

  /** Opens once all links exist. Returns the turns of links and connections. */
  open(listeners: ConnectionSource[], nowNs: number): LinkTurns {
    const { links, places } = this.parts;
    this.listeners = listeners;
    this.turns = new LinkTurns(
      this.owner,
      links,
      this.streams,
      this.streams.length,
      places + this.streams.length,
      nowNs,
    );
    return this.turns;
  }

  /** When `accept` next has work that the reactor does not announce. */
  get deadlineNs(): number {
    return this.resumeNs;
  }

  /** Accepts the connections that wait at the listeners. Returns their count. */
  accept(): number {
    let count = 0;
    if (this.parts.time.nowNs >= this.resumeNs) this.resume();
    for (let i = 0; i < this.listeners.length; i++)
      if (this.listeners[i]!.ready) count += this.acceptFrom(this.listeners[i]!);
    return count;
  }

  private acceptFrom(listener: ConnectionSource): number {
    let count = 0;
    while (count < ACCEPTS_PER_POLL) {
      const fd = listener.accept();
      if (fd === NO_DESCRIPTOR) this.pause();
      if (fd < 0 && fd !== TURNED_AWAY) break;
      count++;
      if (this.pauseNs > 0 && this.parts.time.nowNs - this.outNs > CALM_NS) this.hasDescriptors();
      listener.peerOf(fd, this.peer);
      const reason = fd === TURNED_AWAY ? listener.reason : this.takeIn(fd, listener);
      if (reason === DisconnectReason.NONE) continue;
      this.owner.turnedAway(reason, this.peer, listener);
      if (fd !== TURNED_AWAY) listener.refuse(fd);
    }
    return count;
  }

  /** Takes a connection of `this.peer`. Returns  the reason to refuse it, or NONE. */
  private takeIn(fd: number, listener: ConnectionSource): DisconnectReason {
    const door = this.door;
    if (door !== null) {
      const reason = door.refusal(this.peer);
      if (reason !== DisconnectReason.NONE) return reason;
      const crowdedOut = door.crowdedOut();
      if (crowdedOut !== NONE) this.owner.crowdedOut(this.streams[crowdedOut]!);
    }
    const stream = this.idle.pop();
    if (stream === undefined) return DisconnectReason.FULL;
    stream.open(fd, false);
    listener.secure(stream);
    this.sinceNs[stream.index] = this.parts.time.nowNs;
    if (door !== null) door.enter(stream.index, this.peer);
    this.turns.moved(this.keyOf(stream));
    return DisconnectReason.NONE;
  }

  /** Out of descriptors: connections wait in the kernel's queue, and the lane does not try in every turn. */
  private pause(): void {
    if (this.pauseNs === 0) this.owner.outOfDescriptors(true);
    this.pauseNs = this.pauseNs === 0 ? FIRST_PAUSE_NS : Math.min(2 * this.pauseNs, LONGEST_PAUSE_NS);
    this.outNs = this.parts.time.nowNs;
    this.resumeNs = this.outNs + this.pauseNs;
    for (let i = 0; i < this.listeners.length; i++) this.listeners[i]!.pause();
  }

  private resume(): void {
    this.resumeNs = Number.POSITIVE_INFINITY;
    for (let i = 0; i < this.listeners.length; i++) this.listeners[i]!.resume();
  }

  private hasDescriptors(): void {
    this.pauseNs = 0;
    this.owner.outOfDescriptors(false);
  }

  keyOf(stream: Stream): number {
    return this.parts.places + stream.index;
  }

  /** Returns the stream of a key. */
  streamOf(key: number): Stream {
    return this.streams[key - this.parts.places]!;
  }

  /** Time at which a connection without a logon is closed; Infinity after a logon. */
  logonDueNs(stream: Stream): number {
    if (!stream.isOpen || this.turns.isLinked(stream)) return Number.POSITIVE_INFINITY;
    return this.sinceNs[stream.index]! + this.parts.logonTimeoutMs * NS_PER_MS;
  }

  /**
   * Assigns a connection to the link at `place`, which reads the Logon again from the stream. With a reason the Logon is
   * refused there, with a Logout that says why.
   */
  give(stream: Stream, place: number, declines: DisconnectReason = DisconnectReason.NONE): void {
    const link = this.parts.links[place]!;
    this.identified(stream);
    this.turns.deadlines.set(this.keyOf(stream), Number.POSITIVE_INFINITY);
    this.turns.assign(stream, place);
    link.attach(stream);
    link.session.declines = declines;
    link.first();
    // Outside the stream's turn nobody else continues what had no room.
    if (link.unfinished) stream.wake();
    link.pollOut();
    this.turns.moved(place);
  }

  /** The connection has sent a Logon, whose password is being checked. */
  asks(stream: Stream): void {
    if (this.door !== null) this.door.asks(stream.index);
  }

  /** Its Logon will be answered later: it is no connection without a Logon any more. */
  identified(stream: Stream): void {
    if (this.door !== null) this.door.identified(stream.index);
  }

  /** Asks the owner again when connections without a session are due. */
  reschedule(): void {
    for (let i = 0; i < this.streams.length; i++) {
      const stream = this.streams[i]!;
      if (stream.isOpen && !this.turns.isLinked(stream)) this.turns.moved(this.keyOf(stream));
    }
  }

  streamAt(index: number): Stream {
    return this.streams[index]!;
  }

  /** Closes a connection that no link has. */
  refuse(stream: Stream): void {
    this.turns.deadlines.set(this.keyOf(stream), Number.POSITIVE_INFINITY);
    stream.close(false);
    this.free(stream);
  }

  /** Takes the stream of a link's closed connection back. */
  release(stream: Stream): void {
    this.turns.assign(stream, NONE);
    this.free(stream);
  }

  private free(stream: Stream): void {
    if (this.door !== null) this.door.leave(stream.index);
    this.idle.push(stream);
  }

  stopListening(): void {
    if (this.resumeNs !== Number.POSITIVE_INFINITY) this.resume();
    for (let i = 0; i < this.listeners.length; i++) this.listeners[i]!.close();
    this.listeners.length = 0;
  }

  /** Closes the connections without a logon. */
  close(): void {
    for (let i = 0; i < this.streams.length; i++) {
      const stream = this.streams[i]!;
      if (stream.isOpen && !this.turns.isLinked(stream)) stream.close(true);
    }
  }
}
