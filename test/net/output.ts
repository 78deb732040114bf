import { viewAt } from "../../ffi/memory.ts";
import type { Stream } from "../../src/net/stream.ts";

/** A stream's output, which is lent to it from now on, as bytes. */
export function outputOf(stream: Stream, bytes: number): Uint8Array {
  if (!stream.room(bytes)) throw new Error(`no room for ${bytes} bytes`);
  return new Uint8Array(viewAt(stream.outAddress, bytes));
}
