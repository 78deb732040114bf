import { area, maskOf } from "./area.ts";
import { APPL_VER, BESIDE, BESIDE_WORD, COUNT_WORD, MARKS_AT, NOT_WALKED, WALK_WORD, WALKED } from "./layout.ts";
import { decimalsOf, readTime } from "./numbers.ts";
import { endOf, find, startOf } from "./scan.ts";
import { ID_BYTES, SHORT_ID_BYTES } from "./units.ts";

/** The record can't hold the field, if there is one: it goes beside it. */
export function setAside(field: i32): void {
  if (field < 0) return;
  const marks = area + MARKS_AT;
  if (load<u32>(area, WALK_WORD * 4) === NOT_WALKED) {
    // The record holds all other fields.
    const count = load<u32>(area, COUNT_WORD * 4);
    for (let i: u32 = 0; i < count; i += 16) v128.store(marks + i, i64x2.splat(0));
    store<u32>(area, WALKED, WALK_WORD * 4);
  }
  const mark = marks + field;
  store<u8>(mark, load<u8>(mark) | BESIDE);
  store<u32>(area, 1, BESIDE_WORD * 4);
}

/** False when the message says that it is of another version than its session: over FIXT, by ApplVerID (1128). */
export function isOfVersion(version: u32): bool {
  const own = version >> APPL_VER;
  const field = own === 0 ? -1 : find(1128);
  return field < 0 || (endOf(field) - startOf(field) === 1 && load<u8>(startOf(field)) === own);
}

/** Returns a field's single character, 0 when absent, -1 when it is longer. */
export function readChar(tag: u32): i32 {
  const field = find(tag);
  if (field < 0) return 0;
  const at = startOf(field);
  return endOf(field) - at === 1 ? load<u8>(at) : -1;
}

/** Copies an id, zero padded, to the room `to` or, when it is longer than 32 bytes, `long`. Returns its length, 0 when absent, -1 when too long. */
export function idOf(tag: u32, to: usize, long: usize): i32 {
  const field = find(tag);
  if (field < 0) return 0;
  const at = startOf(field);
  const bytes = <u32>(endOf(field) - at);
  if (bytes > ID_BYTES) return -1;
  if (bytes > SHORT_ID_BYTES) putLong(long, at, bytes);
  else putPadded(to, at, bytes);
  return <i32>bytes;
}

/** Writes an id of up to 32 bytes. */
function putPadded(to: usize, at: usize, bytes: u32): void {
  if (bytes <= 16) {
    v128.store(to, v128.and(v128.load(at), maskOf(bytes)));
    v128.store(to, i64x2.splat(0), 16);
  } else {
    v128.store(to, v128.load(at));
    v128.store(to, v128.and(v128.load(at, 16), maskOf(bytes - 16)), 16);
  }
}

/** Writes an id of 33 to 64 bytes. */
function putLong(to: usize, at: usize, bytes: u32): void {
  v128.store(to, v128.load(at));
  v128.store(to, v128.load(at, 16), 16);
  putPadded(to + SHORT_ID_BYTES, at + SHORT_ID_BYTES, bytes - SHORT_ID_BYTES);
}

/**
 * Reads a UTCTimestamp into the record, microseconds at `us` and 1 + its decimals at `digits`, unless it is absent.
 * Returns  false when they do not hold it exactly.
 */
export function readTransactTime(tag: u32, us: usize, digits: usize): bool {
  const field = find(tag);
  if (field < 0) return true;
  const at = startOf(field);
  const to = endOf(field);
  const decimals = decimalsOf(at, to);
  const time = decimals < 0 ? -1 : readTime(at, to);
  if (time < 0) return false;
  store<f64>(us, time);
  store<u8>(digits, decimals + 1);
  return true;
}
