import { Views } from "../base/views.ts";
import { checkWords, entryCheck, headerCheck } from "./check.ts";
import {
  ENTRY_CHECK_AT,
  ENTRY_EPOCH_AT,
  ENTRY_HEADER_BYTES,
  ENTRY_INDEX_AT,
  ENTRY_KIND_AT,
  ENTRY_LOST,
  ENTRY_PACKED,
  ENTRY_PAD,
  ENTRY_SEQUENCE_AT,
  ENTRY_SESSION_SHIFT,
  ENTRY_TIME_AT,
  FORMAT_VERSION,
  FORMAT_VERSION_1,
  PACKED_HEADER_BYTES,
} from "./layout.ts";
import { inEights } from "./positions.ts";

/*  Reads entries of all format versions; a stream writer writes those of the last one. Versions 1 and 2:
 *
 *  0        4      8         12         16       24              28      32      36      40
 *  ┌────────┬──────┬─────────┬──────────┬────────┬───────────────┬───────┬───────┬───────┬─────────┬───┐
 *  │ length │ kind │ session │ sequence │ timeUs │ payloadLength │ index │ epoch │ check │ payload │ 0 │
 *  └────────┴──────┴─────────┴──────────┴────────┴───────────────┴───────┴───────┴───────┴─────────┴───┘
 */
const FORMER_HEADER_BYTES = 40;
const PAYLOAD_LENGTH_WORD = 6;
const FORMER_CHECK_WORD = 9;
const POSITION_FACTOR = 0x9e3779b1;
const KIND_MASK = ENTRY_PACKED - 1;

/** Length of a header in a file of this version. */
export function headerBytesOf(version: number): number {
  return version === FORMAT_VERSION ? ENTRY_HEADER_BYTES : FORMER_HEADER_BYTES;
}

/** What the header of an intact entry says; re-aimed for each. */
export class EntryHeader {
  kind = 0;
  session = 0;
  sequence = 0;
  timeUs = 0;
  index = 0;
  epoch = 0;
  isPacked = false;
  /** Offset of the payload in the memory of the entry, and its length as it stands there. */
  payloadAt = 0;
  payloadLength = 0;

  aim({ ints, doubles }: Views, at: number, version: number): this {
    const word = at >> 2;
    this.kind = kindAt(ints, word, version);
    this.timeUs = doubles[(at + ENTRY_TIME_AT) >> 3]!;
    if (version !== FORMAT_VERSION) return this.aimFormer(ints, at);
    const length = ints[word]!;
    const kind = ints[(at + ENTRY_KIND_AT) >> 2]!;
    this.session = kind >> ENTRY_SESSION_SHIFT;
    this.isPacked = (kind & ENTRY_PACKED) !== 0;
    this.sequence = ints[(at + ENTRY_SEQUENCE_AT) >> 2]!;
    this.index = ints[(at + ENTRY_INDEX_AT) >> 2]!;
    this.epoch = ints[(at + ENTRY_EPOCH_AT) >> 2]!;
    this.payloadAt = at + ENTRY_HEADER_BYTES;
    this.payloadLength = (length & ~7) - ENTRY_HEADER_BYTES - (length & 7);
    return this;
  }

  private aimFormer(ints: Int32Array, at: number): this {
    const word = at >> 2;
    this.session = ints[word + 2]!;
    this.isPacked = false;
    this.sequence = ints[word + 3]!;
    this.payloadLength = ints[word + PAYLOAD_LENGTH_WORD]!;
    this.index = ints[word + 7]!;
    this.epoch = ints[word + 8]!;
    this.payloadAt = at + FORMER_HEADER_BYTES;
    return this;
  }
}

function kindAt(ints: Int32Array, word: number, version: number): number {
  const kind = ints[word + (ENTRY_KIND_AT >> 2)]!;
  return version === FORMAT_VERSION ? kind & KIND_MASK : kind;
}

/** True for pads and lost ranges, whose check covers only the header. */
export function isHollow(ints: Int32Array, word: number, version: number): boolean {
  const kind = kindAt(ints, word, version);
  return kind === ENTRY_PAD || kind === ENTRY_LOST;
}

