/** Buffers from a page on have a stable address. */
const SMALLEST = 4096;
const LARGE = 64 * 1024;

/**
 * The four views of one stretch of memory that flyweights and rings read and write through.
 * Offsets are always bytes from the start of `buffer`; `ints[at >> 2]`, `doubles[at >> 3]`.
 */
export class Views {
  readonly bytes: Uint8Array;
  readonly ints: Int32Array;
  readonly doubles: Float64Array;

  /** `buffer` must not be resizable, and its length a multiple of 8. */
  constructor(readonly buffer: ArrayBufferLike) {
    this.bytes = new Uint8Array(buffer);
    this.ints = new Int32Array(buffer);
    this.doubles = new Float64Array(buffer);
  }

  /** Told of every large stretch that `allocate` makes, before it is touched: the lane sees to where and how it lies. */
  static onLarge: ((buffer: ArrayBuffer) => void) | null = null;

  /** Fresh zeroed memory of this thread's own; never below 4 KiB, so that its address is stable. */
  static allocate(bytes: number): Views {
    const buffer = new ArrayBuffer(Math.max(SMALLEST, Math.ceil(bytes / 8) * 8));
    if (buffer.byteLength >= LARGE) Views.onLarge?.(buffer);
    return new Views(buffer);
  }
}
