import { ascii, put } from "../../base/ascii.ts";
import { putInt } from "../../base/decimal.ts";
import { NS_PER_S } from "../../base/units.ts";
import type { Validator } from "../dictionary/validator.ts";
import type { Scanner } from "../wire/scan.ts";
import * as tag from "../wire/tags.ts";
import { type FixVersion, headerText } from "../wire/version.ts";
import type { HeaderText, Writer } from "../wire/write.ts";
import { optionsOf, type SessionOptions } from "./options.ts";
import { reverseRoute } from "./routing.ts";
import type { Session } from "./session.ts";
import * as text from "./texts.ts";

/** Who talks to whom, and by which rules. Cold data. */
export interface SessionProfile {
  readonly version: FixVersion;
  /** Our CompID: SenderCompID of what we send. */
  readonly compId: string;
  /** The counterparty's CompID. */
  readonly peerCompId: string;
  /** We connect and log on first. */
  readonly initiator: boolean;
  /** An initiator proposes it; an acceptor takes the peer's, up to this. Seconds. */
  readonly heartBtIntS: number;
  /** Both numbers go back to 1 at each Logon. */
  readonly resetOnLogon: boolean;
  readonly logonTimeoutMs: number;
  /** What is left out is as usual. */
  readonly options?: Partial<SessionOptions>;
  /** Room for messages that wait behind a gap; what does not fit is asked for again. */
  readonly heldBytes?: number;
  /** Checks what comes in against a dictionary; left out: only what the session itself needs is checked. */
  readonly validator?: Validator | null;
}

/** What a session needs from whoever keeps its wire and its journal. */
export interface SessionHost {
  /** Points `session.writer` at the place where the next message goes. */
  aim(session: Session): void;
  /** A complete message stands in `session.writer`, from `writer.from` to `writer.at`: journal it, then send it. */
  message(session: Session, sequence: number, index: number): void;
  /** Both numbers are 1 again and `session.epoch` is new. */
  reset(session: Session): void;
  /** Answer a ResendRequest: our messages `begin` to `end`, both included. */
  resend(session: Session, begin: number, end: number): void;
  loggedOn(session: Session): void;
}

const YES = 89;
const SOH = 1;
const ZERO = 48;
const NINE = 57;
const MINUS = 45;
/** Characters of a tag that is told back although it is none. */
const LONGEST_TAG = 12;

/** The sending half of a session: numbers what goes out and writes the session-level messages. */
export abstract class Outgoing {
  /** MsgSeqNum we send next. */
  nextOut = 1;
  header: HeaderText;
  readonly options: SessionOptions;
  /** The message that is handed to the host carries a password: it is masked wherever it is kept. */
  secret = false;
  /** What 789 and 369 go by while a Logon is written: MsgSeqNum we expect once the peer's is taken; 0: nextIn. */
  protected expected = 0;
  private readonly tellsProcessed: boolean;
  private readonly username: Uint8Array;
  private readonly password: Uint8Array;
  private readonly scratch = new Uint8Array(new ArrayBuffer(512));
  private readonly applVerId: Uint8Array;
  /** Of the last Reject: RefTagID (371), not above 0 when it names no tag. */
  rejectedTag = 0;
  protected nowNs = 0;
  protected wallUs = 0;
  protected lastSentNs = 0;
  protected heartBtNs: number;
  /** A TestRequest of ours is not answered yet. */
  protected testSent = false;

  constructor(
    readonly profile: SessionProfile,
    readonly host: SessionHost,
    public writer: Writer,
  ) {
    this.applVerId = ascii(profile.version.applVerId);
    this.header = headerText(profile.version, profile.compId, profile.peerCompId);
    this.heartBtNs = profile.heartBtIntS * NS_PER_S;
    this.options = optionsOf(profile.options);
    this.tellsProcessed = this.options.lastMsgSeqNumProcessed;
    this.username = ascii(this.options.username);
    this.password = ascii(this.options.password);
  }

  protected abstract self(): Session;

  /** Points the writer at where a message goes that the codec has written; the caller takes it over and calls `endMessage`. */
  aim(): Writer {
    this.host.aim(this.self());
    return this.writer;
  }

  /** LastMsgSeqNumProcessed of what is written next, -1 where the session does without. */
  get processed(): number {
    return this.tellsProcessed ? this.self().nextIn - 1 : -1;
  }

  /** Begins an application message; the caller writes its body into `writer` and calls `end`. */
  startMessage(msgType: number): Writer {
    this.host.aim(this.self());
    this.writer.begin(this.header, msgType, this.nextOut, this.wallUs);
    if (this.tellsProcessed) this.putProcessed(this.writer);
    return this.writer;
  }

  /** LastMsgSeqNumProcessed, where the session has it: the last field of the header. */
  putProcessed(writer: Writer): void {
    if (!this.tellsProcessed) return;
    writer.int(tag.LastMsgSeqNumProcessed, (this.expected === 0 ? this.self().nextIn : this.expected) - 1);
  }

  /** Ends it; `index` counts what the core gave this session, 0 for session-level messages. */
  endMessage(index: number): void {
    this.writer.end();
    const sequence = this.nextOut++;
    this.lastSentNs = this.nowNs;
    this.host.message(this.self(), sequence, index);
  }

