import { ascii, put, text as textOf } from "../base/ascii.ts";
import { putDecimal, putInt, putWhole } from "../base/decimal.ts";
import { NO_PRICE, NONE } from "../base/units.ts";
import { Views } from "../base/views.ts";
import { REPORT_NOT_TAKEN } from "../record/codes.ts";
import { CHANGE_NAME_AT, CONTROL_OVERRIDE_END, CONTROL_TEXT_AT } from "../record/control-codes.ts";
import { ExecutionReport } from "../record/execution-report.ts";
import { GROUPS_TEXT_AT } from "../record/groups.ts";
import {
  EVENT_OVERRIDE_DONE,
  EVENT_UNBOOKED_REPORT,
  EVENT_VALUE_ENDED,
  EVENT_VENUE_NOTICE,
  type EventWriter,
} from "../telemetry/events.ts";
import { MOST_UNMATCHED } from "./assembly/unmatched-layout.ts";
import type { CoreTables } from "./core-tables.ts";
import * as outcomes from "./outcomes.ts";

const SOH = 1;
const DASH = 45;
const ZERO = 48;
const EQUALS = 61;
/** More of a value that stands beside the record is not shown. */
const MOST_VALUE = 64;

/** Alarms for reports that were not applied as the venue meant them: field, value, what was done, and the order's ids. */
export class ReportAlarms {
  private readonly text = new Uint8Array(new ArrayBuffer(1024));

  private readonly report: ExecutionReport;
  /** All of the core's memory. */
  private readonly memory: Views;

  /** `records`: the memory of the core's rings. */
  constructor(
    private readonly events: EventWriter,
    private readonly tables: CoreTables,
    private readonly records: Views,
  ) {
    this.report = new ExecutionReport(records);
    this.memory = new Views(records.buffer);
  }

  /**
   * The report at an address of the core's memory. `beside`: where the fields that the record does not hold are; NONE: there
   * are none.
   */
  raise(at: number, outcome: number, beside: number): void {
    const base = this.records.bytes.byteOffset;
    const report = this.report.aim(at - base);
    if (!isOurStale(report)) this.tell(report, outcome, beside === NONE ? NONE : beside - base);
  }

  /** Values of settings have ended: an event for each change of the command at an address (core/assembly/change.ts). */
  ended(at: number): void {
    const bytes = this.memory.bytes;
    const ints = this.memory.ints;
    if (ints[at >> 2] === CONTROL_OVERRIDE_END) {
      const doubles = this.memory.doubles;
      const text = at + CONTROL_TEXT_AT;
      const length = ints[(at >> 2) + 7]!;
      const number = length === 0 ? 0 : doubles[text >> 3]!;
      let end = text + length;
      while (end > text + 8 && bytes[end - 1] === 0) end--;
      this.events.emitText(
        EVENT_OVERRIDE_DONE,
        0,
        doubles[(at >> 3) + 1]!,
        number,
        bytes,
        Math.min(text + 8, end),
        end,
      );
      return;
    }
    let from = at + CONTROL_TEXT_AT;
    for (let i = ints[(at >> 2) + 1]!; i > 0; i--) {
      const to = from + CHANGE_NAME_AT + ((ints[(from + 20) >> 2]! + 7) & ~7);
      this.events.emitText(EVENT_VALUE_ENDED, 0, 0, 0, bytes, from, to);
      from = to;
    }
  }

  private tell(report: ExecutionReport, outcome: number, besideAt: number): void {
    const events = this.events;
    const text = this.text;
    if (outcome === outcomes.DUPLICATE_EXECUTION && this.tables.faultTag === 0) {
      const end = put(text, 0, COUNTED_BEFORE);
      events.emitText(EVENT_VENUE_NOTICE, report.session, report.msgSeqNum, report.number, text, 0, end);
      return;
    }
    const field = this.tables.faultTag;
    let end = this.value(field, report, besideAt);
    end = put(text, end, TEXTS[outcome]!);
    if (outcome !== outcomes.ORPHAN) end = this.order(end);
    if (isNamed(report)) end = this.number(put(text, end, CL_ORD_ID), report);
    end = this.id(put(text, end, ORDER_ID), report, report.orderIdAt, report.orderIdLength);
    end = this.id(put(text, end, EXEC_ID), report, report.execIdAt, report.execIdLength);
    if (outcome === outcomes.ORPHAN) end = this.unmatched(end);
    events.emitText(EVENT_UNBOOKED_REPORT, report.session, report.msgSeqNum, field, text, 0, end);
  }

  /** The field's value as the venue wrote it beside the record, else as the record has it. */
  private value(field: number, report: ExecutionReport, besideAt: number): number {
    const text = this.text;
    text[0] = EQUALS;
    if (besideAt !== NONE) {
      const end = this.copyBeside(field, besideAt);
      if (end > 1) return end;
    }
    if (field === 11) return isNamed(report) ? this.number(1, report) : 0;
    if (field === 6) return this.price(report.avgPxE8);
    if (field === 31) return this.price(report.lastPxE8);
    if (field === 44) return this.price(report.priceE8);
    if (field === 14) return putDecimal(text, 1, report.cumQty);
    if (field === 32) return putDecimal(text, 1, report.lastQty);
    if (field === 38) return putDecimal(text, 1, report.quantity);
    if (field === 151) return putDecimal(text, 1, report.leavesQty);
    if (field === 102) return putInt(text, 1, report.cxlRejReason);
    if (field === 19) return this.id(1, report, report.execRefIdAt, report.execRefIdLength);
    text[1] = field === 39 ? report.ordStatus : report.execType;
    return text[1] === 0 ? 1 : 2;
  }

