import {
  ENTRY_CHECK_AT,
  ENTRY_EPOCH_AT,
  ENTRY_HEADER_BYTES,
  ENTRY_INDEX_AT,
  ENTRY_KIND_AT,
  ENTRY_PAD,
  ENTRY_PAYLOAD_LENGTH_AT,
  ENTRY_SEQUENCE_AT,
  ENTRY_SESSION_AT,
  ENTRY_TIME_AT,
  ERRNO_WORD,
  LIMIT_WORD,
  OFFSET_WORD,
  PREPARED_WORD,
  SEGMENT_HEADER_BYTES,
  SEGMENT_WORD,
  SWITCHING,
} from "../layout.ts";
import { entryCheck } from "./check.ts";

/** Throws: the journal's next segment is not prepared; the caller has not asked `room`. */
@external("env", "noJournalRoom")
declare function noJournalRoom(segment: i32): void;

/** A stream's words (journal/layout.ts): the only writer of its entries. Never calls the kernel and never waits. */
@unmanaged
export class Stream {
  private segment: i32;
  private offset: i32;
  private ring: u32;
  private bufferBytes: i32;
  private segmentBytes: i32;
  /** The position modulo bufferBytes, and in units of 8 bytes. */
  private at: i32;
  private here: i32;
  /** The claimed entry's length, and that of its payload. */
  private entryBytes: i32;
  private payloadBytes: i32;

  open(ring: usize, bufferBytes: i32, segmentBytes: i32): void {
    this.ring = <u32>ring;
    this.bufferBytes = bufferBytes;
    this.segmentBytes = segmentBytes;
    const position = <i64>this.segment * segmentBytes + this.offset;
    this.at = <i32>(position % bufferBytes);
    this.here = <i32>(position >> 3);
  }

  /** The disk is full: new orders must be refused; other entries use the prepared segments and the reserve. */
  get starved(): bool {
    return this.word(ERRNO_WORD) !== 0;
  }

  /** 1 when entries of `bytes` in total can be written now, 0: later, -1: never, the disk and the reserve are full. */
  room(bytes: i32): i32 {
    const rest = this.segmentBytes - this.offset;
    const inSegment = bytes + ENTRY_HEADER_BYTES;
    const isLast = rest < inSegment;
    const needed = isLast ? inSegment + rest + SEGMENT_HEADER_BYTES : inSegment;
    if (this.seen(LIMIT_WORD) - this.here >= needed >> 3) return 1;
    return isLast && this.starved && this.seen(PREPARED_WORD) <= this.segment ? -1 : 0;
  }

  /**
   * Claims an entry with a payload of this size, to be written in place; the caller has asked `room`.
   * Returns  the payload's address; a claim that is not committed has no effect.
   */
  claim(payloadBytes: i32): usize {
    const bytes = (ENTRY_HEADER_BYTES + payloadBytes + 7) & ~7;
    if (this.offset + bytes > this.segmentBytes) this.nextSegment();
    this.entryBytes = bytes;
    this.payloadBytes = payloadBytes;
    const at = this.address;
    // Clears the padding, which is in the last eight bytes; the payload overwrites the others.
    store<i64>(at + bytes - 8, 0);
    return at + ENTRY_HEADER_BYTES;
  }

  /** Appends the claimed entry to the journal. Returns its absolute position. */
  commit(kind: i32, session: i32, sequence: i32, timeUs: f64, index: i32, epoch: i32): f64 {
    const at = this.address;
    const bytes = this.entryBytes;
    store<i32>(at, kind, ENTRY_KIND_AT);
    store<i32>(at, session, ENTRY_SESSION_AT);
    store<i32>(at, sequence, ENTRY_SEQUENCE_AT);
    store<f64>(at, timeUs, ENTRY_TIME_AT);
    store<i32>(at, this.payloadBytes, ENTRY_PAYLOAD_LENGTH_AT);
    store<i32>(at, index, ENTRY_INDEX_AT);
    store<i32>(at, epoch, ENTRY_EPOCH_AT);
    store<i32>(at, entryCheck(at, bytes, this.here), ENTRY_CHECK_AT);
    const position = <f64>this.segment * <f64>this.segmentBytes + <f64>this.offset;
    // The ring's last lap may have left bytes at the next entry's length; 0 there ends the stream.
    store<i32>(at + bytes, 0);
    // A plain store: no other thread reads entries before their end is published, and the stores of a killed process are
    // still in order.
    store<i32>(at, bytes);
    this.advance(bytes);
    this.offset += bytes;
    return position;
  }

