/** Addresses from which a session may log on, as masks over the four words of a peer's address. */
export class AllowList {
  private readonly words: Int32Array;
  private readonly masks: Int32Array;

  /** Without ranges, every address is admitted. */
  constructor(ranges: readonly { readonly address: Uint8Array; readonly bits: number }[]) {
    const words = new Uint8Array(new ArrayBuffer(16 * ranges.length));
    const masks = new Uint8Array(new ArrayBuffer(16 * ranges.length));
    ranges.forEach(({ address, bits }, i) => {
      for (let byte = 0; byte < 16; byte++) {
        const kept = Math.min(8, Math.max(0, bits - 8 * byte));
        masks[16 * i + byte] = 0xff00 >> kept;
        words[16 * i + byte] = address[byte]! & masks[16 * i + byte]!;
      }
    });
    this.words = new Int32Array(words.buffer);
    this.masks = new Int32Array(masks.buffer);
  }

  admits(peer: Int32Array): boolean {
    const length = this.words.length;
    if (length === 0) return true;
    for (let at = 0; at < length; at += 4) {
      let differs = 0;
      for (let i = 0; i < 4; i++) differs |= (peer[i]! & this.masks[at + i]!) ^ this.words[at + i]!;
      if (differs === 0) return true;
    }
    return false;
  }
}
