import { broken } from "../base/broken.ts";
import { DisconnectReason } from "../base/disconnect-reason.ts";
import type { LaneTime } from "../base/lane-time.ts";
import { FULL } from "../base/units.ts";
import { GROUPS_FAULTY } from "../fix/orders/groups-in.ts";
import { REPORT_READ, ReportReader } from "../fix/orders/report-in.ts";
import { RejectReader } from "../fix/session/reject-reader.ts";
import type { FixSession } from "../fix/session/session.ts";
import type { Scanner } from "../fix/wire/scan.ts";
import * as tag from "../fix/wire/tags.ts";
import type { Agent, Polled } from "../lane/agent.ts";
import type { Stream } from "../net/stream.ts";
import { REPORT_NOT_TAKEN, REPORT_VENUE_DOWN, REPORT_VENUE_UP } from "../record/codes.ts";
import { CONTROL_APPLIED, CONTROL_UNCHANGED, CONTROL_UNKNOWN_KIND } from "../record/control-codes.ts";
import { ExecutionReport } from "../record/execution-report.ts";
import { SESSION_BUSY, SESSION_CLOSED, SESSION_SWITCHED_OFF } from "../record/session-command.ts";
import type { OneToOne } from "../ring/one-to-one.ts";
import { BatchReceiver } from "../session/batch-receiver.ts";
import { BoundedLines } from "../session/bounded-lines.ts";
import type { GroupRings } from "../session/group-rings.ts";
import type { Link } from "../session/link.ts";
import type { LinkHandler } from "../session/link-handler.ts";
import { LinkRows } from "../session/link-rows.ts";
import { type LinkOwner, LinkTurns } from "../session/link-turns.ts";
import { type CommandedAgent, OperatorCommands } from "../session/operator-commands.ts";
import { INVALID, type Verdict } from "../session/protocol.ts";
import { EVENT_VENUE_DOWN, EVENT_VENUE_NOT_RESENT, EVENT_VENUE_REJECT, EVENT_VENUE_UP } from "../telemetry/events.ts";
import type { VenueAgentParts } from "./agent-parts.ts";
import { OwnReports } from "./own-reports.ts";
import { isRefusal, NO_REASON } from "./refusals.ts";
import {
  NO_ROOM,
  REJECTED,
  REPEATED,
  ReportAlarms,
  UNKNOWN_TYPE,
  UNMAPPED,
  UNTRACED,
  UNUSABLE,
} from "./report-alarms.ts";
import { Requests } from "./requests.ts";
import { ShownStates } from "./shown-states.ts";
import type { VenueSymbols } from "./symbols.ts";
import type { Venue } from "./venue.ts";

/** Interval of the periodic work: unused buffers, schedules, refused requests. */
const TICK_NS = 10_000_000;
const STOP_PATIENCE_NS = 3_000_000_000;
/** The message is no report. */
const UNREAD = -2;

/** Exchange sessions: requests out, reports in. */
export class VenueAgent implements Agent, LinkHandler<Link<FixSession>>, LinkOwner, CommandedAgent {
  readonly name: string;
  /** Only sends the core's requests; polled once more after the core. */
  readonly sending: Polled;
  private readonly venues: readonly Venue[];
  private readonly byId: (Venue | null)[] = [];
  private turns!: LinkTurns;
  private readonly requests: Requests;
  private readonly reports: OneToOne;
  private readonly groups: GroupRings;
  private readonly report: ExecutionReport;
  private readonly reader: ReportReader;
  private readonly receiver: BatchReceiver;
  private readonly alarms: ReportAlarms;
  private readonly scan: Scanner;
  private readonly reject = new RejectReader();
  private readonly rejectLines: BoundedLines;
  private readonly time: LaneTime;
  private readonly states: ShownStates;
  private readonly own: OwnReports;
  private rows!: LinkRows;
  private readonly commands: OperatorCommands;
  private nextTickNs = 0;
  private stopAtNs = 0;

