import type { Views } from "../base/views.ts";
import { OF_THE_PAST } from "../record/codes.ts";
import { EXECUTION_REPORT_BYTES } from "../record/execution-report.ts";
import { ORDER_REQUEST_BYTES, REQUEST_EPOCH_AT } from "../record/order-request.ts";
import type { AreaViews } from "./area-views.ts";
import {
  LATE_COUNT,
  LATE_REPORT_AT,
  LATE_REQUEST_AT,
  SENT_REPORTS_AT,
  SENT_REQUESTS_AT,
  SESSION_RING_AT,
  VENUE_RING_AT,
} from "./assembly/layout.ts";
import type { CoreCode } from "./code.ts";

/** Who wants to see outputs that lead to no ring; a snapshot does. */
export interface OutputReader {
  /** `record` holds the report, or the request, at its start, and behind its whole slot the groups that it may have. */
  output(record: Views, isRequest: boolean): void;
}

/** One output: the record's whole slot, and its groups behind. */
interface Late {
  readonly isRequest: boolean;
  /** Number of its ring. */
  readonly ring: number;
  readonly words: Int32Array;
}

/** What a replay could not put into a full ring, in order; kept until the ring's agent has started. */
export class LateOutputs {
  private readonly late: Late[] = [];
  private readonly slots: Int32Array;

  constructor(
    private readonly area: AreaViews,
    private readonly code: CoreCode,
  ) {
    this.slots = new Int32Array(area.buffer);
  }

  /** True while outputs of the replay wait for their rings; what is claimed meanwhile waits behind them. */
  get areWaiting(): boolean {
    return this.late.length > 0;
  }

  /** Keeps the output that the code has just made. */
  keep(isRequest: boolean, ring: number, groupBytes: number): void {
    const bytes = slotBytes(isRequest) + groupBytes;
    this.add({
      isRequest,
      ring,
      words: this.area.ints(isRequest ? LATE_REQUEST_AT : LATE_REPORT_AT, bytes >> 2).slice(),
    });
  }

  /**
   * Takes up an output that a snapshot had not seen sent, after `beginReplay`: it is sent before all others, unless it was.
   * Returns  false when it was sent, or nobody here reads it.
   */
  takeUp(isRequest: boolean, id: number, index: number, words: Int32Array): boolean {
    const { area } = this;
    const sent = area.ints(isRequest ? SENT_REQUESTS_AT : SENT_REPORTS_AT, id + 1)[id]!;
    const ring = area.ints(isRequest ? VENUE_RING_AT : SESSION_RING_AT, id + 1)[id]!;
    if (index - sent <= 0 || ring < 0) return false;
    if (isRequest) words[REQUEST_EPOCH_AT >> 2] = OF_THE_PAST;
    this.add({ isRequest, ring, words });
    return true;
  }

  /** Sends what waits, as far as there is room. Runs after a restart only. */
  drain(): void {
    let sent = 0;
    while (sent < this.late.length && this.send(this.late[sent]!)) sent++;
    this.late.splice(0, sent);
    this.show();
    this.code.endOutputsOfThePast();
  }

  private send({ isRequest, ring, words }: Late): boolean {
    const { code, slots } = this;
    const record = slotBytes(isRequest) >> 2;
    const hasGroups = words.length > record;
    const at = code.claimLate(isRequest ? 1 : 0, ring);
    const groupsAt = hasGroups ? code.claimLateGroups(isRequest ? 1 : 0, ring) : 0;
    if (at === 0 || (hasGroups && groupsAt === 0)) return false;
    slots.set(words.subarray(0, record), at >>> 2);
    if (hasGroups) slots.set(words.subarray(record), groupsAt >>> 2);
    code.publishLate(isRequest ? 1 : 0, ring, hasGroups ? 1 : 0);
    return true;
  }

  private add(late: Late): void {
    this.late.push(late);
    this.show();
  }

  private show(): void {
    this.area.setWord(LATE_COUNT, this.late.length);
  }
}

function slotBytes(isRequest: boolean): number {
  return isRequest ? ORDER_REQUEST_BYTES : EXECUTION_REPORT_BYTES;
}
