const EQUALS = 61;

/** Returns the offset of the next "8=", or −1. */
export function findBegin(bytes: Uint8Array, from: number, to: number): number {
  for (let at = from; at + 1 < to; at++) if (bytes[at] === 56 && bytes[at + 1] === EQUALS) return at;
  return -1;
}
