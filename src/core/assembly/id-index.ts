import { fail } from "./host.ts";
import { ID_BUCKET_BYTES, ID_OF_INDEX } from "./layout.ts";

/*  Where ids are: a table of buckets. A bucket is one cache line with room for twelve entries, numbers from 0 on.
 *
 *  byte 0       12       16                                64
 *       ┌───────┬────────┬───────┬───────┬─ ─ ─ ┬──────────┐   tags    a byte for each entry: 0x80 and bits of its hash; 0: there is none
 *       │ tags  │ passed │ entry │ entry │      │ entry    │   passed  entries that did not fit in here and are in a bucket behind it
 *       └───────┴────────┴───────┴───────┴─ ─ ─ ┴──────────┘
 *
 *  The hash (hashSequentialId) says in which bucket an entry's search begins; it continues in the next one only while `passed` is not 0.
 *  So nothing moves when an entry goes, there are no tombstones, and a table that lives for weeks searches as short as a new one.
 *  Eight sequential ids share a bucket, in which the low bits of the hash tell them apart.
 */
const TAG_BYTES = 0xfff;
const PASSED: usize = 12;
const ENTRIES: usize = 16;

/** First bucket of a hash. `mask` is the table's bytes less one bucket. */
// @ts-ignore: decorator
@inline
export function bucketOf(index: usize, mask: i32, hash: i32): usize {
  return index + <usize>((hash << 3) & mask);
}

// @ts-ignore: decorator
@inline
export function bucketBehind(index: usize, mask: i32, bucket: usize): usize {
  return index + <usize>((<i32>(bucket - index) + ID_BUCKET_BYTES) & mask);
}

/** One bit for each place of a bucket whose entry may have the hash. */
// @ts-ignore: decorator
@inline
export function placesOf(bucket: usize, hash: i32): i32 {
  return i8x16.bitmask(i8x16.eq(v128.load(bucket), i8x16.splat(<i8>tagOf(hash)))) & TAG_BYTES;
}

/** The entry at the first of these places. */
// @ts-ignore: decorator
@inline
export function entryAt(bucket: usize, places: i32): i32 {
  return load<i32>(bucket + (<usize>ctz(places) << 2), ENTRIES);
}

/** True when the entry may be in the bucket behind. */
// @ts-ignore: decorator
@inline
export function goesOn(bucket: usize): bool {
  return load<i32>(bucket, PASSED) !== 0;
}

/** Adds an entry that is not there. The table has more room than there are entries. */
export function addEntry(index: usize, mask: i32, hash: i32, entry: i32): void {
  let bucket = bucketOf(index, mask, hash);
  let free = freeIn(bucket);
  while (free === 0) {
    store<i32>(bucket, load<i32>(bucket, PASSED) + 1, PASSED);
    bucket = bucketBehind(index, mask, bucket);
    free = freeIn(bucket);
  }
  const place = <usize>ctz(free);
  store<u8>(bucket + place, <u8>tagOf(hash));
  store<i32>(bucket + (place << 2), entry, ENTRIES);
}

/** Takes out an entry that is there. */
export function removeEntry(index: usize, mask: i32, hash: i32, entry: i32): void {
  let bucket = bucketOf(index, mask, hash);
  for (;;) {
    for (let places = placesOf(bucket, hash); places !== 0; places &= places - 1) {
      if (entryAt(bucket, places) !== entry) continue;
      store<u8>(bucket + <usize>ctz(places), 0);
      return;
    }
    const passed = load<i32>(bucket, PASSED);
    if (passed === 0) fail(ID_OF_INDEX, entry);
    store<i32>(bucket, passed - 1, PASSED);
    bucket = bucketBehind(index, mask, bucket);
  }
}

// @ts-ignore: decorator
@inline
function freeIn(bucket: usize): i32 {
  return ~i8x16.bitmask(v128.load(bucket)) & TAG_BYTES;
}

// @ts-ignore: decorator
@inline
function tagOf(hash: i32): i32 {
  return 0x80 | ((hash >> 24) & 0x78) | (hash & 7);
}
