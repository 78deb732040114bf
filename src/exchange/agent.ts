import { DisconnectReason } from "../base/disconnect-reason.ts";
import type { LaneTime } from "../base/lane-time.ts";
import { Views } from "../base/views.ts";
import { NOT_AN_ORDER, OrderReader, READ } from "../fix/orders/request-in.ts";
import { LogonReader } from "../fix/session/logon-reader.ts";
import type { FixSession } from "../fix/session/session.ts";
import type { Scanner } from "../fix/wire/scan.ts";
import type { Agent } from "../lane/agent.ts";
import { INPUT_BYTES } from "../net/input.ts";
import type { Listener } from "../net/listener.ts";
import type { Reactor } from "../net/reactor.ts";
import { Stream } from "../net/stream.ts";
import { ORDER_REQUEST_BYTES, OrderRequest } from "../record/order-request.ts";
import type { Link, LinkHandler } from "../session/link.ts";
import { APPLICATION, type Verdict } from "../session/protocol.ts";
import { OrderEntry } from "./order-entry.ts";

const ACCEPTS_PER_POLL = 16;
const TICK_NS = 10_000_000;
/** A stopping session waits this long for the peer's Logout before its connection is closed. */
const STOP_PATIENCE_NS = 3_000_000_000;
/** Symbols that have a book; each is made on first sight. */
export const MAX_SYMBOLS = 4096;

export interface ExchangeAgentParts {
  readonly name: string;
  /** `links[i].id` is i. */
  readonly links: Link<FixSession>[];
  readonly reactor: Reactor;
  readonly listen: () => Listener[];
  readonly scan: Scanner;
  readonly time: LaneTime;
  readonly maxOrders: number;
  /** Tells this run's OrderIDs and ExecIDs from those of every other: its start, seconds since 1970. */
  readonly birth: number;
  readonly maxConnections: number;
  readonly outBytes: number;
  readonly backlogBytes: number;
  readonly logonTimeoutMs: number;
}

/**
 * The built-in exchange: FIX sessions around a book, all of it in memory only.
 * Nothing is journalled. A report for a session that is not connected takes its number and is lost; the peer gets a gap
 * fill when it asks for it. After a restart every session begins at 1 with an empty book, so its peers log on with
 * ResetSeqNumFlag.
 */
export class ExchangeAgent implements Agent, LinkHandler<FixSession> {
  readonly name: string;
  readonly desk: OrderEntry;
  private readonly links: Link<FixSession>[];
  private readonly request = new OrderRequest(Views.allocate(ORDER_REQUEST_BYTES));
  private readonly reader = new OrderReader();
  private readonly scan: Scanner;
  private readonly logon: LogonReader;
  private readonly time: LaneTime;
  private listeners: Listener[] = [];
  /** Streams that no connection uses, and those whose first message has not come. */
  private readonly idle: Stream[] = [];
  private readonly pending: (Stream | null)[];
  private readonly pendingSince: Float64Array;
  private pendingCount = 0;
  private nextTickNs = 0;
  private stopAtNs = 0;

  constructor(private readonly parts: ExchangeAgentParts) {
    this.name = parts.name;
    this.links = parts.links;
    this.scan = parts.scan;
    this.logon = new LogonReader(parts.scan);
    this.time = parts.time;
    this.desk = new OrderEntry(parts.links, parts.time, parts.maxOrders, MAX_SYMBOLS, parts.birth);
    this.pending = new Array<Stream | null>(parts.maxConnections).fill(null);
    this.pendingSince = new Float64Array(parts.maxConnections);
    for (let i = 0; i < parts.maxConnections; i++)
      this.idle.push(new Stream(parts.reactor, INPUT_BYTES, parts.outBytes, parts.backlogBytes));
  }

  open(_nowNs: number): void {
    this.listeners = this.parts.listen();
  }

  poll(nowNs: number): number {
    const direct = this.parts.reactor.direct;
    const links = this.links;
    let work = 0;
    for (let i = 0; i < links.length; i++) if (links[i]!.stream !== null) work += links[i]!.pollIn(direct);
    // What one session sends is reported to others as well, so all outputs come after all inputs.
    for (let i = 0; i < links.length; i++) if (links[i]!.stream !== null) work += links[i]!.pollOut();
    for (let i = 0; i < this.listeners.length; i++)
      if (this.listeners[i]!.ready) work += this.accept(this.listeners[i]!);
    if (this.pendingCount > 0) work += this.pollPending(nowNs);
    if (nowNs >= this.nextTickNs) this.tick(nowNs);
    return work;
  }

