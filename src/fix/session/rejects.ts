import { HANDLED, INVALID } from "../../session/protocol.ts";
import { CONDITION_UNMET, VALID, type Validator } from "../dictionary/validator.ts";
import type { Scanner } from "../wire/scan.ts";
import * as tag from "../wire/tags.ts";
import type { FixVersion } from "../wire/version.ts";
import type { Writer } from "../wire/write.ts";
import { reverseRoute } from "./routing.ts";
import type { SequenceNumbers } from "./sequence-numbers.ts";
import type { SessionWriter } from "./session-writer.ts";
import { isOfOrders } from "./states.ts";
import * as text from "./texts.ts";
import { unsupportedText } from "./unserved.ts";

const SOH = 1;
const ZERO = 48;
const NINE = 57;
const MINUS = 45;
/** Most characters of an invalid tag that a Reject repeats: peers read RefTagID as a 32-bit number. */
const LONGEST_TAG = 9;

/** Finds faults in messages and answers them with Reject (3) or BusinessMessageReject (j). */
export class Rejects {
  /** Tag that the last reject names; not above 0 when it names none. */
  refTag = 0;
  /** Rejects of both kinds that were sent since the start. */
  sent = 0;

  constructor(
    private readonly out: SessionWriter,
    private readonly numbers: SequenceNumbers,
    private readonly version: FixVersion,
    /** Null: only empty values and invalid tags are faults. */
    private readonly validator: Validator | null,
  ) {}

  /** Rejects a message to its sender. `refTag` 0 is left out, and so is a `value` below 0; ~`refTag` is the field of an invalid tag. */
  reject(scan: Scanner, sequence: number, reason: number, refTag: number, words: Uint8Array, value = -1): void {
    const version = this.version;
    const writer = this.begin(tag.REJECT, scan, sequence, words);
    this.refTag = refTag;
    if (value >= 0) writer.addValue(value);
    if (version.rejectHasReason) {
      if (refTag > 0) writer.int(tag.RefTagID, refTag);
      else if (refTag < 0) putInvalidTag(writer, scan, ~refTag, false);
      writer.value(tag.RefMsgType, scan.bytes, scan.starts[2]!, scan.ends[2]!);
      if (reason <= version.maxRejectReason) writer.int(tag.SessionRejectReason, reason);
    } else if (refTag > 0) writer.addTag(refTag);
    else if (refTag < 0) putInvalidTag(writer, scan, ~refTag, true);
    this.out.end(0);
  }

  /** BusinessMessageReject; a Reject in versions without it. */
  business(scan: Scanner, sequence: number, reason: number, words: Uint8Array): void {
    if (!this.version.hasBusinessReject) {
      const isUnnamed = words === text.UNSUPPORTED_MESSAGE_TYPE;
      this.reject(scan, sequence, 0, 0, isUnnamed ? text.UNSUPPORTED_TYPE : words);
      return;
    }
    const writer = this.begin(tag.BUSINESS_MESSAGE_REJECT, scan, sequence, words);
    this.refTag = 0;
    writer.value(tag.RefMsgType, scan.bytes, scan.starts[2]!, scan.ends[2]!);
    writer.int(tag.BusinessRejectReason, reason);
    this.out.end(0);
  }

  /** An application message of a type that is not served. */
  unsupported(scan: Scanner, sequence: number): void {
    this.business(scan, sequence, tag.UNSUPPORTED_MESSAGE_TYPE, unsupportedText(scan.msgType));
  }

  /** An application message of which too many came; `words[0, length)` says which limit it passes. A Reject as in `business`. */
  throttled(scan: Scanner, sequence: number, words: Uint8Array, length: number): void {
    const hasReason = this.version.hasBusinessReject;
    const writer = this.begin(hasReason ? tag.BUSINESS_MESSAGE_REJECT : tag.REJECT, scan, sequence, words, length);
    this.refTag = 0;
    if (hasReason) {
      writer.value(tag.RefMsgType, scan.bytes, scan.starts[2]!, scan.ends[2]!);
      const id = scan.find(tag.ClOrdID);
      if (id >= 0) writer.value(tag.BusinessRejectRefID, scan.bytes, scan.starts[id]!, scan.ends[id]!);
      writer.int(tag.BusinessRejectReason, this.version.throttleReason);
    }
    this.out.end(0);
  }

  private begin(msgType: number, scan: Scanner, sequence: number, words: Uint8Array, length = words.length): Writer {
    this.sent++;
    const writer = this.out.begin(msgType);
    reverseRoute(writer, scan, this.version.hasLocations);
    writer.int(tag.RefSeqNum, sequence);
    writer.value(tag.Text, words, 0, length);
    return writer;
  }

  /** The session's own reject: the number of the message is used up if it was the next. */
  private refuse(
    scan: Scanner,
    sequence: number,
    reason: number,
    refTag: number,
    words: Uint8Array,
    value = -1,
  ): number {
    this.reject(scan, sequence, reason, refTag, words, value);
    this.numbers.useUp(sequence);
    return HANDLED;
  }

  missing(scan: Scanner, sequence: number, refTag: number): number {
    return this.refuse(scan, sequence, tag.REQUIRED_TAG_MISSING, refTag, text.REQUIRED_TAG_MISSING);
  }

