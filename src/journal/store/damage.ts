import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { Views } from "../../base/views.ts";
import { claimedLength, headerBytesOf, isHollow, isWhole } from "../entry.ts";
import {
  ENTRY_TIME_AT,
  FORMAT_VERSION,
  FORMAT_VERSION_1,
  HEADER_BIRTH_AT,
  HEADER_CHECK_AT,
  HEADER_SEGMENT_AT,
  HEADER_SEGMENT_BYTES_AT,
  HEADER_VERSION_AT,
  MAGIC_0,
  MAGIC_1,
  SEGMENT_HEADER_BYTES,
} from "../layout.ts";
import { headerCheck } from "../segment.ts";
import { isReadable, type SegmentPlace } from "./segment-file.ts";

// Finds all damage in one file; a start stops at the first.

/** Bytes [from, to) of a file without a readable entry. */
export interface LostRange {
  readonly from: number;
  readonly to: number;
  /** Number of the entry at `from`, counted from 1. */
  readonly entry: number;
}

/** Findings in one file. */
export interface Findings {
  readonly size: number;
  /** Reason why the file could not be read, or null. */
  readonly unreadable: string | null;
  readonly header: "whole" | "damaged" | "foreign" | "version";
  /** Format version of its entries. */
  readonly version: number;
  readonly segment: number;
  readonly birth: number;
  readonly entries: number;
  /** Damage with intact entries behind it. */
  readonly lost: readonly LostRange[];
  /** Bytes behind the last intact entry: the end of the stream, or damage when another segment follows. */
  readonly tail: LostRange;
  readonly firstUs: number;
  readonly lastUs: number;
}

const UNREADABLE = {
  size: 0,
  header: "foreign",
  version: FORMAT_VERSION,
  segment: 0,
  birth: 0,
  entries: 0,
  lost: [],
  firstUs: 0,
  lastUs: 0,
};
const NO_TAIL: LostRange = { from: 0, to: 0, entry: 1 };

/** Reads a whole file. `known`: what its name says, for a damaged header. Never throws. */
export function inspect(path: string, known: Omit<SegmentPlace, "version">): Findings {
  let views: Views;
  let size: number;
  try {
    const fd = openSync(path, "r");
    try {
      const status = fstatSync(fd);
      if (!status.isFile()) throw new Error("not a file");
      size = status.size & ~7;
      views = Views.allocate(Math.max(SEGMENT_HEADER_BYTES, size));
      for (let at = 0; at < size; ) {
        const count = readSync(fd, views.bytes, at, size - at, at);
        if (count <= 0) throw new Error("became shorter while it was read");
        at += count;
      }
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    return { ...UNREADABLE, header: "foreign", unreadable: (error as Error).message, tail: NO_TAIL };
  }
  const place = placeOf(views.ints) ?? { ...known, version: FORMAT_VERSION };
  let found = { version: place.version, ...entriesOf(views, size, place) };
  // Its header is damaged, and it may be of an earlier version.
  if (placeOf(views.ints) === null)
    for (let version = FORMAT_VERSION - 1; version >= FORMAT_VERSION_1 && found.entries === 0; version--)
      found = { version, ...entriesOf(views, size, { ...place, version }) };
  return { size, unreadable: null, ...headerOf(views.ints, size), ...found };
}

/** What a header says, or null where it is damaged. */
function placeOf(ints: Int32Array): SegmentPlace | null {
  if (ints[HEADER_CHECK_AT >> 2] !== headerCheck(ints)) return null;
  const version = ints[HEADER_VERSION_AT >> 2]!;
  return { version, segment: ints[HEADER_SEGMENT_AT >> 2]!, segmentBytes: ints[HEADER_SEGMENT_BYTES_AT >> 2]! };
}

function headerOf(ints: Int32Array, size: number): Pick<Findings, "header" | "segment" | "birth"> {
  const segment = ints[HEADER_SEGMENT_AT >> 2]!;
  const birth = ints[HEADER_BIRTH_AT >> 2]!;
  if (size < SEGMENT_HEADER_BYTES) return { header: "foreign", segment: 0, birth: 0 };
  const checked = ints[HEADER_CHECK_AT >> 2] === headerCheck(ints);
  if (checked && ints[0] === MAGIC_0 && ints[1] === MAGIC_1) {
    return { header: isReadable(ints[HEADER_VERSION_AT >> 2]!) ? "whole" : "version", segment, birth };
  }
  return { header: ints[0] === MAGIC_0 || ints[1] === MAGIC_1 || checked ? "damaged" : "foreign", segment, birth };
}

function entriesOf(
  views: Views,
  size: number,
  place: SegmentPlace,
): Pick<Findings, "entries" | "lost" | "tail" | "firstUs" | "lastUs"> {
  const { ints, doubles } = views;
  const lost: LostRange[] = [];
  let entries = 0;
  let firstUs = 0;
  let lastUs = 0;
  let at = SEGMENT_HEADER_BYTES;
  let end = at;
  while (size - at >= headerBytesOf(place.version)) {
    if (!isWholeAt(ints, at, size, place)) {
      at += 8;
      continue;
    }
    if (at > end) lost.push({ from: end, to: at, entry: entries + lost.length + 1 });
    const hollow = isHollow(ints, at >> 2, place.version);
    if (!hollow) {
      entries++;
      lastUs = doubles[(at + ENTRY_TIME_AT) >> 3]!;
      if (firstUs === 0) firstUs = lastUs;
    }
    at += claimedLength(ints, at >> 2, size - at, place.version);
    end = at;
  }
  return { entries, lost, tail: { from: end, to: size, entry: entries + lost.length + 1 }, firstUs, lastUs };
}

function isWholeAt(
  ints: Int32Array,
  at: number,
  size: number,
  { version, segment, segmentBytes }: SegmentPlace,
): boolean {
  const word = at >> 2;
  if (ints[word] === 0) return false;
  const length = claimedLength(ints, word, size - at, version);
  return length > 0 && isWhole(ints, word, length, version, segment * segmentBytes + at);
}
