import { expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { integrity } from "../../../appliance/doctor/binary.ts";
import type { Disk } from "../../../appliance/doctor/box.ts";
import * as disk from "../../../appliance/doctor/disk.ts";
import * as limits from "../../../appliance/doctor/limits.ts";
import { measureDisk } from "../../../appliance/doctor/measure.ts";
import { MIB } from "../../../src/base/units.ts";
import { box, config } from "./made-up.ts";

const at = (more: Partial<Disk>) => ({
  ...{ dir: "data", measuredAt: "/srv/data", writtenIn: "/srv/data", syncsUs: [], freeBytes: null },
  ...more,
});

test("the 99th percentile of small writes is judged, not the longest", () => {
  const verdict = (syncsUs: number[] | string) => disk.syncTime(box({}, { disk: at({ syncsUs }) }));
  const hundred = (many: number, last: number) => [...Array(99).fill(many), last];
  expect(verdict(hundred(100, 80_000))).toMatchObject({
    verdict: "ok",
    seen: "p50 0.10 ms, p99 0.10 ms, longest 80.00 ms (100 writes in /srv/data)",
  });
  expect(verdict(hundred(5_001, 5_001)).verdict).toBe("warn");
  expect(verdict(hundred(50_001, 50_001)).verdict).toBe("fail");
  expect(verdict("cannot be written to: EACCES").verdict).toBe("not applicable");
  expect(verdict([]).verdict).toBe("not applicable");
  expect(disk.quantile([1, 2, 3, 4], 0.5)).toBe(2);
});

test("journal space: what the configuration's streams take to start", () => {
  const verdict = (freeBytes: number | null, more = "") =>
    disk.journalSpace(box({}, { disk: at({ freeBytes }), config: config(more) })).verdict;
  const needed = disk.neededBytes(config("[journal]\nsegmentMiB = 64"));
  expect(needed).toBe(3 * 3 * 64 * MIB);
  expect(verdict(needed - 1, "[journal]\nsegmentMiB = 64")).toBe("fail");
  expect(verdict(needed)).toBe("warn");
  expect(verdict(100 * 1024 * MIB)).toBe("ok");
  expect(verdict(null)).toBe("not applicable");
  expect(disk.journalSpace(box({}, { disk: at({ freeBytes: 1 }) })).verdict).toBe("fail");
});

test("file systems: the nearest mount counts", () => {
  const kind = (mounts: string) => disk.fileSystem(box({ "/proc/self/mounts": mounts }, { disk: at({}) }));
  expect(kind("/dev/a / ext4 rw 0 0\ntmpfs /srv/data tmpfs rw 0 0")).toMatchObject({ verdict: "warn" });
  expect(kind("tmpfs /srv tmpfs rw 0 0\n/dev/a /srv/data xfs rw 0 0")).toMatchObject({ verdict: "ok", seen: "xfs" });
  expect(kind("/dev/a / ext4 rw 0 0\ntmpfs /srv/dat tmpfs rw 0 0")).toMatchObject({ verdict: "ok", seen: "ext4" });
  expect(kind("overlay / overlay rw 0 0\nx:/y /srv nfs4 rw 0 0").seen).toStartWith("nfs4");
  expect(kind("").verdict).toBe("not applicable");
});

test("a directory that is not there yet is measured above, and nothing stays behind", () => {
  const dir = mkdtempSync(join(tmpdir(), "sallyport-doctor-"));
  try {
    const measured = measureDisk(join(dir, "not", "yet"));
    expect(measured.measuredAt).toBe(dir);
    expect(measured.freeBytes).toBeGreaterThan(0);
    const syncsUs = measured.syncsUs as number[];
    expect(syncsUs.length).toBeGreaterThan(0);
    expect(syncsUs).toEqual([...syncsUs].sort((a, b) => a - b));
    expect(readdirSync(dir)).toEqual([]);
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test("a directory with a journal is measured beside it, and not touched", () => {
  const dir = mkdtempSync(join(tmpdir(), "sallyport-doctor-"));
  const data = join(dir, "data");
  try {
    mkdirSync(data);
    writeFileSync(join(data, "names.json"), "{}");
    const before = statSync(data).mtimeMs;
    const measured = measureDisk(data);
    expect(measured).toMatchObject({ measuredAt: data, writtenIn: dir });
    expect(measured.syncsUs).toBeArray();
    expect([statSync(data).mtimeMs, readdirSync(data), readdirSync(dir)]).toEqual([before, ["names.json"], ["data"]]);
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test("limits: a real-time priority is judged where one is configured", () => {
  const judged = (limit: number, lanes: string, capabilities = "0") =>
    limits.realTimePriority(
      box(
        {
          "/proc/self/limits": `Max realtime priority     ${limit}                    ${limit}`,
          "/proc/self/status": `Name:\tx\nCapEff:\t${capabilities}\n`,
        },
        { config: config(`[lanes]\n${lanes}`) },
      ),
    );
  expect(judged(0, "")).toMatchObject({ verdict: "not applicable" });
  expect(judged(0, "fifoPriority = 10")).toMatchObject({ verdict: "warn", seen: "0, 10 wanted" });
  expect(judged(49, "fifoPriority = 10")).toMatchObject({ verdict: "ok", seen: "49, 10 wanted" });
  expect(judged(0, "fifoPriority = 10", "0000000000800000").verdict).toBe("ok");
  expect(judged(0, "fifoPriority = 10", "0000000000400000").verdict).toBe("warn");
});

test("limits: locked memory and open files", () => {
  const tree = (memory: string, files: string) => ({
    "/proc/self/limits": `Limit                     Soft Limit           Hard Limit           Units\nMax locked memory         ${memory}   unlimited  bytes\nMax open files            ${files}     4096    files`,
  });
  expect(limits.memlock(box(tree("unlimited", "1")))).toMatchObject({ verdict: "ok", seen: "unlimited" });
  expect(limits.memlock(box(tree("8388608", "1")))).toMatchObject({ verdict: "warn", seen: "8,388,608 bytes" });
  const able = { ...tree("8388608", "1"), "/proc/self/status": "CapEff:\t0000000000004000" };
  const first = { "/proc/self/uid_map": "         0          0 4294967295" };
  expect(limits.memlock(box({ ...able, ...first }))).toMatchObject({
    verdict: "ok",
    seen: "8,388,608 bytes; the process has CAP_IPC_LOCK",
  });
  expect(limits.memlock(box({ ...able, "/proc/self/uid_map": "0 1000 1" })).verdict).toBe("warn");
  expect(limits.openFiles(box(tree("1", "1024"))).verdict).toBe("ok");
  expect(limits.openFiles(box(tree("1", "319"))).verdict).toBe("fail");
  const many = config().client;
  const crowded = { ...config(), client: { ...many, maxConnections: 1000 } };
  expect(limits.openFiles(box(tree("1", "1024"), { config: crowded }))).toMatchObject({
    verdict: "fail",
    seen: "1024, 1257 needed",
  });
  expect([limits.memlock(box({})).verdict, limits.openFiles(box({})).verdict]).toEqual([
    "not applicable",
    "not applicable",
  ]);
});

test("the binary: its sum, compared where one is published beside it", () => {
  const path = "/usr/local/bin/sallyport";
  const executable = { path, compiled: true, sha256: "ab12" };
  expect(integrity(box({}, { executable }))).toMatchObject({ verdict: "ok", seen: `${path}, sha256 ab12` });
  expect(integrity(box({ [`${path}.sha256`]: "AB12  sallyport\n" }, { executable })).verdict).toBe("ok");
  expect(integrity(box({ [`${path}.sha256`]: "cd34  sallyport\n" }, { executable })).verdict).toBe("fail");
  expect(integrity(box({}, { executable: { ...executable, sha256: null } })).verdict).toBe("warn");
  expect(integrity(box({}, { executable: { ...executable, compiled: false } })).verdict).toBe("not applicable");
});