  /** Session-level Reject (3), by the way the message came; `rejectedTag` keeps `refTag`. `refTag` 0 is left out, and so is a `value` below 0. */
  reject(scan: Scanner, sequence: number, reason: number, refTag: number, text: Uint8Array, value = -1): void {
    const version = this.profile.version;
    const writer = this.startMessage(tag.REJECT);
    this.rejectedTag = refTag;
    reverseRoute(writer, scan, version.hasLocations);
    writer.int(tag.RefSeqNum, sequence);
    writer.text(tag.Text, text);
    if (value >= 0) writer.addValue(value);
    if (version.rejectHasReason) {
      if (refTag > 0) writer.int(tag.RefTagID, refTag);
      else if (refTag < 0) this.oddTag(scan, ~refTag, false);
      writer.value(tag.RefMsgType, scan.bytes, scan.starts[2]!, scan.ends[2]!);
      if (reason <= version.maxRejectReason) writer.int(tag.SessionRejectReason, reason);
    } else if (refTag > 0) writer.addTag(refTag);
    else if (refTag < 0) this.oddTag(scan, ~refTag, true);
    this.endMessage(0);
  }

  /** Names a tag that no message can have, such as 0 or −1, as it was written. */
  private oddTag(scan: Scanner, field: number, inText: boolean): void {
    const from = tagStart(scan, field);
    const to = scan.starts[field]! - 1;
    if (from < 0) return;
    if (inText) this.writer.addText(scan.bytes, from, to);
    else this.writer.value(tag.RefTagID, scan.bytes, from, to);
  }

  /** BusinessMessageReject (j), or a Reject where that does not exist. */
  businessReject(scan: Scanner, sequence: number, reason: number, words: Uint8Array): void {
    const version = this.profile.version;
    this.rejectedTag = 0;
    if (!version.hasBusinessReject) {
      this.reject(scan, sequence, 0, 0, reason === tag.UNSUPPORTED_MESSAGE_TYPE ? text.UNSUPPORTED_TYPE : words);
      return;
    }
    const writer = this.startMessage(tag.BUSINESS_MESSAGE_REJECT);
    reverseRoute(writer, scan, version.hasLocations);
    writer.int(tag.RefSeqNum, sequence);
    writer.text(tag.Text, words);
    writer.value(tag.RefMsgType, scan.bytes, scan.starts[2]!, scan.ends[2]!);
    writer.int(tag.BusinessRejectReason, reason);
    this.endMessage(0);
  }

  protected sendLogon(reset: boolean): void {
    const writer = this.startMessage(tag.LOGON);
    writer.int(tag.EncryptMethod, 0);
    writer.int(tag.HeartBtInt, this.heartBtNs / NS_PER_S);
    if (reset && this.profile.version.hasResetFlag) writer.char(tag.ResetSeqNumFlag, YES);
    this.logonOptions(writer);
    if (this.applVerId.length > 0) writer.text(tag.DefaultApplVerID, this.applVerId);
    this.endMessage(0);
    this.secret = false;
  }

  private logonOptions(writer: Writer): void {
    const self = this.self();
    if (this.options.nextExpectedMsgSeqNum)
      writer.int(tag.NextExpectedMsgSeqNum, this.expected === 0 ? self.nextIn : this.expected);
    // A Logon within a session resets the numbers; who we are is known by then.
    if (!this.profile.initiator || self.active) return;
    if (this.username.length > 0) writer.text(tag.Username, this.username);
    if (this.password.length === 0) return;
    writer.text(tag.Password, this.password);
    this.secret = true;
  }

  protected sendHeartbeat(): void {
    this.startMessage(tag.HEARTBEAT);
    this.endMessage(0);
  }

  protected sendTestRequest(): void {
    this.testSent = true;
    this.startMessage(tag.TEST_REQUEST).text(tag.TestReqID, text.TEST);
    this.endMessage(0);
  }

  /** Logout with a text that says which number was expected and which came. */
  protected sendLogoutExpecting(what: Uint8Array, expected: number, received: number): void {
    let at = put(this.scratch, 0, what);
    at = putInt(this.scratch, at, expected);
    at = put(this.scratch, at, text.TOO_LOW_RECEIVED);
    at = putInt(this.scratch, at, received);
    this.startMessage(tag.LOGOUT).value(tag.Text, this.scratch, 0, at);
    this.endMessage(0);
  }

  protected sendLogout(text: Uint8Array | null): void {
    const writer = this.startMessage(tag.LOGOUT);
    if (text !== null && text.length > 0) writer.text(tag.Text, text);
    this.endMessage(0);
  }
}

/** Where the tag of a field begins, −1 when it is no number at all, which RefTagID could not tell. */
function tagStart(scan: Scanner, field: number): number {
  const end = scan.starts[field]! - 1;
  let at = end;
  while (scan.bytes[at - 1]! >= ZERO && scan.bytes[at - 1]! <= NINE) at--;
  if (scan.bytes[at - 1] === MINUS) at--;
  return scan.bytes[at - 1] === SOH && end - at <= LONGEST_TAG ? at : -1;
}
