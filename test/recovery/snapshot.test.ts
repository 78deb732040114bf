import { describe, expect, test } from "bun:test";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { Day, dayConfig, type Restarted, restart } from "../../bench/day.ts";
import { KIB } from "../../src/base/units.ts";
import type { CoreConfig } from "../../src/core/config.ts";
import {
  listSnapshots,
  newestSnapshot,
  SnapshotReader,
  SnapshotWriter,
  snapshotPath,
} from "../../src/journal/store/snapshot-file.ts";
import { takeSnapshot } from "../../src/recovery/snapshot.ts";
import { scratchDirectory } from "../journal/rig.ts";

const CONFIG = dayConfig(2048);
const SEGMENT_BYTES = 256 * KIB;

function snapshot(day: Day, config: CoreConfig = CONFIG, positions = day.positions(), keep = 2): string {
  return takeSnapshot({ dir: day.dir, birth: day.journal.names.birth, core: config, positions, keep });
}

/** The same journal without snapshots. */
function bare(from: string, to: string): string {
  mkdirSync(to);
  for (const file of readdirSync(from))
    if (!file.endsWith(".snapshot")) copyFileSync(`${from}/${file}`, `${to}/${file}`);
  return to;
}

/** Restarts with and without snapshots; the answers must be the same. Returns the one with. */
function compared(dir: string, birth: number, copy: string, config = CONFIG): { with: Restarted; without: Restarted } {
  const short = restart(dir, birth, config);
  const full = restart(bare(dir, copy), birth, config);
  expect(full.snapshot).toBeNull();
  expect({ ...short, snapshot: null, inputs: 0 }).toEqual({ ...full, snapshot: null, inputs: 0 });
  return { with: short, without: full };
}

describe("a start from a snapshot knows what a full replay knows", () => {
  test.each([1, 2, 3, 4, 5, 6])("day %d: snapshots, restarts, messages in flight", (seed) => {
    using dir = scratchDirectory();
    const data = `${dir.path}/data`;
    let day = new Day(data, CONFIG, SEGMENT_BYTES, seed);
    const { birth } = day.journal.names;
    for (let run = 0; run < 4; run++) {
      day.trade(1500 + 700 * ((seed + run) % 3));
      if ((seed + run) % 4 !== 0) snapshot(day);
      day.trade(500);
      if ((seed + run) % 2 === 0) day.leaveInFlight(1 + seed * 3);
      if ((seed + run) % 3 === 0) snapshot(day);
      day.abandon();
      const { with: short, without: full } = compared(data, birth, `${dir.path}/copy${run}`);
      if (short.snapshot !== null) expect(short.inputs).toBeLessThan(full.inputs);
      day = new Day(data, CONFIG, SEGMENT_BYTES, seed * 10 + run);
    }
    expect(listSnapshots(data).length).toBeGreaterThan(0);
    day.abandon();
  });

  test("what was asked for and not yet journalled as sent is sent after the restart, once", () => {
    using dir = scratchDirectory();
    const data = `${dir.path}/data`;
    const day = new Day(data, CONFIG, SEGMENT_BYTES, 77);
    const { birth } = day.journal.names;
    day.trade(1000);
    day.leaveInFlight(20);
    snapshot(day);
    // The next snapshot still holds it.
    snapshot(day);
    day.abandon();
    const { with: short } = compared(data, birth, `${dir.path}/copy`);
    expect(short.inputs).toBe(0);
    expect(short.outputs.length).toBeGreaterThanOrEqual(20);
    new Day(data, CONFIG, SEGMENT_BYTES, 78).abandon();
    expect(compared(data, birth, `${dir.path}/copy2`).with.outputs).toEqual([]);
  });

  test("when the table has gone round", () => {
    using dir = scratchDirectory();
    const data = `${dir.path}/data`;
    const small = dayConfig(1024);
    const day = new Day(data, small, SEGMENT_BYTES, 5);
    day.trade(20_000);
    snapshot(day, small);
    day.trade(3_000);
    day.abandon();
    expect(compared(data, day.journal.names.birth, `${dir.path}/copy`, small).with.snapshot).not.toBeNull();
  });
});

describe("another configuration", () => {
  const changes: [string, CoreConfig][] = [
    [
      "names accounts and symbols in another order",
      { ...CONFIG, accounts: CONFIG.accounts.toReversed(), symbols: CONFIG.symbols.toReversed() },
    ],
    [
      "has more of them",
      {
        ...CONFIG,
        accounts: [{ ...CONFIG.accounts[0]!, name: "NEW" }, ...CONFIG.accounts],
        symbols: [{ ...CONFIG.symbols[0]!, name: "NEW" }, ...CONFIG.symbols],
      },
    ],
    ["has larger tables", { ...CONFIG, maxOrders: 16_384 }],
    ["engages the kill switch", { ...CONFIG, kill: true }],
  ];

  test.each(changes)("that %s finds everything again", (_, config) => {
    using dir = scratchDirectory();
    const data = `${dir.path}/data`;
    const day = new Day(data, CONFIG, SEGMENT_BYTES, 9);
    day.trade(2_000);
    snapshot(day);
    day.trade(300);
    day.abandon();
    expect(compared(data, day.journal.names.birth, `${dir.path}/copy`, config).with.snapshot).not.toBeNull();
  });

  test("with tables that are too small is refused by name", () => {
    using dir = scratchDirectory();
    const day = new Day(dir.path, CONFIG, SEGMENT_BYTES, 9);
    day.trade(8_000);
    snapshot(day);
    day.abandon();
    expect(() => restart(dir.path, day.journal.names.birth, dayConfig(1024))).toThrow("core.maxOrders: expected");
  });
});

