import { readFileSync } from "node:fs";
import { ENOMEM, SystemError } from "../../ffi/errno.ts";
import { lockAll, lockCurrent, lockRange, residentPages, unlockAll, unlockRange } from "../../ffi/locking.ts";
import { dontNeed, mapAnonymous, populateWrite, reserve, viewAt } from "../../ffi/memory.ts";

/** A process that locks its memory, started by locking.test.ts; it tells what the kernel's books then say. */
const MIB = 1 << 20;
const PAGE = 4096;

/** A field of the mapping that begins at an address: `Rss`, `Locked` in bytes, `VmFlags` as a text. */
function of(address: number, name: string): string {
  const maps = readFileSync("/proc/self/smaps", "utf8");
  const from = maps.indexOf(`${address.toString(16)}-`);
  return new RegExp(`^${name}:\\s+(.*)$`, "m").exec(maps.slice(from))![1]!.trim();
}

const kib = (address: number, name: string): number => Number.parseInt(of(address, name), 10);
const isLocked = (address: number): boolean => / lo\b/.test(` ${of(address, "VmFlags")}`);
const status = (name: string): number =>
  Number(new RegExp(`${name}:\\s+(\\d+)`).exec(readFileSync("/proc/self/status", "utf8"))![1]);

const before = mapAnonymous(MIB);
const addresses = reserve(4 * MIB);
populateWrite(before, 16 * PAGE);
const range = lockRange(before, MIB);
const ranged = { range, flagged: isLocked(before), lockedKib: kib(before, "Locked"), rssKib: kib(before, "Rss") };
const unlocked = { range: unlockRange(before, MIB), flagged: isLocked(before) };

const all = lockAll();
const after = mapAnonymous(MIB);
const grown = status("VmRSS");
new Uint8Array(viewAt(after, MIB)).fill(7, 0, 3 * PAGE);
const pages = residentPages(after, MIB);
const locked = {
  all,
  current: isLocked(before),
  future: isLocked(after),
  reserveKib: kib(addresses, "Rss"),
  rssKib: grown,
  resident: [...pages.subarray(0, 5)],
  count: pages.length,
};
const given = { before: kib(after, "Rss"), needed: dontNeed(after, 2 * PAGE), after: kib(after, "Rss") };
const none = { unlock: unlockAll(), flagged: isLocked(after), later: isLocked(mapAnonymous(MIB)) };
const current = { lock: lockCurrent(), before: isLocked(before), later: isLocked(mapAnonymous(2 * MIB)) };
let hole = "";
try {
  residentPages(2 ** 46, PAGE);
} catch (error) {
  hole = (error as SystemError).code;
}
const text = new SystemError("mlockall", -ENOMEM).message;
console.log(JSON.stringify({ ranged, unlocked, locked, given, none, current, hole, text }));
