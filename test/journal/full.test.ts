import { expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { scratchDirectory } from "./rig.ts";

const child = join(import.meta.dir, "full-child.ts");

function shell(script: string, ...args: string[]): { text: string; code: number } {
  const ran = Bun.spawnSync(["bash", "-c", script, process.execPath, child, ...args], { stderr: "inherit" });
  return { text: ran.stdout.toString(), code: ran.exitCode };
}

const canMount = process.getuid?.() === 0 && shell("unshare -m true 2>/dev/null").code === 0;

test.skipIf(!canMount)(
  "a full disk starves the writer, room lets it go on, and nothing written is lost (needs the right to mount)",
  () => {
    using dir = scratchDirectory();
    const mount = 'mount -t tmpfs -o size=1300k sallyport-test "$2"';
    const { text, code } = shell(`exec unshare -m bash -c '${mount} && exec "$0" "$1" "$2"' "$0" "$1" "$2"`, dir.path);
    expect(code).toBe(0);
    const told = JSON.parse(text);
    expect(told.starvedAt).toBeGreaterThan(500);
    expect(told).toMatchObject({ after: 300, recovered: true });
    expect(told.recoveredEntries).toBeGreaterThan(500);
    expect(told.stopped).toMatch(/its next segment can't be made: ENOSPC \(the disk is full: free space/);
    expect(told.another).toMatch(/client0-00000001\.journal.*ENOSPC.*free space/);
    expect(told.read).toBe(told.written);
    rmSync(dir.path, { recursive: true, force: true });
  },
);
