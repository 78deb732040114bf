const NOTHING = new Uint8Array(new ArrayBuffer(0));

/** Text as bytes in a new ArrayBuffer. For constants and configuration. */
export function ascii(text: string): Uint8Array {
  if (text === "") return NOTHING;
  const bytes = new Uint8Array(new ArrayBuffer(text.length));
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** Bytes as text. For logs, errors and tests. */
export function text(bytes: Uint8Array, from: number, to: number): string {
  let out = "";
  for (let i = from; i < to; i++) out += String.fromCharCode(bytes[i]!);
  return out;
}

/** True when `bytes[from, to)` is exactly `wanted`. */
export function equals(bytes: Uint8Array, from: number, to: number, wanted: Uint8Array): boolean {
  const length = wanted.length;
  if (to - from !== length) return false;
  for (let i = 0; i < length; i++) if (bytes[from + i] !== wanted[i]) return false;
  return true;
}

/** Copies `wanted` to `bytes[at…]`; returns the offset behind it. */
export function put(bytes: Uint8Array, at: number, wanted: Uint8Array): number {
  const length = wanted.length;
  for (let i = 0; i < length; i++) bytes[at + i] = wanted[i]!;
  return at + length;
}
