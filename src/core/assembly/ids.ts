import { hashSequentialId } from "../../record/assembly/ids.ts";
import { ID_BYTES, SHORT_ID_BYTES } from "../../record/assembly/units.ts";
import { idCapacity, idIndex, idMask, ids, idTails, setWord, word } from "./area.ts";
import { NONE } from "./codes.ts";
import { fail } from "./host.ts";
import { addEntry, bucketBehind, bucketOf, entryAt as indexedAt, goesOn, placesOf, removeEntry } from "./id-index.ts";
import {
  ID_ENTRY_BYTES,
  ID_HIDDEN,
  ID_LENGTH_SHIFT,
  ID_OWNER_AT,
  IDS_FREED,
  IDS_FRESH,
  IDS_USED,
  OWNER_OF_ID,
  TAIL_BYTES,
} from "./layout.ts";

/*  ClOrdIDs of all sessions: a pool of entries and an index over it, both written by the core alone.
 *
 *  entry  0                 32               36     40    44     48
 *         ┌─────────────────┬────────────────┬──────┬─────┬──────┐   owner  session | length << 24 | HIDDEN
 *         │ ClOrdID         │ owner          │ slot │next │ hash │   next   the same order's next entry, or of the free list
 *         └─────────────────┴────────────────┴──────┴─────┴──────┘
 *  tail   of an entry whose ClOrdID is longer than 32 bytes: the other 32, zero padded, apart, so that short ids touch no more memory
 *
 *  The index (id-index.ts) has all entries but hidden ones.
 */
const SLOT: usize = 36;
const NEXT: usize = 40;
const HASH: usize = 44;
/** Session ids are below this. */
const MAX_SESSIONS = 1 << ID_LENGTH_SHIFT;

// @ts-ignore: decorator
@inline
function entryAt(entry: i32): usize {
  return ids + <usize>entry * ID_ENTRY_BYTES;
}

// @ts-ignore: decorator
@inline
function tailAt(entry: i32): usize {
  return idTails + <usize>entry * TAIL_BYTES;
}

export function freeIds(): i32 {
  return idCapacity - word(IDS_USED);
}

/** Returns the entry of an id of a session, or NONE. */
export function findId(from: usize, session: i32, length: i32): i32 {
  const owner = session | (length << ID_LENGTH_SHIFT);
  const hash = hashSequentialId(from, length, session);
  let bucket = bucketOf(idIndex, idMask, hash);
  while (true) {
    for (let places = placesOf(bucket, hash); places !== 0; places &= places - 1) {
      const entry = indexedAt(bucket, places);
      if (isEntry(entry, owner, from, length)) return entry;
    }
    if (!goesOn(bucket)) return NONE;
    bucket = bucketBehind(idIndex, idMask, bucket);
  }
}

// @ts-ignore: decorator
@inline
function isEntry(entry: i32, owner: i32, from: usize, length: i32): bool {
  const at = entryAt(entry);
  if (load<i32>(at, ID_OWNER_AT) !== owner || !sameHalf(at, from)) return false;
  return <u32>length <= SHORT_ID_BYTES || sameHalf(tailAt(entry), from + 32);
}

/** True when 32 bytes are equal. */
// @ts-ignore: decorator
@inline
function sameHalf(a: usize, b: usize): bool {
  const first = v128.xor(v128.load(a), v128.load(b));
  return !v128.any_true(v128.or(first, v128.xor(v128.load(a, 16), v128.load(b, 16))));
}

// @ts-ignore: decorator
@inline
function copyHalf(to: usize, from: usize): void {
  v128.store(to, v128.load(from));
  v128.store(to, v128.load(from, 16), 16);
}

/**
 * Remembers an id of an order; `next` is the order's entry before it, or NONE.
 * Returns  the entry; the caller has checked that the id is unknown and an entry free.
 */
export function addIdEntry(from: usize, session: i32, length: i32, slot: i32, next: i32): i32 {
  if (session >= MAX_SESSIONS || <u32>length > ID_BYTES) fail(OWNER_OF_ID, session);
  let entry = word(IDS_FREED);
  if (entry === NONE) {
    entry = word(IDS_FRESH);
    setWord(IDS_FRESH, entry + 1);
  } else setWord(IDS_FREED, load<i32>(entryAt(entry), NEXT));
  setWord(IDS_USED, word(IDS_USED) + 1);
  const at = entryAt(entry);
  copyHalf(at, from);
  if (<u32>length > SHORT_ID_BYTES) copyHalf(tailAt(entry), from + 32);
  const hash = hashSequentialId(from, length, session);
  store<i32>(at, session | (length << ID_LENGTH_SHIFT), ID_OWNER_AT);
  store<i32>(at, slot, SLOT);
  store<i32>(at, next, NEXT);
  store<i32>(at, hash, HASH);
  addEntry(idIndex, idMask, hash, entry);
  return entry;
}

/** Forgets an entry. */
export function removeId(entry: i32): void {
  const at = entryAt(entry);
  if (load<i32>(at, ID_OWNER_AT) >= 0) unlink(entry);
  store<i32>(at, word(IDS_FREED), NEXT);
  setWord(IDS_FREED, entry);
  setWord(IDS_USED, word(IDS_USED) - 1);
}

/** The id no longer leads to the entry, so that it can be added again; the entry keeps its text. */
export function hideId(entry: i32): void {
  unlink(entry);
  const at = entryAt(entry);
  store<i32>(at, load<i32>(at, ID_OWNER_AT) | ID_HIDDEN, ID_OWNER_AT);
}

/** Takes an entry out of the index. */
function unlink(entry: i32): void {
  removeEntry(idIndex, idMask, load<i32>(entryAt(entry), HASH), entry);
}

/** Reads where the index has an entry. */
// @ts-ignore: decorator
@inline
export function placeOfId(entry: i32): i32 {
  return load<i32>(bucketOf(idIndex, idMask, load<i32>(entryAt(entry), HASH)));
}

/** Enters all ids of an order into an index in which they are not yet. */
export function indexIds(first: i32): void {
  for (let entry = first; entry !== NONE; entry = nextId(entry)) {
    const at = entryAt(entry);
    if (load<i32>(at, ID_OWNER_AT) >= 0) addEntry(idIndex, idMask, load<i32>(at, HASH), entry);
  }
}

// @ts-ignore: decorator
@inline
export function slotOfId(entry: i32): i32 {
  return load<i32>(entryAt(entry), SLOT);
}

// @ts-ignore: decorator
@inline
export function nextId(entry: i32): i32 {
  return load<i32>(entryAt(entry), NEXT);
}

export function setNextId(entry: i32, next: i32): void {
  store<i32>(entryAt(entry), next, NEXT);
}

/** Length of an entry's id. */
// @ts-ignore: decorator
@inline
export function lengthOfId(entry: i32): i32 {
  return <i32>(<u32>(load<i32>(entryAt(entry), ID_OWNER_AT) & ~ID_HIDDEN) >>> ID_LENGTH_SHIFT);
}

/** Copies an entry's id of `length` bytes. */
// @ts-ignore: decorator
@inline
export function copyEntry(entry: i32, to: usize, length: i32): void {
  copyHalf(to, entryAt(entry));
  if (<u32>length > SHORT_ID_BYTES) copyHalf(to + 32, tailAt(entry));
}
