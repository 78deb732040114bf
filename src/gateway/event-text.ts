import { errnoText } from "../../ffi/errno.ts";
import { endText } from "../audit/change-text.ts";
import { DisconnectReason, describeDisconnect } from "../base/disconnect-reason.ts";
import type { LogLevel, LogLine } from "../base/log.ts";
import * as tags from "../fix/wire/tags.ts";
import { disconnectRecordText, endingText, refusalText } from "../telemetry/disconnect-record.ts";
import type { GatewayEvent } from "../telemetry/event-reader.ts";
import {
  EVENT_CONNECTION_REFUSED,
  EVENT_COPIES_BEHIND,
  EVENT_COPIES_CAUGHT_UP,
  EVENT_COPIES_GO_ON,
  EVENT_COPIES_SKIPPED,
  EVENT_COPIES_STOPPED,
  EVENT_COPIES_UNREACHABLE,
  EVENT_COPY_DISCONNECT,
  EVENT_COPY_LOGON,
  EVENT_COPY_REJECT,
  EVENT_DESCRIPTORS_OK,
  EVENT_DONT_KNOW_TRADE,
  EVENT_JOURNAL_LOW,
  EVENT_JOURNAL_OK,
  EVENT_LOGONS_ANSWERED,
  EVENT_LOGONS_HELD,
  EVENT_MESSAGE_FLOOD,
  EVENT_MESSAGE_RATE,
  EVENT_NO_DESCRIPTORS,
  EVENT_NOTICE,
  EVENT_OVERRIDE_DONE,
  EVENT_SESSION_BOUND,
  EVENT_SESSION_CPU,
  EVENT_SESSION_DISCONNECT,
  EVENT_SESSION_LOGON,
  EVENT_SESSION_NOT_RESENT,
  EVENT_SESSION_REJECT,
  EVENT_UNBOOKED_REPORT,
  EVENT_VALUE_ENDED,
  EVENT_VENUE_CPU,
  EVENT_VENUE_DOWN,
  EVENT_VENUE_NOT_RESENT,
  EVENT_VENUE_NOTICE,
  EVENT_VENUE_REJECT,
  EVENT_VENUE_UNREACHABLE,
  EVENT_VENUE_UP,
  EVENT_WRONG_PASSWORDS,
} from "../telemetry/events.ts";

const ALARMS: readonly number[] = [
  EVENT_JOURNAL_LOW,
  EVENT_NO_DESCRIPTORS,
  EVENT_UNBOOKED_REPORT,
  EVENT_WRONG_PASSWORDS,
  EVENT_DONT_KNOW_TRADE,
  EVENT_MESSAGE_FLOOD,
  EVENT_COPIES_BEHIND,
  EVENT_COPIES_SKIPPED,
  EVENT_COPIES_STOPPED,
  EVENT_COPIES_UNREACHABLE,
  EVENT_SESSION_NOT_RESENT,
  EVENT_VENUE_NOT_RESENT,
];
const WARNINGS: readonly number[] = [
  EVENT_VALUE_ENDED,
  EVENT_CONNECTION_REFUSED,
  EVENT_MESSAGE_RATE,
  EVENT_SESSION_REJECT,
  EVENT_COPY_REJECT,
  EVENT_VENUE_REJECT,
  EVENT_VENUE_UNREACHABLE,
];

type Ids = Readonly<Record<string, number>>;

/** Ends of a venue's connection that are no reason to worry. */
const EXPECTED_ENDS: readonly number[] = [
  DisconnectReason.STOPPING,
  DisconnectReason.OUTSIDE_SCHEDULE,
  DisconnectReason.LOGGED_OUT,
  DisconnectReason.KICKED,
  DisconnectReason.SWITCHED_OFF,
  DisconnectReason.RETIRED,
];

/** An event as a line of the log. */
export function describeEvent(event: GatewayEvent, clients: Ids, venues: Ids): LogLine & { readonly who: string } {
  return { who: whoOf(event, clients, venues), level: levelOf(event), what: whatOf(event, clients) };
}

