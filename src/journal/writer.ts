import { errnoText } from "../../ffi/errno.ts";
import { copyMemory } from "../../ffi/memory.ts";
import { broken } from "../base/broken.ts";
import type { Views } from "../base/views.ts";
import { checkWords } from "./check.ts";
import {
  COPIES,
  ENTRY_CHECK_AT,
  ENTRY_HEADER_BYTES,
  ENTRY_KIND_AT,
  ENTRY_PAD,
  ERRNO_WORD,
  LIMIT_WORD,
  OFFSET_WORD,
  PREPARED_WORD,
  SEGMENT_HEADER_BYTES,
  SEGMENT_WORD,
  SWITCHING,
} from "./layout.ts";
import { inEights, writtenAt } from "./positions.ts";

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

/** Appends to one stream's buffer; never calls the kernel and never waits. One writer a stream. */
export class StreamWriter {
  private readonly ints: Int32Array;
  private readonly doubles: Float64Array;
  private readonly words: Int32Array;
  private readonly word: number;
  private readonly bufferBytes: number;
  /** Where this run's entries begin. */
  readonly firstPosition: number;
  private segment: number;
  private offset: number;
  /** The position modulo bufferBytes, and in units of 8 bytes. */
  private at: number;
  private here: number;
  /** The claimed entry's length, and that of its payload. */
  private entryBytes = 0;
  private payloadBytes = 0;

  constructor(
    readonly name: string,
    shared: Views,
    wordsAt: number,
    /** Views of the stream's buffer, both copies, which begins at `address`. */
    readonly views: Views,
    readonly address: number,
    readonly segmentBytes: number,
  ) {
    this.ints = views.ints;
    this.doubles = views.doubles;
    this.bufferBytes = views.bytes.length / COPIES;
    this.words = shared.ints;
    this.word = wordsAt >> 2;
    this.segment = Atomics.load(this.words, this.word + SEGMENT_WORD);
    this.offset = Atomics.load(this.words, this.word + OFFSET_WORD);
    this.firstPosition = this.position;
    this.at = this.position % this.bufferBytes;
    this.here = inEights(this.position);
  }

  /** Absolute position of the next entry: segment × segmentBytes + offset, exact in a double. */
  get position(): number {
    return this.segment * this.segmentBytes + this.offset;
  }

  /** All entries before this position are in the segment files. */
  get written(): number {
    return writtenAt(this.words, this.word, this.segmentBytes);
  }

  /** True when entries of `bytes` in total can be written now. */
  fits(bytes: number): boolean {
    const rest = this.segmentBytes - this.offset;
    const inSegment = bytes + ENTRY_HEADER_BYTES;
    const needed = rest < inSegment ? inSegment + rest + SEGMENT_HEADER_BYTES : inSegment;
    return ((Atomics.load(this.words, this.word + LIMIT_WORD) - this.here) | 0) >= needed >> 3;
  }

  /** The same. Throws JournalFull when the disk and the reserve are full. */
  room(bytes: number): boolean {
    if (this.fits(bytes)) return true;
    const isLast = this.segmentBytes - this.offset < bytes + ENTRY_HEADER_BYTES;
    if (this.starved && isLast && Atomics.load(this.words, this.word + PREPARED_WORD) <= this.segment)
      throw new JournalFull(this.name, this.words[this.word + ERRNO_WORD]!);
    return false;
  }

  /** The disk is full: new orders must be refused; other entries use the prepared segments and the reserve. */
  get starved(): boolean {
    // Read for every order, so without a fence: a delay of one turn is harmless.
    return this.words[this.word + ERRNO_WORD] !== 0;
  }

  /**
   * Claims an entry with a payload of this size, to be written in place; the caller has checked `room`.
   * Returns  offset of the payload in `views`; a claim that is not committed has no effect.
   */
  claim(payloadBytes: number): number {
    const bytes = (ENTRY_HEADER_BYTES + payloadBytes + 7) & ~7;
    if (this.offset + bytes > this.segmentBytes) this.nextSegment();
    this.entryBytes = bytes;
    this.payloadBytes = payloadBytes;
    // Clears the padding, which is in the last eight bytes; the payload overwrites the others.
    this.doubles[(this.at + bytes - 8) >> 3] = 0;
    return this.at + ENTRY_HEADER_BYTES;
  }