  /** A gap fill to a number that is not above its own. */
  attemptToLower(scan: Scanner, sequence: number, newSeqNo: number): number {
    return this.refuse(scan, sequence, tag.VALUE_INCORRECT, tag.NewSeqNo, text.ATTEMPT_TO_LOWER, newSeqNo);
  }

  /**
   * SendingTime, or the OrigSendingTime of a possible duplicate, is absent or wrong (2o; 2g, 2f). Returns  true when it is wrong.
   * A Reject uses the message's number up, and a venue's report would be a fill that nobody knows of: it gets none, so the
   * venue sends it again after its next Logon.
   */
  badTime(scan: Scanner, sequence: number, timeTag: number, isVenue: boolean): boolean {
    if (scan.find(timeTag) < 0) this.missing(scan, sequence, timeTag);
    else {
      const isNeeded = isVenue && timeTag === tag.SendingTime && isOfOrders(scan.msgType);
      if (!isNeeded) this.refuse(scan, sequence, tag.SENDING_TIME_PROBLEM, 0, text.SENDING_TIME_PROBLEM);
      return true;
    }
    return false;
  }

  /** A CompID is absent, empty or wrong. Returns  true when it is wrong. */
  badCompId(scan: Scanner, sequence: number): boolean {
    const faulty = isEmpty(scan, tag.SenderCompID) ? tag.SenderCompID : tag.TargetCompID;
    if (scan.find(faulty) < 0) this.missing(scan, sequence, faulty);
    else if (isEmpty(scan, faulty)) this.refuse(scan, sequence, tag.TAG_WITHOUT_VALUE, faulty, text.TAG_WITHOUT_VALUE);
    else {
      this.refuse(scan, sequence, tag.COMP_ID_PROBLEM, 0, text.COMP_ID_PROBLEM);
      return true;
    }
    return false;
  }

  /** True when a field of the message is at fault, by the session's dictionary if it has one. */
  hasFault(scan: Scanner): boolean {
    if (this.validator !== null) return this.validator.check(scan) !== VALID;
    return scan.emptyField >= 0 || scan.badTagField >= 0 || scan.dataFault >= 0;
  }

  /** Answers the fault that `hasFault` found in the next message. Returns  INVALID; `refTag` is the field at fault. */
  fault(scan: Scanner, sequence: number): number {
    if (this.validator === null) this.plainFault(scan, sequence);
    else this.invalid(scan, sequence, this.validator);
    return INVALID;
  }

  private invalid(scan: Scanner, sequence: number, fault: Validator): void {
    // Before the answer: its LastMsgSeqNumProcessed counts the message.
    this.numbers.useUp(sequence);
    if (fault.verdict === CONDITION_UNMET)
      this.business(scan, sequence, tag.CONDITIONALLY_REQUIRED_MISSING, fault.text);
    else this.reject(scan, sequence, fault.reason, fault.refTag, fault.text);
  }

  /** A fault that shows without a dictionary. */
  private plainFault(scan: Scanner, sequence: number): number {
    if (scan.strayField > 0) {
      const before = scan.tags[scan.strayField - 1]!;
      return this.refuse(scan, sequence, tag.VALUE_INCLUDES_DELIMITER, before, text.DELIMITER_IN_VALUE);
    }
    if (scan.missingLength > 0) return this.missing(scan, sequence, scan.missingLength);
    if (scan.dataFault >= 0) {
      const lengthTag = scan.tags[scan.dataFault]!;
      return this.refuse(scan, sequence, tag.VALUE_INCORRECT, lengthTag, text.VALUE_OUT_OF_RANGE);
    }
    if (scan.badTagField >= 0)
      return this.refuse(scan, sequence, tag.INVALID_TAG_NUMBER, ~scan.badTagField, text.INVALID_TAG_NUMBER);
    return this.refuse(scan, sequence, tag.TAG_WITHOUT_VALUE, scan.tags[scan.emptyField]!, text.TAG_WITHOUT_VALUE);
  }
}

/** True when the field is absent, or has no value. */
function isEmpty(scan: Scanner, wanted: number): boolean {
  const field = scan.find(wanted);
  return field < 0 || scan.starts[field] === scan.ends[field];
}

/** Writes a tag that no message can have, such as 0 or −1, as the peer wrote it. */
function putInvalidTag(writer: Writer, scan: Scanner, field: number, inText: boolean): void {
  const from = tagStart(scan, field);
  const to = scan.starts[field]! - 1;
  if (from < 0) return;
  if (inText) writer.addText(scan.bytes, from, to);
  else writer.value(tag.RefTagID, scan.bytes, from, to);
}

/** Offset of a field's tag; −1 when RefTagID can't hold it: it is empty, no number, or too large. */
function tagStart(scan: Scanner, field: number): number {
  const end = scan.starts[field]! - 1;
  let at = end;
  while (scan.bytes[at - 1]! >= ZERO && scan.bytes[at - 1]! <= NINE) at--;
  if (at === end) return -1;
  if (scan.bytes[at - 1] === MINUS) at--;
  return scan.bytes[at - 1] === SOH && end - at <= LONGEST_TAG ? at : -1;
}
