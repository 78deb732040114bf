import { put } from "../../base/ascii.ts";
import type { Scanner } from "./scan.ts";

/** Bytes of a field that a log line repeats. */
export const VALUE_BYTES = 64;

/** Writes `before` and the value of a scanned field to the words of a log line; nothing when it is absent. Returns  the offset behind. */
export function putField(words: Uint8Array, at: number, scan: Scanner, before: Uint8Array, tag: number): number {
  const field = scan.find(tag);
  if (field < 0) return at;
  let end = put(words, at, before);
  const to = Math.min(scan.ends[field]!, scan.starts[field]! + VALUE_BYTES);
  for (let i = scan.starts[field]!; i < to; i++) words[end++] = scan.bytes[i]!;
  return end;
}
