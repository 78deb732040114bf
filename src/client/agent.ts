import { broken } from "../base/broken.ts";
import { DisconnectReason } from "../base/disconnect-reason.ts";
import type { LaneTime } from "../base/lane-time.ts";
import { EMPTY, FULL, NONE } from "../base/units.ts";
import { DontKnowReader } from "../fix/orders/dont-know.ts";
import { GROUPS_FAULTY } from "../fix/orders/groups-in.ts";
import { writeMassCancel } from "../fix/orders/mass-cancel-out.ts";
import { writeMassStatus } from "../fix/orders/mass-status-out.ts";
import { ReportWriter, reportType } from "../fix/orders/report-out.ts";
import { NOT_AN_ORDER, OrderReader, READ } from "../fix/orders/request-in.ts";
import { RejectReader } from "../fix/session/reject-reader.ts";
import type { FixSession } from "../fix/session/session.ts";
import type { Codec } from "../fix/wire/codec.ts";
import type { Scanner } from "../fix/wire/scan.ts";
import * as tag from "../fix/wire/tags.ts";
import { NO_SESSION } from "../journal/layout.ts";
import type { StreamWriter } from "../journal/writer.ts";
import type { Agent, Polled } from "../lane/agent.ts";
import type { ConnectionSource } from "../net/listener.ts";
import type { Stream } from "../net/stream.ts";
import {
  EXEC_REJECTED,
  REPORT_CANCEL_REJECT,
  REPORT_MASS_CANCEL,
  REPORT_MASS_STATUS,
  REQUEST_NEW,
} from "../record/codes.ts";
import { CONTROL_UNKNOWN_KIND } from "../record/control-codes.ts";
import { ExecutionReport } from "../record/execution-report.ts";
import { OrderRequest } from "../record/order-request.ts";
import type { Latest } from "../ring/latest.ts";
import type { OneToOne } from "../ring/one-to-one.ts";
import { Acceptor, type AcceptorOwner, type AcceptorParts } from "../session/acceptor.ts";
import { BatchReceiver } from "../session/batch-receiver.ts";
import { BatchSender } from "../session/batch-sender.ts";
import { BoundedLines } from "../session/bounded-lines.ts";
import type { GroupRings } from "../session/group-rings.ts";
import type { Link } from "../session/link.ts";
import type { LinkHandler } from "../session/link-handler.ts";
import { LinkRows } from "../session/link-rows.ts";
import type { LinkTurns } from "../session/link-turns.ts";
import { type CommandedAgent, OperatorCommands, type OperatorCommandsParts } from "../session/operator-commands.ts";
import { APPLICATION, REJECTED, type Verdict } from "../session/protocol.ts";
import {
  EVENT_DESCRIPTORS_OK,
  EVENT_DONT_KNOW_TRADE,
  EVENT_NO_DESCRIPTORS,
  EVENT_SESSION_DISCONNECT,
  EVENT_SESSION_LOGON,
  EVENT_SESSION_NOT_RESENT,
  EVENT_SESSION_REJECT,
  type EventWriter,
} from "../telemetry/events.ts";
import { Admission, type AdmissionParts } from "./admission.ts";
import { MessageLimits } from "./message-limits.ts";
import { Refusals } from "./refusals.ts";
import { Throttle } from "./throttle.ts";
import { takeTrader } from "./trader.ts";

/** Reports sent to clients in one poll. */
const REPORTS_PER_POLL = 256;
/** Interval of the periodic work: unused buffers, schedules, password answers. */
const TICK_NS = 10_000_000;
/** A stopping session waits this long for the peer's Logout before its connection is closed. */
const STOP_PATIENCE_NS = 3_000_000_000;

export interface ClientAgentParts extends AcceptorParts, AdmissionParts {
  readonly name: string;
  readonly links: readonly Link<FixSession>[];
  readonly orders: OneToOne;
  readonly reports: OneToOne;
  readonly groups: GroupRings;
  readonly journal: StreamWriter;
  readonly listen: () => ConnectionSource[];
  readonly scan: Scanner;
  /** Works in the memory of the rings. */
  readonly codec: Codec;
  readonly events: EventWriter;
  /** Journal room that one message in or out may need: its entry, an answer's and an event's. */
  readonly roomBytes: number;
  /** Where the rows of the sessions are (telemetry/session-rows.ts), by index in `links`. */
  readonly rowsAt: readonly number[];
  readonly operator: OperatorCommandsParts;
  /** How many messages sessions may send, and the code of each class's limit. */
  readonly messageLimits: Latest;
  readonly messageLimitCodes: readonly Uint8Array[];
}