function whoOf({ kind, session }: GatewayEvent, clients: Ids, venues: Ids): string {
  switch (kind) {
    case EVENT_SESSION_LOGON:
    case EVENT_SESSION_DISCONNECT:
    case EVENT_SESSION_BOUND:
    case EVENT_SESSION_CPU:
    case EVENT_SESSION_REJECT:
    case EVENT_WRONG_PASSWORDS:
    case EVENT_DONT_KNOW_TRADE:
    case EVENT_MESSAGE_RATE:
    case EVENT_MESSAGE_FLOOD:
    case EVENT_SESSION_NOT_RESENT:
      return `client ${nameOf(clients, session)}`;
    case EVENT_COPY_LOGON:
    case EVENT_COPY_DISCONNECT:
    case EVENT_COPY_REJECT:
    case EVENT_COPIES_UNREACHABLE:
      return `drop copy ${nameOf(clients, session)}`;
    case EVENT_COPIES_BEHIND:
    case EVENT_COPIES_CAUGHT_UP:
    case EVENT_COPIES_GO_ON:
    case EVENT_COPIES_SKIPPED:
    case EVENT_COPIES_STOPPED:
      return "drop copy";
    case EVENT_VENUE_CPU:
    case EVENT_VENUE_UP:
    case EVENT_VENUE_DOWN:
    case EVENT_UNBOOKED_REPORT:
    case EVENT_VENUE_NOTICE:
    case EVENT_VENUE_REJECT:
    case EVENT_VENUE_UNREACHABLE:
    case EVENT_VENUE_NOT_RESENT:
      return `venue ${nameOf(venues, session)}`;
    case EVENT_CONNECTION_REFUSED:
    case EVENT_NO_DESCRIPTORS:
    case EVENT_DESCRIPTORS_OK:
    case EVENT_LOGONS_HELD:
    case EVENT_LOGONS_ANSWERED:
      return "client side";
    case EVENT_JOURNAL_LOW:
    case EVENT_JOURNAL_OK:
      return "journal";
    case EVENT_VALUE_ENDED:
    case EVENT_OVERRIDE_DONE:
      return "limits";
    default:
      return "gateway";
  }
}

function levelOf({ kind, a, b }: GatewayEvent): LogLevel {
  if (kind === EVENT_LOGONS_ANSWERED && a > 0) return "warning";
  if (kind === EVENT_OVERRIDE_DONE) return b === 0 ? "warning" : "alarm";
  if (ALARMS.includes(kind)) return "alarm";
  if (WARNINGS.includes(kind)) return "warning";
  return kind === EVENT_VENUE_DOWN && !EXPECTED_ENDS.includes(a) ? "warning" : "info";
}

function whatOf(event: GatewayEvent, clients: Ids): string {
  switch (event.kind) {
    case EVENT_COPIES_BEHIND:
      return `${event.b.toFixed(1)} s behind the reports of the clients, ${event.a.toLocaleString("en")} bytes of their journal`;
    case EVENT_COPIES_CAUGHT_UP:
      return `every report is copied again; ${event.a.toLocaleString("en")} copies since the start`;
    case EVENT_COPIES_STOPPED:
      return `reports of client${event.a} can't be copied: ${event.text}. Copies wait there; to pass over it: sallyport ctl drop-copy skip client${event.a}`;
    case EVENT_COPIES_SKIPPED:
      return `a part of the stream client${event.a} is not copied: ${event.text}; sallyport journal has what can be read of it`;
    case EVENT_COPIES_GO_ON:
      return `reports of client${event.a} are copied again`;
    case EVENT_COPIES_UNREACHABLE:
      return `its client has reset the sequence numbers (141=Y): it can't ask for ${event.b.toLocaleString("en")} messages any more that no connection since the start has carried, up to number ${event.a.toLocaleString("en")}; sallyport journal has them`;
    case EVENT_COPY_LOGON:
    case EVENT_SESSION_LOGON:
      return `logged on; next in ${event.a}, next out ${event.b}`;
    case EVENT_COPY_DISCONNECT:
    case EVENT_SESSION_DISCONNECT:
      return `disconnected: ${disconnectLine(event)}`;
    case EVENT_SESSION_BOUND:
      return `belongs to ${event.text} from now on`;
    case EVENT_SESSION_CPU:
      return packetsLine(event);
    case EVENT_VENUE_CPU:
      return packetsLine(event);
    case EVENT_CONNECTION_REFUSED:
      return `connection refused: ${refusalText(event.a, event.disconnectRecord)}${othersText(event.b)}`;
    case EVENT_VENUE_UP:
      return `up; next in ${event.a}, next out ${event.b}`;
    case EVENT_VENUE_DOWN:
      return `down: ${disconnectLine(event)}${remedyLine(event)}`;
    case EVENT_UNBOOKED_REPORT:
      return `its message ${event.a} can't be booked as it is: ${fieldName(event.b)}${withClient(event.text, clients)}`;
    case EVENT_JOURNAL_LOW:
      return `no file can be made for the journal: ${errnoText("journal", event.a)}. New orders are refused; cancels and reports continue in ${event.b} segments kept back`;
    case EVENT_JOURNAL_OK:
      return "files can be made for the journal again: new orders are taken";
    case EVENT_VENUE_UNREACHABLE:
      return `can't connect to ${event.text}${event.a === 0 ? "" : `: ${errnoText("connect", event.a)}`}; ${attemptsLine(event)}`;
    case EVENT_VENUE_NOTICE:
      return `its message ${event.a}: ${event.text}${event.b}`;
    case EVENT_SESSION_REJECT:
    case EVENT_VENUE_REJECT:
    case EVENT_DONT_KNOW_TRADE:
      return `its message ${event.a} ${event.text}${othersLeftOut(event)}`;
    case EVENT_MESSAGE_RATE:
      return `its message ${event.a} is refused: ${event.text}${othersLeftOut(event)}`;
    case EVENT_MESSAGE_FLOOD:
      return `is logged out at its message ${event.a}: ${event.text}${othersLeftOut(event)}`;
    case EVENT_WRONG_PASSWORDS:
      return `${event.a} wrong passwords in a row, ${event.b} in a row from the address of the last one, ${event.disconnectRecord?.peer}: more of them are refused unread for 1 second, then 2, 4 … 60`;
    case EVENT_SESSION_NOT_RESENT:
    case EVENT_VENUE_NOT_RESENT:
      return `its resend leaves message ${event.a} out, and others that are as long: it has ${event.b.toLocaleString("en")} bytes, more than a message may have since client.maxMessageBytes is lower; sallyport journal has it`;
    case EVENT_NO_DESCRIPTORS:
      return "no descriptor is left (EMFILE or ENFILE): new connections wait, sessions continue. Raise LimitNOFILE of the unit, or close what holds them";
    case EVENT_DESCRIPTORS_OK:
      return "descriptors are there again: connections are accepted";
    case EVENT_LOGONS_HELD:
      return `Logons wait until all venues are up, at most ${event.b} ms after the start (client.awaitVenuesMs); ${venuesText(event.a)} not up`;
    case EVENT_LOGONS_ANSWERED:
      return event.a === 0
        ? `all venues are up ${event.b} ms after the start: Logons are answered`
        : `Logons are answered ${event.b} ms after the start, although ${venuesText(event.a)} not up: orders for ${event.a === 1 ? "it" : "them"} are refused (VENUE_DOWN)`;
    case EVENT_VALUE_ENDED:
      return `${endText(event.change ?? new Uint8Array())}: the value that was set until now has ended`;
    case EVENT_OVERRIDE_DONE:
      return event.b === 0
        ? `override ${event.a} has expired: no order has used it`
        : `order ${event.b} has passed a check (${event.text}) by override ${event.a}, which is used up`;
    case EVENT_NOTICE:
      return event.text;
    default:
      return `${event.name}: session ${event.session}, ${event.a}, ${event.b} ${event.text}`;
  }
}

