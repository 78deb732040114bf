import { addressOf } from "../../ffi/memory.ts";

/** Bytes read at once from one connection. */
export const INPUT_BYTES = 262_144;

/** A stream whose bytes lie in the input. */
export interface InputOwner {
  /** Moves its unread bytes elsewhere. */
  putAside(): void;
}

/**
 * Memory into which all connections of a lane are read: it stays in the cache, and an idle connection takes no memory.
 * Input that one connection leaves unread, mostly a part of a message, is put aside when another is read.
 */
export class Input {
  /** The stream whose bytes it holds. */
  owner: InputOwner | null = null;

  constructor(
    readonly bytes: Uint8Array,
    readonly address: number,
  ) {}

  /** Makes one with private memory. */
  static ofSize(bytes: number): Input {
    const buffer = new ArrayBuffer(bytes);
    return new Input(new Uint8Array(buffer), addressOf(buffer));
  }
}
