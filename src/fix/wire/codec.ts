import { addressOf, copyMemory } from "../../../ffi/memory.ts";
import { codeOver } from "../../assembly/module.ts";
import { NONE } from "../../base/units.ts";
import {
  APPL_VER,
  BEGIN_WORD,
  BESIDE_WORD,
  BEYOND,
  COMP_IDS_WORD,
  COUNT_WORD,
  HAS_CXL_TYPE,
  HAS_EXEC_TYPE,
  HAS_TRANS_TYPE,
  HIGH_WORD,
  INPUT_AT,
  MESSAGE_AT,
  MSG_SEQ_NUM_WORD,
  MSG_TYPE_WORD,
  NOT_WALKED,
  NOW_DIGITS_WORD,
  NOW_DOUBLE,
  OWN_AT,
  PASSED_WORD,
  PEER_AT,
  PREFIX_AT,
  PREFIX_LENGTH_AT,
  REPEATED_WORD,
  SENDING_TIME_DOUBLE,
  SPECIALS_WORD,
  STAMP_AT,
  STAMP_LENGTH_AT,
  TEXTS_BYTES,
  WALK_WORD,
  WALKED,
  WRITTEN_WORD,
} from "./codec/layout.ts";
import { ACCEPT_UNKNOWN, ACCEPT_USER } from "./codec/rules.ts";
import { FieldTables } from "./field-tables.ts";
import { RulesMemory } from "./rules-memory.ts";
import type { SessionTexts } from "./session-texts.ts";
import type { FixVersion } from "./version.ts";
import type { Writer } from "./write.ts";

/** Exports of the code; every address is a byte offset in the memory. */
interface Code {
  open(area: number): void;
  scan(area: number, from: number, to: number, start: number, base: number, longest: number): number;
  check(area: number, rules: number, checks: number): number;
  receive(receiver: number, from: number, to: number, start: number, most: number): number;
  takeBeside(area: number, to: number): number;
  passBeside(area: number, beside: number, rules: number, checks: number, base: number): number;
  readOrder(area: number, order: number, kind: number, version: number): number;
  readExecution(area: number, report: number, version: number): number;
  writeExecution(
    area: number,
    report: number,
    table: number,
    sequence: number,
    processed: number,
    without: number,
    isWhole: number,
    beside: number,
  ): number;
  writeOrder(
    area: number,
    order: number,
    table: number,
    sequence: number,
    processed: number,
    without: number,
    isWhole: number,
    beside: number,
  ): number;
  tagWithoutPlace(order: number, table: number, beside: number): number;
  send(sender: number, most: number): number;
}

/** Room for the rules of a usual dictionary. */
const DICTIONARY_BYTES = 131_072;

/** Room for the tables of peers with one dictionary, whatever else distinguishes them, and for those of batches. */
const PEERS_BYTES = 65_536;
/** Usual room for messages that are written in a batch. */
const STAGED_BYTES = 65_536;

/** Room for messages that are written in a batch, where the longest one has so many bytes: no batch is begun without room for it. */
export function stagedBytesFor(messageBytes: number): number {
  return Math.max(STAGED_BYTES, 2 * messageBytes);
}

/** Bytes of shared memory for a lane's codec, its input buffer, the rules and peers of some dictionaries, and batches. */
export function codecBytes(inputBytes: number, dictionaries = 1, stagedBytes = STAGED_BYTES): number {
  const tables = dictionaries * (DICTIONARY_BYTES + PEERS_BYTES);
  return INPUT_AT + inputBytes + BEYOND + tables + stagedBytes + BEYOND;
}

/** What the codec must know of a version, as a word. */
export function wordOfVersion(version: FixVersion): number {
  const bits = (version.hasCxlType ? HAS_CXL_TYPE : 0) | (version.hasExecTransType ? HAS_TRANS_TYPE : 0);
  const own = version.applVerId.length === 0 ? 0 : version.applVerId.charCodeAt(0) << APPL_VER;
  return bits | (version.hasExecType ? HAS_EXEC_TYPE : 0) | own;
}

/**
 * Translates plain FIX messages to records and back, directly in shared memory; nearly every order and report is plain. Other
 * messages are read by scan.ts, request-in.ts and report-in.ts. The code is WebAssembly, compiled from the folder codec: with
 * vectors and 64-bit words it takes a third of the time. A scan and the reads of its message are always in the same turn.
 */
