import { ENTRY_CHECK_AT, ENTRY_HEADER_BYTES, ENTRY_KIND_AT } from "../layout.ts";

// As readers compute it in journal/check.ts, over bytes in the memory.

export function entryCheck(at: usize, bytes: i32, here: i32): i32 {
  const header = checkWords(at + ENTRY_KIND_AT, (ENTRY_CHECK_AT - ENTRY_KIND_AT) >> 2, bytes ^ (here * 0x9e3779b1));
  return checkWords(at + ENTRY_HEADER_BYTES, (bytes - ENTRY_HEADER_BYTES) >> 2, header);
}

function checkWords(from: usize, words: i32, seed: i32): i32 {
  let a: u32 = <u32>seed ^ 0x9e3779b9;
  let b: u32 = <u32>seed ^ 0x7f4a7c15;
  let c: u32 = <u32>seed ^ 0x165667b1;
  let d: u32 = <u32>seed ^ 0x27d4eb2f;
  const end = from + (<usize>words << 2);
  let at = from;
  for (; at + 16 <= end; at += 16) {
    a = (rotl<u32>(a, 5) ^ load<u32>(at)) + 0x3c6ef372;
    b = (rotl<u32>(b, 7) ^ load<u32>(at, 4)) + 0x1b873593;
    c = (rotl<u32>(c, 11) ^ load<u32>(at, 8)) + 0x52dce729;
    d = (rotl<u32>(d, 13) ^ load<u32>(at, 12)) + 0x38b34ae5;
  }
  for (; at < end; at += 4) a = (rotl<u32>(a, 5) ^ load<u32>(at)) + 0x3c6ef372;
  return a ^ rotl<u32>(b, 9) ^ rotl<u32>(c, 17) ^ rotl<u32>(d, 25);
}
