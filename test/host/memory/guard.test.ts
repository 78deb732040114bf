import { expect, test } from "bun:test";
import { MIB } from "../../../src/base/units.ts";
import { MemoryGuard, type Process, THIS_PROCESS } from "../../../src/host/memory/guard.ts";
import { keptLog } from "../../log.ts";

/** A process with so much garbage and so much that is held; a collection frees the one. */
class Made implements Process {
  garbageMiB = 0;
  heldMiB = 10;
  collected = 0;

  ownBytes(): number {
    return (this.garbageMiB + this.heldMiB) * MIB;
  }
  heapBytes(): number {
    return this.ownBytes();
  }
  collect(): void {
    this.collected++;
    this.garbageMiB = 0;
  }
}

function guarded(memory: { limitMiB: number; growthPercent?: number | "off" }, process: Process = new Made()) {
  const lines: string[] = [];
  const traffic = { orders: 0 };
  const guard = new MemoryGuard(memory as never, () => traffic.orders, keptLog(lines).of("memory"), process);
  return { guard, lines, traffic, made: process as Made };
}

test("what a collection brings back below the limit is told, and no alarm", () => {
  const { guard, lines, made } = guarded({ limitMiB: 100 });
  guard.check(0);
  expect([made.collected, lines]).toEqual([0, []]);
  made.garbageMiB = 200;
  guard.check(250);
  expect([made.collected, guard.alarmed]).toEqual([1, false]);
  expect(lines).toEqual(["memory: 210 MiB was beyond memory.limitMiB; collected, 10 MiB are left"]);
});

test("what stays beyond the limit is an alarm, once; it is tried again now and then, and told when it is over", () => {
  const { guard, lines, made } = guarded({ limitMiB: 100 });
  made.heldMiB = 150;
  for (let ms = 0; ms < 25_000; ms += 250) guard.check(ms);
  expect([made.collected, guard.alarmed]).toEqual([3, true]);
  expect(lines.length).toBe(1);
  expect(lines[0]).toStartWith("alarm: memory: 150 MiB of memory are beyond memory.limitMiB (100 MiB)");
  made.heldMiB = 90;
  guard.check(25_000);
  expect(guard.alarmed).toBe(false);
  expect(lines[1]).toBe("memory: 90 MiB, within memory.limitMiB again");
  made.heldMiB = 150;
  guard.check(60_000);
  expect(lines[2]).toStartWith("alarm:");
});

test("off: it is collected once in a quiet moment, not while orders come, and again when it has grown", () => {
  const { guard, traffic, made } = guarded({ limitMiB: 0, growthPercent: "off" });
  let ms = 0;
  const pass = (looks: number, orders: number) => {
    for (let i = 0; i < looks; i++) {
      traffic.orders += orders;
      made.garbageMiB += orders;
      guard.check((ms += 250));
    }
  };
  pass(40, 1);
  expect(made.collected).toBe(0);
  pass(40, 0);
  expect([made.collected, made.garbageMiB]).toEqual([1, 0]);
  pass(40, 1);
  expect(made.collected).toBe(1);
  pass(40, 0);
  expect(made.collected).toBe(2);
});

test.each([undefined, 100])("with growthPercent %p quiet moments are the engine's", (growthPercent) => {
  const { guard, made } = guarded(growthPercent === undefined ? { limitMiB: 0 } : { limitMiB: 0, growthPercent });
  made.garbageMiB = 1000;
  for (let ms = 0; ms < 10_000; ms += 250) guard.check(ms);
  expect(made.collected).toBe(0);
});

test("this process: garbage beyond the limit goes, what is held stays and is an alarm", () => {
  Bun.gc(true);
  const limitMiB = Math.ceil(THIS_PROCESS.ownBytes() / MIB) + 100;
  const { guard, lines } = guarded({ limitMiB }, THIS_PROCESS);
  const hold = () => Array.from({ length: 300 }, () => new Uint8Array(MIB).fill(1));
  let held: Uint8Array[] | null = hold();
  guard.check(0);
  expect([guard.alarmed, held.length]).toEqual([true, 300]);
  held = null;
  guard.check(20_000);
  guard.check(20_250);
  expect(guard.alarmed).toBe(false);
  expect(lines.at(-1)).toMatch(/collected, \d+ MiB are left|within memory.limitMiB again/);
  expect(guard.collections).toBeGreaterThan(0);
});
