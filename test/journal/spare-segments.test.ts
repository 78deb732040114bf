import { expect, test } from "bun:test";
import { readdirSync, statSync } from "node:fs";
import { closeFd } from "../../ffi/file.ts";
import { KIB } from "../../src/base/units.ts";
import { SpareSegments } from "../../src/journal/spare-segments.ts";
import { Rig, readBack, SEGMENT_BYTES, scratchDirectory, upTo } from "./rig.ts";

function spareFiles(dir: string): string[] {
  return readdirSync(dir).filter((name) => name.includes("-spare"));
}

test("as many as are wanted are made, each with all of its disk", () => {
  using dir = scratchDirectory();
  const spares = new SpareSegments(dir.path, "core", 64 * KIB, 3);
  spares.fill();
  expect(spares.readyCount).toBe(3);
  expect(spares.wanting).toBe(false);
  for (const name of spareFiles(dir.path)) expect(statSync(`${dir.path}/${name}`).blocks * 512).toBe(64 * KIB);
  spares.close();
  expect(spareFiles(dir.path)).toEqual([]);
});

test("one that is taken is made again, piece by piece", () => {
  using dir = scratchDirectory();
  const spares = new SpareSegments(dir.path, "core", 64 * KIB, 1);
  spares.fill();
  const taken = spares.take()!;
  expect(spares.take()).toBeNull();
  let steps = 0;
  for (; spares.wanting; steps++) spares.step(16 * KIB);
  expect(steps).toBe(4);
  expect(spareFiles(dir.path)).toHaveLength(2);
  closeFd(taken.fd);
  spares.close();
});

test("a stream goes through its spares and on; resting, the keeper makes new ones, and a clean stop leaves none", () => {
  using dir = scratchDirectory();
  const rig = new Rig(dir.path, "core", SEGMENT_BYTES, true, 0, 2);
  expect(spareFiles(dir.path)).toHaveLength(2);
  let sequence = 0;
  let least = 2;
  while (rig.writer.position < 6.5 * SEGMENT_BYTES) {
    rig.message(1, ++sequence, 4000);
    rig.keeper.poll(0);
    if (!rig.writer.room(16 * KIB)) rig.settle();
    least = Math.min(least, spareFiles(dir.path).length);
  }
  expect(least).toBeLessThan(2);
  rig.settle();
  expect(spareFiles(dir.path)).toHaveLength(2);
  rig.close();
  expect(spareFiles(dir.path)).toEqual([]);
  expect(readBack(dir.path).sequences).toEqual(upTo(sequence));
});

test("what a killed process left of them is removed at the next start", () => {
  using dir = scratchDirectory();
  const rig = new Rig(dir.path, "core", SEGMENT_BYTES, true, 0, 2);
  rig.message(1, 1, 100);
  rig.abandon();
  expect(spareFiles(dir.path)).toHaveLength(2);
  const again = new Rig(dir.path, "core", SEGMENT_BYTES, true, readBack(dir.path).end.usedBytes);
  expect(spareFiles(dir.path)).toEqual([]);
  again.close();
  expect(readBack(dir.path).sequences).toEqual([1]);
});
