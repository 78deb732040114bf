import { text } from "../../src/base/ascii.ts";
import { describeDisconnect } from "../../src/base/disconnect-reason.ts";
import { idText } from "../../src/base/id.ts";
import { agentKind } from "../../src/config/agents.ts";
import { reasonText } from "../../src/core/risk/reasons.ts";
import { VenueId } from "../../src/fix/orders/venue-id.ts";
import { OrdRejReason } from "../../src/fix/wire/tags.ts";
import { refusalText } from "../../src/gateway/event-text.ts";
import {
  ENTRY_CONTROL,
  ENTRY_MESSAGE,
  ENTRY_ORDER,
  ENTRY_REPORT,
  ENTRY_SESSION,
  NO_SESSION,
  SESSION_EVENT_BOUND,
  SESSION_EVENT_CLOSED,
  SESSION_EVENT_DISCONNECT,
  SESSION_EVENT_LOGON,
  SESSION_EVENT_LOGOUT,
  SESSION_EVENT_NEXT_IN,
  SESSION_EVENT_NUMBERS_SET,
  SESSION_EVENT_PASSED,
  SESSION_EVENT_REFUSED,
  SESSION_EVENT_RESET,
} from "../../src/journal/layout.ts";
import type { JournalNames } from "../../src/journal/store/names.ts";
import type { EntryView } from "../../src/journal/store/reader.ts";
import { EXEC_REJECTED, REPORT_NOT_TAKEN, REPORT_VENUE_DOWN, REPORT_VENUE_UP } from "../../src/record/codes.ts";
import { CONTROL_KILL, CONTROL_NAME_AT, CONTROL_REFERENCE_PRICE, Control } from "../../src/record/control.ts";
import { REPORT_TEXT_AT } from "../../src/record/execution-report.ts";
import { GROUPS_TEXT_AT } from "../../src/record/groups.ts";
import { EXECUTION_REPORT } from "../../src/record/layout/execution-report.ts";
import { ORDER_REQUEST } from "../../src/record/layout/order-request.ts";
import { EntryRecords } from "../../src/recovery/entry-records.ts";
import { disconnectRecordText, readDisconnectRecord } from "../../src/telemetry/disconnect-record.ts";
import { decimal, messageType, recordFields } from "./record-text.ts";

/** The two CompIDs of a session, as the gateway's own messages carry them. */
export interface CompIds {
  readonly ours: string;
  readonly theirs: string;
}

/** Session of an entry: `client FIRM1`, `venue X`, or `` for the gateway itself. */
export interface Party {
  readonly kind: "client" | "venue" | "";
  readonly name: string;
}

export type Direction = "in" | "out" | "event";

const ARROWS: Record<Direction, string> = { in: "<-", out: "->", event: "**" };
const KINDS: Record<number, string> = {
  [ENTRY_ORDER]: "order",
  [ENTRY_REPORT]: "report",
  [ENTRY_CONTROL]: "control",
  [ENTRY_MESSAGE]: "message",
  [ENTRY_SESSION]: "session",
};

/** Formats entries as readable lines: time, direction (<- received, -> sent, ** event), session, FIX. */
export class EntryText {
  /** CompIDs by `client FIRM1`. */
  readonly compIds = new Map<string, CompIds>();
  private readonly ids: VenueId;
  private readonly records = new EntryRecords();
  private readonly clients: ReadonlyMap<number, string>;
  private readonly venues: ReadonlyMap<number, string>;

  constructor(names: JournalNames) {
    this.ids = new VenueId(names.birth);
    this.clients = new Map(Object.entries(names.clients).map(([name, id]) => [id, name]));
    this.venues = new Map(Object.entries(names.venues).map(([name, id]) => [id, name]));
  }

  party(stream: string, entry: EntryView): Party {
    if (entry.kind === ENTRY_CONTROL || entry.session === NO_SESSION) return { kind: "", name: "" };
    const client = entry.kind === ENTRY_ORDER || (entry.kind !== ENTRY_REPORT && agentKind(stream) === "client");
    const name = (client ? this.clients : this.venues).get(entry.session) ?? `#${entry.session}`;
    return { kind: client ? "client" : "venue", name };
  }

