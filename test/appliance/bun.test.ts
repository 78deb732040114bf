import { afterEach, beforeEach, expect, test } from "bun:test";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const node = Bun.which("node");
const variant = `bun-linux-${process.arch === "arm64" ? "aarch64" : process.arch}`;
let tree = "";

beforeEach(() => {
  tree = mkdtempSync(join(tmpdir(), "sallyport-bun-"));
  for (const folder of ["appliance", "node_modules/bun/bin"]) mkdirSync(join(tree, folder), { recursive: true });
  cpSync(join(import.meta.dir, "..", "..", "appliance", "bun.mjs"), join(tree, "appliance", "bun.mjs"));
  writeFileSync(join(tree, "node_modules/bun/bin/bun.exe"), "#!/bin/sh\necho placeholder\nexit 1\n");
  chmodSync(join(tree, "node_modules/bun/bin/bun.exe"), 0o755);
});
afterEach(() => rmSync(tree, { recursive: true, force: true }));

function launch(...args: string[]): { code: number; signal: string | number | undefined; out: string; err: string } {
  const child = Bun.spawnSync([node!, join(tree, "appliance/bun.mjs"), ...args], { stdout: "pipe", stderr: "pipe" });
  return {
    code: child.exitCode,
    signal: child.signalCode,
    out: child.stdout.toString().trim(),
    err: child.stderr.toString(),
  };
}

function install(place: string): void {
  mkdirSync(join(tree, "node_modules", place, ".."), { recursive: true });
  rmSync(join(tree, "node_modules", place), { force: true });
  symlinkSync(process.execPath, join(tree, "node_modules", place));
}

test.skipIf(node === null)("where npm refused the install script, the variant's executable runs", () => {
  install(`@oven/${variant}/bin/bun`);
  expect(launch("--version")).toMatchObject({ code: 0, out: Bun.version });
});

test.skipIf(node === null)("where the install script ran, the executable that it moved runs", () => {
  install("bun/bin/bun.exe");
  expect(launch("--version")).toMatchObject({ code: 0, out: Bun.version });
});

test.skipIf(node === null)("arguments, exit code and signal are passed on", () => {
  install(`@oven/${variant}/bin/bun`);
  writeFileSync(
    join(tree, "end.ts"),
    "if (process.argv[2] === 'kill') process.kill(process.pid, 'SIGKILL'); process.exit(7);",
  );
  expect(launch(join(tree, "end.ts"), "exit").code).toBe(7);
  expect(launch(join(tree, "end.ts"), "kill").signal).toBe("SIGKILL");
});

test.skipIf(node === null)("without Bun it says what to do", () => {
  const { code, err } = launch("--version");
  expect(code).toBe(1);
  expect(err).toContain('run "npm ci"');
});
