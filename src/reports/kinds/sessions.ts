import * as layout from "../../journal/layout.ts";
import type { EntryView } from "../../journal/store/reader.ts";
import type { Column } from "../column.ts";

/** What went through one session in a day. */
export interface SessionStatistics {
  readonly kind: string;
  readonly name: string;
  logons: number;
  disconnects: number;
  resets: number;
  received: number;
  receivedBytes: number;
  sent: number;
  sentBytes: number;
  resent: number;
  skipped: number;
  orders: number;
  cancels: number;
  replaces: number;
  refused: number;
  reports: number;
  firstUs: number;
  lastUs: number;
}

export function newStatistics(kind: string, name: string): SessionStatistics {
  return {
    kind,
    name,
    logons: 0,
    disconnects: 0,
    resets: 0,
    received: 0,
    receivedBytes: 0,
    sent: 0,
    sentBytes: 0,
    resent: 0,
    skipped: 0,
    orders: 0,
    cancels: 0,
    replaces: 0,
    refused: 0,
    reports: 0,
    firstUs: 0,
    lastUs: 0,
  };
}

/** Counts an entry of a session's own stream. */
export function countEntry(row: SessionStatistics, { kind, index, timeUs, payloadLength }: EntryView): void {
  if (row.firstUs === 0) row.firstUs = timeUs;
  row.lastUs = timeUs;
  if (kind === layout.ENTRY_RECEIVED) {
    if (index === layout.RECEIVED_MESSAGE) row.received++;
    else row.skipped++;
    row.receivedBytes += payloadLength;
  } else if (kind === layout.ENTRY_MESSAGE) {
    row.sent++;
    row.sentBytes += payloadLength;
  } else if (kind === layout.ENTRY_RESENT) {
    row.resent++;
    row.sentBytes += payloadLength;
  } else if (kind === layout.ENTRY_SESSION) countEvent(row, index);
}

function countEvent(row: SessionStatistics, event: number): void {
  if (event === layout.SESSION_EVENT_LOGON) row.logons++;
  else if (event === layout.SESSION_EVENT_DISCONNECT) row.disconnects++;
  else if (event === layout.SESSION_EVENT_RESET) row.resets++;
}

/** Sessions and venues that had an entry in the day. */
export const SESSIONS: readonly Column<SessionStatistics>[] = [
  { name: "kind", type: "text", source: "client or venue", of: (row) => row.kind },
  { name: "name", type: "text", source: "client session or venue", of: (row) => row.name },
  { name: "first", type: "time", source: "first entry of the day", of: (row) => row.firstUs || null },
  { name: "last", type: "time", source: "last entry of the day", of: (row) => row.lastUs || null },
  { name: "logons", type: "count", source: "Logons (A) that were accepted", of: (row) => row.logons },
  { name: "disconnects", type: "count", source: "ends of connections", of: (row) => row.disconnects },
  { name: "resets", type: "count", source: "resets of both numbers", of: (row) => row.resets },
  { name: "received", type: "count", source: "messages received, of all types", of: (row) => row.received },
  { name: "receivedBytes", type: "count", source: "bytes received", of: (row) => row.receivedBytes },
  { name: "sent", type: "count", source: "messages sent the first time", of: (row) => row.sent },
  { name: "sentBytes", type: "count", source: "bytes sent", of: (row) => row.sentBytes },
  { name: "resent", type: "count", source: "messages sent again, and gap fills", of: (row) => row.resent },
  { name: "skipped", type: "count", source: "received bytes that are no message", of: (row) => row.skipped },
  { name: "orders", type: "count", source: "new orders", of: (row) => row.orders },
  { name: "cancels", type: "count", source: "cancel requests", of: (row) => row.cancels },
  { name: "replaces", type: "count", source: "replace requests", of: (row) => row.replaces },
  { name: "refused", type: "count", source: "requests that the gateway refused", of: (row) => row.refused },
  { name: "reports", type: "count", source: "reports of the venue that name an order", of: (row) => row.reports },
];
