import { broken } from "../base/broken.ts";
import { FULL, NONE } from "../base/units.ts";
import { Views } from "../base/views.ts";
import { EXECUTION_REPORT_BYTES, ExecutionReport, REPORT_ORDER_ID_AT } from "../record/execution-report.ts";
import { ORDER_REQUEST_BYTES, OrderRequest, REQUEST_CL_ORD_ID_AT } from "../record/order-request.ts";
import type { OneToOne } from "../ring/one-to-one.ts";
import type { StateSink, StateSource } from "./kept-state.ts";

/** Slots that every ring must have free before the core takes an input: more than any one input writes. */
const ROOM = 4;

/** Doubles of a record before its ids: hot lines and lengths. */
const REPORT_HEAD = REPORT_ORDER_ID_AT / 8;
const REQUEST_HEAD = REQUEST_CL_ORD_ID_AT / 8;

/** Who wants to see outputs that lead to no ring; a snapshot does. */
export interface OutputReader {
  /** `record` holds the report, or the request, at its start. */
  output(record: Views, isRequest: boolean): void;
}

/** What a replay could not put into a full ring; kept until the ring's agent has started. Cold. */
interface Late {
  readonly ring: OneToOne;
  readonly words: Int32Array;
}

/**
 * The core's way out: reports to client sessions, requests to venues, each with an index that counts them for ever. In
 * a replay those that were sent before the restart are written where nobody reads, so that none is sent twice.
 */
export class Outbox {
  private readonly report: ExecutionReport[] = [];
  private readonly request: OrderRequest[] = [];
  private readonly lateReport = new ExecutionReport(Views.allocate(EXECUTION_REPORT_BYTES));
  private readonly lateRequest = new OrderRequest(Views.allocate(ORDER_REQUEST_BYTES));
  private readonly reportIndex: Int32Array;
  private readonly requestIndex: Int32Array;
  private readonly sentReports: Int32Array;
  private readonly sentRequests: Int32Array;
  /** Also after the replay, until nothing of it waits any more. */
  private replaying = false;
  /** Ring of the record that is being written, or null when nobody reads it. */
  private claimed: OneToOne | null = null;
  private isLate = false;
  private reader: OutputReader | null = null;
  private readonly late: Late[] = [];

  /**
   * `sessionRing[session]` and `venueRing[venue]` say which ring leads to whom, NONE for the ids of a past that has no
   * agent today.
   */
  constructor(
    private readonly reports: readonly OneToOne[],
    private readonly requests: readonly OneToOne[],
    private readonly sessionRing: Int32Array,
    private readonly venueRing: Int32Array,
  ) {
    for (let i = 0; i < reports.length; i++) this.report.push(new ExecutionReport(reports[i]!.views));
    for (let i = 0; i < requests.length; i++) this.request.push(new OrderRequest(requests[i]!.views));
    this.reportIndex = new Int32Array(sessionRing.length);
    this.sentReports = new Int32Array(sessionRing.length);
    this.requestIndex = new Int32Array(venueRing.length);
    this.sentRequests = new Int32Array(venueRing.length);
  }

  get sessionIds(): number {
    return this.sessionRing.length;
  }

  get venueIds(): number {
    return this.venueRing.length;
  }

  /** True when whatever one input leads to finds room. */
  hasRoom(): boolean {
    const requests = this.requests;
    for (let i = 0; i < requests.length; i++) if (!requests[i]!.has(ROOM)) return false;
    return this.hasReportRoom();
  }

  /**
   * True when whatever one venue's report leads to finds room: never a request. Were it to wait for room there as well,
   * core and venue agent could wait for each other, each with a full ring before it.
   */
  hasReportRoom(): boolean {
    const reports = this.reports;
    for (let i = 0; i < reports.length; i++) if (!reports[i]!.has(ROOM)) return false;
    return true;
  }

  /** Claims a cleared report to a client session. `publishReport` sends it. */
  claimReport(session: number): ExecutionReport {
    const index = (this.reportIndex[session]! + 1) | 0;
    this.reportIndex[session] = index;
    const ring = this.sessionRing[session]!;
    let report = this.lateReport.aim(0);
    if (this.aim(ring === NONE ? null : this.reports[ring]!, index - this.sentReports[session]!)) {
      report = this.report[ring]!.aim(this.place());
    }
    clearHead(report.views.doubles, report.at, REPORT_HEAD);
    report.session = session;
    report.index = index;
    return report;
  }

  publishReport(): void {
    this.publish(this.lateReport.views);
  }

