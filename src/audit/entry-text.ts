import { text } from "../base/ascii.ts";
import { decimalText } from "../base/decimal.ts";
import { describeDisconnect } from "../base/disconnect-reason.ts";
import { isoText, timeText } from "../base/time-text.ts";
import { agentKind } from "../config/agents.ts";
import { ActionParts, actionText, partOf } from "../control/action-record.ts";
import { outcomeText } from "../core/alarms.ts";
import { reasonOf, venueOf } from "../core/decision.ts";
import { OUTCOME_TAG_SHIFT } from "../core/entry-kinds.ts";
import { NEEDS_ATTENTION } from "../core/outcomes.ts";
import { ACCEPTED } from "../core/risk/reason-codes.ts";
import { reasonText } from "../core/risk/reasons.ts";
import { VenueId } from "../fix/orders/venue-id.ts";
import { OrdRejReason } from "../fix/wire/tags.ts";
import {
  ENTRY_CONTROL,
  ENTRY_MESSAGE,
  ENTRY_ORDER,
  ENTRY_OUTCOME,
  ENTRY_RECEIVED,
  ENTRY_REPORT,
  ENTRY_RESENT,
  ENTRY_SESSION,
  NO_SESSION,
  RECEIVED_GARBLED,
  RECEIVED_UNREAD,
  SESSION_EVENT_BOUND,
  SESSION_EVENT_CANCEL_TERMS,
  SESSION_EVENT_CLOSED,
  SESSION_EVENT_COMMAND,
  SESSION_EVENT_COPIED,
  SESSION_EVENT_DISCONNECT,
  SESSION_EVENT_HELD,
  SESSION_EVENT_LOGON,
  SESSION_EVENT_LOGOUT,
  SESSION_EVENT_NEXT_IN,
  SESSION_EVENT_NUMBERS_SET,
  SESSION_EVENT_PASSED,
  SESSION_EVENT_REFUSED,
  SESSION_EVENT_RELEASED,
  SESSION_EVENT_RESET,
  SESSION_EVENT_THROTTLED,
  SESSION_EVENT_UNRECORDED,
} from "../journal/layout.ts";
import type { JournalNames } from "../journal/store/names.ts";
import type { EntryView } from "../journal/store/reader.ts";
import type { JournalEntry, JournalKind } from "../operation/journal.ts";
import {
  EXEC_REJECTED,
  REPORT_NOT_TAKEN,
  REPORT_VENUE_DOWN,
  REPORT_VENUE_UP,
  REQUEST_MASS_CANCEL,
  REQUEST_MASS_STATUS,
  REQUEST_NEW,
} from "../record/codes.ts";
import {
  CONTROL_ASSIGN_REPORT,
  CONTROL_CANCEL_KILLED,
  CONTROL_CANCEL_MATCHING,
  CONTROL_CANCEL_ORDERS,
  CONTROL_CANCEL_SESSION,
  CONTROL_DISMISS_REPORT,
  CONTROL_MASS_STATUS,
  CONTROL_OPERATOR_ACTION,
  CONTROL_OVERRIDE,
  CONTROL_OVERRIDE_END,
  CONTROL_QUOTES,
  CONTROL_SESSION_TRADING,
  CONTROL_VENUE_SILENCE,
  CONTROL_VENUE_TRADING,
} from "../record/control-codes.ts";
import { ExecutionReport, REPORT_TEXT_AT } from "../record/execution-report.ts";
import { GROUPS_TEXT_AT } from "../record/groups.ts";
import { EXECUTION_REPORT } from "../record/layout/execution-report.ts";
import { ORDER_REQUEST } from "../record/layout/order-request.ts";
import type { OrderRequest } from "../record/order-request.ts";
import {
  SESSION_ADD,
  SESSION_CONNECT,
  SESSION_KICK,
  SESSION_LOGOUT,
  SESSION_RETIRE,
  SESSION_REVIVE,
  SESSION_SKIP,
  SESSION_TEXT_AT,
  SessionCommand,
} from "../record/session-command.ts";
import { EntryRecords } from "../recovery/entry-records.ts";
import { disconnectRecordText, endingText, readDisconnectRecord, refusalText } from "../telemetry/disconnect-record.ts";
import {
  cancelMatchingText,
  cancelOrdersText,
  cancelSessionText,
  cancelTermsText,
  massCancelContents,
} from "./cancel-text.ts";
import { changesText } from "./change-text.ts";
import { controlText, overrideEndText, overrideGrantText, quotesText, silenceText, whoText } from "./control-text.ts";
import { escaped, fieldsLine, ownLine } from "./escape.ts";
import { messageType, recordFields } from "./record-text.ts";
import { massStatusContents, massStatusText } from "./status-text.ts";
import { unmatchedText } from "./unmatched-text.ts";

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

