import { NONE } from "../base/units.ts";

/** First words of an IPv4 address that is mapped into IPv6: ten bytes 0, two bytes 255. */
const MAPPED_WORD = -65_536;
const MAPPED_BITS = 96;
const ADDRESS_WORDS = 4;

/*  Open connections by network. A hash table with chains over fixed slots: as many networks as connections.
 *
 *  heads[hash] → slot → next[slot] → … → NONE      free slots are chained, too
 *  keys[4 × slot]   the masked address              open[slot], waiting[slot]: its connections, those without a Logon
 */
export class PeerCounts {
  /** By slot: open connections, and those of them that have no Logon yet. */
  readonly open: Int32Array;
  readonly waiting: Int32Array;
  private readonly heads: Int32Array;
  private readonly next: Int32Array;
  private readonly keys: Int32Array;
  private readonly key = new Int32Array(new ArrayBuffer(4 * ADDRESS_WORDS));
  private readonly mask4: Int32Array;
  private readonly mask6: Int32Array;
  private free = 0;

  /** `bits4` and `bits6` are the lengths of a network's prefix; 32 and 128 count single addresses. */
  constructor(connections: number, bits4: number, bits6: number) {
    this.open = new Int32Array(new ArrayBuffer(4 * connections));
    this.waiting = new Int32Array(new ArrayBuffer(4 * connections));
    this.heads = new Int32Array(new ArrayBuffer(4 * powerAbove(connections))).fill(NONE);
    this.next = new Int32Array(new ArrayBuffer(4 * connections));
    this.keys = new Int32Array(new ArrayBuffer(4 * ADDRESS_WORDS * connections));
    for (let i = 0; i < connections; i++) this.next[i] = i + 1 < connections ? i + 1 : NONE;
    this.mask4 = maskOf(MAPPED_BITS + bits4);
    this.mask6 = maskOf(bits6);
  }

  /** Slot of the peer's network, or NONE while it has no connection. */
  find(peer: Int32Array): number {
    let slot = this.heads[this.hash(peer)]!;
    while (slot !== NONE && !this.isAt(slot)) slot = this.next[slot]!;
    return slot;
  }

  /** Counts a connection, which has no Logon yet. Returns  the slot of its network. */
  enter(peer: Int32Array): number {
    let slot = this.find(peer);
    if (slot === NONE) {
      slot = this.free;
      this.free = this.next[slot]!;
      const hash = this.hash(peer);
      for (let i = 0; i < ADDRESS_WORDS; i++) this.keys[ADDRESS_WORDS * slot + i] = this.key[i]!;
      this.next[slot] = this.heads[hash]!;
      this.heads[hash] = slot;
      this.open[slot] = 0;
      this.waiting[slot] = 0;
    }
    this.open[slot]!++;
    this.waiting[slot]!++;
    return slot;
  }

  /** A connection of this slot, from `peer`, has ended. */
  leave(slot: number, peer: Int32Array): void {
    if (--this.open[slot]! > 0) return;
    const hash = this.hash(peer);
    if (this.heads[hash] === slot) this.heads[hash] = this.next[slot]!;
    else {
      let before = this.heads[hash]!;
      while (this.next[before] !== slot) before = this.next[before]!;
      this.next[before] = this.next[slot]!;
    }
    this.next[slot] = this.free;
    this.free = slot;
  }

  /** Leaves the masked address in `key`. */
  private hash(peer: Int32Array): number {
    const key = this.key;
    const isMapped = peer[0] === 0 && peer[1] === 0 && peer[2] === MAPPED_WORD;
    const mask = isMapped ? this.mask4 : this.mask6;
    let hash = 0;
    for (let i = 0; i < ADDRESS_WORDS; i++) {
      key[i] = peer[i]! & mask[i]!;
      hash = Math.imul(hash ^ key[i]!, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    return hash & (this.heads.length - 1);
  }

  private isAt(slot: number): boolean {
    for (let i = 0; i < ADDRESS_WORDS; i++) if (this.keys[ADDRESS_WORDS * slot + i] !== this.key[i]) return false;
    return true;
  }
}

function maskOf(bits: number): Int32Array {
  const bytes = new Uint8Array(new ArrayBuffer(4 * ADDRESS_WORDS));
  for (let i = 0; i < bytes.length; i++) bytes[i] = 0xff00 >> Math.min(8, Math.max(0, bits - 8 * i));
  return new Int32Array(bytes.buffer);
}

function powerAbove(count: number): number {
  let power = 1;
  while (power < count) power *= 2;
  return power;
}
