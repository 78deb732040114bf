import { expect, test } from "bun:test";
import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EFAULT, EMFILE, ENOMEM, ENOSPC, EPERM } from "../../ffi/errno.ts";

const child = join(import.meta.dir, "limits-child.ts");
const root = process.getuid?.() === 0;
const noRights = root ? "setpriv --bounding-set -all --inh-caps -all " : "";

function shell(script: string, ...args: string[]): { text: string; code: number } {
  const ran = Bun.spawnSync(["bash", "-c", script, process.execPath, child, ...args], { stderr: "inherit" });
  return { text: ran.stdout.toString(), code: ran.exitCode };
}

function canMount(): boolean {
  return root && shell("unshare -m true 2>/dev/null").code === 0;
}

test.skipIf(root && Bun.which("setpriv") === null)(
  "without rights and descriptors calls say so, and work again when there are",
  () => {
    const { text, code } = shell(`ulimit -l 64 -n 200 && exec ${noRights}"$0" "$1"`);
    expect(code).toBe(0);
    const answered = JSON.parse(text) as { lock: number; busyPoll: number };
    expect([-ENOMEM, -EPERM]).toContain(answered.lock);
    expect([0, -EPERM]).toContain(answered.busyPoll);
    expect(answered).toMatchObject({ connect: -EMFILE, accept: -EMFILE, again: true });
    expect(answered).toMatchObject({
      text: "accept4: EMFILE (this process has reached its limit of descriptors: raise LimitNOFILE)",
    });
  },
);

test.skipIf(!canMount())("on a full disk calls say so, and nothing faults (needs the right to mount)", () => {
  const directory = mkdtempSync(join(tmpdir(), "sallyport-full-"));
  const mount = 'mount -t tmpfs -o size=1m sallyport-test "$2"';
  const { text, code } = shell(`exec unshare -m bash -c '${mount} && exec "$0" "$1" "$2"' "$0" "$1" "$2"`, directory);
  rmdirSync(directory);
  expect(code).toBe(0);
  expect(JSON.parse(text)).toEqual({ allocate: -ENOSPC, zeros: -ENOSPC, populate: -EFAULT, fits: 0 });
});