/** Bytes received or sent; a record of the core, made from a message received; an event. */
type Direction = JournalEntry["direction"];

/** What an entry says, without time and party. */
export interface Contents {
  readonly direction: Direction;
  /** FIX fields with their SOHs, as they came or were sent; or else a text. */
  readonly fields?: string;
  readonly text?: string;
  /** Why a received message was not taken: it stands before the message. */
  readonly skipped?: string;
  /** What the core decided about a request. */
  readonly decision?: string;
}

const ARROWS: Record<Direction, string> = { in: "<-", out: "->", core: "==", event: "**" };
const KINDS: Record<number, JournalKind> = {
  [ENTRY_ORDER]: "order",
  [ENTRY_REPORT]: "report",
  [ENTRY_CONTROL]: "control",
  [ENTRY_MESSAGE]: "message",
  [ENTRY_SESSION]: "session",
  [ENTRY_RECEIVED]: "received",
  [ENTRY_RESENT]: "resent",
  [ENTRY_OUTCOME]: "outcome",
};

/** Entries of the core's stream that a venue's message led to. */
const OF_VENUES: readonly number[] = [ENTRY_REPORT, ENTRY_OUTCOME];

const SKIPPED: Record<number, string> = { [RECEIVED_GARBLED]: "garbled", [RECEIVED_UNREAD]: "not read" };
const SOH = "\x01";

/** Formats entries as readable lines: time, direction (<- received, -> sent, == the core's record, ** event), session, FIX. */
export class EntryText {
  /** CompIDs by `client FIRM1`. */
  readonly compIds = new Map<string, CompIds>();
  private readonly ids: VenueId;
  private readonly records = new EntryRecords();
  private readonly actions = new ActionParts();
  private readonly parties = new Set<string>();
  private readonly clients: ReadonlyMap<number, string>;
  private readonly venues: ReadonlyMap<number, string>;

  constructor(names: JournalNames) {
    this.ids = new VenueId(names.birth);
    this.clients = new Map(Object.entries(names.clients).map(([name, id]) => [id, name]));
    this.venues = new Map(Object.entries(names.venues).map(([name, id]) => [id, name]));
  }

  party(stream: string, entry: EntryView): Party {
    if (entry.kind === ENTRY_CONTROL || entry.session === NO_SESSION) return { kind: "", name: "" };
    const client = entry.kind === ENTRY_ORDER || (!OF_VENUES.includes(entry.kind) && agentKind(stream) !== "venue");
    const name = (client ? this.clients : this.venues).get(entry.session) ?? `#${entry.session}`;
    return { kind: client ? "client" : "venue", name };
  }

  /** Notes that the messages of this party are in the journal as they came, from here on. */
  noteBytes(party: Party): void {
    this.parties.add(whoOf(party));
  }

  /** False before the first message of a party, and in journals of earlier versions, which have only the core's records. */
  hasBytesOf(party: Party): boolean {
    return this.parties.has(whoOf(party));
  }

