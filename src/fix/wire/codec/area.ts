import { CLOCK_AT, MASKS_AT, PAIRS_AT, WRITTEN_SECOND_AT } from "./layout.ts";

const SOH: u8 = 1;

/** Address of the area in use. Every exported function sets it, because one thread may run several lanes. */
export let area: usize = 0;

// @ts-ignore: decorator
@inline
export function aim(at: usize): void {
  area = at;
}

/** Initializes the tables of an area. */
export function open(at: usize): void {
  for (let i: u32 = 0; i < 100; i++) {
    store<u8>(at + PAIRS_AT + 2 * i, 48 + i / 10);
    store<u8>(at + PAIRS_AT + 2 * i + 1, 48 + (i % 10));
  }
  v128.store(at + MASKS_AT, i8x16.splat(-1));
  v128.store(at + MASKS_AT + 16, i8x16.splat(0));
  // SOH is in no field, so the cached second matches no time.
  memory.fill(at + CLOCK_AT, SOH, 17);
  store<i64>(at + WRITTEN_SECOND_AT, -1);
}

/** Ones over the first `bytes` of a vector. */
// @ts-ignore: decorator
@inline
export function maskOf(bytes: u32): v128 {
  return v128.load(area + MASKS_AT + 16 - bytes);
}

/** True when `bytes` bytes are equal at both addresses. */
export function same(a: usize, b: usize, bytes: u32): bool {
  while (bytes >= 16) {
    if (v128.any_true(v128.xor(v128.load(a), v128.load(b)))) return false;
    a += 16;
    b += 16;
    bytes -= 16;
  }
  return !v128.any_true(v128.and(v128.xor(v128.load(a), v128.load(b)), maskOf(bytes)));
}
