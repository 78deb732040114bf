import { ascii, put } from "../base/ascii.ts";
import { broken } from "../base/broken.ts";
import { putInt } from "../base/decimal.ts";
import { EMPTY } from "../base/units.ts";
import { GROUPS_FAULTY, type GroupReader } from "../fix/orders/groups-in.ts";
import type { GroupWriter } from "../fix/orders/groups-out.ts";
import type { Scanner } from "../fix/wire/scan.ts";
import * as tag from "../fix/wire/tags.ts";
import type { Writer } from "../fix/wire/write.ts";
import type { OneToOne } from "../ring/one-to-one.ts";
import { EVENT_NOTICE, EVENT_VENUE_NOTICE, type EventWriter } from "../telemetry/events.ts";

/** Reads the repeating groups of incoming messages and writes those of outgoing ones. */
export interface Groups {
  readonly reader: GroupReader;
  readonly writer: GroupWriter;
}

/** The groups of a session, for any protocol. */
interface GroupSession {
  readonly id: number;
  readonly asciiName: Uint8Array;
  /** Null: the session carries no groups. */
  readonly groups: Groups | null;
}

/** Slots of the notices already logged. A notice is logged once for each session and tag; pairs in the same slot count as one. */
const NOTICES = 4096;

/**
 * Rings of repeating groups beside the rings of an agent's records: `inward` to the core, `outward` from it. Each record
 * with groups uses the next slot.
 */
export class GroupRings {
  private readonly noticed = new Uint8Array(new ArrayBuffer(NOTICES));
  private readonly text = new Uint8Array(new ArrayBuffer(1024));

  constructor(
    private readonly inward: OneToOne,
    private readonly outward: OneToOne,
    private readonly events: EventWriter,
  ) {}

  /** True when the next message may have groups. */
  hasRoom(): boolean {
    return this.inward.has(1);
  }

  /**
   * Takes the groups, and the other fields that the record does not carry, out of an order, a cancel or a replace. `publish`
   * sends them.
   * Returns  their bytes, 0 without groups, or GROUPS_FAULTY: then `link.groups.reader` has the fault.
   */
  ofRequest(link: GroupSession, scan: Scanner): number {
    const type = scan.msgType;
    const isTerms = type === tag.NEW_ORDER_SINGLE || type === tag.ORDER_CANCEL_REPLACE_REQUEST;
    return isTerms || type === tag.ORDER_CANCEL_REQUEST ? this.read(link, scan, true) : 0;
  }

  /** Takes the groups out of a report. Unreadable groups are left out; the report itself is kept. */
  ofReport(link: GroupSession, scan: Scanner, sequence: number): number {
    if (scan.msgType !== tag.EXECUTION_REPORT && scan.msgType !== tag.ORDER_CANCEL_REJECT) return 0;
    const length = this.read(link, scan, false);
    if (length !== GROUPS_FAULTY) return length;
    this.events.emitText(EVENT_VENUE_NOTICE, link.id, sequence, link.groups!.reader.refTag, UNREAD, 0, UNREAD.length);
    return 0;
  }

  private read(link: GroupSession, scan: Scanner, ofRequest: boolean): number {
    return link.groups === null ? 0 : link.groups.reader.read(scan, this.inward.views, this.inward.claim(), ofRequest);
  }

  /** Publishes the groups; the caller publishes their record afterwards. */
  publish(): void {
    this.inward.publish();
  }

  /**
   * Writes the groups of the oldest record in the session's version for a message type; `add` appends them to a message.
   * Fields outside groups may be left out when they are in `drop`.
   * Returns  the session's writer, or null when the session carries no groups.
   */
  translate(link: GroupSession, msgType: number, drop?: Int32Array): GroupWriter | null {
    const at = this.outward.peek();
    if (at === EMPTY) broken("groups of a record", link.id);
    if (link.groups === null) return null;
    link.groups.writer.write(this.outward.views, at, msgType, drop);
    return link.groups.writer;
  }

  /** Appends the groups last written for this session to a message; groups that are too long are left out completely. */
  add(link: GroupSession, writer: Writer): void {
    if (link.groups === null) return;
    const out = link.groups.writer;
    if (!out.tooLong) writer.fields(out.bytes, 0, out.length);
    if (out.unknownTag !== 0 || out.tooLong) this.logLeftOut(link, out.unknownTag);
  }

  /** Releases the slot of the oldest record. */
  release(): void {
    this.outward.release();
  }

  private logLeftOut(link: GroupSession, unknownTag: number): void {
    const place = (Math.imul(link.id, 0x9e3779b1) ^ unknownTag) & (NOTICES - 1);
    if (this.noticed[place] === 1) return;
    this.noticed[place] = 1;
    let end = put(this.text, 0, LEFT_OUT);
    end = put(this.text, end, link.asciiName);
    if (unknownTag !== 0) end = putInt(this.text, put(this.text, end, KNOWS_NO), unknownTag);
    else end = put(this.text, end, TOO_LONG);
    this.events.emitText(EVENT_NOTICE, link.id, 0, unknownTag, this.text, 0, end);
  }
}

const UNREAD = ascii(
  "its repeating groups can't be read, or are too long: the report is passed on without them; first faulty tag ",
);
const LEFT_OUT = ascii("repeating groups are left out of messages to ");
const KNOWS_NO = ascii(", whose version or dialect does not know all of their tags, first of them ");
const TOO_LONG = ascii(", for which they are too long");
