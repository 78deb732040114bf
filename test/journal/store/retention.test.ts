import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, statSync, unlinkSync, utimesSync } from "node:fs";
import { Day, dayConfig, restart } from "../../../bench/day.ts";
import { KIB } from "../../../src/base/units.ts";
import { segmentFile } from "../../../src/journal/layout.ts";
import { archivedPath, listArchived } from "../../../src/journal/store/archive.ts";
import { listStreams, readStream } from "../../../src/journal/store/reader.ts";
import { planRepair } from "../../../src/journal/store/repair.ts";
import { retain } from "../../../src/journal/store/retention.ts";
import { takeSnapshot } from "../../../src/recovery/snapshot.ts";
import { scratchDirectory } from "../rig.ts";

const CONFIG = dayConfig(4096);
const SEGMENT_BYTES = 256 * KIB;
const HOUR_MS = 3_600_000;
const TERMS = { resendHours: 1, archiveDays: 0, archiveGiB: 0 };

function day(dir: string, seed = 11): Day {
  return new Day(dir, CONFIG, SEGMENT_BYTES, seed);
}

function snapshot(of: Day): void {
  takeSnapshot({ dir: of.dir, birth: of.journal.names.birth, core: CONFIG, positions: of.positions(), keep: 2 });
}

function segmentsNow(of: Day): Record<string, number> {
  return Object.fromEntries(
    Object.entries(of.positions()).map(([name, position]) => [name, Math.floor(position / SEGMENT_BYTES)]),
  );
}

function entries(dir: string): number {
  return ["core", "client0", "venue0"].reduce(
    (sum, stream) => sum + readStream(dir, stream, () => {}, { partial: true }).entries,
    0,
  );
}

/** Later by so many hours. */
function after(hours: number): number {
  return Date.now() + hours * HOUR_MS;
}

describe("segments", () => {
  test("that a snapshot covers and no resend needs are archived; everything is still read", async () => {
    using dir = scratchDirectory();
    const of = day(dir.path);
    of.trade(15_000);
    const before = entries(dir.path);
    expect(await retain(dir.path, SEGMENT_BYTES, segmentsNow(of), TERMS, after(2))).toMatchObject({ moved: 0 });
    snapshot(of);
    expect(await retain(dir.path, SEGMENT_BYTES, segmentsNow(of), TERMS, after(0))).toMatchObject({ moved: 0 });
    const full = restart(dir.path, of.journal.names.birth, CONFIG);
    const { moved, deleted } = await retain(dir.path, SEGMENT_BYTES, segmentsNow(of), TERMS, after(2));
    expect(moved).toBeGreaterThan(3);
    expect(deleted).toBe(0);
    expect([...listArchived(dir.path).values()].flat()).toHaveLength(moved);
    for (const [stream, segments] of listStreams(dir.path)) {
      expect(segments).toContain(segmentsNow(of)[stream]!);
      expect(segments).toContain(segmentsNow(of)[stream]! - 1);
      for (const segment of listArchived(dir.path).get(stream) ?? []) expect(segments).not.toContain(segment);
    }
    expect(entries(dir.path)).toBe(before);
    expect(planRepair(dir.path)).toEqual([]);
    expect(restart(dir.path, of.journal.names.birth, CONFIG)).toEqual(full);
    // The next run goes on counting segments where this one was.
    of.trade(1_000);
    of.abandon();
    const next = day(dir.path, 12);
    expect(segmentsNow(next).core).toBeGreaterThan(segmentsNow(of).core!);
    next.trade(500);
    next.abandon();
    expect(entries(dir.path)).toBeGreaterThan(before + 1_500);
  });

  test("are kept for the older of the snapshots, so that either may be damaged", async () => {
    using dir = scratchDirectory();
    const of = day(dir.path);
    of.trade(6_000);
    snapshot(of);
    const covered = segmentsNow(of);
    of.trade(15_000);
    snapshot(of);
    await retain(dir.path, SEGMENT_BYTES, segmentsNow(of), TERMS, after(2));
    for (const [stream, segments] of listStreams(dir.path)) expect(segments[0]).toBeLessThanOrEqual(covered[stream]!);
    const [newest] = readdirSync(dir.path)
      .filter((file) => file.endsWith(".snapshot"))
      .sort()
      .reverse();
    const good = restart(dir.path, of.journal.names.birth, CONFIG);
    unlinkSync(`${dir.path}/${newest}`);
    expect(restart(dir.path, of.journal.names.birth, CONFIG).digest).toBe(good.digest);
    // Without any, everything is read, the archive too.
    for (const file of readdirSync(dir.path)) if (file.endsWith(".snapshot")) unlinkSync(`${dir.path}/${file}`);
    expect(restart(dir.path, of.journal.names.birth, CONFIG)).toMatchObject({ digest: good.digest, snapshot: null });
    of.abandon();
  });

  test("in the archive are deleted when they are too old, and a start says so if it needs them", async () => {
    using dir = scratchDirectory();
    const of = day(dir.path);
    of.trade(15_000);
    snapshot(of);
    await retain(dir.path, SEGMENT_BYTES, segmentsNow(of), TERMS, after(2));
    const archived = listArchived(dir.path).get("core")!;
    expect(archived.length).toBeGreaterThan(1);
    const old = Date.now() / 1000 - 10 * 24 * 3_600;
    utimesSync(archivedPath(dir.path, "core", 1), old, old);
    const { size } = statSync(archivedPath(dir.path, "core", 1));
    const retained = await retain(dir.path, SEGMENT_BYTES, segmentsNow(of), { ...TERMS, archiveDays: 9 }, Date.now());
    expect(retained).toMatchObject({ moved: 0, deleted: 1, deletedBytes: size });
    expect(retained.deletedUntilMs).toBeCloseTo(old * 1000, -3);
    expect(listArchived(dir.path).get("core")).toEqual(archived.slice(1));
    expect(existsSync(`${dir.path}/${segmentFile("core", 1)}`)).toBe(false);
    expect(readStream(dir.path, "core", () => {}, { partial: true }).entries).toBeGreaterThan(0);
    expect(planRepair(dir.path)).toEqual([]);
    expect(restart(dir.path, of.journal.names.birth, CONFIG).snapshot).not.toBeNull();
    for (const file of readdirSync(dir.path)) if (file.endsWith(".snapshot")) unlinkSync(`${dir.path}/${file}`);
    expect(() => restart(dir.path, of.journal.names.birth, CONFIG)).toThrow(`${segmentFile("core", 1)}: missing`);
    of.abandon();
  });
});
