import { addressOf } from "../../ffi/memory.ts";
import type { Stream } from "./stream.ts";

/** Bytes read at once from one connection. */
export const INPUT_BYTES = 262_144;

/**
 * What connections are read into: one for all of a lane, so that it stays in the cache and a connection at rest takes no
 * memory. What one of them leaves unread (the half of a message, most often) is put aside when another is read.
 */
export class Input {
  /** Whose bytes lie in it. */
  owner: Stream | null = null;

  constructor(
    readonly bytes: Uint8Array,
    readonly address: number,
  ) {}

  /** One in memory of its own. Cold. */
  static ofSize(bytes: number): Input {
    const buffer = new ArrayBuffer(bytes);
    return new Input(new Uint8Array(buffer), addressOf(buffer));
  }
}
