import { ascii, put } from "../base/ascii.ts";
import { broken } from "../base/broken.ts";
import { putInt } from "../base/decimal.ts";
import { EMPTY, NONE } from "../base/units.ts";
import type { Aside } from "../fix/orders/aside.ts";
import type { CodecRules } from "../fix/orders/codec-rules.ts";
import { GROUPS_FAULTY, type GroupReader } from "../fix/orders/groups-in.ts";
import type { GroupWriter } from "../fix/orders/groups-out.ts";
import type { PeerFields } from "../fix/orders/message-fields.ts";
import type { Codec } from "../fix/wire/codec.ts";
import { heldBit } from "../fix/wire/held.ts";
import type { Scanner } from "../fix/wire/scan.ts";
import type { Writer } from "../fix/wire/write.ts";
import { GROUP_TEXT_BYTES, GROUPS_TEXT_AT } from "../record/groups.ts";
import type { OneToOne } from "../ring/one-to-one.ts";
import { EVENT_NOTICE, EVENT_VENUE_NOTICE, type EventWriter } from "../telemetry/events.ts";

/** Reads the fields beside the records of incoming messages and writes those of outgoing ones. */
export interface Groups {
  readonly reader: GroupReader;
  readonly writer: GroupWriter;
  /** The dictionary's rules in the codec; null: there is none. */
  readonly rules: CodecRules | null;
  /** The fields that messages to the session's peer may have. */
  readonly fields: PeerFields;
}

/** The groups of a session, for any protocol. */
interface GroupSession {
  readonly id: number;
  readonly asciiName: Uint8Array;
  /** Null: the session carries nothing beside its records. */
  readonly groups: Groups | null;
}

/** Slots of the notices already logged. A notice is logged once for each session and tag; pairs in the same slot count as one. */
const NOTICES = 4096;

/**
 * Rings of what stands beside the records of an agent: `inward` to the core, `outward` from it. Each record that has something
 * beside it uses the next slot.
 */
export class GroupRings {
  private readonly noticed = new Uint8Array(new ArrayBuffer(NOTICES));
  private readonly text = new Uint8Array(new ArrayBuffer(1024));
  /** Bits of the record's fields that the last `translate` has written, or passes on (fix/orders/message-fields.ts). */
  written = 0;
  /** Where the fields stand that go to the peer as they are; NONE: there are none. */
  passed = NONE;

  constructor(
    readonly inward: OneToOne,
    readonly outward: OneToOne,
    private readonly events: EventWriter,
  ) {}

  /** True when the next message may have something beside its record. */
  hasRoom(): boolean {
    return this.inward.has(1);
  }

  /**
   * Finds the groups of a request, so that its record can be read.
   * Returns  0, or GROUPS_FAULTY: then `link.groups.reader` has the fault.
   */
  ofRequest(link: GroupSession, scan: Scanner): number {
    return link.groups === null || heldBit(scan.msgType) === 0 ? 0 : link.groups.reader.find(scan);
  }

  /** The same of a report. A group that can't be read stays as it stands. */
  ofReport(link: GroupSession, scan: Scanner, sequence: number): void {
    if (link.groups === null || heldBit(scan.msgType) === 0) return;
    const reader = link.groups.reader;
    if (reader.find(scan, true) === GROUPS_FAULTY)
      this.events.emitText(EVENT_VENUE_NOTICE, link.id, sequence, reader.refTag, UNREAD, 0, UNREAD.length);
  }

  /** Takes what the message that the codec has read has beside its record. Returns  as `take`, or less than 0 when there is no room. */
  takePlain(link: GroupSession, codec: Codec): number {
    return link.groups === null || !codec.hasBeside ? 0 : codec.takeBeside(this.inward.claim());
  }

  /**
   * Takes what the message whose groups were found has beside its record; `aside` has the tags that the record could not hold.
   * `publish` sends it.
   * Returns  its bytes, 0 for none, or GROUPS_FAULTY when it is too long: `link.groups.reader` has the fault, and `length` the bytes
   *          of what has room.
   */
  take(link: GroupSession, scan: Scanner, aside: Aside): number {
    if (link.groups === null || heldBit(scan.msgType) === 0) return 0;
    return link.groups.reader.take(this.inward.views, this.inward.claim(), aside);
  }

  /** Takes a text (58) that is too long for its record. Returns its bytes. */
  takeText(source: Uint8Array, from: number, to: number): number {
    const at = this.inward.claim();
    const bytes = this.inward.views.bytes;
    const most = from + GROUP_TEXT_BYTES - TEXT_TAG.length - 1;
    let end = put(bytes, at + GROUPS_TEXT_AT, TEXT_TAG);
    for (let i = from; i < to && i < most; i++) bytes[end++] = source[i]!;
    bytes[end++] = SOH;
    this.inward.views.ints[at >> 2] = end - at - GROUPS_TEXT_AT;
    // Its mark, which is 0.
    do bytes[end++] = 0;
    while ((end & 3) !== 0);
    return end - at;
  }

  /** Publishes what was taken; the caller publishes its record afterwards. */
  publish(): void {
    this.inward.publish();
  }

  /** Where the fields beside the oldest record are. */
  oldest(): number {
    const at = this.outward.peek();
    return at === EMPTY ? broken("groups of a record", at) : at;
  }

  /**
   * Writes what stands at `at` beside a record for a message of this type to the session's peer; `add` appends it to the message.
   * Returns  the session's writer; null when it goes as it is, from `passed`, or the session carries nothing beside its records.
   */
  translate(link: GroupSession, msgType: number, at: number): GroupWriter | null {
    this.written = 0;
    this.passed = NONE;
    if (link.groups === null) return null;
    const writer = link.groups.writer;
    const fields = link.groups.fields.of(msgType);
    if (writer.passes(at, fields)) {
      this.passed = at;
      this.written = writer.passed;
      return null;
    }
    writer.write(this.outward.views, at, fields);
    if (!writer.tooLong) this.written = writer.written;
    return writer;
  }

  /** Appends what was last written for this session to a message; what is too long is left out completely. */
  add(link: GroupSession, writer: Writer): void {
    if (link.groups === null) return;
    const out = link.groups.writer;
    if (!out.tooLong) writer.fields(out.bytes, 0, out.length);
    if (out.tooLong) this.logLeftOut(link, 0);
    if (out.unknownTag !== 0) this.logLeftOut(link, out.unknownTag);
    if (out.uncarriedTag !== NONE) this.logLeftOut(link, out.uncarriedTag);
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

/** `58=`. */
const TEXT_TAG = ascii("58=");
const SOH = 1;
const UNREAD = ascii(
  "a repeating group of it can't be read: the report is passed on without that group; first faulty tag ",
);
const LEFT_OUT = ascii("fields are left out of messages to ");
const KNOWS_NO = ascii(", whose version or dialect does not know all of them, first of them ");
const TOO_LONG = ascii(", for which they are too long");
