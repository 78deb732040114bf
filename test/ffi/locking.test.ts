import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ENOMEM, EPERM } from "../../ffi/errno.ts";

const child = join(import.meta.dir, "locking-child.ts");
const root = process.getuid?.() === 0;

/** The child in a shell of its own, which may lock as much as `limit` says. */
function run(limit: string, wrapper = ""): ReturnType<typeof JSON.parse> {
  const script = `ulimit -l ${limit} && exec ${wrapper}"$0" "$1"`;
  const ran = Bun.spawnSync(["bash", "-c", script, process.execPath, child], { stderr: "inherit" });
  expect(ran.exitCode).toBe(0);
  return JSON.parse(ran.stdout.toString());
}

/** With CAP_IPC_LOCK the limit does not matter; the bit stands in a mask of 64. */
const mayLock =
  (BigInt(`0x${/CapEff:\s+(\w+)/.exec(readFileSync("/proc/self/status", "utf8"))![1]}`) & (1n << 14n)) !== 0n;

test.skipIf(!mayLock)(
  "locked memory is locked on fault, given back when asked for, and unlocked (needs the right to lock)",
  () => {
    const told = run("64");
    expect(told.ranged).toEqual({ range: 0, flagged: true, lockedKib: 64, rssKib: 64 });
    expect(told.unlocked).toEqual({ range: 0, flagged: false });
    expect(told.locked).toMatchObject({
      all: 0,
      current: true,
      future: true,
      reserveKib: 0,
      resident: [1, 1, 1, 0, 0],
    });
    expect(told.locked.count).toBe(256);
    // The runtime's reserve of 6 GB was not brought in.
    expect(told.locked.rssKib).toBeLessThan(400_000);
    expect(told.given).toEqual({ before: 12, needed: 0, after: 4 });
    expect(told.none).toEqual({ unlock: 0, flagged: false, later: false });
    expect(told.current).toEqual({ lock: 0, before: true, later: false });
    expect(told.hole).toBe("ENOMEM");
  },
);

test.skipIf(root && Bun.which("setpriv") === null)("beyond the limit locking says so, and changes nothing", () => {
  const told = run("512", root ? "setpriv --bounding-set -all --inh-caps -all " : "");
  expect([-ENOMEM, -EPERM]).toContain(told.ranged.range);
  expect([-ENOMEM, -EPERM]).toContain(told.locked.all);
  expect(told.locked).toMatchObject({ current: false, future: false, resident: [1, 1, 1, 0, 0] });
  expect(told.given).toEqual({ before: 12, needed: 0, after: 4 });
  expect(told.text).toContain("LimitMEMLOCK=infinity");
});