  /** One line; whatever is in a message or an id, it stays one. */
  line(entry: EntryView, party: Party): string {
    const { direction, fields, text, skipped, decision } = this.contents(entry, party);
    const what = fields === undefined ? ownLine(text ?? "") : fieldsLine(fields);
    const before = skipped === undefined ? "" : `(${skipped}) `;
    const behind = decision === undefined ? "" : ` (${decision})`;
    return `${timeText(entry.timeUs)} ${ARROWS[direction]} ${whoOf(party)} ${before}${what}${behind}`;
  }

  /** The same as data. */
  facts(stream: string, entry: EntryView, party: Party): JournalEntry {
    const { direction, fields, text, skipped, decision } = this.contents(entry, party);
    return {
      time: isoText(entry.timeUs),
      stream,
      position: entry.position,
      kind: kindOf(entry),
      direction,
      party: party.kind === "" ? "gateway" : party.kind,
      name: party.name,
      msgSeqNum: entry.sequence,
      epoch: entry.epoch,
      index: entry.index,
      ...(skipped === undefined ? {} : { skipped }),
      ...(decision === undefined ? {} : { decision }),
      ...(fields === undefined ? { text: ownLine(text ?? "") } : { fix: fieldsLine(fields) }),
    };
  }

  contents(entry: EntryView, party: Party): Contents {
    const who = whoOf(party);
    switch (entry.kind) {
      case ENTRY_ORDER:
        return this.order(entry, this.comps(who, party));
      case ENTRY_REPORT:
        return this.report(entry, this.comps(who, party));
      case ENTRY_MESSAGE:
      case ENTRY_RESENT:
        return { direction: "out", fields: messageText(entry) };
      case ENTRY_RECEIVED: {
        const skipped = entry.session === NO_SESSION ? "before a Logon" : SKIPPED[entry.index];
        return { direction: "in", fields: messageText(entry), ...(skipped === undefined ? {} : { skipped }) };
      }
      case ENTRY_SESSION:
        return { direction: "event", text: eventText(entry) };
      case ENTRY_CONTROL:
        return { direction: "event", text: this.control(entry) };
      case ENTRY_OUTCOME:
        return { direction: "event", text: outcomeLine(entry) };
      default:
        return { direction: "event", text: `entry of unknown kind ${entry.kind} at position ${entry.position}` };
    }
  }

  private control(entry: EntryView): string {
    const control = this.records.control(entry);
    const changes = changesText(control, () => this.records.controlText(entry), entry.index);
    if (changes !== null) return escaped(changes);
    if (control.kind === CONTROL_SESSION_TRADING || control.kind === CONTROL_VENUE_TRADING)
      return `${controlText(control)}${whoText(new TextDecoder().decode(this.records.controlText(entry)))}`;
    if (control.kind === CONTROL_OVERRIDE)
      return overrideGrantText(control, this.clients, this.records.controlText(entry), entry.index);
    if (control.kind === CONTROL_ASSIGN_REPORT || control.kind === CONTROL_DISMISS_REPORT)
      return unmatchedText(control, this.venues, this.records.controlText(entry), entry.index);
    if (control.kind === CONTROL_OVERRIDE_END)
      return overrideEndText(control, this.records.controlText(entry), entry.index);
    if (control.kind === CONTROL_CANCEL_SESSION)
      return cancelSessionText(control, this.clients.get(control.amount), this.records.controlText(entry));
    if (control.kind === CONTROL_CANCEL_MATCHING)
      return cancelMatchingText(control, this.clients.get(control.amount), this.records.controlText(entry));
    if (control.kind === CONTROL_CANCEL_ORDERS || control.kind === CONTROL_CANCEL_KILLED)
      return cancelOrdersText(control, this.clients.get(control.amount), this.venues, this.records.controlText(entry));
    if (control.kind === CONTROL_MASS_STATUS)
      return massStatusText(control, this.clients.get(control.amount), this.records.controlText(entry));
    if (control.kind === CONTROL_QUOTES) return quotesText(control, this.records.controlText(entry));
    if (control.kind === CONTROL_VENUE_SILENCE) return silenceText(control, this.records.controlText(entry));
    if (control.kind !== CONTROL_OPERATOR_ACTION) return controlText(control);
    const { amount, value } = control;
    const record = this.actions.take(amount, value, this.records.controlText(entry));
    const { part, parts } = partOf(value);
    return record === null ? `part ${part + 1} of ${parts} of operator action ${amount}` : escaped(actionText(record));
  }