  /** One line; bytes that could control a terminal are escaped. */
  line(entry: EntryView, party: Party): string {
    const { direction, text: contents } = this.contents(entry, party);
    return printable(`${timeText(entry.timeUs)} ${ARROWS[direction]} ${whoOf(party)} ${contents}`);
  }

  /** The same as data for JSON. */
  facts(stream: string, entry: EntryView, party: Party): Record<string, string | number> {
    const { direction, text: contents } = this.contents(entry, party);
    const isFix = /^(8=FIX|35=)/.test(contents);
    return {
      time: timeText(entry.timeUs),
      timeUs: entry.timeUs,
      stream,
      position: entry.position,
      kind: KINDS[entry.kind] ?? `kind ${entry.kind}`,
      direction,
      party: party.kind === "" ? "gateway" : party.kind,
      name: party.name,
      msgSeqNum: entry.sequence,
      epoch: entry.epoch,
      index: entry.index,
      [isFix ? "fix" : "text"]: printable(contents),
    };
  }

  /** What happened, without time and party. */
  contents(entry: EntryView, party: Party): { direction: Direction; text: string } {
    const who = whoOf(party);
    switch (entry.kind) {
      case ENTRY_ORDER:
        return { direction: "in", text: this.order(entry, this.comps(who, party)) };
      case ENTRY_REPORT:
        return this.report(entry, this.comps(who, party));
      case ENTRY_MESSAGE:
        return { direction: "out", text: messageText(entry) };
      case ENTRY_SESSION:
        return { direction: "event", text: eventText(entry) };
      case ENTRY_CONTROL:
        return { direction: "event", text: controlText(entry) };
      default:
        return { direction: "event", text: `entry of unknown kind ${entry.kind} at position ${entry.position}` };
    }
  }

  private comps(who: string, party: Party): CompIds {
    return this.compIds.get(who) ?? { ours: "GATEWAY", theirs: party.name };
  }

  private order(entry: EntryView, comps: CompIds): string {
    const order = this.records.order(entry);
    const type = messageType(ORDER_REQUEST, order)!;
    const fields = header(type, entry.sequence, comps.theirs, comps.ours);
    fields.push(...recordFields(ORDER_REQUEST, order, type));
    this.groups(fields, order.groupsLength);
    const refused = entry.index === 0 ? "" : ` (refused: ${reasonText(entry.index & 255)})`;
    return fix(fields) + refused;
  }

  private report(entry: EntryView, comps: CompIds): { direction: Direction; text: string } {
    const report = this.records.venueReport(entry);
    const reason = text(report.bytes, REPORT_TEXT_AT, REPORT_TEXT_AT + report.textLength);
    const event = (what: string) => ({ direction: "event" as const, text: what });
    if (report.kind === REPORT_VENUE_UP) return event("is up");
    if (report.kind === REPORT_VENUE_DOWN) return event("is down");
    if (report.kind === REPORT_NOT_TAKEN) {
      return event(`did not take 11=${this.venueId(report.number, report.slot)}${reason === "" ? "" : `: ${reason}`}`);
    }
    const type = messageType(EXECUTION_REPORT, report)!;
    const fields = header(type, entry.sequence, comps.theirs, comps.ours);
    const request = report.requestNumber > 0 ? report.requestNumber : report.number;
    fields.push(`11=${this.venueId(request, report.slot)}`);
    if (report.requestNumber > 0) fields.push(`41=${this.venueId(report.number, report.slot)}`);
    // Every report has a reason for a rejection in the record, 99 where it came without one.
    const isReason = (field: string): boolean => field.startsWith(`${OrdRejReason}=`);
    const all = recordFields(EXECUTION_REPORT, report, type);
    fields.push(...all.filter((field) => report.execType === EXEC_REJECTED || !isReason(field)));
    this.groups(fields, report.groupsLength);
    return { direction: "in", text: fix(fields) };
  }

  /** The repeating groups behind the record that was read, as they came. */
  private groups(fields: string[], length: number): void {
    const { views, groupsAt } = this.records;
    if (length === 0) return;
    const from = groupsAt + GROUPS_TEXT_AT;
    fields.push(text(views.bytes, from, from + views.ints[groupsAt >> 2]! - 1).replaceAll("\x01", "|"));
  }