export class Codec extends FieldTables {
  /** Input buffer of the connections. */
  readonly input: Uint8Array;
  readonly inputAddress: number;
  /** Room for the rules of dictionaries. */
  readonly rules: RulesMemory;
  /** Room for what is written to whom (fix/orders/peer-table.ts), and for batches. */
  readonly peers: RulesMemory;
  /** Where the messages of a batch are written. */
  readonly stagedAt: number;
  /** Texts of the peer whose messages are scanned. */
  peer: SessionTexts | null = null;
  private own: SessionTexts | null = null;
  private stampedBy: Writer | null = null;
  private stampedUs = -1;
  private version: FixVersion | null = null;
  private versionWord = 0;
  private readonly code: Code;
  private readonly bytes: Uint8Array;
  private readonly words: Int32Array;
  private readonly doubles: Float64Array;
  private readonly address: number;
  /** Where the area is, and the input in it: byte offsets in the memory. */
  readonly areaAt: number;
  readonly inputAt: number;

  /** Uses the area at byte `at` of `memory`, and records from byte `recordsAt`. */
  constructor(
    memory: WebAssembly.Memory,
    at: number,
    inputBytes: number,
    private readonly recordsAt = 0,
    dictionaries = 1,
    readonly stagedBytes = STAGED_BYTES,
  ) {
    const { buffer } = memory;
    super(buffer, at);
    this.areaAt = at;
    this.address = addressOf(buffer) + at;
    this.code = codeOver(memory) as unknown as Code;
    this.bytes = new Uint8Array(buffer, at, INPUT_AT);
    this.words = new Int32Array(buffer, at, 32);
    this.doubles = new Float64Array(buffer, at, 16);
    this.inputAt = at + INPUT_AT;
    this.input = new Uint8Array(buffer, this.inputAt, inputBytes);
    this.inputAddress = this.address + INPUT_AT;
    const rulesAt = this.inputAt + inputBytes + BEYOND;
    const peersAt = rulesAt + dictionaries * DICTIONARY_BYTES;
    this.stagedAt = peersAt + dictionaries * PEERS_BYTES;
    this.rules = new RulesMemory(buffer, rulesAt, peersAt);
    this.peers = new RulesMemory(buffer, peersAt, this.stagedAt);
    // The area may hold the tables of an earlier codec.
    this.bytes.fill(0);
    this.code.open(at);
  }

  /** Sets the prefix of ClOrdIDs to venues. */
  prefix(text: Uint8Array): void {
    this.bytes.set(text, PREFIX_AT);
    this.bytes[PREFIX_LENGTH_AT] = text.length;
  }

  /** Sets the peer whose messages are scanned next. */
  expect(peer: SessionTexts): void {
    if (this.peer === peer) return;
    this.peer = peer;
    copyMemory(this.address + PEER_AT, peer.address, TEXTS_BYTES);
  }

  /** Scans `input[from, to)`. Returns  the length of a plain message that begins there, or NOT_PLAIN. */
  scan(from: number, to: number, base: number, longest: number): number {
    return this.code.scan(this.areaAt, this.inputAt + from, this.inputAt + to, this.inputAt, base, longest);
  }

  /** Receives up to `most` messages of `input[from, to)` as `receiver` says (fix/batch/receive.ts). Returns  how many. */
  receive(receiver: number, from: number, to: number, most: number): number {
    return this.code.receive(receiver, this.inputAt + from, this.inputAt + to, this.inputAt, most);
  }

  /** Fields of the last good scan. */
  get count(): number {
    return this.words[COUNT_WORD]!;
  }

  /** First tag that occurred twice, 0 for none. */
  get repeatedTag(): number {
    return this.words[REPEATED_WORD]!;
  }

  get msgType(): number {
    return this.words[MSG_TYPE_WORD]!;
  }

  /** -1 when it is not a number. */
  get msgSeqNum(): number {
    return this.words[MSG_SEQ_NUM_WORD]!;
  }

  /** Microseconds since 1970, -1 when it is not a timestamp. */
  get sendingTimeUs(): number {
    return this.doubles[SENDING_TIME_DOUBLE]!;
  }

  get isRightBegin(): boolean {
    return this.words[BEGIN_WORD] !== 0;
  }

  get areRightCompIds(): boolean {
    return this.words[COMP_IDS_WORD] !== 0;
  }

  /**
   * Compares the scanned message with rules (codec/check.ts) and finds its groups. Returns true when it is valid and plain; false:
   * the caller finds out what it is.
   */
  check(rules: number, checks: number): boolean {
    return this.code.check(this.areaAt, rules, checks) !== 0;
  }

