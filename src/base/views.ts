/** Buffers of at least a page have a stable address. */
const SMALLEST = 4096;
const LARGE = 64 * 1024;

/**
 * Views of one range of memory, for flyweights and rings.
 * Offsets are always bytes from its start: `ints[at >> 2]`, `doubles[at >> 3]`, `longs[at >> 3]`.
 */
export class Views {
  readonly bytes: Uint8Array;
  readonly ints: Int32Array;
  readonly doubles: Float64Array;
  readonly longs: BigInt64Array;

  /** `buffer` must not be resizable; `at` and `bytes` are multiples of 8. */
  constructor(
    readonly buffer: ArrayBufferLike,
    at = 0,
    bytes = buffer.byteLength - at,
  ) {
    this.bytes = new Uint8Array(buffer, at, bytes);
    this.ints = new Int32Array(buffer, at, Math.floor(bytes / 4));
    this.doubles = new Float64Array(buffer, at, Math.floor(bytes / 8));
    this.longs = new BigInt64Array(buffer, at, Math.floor(bytes / 8));
  }

  /** Called with every large buffer of `allocate` before its first use, so that the lane can place its pages. */
  static onLarge: ((buffer: ArrayBuffer) => void) | null = null;

  /** New zeroed memory of this thread; at least 4 KiB, so that its address is stable. */
  static allocate(bytes: number): Views {
    const buffer = new ArrayBuffer(Math.max(SMALLEST, Math.ceil(bytes / 8) * 8));
    if (buffer.byteLength >= LARGE) Views.onLarge?.(buffer);
    return new Views(buffer);
  }
}