function othersLeftOut({ b }: GatewayEvent): string {
  return b === 0 ? "" : `; ${b} more before it are in the journal only`;
}

function venuesText(count: number): string {
  return count === 1 ? "1 venue is" : `${count} venues are`;
}

function attemptsLine({ b, sinceUs }: GatewayEvent): string {
  if (b === 1) return "the gateway tries again";
  return `${b.toLocaleString("en")} attempts have failed since ${timeText(sinceUs)}; the gateway tries again`;
}

/** A time as the log has it. */
function timeText(us: number): string {
  return new Date(us / 1000).toISOString();
}

/** The core knows a client's session by its number. */
function withClient(text: string, clients: Ids): string {
  return text.replace(/(?<=; order \d+ of client )#(\d+)(?=, its ClOrdID=)/, (_, id: string) =>
    nameOf(clients, Number(id)),
  );
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

/** What to do about a Logon that the venue has refused, or whose answer we had to refuse, and when it is tried again. */
function remedyLine({ a, b }: GatewayEvent): string {
  const remedy = a === DisconnectReason.NEXT_EXPECTED ? REMEDIES[DisconnectReason.TOO_LOW] : REMEDIES[a];
  if (remedy === undefined && !DisconnectReason.isOfLogon(a)) return "";
  return `. ${remedy ?? "Its Logon is not as agreed: ask the venue"}. The next try is in ${b / 1000} s`;
}

const REMEDIES: Readonly<Record<number, string>> = {
  [DisconnectReason.REFUSED]:
    "Check what it said, our CompIDs and password, and the sequence numbers (sallyport ctl venue numbers, or sallyport sequence on the stopped gateway)",
  [DisconnectReason.TOO_LOW]:
    "The venue has begun new sequence numbers: agree on a reset with it, by resetOnLogon = true, with sallyport ctl venue numbers, or with sallyport sequence on the stopped gateway",
};

function disconnectLine({ a, disconnectRecord }: GatewayEvent): string {
  return disconnectRecord === undefined
    ? describeDisconnect(a)
    : `${describeDisconnect(a)}${endingText(disconnectRecord)}; ${disconnectRecordText(disconnectRecord)}`;
}

/** The other connections that were refused for the same reason since its last line. */
export function othersText(others: number): string {
  return others === 0 ? "" : `; ${others.toLocaleString("en")} more since the last line`;
}

/** The names by id; a reload may add some. */
const NAMES = new WeakMap<Ids, Map<number, string>>();

function nameOf(ids: Ids, id: number): string {
  let names = NAMES.get(ids);
  if (names === undefined) {
    names = new Map(Object.entries(ids).map(([name, value]) => [value, name]));
    NAMES.set(ids, names);
  }
  if (!names.has(id)) for (const [name, value] of Object.entries(ids)) names.set(value, name);
  return names.get(id) ?? `#${id}`;
}
