import { readFileSync } from "node:fs";

// The engine's compiler is what makes calls to libc, so nothing here may make one: this runs before the first.

/** Parts of the compiler without which a gateway cannot run; the last one only makes it faster. */
const NEEDED = ["BUN_JSC_useJIT", "BUN_JSC_useBaselineJIT", "BUN_JSC_useDFGJIT"];
const FASTER = "BUN_JSC_useFTLJIT";
const OFF = /^(0|false|no)$/i;
const SELINUX = "/sys/fs/selinux";

type Environment = Readonly<Record<string, string | undefined>>;

/** What in the environment turns the compiler off, in a line, or null. */
export function compilerOff(environment: Environment): string | null {
  const off = NEEDED.find((name) => OFF.test(environment[name] ?? ""));
  return off === undefined ? null : `${off}=${environment[off]} turns the JIT compiler off: unset it`;
}

/** A setting with which the gateway runs, though not as it should; or null. */
export function compilerSlow(environment: Environment): string | null {
  if (!OFF.test(environment[FASTER] ?? "")) return null;
  return `${FASTER}=${environment[FASTER]}: orders take several times as long`;
}

/** Why memory that is written and executed is refused to this process, and what to do, in a line. */
export function whyNoCompiler(status = read("/proc/self/status"), selinux = SELINUX): string {
  const what = "memory that is both written and executed is refused here, so that there is no JIT compiler";
  if (/^1/.test(read(`${selinux}/enforce`)) && /^1/.test(read(`${selinux}/booleans/deny_execmem`)))
    return `${what} (SELinux: deny_execmem is on; allow execmem to its domain, or setsebool deny_execmem off)`;
  if (/^Seccomp:\s*2$/m.test(status))
    return `${what} (a seccomp filter is on: set MemoryDenyWriteExecute=no in the unit, or leave it out)`;
  return `${what} (PR_SET_MDWE by whoever started it, or a security module: start it without; systemd: MemoryDenyWriteExecute=no)`;
}

/** When that is why something failed, the one line that says so; else null. */
export function noCompiler(error: unknown): string | null {
  return /requires the JIT/.test(String(error)) ? (compilerOff(process.env) ?? whyNoCompiler()) : null;
}

/** Opens libc. Fails  with the one line that says why there is no compiler. */
export async function needCompiler(environment: Environment): Promise<void> {
  const off = compilerOff(environment);
  if (off !== null) throw new Error(off);
  try {
    await import("../../ffi/libc.ts");
  } catch (error) {
    throw new Error(noCompiler(error) ?? String(error), { cause: error });
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
