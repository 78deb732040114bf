import type { LaneTime } from "../base/lane-time.ts";
import { NONE, NS_PER_MS } from "../base/units.ts";
import { INPUT_BYTES } from "../net/input.ts";
import type { Listener } from "../net/listener.ts";
import type { Reactor } from "../net/reactor.ts";
import { Stream } from "../net/stream.ts";
import type { Link } from "./link.ts";
import { type LinkOwner, LinkTurns } from "./link-turns.ts";
import type { Protocol } from "./protocol.ts";

const ACCEPTS_PER_POLL = 16;

export interface AcceptorParts {
  readonly links: readonly Link<Protocol>[];
  readonly reactor: Reactor;
  readonly time: LaneTime;
  readonly maxConnections: number;
  /** What a connection's output has room for by itself, and how much may be unsent at most. */
  readonly outBytes: number;
  readonly backlogBytes: number;
  readonly logonTimeoutMs: number;
}

/** The agent that accepts connections. */
export interface AcceptorOwner extends LinkOwner {
  /** More connections than there is room for: this one is closed. */
  tooMany(listener: Listener, fd: number): void;
}

/**
 * Accepts connections, and keeps those that have not logged on yet. The key of a connection's logon timeout is its
 * stream's index behind the places of the links.
 */
export class Acceptor {
  turns!: LinkTurns;
  private listeners: Listener[] = [];
  private readonly streams: Stream[] = [];
  /** Streams that no connection uses. */
  private readonly idle: Stream[] = [];
  /** By stream index: when its connection was accepted. */
  private readonly sinceNs: Float64Array;

  constructor(
    private readonly owner: AcceptorOwner,
    private readonly parts: AcceptorParts,
  ) {
    const { reactor, maxConnections, outBytes, backlogBytes } = parts;
    for (let i = 0; i < maxConnections; i++)
      this.streams.push(new Stream(reactor, INPUT_BYTES, outBytes, backlogBytes));
    this.idle.push(...this.streams);
    this.sinceNs = new Float64Array(maxConnections);
  }

  /** Once all links are there. Returns what polls them and the connections. */
  open(listeners: Listener[], nowNs: number): LinkTurns {
    const { links } = this.parts;
    this.listeners = listeners;
    this.turns = new LinkTurns(this.owner, links, this.streams, links.length + this.streams.length, nowNs);
    return this.turns;
  }

  /** Takes the connections that wait at the listeners. Returns how many. */
  accept(): number {
    let count = 0;
    for (let i = 0; i < this.listeners.length; i++)
      if (this.listeners[i]!.ready) count += this.acceptFrom(this.listeners[i]!);
    return count;
  }

  private acceptFrom(listener: Listener): number {
    let count = 0;
    while (count < ACCEPTS_PER_POLL) {
      const fd = listener.accept();
      if (fd < 0) break;
      count++;
      const stream = this.idle.pop();
      if (stream === undefined) {
        this.owner.tooMany(listener, fd);
        listener.refuse(fd);
        continue;
      }
      stream.open(fd, false);
      this.sinceNs[stream.index] = this.parts.time.nowNs;
      this.turns.moved(this.keyOf(stream));
    }
    return count;
  }

  keyOf(stream: Stream): number {
    return this.parts.links.length + stream.index;
  }

  /** The stream whose key this is. */
  streamOf(key: number): Stream {
    return this.streams[key - this.parts.links.length]!;
  }

  /** When a connection is closed unless it has logged on; Infinity once it has. */
  logonDueNs(stream: Stream): number {
    if (!stream.isOpen || this.turns.isLinked(stream)) return Number.POSITIVE_INFINITY;
    return this.sinceNs[stream.index]! + this.parts.logonTimeoutMs * NS_PER_MS;
  }

  /** The connection is that of the link at `place` from now on, which reads its Logon itself. */
  give(stream: Stream, place: number): void {
    const link = this.parts.links[place]!;
    this.turns.deadlines.set(this.keyOf(stream), Number.POSITIVE_INFINITY);
    this.turns.assign(stream, place);
    link.attach(stream);
    link.first();
    link.pollOut();
    this.turns.moved(place);
  }

  /** A connection that never became a link's ends. */
  refuse(stream: Stream): void {
    this.turns.deadlines.set(this.keyOf(stream), Number.POSITIVE_INFINITY);
    stream.close(false);
    this.idle.push(stream);
  }

  /** A link's connection has ended. */
  release(stream: Stream): void {
    this.turns.assign(stream, NONE);
    this.idle.push(stream);
  }

  stopListening(): void {
    for (let i = 0; i < this.listeners.length; i++) this.listeners[i]!.close();
    this.listeners.length = 0;
  }

  /** Ends the connections that have not logged on. */
  close(): void {
    for (let i = 0; i < this.streams.length; i++) {
      const stream = this.streams[i]!;
      if (stream.isOpen && !this.turns.isLinked(stream)) stream.close(true);
    }
  }
}
