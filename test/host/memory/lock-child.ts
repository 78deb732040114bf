import { readFileSync } from "node:fs";
import { lockAll } from "../../../ffi/locking.ts";
import { lockLimit, lockMemory } from "../../../src/host/memory/lock.ts";
import { readMappings } from "../../../src/host/memory/smaps.ts";
import { PATIENCE_MS, passes, until } from "../../eventually.ts";

/** A process that locks its memory and then makes garbage, started by lock.test.ts. */

const locksHeap = process.argv[2] === "heap too";
const residentKib = (): number => Number(/VmRSS:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))![1]);

function litter(): number {
  const buffers = Array.from({ length: 200 }, () => new Uint8Array(new ArrayBuffer(1 << 20)).fill(1));
  return buffers.length;
}

/** The engine's timer gives memory back. What it may not give back is still there after that time. */
const GIVES_BACK_MS = 800;
const LITTLE_KIB = 50_000;

async function given(): Promise<void> {
  if (locksHeap) return passes(GIVES_BACK_MS / 3);
  await until("memory that is given back", () => residentKib() - beforeKib < LITTLE_KIB, PATIENCE_MS, residentKib);
}

if (locksHeap) lockAll();
else lockMemory([], lockLimit());
const locked = readMappings().filter(({ flags }) => flags.has("lo"));
const lockedKib = locked.reduce((sum, { residentBytes }) => sum + residentBytes, 0) / 1024;
const beforeKib = residentKib();
for (let i = 0; i < 2; i++) {
  litter();
  Bun.gc(true);
  await given();
}
await given();
console.log(JSON.stringify({ lockedKib, beforeKib, afterKib: residentKib() }));