/** Client sessions: orders in, reports out. */
export class ClientAgent implements Agent, LinkHandler<Link<FixSession>>, AcceptorOwner, CommandedAgent {
  readonly name: string;
  /** Only takes more of what clients have sent at once. */
  readonly rest: Polled;
  private readonly links: readonly Link<FixSession>[];
  private readonly byId: (Link<FixSession> | null)[] = [];
  private readonly placeById: number[] = [];
  private readonly orders: OneToOne;
  private readonly reports: OneToOne;
  private readonly groups: GroupRings;
  private readonly request: OrderRequest;
  private readonly report: ExecutionReport;
  private readonly reader: OrderReader;
  private readonly writer: ReportWriter;
  private readonly receiver: BatchReceiver;
  private readonly sender: BatchSender;
  private readonly scan: Scanner;
  private readonly time: LaneTime;
  private readonly acceptor: Acceptor;
  private turns!: LinkTurns;
  private readonly admission: Admission;
  private nextTickNs = 0;
  private stopAtNs = 0;
  private closedRecorded = false;
  private readonly refusals: Refusals;
  private readonly reject = new RejectReader();
  private readonly lines: BoundedLines;
  private readonly dontKnows = new DontKnowReader();
  private readonly unknownTrades: BoundedLines;
  private rows!: LinkRows;
  private readonly commands: OperatorCommands;
  private readonly limits: MessageLimits;
  private readonly throttle: Throttle;

  constructor(private readonly parts: ClientAgentParts) {
    this.name = parts.name;
    this.rest = { name: parts.name, poll: () => this.turns.pollRest() };
    this.links = parts.links;
    this.orders = parts.orders;
    this.reports = parts.reports;
    this.groups = parts.groups;
    this.scan = parts.scan;
    this.time = parts.time;
    this.request = new OrderRequest(parts.orders.views);
    this.report = new ExecutionReport(parts.reports.views);
    this.reader = new OrderReader(parts.codec);
    this.writer = new ReportWriter(parts.codec);
    this.receiver = new BatchReceiver(parts, parts.orders, false, 1);
    this.sender = new BatchSender(parts, parts.reports, false);
    this.refusals = new Refusals(parts.events, parts.journal, parts.time, parts.roomBytes);
    this.lines = new BoundedLines(parts.events, EVENT_SESSION_REJECT, parts.time);
    this.unknownTrades = new BoundedLines(parts.events, EVENT_DONT_KNOW_TRADE, parts.time);
    this.commands = new OperatorCommands(this, parts.operator);
    this.limits = new MessageLimits(parts.messageLimits);
    this.throttle = new Throttle(parts.events, parts.time, parts.messageLimitCodes);
    this.acceptor = new Acceptor(this, parts);
    this.admission = new Admission(parts, this.acceptor, this.refusals, () => this.ready());
  }

  open(nowNs: number): void {
    for (let place = 0; place < this.links.length; place++) this.enter(place);
    this.turns = this.acceptor.open(this.parts.listen(), nowNs);
    this.admission.open(this.turns);
    const { orders, rowsAt, places } = this.parts;
    this.rows = new LinkRows(orders.views, this.links, rowsAt, this.time, places);
    this.rows.open();
    this.turns.rows = this.rows;
  }

  /** Messages of the session at `place` that were refused before this start, because too many had come. */
  throttledBefore(place: number, ranges: readonly number[], epoch: number): void {
    this.limits.recovered(place, ranges, epoch);
  }

  /** The session at `place` is there from now on. */
  added(place: number): void {
    this.enter(place);
    this.admission.added(place);
    this.turns.addLink(place, this.time.nowNs);
    this.turns.moved(place);
  }

  private enter(place: number): void {
    const link = this.links[place]!;
    while (this.byId.length <= link.id) {
      this.byId.push(null);
      this.placeById.push(NONE);
    }
    this.byId[link.id] = link;
    this.placeById[link.id] = place;
    this.limits.added();
  }

  poll(nowNs: number): number {
    this.limits.refresh();
    let work = this.commands.poll();
    work += this.pollReports();
    // Closed connections first: their streams are then free for new ones.
    work += this.turns.poll(nowNs);
    work += this.acceptor.accept();
    if (nowNs >= this.nextTickNs) this.runPeriodic(nowNs);
    if (nowNs >= this.rows.dueNs) this.rows.poll();
    return work;
  }

