import { broken } from "../../base/broken.ts";
import { hashSequentialId, ID_BYTES, SHORT_ID_BYTES } from "../../base/id.ts";
import { NONE } from "../../base/units.ts";
import { Views } from "../../base/views.ts";
import type { StateSink, StateSource } from "../state-io.ts";

/*  ClOrdIDs of all sessions: a pool of entries and an index over it, both written by the core alone.
 *
 *  entry  0                 32               36     40    44     48
 *         ┌─────────────────┬────────────────┬──────┬─────┬──────┐   owner  session | length << 24 | HIDDEN
 *         │ ClOrdID         │ owner          │ slot │next │ hash │   next   the same order's next entry, or of the free list
 *         └─────────────────┴────────────────┴──────┴─────┴──────┘
 *  tail   of an entry whose ClOrdID is longer than 32 bytes: the other 32, zero padded, apart, so that short ids touch no more memory
 *
 *  The index is open addressing over [entry + 1 (0: empty) | hash], at most half full, with backward-shift deletion: there
 *  are no tombstones, so that a table that lives for weeks probes as short as a new one. The hashes stand beside the
 *  entries so that probing and shifting stay in one or two cache lines; an entry itself is read only when it is the one.
 */
const ENTRY_BYTES = 48;
const ENTRY_WORDS = ENTRY_BYTES / 4;
const HEAD_WORDS = SHORT_ID_BYTES / 4;
const TAIL_BYTES = ID_BYTES - SHORT_ID_BYTES;
const TAIL_WORDS = TAIL_BYTES / 4;
const OWNER = 8;
const SLOT = 9;
const NEXT = 10;
const HASH = 11;
const LENGTH_SHIFT = 24;
/** Of an owner: the entry is not in the index, because its ClOrdID has been used again. */
const HIDDEN = 1 << 31;

/** Session ids are below this. */
const MAX_SESSIONS = 1 << LENGTH_SHIFT;

/** (session, ClOrdID) → order slot. */
export class Ids {
  private readonly words: Int32Array;
  private readonly tails: Int32Array;
  private readonly index: Int32Array;
  private readonly mask: number;
  private readonly capacity: number;
  private fresh = 0;
  private freed = NONE;
  /** Entries that hold an id. */
  used = 0;

  /** Bytes that a table of this capacity takes. */
  static bytesFor(capacity: number): number {
    return capacity * (ENTRY_BYTES + TAIL_BYTES) + indexSlots(capacity) * 8;
  }

  constructor(capacity: number) {
    this.capacity = capacity;
    this.words = Views.allocate(capacity * ENTRY_BYTES).ints;
    this.tails = Views.allocate(capacity * TAIL_BYTES).ints;
    const slots = indexSlots(capacity);
    this.index = Views.allocate(slots * 8).ints;
    this.mask = slots * 2 - 1;
  }

  get free(): number {
    return this.capacity - this.used;
  }

  /** Returns the entry of an id of a session, or NONE. */
  find(from: Int32Array, at: number, session: number, length: number): number {
    const owner = session | (length << LENGTH_SHIFT);
    const words = this.words;
    const index = this.index;
    const mask = this.mask;
    const source = at >> 2;
    const hash = hashSequentialId(from, at, length, session);
    for (let place = (hash << 1) & mask; ; place = (place + 2) & mask) {
      const entry = index[place]! - 1;
      if (entry < 0) return NONE;
      if (index[place + 1] !== hash) continue;
      const word = entry * ENTRY_WORDS;
      if (words[word + OWNER] !== owner) continue;
      let i = 0;
      while (i < HEAD_WORDS && words[word + i] === from[source + i]) i++;
      if (i === HEAD_WORDS && (length <= SHORT_ID_BYTES || this.isTail(entry, from, source + HEAD_WORDS))) return entry;
    }
  }

  private isTail(entry: number, from: Int32Array, word: number): boolean {
    const tail = entry * TAIL_WORDS;
    for (let i = 0; i < TAIL_WORDS; i++) if (this.tails[tail + i] !== from[word + i]) return false;
    return true;
  }

  /**
   * Remembers an id of an order; `next` is the order's entry before it, or NONE.
   * Returns  the entry; the caller has checked that the id is unknown and an entry free.
   */
  add(from: Int32Array, at: number, session: number, length: number, slot: number, next: number): number {
    const words = this.words;
    if (session >= MAX_SESSIONS || length > ID_BYTES) broken("owner of a ClOrdID", session);
    let entry = this.freed;
    if (entry === NONE) entry = this.fresh++;
    else this.freed = words[entry * ENTRY_WORDS + NEXT]!;
    this.used++;
    const word = entry * ENTRY_WORDS;
    const source = at >> 2;
    for (let i = 0; i < HEAD_WORDS; i++) words[word + i] = from[source + i]!;
    if (length > SHORT_ID_BYTES) this.putTail(entry, from, source + HEAD_WORDS);
    const hash = hashSequentialId(from, at, length, session);
    words[word + OWNER] = session | (length << LENGTH_SHIFT);
    words[word + SLOT] = slot;
    words[word + NEXT] = next;
    words[word + HASH] = hash;
    let place = (hash << 1) & this.mask;
    while (this.index[place] !== 0) place = (place + 2) & this.mask;
    this.index[place] = entry + 1;
    this.index[place + 1] = hash;
    return entry;
  }

