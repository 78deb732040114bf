import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { configOf, executable, freePort, temporary } from "./gateway.ts";

setDefaultTimeout(60_000);

const DIR = temporary();
afterAll(() => rmSync(DIR, { recursive: true }));

const file = join(DIR, "gateway.toml");
writeFileSync(file, configOf({ clientPort: freePort(), venuePort: freePort() }));

function forbidden(mode: "filter" | "mdwe", ...command: string[]) {
  const child = join(import.meta.dir, "no-jit-child.ts");
  const { exitCode, stdout, stderr } = Bun.spawnSync([process.execPath, child, mode, ...command], { timeout: 20_000 });
  return { exitCode, stdout: stdout.toString(), stderr: stderr.toString() };
}

function run(mode: "filter" | "mdwe") {
  return forbidden(mode, executable(), "run", "--config", file, "--data", join(DIR, "data"));
}

const [major = 0, minor = 0] = readFileSync("/proc/sys/kernel/osrelease", "utf8").split(".").map(Number);

test.skipIf(major < 6 || (major === 6 && minor < 3))(
  "memory-deny-write-execute by prctl (needs Linux 6.3): it refuses to start, and says why",
  () => {
    const { exitCode, stdout, stderr } = run("mdwe");
    expect(stderr).toMatch(/^sallyport: memory that is both written and executed is refused here, .*PR_SET_MDWE.*\n$/);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
  },
);

test("a seccomp filter as systemd makes it: it refuses to start, and says why", () => {
  const { exitCode, stdout, stderr } = run("filter");
  expect(stderr).toMatch(
    /^sallyport: memory that is both written and executed is refused here, .*seccomp.*MemoryDenyWriteExecute=no.*\n$/,
  );
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
});

test("what needs no call to libc is done all the same", () => {
  for (const mode of ["filter", "mdwe"] as const) {
    expect(forbidden(mode, executable(), "version").exitCode).toBe(0);
  }
});

test("other commands that call libc say the same", () => {
  const { exitCode, stderr } = forbidden("filter", executable(), "doctor", "--config", file);
  expect(stderr).toMatch(/^sallyport: memory that is both written and executed is refused here, .*\n$/);
  expect(exitCode).toBe(1);
});
