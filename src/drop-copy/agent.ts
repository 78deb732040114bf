import { ascii } from "../base/ascii.ts";
import { broken } from "../base/broken.ts";
import { DisconnectReason } from "../base/disconnect-reason.ts";
import type { LaneTime } from "../base/lane-time.ts";
import type { Views } from "../base/views.ts";
import { Admission, type AdmissionParts } from "../client/admission.ts";
import { Refusals } from "../client/refusals.ts";
import { RejectReader } from "../fix/session/reject-reader.ts";
import type { FixSession } from "../fix/session/session.ts";
import type { Scanner } from "../fix/wire/scan.ts";
import * as tag from "../fix/wire/tags.ts";
import { NO_SESSION } from "../journal/layout.ts";
import type { StreamWriter } from "../journal/writer.ts";
import type { Agent } from "../lane/agent.ts";
import type { ConnectionSource } from "../net/listener.ts";
import type { Stream } from "../net/stream.ts";
import { CONTROL_UNKNOWN_KIND } from "../record/control-codes.ts";
import { Acceptor, type AcceptorOwner, type AcceptorParts } from "../session/acceptor.ts";
import { BoundedLines } from "../session/bounded-lines.ts";
import type { Link } from "../session/link.ts";
import type { LinkHandler } from "../session/link-handler.ts";
import { LinkRows } from "../session/link-rows.ts";
import type { LinkTurns } from "../session/link-turns.ts";
import { type CommandedAgent, OperatorCommands, type OperatorCommandsParts } from "../session/operator-commands.ts";
import { APPLICATION, type Verdict } from "../session/protocol.ts";
import {
  EVENT_COPIES_UNREACHABLE,
  EVENT_COPY_DISCONNECT,
  EVENT_COPY_LOGON,
  EVENT_COPY_REJECT,
  EVENT_DESCRIPTORS_OK,
  EVENT_NO_DESCRIPTORS,
  EVENT_SESSION_NOT_RESENT,
  type EventWriter,
} from "../telemetry/events.ts";
import { Copier, type CopierParts } from "./copier.ts";

/** Interval of the periodic work: unused buffers, schedules, password answers. */
const TICK_NS = 10_000_000;
/** A stopping session waits this long for the peer's Logout before its connection is closed. */
const STOP_PATIENCE_NS = 3_000_000_000;
/** Text of the answer to an application message. */
const TAKES_NONE = ascii("a drop copy session takes no application messages");

export interface DropCopyAgentParts extends AcceptorParts, AdmissionParts {
  readonly operator: OperatorCommandsParts;
  readonly name: string;
  readonly links: readonly Link<FixSession>[];
  readonly journal: StreamWriter;
  readonly listen: () => ConnectionSource[];
  readonly scan: Scanner;
  readonly events: EventWriter;
  readonly time: LaneTime;
  /** Journal room that one message in or out may need. */
  readonly roomBytes: number;
  /** Where the rows of the sessions are (telemetry/session-rows.ts), by index in `links`. */
  readonly rowViews: Views;
  readonly rowsAt: readonly number[];
  /** What is copied; once the links exist. */
  readonly copies: () => Omit<CopierParts, "changed">;
}

/** Drop copy sessions: copies of the clients' ExecutionReports out, nothing in. */
export class DropCopyAgent implements Agent, LinkHandler<Link<FixSession>>, AcceptorOwner, CommandedAgent {
  readonly name: string;
  private readonly links: readonly Link<FixSession>[];
  private readonly placeById = new Map<number, number>();
  private readonly time: LaneTime;
  private readonly acceptor: Acceptor;
  private turns!: LinkTurns;
  private readonly admission: Admission;
  private readonly refusals: Refusals;
  private readonly reject = new RejectReader();
  private readonly lines: BoundedLines;
  private rows!: LinkRows;
  private copier!: Copier;
  private readonly commands: OperatorCommands;
  /** By place: highest number that a connection before the present one has carried. */
  private readonly carried: number[] = [];
  private nextTickNs = 0;
  private stopAtNs = 0;
  private closedRecorded = false;

  constructor(private readonly parts: DropCopyAgentParts) {
    this.name = parts.name;
    this.links = parts.links;
    this.time = parts.time;
    this.refusals = new Refusals(parts.events, parts.journal, parts.time, parts.roomBytes);
    this.lines = new BoundedLines(parts.events, EVENT_COPY_REJECT, parts.time);
    this.commands = new OperatorCommands(this, parts.operator);
    this.acceptor = new Acceptor(this, parts);
    this.admission = new Admission(parts, this.acceptor, this.refusals, () => this.ready());
  }

  open(nowNs: number): void {
    const { rowViews, rowsAt, copies, listen } = this.parts;
    for (const [place, { id }] of this.links.entries()) {
      this.placeById.set(id, place);
      this.carried.push(0);
    }
    this.turns = this.acceptor.open(listen(), nowNs);
    this.admission.open(this.turns);
    this.rows = new LinkRows(rowViews, this.links, rowsAt, this.time);
    this.rows.open();
    this.turns.rows = this.rows;
    this.copier = new Copier({ ...copies(), changed: (place) => this.rows.moved(place) });
    this.copier.open(nowNs);
  }

  poll(nowNs: number): number {
    let work = this.commands.poll();
    work += this.turns.poll(nowNs);
    work += this.acceptor.accept();
    if (nowNs >= this.nextTickNs) this.runPeriodic(nowNs);
    if (this.stopAtNs === 0) work += this.copier.poll(nowNs);
    if (nowNs >= this.rows.dueNs) this.publishRows();
    return work;
  }

