import { describeClosing } from "../base/disconnect-reason.ts";
import * as tags from "../fix/wire/tags.ts";
import { type Parting, partingText } from "../telemetry/disconnect-record.ts";
import type { GatewayEvent } from "../telemetry/event-reader.ts";
import {
  EVENT_CONNECTION_REFUSED,
  EVENT_JOURNAL_LOW,
  EVENT_JOURNAL_OK,
  EVENT_SESSION_BOUND,
  EVENT_SESSION_CPU,
  EVENT_SESSION_DISCONNECT,
  EVENT_SESSION_LOGON,
  EVENT_UNBOOKED_REPORT,
  EVENT_VENUE_CPU,
  EVENT_VENUE_DOWN,
  EVENT_VENUE_UP,
} from "../telemetry/events.ts";

/** Returns an event as a log line. Cold. */
export function describeEvent(
  event: GatewayEvent,
  clients: Readonly<Record<string, number>>,
  venues: Readonly<Record<string, number>>,
): string {
  const client = nameOf(clients, event.session);
  const venue = nameOf(venues, event.session);
  switch (event.kind) {
    case EVENT_SESSION_LOGON:
      return `client ${client}: logged on; next in ${event.a}, next out ${event.b}`;
    case EVENT_SESSION_DISCONNECT:
      return `client ${client}: disconnected: ${partingLine(event)}`;
    case EVENT_SESSION_BOUND:
      return `client ${client}: belongs to ${event.text} from now on`;
    case EVENT_SESSION_CPU:
      return `client ${client}: ${packetsLine(event)}`;
    case EVENT_VENUE_CPU:
      return `venue ${venue}: ${packetsLine(event)}`;
    case EVENT_CONNECTION_REFUSED:
      return `connection refused: ${refusalText(event.a, event.disconnectRecord)}`;
    case EVENT_VENUE_UP:
      return `venue ${venue}: up; next in ${event.a}, next out ${event.b}`;
    case EVENT_VENUE_DOWN:
      return `venue ${venue}: down: ${partingLine(event)}`;
    case EVENT_UNBOOKED_REPORT:
      return `alarm: venue ${venue}: its message ${event.a} can't be booked as it is: ${fieldName(event.b)}${event.text}`;
    case EVENT_JOURNAL_LOW:
      return `alarm: the journal's disk is full (errno ${event.a}): new orders are refused; cancels and reports go on in what is prepared and in ${event.b} segments kept back. Make room`;
    case EVENT_JOURNAL_OK:
      return "the journal's disk has room again: new orders are taken";
    default:
      return `${event.name}: session ${event.session}, ${event.a}, ${event.b} ${event.text}`;
  }
}

/** Returns a field's name and tag, such as "LastPx (31)". */
function fieldName(tag: number): string {
  // The names of message types are in capitals.
  const name = Object.entries(tags).find(([name, value]) => value === tag && /[a-z]/.test(name))?.[0];
  if (tag === 0) return "its message";
  return name === undefined ? `tag ${tag}` : `${name} (${tag})`;
}

function packetsLine({ a, b }: GatewayEvent): string {
  return `its packets come by CPU ${a}, its lane has CPU ${b} (SO_INCOMING_CPU; sockets.busyPollUs lets the lane fetch them itself)`;
}

function partingLine({ a, disconnectRecord }: GatewayEvent): string {
  return disconnectRecord === undefined
    ? describeClosing(a)
    : `${describeClosing(a)}; ${partingText(disconnectRecord)}`;
}

/** Reason, address and CompIDs of a refused connection; it has no sequence numbers. Cold. */
export function refusalText(reason: number, disconnectRecord: Parting | undefined): string {
  const from = disconnectRecord === undefined || disconnectRecord.peer === "" ? "" : `; peer ${disconnectRecord.peer}`;
  const who =
    disconnectRecord === undefined || disconnectRecord.text === "" ? "" : `, logging on as ${disconnectRecord.text}`;
  return `${describeClosing(reason)}${from}${who}`;
}

function nameOf(ids: Readonly<Record<string, number>>, id: number): string {
  return Object.entries(ids).find(([, value]) => value === id)?.[0] ?? `#${id}`;
}
