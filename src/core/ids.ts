import { copyId, hashId, sameId } from "../base/id.ts";
import { NONE } from "../base/units.ts";
import { Views } from "../base/views.ts";

/*  One id entry: byte 0 ClOrdID (32) · int 8 session · 9 order slot · 10 next entry of the same order, or of the free list · 11 length */
const ENTRY_BYTES = 48;
const SESSION_WORD = 8;
const SLOT_WORD = 9;
const NEXT_WORD = 10;
const LENGTH_WORD = 11;
const WORDS = ENTRY_BYTES / 4;

/** (session, ClOrdID) → order slot: open addressing with backward-shift deletion over a pool of entries. */
export class Ids {
  readonly views: Views;
  private readonly ints: Int32Array;
  /** Entry + 1, 0 for an empty place. */
  private readonly table: Int32Array;
  private readonly mask: number;
  private free = NONE;
  private used = 0;
  freeCount: number;

  constructor(readonly capacity: number) {
    this.views = Views.allocate(capacity * ENTRY_BYTES);
    this.ints = this.views.ints;
    let size = 1024;
    while (size < capacity * 2) size *= 2;
    this.table = new Int32Array(new ArrayBuffer(size * 4));
    this.mask = size - 1;
    this.freeCount = capacity;
  }

  /** Entry of this session's id, or NONE. */
  find(session: number, ints: Int32Array, at: number): number {
    let place = hashId(ints, at, session) & this.mask;
    while (true) {
      const entry = this.table[place]! - 1;
      if (entry < 0) return NONE;
      if (this.ints[entry * WORDS + SESSION_WORD] === session && sameId(this.ints, entry * ENTRY_BYTES, ints, at)) return entry;
      place = (place + 1) & this.mask;
    }
  }

  /** Remembers an id that is not there yet; `next` is the order's newest entry so far. Returns the entry; the caller has checked freeCount. */
  add(session: number, ints: Int32Array, at: number, length: number, slot: number, next: number): number {
    const entry = this.takeEntry();
    const word = entry * WORDS;
    copyId(this.ints, entry * ENTRY_BYTES, ints, at);
    this.ints[word + SESSION_WORD] = session;
    this.ints[word + SLOT_WORD] = slot;
    this.ints[word + NEXT_WORD] = next;
    this.ints[word + LENGTH_WORD] = length;
    let place = hashId(ints, at, session) & this.mask;
    while (this.table[place] !== 0) place = (place + 1) & this.mask;
    this.table[place] = entry + 1;
    return entry;
  }

  /** Forgets all ids of an order, from its newest entry. */
  forgetAll(head: number): void {
    let entry = head;
    while (entry !== NONE) {
      const next = this.ints[entry * WORDS + NEXT_WORD]!;
      this.remove(entry);
      entry = next;
    }
  }

  slotOf(entry: number): number {
    return this.ints[entry * WORDS + SLOT_WORD]!;
  }

  lengthOf(entry: number): number {
    return this.ints[entry * WORDS + LENGTH_WORD]!;
  }

  /** Where the id's bytes stand in `views`. */
  at(entry: number): number {
    return entry * ENTRY_BYTES;
  }

  private takeEntry(): number {
    this.freeCount--;
    if (this.free === NONE) return this.used++;
    const entry = this.free;
    this.free = this.ints[entry * WORDS + NEXT_WORD]!;
    return entry;
  }

  private remove(entry: number): void {
    let hole = this.home(entry);
    while (this.table[hole] !== entry + 1) hole = (hole + 1) & this.mask;
    let place = hole;
    while (true) {
      place = (place + 1) & this.mask;
      const other = this.table[place]! - 1;
      if (other < 0) break;
      // One that would be nearer to its home in the hole moves there.
      if (((place - this.home(other)) & this.mask) >= ((place - hole) & this.mask)) {
        this.table[hole] = other + 1;
        hole = place;
      }
    }
    this.table[hole] = 0;
    this.ints[entry * WORDS + NEXT_WORD] = this.free;
    this.free = entry;
    this.freeCount++;
  }

  private home(entry: number): number {
    return hashId(this.ints, entry * ENTRY_BYTES, this.ints[entry * WORDS + SESSION_WORD]!) & this.mask;
  }
}
