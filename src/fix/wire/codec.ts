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
  takeBeside(area: number, to: number): number;
  passBeside(area: number, beside: number, rules: number, checks: number, base: number): number;
  readOrder(area: number, order: number, kind: number, version: number): number;
  readExecution(area: number, report: number, version: number): number;
  writeExecution(
    area: number,
    report: number,
    sequence: number,
    processed: number,
    writes: number,
    transType: number,
    last: number,
    status: number,
    execType: number,
    rejReason: number,
    isWhole: number,
    beside: number,
  ): number;
  writeOrder(
    area: number,
    order: number,
    sequence: number,
    processed: number,
    writes: number,
    cxlType: number,
    isWhole: number,
    beside: number,
  ): number;
}

/** Room for the rules of a usual dictionary. */
const DICTIONARY_BYTES = 131_072;

/** Bytes of shared memory for a lane's codec, its input buffer, and the rules of some dictionaries. */
export function codecBytes(inputBytes: number, dictionaries = 1): number {
  return INPUT_AT + inputBytes + BEYOND + dictionaries * DICTIONARY_BYTES;
}

/** What the codec must know of a version, as a word. */
function wordOf(version: FixVersion): number {
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
  private readonly area: number;
  private readonly inputAt: number;

  /** Uses the area at byte `at` of `memory`, and records from byte `recordsAt`. */
  constructor(
    memory: WebAssembly.Memory,
    at: number,
    inputBytes: number,
    private readonly recordsAt = 0,
    dictionaries = 1,
  ) {
    const { buffer } = memory;
    super(buffer, at);
    this.area = at;
    this.address = addressOf(buffer) + at;
    this.code = codeOver(memory) as unknown as Code;
    this.bytes = new Uint8Array(buffer, at, INPUT_AT);
    this.words = new Int32Array(buffer, at, 16);
    this.doubles = new Float64Array(buffer, at, 8);
    this.inputAt = at + INPUT_AT;
    this.input = new Uint8Array(buffer, this.inputAt, inputBytes);
    this.inputAddress = this.address + INPUT_AT;
    this.rules = new RulesMemory(buffer, this.inputAt + inputBytes + BEYOND, at + codecBytes(inputBytes, dictionaries));
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
    return this.code.scan(this.area, this.inputAt + from, this.inputAt + to, this.inputAt, base, longest);
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
    return this.code.check(this.area, rules, checks) !== 0;
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
    return this.code.takeBeside(this.area, this.recordsAt + at);
  }

  /** True when the fields at `at` go as they are to a peer with these rules; then `passed` has the record's bits of them. */
  passesBeside(at: number, rules: number, checks: number, base: number): boolean {
    return this.code.passBeside(this.area, this.recordsAt + at, rules, checks, base) !== 0;
  }

  get passed(): number {
    return this.words[PASSED_WORD]!;
  }

  /** Reads the scanned message into the OrderRequest at `at`, with this kind. Returns false when it is not plain. */
  readOrder(at: number, kind: number, version: FixVersion): boolean {
    if (version !== this.version) this.use(version);
    return this.code.readOrder(this.area, this.recordsAt + at, kind, this.versionWord) === 0;
  }

  /** Reads the scanned message into the ExecutionReport at `at`. Returns false when it is not plain. */
  readExecution(at: number, version: FixVersion): boolean {
    if (version !== this.version) this.use(version);
    return this.code.readExecution(this.area, this.recordsAt + at, this.versionWord) === 0;
  }

  private use(version: FixVersion): void {
    this.version = version;
    this.versionWord = wordOf(version);
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
  }

  /** Writes the ExecutionReport at `at`, and what is at `beside` unless that is NONE; see codec/report-out.ts. Returns  the message's length. */
  writeExecution(
    at: number,
    sequence: number,
    processed: number,
    writes: number,
    transType: number,
    last: number,
    status: number,
    execType: number,
    rejReason: number,
    isWhole: boolean,
    beside: number,
  ): number {
    return this.code.writeExecution(
      this.area,
      this.recordsAt + at,
      sequence,
      processed,
      writes,
      transType,
      last,
      status,
      execType,
      rejReason,
      isWhole ? 1 : 0,
      beside === NONE ? 0 : this.recordsAt + beside,
    );
  }

  /** Writes the OrderRequest at `at`, and what is at `beside` unless that is NONE; see codec/order-out.ts. Returns  the message's length. */
  writeOrder(
    at: number,
    sequence: number,
    processed: number,
    writes: number,
    cxlType: number,
    isWhole: boolean,
    beside: number,
  ): number {
    return this.code.writeOrder(
      this.area,
      this.recordsAt + at,
      sequence,
      processed,
      writes,
      cxlType,
      isWhole ? 1 : 0,
      beside === NONE ? 0 : this.recordsAt + beside,
    );
  }

  /** Address of the last written message. */
  get messageAddress(): number {
    return this.address + MESSAGE_AT + this.words[WRITTEN_WORD]!;
  }
}