  private putTail(entry: number, from: Int32Array, word: number): void {
    const tail = entry * TAIL_WORDS;
    for (let i = 0; i < TAIL_WORDS; i++) this.tails[tail + i] = from[word + i]!;
  }

  /** Forgets an entry. */
  remove(entry: number): void {
    const words = this.words;
    if (words[entry * ENTRY_WORDS + OWNER]! >= 0) this.unlink(entry);
    words[entry * ENTRY_WORDS + NEXT] = this.freed;
    this.freed = entry;
    this.used--;
  }

  /** The id no longer leads to the entry, so that it can be added again; the entry keeps its text. */
  hide(entry: number): void {
    const owner = entry * ENTRY_WORDS + OWNER;
    this.unlink(entry);
    this.words[owner] = this.words[owner]! | HIDDEN;
  }

  /** Takes an entry out of the index; the entries behind it there move up. */
  private unlink(entry: number): void {
    const words = this.words;
    const index = this.index;
    const mask = this.mask;
    let hole = (words[entry * ENTRY_WORDS + HASH]! << 1) & mask;
    while (index[hole] !== entry + 1) hole = (hole + 2) & mask;
    for (let place = (hole + 2) & mask; index[place] !== 0; place = (place + 2) & mask) {
      const home = (index[place + 1]! << 1) & mask;
      if (((place - home) & mask) < ((place - hole) & mask)) continue;
      index[hole] = index[place]!;
      index[hole + 1] = index[place + 1]!;
      hole = place;
    }
    index[hole] = 0;
  }

  slotOf(entry: number): number {
    return this.words[entry * ENTRY_WORDS + SLOT]!;
  }

  next(entry: number): number {
    return this.words[entry * ENTRY_WORDS + NEXT]!;
  }

  setNext(entry: number, next: number): void {
    this.words[entry * ENTRY_WORDS + NEXT] = next;
  }

  /** Length of an entry's id. */
  lengthOf(entry: number): number {
    return (this.words[entry * ENTRY_WORDS + OWNER]! & ~HIDDEN) >>> LENGTH_SHIFT;
  }

  /** Byte `i` of an entry's id. */
  byteOf(entry: number, i: number): number {
    const word = i >> 2;
    const words =
      word < HEAD_WORDS ? this.words[entry * ENTRY_WORDS + word] : this.tails[entry * TAIL_WORDS + word - HEAD_WORDS];
    return (words! >>> ((i & 3) << 3)) & 255;
  }

  /** Copies an entry's id of `length` bytes. */
  copy(entry: number, to: Int32Array, at: number, length: number): void {
    const words = this.words;
    const word = entry * ENTRY_WORDS;
    const target = at >> 2;
    for (let i = 0; i < HEAD_WORDS; i++) to[target + i] = words[word + i]!;
    if (length <= SHORT_ID_BYTES) return;
    const tail = entry * TAIL_WORDS;
    for (let i = 0; i < TAIL_WORDS; i++) to[target + HEAD_WORDS + i] = this.tails[tail + i]!;
  }

  save(to: StateSink): void {
    to.numbers("ids", [this.fresh, this.freed, this.used]);
    to.words("ids", this.words, this.fresh * ENTRY_WORDS);
    to.words("idTails", this.tails, this.fresh * TAIL_WORDS);
    to.words("idIndex", this.index, this.index.length);
  }

  /** Into a table in which nothing is yet; the index is made anew where it has another size. */
  load(from: StateSource): void {
    const numbers = from.numbers("ids");
    if (numbers[0]! > this.capacity)
      throw new Error("core.maxOrders: expected room for " + numbers[0] + " ClOrdIDs, got " + this.capacity);
    this.fresh = numbers[0]!;
    this.freed = numbers[1]!;
    this.used = numbers[2]!;
    from.words("ids", this.words);
    // Snapshots of versions with ids of up to 32 bytes have no tails.
    if (from.has("idTails")) from.words("idTails", this.tails);
    if (from.length("idIndex") === this.index.length) {
      from.words("idIndex", this.index);
      return;
    }
    const old = new Int32Array(from.length("idIndex"));
    from.words("idIndex", old);
    for (let i = 0; i < old.length; i += 2) if (old[i] !== 0) this.enter(old[i]! - 1, old[i + 1]!);
  }

  private enter(entry: number, hash: number): void {
    let place = (hash << 1) & this.mask;
    while (this.index[place] !== 0) place = (place + 2) & this.mask;
    this.index[place] = entry + 1;
    this.index[place + 1] = hash;
  }

  /** Mixes all that is remembered into `hash`; independent of where it stands in the index. */
  digest(hash: number): number {
    for (let i = 0; i < this.fresh * ENTRY_WORDS; i++) hash = Math.imul(hash ^ this.words[i]!, 0x01000193);
    for (let i = 0; i < this.fresh * TAIL_WORDS; i++) hash = Math.imul(hash ^ this.tails[i]!, 0x01000193);
    return Math.imul(hash ^ this.used, 0x01000193);
  }
}

function indexSlots(capacity: number): number {
  let slots = 1024;
  while (slots < capacity * 2) slots *= 2;
  return slots;
}
