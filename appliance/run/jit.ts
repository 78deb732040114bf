import { readFileSync } from "node:fs";

// Calls to libc need the JIT compiler. This code runs before the first call, so it must not make any.

/** Parts of the compiler that a gateway needs; FASTER is optional. */
const NEEDED = ["BUN_JSC_useJIT", "BUN_JSC_useBaselineJIT", "BUN_JSC_useDFGJIT"];
const FASTER = "BUN_JSC_useFTLJIT";
const OFF = /^(0|false|no)$/i;
const MIB = 1024 * 1024;
const SELINUX = "/sys/fs/selinux";

type Environment = Readonly<Record<string, string | undefined>>;

/** Line about the variable that turns the compiler off, or null. */
function compilerOff(environment: Environment): string | null {
  const off = NEEDED.find((name) => OFF.test(environment[name] ?? ""));
  return off === undefined ? null : `${off}=${environment[off]} turns the JIT compiler off: unset it`;
}

/** Line about a setting that makes the gateway slow, or null. */
export function compilerSlow(environment: Environment): string | null {
  if (!OFF.test(environment[FASTER] ?? "")) return null;
  return `${FASTER}=${environment[FASTER]}: orders take several times as long`;
}

/** Line that says why the kernel refuses writable and executable memory, and what to do. */
function whyNoCompiler(
  status = read("/proc/self/status"),
  limits = read("/proc/self/limits"),
  selinux = SELINUX,
): string {
  const addresses = /^Max address space +(\d+) /m.exec(limits)?.[1];
  if (addresses !== undefined)
    return `the limit of addresses (ulimit -v, LimitAS) is ${Math.round(Number(addresses) / MIB).toLocaleString("en")} MiB: the JavaScript engine has no room for its JIT compiler; set it to unlimited`;
  const what = "memory that is both written and executed is refused here, so there is no JIT compiler";
  if (/^1/.test(read(`${selinux}/enforce`)) && /^1/.test(read(`${selinux}/booleans/deny_execmem`)))
    return `${what} (SELinux: deny_execmem is on; allow execmem to its domain, or setsebool deny_execmem off)`;
  if (/^Seccomp:\s*2$/m.test(status))
    return `${what} (a seccomp filter is on: set MemoryDenyWriteExecute=no in the unit, or leave it out)`;
  return `${what} (PR_SET_MDWE of the parent process, or a security module: start it without; systemd: MemoryDenyWriteExecute=no)`;
}

/** Line for an error that a missing compiler caused; null for another error. */
export function noCompiler(error: unknown): string | null {
  return /requires the JIT/.test(String(error)) ? (compilerOff(process.env) ?? whyNoCompiler()) : null;
}

/** Opens libc. Fails  with one line when there is no compiler. */
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
