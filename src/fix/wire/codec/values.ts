import { maskOf } from "./area.ts";
import { readDecimal, readWhole } from "./numbers.ts";
import { endOf, find, startOf } from "./scan.ts";
import { NO_PRICE, SHORT_ID_BYTES } from "./units.ts";

/** Returns a field's single character, 0 when absent, -1 when it is longer. */
export function readChar(tag: u32): i32 {
  const field = find(tag);
  if (field < 0) return 0;
  const at = startOf(field);
  return endOf(field) - at === 1 ? load<u8>(at) : -1;
}

/** Copies an id of up to 32 bytes, zero padded. Returns its length, 0 when absent, -1 when it is longer. */
export function idOf(tag: u32, to: usize): i32 {
  const field = find(tag);
  if (field < 0) return 0;
  const at = startOf(field);
  const bytes = <u32>(endOf(field) - at);
  if (bytes > SHORT_ID_BYTES) return -1;
  putPadded(to, at, bytes);
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

/** Returns a whole number of units, 0 when absent, UNREADABLE when it is not plain. */
export function wholeOf(tag: u32): f64 {
  const field = find(tag);
  return field < 0 ? 0 : readWhole(startOf(field), endOf(field));
}

/** Returns a decimal number in 1e-8, NO_PRICE when absent, UNREADABLE when it is not plain. */
export function decimalOf(tag: u32): f64 {
  const field = find(tag);
  return field < 0 ? NO_PRICE : readDecimal(startOf(field), endOf(field));
}