  /**
   * Claims a cleared request to a venue, whose MsgSeqNum field counts what the core asked of that venue.
   * `publishRequest` sends it.
   */
  claimRequest(venue: number): OrderRequest {
    const index = (this.requestIndex[venue]! + 1) | 0;
    this.requestIndex[venue] = index;
    const ring = this.venueRing[venue]!;
    let request = this.lateRequest.aim(0);
    if (this.aim(ring === NONE ? null : this.requests[ring]!, index - this.sentRequests[venue]!)) {
      request = this.request[ring]!.aim(this.place());
    }
    clearHead(request.views.doubles, request.at, REQUEST_HEAD);
    request.session = venue;
    request.msgSeqNum = index;
    return request;
  }

  publishRequest(): void {
    this.publish(this.lateRequest.views);
  }

  /** From now on outputs up to these indexes, by session and by venue id, are not sent again. Cold. */
  beginReplay(sentReports: ArrayLike<number>, sentRequests: ArrayLike<number>): void {
    this.replaying = true;
    for (let i = 0; i < this.sentReports.length; i++)
      this.sentReports[i] = i < sentReports.length ? sentReports[i]! : 0;
    for (let i = 0; i < this.sentRequests.length; i++) {
      this.sentRequests[i] = i < sentRequests.length ? sentRequests[i]! : 0;
    }
  }

  /** Cold. */
  endReplay(): void {
    this.replaying = this.behind;
  }

  /** From now on what nobody here reads is handed to `reader`: its records are good during the call. Cold. */
  readBy(reader: OutputReader): void {
    this.reader = reader;
  }

  /** Cold. */
  save(to: StateSink): void {
    to.numbers("reportIndexes", Array.from(this.reportIndex));
    to.numbers("requestIndexes", Array.from(this.requestIndex));
  }

  /** Cold. */
  load(from: StateSource): void {
    this.reportIndex.set(from.numbers("reportIndexes"));
    this.requestIndex.set(from.numbers("requestIndexes"));
  }

  /**
   * Takes up an output that a snapshot had not seen sent, after `beginReplay`: it is sent before all others, unless it was.
   * Returns  false when it was sent, or nobody here reads it. Cold.
   */
  takeUp(isRequest: boolean, id: number, index: number, words: Int32Array): boolean {
    const sent = isRequest ? this.sentRequests[id]! : this.sentReports[id]!;
    const place = isRequest ? this.venueRing[id]! : this.sessionRing[id]!;
    if (index - sent <= 0 || place === NONE) return false;
    const ring = isRequest ? this.requests[place]! : this.reports[place]!;
    this.late.push({ ring, words });
    return true;
  }

  /** True while outputs of the replay wait for their rings; what is claimed meanwhile waits behind them. */
  get behind(): boolean {
    return this.late.length > 0;
  }

  /** Sends what waits, as far as there is room. Cold: runs after a restart only. */
  drain(): void {
    let sent = 0;
    for (; sent < this.late.length; sent++) {
      const ring = this.late[sent]!.ring;
      const at = ring.claim();
      if (at === FULL) break;
      ring.views.ints.set(this.late[sent]!.words, at >> 2);
      ring.publish();
    }
    this.late.splice(0, sent);
    this.replaying = this.behind;
  }

  /** Mixes the indexes into `hash`. Cold. */
  digest(hash: number): number {
    for (let i = 0; i < this.reportIndex.length; i++) hash = Math.imul(hash ^ this.reportIndex[i]!, 0x01000193);
    for (let i = 0; i < this.requestIndex.length; i++) hash = Math.imul(hash ^ this.requestIndex[i]!, 0x01000193);
    return hash;
  }

  /** Decides where the next record goes. Returns true when it goes straight into the ring. */
  private aim(ring: OneToOne | null, unsent: number): boolean {
    this.claimed = ring;
    this.isLate = false;
    if (ring === null) return false;
    if (!this.replaying) return true;
    if (unsent <= 0) {
      this.claimed = null;
      return false;
    }
    this.isLate = this.behind || !ring.has(ROOM);
    return !this.isLate;
  }

  private place(): number {
    const at = this.claimed!.claim();
    return at === FULL ? broken("outbox room", this.claimed!.tail) : at;
  }

  private publish(late: Views): void {
    const ring = this.claimed;
    if (ring === null) {
      if (this.reader !== null) this.reader.output(late, late === this.lateRequest.views);
      return;
    }
    if (this.isLate) this.keep(ring, late);
    else ring.publish();
  }

  /** Cold: in a replay only. */
  private keep(ring: OneToOne, record: Views): void {
    this.late.push({ ring, words: record.ints.slice(0, ring.slotBytes >> 2) });
  }
}

/** Zeroes the first `count` doubles of a record: half the stores of its own `clear`. */
function clearHead(doubles: Float64Array, at: number, count: number): void {
  const from = at >> 3;
  for (let i = 0; i < count; i++) doubles[from + i] = 0;
}
