import { expect, test } from "bun:test";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { KIB, MIB } from "../../src/base/units.ts";
import { STREAM_WORDS_BYTES } from "../../src/journal/layout.ts";
import { syncedAt } from "../../src/journal/positions.ts";
import { readNames } from "../../src/journal/store/names.ts";
import { takeUp } from "../../src/journal/store/open.ts";
import { Rig, type RigSizes, readBack, scratchDirectory, upTo } from "./rig.ts";

/** A disk that has a file as it was at the file's last sync. */
class Disk {
  readonly rig: Rig;
  private readonly kept: string;

  constructor(
    readonly dir: string,
    sizes: RigSizes,
  ) {
    this.kept = `${dir}/kept`;
    mkdirSync(this.kept);
    const syncFile = (fd: number): number => {
      const path = readlinkSync(`/proc/self/fd/${fd}`);
      copyFileSync(path, `${this.kept}/${basename(path).replace(/\.making$/, "")}`);
      return 0;
    };
    this.rig = new Rig(`${dir}/data`, "core", sizes, { syncFile });
  }

  get synced(): number {
    return syncedAt(this.rig.shared.ints, STREAM_WORDS_BYTES >> 2, this.rig.writer.segmentBytes);
  }

  /** Only what was synced is left. */
  cutPower(): string {
    const { dir } = this.rig;
    this.rig.die();
    for (const file of readdirSync(dir)) if (/journal$|log$|^buffers$/.test(file)) rmSync(`${dir}/${file}`);
    for (const file of readdirSync(this.kept)) copyFileSync(`${this.kept}/${file}`, `${dir}/${file}`);
    takeUp(dir, readNames(dir)!);
    return dir;
  }
}

test("after a power cut all that was synced is there, and nothing twice or torn", () => {
  for (const groups of [1, 3, 40]) {
    using dir = scratchDirectory();
    const disk = new Disk(dir.path, { segmentBytes: 256 * KIB });
    const { rig } = disk;
    let sequence = 0;
    for (let group = 1; group <= groups; group++) {
      for (let i = 0; i < (group * 7) % 30; i++) rig.message(1, ++sequence, (group * 97 + i * 331) % 2000);
      rig.settle();
      expect(disk.synced).toBe(rig.writer.position);
    }
    const synced = sequence;
    for (let i = 0; i < 5; i++) rig.message(1, ++sequence, 500);
    expect(readBack(disk.cutPower()).sequences).toEqual(upTo(synced));
  }
});

test("when the log has gone round, the segments have what it no longer has", () => {
  using dir = scratchDirectory();
  const disk = new Disk(dir.path, { segmentBytes: 8 * MIB, bufferBytes: 4 * MIB });
  const { rig } = disk;
  let sequence = 0;
  for (let group = 0; group < 26; group++) {
    for (let i = 0; i < 50; i++) rig.message(1, ++sequence, 60_000);
    rig.settle();
  }
  expect(rig.writer.position).toBeGreaterThan(70 * MIB);
  expect(readBack(disk.cutPower()).sequences).toEqual(upTo(sequence));
});

test("a group that was torn ends the log", () => {
  using dir = scratchDirectory();
  const disk = new Disk(dir.path, { segmentBytes: 256 * KIB });
  for (let sequence = 1; sequence <= 3; sequence++) {
    disk.rig.message(1, sequence, 100);
    disk.rig.settle();
  }
  const path = `${dir.path}/kept/sync-0.log`;
  const bytes = readFileSync(path);
  // Each group is an entry of 144 bytes behind 48 of headers.
  bytes[4096 + 2 * 192 + 150]! ^= 1;
  writeFileSync(path, bytes);
  expect(readBack(disk.cutPower()).sequences).toEqual([1, 2]);
});

test("a clean end leaves nothing to take up", () => {
  using dir = scratchDirectory();
  const rig = new Rig(dir.path, "core", {}, { syncFile: () => 0 });
  rig.message(1, 1, 100);
  rig.settle();
  rig.close();
  const before = readFileSync(`${dir.path}/core-00000001.journal`);
  takeUp(dir.path, readNames(dir.path)!);
  expect(readFileSync(`${dir.path}/core-00000001.journal`).equals(before)).toBe(true);
});