  deadlineNs(): number {
    const linksNs = this.turns.deadlines.firstNs;
    const firstNs = this.rows.dueNs < linksNs ? this.rows.dueNs : linksNs;
    const waits = this.commands.waiting || this.refusals.pending || this.stopAtNs > 0;
    const isPeriodic = waits || this.admission.isHolding || this.parts.reactor.restless;
    const nextNs = isPeriodic && this.nextTickNs < firstNs ? this.nextTickNs : firstNs;
    return this.acceptor.deadlineNs < nextNs ? this.acceptor.deadlineNs : nextNs;
  }

  stop(nowNs: number): void {
    if (this.stopAtNs > 0) return;
    this.stopAtNs = nowNs + STOP_PATIENCE_NS;
    this.admission.stopping = true;
    this.acceptor.stopListening();
    for (let i = 0; i < this.links.length; i++) {
      this.links[i]!.logout(DisconnectReason.STOPPING);
      this.turns.moved(i);
    }
  }

  stopped(): boolean {
    if (this.stopAtNs === 0) return false;
    for (let i = 0; i < this.links.length; i++)
      if (this.links[i]!.stream !== null && this.time.nowNs < this.stopAtNs) return false;
    return this.orders.size() === 0 && this.reports.size() === 0;
  }

  close(): void {
    this.acceptor.close();
    this.refusals.close();
    for (let i = 0; i < this.links.length; i++) {
      const link = this.links[i]!;
      link.abandon();
      if (!this.closedRecorded) link.recordClosed();
    }
    this.closedRecorded = true;
  }

  ready(): boolean {
    return this.orders.has(1) && this.groups.hasRoom() && this.parts.journal.room(this.parts.roomBytes);
  }

  /** Clients connect by themselves. */
  connectNow(): number {
    return CONTROL_UNKNOWN_KIND;
  }

  /** Copies are made by the drop copy agent. */
  skipCopies(): number {
    return CONTROL_UNKNOWN_KIND;
  }

  changed(place: number): void {
    this.turns.moved(place);
  }

  receiveBatch(link: Link<FixSession>, stream: Stream, most: number): number {
    const limits = this.limits.of(this.placeById[link.id]!);
    if (this.limits.needsTrader(this.placeById[link.id]!)) return 0;
    if (limits === null) return this.receiver.receive(link, stream, most);
    const allowed = limits.allowance(most, this.time.nowNs);
    const taken = allowed === 0 ? 0 : this.receiver.receive(link, stream, allowed);
    if (taken > 0) limits.noteBatch(taken, this.receiver.cancels, this.time.nowNs);
    return taken;
  }

  application(link: Link<FixSession>, verdict: Verdict): void {
    const session = link.session;
    const scan = this.scan;
    const sequence = verdict.msgSeqNum;
    const place = this.placeById[link.id]!;
    if (this.limits.isAnswered(place, verdict.epoch, sequence)) return;
    const limits = verdict.kind === REJECTED ? null : this.limits.of(place);
    if (limits !== null && this.throttle.stops(link, limits, verdict, scan)) return;
    if (verdict.kind !== APPLICATION || scan.msgType === tag.BUSINESS_MESSAGE_REJECT) {
      link.counts.rejectsReceived++;
      if (this.reject.read(scan)) this.lines.emit(link.id, sequence, this.reject.words, this.reject.describe(scan));
      return;
    }
    if (scan.msgType === tag.DONT_KNOW_TRADE) return this.dontKnow(link, sequence);
    const at = this.orders.claim();
    if (at === FULL) return broken("ring of orders has no room", link.id);
    const request = this.request.aim(at);
    const version = session.profile.version;
    const reader = this.reader;
    const rules = link.groups === null ? null : link.groups.rules;
    let result = READ;
    let beside = reader.readPlain(scan, request, version, rules) ? this.groups.takePlain(link, this.parts.codec) : NONE;
    if (beside < 0 && scan.msgType === tag.ORDER_MASS_CANCEL_REQUEST) {
      beside = 0;
      result = reader.readMassCancel(scan, request, version);
    } else if (beside < 0 && scan.msgType === tag.ORDER_MASS_STATUS_REQUEST) {
      beside = 0;
      result = reader.readMassStatus(scan, request, version);
    } else if (beside < 0) {
      beside = this.groups.ofRequest(link, scan);
      if (beside === 0) result = reader.readAny(scan, request, version);
      if (beside === 0 && result === READ) beside = this.groups.take(link, scan, reader.aside);
    }
    if (beside === GROUPS_FAULTY) {
      const fault = link.groups!.reader;
      session.rejects.reject(scan, sequence, fault.reason, fault.refTag, fault.text);
    } else if (result === READ) {
      request.session = link.id;
      request.msgSeqNum = sequence;
      request.epoch = verdict.epoch;
      request.receivedUs = this.time.wallUs;
      request.receivedNs = this.time.nowNs;
      if (request.kind === REQUEST_NEW && this.limits.needsTrader(place)) takeTrader(scan, request);
      if (beside > 0) {
        request.groupsLength = beside;
        this.groups.publish();
      }
      this.orders.publish();
      link.counts.recordsIn++;
    } else if (result === NOT_AN_ORDER) session.rejects.unsupported(scan, sequence);
    else session.rejects.reject(scan, sequence, reader.reason, reader.refTag, reader.text);
  }

