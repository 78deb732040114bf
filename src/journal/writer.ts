import { errnoText } from "../../ffi/errno.ts";
import { copyMemory } from "../../ffi/memory.ts";
import { broken } from "../base/broken.ts";
import type { Views } from "../base/views.ts";
import { checkWords } from "./check.ts";
import {
  ENTRY_CHECK_AT,
  ENTRY_HEADER_BYTES,
  ENTRY_KIND_AT,
  ENTRY_PAD,
  ERRNO_WORD,
  OFFSET_WORD,
  PREPARED_WORD,
  SEGMENT_HEADER_BYTES,
  SEGMENT_WORD,
  SWITCHING,
} from "./layout.ts";

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

/** Appends to one stream in mapped memory; never calls the kernel and never waits. One writer a stream. */
export class StreamWriter {
  private readonly ints: Int32Array;
  private readonly doubles: Float64Array;
  private readonly words: Int32Array;
  private readonly word: number;
  private segment: number;
  private offset: number;
  /** The claimed entry: offset of its header in `views`, and its length. */
  private entryAt = 0;
  private entryBytes = 0;
  private payloadBytes = 0;

  constructor(
    readonly name: string,
    shared: Views,
    wordsAt: number,
    /** Views of the stream's three windows, which begin at `address`. */
    readonly views: Views,
    readonly address: number,
    readonly segmentBytes: number,
  ) {
    this.ints = views.ints;
    this.doubles = views.doubles;
    this.words = shared.ints;
    this.word = wordsAt >> 2;
    this.segment = Atomics.load(this.words, this.word + SEGMENT_WORD);
    this.offset = Atomics.load(this.words, this.word + OFFSET_WORD);
  }

  /** Absolute position of the next entry: segment × segmentBytes + offset, exact in a double. */
  get position(): number {
    return this.segment * this.segmentBytes + this.offset;
  }

  /** True when entries of `bytes` in total can be written now. Throws JournalFull when the disk and the reserve are full. */
  room(bytes: number): boolean {
    if (this.segmentBytes - this.offset >= bytes + ENTRY_HEADER_BYTES) return true;
    if (Atomics.load(this.words, this.word + PREPARED_WORD) > this.segment) return true;
    if (this.starved) throw new JournalFull(this.name, this.words[this.word + ERRNO_WORD]!);
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
    this.entryAt = (this.segment & 1) * this.segmentBytes + this.offset;
    this.entryBytes = bytes;
    this.payloadBytes = payloadBytes;
    // Clears the padding, which is in the last eight bytes; the payload overwrites the others.
    this.doubles[(this.entryAt + bytes - 8) >> 3] = 0;
    return this.entryAt + ENTRY_HEADER_BYTES;
  }

  /** Appends the claimed entry to the journal. Returns its absolute position. */
  commit(kind: number, session: number, sequence: number, timeUs: number, index: number, epoch: number): number {
    const ints = this.ints;
    const word = this.entryAt >> 2;
    ints[word + 1] = kind;
    ints[word + 2] = session;
    ints[word + 3] = sequence;
    this.doubles[(this.entryAt >> 3) + 2] = timeUs;
    ints[word + 6] = this.payloadBytes;
    ints[word + 7] = index;
    ints[word + 8] = epoch;
    ints[word + 9] = entryCheck(ints, word, this.entryBytes);
    const position = this.position;
    const end = this.offset + this.entryBytes;
    // An abandoned longer claim may have left bytes at the next entry's length; 0 there ends the stream.
    if (end < this.segmentBytes) ints[word + (this.entryBytes >> 2)] = 0;
    // A plain store: no other thread reads entries, and the stores of a killed process are still in order.
    ints[word] = this.entryBytes;
    this.offset = end;
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

  private nextSegment(): void {
    if (Atomics.load(this.words, this.word + PREPARED_WORD) <= this.segment) broken("journal room", this.segment);
    const rest = this.segmentBytes - this.offset;
    if (rest >= ENTRY_HEADER_BYTES) {
      const word = ((this.segment & 1) * this.segmentBytes + this.offset) >> 2;
      this.ints[word + (ENTRY_KIND_AT >> 2)] = ENTRY_PAD;
      this.ints[word + (ENTRY_CHECK_AT >> 2)] = entryCheck(this.ints, word, ENTRY_HEADER_BYTES);
      Atomics.store(this.ints, word, rest);
    }
    this.segment++;
    this.offset = SEGMENT_HEADER_BYTES;
    this.words[this.word + OFFSET_WORD] = SWITCHING;
    Atomics.store(this.words, this.word + SEGMENT_WORD, this.segment);
    this.words[this.word + OFFSET_WORD] = this.offset;
  }
}

const CHECK_WORD = ENTRY_CHECK_AT >> 2;
const HEADER_WORDS = ENTRY_HEADER_BYTES >> 2;

/** Check over every header word but the length and the check itself, and over the payload with its padding. */
export function entryCheck(ints: Int32Array, word: number, entryBytes: number): number {
  const header = checkWords(ints, word + 1, CHECK_WORD - 1, entryBytes);
  return checkWords(ints, word + HEADER_WORDS, (entryBytes >> 2) - HEADER_WORDS, header);
}