describe("a damaged snapshot", () => {
  test("is ignored with a notice; the one before it serves, or the whole journal", () => {
    using dir = scratchDirectory();
    const data = `${dir.path}/data`;
    const day = new Day(data, CONFIG, SEGMENT_BYTES, 13);
    const { birth } = day.journal.names;
    day.trade(1_500);
    snapshot(day);
    day.trade(1_500);
    snapshot(day);
    day.trade(200);
    day.abandon();
    const [newest, older] = listSnapshots(data).map((number) => snapshotPath(data, number));
    expect(restart(data, birth, CONFIG).snapshot).toBe(newest!);
    const good = readFileSync(newest!);
    for (let i = 0; i < 60; i++) {
      const bad = Buffer.from(good);
      // Every part of it: the header, the tables, the text at the end.
      const at = i < 10 ? i * 4 : i < 20 ? bad.length - 1 - i * 7 : Math.floor((bad.length * (i - 20)) / 40);
      if (at >= 36 && at < 4096) continue;
      bad[at] = bad[at]! ^ (1 << (i & 7));
      writeFileSync(newest!, bad);
      const notices: string[] = [];
      const found = newestSnapshot(data, birth, (text) => notices.push(text));
      expect([at, found?.path]).toEqual([at, older]);
      found?.close();
      expect(notices).toEqual([expect.stringContaining(`${newest}: `)]);
    }
    writeFileSync(newest!, good.subarray(0, good.length >> 1));
    expect(compared(data, birth, `${dir.path}/copy`).with.snapshot).toBe(older!);
    writeFileSync(older!, "");
    expect(compared(data, birth, `${dir.path}/copy2`).with.snapshot).toBeNull();
  });

  test("of another directory, or one that was never finished, is none", () => {
    using dir = scratchDirectory();
    const day = new Day(dir.path, CONFIG, SEGMENT_BYTES, 13);
    day.trade(500);
    const path = snapshot(day);
    expect(newestSnapshot(dir.path, 1, () => {})).toBeNull();
    copyFileSync(path, `${dir.path}/00000009.snapshot.making`);
    unlinkSync(path);
    expect(newestSnapshot(dir.path, day.journal.names.birth, () => {})).toBeNull();
    snapshot(day);
    expect(readdirSync(dir.path).filter((file) => file.includes("snapshot"))).toEqual(["00000001.snapshot"]);
    day.abandon();
  });

  test("does not hide that the journal behind it is gone", () => {
    using dir = scratchDirectory();
    const day = new Day(dir.path, CONFIG, SEGMENT_BYTES, 13);
    day.trade(4_000);
    snapshot(day);
    day.abandon();
    for (const file of readdirSync(dir.path)) if (file.startsWith("core-")) unlinkSync(`${dir.path}/${file}`);
    expect(() => restart(dir.path, day.journal.names.birth, CONFIG)).toThrow("segments of stream core are missing");
  });
});

test("the newest few snapshots stay", () => {
  using dir = scratchDirectory();
  const day = new Day(dir.path, CONFIG, SEGMENT_BYTES, 3);
  for (let i = 0; i < 5; i++) {
    day.trade(200);
    snapshot(day);
  }
  expect(listSnapshots(dir.path)).toEqual([5, 4]);
  day.abandon();
});

test("a process that outlives its gateway takes no number that the next one's has, nor what that is at work on", () => {
  using dir = scratchDirectory();
  const day = new Day(dir.path, CONFIG, SEGMENT_BYTES, 3);
  const { birth } = day.journal.names;
  day.trade(200);
  snapshot(day);
  const facts = new SnapshotReader(snapshotPath(dir.path, 1)).facts;
  const late = new SnapshotWriter(dir.path, 2, birth);
  day.trade(200);
  const theirs = `${dir.path}/00000003.snapshot.1.making`;
  writeFileSync(theirs, "");
  snapshot(day);
  const good = readFileSync(snapshotPath(dir.path, 2));
  expect(() => late.finish(facts)).toThrow();
  late.abandon();
  expect(readFileSync(snapshotPath(dir.path, 2)).equals(good)).toBe(true);
  // Process 1 is always alive.
  expect(readdirSync(dir.path).filter((file) => file.includes("making"))).toEqual(["00000003.snapshot.1.making"]);
  day.abandon();
});