  private venueId(number: number, slot: number): string {
    const bytes = new Uint8Array(64);
    return text(bytes, 0, this.ids.put(bytes, 0, number, slot));
  }
}

/** YYYYMMDD-HH:MM:SS.uuuuuu in UTC, as FIX writes it. */
export function timeText(timeUs: number): string {
  const ms = Math.floor(timeUs / 1000);
  const iso = new Date(ms).toISOString();
  const micros = String(timeUs - ms * 1000).padStart(3, "0");
  return `${iso.slice(0, 10).replaceAll("-", "")}-${iso.slice(11, 23)}${micros}`;
}

/** The message's own bytes, with | for SOH. */
export function messageText(entry: EntryView): string {
  const from = entry.payloadAt;
  return text(entry.views.bytes, from, from + entry.payloadLength).replaceAll("\x01", "|");
}

function whoOf(party: Party): string {
  return party.kind === "" ? "gateway" : `${party.kind} ${party.name}`;
}

function printable(line: string): string {
  return line.replace(/[^\x20-\x7e]/g, escaped);
}

function escaped(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
}

function eventText(entry: EntryView): string {
  const word = entry.payloadAt >> 2;
  const nextOut = entry.payloadLength >= 4 ? entry.views.ints[word]! : 0;
  const reason = entry.payloadLength >= 12 ? entry.views.ints[word + 2]! : 0;
  const why = reason === 0 ? "" : `: ${describeDisconnect(reason)}`;
  const numbers = `next out ${nextOut}${entry.sequence > 0 ? `, next in ${entry.sequence}` : ""}`;
  switch (entry.index) {
    case SESSION_EVENT_LOGON:
      return `logged on (${numbers})`;
    case SESSION_EVENT_LOGOUT:
      return `logged out (${numbers})${why}`;
    case SESSION_EVENT_DISCONNECT: {
      const disconnectRecord = readDisconnectRecord(entry.views, entry.payloadAt, entry.payloadLength);
      return `disconnected (${disconnectRecord === null ? numbers : disconnectRecordText(disconnectRecord)})${why}`;
    }
    case SESSION_EVENT_REFUSED: {
      const disconnectRecord = readDisconnectRecord(entry.views, entry.payloadAt, entry.payloadLength);
      return `connection refused: ${refusalText(reason, disconnectRecord ?? undefined)}`;
    }
    case SESSION_EVENT_RESET:
      return `numbers reset to 1 (epoch ${entry.epoch})`;
    case SESSION_EVENT_CLOSED:
      return `closed (${numbers})`;
    case SESSION_EVENT_NEXT_IN:
      return `next inbound number set (${numbers})`;
    case SESSION_EVENT_BOUND:
      return `belongs to ${text(entry.views.bytes, entry.payloadAt, entry.payloadAt + entry.payloadLength)} from now on`;
    case SESSION_EVENT_NUMBERS_SET:
      return `numbers set by hand (${numbers}, epoch ${entry.epoch})`;
    case SESSION_EVENT_PASSED:
      return `requests up to ${nextOut} are done; those that are refused here are not sent`;
    default:
      return `event ${entry.index} (${numbers})`;
  }
}

function controlText(entry: EntryView): string {
  const control = new Control(entry.views).aim(entry.payloadAt);
  if (control.kind === CONTROL_KILL) {
    return control.value === 1 ? "kill switch engaged" : "kill switch released";
  }
  // Entries of versions with names of up to 32 bytes end behind them.
  const length = Math.min(control.nameLength, entry.payloadLength - CONTROL_NAME_AT);
  const name = idText(entry.views.bytes, entry.payloadAt + CONTROL_NAME_AT, length);
  if (control.kind === CONTROL_REFERENCE_PRICE) return `reference price of ${name} is ${decimal(control.amount)}`;
  return `control ${control.kind} ${name} value ${control.value} amount ${control.amount}`;
}

function header(type: string, sequence: number, sender: string, target: string): string[] {
  return [`35=${type}`, `34=${sequence}`, `49=${sender}`, `56=${target}`];
}

function fix(fields: string[]): string {
  return `${fields.join("|")}|`;
}