  /** The journal has the message; nothing is answered (FIX 4.4 Volume 4). */
  private dontKnow(link: Link<FixSession>, sequence: number): void {
    link.counts.dontKnows++;
    this.unknownTrades.emit(link.id, sequence, this.dontKnows.words, this.dontKnows.describe(this.scan));
  }

  loggedOn(link: Link<FixSession>): void {
    this.parts.events.emit(EVENT_SESSION_LOGON, link.id, link.session.numbers.nextIn, link.session.numbers.nextOut);
    link.logCpu(this.parts.reactor, this.parts.events);
  }

  closed(link: Link<FixSession>, reason: number, stream: Stream): void {
    this.acceptor.release(stream);
    this.admission.left(this.placeById[link.id]!);
    // Its refusal is recorded.
    if (link.session.declines !== DisconnectReason.NONE) return;
    this.rows.closed(this.placeById[link.id]!);
    const record = link.disconnectRecord;
    this.parts.events.emitText(EVENT_SESSION_DISCONNECT, link.id, reason, 0, record.views.bytes, 0, record.length);
  }

  /** Reports have no age limit: a client may request a resend of any. */
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

  private pollReports(): number {
    const reports = this.reports;
    let count = 0;
    while (count < REPORTS_PER_POLL) {
      const at = reports.peek();
      if (at === EMPTY || !this.parts.journal.room(this.parts.roomBytes)) break;
      const report = this.report.aim(at);
      const link = this.byId[report.session];
      const sent = link === null || link === undefined ? 0 : this.sender.send(link, REPORTS_PER_POLL - count);
      count += sent;
      if (sent > 0) continue;
      if (link !== null && link !== undefined) {
        const session = link.session;
        const isMassStatus = report.kind === REPORT_MASS_STATUS;
        if (isMassStatus || report.kind === REPORT_MASS_CANCEL) {
          const wallUs = this.time.wallUs;
          if (isMassStatus) writeMassStatus(this.writer, session, report, wallUs, link.groups!.fields);
          else writeMassCancel(session, report, wallUs);
          session.out.end(report.index);
          link.counts.recordsOut++;
          reports.release();
          count++;
          continue;
        }
        const type = reportType(report);
        const isWhole = report.groupsLength === 0 || this.groups.translate(link, type, this.groups.oldest()) === null;
        const beside = report.groupsLength === 0 ? 0 : this.groups.written;
        const fields = link.groups!.fields.of(type);
        const passed = isWhole && report.groupsLength !== 0 ? this.groups.passed : NONE;
        const writer = this.writer.write(session, report, this.time.wallUs, fields, beside, isWhole, passed);
        if (!isWhole) this.groups.add(link, writer);
        session.out.end(report.index);
        if (link.stages !== null && link.live) link.stages.note(at);
        link.counts.recordsOut++;
        if (report.kind === REPORT_CANCEL_REJECT || report.execType === EXEC_REJECTED) link.counts.refused++;
      }
      if (report.groupsLength !== 0) this.groups.release();
      reports.release();
      count++;
    }
    return count;
  }

  private runPeriodic(nowNs: number): void {
    this.nextTickNs = nowNs + TICK_NS;
    this.parts.reactor.rest(nowNs);
    this.refusals.tick();
    this.admission.tick(nowNs);
    this.turns.watchSchedules(nowNs, this.time.wallUs);
  }
}