  /** Appends the claimed entry to the journal. Returns its absolute position. */
  commit(kind: number, session: number, sequence: number, timeUs: number, index: number, epoch: number): number {
    const ints = this.ints;
    const word = this.at >> 2;
    const bytes = this.entryBytes;
    ints[word + 1] = kind;
    ints[word + 2] = session;
    ints[word + 3] = sequence;
    this.doubles[(this.at >> 3) + 2] = timeUs;
    ints[word + 6] = this.payloadBytes;
    ints[word + 7] = index;
    ints[word + 8] = epoch;
    ints[word + 9] = entryCheck(ints, word, bytes, this.here);
    const position = this.position;
    // The ring's last lap may have left bytes at the next entry's length; 0 there ends the stream.
    ints[word + (bytes >> 2)] = 0;
    // A plain store: no other thread reads entries before their end is published, and the stores of a killed process are
    // still in order.
    ints[word] = bytes;
    this.offset += bytes;
    this.advance(bytes);
    this.words[this.word + OFFSET_WORD] = this.offset;
    return position;
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
    const at = this.claim(payloadBytes);
    copyMemory(this.address + at, fromAddress, payloadBytes);
    return this.commit(kind, session, sequence, timeUs, index, epoch);
  }

  /** The same for a payload in two parts; the first is a multiple of 8 bytes. */
  appendBoth(
    kind: number,
    session: number,
    sequence: number,
    timeUs: number,
    index: number,
    epoch: number,
    fromAddress: number,
    bytes: number,
    moreAddress: number,
    moreBytes: number,
  ): number {
    const at = this.claim(bytes + moreBytes);
    copyMemory(this.address + at, fromAddress, bytes);
    copyMemory(this.address + at + bytes, moreAddress, moreBytes);
    return this.commit(kind, session, sequence, timeUs, index, epoch);
  }

  private advance(bytes: number): void {
    this.here = (this.here + (bytes >> 3)) | 0;
    this.at += bytes;
    if (this.at >= this.bufferBytes) this.at -= this.bufferBytes;
  }

  private nextSegment(): void {
    if (Atomics.load(this.words, this.word + PREPARED_WORD) <= this.segment) broken("journal room", this.segment);
    const rest = this.segmentBytes - this.offset;
    const word = this.at >> 2;
    if (rest >= ENTRY_HEADER_BYTES) {
      this.ints[word + (ENTRY_KIND_AT >> 2)] = ENTRY_PAD;
      this.ints[word + (ENTRY_CHECK_AT >> 2)] = entryCheck(this.ints, word, ENTRY_HEADER_BYTES, this.here);
    }
    this.advance(rest + SEGMENT_HEADER_BYTES);
    this.ints[this.at >> 2] = 0;
    if (rest >= ENTRY_HEADER_BYTES) Atomics.store(this.ints, word, rest);
    this.segment++;
    this.offset = SEGMENT_HEADER_BYTES;
    this.words[this.word + OFFSET_WORD] = SWITCHING;
    Atomics.store(this.words, this.word + SEGMENT_WORD, this.segment);
    this.words[this.word + OFFSET_WORD] = this.offset;
  }
}

const CHECK_WORD = ENTRY_CHECK_AT >> 2;
const HEADER_WORDS = ENTRY_HEADER_BYTES >> 2;
const POSITION_FACTOR = 0x9e3779b1;

/**
 * Check over every header word but the length and the check itself, and over the payload with its padding. `here` is the
 * entry's position in units of 8 bytes, so that what an earlier lap left in a buffer is no entry; 0 in files of version 1.
 */
export function entryCheck(ints: Int32Array, word: number, entryBytes: number, here: number): number {
  const header = checkWords(ints, word + 1, CHECK_WORD - 1, entryBytes ^ Math.imul(here, POSITION_FACTOR));
  return checkWords(ints, word + HEADER_WORDS, (entryBytes >> 2) - HEADER_WORDS, header);
}
