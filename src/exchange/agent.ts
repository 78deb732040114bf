import { DisconnectReason } from "../base/disconnect-reason.ts";
import type { LaneTime } from "../base/lane-time.ts";
import { NONE } from "../base/units.ts";
import { Views } from "../base/views.ts";
import { NOT_AN_ORDER, OrderReader, READ } from "../fix/orders/request-in.ts";
import { LogonReader } from "../fix/session/logon-reader.ts";
import type { FixSession } from "../fix/session/session.ts";
import type { Scanner } from "../fix/wire/scan.ts";
import type { Agent } from "../lane/agent.ts";
import type { Listener } from "../net/listener.ts";
import type { Stream } from "../net/stream.ts";
import { ORDER_REQUEST_BYTES, OrderRequest } from "../record/order-request.ts";
import { Acceptor, type AcceptorOwner, type AcceptorParts } from "../session/acceptor.ts";
import type { Link } from "../session/link.ts";
import type { LinkHandler } from "../session/link-handler.ts";
import type { LinkTurns } from "../session/link-turns.ts";
import { APPLICATION, type Verdict } from "../session/protocol.ts";
import { OrderEntry } from "./order-entry.ts";

/** Interval at which unused buffers are returned. */
const TICK_NS = 10_000_000;
/** A stopping session waits this long for the peer's Logout before its connection is closed. */
const STOP_PATIENCE_NS = 3_000_000_000;
/** Most symbols; each gets a book with its first order. */
const MAX_SYMBOLS = 4096;

/** `links[i].id` is i. */
export interface ExchangeAgentParts extends AcceptorParts {
  readonly name: string;
  readonly links: readonly Link<FixSession>[];
  readonly listen: () => Listener[];
  readonly scan: Scanner;
  readonly maxOrders: number;
  /** Start of this run, seconds since 1970; makes its OrderIDs and ExecIDs unique. */
  readonly birth: number;
}

/**
 * The built-in exchange: FIX sessions and a book, in memory only; nothing is journalled.
 * A report for a disconnected session uses a sequence number and is lost; a resend of it is a gap fill. After a restart
 * every session begins at 1 and the book is empty, so peers log on with ResetSeqNumFlag.
 */
export class ExchangeAgent implements Agent, LinkHandler<Link<FixSession>>, AcceptorOwner {
  readonly name: string;
  readonly orderEntry: OrderEntry;
  private readonly links: readonly Link<FixSession>[];
  private readonly request = new OrderRequest(Views.allocate(ORDER_REQUEST_BYTES));
  private readonly reader = new OrderReader();
  private readonly scan: Scanner;
  private readonly logon: LogonReader;
  private readonly time: LaneTime;
  private readonly acceptor: Acceptor;
  private turns!: LinkTurns;
  private nextTickNs = 0;
  private stopAtNs = 0;

  constructor(private readonly parts: ExchangeAgentParts) {
    this.name = parts.name;
    this.links = parts.links;
    this.scan = parts.scan;
    this.logon = new LogonReader(parts.scan);
    this.time = parts.time;
    this.orderEntry = new OrderEntry(parts.links, parts.time, parts.maxOrders, MAX_SYMBOLS, parts.birth);
    this.acceptor = new Acceptor(this, parts);
  }

  open(nowNs: number): void {
    this.turns = this.acceptor.open(this.parts.listen(), nowNs);
  }

  poll(nowNs: number): number {
    let work = this.turns.poll(nowNs);
    // A request of one session may cause reports to others.
    if (work > 0) work += this.turns.flush();
    work += this.acceptor.accept();
    if (nowNs >= this.nextTickNs) {
      this.nextTickNs = nowNs + TICK_NS;
      this.parts.reactor.rest(nowNs);
    }
    return work;
  }

  deadlineNs(): number {
    const firstNs = this.turns.deadlines.firstNs;
    const isPeriodic = this.parts.reactor.restless || this.stopAtNs > 0;
    const nextNs = isPeriodic && this.nextTickNs < firstNs ? this.nextTickNs : firstNs;
    return this.acceptor.deadlineNs < nextNs ? this.acceptor.deadlineNs : nextNs;
  }

  stop(nowNs: number): void {
    if (this.stopAtNs > 0) return;
    this.stopAtNs = nowNs + STOP_PATIENCE_NS;
    this.acceptor.stopListening();
    for (let i = 0; i < this.links.length; i++) {
      this.links[i]!.logout(DisconnectReason.STOPPING);
      this.turns.moved(i);
    }
  }

  stopped(): boolean {
    if (this.stopAtNs === 0) return false;
    if (this.time.nowNs >= this.stopAtNs) return true;
    for (let i = 0; i < this.links.length; i++) if (this.links[i]!.stream !== null) return false;
    return true;
  }

  close(): void {
    this.acceptor.close();
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
      this.orderEntry.take(request);
    } else if (result === NOT_AN_ORDER) session.rejects.unsupported(scan, sequence);
    else session.rejects.reject(scan, sequence, this.reader.reason, this.reader.refTag, this.reader.text);
  }

  loggedOn(): void {
    // Nothing to do: reports for a disconnected session are not kept.
  }

  closed(_link: Link<FixSession>, _reason: number, stream: Stream): void {
    this.acceptor.release(stream);
  }

  stale(): void {
    // Nothing to do: without a journal there are no resends.
  }

  staleJournalled(): boolean {
    return true;
  }

  turnedAway(): void {
    // Nothing to log: the acceptor closes the connection.
  }

  receiveBatch(): number {
    return 0;
  }

  crowdedOut(stream: Stream): void {
    this.acceptor.refuse(stream);
  }

  outOfDescriptors(): void {
    // Nothing to log: the client side of the same process says so.
  }

  tick(key: number): void {
    if (key < this.links.length) this.links[key]!.tick();
    else this.acceptor.refuse(this.acceptor.streamOf(key));
  }

  dueNs(key: number): number {
    return key < this.links.length
      ? this.links[key]!.deadlineNs()
      : this.acceptor.logonDueNs(this.acceptor.streamOf(key));
  }

  /** Reads the first message of a connection and assigns the connection to the session it identifies. */
  pollUnlinked(_index: number, stream: Stream): number {
    const got = stream.receive();
    if (got === 0) return 0;
    if (got > 0 && !this.logon.read(stream.in, stream.inFrom, stream.inTo)) return 1;
    const place = got < 0 || this.logon.refusal !== DisconnectReason.NONE ? NONE : this.linkIndexOf(this.scan);
    if (place === NONE || this.links[place]!.stream !== null || this.stopAtNs > 0) this.acceptor.refuse(stream);
    else this.acceptor.give(stream, place);
    return 1;
  }

  private linkIndexOf(scan: Scanner): number {
    for (let i = 0; i < this.links.length; i++) if (this.links[i]!.session.identity.isLogonOf(scan)) return i;
    return NONE;
  }
}
