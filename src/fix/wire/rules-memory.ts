/** Where tables of rules are placed in the codec's memory. Addresses are byte offsets in the whole memory. */
export class RulesMemory {
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;

  /** Places tables from `at` to `end`. */
  constructor(
    buffer: ArrayBufferLike,
    private at: number,
    private readonly end: number,
  ) {
    this.bytes = new Uint8Array(buffer);
    this.words = new Uint32Array(buffer);
  }

  /** Returns the address of zeroed bytes, a multiple of 8; 0 when there is no room. */
  take(bytes: number): number {
    const at = this.at;
    const next = at + Math.ceil(bytes / 8) * 8;
    if (next > this.end) return 0;
    this.at = next;
    this.bytes.fill(0, at, next);
    return at;
  }
}