  deadlineNs(): number {
    if (this.stopAtNs > 0 || this.pendingCount > 0 || this.parts.reactor.restless) return this.nextTickNs;
    let deadline = Number.POSITIVE_INFINITY;
    for (let i = 0; i < this.links.length; i++) {
      const at = this.links[i]!.session.deadlineNs();
      if (at < deadline) deadline = at;
    }
    return deadline;
  }

  stop(nowNs: number): void {
    if (this.stopAtNs > 0) return;
    this.stopAtNs = nowNs + STOP_PATIENCE_NS;
    for (let i = 0; i < this.listeners.length; i++) this.listeners[i]!.close();
    this.listeners.length = 0;
    for (let i = 0; i < this.links.length; i++) this.links[i]!.logout(DisconnectReason.STOPPING);
  }

  stopped(): boolean {
    if (this.stopAtNs === 0) return false;
    if (this.time.nowNs >= this.stopAtNs) return true;
    for (let i = 0; i < this.links.length; i++) if (this.links[i]!.stream !== null) return false;
    return true;
  }

  close(): void {
    for (let i = 0; i < this.pending.length; i++) if (this.pending[i] !== null) this.pending[i]!.close(true);
    for (let i = 0; i < this.links.length; i++) {
      const stream = this.links[i]!.stream;
      if (stream !== null) stream.close(false);
    }
  }

  ready(): boolean {
    return true;
  }

  application(link: Link<FixSession>, verdict: Verdict): void {
    if (verdict.kind !== APPLICATION) return;
    const session = link.session;
    const scan = this.scan;
    const sequence = verdict.msgSeqNum;
    const request = this.request;
    const result = this.reader.read(scan, request, session.profile.version);
    if (result === READ) {
      request.session = link.id;
      this.desk.take(request);
    } else if (result === NOT_AN_ORDER) session.rejects.unsupported(scan, sequence);
    else session.rejects.reject(scan, sequence, this.reader.reason, this.reader.refTag, this.reader.text);
  }

  loggedOn(): void {
    // Nothing waits for a session: what was reported while it was away is gone.
  }

  closed(_link: Link<FixSession>, _reason: number, stream: Stream): void {
    this.idle.push(stream);
  }

  stale(): void {
    // Without a journal nothing is sent again.
  }

  staleJournalled(): boolean {
    return true;
  }

  private accept(listener: Listener): number {
    let count = 0;
    while (count < ACCEPTS_PER_POLL) {
      const fd = listener.accept();
      if (fd < 0) break;
      count++;
      const stream = this.idle.pop();
      if (stream === undefined) {
        listener.refuse(fd);
        continue;
      }
      stream.open(fd, false);
      this.hold(stream);
    }
    return count;
  }

  private hold(stream: Stream): void {
    for (let i = 0; i < this.pending.length; i++) {
      if (this.pending[i] !== null) continue;
      this.pending[i] = stream;
      this.pendingSince[i] = this.time.nowNs;
      this.pendingCount++;
      return;
    }
  }

  private pollPending(nowNs: number): number {
    let work = 0;
    for (let i = 0; i < this.pending.length; i++) {
      const stream = this.pending[i];
      if (stream === null || stream === undefined) continue;
      if (nowNs - this.pendingSince[i]! > this.parts.logonTimeoutMs * 1e6) this.refuse(i, stream);
      else if (stream.readable) work += this.identify(i, stream);
    }
    return work;
  }

  /** Reads the first message of a connection, and gives the connection to the session that it names. */
  private identify(index: number, stream: Stream): number {
    const got = stream.receive();
    if (got === 0) return 0;
    if (got > 0 && !this.logon.read(stream.in, stream.inFrom, stream.inTo)) return 1;
    const link = got < 0 || this.logon.refusal !== DisconnectReason.NONE ? null : this.linkOf(this.scan);
    if (link === null || link.stream !== null || this.stopAtNs > 0) {
      this.refuse(index, stream);
      return 1;
    }
    this.pending[index] = null;
    this.pendingCount--;
    link.attach(stream);
    link.first();
    link.pollOut();
    return 1;
  }

  private linkOf(scan: Scanner): Link<FixSession> | null {
    for (let i = 0; i < this.links.length; i++)
      if (this.links[i]!.session.identity.isLogonOf(scan)) return this.links[i]!;
    return null;
  }

  private refuse(index: number, stream: Stream): void {
    this.pending[index] = null;
    this.pendingCount--;
    stream.close(false);
    this.idle.push(stream);
  }

  private tick(nowNs: number): void {
    this.nextTickNs = nowNs + TICK_NS;
    this.parts.reactor.rest(nowNs);
    for (let i = 0; i < this.links.length; i++) this.links[i]!.tick();
  }
}