  /**
   * True when what stands beside the record is found, by the rules or because there is nothing: no tag has this bit (held.ts), none is
   * high or repeated.
   */
  isWalked(rules: number, heldBit: number): boolean {
    const words = this.words;
    if (words[WALK_WORD] === NOT_WALKED) {
      if (((words[SPECIALS_WORD]! & heldBit) | words[HIGH_WORD]! | words[REPEATED_WORD]!) === 0) return true;
      this.check(rules, ACCEPT_USER | ACCEPT_UNKNOWN);
    }
    return words[WALK_WORD] === WALKED;
  }

  /** True when fields of the message that was read go beside its record. */
  get hasBeside(): boolean {
    return this.words[BESIDE_WORD] !== 0;
  }

  /** Copies them to `at` (record/groups.ts). Returns  bytes, 0 for none, or less when there is no room. */
  takeBeside(at: number): number {
    return this.code.takeBeside(this.areaAt, this.recordsAt + at);
  }

  /** True when the fields at `at` go as they are to a peer with these rules; then `passed` has the record's bits of them. */
  passesBeside(at: number, rules: number, checks: number, base: number): boolean {
    return this.code.passBeside(this.areaAt, this.recordsAt + at, rules, checks, base) !== 0;
  }

  get passed(): number {
    return this.words[PASSED_WORD]!;
  }

  /** Reads the scanned message into the OrderRequest at `at`, with this kind. Returns false when it is not plain. */
  readOrder(at: number, kind: number, version: FixVersion): boolean {
    if (version !== this.version) this.use(version);
    return this.code.readOrder(this.areaAt, this.recordsAt + at, kind, this.versionWord) === 0;
  }

  /** Reads the scanned message into the ExecutionReport at `at`. Returns false when it is not plain. */
  readExecution(at: number, version: FixVersion): boolean {
    if (version !== this.version) this.use(version);
    return this.code.readExecution(this.areaAt, this.recordsAt + at, this.versionWord) === 0;
  }

  private use(version: FixVersion): void {
    this.version = version;
    this.versionWord = wordOfVersion(version);
  }

  /** Sets the session's header, and the time in its writer's format, of the messages written next. */
  begin(own: SessionTexts, writer: Writer, wallUs: number): void {
    if (this.own !== own) {
      this.own = own;
      copyMemory(this.address + OWN_AT, own.address, TEXTS_BYTES);
    }
    if (this.stampedUs === wallUs && this.stampedBy === writer) return;
    this.stampedUs = wallUs;
    this.stampedBy = writer;
    this.bytes[STAMP_LENGTH_AT] = writer.putStamp(this.bytes, STAMP_AT, wallUs) - STAMP_AT;
    this.words[NOW_DIGITS_WORD] = 1 + writer.timeDecimals;
    this.doubles[NOW_DOUBLE] = wallUs;
  }

  /**
   * Writes the ExecutionReport at `at` as the peer's table says, without some fields, and what is at `beside` unless that is NONE; see
   * codec/report-out.ts. Returns  the message's length.
   */
  writeExecution(
    at: number,
    table: number,
    sequence: number,
    processed: number,
    without: number,
    isWhole: boolean,
    beside: number,
  ): number {
    const besideAt = beside === NONE ? 0 : this.recordsAt + beside;
    const report = this.recordsAt + at;
    return this.code.writeExecution(
      this.areaAt,
      report,
      table,
      sequence,
      processed,
      without,
      isWhole ? 1 : 0,
      besideAt,
    );
  }

  /** The same of the OrderRequest at `at`; see codec/order-out.ts. */
  writeOrder(
    at: number,
    table: number,
    sequence: number,
    processed: number,
    without: number,
    isWhole: boolean,
    beside: number,
  ): number {
    const besideAt = beside === NONE ? 0 : this.recordsAt + beside;
    const order = this.recordsAt + at;
    return this.code.writeOrder(this.areaAt, order, table, sequence, processed, without, isWhole ? 1 : 0, besideAt);
  }

  /** First tag of the OrderRequest at `at` that the messages of the table have no place for, 0 for none; see codec/order-out.ts. */
  tagWithoutPlace(at: number, table: number, beside: number): number {
    return this.code.tagWithoutPlace(this.recordsAt + at, table, beside);
  }

  /** Writes messages of up to `most` records as `sender` says (fix/batch/send.ts). Returns  how many. */
  send(sender: number, most: number): number {
    return this.code.send(sender, most);
  }

  get stagedAddress(): number {
    return this.address - this.areaAt + this.stagedAt;
  }

  /** Address of the last written message. */
  get messageAddress(): number {
    return this.address + MESSAGE_AT + this.words[WRITTEN_WORD]!;
  }
}
