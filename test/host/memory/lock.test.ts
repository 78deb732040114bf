import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { emptyStretches, lockLimit, parseReserves } from "../../../src/host/memory/lock.ts";

let root = "";

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "sallyport-lock-"));
  mkdirSync(join(root, "proc/self"), { recursive: true });
});

afterAll(() => rmSync(root, { recursive: true }));

function limit(capabilities: string, uidMap: string, locked: string): ReturnType<typeof lockLimit> {
  writeFileSync(join(root, "proc/self/status"), `CapEff:\t${capabilities}\n`);
  writeFileSync(join(root, "proc/self/uid_map"), uidMap);
  writeFileSync(
    join(root, "proc/self/limits"),
    `Limit                     Soft Limit           Hard Limit           Units\nMax locked memory         ${locked}              unlimited              bytes\n`,
  );
  return lockLimit(root);
}

test("what may be locked: the limit, unless the right to pass over it is there, and counts", () => {
  const all = "         0          0 4294967295\n";
  expect(limit("0000000000000000", all, "8388608")).toBe(8_388_608);
  expect(limit("0000000000000000", all, "unlimited")).toBe(Number.POSITIVE_INFINITY);
  expect(limit("000001ffffffffff", all, "8388608")).toBe(Number.POSITIVE_INFINITY);
  expect(limit("0000000000004000", all, "8388608")).toBe(Number.POSITIVE_INFINITY);
  // In a user namespace of its own (PrivateUsers) a process has every right, but none that counts for this.
  expect(limit("000001ffffffffff", "         0       1000          1\n", "8388608")).toBe(8_388_608);
  expect(lockLimit(join(root, "nothing"))).toBe(0);
});

test("the engine's reserves: large, private, writable, no file, no code", () => {
  const maps = `00200000-01a39000 r--p 00000000 fe:00 5309053                            /usr/local/bin/sallyport
2ea25200000-2ea65200000 rw-p 00000000 00:00 0 
2ea65200000-2ea65300000 rw-p 00000000 00:00 0 
7f8800000000-7f8900000000 rw-p 00000000 00:00 0 
7f89d7cdc000-7f8a17cdc000 rwxp 00000000 00:00 0 
7f8a20000000-7f8a40000000 rw-s 00000000 fe:00 77                        /data/core-00000001.journal
7f8a50000000-7f8a70000000 ---p 00000000 00:00 0 
`;
  expect(parseReserves(maps)).toEqual([
    { address: 0x2ea25200000, bytes: 2 ** 30 },
    { address: 0x7f8800000000, bytes: 2 ** 32 },
  ]);
});

const child = join(import.meta.dir, "lock-child.ts");

test.skipIf(lockLimit() !== Number.POSITIVE_INFINITY)(
  "a locked process still gives memory back, which it would not if its whole heap were locked (needs the right to lock)",
  () => {
    const told = (how: string): { lockedKib: number; beforeKib: number; afterKib: number } =>
      JSON.parse(Bun.spawnSync([process.execPath, child, how], { stderr: "inherit" }).stdout.toString());
    const kept = told("heap too");
    expect(kept.afterKib - kept.beforeKib).toBeGreaterThan(150_000);
    const given = told("as a gateway");
    expect(given.lockedKib).toBeGreaterThan(20_000);
    expect(given.afterKib - given.beforeKib).toBeLessThan(100_000);
  },
  60_000,
);

test("stretches without a page: whole ones of 64 pages, and the rest at the end", () => {
  const pages = new Uint8Array(64 * 5 + 10);
  expect(emptyStretches(pages)).toEqual([{ from: 0, to: 330 }]);
  pages[64] = 1;
  pages[64 * 3 + 63] = 1;
  expect(emptyStretches(pages)).toEqual([
    { from: 0, to: 64 },
    { from: 128, to: 192 },
    { from: 256, to: 330 },
  ]);
  expect(emptyStretches(pages.fill(1))).toEqual([]);
  expect(emptyStretches(new Uint8Array(0))).toEqual([]);
});
