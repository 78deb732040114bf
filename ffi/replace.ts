import { errno, SystemError } from "./errno.ts";
import { libc } from "./libc.ts";
import { addressOf, cString } from "./memory.ts";

const POINTER_BYTES = 8;
const encoder = new TextEncoder();

/**
 * Replaces this process's program (execve): the process keeps its id, open files and signal masks; its other threads end.
 * Throws SystemError when the kernel refuses; otherwise does not return.
 */
export function replaceProcess(file: string, words: readonly string[], environment: readonly string[]): never {
  const wordsAt = textList(words);
  const environmentAt = textList(environment);
  libc.execve(cString(file), wordsAt, environmentAt);
  throw new SystemError(`execve ${file}`, errno());
}

/** Encodes texts as a zero-terminated array of addresses. Returns  its address. */
function textList(texts: readonly string[]): number {
  const encoded = texts.map((text) => encoder.encode(`${text}\0`));
  const headBytes = (texts.length + 1) * POINTER_BYTES;
  const memory = new ArrayBuffer(headBytes + encoded.reduce((sum, text) => sum + text.length, 0));
  const at = addressOf(memory);
  const pointers = new BigUint64Array(memory, 0, texts.length + 1);
  const bytes = new Uint8Array(memory);
  let next = headBytes;
  for (const [i, text] of encoded.entries()) {
    pointers[i] = BigInt(at + next);
    bytes.set(text, next);
    next += text.length;
  }
  return at;
}
