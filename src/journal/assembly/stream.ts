import {
  ENTRY_CHECK_AT,
  ENTRY_EPOCH_AT,
  ENTRY_HEADER_BYTES,
  ENTRY_INDEX_AT,
  ENTRY_KIND_AT,
  ENTRY_PACKED,
  ENTRY_PAD,
  ENTRY_SEQUENCE_AT,
  ENTRY_SESSION_SHIFT,
  ENTRY_TIME_AT,
  ERRNO_WORD,
  LIMIT_WORD,
  OFFSET_WORD,
  PACKED_HEADER_BYTES,
  PACKED_UNITS,
  PREPARED_WORD,
  SEGMENT_HEADER_BYTES,
  SEGMENT_WORD,
  SWITCHING,
} from "../layout.ts";
import { headerCheck, mixed, payloadCheck } from "./check.ts";

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
  /** Length of the claimed entry, with its padding as the header has it. */
  private length: i32;

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
    const payload = this.begin(payloadBytes);
    // Clears the padding, which is in the last eight bytes; the payload overwrites the others.
    store<i64>(payload + ((payloadBytes + 7) & ~7) - 8, 0);
    return payload;
  }

  /** Appends the claimed entry to the journal. Returns its absolute position. */
  commit(kind: i32, session: i32, sequence: i32, timeUs: f64, index: i32, epoch: i32): f64 {
    const at = this.address;
    const length = this.length;
    const bytes = length & ~7;
    const kindAndSession = kind | (session << ENTRY_SESSION_SHIFT);
    store<i32>(at, kindAndSession, ENTRY_KIND_AT);
    store<i32>(at, sequence, ENTRY_SEQUENCE_AT);
    store<i32>(at, index, ENTRY_INDEX_AT);
    store<f64>(at, timeUs, ENTRY_TIME_AT);
    store<i32>(at, epoch, ENTRY_EPOCH_AT);
    const header = headerCheck(length, kindAndSession, sequence, index, timeUs, epoch, this.here);
    const payload = payloadCheck(at + ENTRY_HEADER_BYTES, bytes - ENTRY_HEADER_BYTES);
    store<u32>(at, mixed(header, payload), ENTRY_CHECK_AT);
    const position = <f64>this.segment * <f64>this.segmentBytes + <f64>this.offset;
    // The ring's last lap may have left bytes at the next entry's length; 0 there ends the stream.
    store<i32>(at + bytes, 0);
    // A plain store: no other thread reads entries before their end is published, and the stores of a killed process are
    // still in order.
    store<i32>(at, length);
    this.advance(bytes);
    this.offset += bytes;
    return position;
  }

  /** Appends an entry whose payload is copied. Returns its absolute position. */
  append(
    kind: i32,
    session: i32,
    sequence: i32,
    timeUs: f64,
    index: i32,
    epoch: i32,
    from: usize,
    bytes: i32,
  ): f64 {
    copy(this.begin(bytes), from, bytes);
    return this.commit(kind, session, sequence, timeUs, index, epoch);
  }

  /**
   * Appends a record (a whole number of 8 bytes), and what comes beside it, perhaps 0 bytes, packed as journal/layout.ts says.
   * Returns  the entry's absolute position.
   */
  appendPacked(
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
    const payload = this.begin(PACKED_HEADER_BYTES + bytes + moreBytes);
    const units = min(bytes >> 3, PACKED_UNITS);
    let mask: u32 = 0;
    let to = payload + PACKED_HEADER_BYTES;
    for (let i = 0; i < units; i++) {
      let unit = load<u64>(from + (i << 3));
      if (i === 0) unit ^= <u64>(<u32>session) << 32;
      else if (i === 1) unit ^= <u64>(<u32>sequence) | (<u64>(<u32>epoch) << 32);
      store<u64>(to, unit);
      const isKept = <u32>(unit !== 0);
      mask |= isKept << i;
      to += isKept << 3;
    }
    store<u32>(payload, mask);
    store<i32>(payload, units, 4);
    const rest = bytes - (units << 3);
    copy(to, from + (units << 3), rest);
    copy(to + rest, moreFrom, moreBytes);
    this.measure(<i32>(to - payload) + rest + moreBytes);
    return this.commit(kind | ENTRY_PACKED, session, sequence, timeUs, index, epoch);
  }

  /** Claims an entry. Returns its payload's address; the padding is not cleared. */
  private begin(payloadBytes: i32): usize {
    const bytes = this.measure(payloadBytes);
    if (this.offset + bytes > this.segmentBytes) this.nextSegment();
    return this.address + ENTRY_HEADER_BYTES;
  }

  /** Sets the claimed entry's length. Returns it. */
  private measure(payloadBytes: i32): i32 {
    const bytes = (ENTRY_HEADER_BYTES + payloadBytes + 7) & ~7;
    this.length = bytes | (-payloadBytes & 7);
    return bytes;
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
      memory.fill(pad + ENTRY_KIND_AT, 0, ENTRY_HEADER_BYTES - ENTRY_KIND_AT);
      store<i32>(pad, ENTRY_PAD, ENTRY_KIND_AT);
      store<u32>(pad, headerCheck(rest, ENTRY_PAD, 0, 0, 0, 0, this.here), ENTRY_CHECK_AT);
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

/** Copies, and fills the last unit of 8 bytes with zeros. */
function copy(to: usize, from: usize, bytes: i32): void {
  const end = from + bytes;
  for (; from + 16 <= end; from += 16, to += 16) v128.store(to, v128.load(from));
  if (from + 8 <= end) {
    store<u64>(to, load<u64>(from));
    from += 8;
    to += 8;
  }
  const rest = <i32>(end - from);
  if (rest === 0) return;
  let last: u64 = 0;
  if (bytes >= 8) last = load<u64>(end - 8) >> <u64>((8 - rest) << 3);
  else for (let i = rest - 1; i >= 0; i--) last = (last << 8) | load<u8>(from + i);
  store<u64>(to, last);
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
  return changetype<Stream>(stream).append(kind, session, sequence, timeUs, index, epoch, from, bytes);
}