  constructor(private readonly parts: VenueAgentParts) {
    this.name = parts.name;
    this.sending = { name: parts.name, poll: () => this.send() };
    this.venues = parts.venues;
    this.reports = parts.reports;
    this.groups = parts.groups;
    this.report = new ExecutionReport(parts.reports.views);
    this.reader = new ReportReader(parts.ids, parts.codec);
    this.receiver = new BatchReceiver(parts, parts.reports, true, 2, parts.stages === null ? 0 : parts.stages.timesAt);
    this.alarms = new ReportAlarms(parts.events);
    this.rejectLines = new BoundedLines(parts.events, EVENT_VENUE_REJECT, parts.time);
    this.scan = parts.scan;
    this.time = parts.time;
    this.states = new ShownStates(parts.venues, parts.reports, parts.ints, parts.stateWords, parts.places);
    this.own = new OwnReports(parts.reports, parts.groups);
    this.requests = new Requests(parts, this.byId, this.own);
    this.commands = new OperatorCommands(this, parts.operator);
  }

  /** Reports every venue as down until it logs on, whatever state the journal has. */
  open(nowNs: number): void {
    const { links, streams, places, rowsAt, reports } = this.parts;
    this.turns = new LinkTurns(this, links, streams, places, places, nowNs);
    for (let place = 0; place < links.length; place++) this.enter(place, nowNs);
    this.rows = new LinkRows(reports.views, links, rowsAt, this.time, places);
    this.rows.open();
    this.turns.rows = this.rows;
    this.requests.moved = this.rows;
  }

  /** The venue at `place` is there from now on. */
  added(place: number): void {
    this.turns.listStream(place);
    this.enter(place, this.time.nowNs);
    this.turns.addLink(place, this.time.nowNs);
    this.turns.moved(place);
  }

  private enter(place: number, nowNs: number): void {
    const venue = this.venues[place]!;
    while (this.byId.length <= venue.link.id) this.byId.push(null);
    this.byId[venue.link.id] = venue;
    this.requests.added(place);
    venue.downUnreported = !this.own.state(REPORT_VENUE_DOWN, venue.link);
    venue.connectAt(nowNs);
    this.turns.assign(venue.stream, place);
  }

  poll(nowNs: number): number {
    let work = this.commands.poll();
    this.requests.follow(nowNs);
    work += this.requests.poll();
    work += this.turns.poll(nowNs);
    if (nowNs >= this.nextTickNs) this.runPeriodic(nowNs);
    if (nowNs >= this.rows.dueNs) this.rows.poll();
    return work;
  }

  private send(): number {
    if (!this.requests.hasWork(this.time.nowNs)) return 0;
    const work = this.requests.poll();
    this.turns.flush();
    return work;
  }

  deadlineNs(): number {
    const linksNs = this.turns.deadlines.firstNs;
    const requestsNs = this.requests.dueNs(this.time.nowNs);
    const sessionsNs = requestsNs < linksNs ? requestsNs : linksNs;
    const firstNs = this.rows.dueNs < sessionsNs ? this.rows.dueNs : sessionsNs;
    const waits = this.commands.waiting || this.requests.refusalUnrecorded;
    const isPeriodic = waits || this.states.pending || this.parts.reactor.restless || this.stopAtNs > 0;
    return isPeriodic && this.nextTickNs < firstNs ? this.nextTickNs : firstNs;
  }

  connectNow(place: number): number {
    const venue = this.venues[place]!;
    const link = venue.link;
    if (this.stopAtNs > 0) return SESSION_BUSY;
    if (link.stream !== null) return CONTROL_UNCHANGED;
    if (link.shut) return link.offReason !== DisconnectReason.NONE ? SESSION_SWITCHED_OFF : SESSION_CLOSED;
    venue.connectAt(this.time.nowNs);
    return CONTROL_APPLIED;
  }

  /** Copies are made by the drop copy agent. */
  skipCopies(): number {
    return CONTROL_UNKNOWN_KIND;
  }

  changed(place: number): void {
    this.venues[place]!.followTrading(this.time.nowNs);
    this.turns.moved(place);
  }

  /** Continues a connect. */
  pollUnlinked(index: number, _stream: Stream): number {
    const work = this.connect(index);
    this.turns.moved(index);
    return work;
  }

  tick(key: number): void {
    const link = this.venues[key]!.link;
    link.tick();
    if (link.stream === null) this.connect(key);
  }

  dueNs(key: number): number {
    const venue = this.venues[key]!;
    if (this.stopAtNs > 0 && venue.link.stream === null) return Number.POSITIVE_INFINITY;
    return venue.downUnreported ? this.time.nowNs : venue.deadlineNs();
  }

  private connect(place: number): number {
    const venue = this.venues[place]!;
    if (venue.downUnreported) venue.downUnreported = !this.own.state(REPORT_VENUE_DOWN, venue.link);
    return this.stopAtNs > 0 || venue.downUnreported || !this.ready()
      ? 0
      : venue.connect(this.time.nowNs, this.time.wallUs);
  }

