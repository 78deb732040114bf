import { broken } from "../base/broken.ts";
import { FULL, NONE } from "../base/units.ts";
import { Views } from "../base/views.ts";
import { OF_THE_PAST } from "../record/codes.ts";
import { EXECUTION_REPORT_BYTES, ExecutionReport } from "../record/execution-report.ts";
import { GROUP_SLOT_BYTES } from "../record/groups.ts";
import { ORDER_REQUEST_BYTES, OrderRequest, REQUEST_EPOCH_AT } from "../record/order-request.ts";
import type { OneToOne } from "../ring/one-to-one.ts";
import type { StateSink, StateSource } from "./state-io.ts";

/** Slots that every ring must have free before the core takes an input: more than any one input writes. */
const ROOM = 4;

/** A snapshot's second core leads to no ring. */
const NO_RINGS: readonly OneToOne[] = [];

/** Who wants to see outputs that lead to no ring; a snapshot does. */
export interface OutputReader {
  /** `record` holds the report, or the request, at its start, and behind its whole slot the groups that it may have. */
  output(record: Views, isRequest: boolean): void;
}

/** What a replay could not put into a full ring; kept until the ring's agent has started. */
interface Late {
  readonly ring: OneToOne;
  /** Of its groups, behind the record in `words`; null: it has none. */
  readonly groups: OneToOne | null;
  readonly words: Int32Array;
}

/**
 * The core's way out: reports to client sessions, requests to venues, each with an index that counts them for the life
 * of the journal. In a replay, outputs that were sent before the restart are discarded, so that none is sent twice.
 */
export class Outbox {
  private readonly report: ExecutionReport[] = [];
  private readonly request: OrderRequest[] = [];
  private readonly lateReport = new ExecutionReport(Views.allocate(EXECUTION_REPORT_BYTES + GROUP_SLOT_BYTES));
  private readonly lateRequest = new OrderRequest(Views.allocate(ORDER_REQUEST_BYTES + GROUP_SLOT_BYTES));
  private readonly reportIndex: Int32Array;
  private readonly requestIndex: Int32Array;
  private readonly sentReports: Int32Array;
  private readonly sentRequests: Int32Array;
  /** Also after the replay, until no output of the replay waits. */
  private replaying = false;
  /** Ring of the record that is being written, or null when nobody reads it. */
  private claimed: OneToOne | null = null;
  private isLate = false;
  private reader: OutputReader | null = null;
  private readonly late: Late[] = [];
  /** Groups of the input, for the request or report that it causes: their address, 0 bytes for none. */
  private carried: Views;
  private carriedAt = 0;
  private requestCarries = 0;
  private reportCarries = 0;

