import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

const SUITE = "bookworm";
const PACKAGES = ["systemd", "systemd-sysv", "dbus", "iproute2"];
const TOOLS = ["debootstrap", "systemd-nspawn", "nsenter"];
const MAKE_WITHIN_MS = 240_000;

/** Kept between runs, outside of any checkout. */
function cache(): string {
  return join(process.env.XDG_CACHE_HOME ?? "/var/cache", "sallyport-ci");
}

/** Why no machine can be booted here; null: one can. */
export function whyNot(): string | null {
  if (process.getuid?.() !== 0) return "not root";
  const missing = TOOLS.filter((tool) => Bun.which(tool) === null);
  if (missing.length > 0) return `missing: ${missing.join(", ")} (Debian: debootstrap, systemd-container)`;
  if (!/^nodev\s+overlay$/m.test(readFileSync("/proc/filesystems", "utf8"))) return "this kernel has no overlay";
  return null;
}

/** A small Debian with systemd in a directory; made when it is not there yet, and never written to by a test. */
export function baseTree(): string {
  const tree = join(cache(), SUITE);
  if (existsSync(join(tree, "usr/lib/systemd/systemd"))) return tree;
  mkdirSync(cache(), { recursive: true });
  const part = `${tree}.${process.pid}`;
  try {
    const { exitCode, stdout } = Bun.spawnSync(
      ["debootstrap", "--variant=minbase", `--include=${PACKAGES.join(",")}`, SUITE, part],
      { stdin: "ignore", stderr: "inherit", timeout: MAKE_WITHIN_MS },
    );
    if (exitCode !== 0) throw new Error(`debootstrap ended with ${exitCode}:\n${stdout.toString().slice(-2000)}`);
    rmSync(tree, { recursive: true, force: true });
    renameSync(part, tree);
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
  return tree;
}