  stop(nowNs: number): void {
    if (this.stopAtNs > 0) return;
    this.stopAtNs = nowNs + STOP_PATIENCE_NS;
    for (let i = 0; i < this.venues.length; i++) {
      this.venues[i]!.link.logout(DisconnectReason.STOPPING);
      this.turns.moved(i);
    }
  }

  stopped(): boolean {
    if (this.stopAtNs === 0) return false;
    for (let i = 0; i < this.venues.length; i++) {
      if (this.venues[i]!.link.stream !== null && this.time.nowNs < this.stopAtNs) return false;
    }
    return this.requests.isEmpty && this.reports.size() === 0;
  }

  close(): void {
    for (let i = 0; i < this.venues.length; i++) {
      const venue = this.venues[i]!;
      venue.link.abandon();
      if (this.requests.refusalUnrecorded) venue.handled.record(venue.link);
      venue.link.recordClosed();
    }
  }

  ready(): boolean {
    return this.reports.has(2) && this.groups.hasRoom() && this.parts.journal.room(this.parts.roomBytes);
  }

  receiveBatch(link: Link<FixSession>, stream: Stream, most: number): number {
    return this.byId[link.id]!.symbols === null ? this.receiver.receive(link, stream, most) : 0;
  }

  application(link: Link<FixSession>, verdict: Verdict): void {
    const scan = this.scan;
    const sequence = verdict.msgSeqNum;
    const isReject = scan.msgType === tag.REJECT || scan.msgType === tag.BUSINESS_MESSAGE_REJECT;
    if (verdict.kind === INVALID) {
      // Our session has rejected it, but what it says has happened.
      const isReport = scan.msgType === tag.EXECUTION_REPORT || scan.msgType === tag.ORDER_CANCEL_REJECT;
      if (isReport) this.alarms.raise(link.id, scan, sequence, verdict.refTag, REJECTED);
      else if (!isReject) return;
    }
    if (scan.msgType === tag.REJECT) {
      this.refused(link, sequence);
      return;
    }
    const at = this.reports.claim();
    if (at === FULL) return broken("ring of reports has no room", link.id);
    const report = this.report.aim(at);
    const beside = this.read(link, report, sequence);
    if (beside !== UNREAD) {
      report.session = link.id;
      report.msgSeqNum = sequence;
      report.epoch = verdict.epoch;
      if (beside > 0) {
        report.groupsLength = beside;
        this.groups.publish();
      }
      if (this.parts.stages !== null) this.parts.stages.note(at, this.time.nowNs);
      this.reports.publish();
      link.counts.recordsIn++;
      if (isReject && this.reject.read(scan)) this.logReject(link, sequence);
    } else if (scan.msgType === tag.BUSINESS_MESSAGE_REJECT && scan.char(tag.RefMsgType) === tag.ORDER_STATUS_REQUEST) {
      this.reject.read(scan);
      this.logReject(link, sequence);
    } else if (isReject) this.refused(link, sequence);
    else this.alarms.raise(link.id, scan, sequence, tag.MsgType, UNKNOWN_TYPE);
  }

  /** Reads the scanned message into `report`. Returns bytes of the fields beside the record, or UNREAD when it is no report. */
  private read(link: Link<FixSession>, report: ExecutionReport, sequence: number): number {
    const scan = this.scan;
    const reader = this.reader;
    const groups = this.groups;
    const version = link.session.profile.version;
    const symbols = this.byId[link.id]!.symbols;
    const isWhole = symbols === null || !symbols.addsFields;
    if (isWhole && reader.readPlain(scan, report, version, link.groups === null ? null : link.groups.rules)) {
      const taken = groups.takePlain(link, this.parts.codec);
      if (taken >= 0) {
        if (symbols !== null) this.rename(symbols, link, report, sequence);
        return taken;
      }
    }
    groups.ofReport(link, scan, sequence);
    if (reader.readAny(scan, report, version) !== REPORT_READ) return UNREAD;
    if (report.kind === REPORT_NOT_TAKEN) {
      const field = reader.aside.has(tag.Text) ? scan.find(tag.Text) : -1;
      return field < 0 ? 0 : groups.takeText(scan.bytes, scan.starts[field]!, scan.ends[field]!);
    }
    if (symbols !== null) {
      symbols.leaveOut(scan, report);
      this.rename(symbols, link, report, sequence);
    }
    const bytes = groups.take(link, scan, reader.aside);
    if (reader.unusableTag !== 0) this.alarms.raise(link.id, scan, sequence, reader.unusableTag, UNUSABLE);
    const repeated = link.groups === null ? 0 : link.groups.reader.repeatedTag;
    if (repeated !== 0) this.alarms.raise(link.id, scan, sequence, repeated, REPEATED);
    if (bytes !== GROUPS_FAULTY) return bytes;
    this.alarms.raise(link.id, scan, sequence, link.groups!.reader.refTag, NO_ROOM);
    return link.groups!.reader.length;
  }