  /**
   * `sessionRing[session]` and `venueRing[venue]` say which ring leads to whom, NONE for the ids of a past that has no
   * agent today. Beside each ring of records runs one of their groups, in the same memory.
   */
  constructor(
    private readonly reports: readonly OneToOne[],
    private readonly requests: readonly OneToOne[],
    private readonly sessionRing: Int32Array,
    private readonly venueRing: Int32Array,
    private readonly reportGroups = NO_RINGS,
    private readonly requestGroups = NO_RINGS,
  ) {
    this.carried = this.lateRequest.views;
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

  /** The same of the groups that may come with an input. */
  hasGroupRoom(isRequest: boolean): boolean {
    const rings = isRequest ? this.requestGroups : this.reportGroups;
    for (let i = 0; i < rings.length; i++) if (!rings[i]!.has(1)) return false;
    return true;
  }

  /** The groups at `at` came with the input that is taken next: what that leads to has them too, until `carryNothing`. */
  carry(isRequest: boolean, views: Views, at: number, bytes: number): void {
    this.carried = views;
    this.carriedAt = at;
    this.requestCarries = isRequest ? bytes : 0;
    this.reportCarries = isRequest ? 0 : bytes;
  }

  carryNothing(): void {
    this.requestCarries = 0;
    this.reportCarries = 0;
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
    report.clear();
    report.session = session;
    report.index = index;
    return report;
  }

  publishReport(): void {
    if (this.reportCarries !== 0) this.addToReport();
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
    request.clear();
    request.session = venue;
    request.msgSeqNum = index;
    if (this.replaying) request.epoch = OF_THE_PAST;
    return request;
  }

  publishRequest(): void {
    if (this.requestCarries !== 0) this.addToRequest();
    this.publish(this.lateRequest.views);
  }

  /** From now on outputs up to these indexes, by session and by venue id, are not sent again. */
  beginReplay(sentReports: ArrayLike<number>, sentRequests: ArrayLike<number>): void {
    this.replaying = true;
    for (let i = 0; i < this.sentReports.length; i++)
      this.sentReports[i] = i < sentReports.length ? sentReports[i]! : 0;
    for (let i = 0; i < this.sentRequests.length; i++) {
      this.sentRequests[i] = i < sentRequests.length ? sentRequests[i]! : 0;
    }
  }

  endReplay(): void {
    this.replaying = this.behind;
  }

  /** From now on what nobody here reads is handed to `reader`: its records are good during the call. */
  readBy(reader: OutputReader): void {
    this.reader = reader;
  }

  save(to: StateSink): void {
    to.numbers("reportIndexes", Array.from(this.reportIndex));
    to.numbers("requestIndexes", Array.from(this.requestIndex));
  }

  load(from: StateSource): void {
    this.reportIndex.set(from.numbers("reportIndexes"));
    this.requestIndex.set(from.numbers("requestIndexes"));
  }

  /**
   * Takes up an output that a snapshot had not seen sent, after `beginReplay`: it is sent before all others, unless it was.
   * Returns  false when it was sent, or nobody here reads it.
   */
  takeUp(isRequest: boolean, id: number, index: number, words: Int32Array): boolean {
    const sent = isRequest ? this.sentRequests[id]! : this.sentReports[id]!;
    const place = isRequest ? this.venueRing[id]! : this.sessionRing[id]!;
    if (index - sent <= 0 || place === NONE) return false;
    const ring = isRequest ? this.requests[place]! : this.reports[place]!;
    if (isRequest) words[REQUEST_EPOCH_AT >> 2] = OF_THE_PAST;
    const beside = (isRequest ? this.requestGroups : this.reportGroups)[place] ?? null;
    this.late.push({ ring, groups: words.length > ring.slotBytes >> 2 ? beside : null, words });
    return true;
  }

  /** True while outputs of the replay wait for their rings; what is claimed meanwhile waits behind them. */
  get behind(): boolean {
    return this.late.length > 0;
  }

  /** Sends what waits, as far as there is room. Runs after a restart only. */
  drain(): void {
    let sent = 0;
    for (; sent < this.late.length; sent++) {
      const { ring, groups, words } = this.late[sent]!;
      const at = ring.claim();
      const groupsAt = groups === null ? 0 : groups.claim();
      if (at === FULL || groupsAt === FULL) break;
      ring.views.ints.set(words.subarray(0, ring.slotBytes >> 2), at >> 2);
      if (groups !== null) {
        groups.views.ints.set(words.subarray(ring.slotBytes >> 2), groupsAt >> 2);
        groups.publish();
      }
      ring.publish();
    }
    this.late.splice(0, sent);
    this.replaying = this.behind;
  }

  /** Mixes the indexes into `hash`. */
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
    this.isLate = this.behind || !ring.has(ROOM) || !this.groupsFit();
    return !this.isLate;
  }

  /** In a replay only. */
  private groupsFit(): boolean {
    if (this.requestCarries === 0 && this.reportCarries === 0) return true;
    return this.hasGroupRoom(this.requestCarries !== 0);
  }

  private addToReport(): void {
    const place = this.claimed === null || this.isLate ? NONE : this.reports.indexOf(this.claimed);
    const report = place === NONE ? this.lateReport : this.report[place]!;
    report.groupsLength = this.reportCarries;
    this.copyGroups(place === NONE ? null : this.reportGroups[place]!, report.views, this.reportCarries);
  }

  private addToRequest(): void {
    const place = this.claimed === null || this.isLate ? NONE : this.requests.indexOf(this.claimed);
    const request = place === NONE ? this.lateRequest : this.request[place]!;
    request.groupsLength = this.requestCarries;
    this.copyGroups(place === NONE ? null : this.requestGroups[place]!, request.views, this.requestCarries);
  }

  /** Into a slot of the ring beside the records', or behind a record that waits. The record is published after it. */
  private copyGroups(ring: OneToOne | null, record: Views, bytes: number): void {
    const at = ring === null ? slotBytes(record) : ring.claim();
    if (at === FULL) broken("outbox room for groups", bytes);
    const to = ring === null ? record.ints : ring.views.ints;
    const from = this.carried.ints;
    for (let i = 0; i < bytes >> 2; i++) to[(at >> 2) + i] = from[(this.carriedAt >> 2) + i]!;
    if (ring !== null) ring.publish();
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

  /** In a replay only. */
  private keep(ring: OneToOne, record: Views): void {
    const isRequest = record === this.lateRequest.views;
    const bytes = isRequest ? this.lateRequest.groupsLength : this.lateReport.groupsLength;
    const beside = isRequest
      ? this.requestGroups[this.requests.indexOf(ring)]
      : this.reportGroups[this.reports.indexOf(ring)];
    const words = record.ints.slice(0, (ring.slotBytes + bytes) >> 2);
    this.late.push({ ring, groups: bytes === 0 ? null : beside!, words });
  }
}

/** Bytes of the record's slot in the memory of one that waits. */
function slotBytes(record: Views): number {
  return record.bytes.length - GROUP_SLOT_BYTES;
}
