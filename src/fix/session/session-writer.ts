import { ascii, put } from "../../base/ascii.ts";
import { putInt } from "../../base/decimal.ts";
import type { LaneTime } from "../../base/lane-time.ts";
import { NONE } from "../../base/units.ts";
import type { ProtocolWriter, SessionHost } from "../../session/protocol.ts";
import type { Codec } from "../wire/codec.ts";
import { MessageBuffer } from "../wire/message-buffer.ts";
import type { Scanner } from "../wire/scan.ts";
import * as tag from "../wire/tags.ts";
import { Writer } from "../wire/write.ts";
import { CancelTerms } from "./cancel-terms.ts";
import type { Identity } from "./identity.ts";
import { optionsOf } from "./options.ts";
import type { SessionProfile } from "./profile.ts";
import { maskMessage } from "./secrets.ts";
import type { SequenceNumbers } from "./sequence-numbers.ts";
import * as text from "./texts.ts";

const YES = 89;
const NO = 78;
const MASKED_BYTES = 4096;
/** `10=123|` */
const CHECKSUM_BYTES = 7;

/** Numbers our messages, writes the session-level ones, and hands each to the host once it is finished. */
export class SessionWriter implements ProtocolWriter {
  readonly writer: Writer;
  /** When the last message was sent. */
  lastSentNs = 0;
  /** While a Logon is written that answers the peer's: MsgSeqNum we expect after it; 0: `numbers.nextIn`. */
  private expected = 0;
  /** What the peer's last Logon said about open orders, which our answer repeats; null: a Logon of this session may not say it. */
  readonly cancelTerms: CancelTerms | null;
  /** Decimals of the seconds in the timestamps that we write. */
  readonly timeDecimals: number;
  private readonly hasProcessed: boolean;
  private readonly hasNextExpected: boolean;
  private readonly username: Uint8Array;
  private readonly password: Uint8Array;
  private readonly applVerId: Uint8Array;
  private readonly hasResetFlag: boolean;
  private readonly scratch = new Uint8Array(new ArrayBuffer(512));
  /** Logons as they are journalled; null without a password. */
  private readonly masked: MessageBuffer | null;

  constructor(
    profile: SessionProfile,
    private readonly identity: Identity,
    private readonly numbers: SequenceNumbers,
    private readonly host: SessionHost,
    private readonly time: LaneTime,
    private readonly scan: Scanner,
    buffer: MessageBuffer,
  ) {
    const options = optionsOf(profile.options);
    const { version, initiator } = profile;
    // The first versions know whole seconds only.
    const decimals = version.timeDecimals === 0 ? 0 : options.timestampDecimals;
    this.timeDecimals = decimals;
    this.writer = new Writer(buffer.bytes, decimals, buffer.address);
    this.cancelTerms = options.cancelTermsByLogon ? new CancelTerms() : null;
    this.hasProcessed = options.lastMsgSeqNumProcessed;
    this.hasNextExpected = options.nextExpectedMsgSeqNum;
    this.username = ascii(initiator ? options.username : "");
    this.password = ascii(initiator ? options.password : "");
    this.masked = this.password.length === 0 ? null : new MessageBuffer(MASKED_BYTES);
    this.applVerId = ascii(version.applVerId);
    this.hasResetFlag = version.hasResetFlag;
  }

  /** Begins a message; the caller writes its body and calls `end`. */
  begin(msgType: number): Writer {
    const writer = this.writer;
    writer.at = 0;
    writer.begin(this.identity.header, msgType, this.numbers.nextOut, this.time.wallUs);
    this.putProcessed();
    return writer;
  }

  /** Takes over a message that the codec has written with our next number; the caller adds its groups unless it is whole, and calls `end`. */
  take(codec: Codec, length: number, isWhole: boolean): Writer {
    const writer = this.writer;
    writer.at = 0;
    writer.take(codec.messageAddress, length, this.identity.header, isWhole);
    return writer;
  }

  /** Ends the message and hands it to the host; `index` counts what the core gave this session, 0 for session-level messages. */
  end(index: number): void {
    const writer = this.writer;
    writer.end();
    this.handOver(writer, writer.address, writer.length, index);
  }

  /** Counts messages with our next numbers that were written, journalled and given to the connection. */
  sent(count: number): void {
    this.lastSentNs = this.time.nowNs;
    this.numbers.nextOut += count;
  }

  private handOver(writer: Writer, journalAddress: number, journalBytes: number, index: number): void {
    this.lastSentNs = this.time.nowNs;
    this.host.message(writer.address, writer.length, journalAddress, journalBytes, this.numbers.nextOut++, index);
  }

  /** LastMsgSeqNumProcessed of the next message, -1 where the session has none. */
  get processed(): number {
    return this.hasProcessed ? this.numbers.nextIn - 1 : -1;
  }

  /** The last field of the header. */
  private putProcessed(): void {
    if (!this.hasProcessed) return;
    const next = this.expected === 0 ? this.numbers.nextIn : this.expected;
    this.writer.int(tag.LastMsgSeqNumProcessed, next - 1);
  }

