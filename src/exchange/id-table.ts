import { copyId, hashId, ID_BYTES, sameId } from "../base/id.ts";
import { NONE } from "../base/units.ts";
import { Views } from "../base/views.ts";

/** Index of entries by id and owner: open addressing, at most half full. An entry is a number below `capacity`. */
export class IdTable {
  /** The id of entry n is at byte n × 64. */
  readonly ids: Views;
  readonly lengths: Uint8Array;
  readonly owners: Int32Array;
  private readonly held: Uint8Array;
  /** Place → entry + 1, 0 when empty. */
  private readonly places: Int32Array;
  private readonly mask: number;

  constructor(capacity: number) {
    this.ids = Views.allocate(capacity * ID_BYTES);
    this.lengths = new Uint8Array(capacity);
    this.owners = new Int32Array(capacity);
    this.held = new Uint8Array(capacity);
    this.mask = 2 ** Math.ceil(Math.log2(2 * capacity)) - 1;
    this.places = new Int32Array(this.mask + 1);
  }

  at(entry: number): number {
    return entry * ID_BYTES;
  }

  /** Returns the entry with this id and owner, or NONE. */
  find(ids: Int32Array, at: number, length: number, owner: number): number {
    let place = hashId(ids, at, length, owner) & this.mask;
    for (;;) {
      const entry = this.places[place]! - 1;
      if (entry < 0) return NONE;
      const isSimilar = this.owners[entry] === owner && this.lengths[entry] === length;
      if (isSimilar && sameId(this.ids.ints, this.at(entry), ids, at, length)) return entry;
      place = (place + 1) & this.mask;
    }
  }

  /** Sets an entry's id and replaces an earlier one. The caller has checked that no other entry has this id. */
  put(entry: number, ids: Int32Array, at: number, length: number, owner: number): void {
    if (this.held[entry] === 1) this.remove(entry);
    copyId(this.ids.ints, this.at(entry), ids, at, length);
    this.lengths[entry] = length;
    this.owners[entry] = owner;
    this.held[entry] = 1;
    let place = this.home(entry);
    while (this.places[place] !== 0) place = (place + 1) & this.mask;
    this.places[place] = entry + 1;
  }

  /** Removes an entry's id, if it has one. */
  remove(entry: number): void {
    if (this.held[entry] === 0) return;
    this.held[entry] = 0;
    let hole = this.home(entry);
    while (this.places[hole] !== entry + 1) hole = (hole + 1) & this.mask;
    // Later entries of the probe sequence that the hole would hide move into it.
    let place = hole;
    for (;;) {
      place = (place + 1) & this.mask;
      const other = this.places[place]! - 1;
      if (other < 0) break;
      if (((place - this.home(other)) & this.mask) < ((place - hole) & this.mask)) continue;
      this.places[hole] = other + 1;
      hole = place;
    }
    this.places[hole] = 0;
  }

  private home(entry: number): number {
    return hashId(this.ids.ints, this.at(entry), this.lengths[entry]!, this.owners[entry]!) & this.mask;
  }
}
