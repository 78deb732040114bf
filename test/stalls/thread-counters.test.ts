import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dontNeed, fillMemory, mapAnonymous, unmap } from "../../ffi/memory.ts";
import { threadId } from "../../ffi/thread.ts";
import { StealTime, ThreadCounters } from "../../src/stalls/thread-counters.ts";

const PROC = mkdtempSync(join(tmpdir(), "sallyport-ledger-"));
afterAll(() => rmSync(PROC, { recursive: true }));

const PAGE_BYTES = 4096;
const PAGES = 512;

test("waiting for the CPU is read from the thread's own file, anew each time", () => {
  mkdirSync(join(PROC, "self/task/7"), { recursive: true });
  const file = join(PROC, "self/task/7/schedstat");
  writeFileSync(file, "999 4567890 12\n");
  const ledger = new ThreadCounters(PROC, 7);
  ledger.read();
  expect(ledger.waitNs).toBe(4_567_890);
  writeFileSync(file, "1000 5000000 13\n");
  ledger.read();
  expect(ledger.waitNs).toBe(5_000_000);
  ledger.close();
});

test("stolen time is that of the one CPU, in nanoseconds", () => {
  const stat = (steal: number) =>
    `cpu  9 9 9 9 9 9 9 9 9 9\ncpu1 1 2 3 4 5 6 7 8 0 0\ncpu12 1 2 3 4 5 6 7 ${steal} 0 0\nintr 1 2\n`;
  writeFileSync(join(PROC, "stat"), stat(31));
  const stealTime = new StealTime(PROC, 12);
  stealTime.read();
  expect(stealTime.ns).toBe(310_000_000);
  writeFileSync(join(PROC, "stat"), stat(33));
  stealTime.read();
  expect(stealTime.ns).toBe(330_000_000);
  stealTime.close();
});

test("what the kernel does not tell stays zero and is named", () => {
  const nowhere = join(PROC, "nowhere");
  const ledger = new ThreadCounters(nowhere, 7);
  ledger.read();
  expect([ledger.waitNs, ledger.absent.length]).toEqual([0, 1]);
  const stealTime = new StealTime(nowhere, 0);
  stealTime.read();
  expect([stealTime.ns, stealTime.absent]).toEqual([0, [join(nowhere, "stat")]]);
  writeFileSync(join(PROC, "stat"), "cpu  1 2 3\ncpu0 1 2 3\n");
  const old = new StealTime(PROC, 0);
  old.read();
  expect([old.ns, old.absent]).toEqual([0, []]);
  old.close();
});

test("a page that is touched for the first time is a minor fault of the thread that touches it", () => {
  const ledger = new ThreadCounters("/proc", threadId());
  const bytes = PAGES * PAGE_BYTES;
  const address = mapAnonymous(bytes);
  ledger.read();
  const before = ledger.minorFaults;
  fillMemory(address, 1, bytes);
  ledger.read();
  expect(ledger.minorFaults - before).toBeGreaterThanOrEqual(PAGES);
  dontNeed(address, bytes);
  fillMemory(address, 1, bytes);
  ledger.read();
  expect(ledger.minorFaults - before).toBeGreaterThanOrEqual(2 * PAGES);
  unmap(address, bytes);
  ledger.close();
});
