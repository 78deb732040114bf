import { broken } from "../base/broken.ts";
import { MODULE_CODE } from "./module-code.ts";

/** What the core's part of the code asks of its surroundings (core/assembly/host.ts); a lane without the core has none of it. */
export type Imports = Readonly<Record<string, (...values: number[]) => unknown>>;

let module: WebAssembly.Module | null = null;

/** What the code of any lane asks (journal/assembly/stream.ts, ring/assembly/ring-end.ts). */
const IMPORTS: Imports = {
  noJournalRoom: (segment) => broken("journal room", segment!),
  brokenRing: (isRelease, slots) =>
    broken(isRelease === 0 ? "ring publish without a claimed slot" : "ring release of an empty ring", slots!),
};

/** The code of a lane over a memory: its exports (entry.ts). Every address is a byte offset in the memory. */
export function instantiate(memory: WebAssembly.Memory, imports: Imports = {}): Record<string, unknown> {
  module ??= new WebAssembly.Module(Uint8Array.fromBase64(MODULE_CODE));
  const env: Record<string, unknown> = { memory };
  for (const { name, kind } of WebAssembly.Module.imports(module))
    if (kind === "function") env[name] = imports[name] ?? IMPORTS[name] ?? missing;
  return new WebAssembly.Instance(module, { env } as Bun.WebAssembly.Imports).exports as Record<string, unknown>;
}

const codes = new WeakMap<WebAssembly.Memory, Record<string, unknown>>();

/**
 * This thread's code over a memory, for all but the core: one instance for all lanes of a thread. Lanes use it by turns, each with its
 * own places in the memory.
 */
export function codeOver(memory: WebAssembly.Memory): Record<string, unknown> {
  let code = codes.get(memory);
  if (code === undefined) {
    code = instantiate(memory);
    codes.set(memory, code);
  }
  return code;
}

function missing(): never {
  throw new Error("the compiled code has called for a core that this lane does not have");
}

/** Allocates zeroed shared memory for rings, codecs and the core, of at least `bytes`. */
export function sharedMemory(bytes: number): WebAssembly.Memory {
  const pages = Math.ceil(bytes / 65_536);
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
}
