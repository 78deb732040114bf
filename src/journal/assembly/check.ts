// As readers compute it in journal/check.ts.

/** Check over a header with its position, without the check itself; `length` with the padding (journal/layout.ts). */
export function headerCheck(
  length: i32,
  kindAndSession: i32,
  sequence: i32,
  index: i32,
  timeUs: f64,
  epoch: i32,
  here: i32,
): u32 {
  const time = reinterpret<u64>(timeUs);
  let h = mixed((<u32>here * 0x9e3779b1) ^ 0x165667b1, <u32>length);
  h = mixed(h, <u32>kindAndSession);
  h = mixed(h, <u32>sequence);
  h = mixed(h, <u32>index);
  h = mixed(h, <u32>time);
  h = mixed(h, <u32>(time >> 32));
  return mixed(h, <u32>epoch);
}

/** Check over a payload of whole units of 8 bytes, at least one. */
export function payloadCheck(from: usize, bytes: i32): u32 {
  let even = i32x4.splat(0x9e3779b9);
  let odd = i32x4.splat(0x7f4a7c15);
  const end = from + bytes;
  let at = from;
  for (; at + 32 <= end; at += 32) {
    even = mixedLanes(even, v128.load(at));
    odd = mixedLanes(odd, v128.load(at, 16));
  }
  if (at + 16 <= end) {
    even = mixedLanes(even, v128.load(at));
    if (at + 16 < end) odd = mixedLanes(odd, v128.load64_zero(at, 16));
  } else if (at < end) even = mixedLanes(even, v128.load64_zero(at));
  const lanes = v128.xor(even, v128.or(i32x4.shl(odd, 13), i32x4.shr_u(odd, 19)));
  const a = <u32>i32x4.extract_lane(lanes, 0);
  const b = <u32>i32x4.extract_lane(lanes, 1);
  const c = <u32>i32x4.extract_lane(lanes, 2);
  const d = <u32>i32x4.extract_lane(lanes, 3);
  return a ^ rotl<u32>(b, 9) ^ rotl<u32>(c, 17) ^ rotl<u32>(d, 25);
}

// @ts-ignore: decorator
@inline
export function mixed(h: u32, word: u32): u32 {
  return (rotl<u32>(h, 5) ^ word) + 0x3c6ef372;
}

// @ts-ignore: decorator
@inline
function mixedLanes(h: v128, words: v128): v128 {
  const turned = v128.or(i32x4.shl(h, 5), i32x4.shr_u(h, 27));
  return i32x4.add(v128.xor(turned, words), i32x4(0x3c6ef372, 0x1b873593, 0x52dce729, 0x38b34ae5));
}
