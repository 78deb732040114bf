import { readFileSync } from "node:fs";
import { lockAll } from "../../../ffi/locking.ts";
import { lockLimit, lockMemory } from "../../../src/host/memory/lock.ts";
import { readMappings } from "../../../src/host/memory/smaps.ts";

/** A process that locks its memory and then makes garbage, started by lock.test.ts. */

const residentKib = (): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))![1]);

function litter(): number {
  const buffers = Array.from({ length: 200 }, () => new Uint8Array(new ArrayBuffer(1 << 20)).fill(1));
  return buffers.length;
}

if (process.argv[2] === "heap too") lockAll();
else lockMemory([], lockLimit());
const locked = readMappings().filter(({ flags }) => flags.has("lo"));
const lockedKib = locked.reduce((sum, { residentBytes }) => sum + residentBytes, 0) / 1024;
const beforeKib = residentKib();
for (let i = 0; i < 2; i++) {
  litter();
  Bun.gc(true);
  await Bun.sleep(200);
}
await Bun.sleep(400);
console.log(JSON.stringify({ lockedKib, beforeKib, afterKib: residentKib() }));
