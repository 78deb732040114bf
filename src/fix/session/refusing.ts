import { DisconnectReason } from "../../base/disconnect-reason.ts";
import { CONDITION_UNMET, VALID, type Validator } from "../dictionary/validator.ts";
import type { Scanner } from "../wire/scan.ts";
import * as tag from "../wire/tags.ts";
import { Addressed } from "./addressed.ts";
import { CLOSE, HANDLED, INVALID, STATE_ACTIVE, STATE_DOWN, STATE_LOGOUT_SENT } from "./states.ts";
import * as text from "./texts.ts";

/** What a session answers to messages that break its rules (FIX 4.4 Volume 2, cases 2c to 2o, 14b, 14d). */
export abstract class Refusing extends Addressed {
  state = STATE_DOWN;
  private readonly validator: Validator | null = this.profile.validator ?? null;
  /** MsgSeqNum we expect next. */
  nextIn = 1;
  closing: DisconnectReason = DisconnectReason.NONE;
  /** When the state began that runs out. */
  protected sinceNs = 0;

  /** Ends the connection once what is written has gone. */
  protected close(reason: DisconnectReason): number {
    this.closing = reason;
    return CLOSE;
  }

  protected logoutWith(reason: DisconnectReason): number {
    if (this.state >= STATE_ACTIVE) this.sendLogout(DisconnectReason.text(reason));
    return this.close(reason);
  }

  protected tooLow(sequence: number): number {
    this.sendLogoutExpecting(text.TOO_LOW_EXPECTING, this.nextIn, sequence);
    return this.close(DisconnectReason.TOO_LOW);
  }

  protected expectsTooMuch(peerExpects: number): number {
    this.sendLogoutExpecting(text.NEXT_EXPECTED_TOO_HIGH, this.nextOut, peerExpects);
    return this.close(DisconnectReason.NEXT_EXPECTED);
  }

  protected badCompIds(scan: Scanner, sequence: number): number {
    const faulty = isEmpty(scan, tag.SenderCompID) ? tag.SenderCompID : tag.TargetCompID;
    const field = scan.find(faulty);
    if (field < 0) return this.refuse(scan, sequence, tag.REQUIRED_TAG_MISSING, faulty, text.REQUIRED_TAG_MISSING);
    if (isEmpty(scan, faulty))
      return this.refuse(scan, sequence, tag.TAG_WITHOUT_VALUE, faulty, text.TAG_WITHOUT_VALUE);
    this.refuse(scan, sequence, tag.COMP_ID_PROBLEM, 0, text.COMP_ID_PROBLEM);
    return this.logoutAndWait(DisconnectReason.COMP_ID);
  }

  protected badTime(scan: Scanner, sequence: number): number {
    const field = scan.find(tag.SendingTime);
    if (field < 0)
      return this.refuse(scan, sequence, tag.REQUIRED_TAG_MISSING, tag.SendingTime, text.REQUIRED_TAG_MISSING);
    this.refuse(scan, sequence, tag.SENDING_TIME_PROBLEM, 0, text.SENDING_TIME_PROBLEM);
    return this.logoutAndWait(DisconnectReason.SENDING_TIME);
  }

  /** A possible duplicate without OrigSendingTime, or with one after its SendingTime (2g, 2f). */
  protected badOrigTime(scan: Scanner, sequence: number): number {
    if (scan.find(tag.OrigSendingTime) < 0)
      return this.refuse(scan, sequence, tag.REQUIRED_TAG_MISSING, tag.OrigSendingTime, text.REQUIRED_TAG_MISSING);
    this.refuse(scan, sequence, tag.SENDING_TIME_PROBLEM, 0, text.SENDING_TIME_PROBLEM);
    return this.logoutAndWait(DisconnectReason.SENDING_TIME);
  }

  /** Is a field of the message at fault, by the session's dictionary if it has one? */
  protected hasFault(scan: Scanner): boolean {
    if (this.validator !== null) return this.validator.check(scan) !== VALID;
    return scan.emptyField >= 0 || scan.badTagField >= 0;
  }

  protected badField(scan: Scanner, sequence: number): number {
    if (this.validator !== null) this.invalid(scan, sequence, this.validator);
    else this.badForm(scan, sequence);
    return INVALID;
  }

  /** A fault that shows without any dictionary. */
  private badForm(scan: Scanner, sequence: number): number {
    if (scan.strayField > 0) {
      const before = scan.tags[scan.strayField - 1]!;
      return this.refuse(scan, sequence, tag.VALUE_INCLUDES_DELIMITER, before, text.DELIMITER_IN_VALUE);
    }
    if (scan.badTagField >= 0)
      return this.refuse(scan, sequence, tag.INVALID_TAG_NUMBER, ~scan.badTagField, text.INVALID_TAG_NUMBER);
    return this.refuse(scan, sequence, tag.TAG_WITHOUT_VALUE, scan.tags[scan.emptyField]!, text.TAG_WITHOUT_VALUE);
  }

  /** A message that its dictionary does not take; its number is used up. */
  private invalid(scan: Scanner, sequence: number, fault: Validator): void {
    this.nextIn = sequence + 1;
    if (fault.verdict === CONDITION_UNMET)
      this.businessReject(scan, sequence, tag.CONDITIONALLY_REQUIRED_MISSING, fault.text);
    else this.reject(scan, sequence, fault.reason, fault.refTag, fault.text);
  }

  protected attemptToLower(scan: Scanner, sequence: number, newSeqNo: number): number {
    this.reject(scan, sequence, tag.VALUE_INCORRECT, tag.NewSeqNo, text.ATTEMPT_TO_LOWER, newSeqNo);
    if (sequence === this.nextIn) this.nextIn++;
    return HANDLED;
  }

  protected missing(scan: Scanner, sequence: number, refTag: number): number {
    this.reject(scan, sequence, tag.REQUIRED_TAG_MISSING, refTag, text.REQUIRED_TAG_MISSING);
    return HANDLED;
  }

  /** Rejects a message; its number is used up only when it was the next. */
  protected refuse(scan: Scanner, sequence: number, reason: number, refTag: number, words: Uint8Array): number {
    this.reject(scan, sequence, reason, refTag, words);
    if (sequence === this.nextIn) this.nextIn++;
    return HANDLED;
  }

  protected logoutAndWait(reason: DisconnectReason): number {
    if (this.state !== STATE_ACTIVE) return this.close(reason);
    this.sendLogout(null);
    this.closing = reason;
    this.state = STATE_LOGOUT_SENT;
    this.sinceNs = this.nowNs;
    return HANDLED;
  }
}

/** True when the field is not there, or has no value. */
function isEmpty(scan: Scanner, wanted: number): boolean {
  const field = scan.find(wanted);
  return field < 0 || scan.starts[field] === scan.ends[field];
}