  /** `expected`: MsgSeqNum that we expect after the Logon that this one answers; 0: `numbers.nextIn`. */
  logon(reset: boolean, heartBtIntS: number, expected: number, withCredentials: boolean): void {
    this.expected = expected;
    const writer = this.begin(tag.LOGON);
    writer.int(tag.EncryptMethod, 0);
    writer.int(tag.HeartBtInt, heartBtIntS);
    if (reset && this.hasResetFlag) writer.char(tag.ResetSeqNumFlag, YES);
    if (this.hasNextExpected) writer.int(tag.NextExpectedMsgSeqNum, expected === 0 ? this.numbers.nextIn : expected);
    if (withCredentials && this.username.length > 0) writer.text(tag.Username, this.username);
    if (withCredentials && this.password.length > 0) writer.text(tag.Password, this.password);
    if (this.applVerId.length > 0) writer.text(tag.DefaultApplVerID, this.applVerId);
    if (this.cancelTerms !== null) this.putCancelTerms(writer, this.cancelTerms);
    this.expected = 0;
    const masked = this.masked;
    if (!withCredentials || masked === null) {
      this.end(0);
      return;
    }
    writer.end();
    const bytes = writer.length;
    for (let i = 0; i < bytes; i++) masked.bytes[i] = writer.bytes[writer.from + i]!;
    maskMessage(masked.bytes, 0, bytes);
    this.handOver(writer, masked.address, bytes, 0);
  }

  /** Takes what an accepted Logon says about open orders, and journals it. `isAnswer` as in `CancelTerms.take`. */
  takeCancelTerms(scan: Scanner, isAnswer: boolean): void {
    const terms = this.cancelTerms;
    if (terms === null) return;
    terms.take(scan, isAnswer);
    this.host.cancelTerms(terms.type, terms.windowMs);
  }

  private putCancelTerms(writer: Writer, terms: CancelTerms): void {
    if (terms.type !== NONE) writer.int(tag.CancelOnDisconnectType, terms.type);
    if (terms.windowMs !== NONE) writer.int(tag.CODTimeoutWindow, terms.windowMs);
  }

  /** Sends a Heartbeat that answers no TestRequest. */
  heartbeat(): void {
    this.begin(tag.HEARTBEAT);
    this.end(0);
  }

  /** Answers a TestRequest, whose TestReqID is this field. */
  heartbeatFor(scan: Scanner, field: number): void {
    this.begin(tag.HEARTBEAT).value(tag.TestReqID, scan.bytes, scan.starts[field]!, scan.ends[field]!);
    this.end(0);
  }

  testRequest(): void {
    this.begin(tag.TEST_REQUEST).text(tag.TestReqID, text.TEST);
    this.end(0);
  }

  resendRequest(beginSeqNo: number, endSeqNo: number): void {
    const writer = this.begin(tag.RESEND_REQUEST);
    writer.int(tag.BeginSeqNo, beginSeqNo);
    writer.int(tag.EndSeqNo, endSeqNo);
    this.end(0);
  }

  logout(words: Uint8Array, length = words.length): void {
    const writer = this.begin(tag.LOGOUT);
    if (length > 0) writer.value(tag.Text, words, 0, length);
    this.end(0);
  }

  /** A SequenceReset-Reset under our number: the peer expects `next` after it. It uses up no number. */
  sequenceReset(number: number, next: number): void {
    const writer = this.writer;
    writer.at = 0;
    writer.begin(this.identity.header, tag.SEQUENCE_RESET, number, this.time.wallUs);
    this.putProcessed();
    writer.int(tag.NewSeqNo, next);
    writer.char(tag.GapFillFlag, NO);
    writer.end();
    this.lastSentNs = this.time.nowNs;
    this.host.aside(writer.address, writer.length, number);
  }

  /**
   * Logout that refuses a Logon; `value` ends the text unless it is below 0. Aside, it has number 1 and uses up none of ours.
   */
  logoutNaming(words: Uint8Array, value: number, isAside: boolean): void {
    let at = put(this.scratch, 0, words);
    if (value >= 0) at = putInt(this.scratch, at, value);
    if (!isAside) {
      this.begin(tag.LOGOUT).value(tag.Text, this.scratch, 0, at);
      this.end(0);
      return;
    }
    const writer = this.writer;
    writer.at = 0;
    writer.begin(this.identity.header, tag.LOGOUT, 1, this.time.wallUs);
    this.putProcessed();
    writer.value(tag.Text, this.scratch, 0, at);
    writer.end();
    this.host.aside(writer.address, writer.length, 1);
  }

  /** Logout with a text that names the number we expected and the one that came. */
  logoutExpecting(words: Uint8Array, expected: number, received: number): void {
    let at = put(this.scratch, 0, words);
    at = putInt(this.scratch, at, expected);
    at = put(this.scratch, at, text.BUT_RECEIVED);
    at = putInt(this.scratch, at, received);
    this.begin(tag.LOGOUT).value(tag.Text, this.scratch, 0, at);
    this.end(0);
  }

  get address(): number {
    return this.writer.address;
  }

  readBack(bytes: Uint8Array, from: number, to: number): boolean {
    // Ours may be longer than what peers may send.
    return this.scan.scan(bytes, from, to, to - from) > 0;
  }

  writeAgain(sequence: number): number {
    const writer = this.writer;
    const scan = this.scan;
    const sent = scan.find(tag.SendingTime);
    let header = scan.find(tag.TargetCompID);
    writer.at = 0;
    writer.beginAgain(
      this.identity.header,
      scan.msgType,
      sequence,
      this.time.wallUs,
      scan.bytes,
      scan.starts[sent]!,
      scan.ends[sent]!,
    );
    // LastMsgSeqNumProcessed is today's, not that of the first sending.
    this.putProcessed();
    if (scan.tags[header + 1] === tag.LastMsgSeqNumProcessed) header++;
    writer.fields(scan.bytes, scan.ends[header]! + 1, scan.to - CHECKSUM_BYTES);
    writer.end();
    return writer.length;
  }

  /** A SequenceReset-GapFill. */
  writeGapFill(begin: number, next: number): number {
    const writer = this.writer;
    writer.at = 0;
    writer.beginGapFill(this.identity.header, begin, this.time.wallUs);
    this.putProcessed();
    writer.int(tag.NewSeqNo, next);
    writer.char(tag.GapFillFlag, YES);
    writer.end();
    return writer.length;
  }
}
