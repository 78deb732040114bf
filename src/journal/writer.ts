import { errnoText } from "../../ffi/errno.ts";
import { addressOf, copyMemory } from "../../ffi/memory.ts";
import { codeOver } from "../assembly/module.ts";
import { Views } from "../base/views.ts";
import { COPIES, ERRNO_WORD, OFFSET_WORD, SEGMENT_WORD, STREAM_WORDS_BYTES } from "./layout.ts";
import { writtenAt } from "./positions.ts";

/** The journal cannot be written: its next segment can't be made, most often on a full disk, and the reserve is used up. */
class JournalFull extends Error {
  constructor(
    readonly stream: string,
    errno: number,
  ) {
    super(`journal stream ${stream}: its next segment can't be made: ${errnoText("journal", errno)}; then start again`);
    this.name = "JournalFull";
  }
}

/** Exports of the code (assembly/stream.ts); `stream` is the address of a stream's words, all addresses are bytes in the memory. */
interface Code {
  openStream(stream: number, ring: number, bufferBytes: number, segmentBytes: number): void;
  roomInStream(stream: number, bytes: number): number;
  claimEntry(stream: number, payloadBytes: number): number;
  commitEntry(
    stream: number,
    kind: number,
    session: number,
    sequence: number,
    timeUs: number,
    index: number,
    epoch: number,
  ): number;
  appendEntry(
    stream: number,
    kind: number,
    session: number,
    sequence: number,
    timeUs: number,
    index: number,
    epoch: number,
    from: number,
    bytes: number,
  ): number;
}

/** Where a stream is in a memory: its words, and its buffer, which is mapped there. */
export interface StreamPlace {
  readonly memory: WebAssembly.Memory;
  readonly wordsAt: number;
  readonly bufferAt: number;
  readonly bufferBytes: number;
}

/** Appends to one stream's buffer; never calls the kernel and never waits. One writer a stream. */
export class StreamWriter {
  /** Views of the stream's buffer, both copies, which begins at `address`. */
  readonly views: Views;
  readonly address: number;
  /** Where this run's entries begin. */
  readonly firstPosition: number;
  /** Address of the stream's words in the memory. */
  readonly at: number;
  private readonly bufferAt: number;
  private readonly words: Int32Array;
  private readonly code: Code;
  private readonly memoryAddress: number;
  private readonly memoryBytes: number;

  constructor(
    readonly name: string,
    { memory, wordsAt, bufferAt, bufferBytes }: StreamPlace,
    readonly segmentBytes: number,
  ) {
    const { buffer } = memory;
    this.at = wordsAt;
    this.bufferAt = bufferAt;
    this.views = new Views(buffer, bufferAt, COPIES * bufferBytes);
    this.memoryAddress = addressOf(buffer);
    this.memoryBytes = buffer.byteLength;
    this.address = this.memoryAddress + bufferAt;
    this.words = new Int32Array(buffer, wordsAt, STREAM_WORDS_BYTES >> 2);
    this.code = codeOver(memory) as unknown as Code;
    this.code.openStream(wordsAt, bufferAt, bufferBytes, segmentBytes);
    this.firstPosition = this.position;
  }

  /** Absolute position of the next entry: segment × segmentBytes + offset, exact in a double. */
  get position(): number {
    return this.words[SEGMENT_WORD]! * this.segmentBytes + this.words[OFFSET_WORD]!;
  }

  /** All entries before this position are in the segment files. */
  get written(): number {
    return writtenAt(this.words, 0, this.segmentBytes);
  }

  /** True when entries of `bytes` in total can be written now. Throws JournalFull when the disk and the reserve are full. */
  room(bytes: number): boolean {
    const room = this.code.roomInStream(this.at, bytes);
    if (room < 0) this.full();
    return room > 0;
  }

  /** Throws JournalFull. */
  full(): never {
    throw new JournalFull(this.name, this.words[ERRNO_WORD]!);
  }

  /** The disk is full: new orders must be refused; other entries use the prepared segments and the reserve. */
  get starved(): boolean {
    return this.words[ERRNO_WORD] !== 0;
  }

  /**
   * Claims an entry with a payload of this size, to be written in place; the caller has checked `room`.
   * Returns  offset of the payload in `views`; a claim that is not committed has no effect.
   */
  claim(payloadBytes: number): number {
    return (this.code.claimEntry(this.at, payloadBytes) >>> 0) - this.bufferAt;
  }

  /** Appends the claimed entry to the journal. Returns its absolute position. */
  commit(kind: number, session: number, sequence: number, timeUs: number, index: number, epoch: number): number {
    return this.code.commitEntry(this.at, kind, session, sequence, timeUs, index, epoch);
  }

  /** Copies a payload from an address and commits it. Returns the entry's absolute position. */
  append(
    kind: number,
    session: number,
    sequence: number,
    timeUs: number,
    index: number,
    epoch: number,
    fromAddress: number,
    payloadBytes: number,
  ): number {
    const from = fromAddress - this.memoryAddress;
    if (from >= 0 && from + payloadBytes <= this.memoryBytes)
      // An argument that is a double where the code wants an int costs 115 ns.
      return this.code.appendEntry(this.at, kind, session, sequence, timeUs, index, epoch, from | 0, payloadBytes);
    // Events of sessions, and messages that are not plain.
    const at = this.claim(payloadBytes);
    copyMemory(this.address + at, fromAddress, payloadBytes);
    return this.commit(kind, session, sequence, timeUs, index, epoch);
  }
}