  private comps(who: string, party: Party): CompIds {
    return this.compIds.get(who) ?? { ours: "GATEWAY", theirs: party.name };
  }

  private order(entry: EntryView, comps: CompIds): Contents {
    const order = this.records.order(entry);
    if (order.kind === REQUEST_MASS_CANCEL) return massCancelContents(order, entry.index);
    if (order.kind === REQUEST_MASS_STATUS) return massStatusContents(order, entry.index);
    const type = messageType(ORDER_REQUEST, order)!;
    const fields = header(type, entry.sequence, comps.theirs, comps.ours);
    fields.push(...recordFields(ORDER_REQUEST, order, type));
    this.groups(fields, order.groupsLength);
    const reason = reasonOf(entry.index);
    const venue = venueOf(entry.index);
    // Only a new order is routed.
    const accepted = `accepted for ${this.venues.get(venue) ?? `#${venue}`}${factorText(order)}`;
    const taken = order.kind === REQUEST_NEW ? accepted : "accepted";
    const decision = reason === ACCEPTED ? taken : `refused: ${reasonText(reason)}`;
    return { direction: "core", fields: joined(fields), decision };
  }

  private report(entry: EntryView, comps: CompIds): Contents {
    const report = this.records.venueReport(entry);
    const reason = text(report.bytes, REPORT_TEXT_AT, REPORT_TEXT_AT + report.textLength);
    const event = (what: string) => ({ direction: "event" as const, text: what });
    if (report.kind === REPORT_VENUE_UP) return event("is up");
    if (report.kind === REPORT_VENUE_DOWN) return event("is down");
    if (report.kind === REPORT_NOT_TAKEN) {
      const why = reason === "" ? "" : `: ${escaped(reason)}`;
      return event(`did not take 11=${this.venueId(report.number, report.slot)}${why}`);
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
    return { direction: "core", fields: joined(fields) };
  }

  /** The repeating groups behind the record that was read, as they came. */
  private groups(fields: string[], length: number): void {
    const { views, groupsAt } = this.records;
    if (length === 0) return;
    const from = groupsAt + GROUPS_TEXT_AT;
    fields.push(text(views.bytes, from, from + views.ints[groupsAt >> 2]! - 1));
  }

  private venueId(number: number, slot: number): string {
    const bytes = new Uint8Array(64);
    return text(bytes, 0, this.ids.put(bytes, 0, number, slot));
  }
}

/** Multiplier and rate of a new order, where they are not 1. */
function factorText({ views, factorAt, factorLength }: OrderRequest): string {
  if (factorLength === 0) return "";
  const [multiplier, rate] = views.longs.subarray(factorAt / 8, factorAt / 8 + 2);
  return `, × ${decimalText(multiplier!)} × ${decimalText(rate!)}`;
}

/** Name of an entry's kind. */
export function kindOf({ kind }: EntryView): string {
  return KINDS[kind] ?? `kind ${kind}`;
}

/** The message's own bytes. */
function messageText(entry: EntryView): string {
  const from = entry.payloadAt;
  return text(entry.views.bytes, from, from + entry.payloadLength);
}

/** The fields of a message by tag; of a repeated tag, the first. */
export function messageFields(entry: EntryView): Map<string, string> {
  const fields = new Map<string, string>();
  for (const field of messageText(entry).split(SOH)) {
    const equals = field.indexOf("=");
    if (equals > 0 && !fields.has(field.slice(0, equals))) fields.set(field.slice(0, equals), field.slice(equals + 1));
  }
  return fields;
}

function whoOf(party: Party): string {
  return party.kind === "" ? "gateway" : `${party.kind} ${party.name}`;
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
      if (disconnectRecord === null) return `disconnected (${numbers})${why}`;
      return `disconnected (${disconnectRecordText(disconnectRecord)})${why}${endingText(disconnectRecord)}`;
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
      return `belongs to ${escaped(messageText(entry))} from now on`;
    case SESSION_EVENT_NUMBERS_SET:
      return `numbers set by hand (${numbers}, epoch ${entry.epoch})`;
    case SESSION_EVENT_PASSED:
      return `requests up to ${nextOut} are done; those that are refused here are not sent`;
    case SESSION_EVENT_HELD:
      return `request ${nextOut} waits for the venue's throttle`;
    case SESSION_EVENT_RELEASED:
      return `request ${nextOut}, which waited, is refused`;
    case SESSION_EVENT_COMMAND:
      return sessionCommandText(entry);
    case SESSION_EVENT_THROTTLED:
      return `message ${entry.views.ints[entry.payloadAt >> 2]} was refused: too many came`;
    case SESSION_EVENT_CANCEL_TERMS:
      return cancelTermsText(entry.views.ints[word]!, entry.views.ints[word + 1]!);
    case SESSION_EVENT_COPIED: {
      const position = entry.views.doubles[(entry.payloadAt + 8) >> 3]!;
      const to = `client${entry.views.ints[word + 1]!} to position ${position}`;
      return nextOut === 0 ? `copied ${to}` : `copy ${nextOut} follows: ${to}`;
    }
    case SESSION_EVENT_UNRECORDED: {
      const bytes = entry.views.doubles[(entry.payloadAt + 8) >> 3]!;
      return `more came than the journal keeps: ${nextOut} more times, ${bytes} bytes, are only counted`;
    }
    default:
      return `event ${entry.index} (${numbers})`;
  }
}