  private price(valueE8: bigint): number {
    const text = this.text;
    return valueE8 === NO_PRICE ? put(text, 0, NO_VALUE) : putDecimal(text, 1, valueE8);
  }

  /** Returns 1 when the field is not there. */
  private copyBeside(field: number, at: number): number {
    const bytes = this.records.bytes;
    const ints = this.records.ints;
    const to = at + GROUPS_TEXT_AT + ints[at >> 2]!;
    let from = at + GROUPS_TEXT_AT;
    while (from < to) {
      let tag = 0;
      for (; from < to && bytes[from] !== EQUALS; from++) tag = tag * 10 + bytes[from]! - ZERO;
      if (tag === field) return this.copyValue(bytes, from + 1);
      while (from < to && bytes[from] !== SOH) from++;
      from++;
    }
    return 1;
  }

  private copyValue(bytes: Uint8Array, from: number): number {
    let end = 1;
    for (let i = from; bytes[i] !== SOH && end <= MOST_VALUE; i++) this.text[end++] = bytes[i]!;
    return end;
  }

  /** The order as its client knows it. */
  private order(at: number): number {
    const tables = this.tables;
    const text = this.text;
    const order = tables.order.aim(tables.orderSlot);
    let end = putWhole(text, put(text, at, ORDER), order.number);
    end = putInt(text, put(text, end, CLIENT), order.session);
    return tables.copyClOrdId(order.currentId, text, put(text, end, CLIENT_ID));
  }

  /** Where the report is now. */
  private unmatched(at: number): number {
    const tables = this.tables;
    if (tables.unmatchedLast === 0) return put(this.text, at, NOT_KEPT);
    if (tables.unmatchedLast === NONE) return at;
    return putWhole(this.text, put(this.text, at, UNMATCHED), tables.unmatchedNumber);
  }

  /** The end of the ClOrdID that the venue named: number and slot. */
  private number(at: number, report: ExecutionReport): number {
    const end = putWhole(this.text, at, report.requestNumber > 0 ? report.requestNumber : report.number);
    this.text[end] = DASH;
    return putInt(this.text, end + 1, Math.max(0, report.slot));
  }

  private id(at: number, report: ExecutionReport, from: number, length: number): number {
    for (let i = 0; i < length; i++) this.text[at + i] = report.bytes[from + i]!;
    return at + length;
  }
}

/** True when the report names a request of ours. */
function isNamed(report: ExecutionReport): boolean {
  return report.number > 0 || report.requestNumber > 0;
}

/** An order too old to be sent again that the venue or the client has long known: nothing of the venue's is lost. */
function isOurStale(report: ExecutionReport): boolean {
  return report.kind === REPORT_NOT_TAKEN && report.msgSeqNum === 0 && report.textLength === 0;
}

const ORDER = ascii("; order ");
/** The log has the name of the session instead of its number. */
const CLIENT = ascii(" of client #");
const CLIENT_ID = ascii(", its ClOrdID=");
const CL_ORD_ID = ascii("; ClOrdID=*-");
const ORDER_ID = ascii("; OrderID=");
const EXEC_ID = ascii("; ExecID=");
const UNMATCHED = ascii("; unmatched report ");
const NOT_KEPT = ascii(
  `; the journal alone has it: all ${MOST_UNMATCHED} places of unmatched reports are taken, assign or dismiss some`,
);
const NO_VALUE = ascii(" has no value that can be read:");
const COUNTED_BEFORE = ascii("ignored, its ExecID was counted before; order ");
/** Behind a field and its value. */
const TEXTS: Uint8Array[] = [];
TEXTS[outcomes.ORPHAN] = ascii(" is of no order here");
TEXTS[outcomes.ILLEGAL_REPORT] = ascii(" passed on, and else ignored: the order's state does not allow it");
TEXTS[outcomes.DUPLICATE_EXECUTION] = ascii(" ignored: its ExecID was counted before, with another value");
TEXTS[outcomes.UNSUPPORTED] = ascii(" passed on, and else ignored: no known ExecType");
TEXTS[outcomes.CUM_DIFFERS] = ascii(" taken, though it is not what its executions add up to");
TEXTS[outcomes.LEAVES_DIFFER] = ascii(" taken, though it is not OrderQty less CumQty");
TEXTS[outcomes.AVERAGE_DIFFERS] = ascii(" taken, though it is not the average of its executions");
TEXTS[outcomes.OVERFILLED] = ascii(" booked: more is executed than was ordered");
TEXTS[outcomes.NOT_HELD] = ascii(" passed on: can't be held exactly");
TEXTS[outcomes.NO_QUANTITY] = ascii(" passed on: an execution without a quantity");
TEXTS[outcomes.VALUE_UNKNOWN] = ascii(" booked by its quantity: without a price its value is an estimate");
TEXTS[outcomes.UNKNOWN_EXECUTION] = ascii(" passed on: the execution is not known, and no totals are said");
TEXTS[outcomes.REVIVED] = ascii(" taken: a done order lives again");
TEXTS[outcomes.NO_ROOM] = ascii(
  " passed on: the order lives again, and core.maxOrders leaves no room: it stays done here",
);
TEXTS[outcomes.STATUS_DIFFERS] = ascii(" passed on: it contradicts what is known of the order");
TEXTS[outcomes.PRICE_UNUSUAL] = ascii(" taken, though `prices` of the symbol does not have that sign");
TEXTS[outcomes.REFUSED_LATE] = ascii(" ignored: refuses a request that was answered before");
TEXTS[outcomes.VENUE_SILENT] = ascii(" the venue has not said whether it has the order");

/** What was done with a report, for people. */
export function outcomeText(outcome: number): string {
  const text = TEXTS[outcome];
  return text === undefined ? "outcome " + outcome : textOf(text, 1, text.length);
}
