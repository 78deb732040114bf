import { addressOf, copyMemory } from "../../../ffi/memory.ts";
import { instantiate } from "../../assembly/module.ts";
import {
  BEGIN_WORD,
  BEYOND,
  COMP_IDS_WORD,
  COUNT_WORD,
  HIGH_WORD,
  INPUT_AT,
  MESSAGE_AT,
  MSG_SEQ_NUM_WORD,
  MSG_TYPE_WORD,
  OWN_AT,
  PEER_AT,
  PREFIX_AT,
  PREFIX_LENGTH_AT,
  REPEATED_WORD,
  SENDING_TIME_DOUBLE,
  SPECIALS_WORD,
  STAMP_AT,
  STAMP_LENGTH_AT,
  TEXTS_BYTES,
  WRITTEN_WORD,
} from "./codec/layout.ts";
import { FieldTables } from "./field-tables.ts";
import type { SessionTexts } from "./session-texts.ts";
import type { Writer } from "./write.ts";

/** Exports of the code; every address is a byte offset in the memory. */
interface Code {
  open(area: number): void;
  scan(area: number, from: number, to: number, start: number, base: number, longest: number): number;
  readOrder(area: number, order: number, kind: number): number;
  readExecution(area: number, report: number): number;
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
  ): number;
  writeOrder(
    area: number,
    order: number,
    sequence: number,
    processed: number,
    writes: number,
    cxlType: number,
    isWhole: number,
  ): number;
}

const codes = new WeakMap<WebAssembly.Memory, Code>();

/**
 * This thread's code over a memory: one instance for all lanes of a thread. Lanes use it by turns, each in its area; a scan and the
 * reads of its message are always in the same turn.
 */
function codeOver(memory: WebAssembly.Memory): Code {
  let code = codes.get(memory);
  if (code === undefined) {
    code = instantiate(memory) as unknown as Code;
    codes.set(memory, code);
  }
  return code;
}

/** Bytes of shared memory for a lane's codec and its input buffer. */
export function codecBytes(inputBytes: number): number {
  return INPUT_AT + inputBytes + BEYOND;
}

/**
 * Translates plain FIX messages to records and back, directly in shared memory; nearly every order and report is plain. Other
 * messages are read by scan.ts, request-in.ts and report-in.ts. The code is WebAssembly, compiled from the folder codec: with
 * vectors and 64-bit words it takes a third of the time.
 */
export class Codec extends FieldTables {
  /** Input buffer of the connections. */
  readonly input: Uint8Array;
  readonly inputAddress: number;
  /** Texts of the peer whose messages are scanned. */
  peer: SessionTexts | null = null;
  private own: SessionTexts | null = null;
  private stampedBy: Writer | null = null;
  private stampedUs = -1;
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
  ) {
    const { buffer } = memory;
    super(buffer, at);
    this.area = at;
    this.address = addressOf(buffer) + at;
    this.code = codeOver(memory);
    this.bytes = new Uint8Array(buffer, at, INPUT_AT);
    this.words = new Int32Array(buffer, at, 16);
    this.doubles = new Float64Array(buffer, at, 8);
    this.inputAt = at + INPUT_AT;
    this.input = new Uint8Array(buffer, this.inputAt, inputBytes);
    this.inputAddress = this.address + INPUT_AT;
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

  /** True when a tag is not below DIRECT_TAGS. */
  get hasHighTag(): boolean {
    return this.words[HIGH_WORD] !== 0;
  }

  /** True when the message may have fields that the record of a kind with this bit does not hold. */
  hasBeside(bit: number): boolean {
    return (this.words[SPECIALS_WORD]! & bit) !== 0 || this.hasHighTag;
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

  /** Reads the scanned message into the OrderRequest at `at`, with this kind. Returns false when it is not plain. */
  readOrder(at: number, kind: number): boolean {
    return this.code.readOrder(this.area, this.recordsAt + at, kind) === 0;
  }

  /** Reads the scanned message into the ExecutionReport at `at`. Returns false when it is not plain. */
  readExecution(at: number): boolean {
    return this.code.readExecution(this.area, this.recordsAt + at) === 0;
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

  /** Writes the ExecutionReport at `at`; see codec/report-out.ts. Returns  the message's length. */
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
    );
  }

  /** Writes the OrderRequest at `at`; see codec/order-out.ts. Returns  the message's length. */
  writeOrder(
    at: number,
    sequence: number,
    processed: number,
    writes: number,
    cxlType: number,
    isWhole: boolean,
  ): number {
    return this.code.writeOrder(this.area, this.recordsAt + at, sequence, processed, writes, cxlType, isWhole ? 1 : 0);
  }

  /** Address of the last written message. */
  get messageAddress(): number {
    return this.address + MESSAGE_AT + this.words[WRITTEN_WORD]!;
  }
}
