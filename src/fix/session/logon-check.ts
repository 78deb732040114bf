import { DisconnectReason } from "../../base/disconnect-reason.ts";
import type { LaneTime } from "../../base/lane-time.ts";
import { NONE } from "../../base/units.ts";
import type { Scanner } from "../wire/scan.ts";
import * as tag from "../wire/tags.ts";
import { isRightCancelType, isRightCancelWindow } from "./cancel-terms.ts";
import type { Identity } from "./identity.ts";
import type { SessionOptions } from "./options.ts";
import type { SessionProfile } from "./profile.ts";
import type { SessionWriter } from "./session-writer.ts";

/** A Logon that is further off than any time zone is from UTC is an old one: it gets no answer. */
const MOST_OFF_US = 15 * 3_600e6;
/** Fields that a Logon has only once: no reader could tell which of two is meant. */
const ONCE = new Int32Array([
  ...[tag.BeginString, tag.BodyLength, tag.MsgType, tag.MsgSeqNum, tag.SenderCompID, tag.TargetCompID, tag.SendingTime],
  ...[tag.EncryptMethod, tag.HeartBtInt, tag.ResetSeqNumFlag, tag.NextExpectedMsgSeqNum, tag.Username, tag.Password],
  ...[tag.DefaultApplVerID, tag.CancelOnDisconnectType, tag.CODTimeoutWindow],
]);
const YES = 89;
const NO = 78;
const ZERO = 48;

/** Checks the peer's Logon, and refuses it with a Logout that says why. */
export class LogonCheck {
  /** How long the Logon has waited here: its SendingTime is compared with the time at which it came. */
  waitedUs = 0;

  constructor(
    private readonly profile: SessionProfile,
    private readonly options: SessionOptions,
    private readonly identity: Identity,
    private readonly out: SessionWriter,
    private readonly time: LaneTime,
  ) {}

  /**
   * Returns  the reason to refuse a Logon, or NONE; `declines` is a reason of the session's owner. A venue's answer to `ours`
   * is read leniently: EncryptMethod and HeartBtInt may be absent.
   */
  fault(scan: Scanner, sequence: number, ours: boolean, declines: DisconnectReason): DisconnectReason {
    const identity = this.identity;
    if (!identity.rightCompIds(scan)) return DisconnectReason.COMP_ID;
    if (declines !== DisconnectReason.NONE) return declines;
    if (sequence < 0) return DisconnectReason.NO_SEQUENCE;
    const wallUs = this.time.wallUs - this.waitedUs;
    if (!identity.rightTime(scan, wallUs)) {
      if (identity.sendingTime(scan) < 0) return DisconnectReason.NO_SENDING_TIME;
      return identity.isWithin(scan, wallUs, MOST_OFF_US) ? DisconnectReason.SENDING_TIME : DisconnectReason.OLD_LOGON;
    }
    if (scan.dataFault >= 0 || scan.strayField >= 0 || (!ours && doubledTag(scan) !== NONE))
      return DisconnectReason.LOGON_FIELD;
    if (scan.badTagField >= 0) return DisconnectReason.LOGON_TAG;
    if (scan.char(tag.EncryptMethod) !== ZERO && (!ours || scan.find(tag.EncryptMethod) >= 0))
      return DisconnectReason.ENCRYPT_METHOD;
    const heartBtInt = scan.int(tag.HeartBtInt);
    if (!ours && (heartBtInt < 0 || heartBtInt > this.profile.heartBtIntS)) return DisconnectReason.HEARTBEAT;
    const flag = scan.char(tag.ResetSeqNumFlag);
    if (flag !== YES && flag !== NO && scan.find(tag.ResetSeqNumFlag) >= 0) return DisconnectReason.RESET_FLAG;
    if (flag === YES && sequence !== 1) return DisconnectReason.RESET_NUMBER;
    if (!identity.rightApplVerId(scan)) {
      const isMissing = scan.find(tag.DefaultApplVerID) < 0;
      return isMissing ? DisconnectReason.NO_APPL_VERSION : DisconnectReason.APPL_VERSION;
    }
    const hasNextExpected = this.options.nextExpectedMsgSeqNum && scan.find(tag.NextExpectedMsgSeqNum) >= 0;
    if (hasNextExpected && scan.int(tag.NextExpectedMsgSeqNum) < 0) return DisconnectReason.NEXT_EXPECTED_FORM;
    return this.cancelTermsFault(scan);
  }

  /** The reason to refuse a Logon that resets the numbers within a connection, or NONE. */
  resetFault(scan: Scanner, sequence: number): DisconnectReason {
    return sequence === 1 ? this.cancelTermsFault(scan) : DisconnectReason.RESET_NUMBER;
  }

  private cancelTermsFault(scan: Scanner): DisconnectReason {
    if (!this.options.cancelTermsByLogon) return DisconnectReason.NONE;
    if (!isRightCancelType(scan)) return DisconnectReason.CANCEL_TYPE;
    return isRightCancelWindow(scan) ? DisconnectReason.NONE : DisconnectReason.CANCEL_WINDOW;
  }

  /** The same of a Logon that comes while its sender is connected, as it would be on a new connection. */
  refusal(scan: Scanner, nextIn: number): DisconnectReason {
    const sequence = scan.msgSeqNum;
    const fault = this.fault(scan, sequence, false, DisconnectReason.NONE);
    if (fault !== DisconnectReason.NONE) return fault;
    const resets = this.profile.resetOnLogon || this.options.resetOnDisconnect;
    const begins = sequence > 0 && (resets || scan.char(tag.ResetSeqNumFlag) === YES);
    return begins || sequence >= nextIn ? DisconnectReason.NONE : DisconnectReason.TOO_LOW;
  }

  /**
   * Sends the Logout; a reason without a text is for those who get no answer (cases 1c, 1S b, c). A peer that began new numbers
   * gets it with number 1, which counts in neither its old numbers nor ours.
   */
  refuse(scan: Scanner, reason: DisconnectReason, ours: boolean): void {
    const words = DisconnectReason.text(reason);
    if (words.length === 0) return;
    const isAside = !ours && scan.char(tag.ResetSeqNumFlag) === YES;
    if (reason === DisconnectReason.HEARTBEAT) this.out.logoutNaming(words, this.profile.heartBtIntS, isAside);
    else if (reason === DisconnectReason.LOGON_FIELD) this.out.logoutNaming(words, faultyTag(scan), isAside);
    else this.out.logoutNaming(words, -1, isAside);
  }
}

/** Tag of a field that can't be read. */
function faultyTag(scan: Scanner): number {
  if (scan.missingLength > 0) return scan.missingLength;
  if (scan.dataFault >= 0) return scan.tags[scan.dataFault]!;
  return scan.strayField >= 0 ? scan.tags[scan.strayField - 1]! : doubledTag(scan);
}

/** The first of the fields that a Logon has only once and this one has twice, or NONE. */
function doubledTag(scan: Scanner): number {
  for (let i = 0; i < ONCE.length; i++) {
    let count = 0;
    for (let field = 0; field < scan.count; field++) if (scan.tags[field] === ONCE[i]) count++;
    if (count > 1) return ONCE[i]!;
  }
  return NONE;
}