const SESSION_COMMANDS: Readonly<Record<number, string>> = {
  [SESSION_LOGOUT]: "log out",
  [SESSION_KICK]: "disconnect",
  [SESSION_CONNECT]: "connect now",
  [SESSION_ADD]: "added by a reload",
  [SESSION_RETIRE]: "retired by a reload",
  [SESSION_REVIVE]: "is there again after a reload",
  [SESSION_SKIP]: "pass over what stops the copies of a client agent's reports",
};

/** A command of an operator, such as `operator: log out: "maintenance"`. */
function sessionCommandText({ views, payloadAt, payloadLength }: EntryView): string {
  const { kind } = new SessionCommand(views).aim(payloadAt);
  const words = text(views.bytes, payloadAt + SESSION_TEXT_AT, payloadAt + payloadLength);
  const what = SESSION_COMMANDS[kind] ?? `command ${kind}`;
  return `operator: ${what}${words === "" ? "" : `: ${escaped(words)}`}`;
}

/** What was wrong with the report before, such as `order 5 needs attention: field 31 passed on: can't be held exactly`. */
function outcomeLine(entry: EntryView): string {
  const outcome = entry.index & 255;
  const { number } = new ExecutionReport(entry.views).aim(entry.payloadAt);
  const marks = (NEEDS_ATTENTION >>> outcome) & 1 ? " needs attention" : "";
  return `${number === 0 ? "no order" : `order ${number}`}${marks}: field ${entry.index >> OUTCOME_TAG_SHIFT} ${outcomeText(outcome)}`;
}

function header(type: string, sequence: number, sender: string, target: string): string[] {
  return [`35=${type}`, `34=${sequence}`, `49=${sender}`, `56=${target}`];
}

function joined(fields: string[]): string {
  return `${fields.join(SOH)}${SOH}`;
}
