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

/** A tree to boot from, or why there is none. */
export function baseTree(): { tree: string } | { reason: string } {
  const reason = whyNot();
  if (reason !== null) return { reason };
  const tree = join(cache(), SUITE);
  return isWhole(tree) || make(tree) ? { tree } : { reason: "debootstrap could not make a Debian" };
}

function whyNot(): string | null {
  if (process.getuid?.() !== 0) return "not root";
  const missing = TOOLS.filter((tool) => Bun.which(tool) === null);
  if (missing.length > 0) return `missing: ${missing.join(", ")} (Debian: debootstrap, systemd-container)`;
  if (!/^nodev\s+overlay$/m.test(readFileSync("/proc/filesystems", "utf8"))) return "this kernel has no overlay";
  return null;
}

/** It has its name only once it is. */
function isWhole(tree: string): boolean {
  return existsSync(join(tree, "usr/lib/systemd/systemd"));
}

/** A small Debian with systemd, never written to by a test. */
function make(tree: string): boolean {
  mkdirSync(cache(), { recursive: true });
  const part = `${tree}.${process.pid}`;
  try {
    const { exitCode, stdout } = Bun.spawnSync(
      ["debootstrap", "--variant=minbase", `--include=${PACKAGES.join(",")}`, SUITE, part],
      { stdin: "ignore", stderr: "inherit", timeout: MAKE_WITHIN_MS },
    );
    if (exitCode !== 0) console.log(stdout.toString().slice(-2000));
    // Another run may have been faster.
    else if (!isWhole(tree)) renameSync(part, tree);
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
  return isWhole(tree);
}
