import { ascii, put } from "../base/ascii.ts";
import { ID_BYTES } from "../base/id.ts";
import type { Scanner } from "../fix/wire/scan.ts";
import * as tag from "../fix/wire/tags.ts";
import { EVENT_UNBOOKED_REPORT, type EventWriter } from "../telemetry/events.ts";

/** Alarms for messages of a venue that cannot be booked, with the field, its value and the order's ids as received. */
export class ReportAlarms {
  private readonly text = new Uint8Array(new ArrayBuffer(1024));

  constructor(private readonly events: EventWriter) {}

  /** Raises an alarm for the scanned message; `refTag` is the faulty field, 0 or less when none is known. */
  raise(venue: number, scan: Scanner, sequence: number, refTag: number, why: Uint8Array): void {
    let end = this.value(0, scan, refTag, EQUALS);
    end = put(this.text, end, why);
    end = this.value(end, scan, tag.ClOrdID, CL_ORD_ID);
    end = this.value(end, scan, tag.OrderID, ORDER_ID);
    end = this.value(end, scan, tag.ExecID, EXEC_ID);
    this.events.emitText(EVENT_UNBOOKED_REPORT, venue, sequence, Math.max(0, refTag), this.text, 0, end);
  }

  /** Writes `before` and at most ID_BYTES of a field's value; nothing when the field is absent. */
  private value(at: number, scan: Scanner, wanted: number, before: Uint8Array): number {
    const field = wanted > 0 ? scan.find(wanted) : -1;
    if (field < 0) return at;
    let end = put(this.text, at, before);
    const to = Math.min(scan.ends[field]!, scan.starts[field]! + ID_BYTES);
    for (let i = scan.starts[field]!; i < to; i++) this.text[end++] = scan.bytes[i]!;
    return end;
  }
}

const EQUALS = ascii("=");
const CL_ORD_ID = ascii("; ClOrdID=");
const ORDER_ID = ascii("; OrderID=");
const EXEC_ID = ascii("; ExecID=");

/** Ends of an alarm's text, after a field and its value. */
export const NO_ROOM = ascii(" and what follows it are too long to be passed on");
export const UNUSABLE = ascii(" is no single character: the client is told what our books say");
export const REPEATED = ascii(" stands a second time, with a value that is left out");
export const UNMAPPED = ascii(" is no symbol of this venue (venues.*.symbols): the client gets it as it stands");
export const UNKNOWN_TYPE = ascii(" is no message type that is booked");
export const REJECTED = ascii(" was rejected as invalid");
export const UNTRACED = ascii(" is no request of ours");