  deadlineNs(): number {
    const isStopping = this.commands.waiting || this.stopAtNs > 0;
    const waits = this.refusals.pending || isStopping || this.admission.isHolding || this.parts.reactor.restless;
    return Math.min(
      this.turns.deadlines.firstNs,
      this.rows.dueNs,
      this.acceptor.deadlineNs,
      this.stopAtNs > 0 ? Number.POSITIVE_INFINITY : this.copier.deadlineNs,
      waits ? this.nextTickNs : Number.POSITIVE_INFINITY,
    );
  }

  stop(nowNs: number): void {
    if (this.stopAtNs > 0) return;
    this.stopAtNs = nowNs + STOP_PATIENCE_NS;
    this.admission.stopping = true;
    this.acceptor.stopListening();
    for (const [place, link] of this.links.entries()) {
      link.logout(DisconnectReason.STOPPING);
      this.turns.moved(place);
    }
  }

  stopped(): boolean {
    if (this.stopAtNs === 0) return false;
    return this.time.nowNs >= this.stopAtNs || this.links.every(({ stream }) => stream === null);
  }

  close(): void {
    this.acceptor.close();
    this.refusals.close();
    this.copier.close();
    for (const link of this.links) {
      link.abandon();
      if (!this.closedRecorded) link.recordClosed();
    }
    this.closedRecorded = true;
  }

  ready(): boolean {
    return this.parts.journal.room(this.parts.roomBytes);
  }

  /** Clients connect by themselves. */
  connectNow(): number {
    return CONTROL_UNKNOWN_KIND;
  }

  changed(place: number): void {
    this.turns.moved(place);
  }

  added(place: number): void {
    broken("drop copy session added while the lane runs", place);
  }

  skipCopies(agent: number): number {
    return this.copier.skip(agent);
  }

  receiveBatch(): number {
    return 0;
  }

  /** Every application message is refused; the peer's rejects are logged. */
  application(link: Link<FixSession>, verdict: Verdict): void {
    const { scan } = this.parts;
    const sequence = verdict.msgSeqNum;
    if (verdict.kind === APPLICATION && scan.msgType !== tag.BUSINESS_MESSAGE_REJECT) {
      link.session.rejects.business(scan, sequence, tag.UNSUPPORTED_MESSAGE_TYPE, TAKES_NONE);
      return;
    }
    link.counts.rejectsReceived++;
    if (this.reject.read(scan)) this.lines.emit(link.id, sequence, this.reject.words, this.reject.describe(scan));
  }

  loggedOn(link: Link<FixSession>): void {
    const { nextIn, nextOut } = link.session.numbers;
    this.parts.events.emit(EVENT_COPY_LOGON, link.id, nextIn, nextOut);
  }

  closed(link: Link<FixSession>, reason: number, stream: Stream): void {
    const place = this.placeById.get(link.id)!;
    this.carried[place] = Math.max(this.carried[place]!, link.lastWired);
    this.acceptor.release(stream);
    this.admission.left(place);
    // Its refusal is recorded.
    if (link.session.declines !== DisconnectReason.NONE) return;
    this.countWaiting(place);
    this.rows.closed(place);
    const record = link.disconnectRecord;
    this.parts.events.emitText(EVENT_COPY_DISCONNECT, link.id, reason, 0, record.views.bytes, 0, record.length);
  }

  /** Copies that were numbered before, and that the client has not got, are lost to it: nobody else would say so. */
  renumbered(link: Link<FixSession>): void {
    const place = this.placeById.get(link.id)!;
    const { lastBefore } = link.session.numbers;
    const left = lastBefore - Math.max(this.carried[place]!, link.lastWired);
    this.carried[place] = 0;
    if (left > 0) this.parts.events.emit(EVENT_COPIES_UNREACHABLE, link.id, lastBefore, left);
  }

  /** Copies have no age limit. */
  stale(link: Link<FixSession>, sequence: number, tooLong: number): void {
    if (tooLong > 0) this.parts.events.emit(EVENT_SESSION_NOT_RESENT, link.id, sequence, tooLong);
  }

  staleJournalled(): boolean {
    return true;
  }

  turnedAway(reason: DisconnectReason, peer: Int32Array, source: ConnectionSource): void {
    this.refusals.turnedAway(reason, peer, source);
  }

  crowdedOut(stream: Stream): void {
    this.admission.refuse(stream, DisconnectReason.CROWDED_OUT, null);
  }

  outOfDescriptors(isOut: boolean): void {
    this.parts.events.emit(isOut ? EVENT_NO_DESCRIPTORS : EVENT_DESCRIPTORS_OK, NO_SESSION, 0, 0);
  }

  pollUnlinked(_index: number, stream: Stream): number {
    return this.admission.poll(stream);
  }

  tick(key: number): void {
    if (key < this.links.length) this.links[key]!.tick();
    else this.admission.check(this.acceptor.streamOf(key));
  }

  dueNs(key: number): number {
    return key < this.links.length ? this.links[key]!.deadlineNs() : this.admission.dueNs(this.acceptor.streamOf(key));
  }

  private publishRows(): void {
    for (const place of this.links.keys()) this.countWaiting(place);
    this.rows.poll();
  }

  /** Counts copies that a session's client may not have, because no connection since the start has carried them. */
  private countWaiting(place: number): void {
    const { counts, lastWired, session } = this.links[place]!;
    counts.queued = Math.max(0, session.numbers.nextOut - 1 - Math.max(this.carried[place]!, lastWired));
  }

  private runPeriodic(nowNs: number): void {
    this.nextTickNs = nowNs + TICK_NS;
    this.parts.reactor.rest(nowNs);
    this.refusals.tick();
    this.admission.tick(nowNs);
    this.turns.watchSchedules(nowNs, this.time.wallUs);
  }
}