  /** Puts our symbol into a report. One that the venue does not have stays, with an alarm: the report is booked by its ids. */
  private rename(symbols: VenueSymbols, link: Link<FixSession>, report: ExecutionReport, sequence: number): void {
    const isKnown = symbols.restore(report) && !this.reader.aside.has(tag.Symbol);
    if (!isKnown) this.alarms.raise(link.id, this.scan, sequence, tag.Symbol, UNMAPPED);
  }

  loggedOn(link: Link<FixSession>): void {
    this.byId[link.id]!.succeeded(this.time.nowNs);
    if (!this.own.state(REPORT_VENUE_UP, link, this.byId[link.id]!.asksFirst))
      broken("ring of reports has no room", link.id);
    this.states.loggedOn(this.byId[link.id]!);
    this.parts.events.emit(EVENT_VENUE_UP, link.id, link.session.numbers.nextIn, link.session.numbers.nextOut);
    link.logCpu(this.parts.reactor, this.parts.events);
  }

  closed(link: Link<FixSession>, reason: number, _stream: Stream): void {
    const venue = this.byId[link.id]!;
    venue.downUnreported = !this.own.state(REPORT_VENUE_DOWN, link);
    this.rows.closed(this.venues.indexOf(venue));
    const record = link.disconnectRecord;
    const delayMs = venue.failed(this.time.nowNs, isRefusal(reason));
    this.parts.events.emitText(EVENT_VENUE_DOWN, link.id, reason, delayMs, record.views.bytes, 0, record.length);
  }

  stale(link: Link<FixSession>, sequence: number, tooLong: number): void {
    if (tooLong > 0) this.parts.events.emit(EVENT_VENUE_NOT_RESENT, link.id, sequence, tooLong);
    const ids = this.parts.ids;
    if (this.scan.msgType === tag.ORDER_STATUS_REQUEST) return;
    if (ids.readFrom(this.scan)) this.own.notTaken(link.id, ids.number, ids.slot, null, 0, 0);
  }

  staleJournalled(): boolean {
    return this.own.areJournalled();
  }

  /** Handles a Reject (3), or a BusinessMessageReject without a ClOrdID: finds the refused request by RefSeqNum (45). */
  private refused(link: Link<FixSession>, sequence: number): void {
    const reject = this.reject;
    const ids = this.parts.ids;
    const scan = this.scan;
    reject.read(scan);
    this.logReject(link, sequence);
    const source = scan.bytes;
    const resender = link.resender;
    // `find` scans our message: the scanner holds it from here on.
    if (reject.refSeqNum < 0 || resender === null || !resender.find(link, reject.refSeqNum)) {
      this.alarms.raise(link.id, scan, sequence, tag.RefSeqNum, UNTRACED);
      return;
    }
    // A venue without OrderStatusRequest: the order itself is not refused.
    if (scan.msgType === tag.ORDER_STATUS_REQUEST || !ids.readFrom(scan)) return;
    if (reject.textTo > reject.textFrom)
      this.own.notTaken(link.id, ids.number, ids.slot, source, reject.textFrom, reject.textTo);
    else this.own.notTaken(link.id, ids.number, ids.slot, NO_REASON, 0, NO_REASON.length);
  }

  /** Logs the reject that was read. */
  private logReject(link: Link<FixSession>, sequence: number): void {
    link.counts.rejectsReceived++;
    this.rejectLines.emit(link.id, sequence, this.reject.words, this.reject.describe(this.scan));
  }

  private runPeriodic(nowNs: number): void {
    this.nextTickNs = nowNs + TICK_NS;
    this.states.tick();
    if (this.requests.refusalUnrecorded && this.staleJournalled() && this.ready()) this.requests.recordRefused();
    this.parts.reactor.rest(nowNs);
    this.turns.watchSchedules(nowNs, this.time.wallUs);
  }
}