/** Length of the entry with its header at `word` and `room` bytes left in its segment; 0: no entry, -1: invalid. */
export function claimedLength(ints: Int32Array, word: number, room: number, version: number): number {
  const whole = ints[word]!;
  if (whole === 0) return 0;
  const isFormer = version !== FORMAT_VERSION;
  const length = isFormer ? whole : whole & ~7;
  if (length < headerBytesOf(version) || (length & 7) !== 0 || length > room) return -1;
  if (kindAt(ints, word, version) === ENTRY_PAD) return length === room ? length : -1;
  if (!isFormer) return length - ENTRY_HEADER_BYTES >= (whole & 7) ? length : -1;
  const payload = ints[word + PAYLOAD_LENGTH_WORD]!;
  return payload >= 0 && ((FORMER_HEADER_BYTES + payload + 7) & ~7) === length ? length : -1;
}

/** True when the check of the entry at `word` is right; `position` is absolute. */
export function isWhole(ints: Int32Array, word: number, length: number, version: number, position: number): boolean {
  const checkWord = version === FORMAT_VERSION ? ENTRY_CHECK_AT >> 2 : FORMER_CHECK_WORD;
  return ints[word + checkWord] === checkOf(ints, word, length, version, position);
}

function checkOf(ints: Int32Array, word: number, length: number, version: number, position: number): number {
  const here = inEights(position);
  const hollow = isHollow(ints, word, version);
  if (version !== FORMAT_VERSION) {
    const seed = version === FORMAT_VERSION_1 ? 0 : Math.imul(here, POSITION_FACTOR);
    return formerCheck(ints, word, hollow ? FORMER_HEADER_BYTES : length, seed);
  }
  const headerWords = ENTRY_HEADER_BYTES >> 2;
  if (hollow) return headerCheck(ints, word, headerWords, here);
  return entryCheck(ints, word, length >> 2, headerWords, here);
}

/** Over every header word but the length and the check itself, and over the payload with its padding. */
function formerCheck(ints: Int32Array, word: number, entryBytes: number, seed: number): number {
  const header = checkWords(ints, word + 1, FORMER_CHECK_WORD - 1, entryBytes ^ seed);
  const headerWords = FORMER_HEADER_BYTES >> 2;
  return checkWords(ints, word + headerWords, (entryBytes >> 2) - headerWords, header);
}

/** Header of the entry that takes the place of a lost range of `length` bytes. */
export function lostHeader(length: number, version: number, position: number): Uint8Array {
  const bytes = headerBytesOf(version);
  const { ints, bytes: header } = Views.allocate(bytes);
  ints[0] = length;
  ints[ENTRY_KIND_AT >> 2] = ENTRY_LOST;
  if (version !== FORMAT_VERSION) ints[PAYLOAD_LENGTH_WORD] = length - bytes;
  ints[(bytes >> 2) - 1] = checkOf(ints, 0, length, version, position);
  return header.slice(0, bytes);
}

/** Room for one payload that was packed. */
export class Unpacked {
  views = Views.allocate(4096);

  /** Unpacks the payload of an entry. Returns its length. */
  take({ ints, bytes }: Views, { payloadAt, payloadLength, session, sequence, epoch }: EntryHeader): number {
    const mask = ints[payloadAt >> 2]!;
    const units = ints[(payloadAt + 4) >> 2]!;
    const most = 8 * units + payloadLength;
    if (most > this.views.bytes.length) this.views = Views.allocate(2 * most);
    const to = this.views.ints;
    let from = (payloadAt + PACKED_HEADER_BYTES) >> 2;
    for (let i = 0; i < units; i++) {
      const isKept = (mask & (1 << i)) !== 0;
      to[2 * i] = isKept ? ints[from]! : 0;
      to[2 * i + 1] = isKept ? ints[from + 1]! : 0;
      if (isKept) from += 2;
    }
    const rest = payloadAt + payloadLength - 4 * from;
    for (let i = 0; i < rest; i++) this.views.bytes[8 * units + i] = bytes[4 * from + i]!;
    // Readers take whole words, and an earlier payload may be there.
    this.views.bytes.fill(0, 8 * units + rest, 8 * units + ((rest + 7) & ~7));
    to[1]! ^= session;
    to[2]! ^= sequence;
    to[3]! ^= epoch;
    return 8 * units + rest;
  }
}
