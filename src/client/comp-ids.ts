import { NONE } from "../base/units.ts";

/*  Sessions by the CompID of their client. A hash table with chains over fixed slots; several sessions may have one CompID.
 *
 *  heads[hash] → place → next[place] → … → NONE       hashes[place]: the chain that it is in, NONE: in none
 */
export class CompIds {
  private readonly heads: Int32Array;
  private readonly next: Int32Array;
  private readonly hashes: Int32Array;

  constructor(places: number) {
    let size = 1;
    while (size < places) size *= 2;
    this.heads = new Int32Array(new ArrayBuffer(4 * size)).fill(NONE);
    this.next = new Int32Array(new ArrayBuffer(4 * places)).fill(NONE);
    this.hashes = new Int32Array(new ArrayBuffer(4 * places)).fill(NONE);
  }

  /** The client of this session is `bytes[from, to)` from now on. */
  set(place: number, bytes: Uint8Array, from: number, to: number): void {
    this.remove(place);
    const hash = this.hash(bytes, from, to);
    this.hashes[place] = hash;
    // Behind those that are there: the first one in the configuration is found first.
    this.next[place] = NONE;
    const last = this.before(hash, NONE);
    if (last === NONE) this.heads[hash] = place;
    else this.next[last] = place;
  }

  /** The first session that may have this client, or NONE. */
  first(bytes: Uint8Array, from: number, to: number): number {
    return this.heads[this.hash(bytes, from, to)]!;
  }

  /** The next session behind `place`, or NONE. */
  after(place: number): number {
    return this.next[place]!;
  }

  private remove(place: number): void {
    const hash = this.hashes[place]!;
    if (hash === NONE) return;
    const before = this.before(hash, place);
    if (before === NONE) this.heads[hash] = this.next[place]!;
    else this.next[before] = this.next[place]!;
  }

  /** The session before `place` in a chain; NONE when that is the first one. `place` NONE: the last one. */
  private before(hash: number, place: number): number {
    let before = NONE;
    for (let one = this.heads[hash]!; one !== place; one = this.next[one]!) before = one;
    return before;
  }

  private hash(bytes: Uint8Array, from: number, to: number): number {
    let hash = 0;
    for (let i = from; i < to; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
    return (hash ^ (hash >>> 15)) & (this.heads.length - 1);
  }
}
