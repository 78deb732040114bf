/*  A client session or a venue that a reload adds, as its agent builds it. One place for each agent, written by the main thread before the
 *  command that says so; where the agent can't build it, it writes why into the same place before its answer.
 *
 *  byte 0       8              8 + length
 *       ┌───────┬──────────────┐
 *       │ length│ text         │   UTF-8: JSON of the definition, or the reason
 *       └───────┴──────────────┘
 */
import type { Views } from "../base/views.ts";

const TEXT_AT = 8;
/** Most bytes of a definition; the longest list of changed fields of a venue has room. */
export const DEFINITION_TEXT_BYTES = 64 * 1024 - TEXT_AT;
export const DEFINITION_BYTES = TEXT_AT + DEFINITION_TEXT_BYTES;

/** Writes a text at byte `at`; a longer one than there is room for is cut. */
export function putDefinition({ ints, bytes }: Views, at: number, text: string): void {
  const encoded = new TextEncoder().encode(text).subarray(0, DEFINITION_TEXT_BYTES);
  ints[at >> 2] = encoded.length;
  bytes.set(encoded, at + TEXT_AT);
}

export function readDefinition({ ints, bytes }: Views, at: number): string {
  return new TextDecoder().decode(bytes.slice(at + TEXT_AT, at + TEXT_AT + ints[at >> 2]!));
}

/** Leaves nothing of a text, which may have a password in it. */
export function clearDefinition({ ints, bytes }: Views, at: number): void {
  ints[at >> 2] = 0;
  bytes.fill(0, at, at + DEFINITION_BYTES);
}