  /** Appends an entry whose payload is copied, in two parts, the second perhaps of 0 bytes. Returns its absolute position. */
  append(
    kind: i32,
    session: i32,
    sequence: i32,
    timeUs: f64,
    index: i32,
    epoch: i32,
    from: usize,
    bytes: i32,
    moreFrom: usize,
    moreBytes: i32,
  ): f64 {
    const to = this.claim(bytes + moreBytes);
    memory.copy(to, from, bytes);
    if (moreBytes !== 0) memory.copy(to + bytes, moreFrom, moreBytes);
    return this.commit(kind, session, sequence, timeUs, index, epoch);
  }

  private get address(): usize {
    return <usize>(this.ring + this.at);
  }

  /** A word that the keeper writes. */
  private word(index: i32): i32 {
    return load<i32>(changetype<usize>(this) + (index << 2));
  }

  /** The same, as it is now. */
  private seen(index: i32): i32 {
    return atomic.load<i32>(changetype<usize>(this) + (index << 2));
  }

  private advance(bytes: i32): void {
    this.here += bytes >> 3;
    const next = this.at + bytes;
    this.at = next >= this.bufferBytes ? next - this.bufferBytes : next;
  }

  private nextSegment(): void {
    if (this.seen(PREPARED_WORD) <= this.segment) noJournalRoom(this.segment);
    const rest = this.segmentBytes - this.offset;
    const pad = this.address;
    const hasPad = rest >= ENTRY_HEADER_BYTES;
    if (hasPad) {
      store<i32>(pad, ENTRY_PAD, ENTRY_KIND_AT);
      store<i32>(pad, entryCheck(pad, ENTRY_HEADER_BYTES, this.here), ENTRY_CHECK_AT);
    }
    this.advance(rest + SEGMENT_HEADER_BYTES);
    store<i32>(this.address, 0);
    if (hasPad) atomic.store<i32>(pad, rest);
    const words = changetype<usize>(this);
    store<i32>(words, SWITCHING, OFFSET_WORD << 2);
    atomic.store<i32>(words, this.segment + 1, SEGMENT_WORD << 2);
    store<i32>(words, SEGMENT_HEADER_BYTES, OFFSET_WORD << 2);
  }
}

// What journal/writer.ts calls; `stream` is the address of a stream's words.

/** Takes up the position that the words have. `ring`: where the stream's buffer is. */
export function openStream(stream: usize, ring: usize, bufferBytes: i32, segmentBytes: i32): void {
  changetype<Stream>(stream).open(ring, bufferBytes, segmentBytes);
}

export function roomInStream(stream: usize, bytes: i32): i32 {
  return changetype<Stream>(stream).room(bytes);
}

export function claimEntry(stream: usize, payloadBytes: i32): usize {
  return changetype<Stream>(stream).claim(payloadBytes);
}

export function commitEntry(
  stream: usize,
  kind: i32,
  session: i32,
  sequence: i32,
  timeUs: f64,
  index: i32,
  epoch: i32,
): f64 {
  return changetype<Stream>(stream).commit(kind, session, sequence, timeUs, index, epoch);
}

export function appendEntry(
  stream: usize,
  kind: i32,
  session: i32,
  sequence: i32,
  timeUs: f64,
  index: i32,
  epoch: i32,
  from: usize,
  bytes: i32,
): f64 {
  return changetype<Stream>(stream).append(kind, session, sequence, timeUs, index, epoch, from, bytes, 0, 0);
}
