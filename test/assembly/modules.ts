import { compile, SOURCE } from "../../appliance/build/assemble.ts";

type Change = (path: string, text: string) => string;

const STREAM = "src/journal/assembly/stream.ts";
const COMMIT = "  commit(kind: i32, session: i32, sequence: i32, timeUs: f64, index: i32, epoch: i32): f64 {\n";

/** A code that calls its import `atEntry` where an entry is appended to any stream of a journal, before it is one. */
export async function compileHooked(change: Change = (_, text) => text): Promise<WebAssembly.Module> {
  const compiled = await compile(SOURCE, (path, text) => {
    const changed = change(path, text);
    if (path !== STREAM) return changed;
    if (changed.split(COMMIT).length !== 2) throw new Error(`${STREAM} has not exactly one commit`);
    const declared = '@external("env", "atEntry")\ndeclare function atEntry(): void;\n';
    return `${changed.replace(COMMIT, `${COMMIT}    atEntry();\n`)}\n${declared}`;
  });
  return new WebAssembly.Module(compiled as Uint8Array<ArrayBuffer>);
}

/** Files of tests load this one anew, but share what is global: it is compiled once. */
const shared = globalThis as { hookedModule?: WebAssembly.Module };

export async function hookedModule(): Promise<WebAssembly.Module> {
  shared.hookedModule ??= await compileHooked();
  return shared.hookedModule;
}

/** What `make` makes, with instances of another module, which also import `more`. */
export function withModule<T>(module: WebAssembly.Module, more: Record<string, () => void>, make: () => T): T {
  const { Instance } = WebAssembly;
  const other = class extends Instance {
    constructor(_module: WebAssembly.Module, imports?: Bun.WebAssembly.Imports) {
      super(module, { env: { ...imports!.env, ...more } });
    }
  };
  WebAssembly.Instance = other as typeof Instance;
  try {
    return make();
  } finally {
    WebAssembly.Instance = Instance;
  }
}
