import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { versionJson } from "../../../appliance/commands/version-json.ts";
import { formatsSaid, misfit, unknownThere, unknownTo } from "../../../appliance/upgrade/formats.ts";
import { COMMAND_KINDS } from "../../../src/control/kinds.ts";
import { ORDER_BYTES, STOPPED_SETTING } from "../../../src/core/assembly/layout.ts";
import { ENTRY_REPORT } from "../../../src/core/entry-kinds.ts";
import { SETTINGS } from "../../../src/core/risk/settings.ts";
import { updateNames } from "../../../src/journal/store/names.ts";
import { SnapshotWriter } from "../../../src/journal/store/snapshot-file.ts";
import * as code from "../../../src/record/codes.ts";
import { CONTROL_CHANGE } from "../../../src/record/control-codes.ts";
import { makeReport } from "../../core/driver.ts";
import { Rig, SEGMENT_BYTES, scratchDirectory } from "../../journal/rig.ts";

const OURS = formatsSaid(versionJson());
const EARLIER = formatsSaid("sallyport 0.1.0 (Bun 1.4.5, linux x64)\n");

test("a version says which formats it reads and writes; one that says nothing reads 1 and 2", () => {
  expect(OURS).toMatchObject({ journal: { reads: [1, 3], writes: 3 }, snapshot: { reads: [1, 3], writes: 3 } });
  expect(EARLIER).toEqual({ journal: { reads: [1, 2], writes: 2 }, snapshot: { reads: [1, 2], writes: 2 } });
  for (const out of ["", "{}", '{"journal":{"reads":[3],"writes":3}}']) expect(formatsSaid(out)).toEqual(EARLIER);
});

test("a version runs on a journal that it reads, and on a snapshot where one is needed", () => {
  const whole = { beginsAtStart: true, snapshots: [] };
  expect(misfit(EARLIER, { ...whole, journal: 0 })).toBeNull();
  expect(misfit(EARLIER, { ...whole, journal: 2 })).toBeNull();
  expect(misfit(OURS, { ...whole, journal: 3 })).toBeNull();
  expect(misfit(EARLIER, { ...whole, journal: 3 })).toBe("the journal there has format 3, it reads formats up to 2");
  // It reads more of the journal instead, as far as that is there.
  expect(misfit(EARLIER, { journal: 2, beginsAtStart: true, snapshots: [3] })).toBeNull();
  expect(misfit(EARLIER, { journal: 2, beginsAtStart: false, snapshots: [2, 3] })).toBeNull();
  expect(misfit(EARLIER, { journal: 2, beginsAtStart: false, snapshots: [3] })).toBe(
    "the first segments are archived, and the snapshots there have format 3, it reads formats up to 2",
  );
});

test("no version runs on commands or settings of operators that it does not know; one that says nothing knows those of the first", () => {
  const none = {
    kinds: new Set<number>(),
    settings: [],
    keepsPositions: false,
    keepsTemporary: false,
    keepsOverrides: false,
    keepsAssigned: false,
    rules: 0,
    marks: 0,
  };
  const { operators, ...former } = OURS;
  expect(operators!.commands).toContain(CONTROL_CHANGE);
  expect(operators!.settings).toEqual(SETTINGS.map(({ length }) => length));
  const all = SETTINGS.flatMap((kinds, subject) => kinds.map((_, setting) => ({ subject, setting })));
  const kinds = new Set(COMMAND_KINDS);
  expect(
    unknownTo(OURS, {
      kinds,
      settings: all,
      keepsPositions: true,
      keepsTemporary: true,
      keepsOverrides: true,
      keepsAssigned: true,
      rules: code.REPORT_RULES,
      marks: code.DECIDING_MARKS,
    }),
  ).toBeNull();
  const { marks: _, ...unmarked } = OURS;
  expect(unknownTo(unmarked, { ...none, marks: code.MARK_LATE })).toStartWith(
    "the journal there has executions that came late",
  );
  expect(unknownTo(former, none)).toBeNull();
  expect(unknownTo(former, { ...none, keepsOverrides: true })).toBe(
    "the snapshot there keeps overrides of checks, which it does not know: it would pass over them",
  );
  expect(unknownTo(former, { ...none, keepsAssigned: true })).toBe(
    "the snapshot there keeps reports of unknown orders that were assigned to accounts, which it does not know: it would pass over them",
  );
  expect(unknownTo(former, { ...none, keepsTemporary: true })).toBe(
    "the snapshot there keeps limits that hold until a time, which it does not know: it would pass over them",
  );
  const first = all.filter(({ subject, setting }) => setting < [6, 5, 1][subject]!);
  expect(unknownTo(former, { ...none, kinds: new Set([1, 2, 3, 4, 5, 16, 17, 32, 33]), settings: first })).toBeNull();
  expect(unknownTo(former, { ...none, settings: [{ subject: 0, setting: 6 }] })).toMatch(
    /^operators have set \w.* of accounts there, which it does not know: it would pass over that$/,
  );
  const stopped = { subject: 0, setting: STOPPED_SETTING, level: "trader" as const };
  const { levels: __, ...levelless } = operators!;
  expect(unknownTo({ ...OURS, operators: levelless }, { ...none, settings: [{ ...stopped, setting: 1 }] })).toBeNull();
  expect(unknownTo({ ...OURS, operators: levelless }, { ...none, settings: [stopped] })).toBe(
    "operators have set stopped of a trader there, which it does not know: it would pass over that",
  );
  expect(unknownTo(OURS, { ...none, settings: [stopped] })).toBeNull();
  expect(unknownTo(OURS, { ...none, kinds: new Set([1, 999]) })).toBe(
    "the journal there has a command of kind 999 (command 999), which it does not know: it would not start",
  );
});

const RULED =
  "what venues have said of their orders' status, or have not answered, was taken there by rules that it does not know: it would take it otherwise";

test.each([
  ["status reports", code.EXEC_STATUS, null],
  ["other reports", code.EXEC_NEW, undefined],
])("a version without the rules of status runs on a journal with %s or not", (_, execType, ruled) => {
  using dir = scratchDirectory();
  const rig = new Rig(dir.path, "core");
  const report = makeReport({
    execType,
    number: 1,
    status: "0",
    rules: execType === code.EXEC_STATUS ? code.REPORT_RULES : 0,
  });
  for (let i = 0; i < report.inboundLength; i += 4) rig.source.ints[i >> 2] = report.views.ints[i >> 2]!;
  rig.writer.append(ENTRY_REPORT, 0, 2, 1e15, 0, 0, rig.sourceAddress, report.inboundLength);
  rig.settle();
  rig.close();
  const { rules: _rules, ...former } = OURS;
  expect(unknownThere(OURS, dir.path)).toBeNull();
  expect(unknownThere(former, dir.path)).toBe(ruled === null ? RULED : null);
});

test("nor on an order in a snapshot of which a silence is noted", () => {
  using dir = scratchDirectory();
  const { birth } = updateNames(dir.path, [], [], SEGMENT_BYTES);
  const { rules: _, ...former } = OURS;
  for (const [number, flags] of [0x80, 0x20, 0x08].entries()) {
    const to = new SnapshotWriter(dir.path, number + 1, birth);
    const words = new Int32Array((2 * ORDER_BYTES) / 4);
    new Uint8Array(words.buffer)[ORDER_BYTES + 187] = flags;
    to.words("orders", words, words.length);
    to.finish({ atUs: 1, positions: {}, inputs: 0, clients: [], venues: [], sides: {} });
    expect(unknownThere(former, dir.path)).toBe(flags === 0x80 ? null : RULED);
    expect(unknownThere(OURS, dir.path)).toBeNull();
  }
});

test("no version runs where what operators have left can't be read, and the error is said", () => {
  using dir = scratchDirectory();
  expect(unknownThere(OURS, dir.path)).toBeNull();
  writeFileSync(`${dir.path}/names.json`, "{");
  expect(unknownThere(OURS, dir.path)).toMatch(
    /^expected to read there what operators have left, got an error: \S+names.json: not readable as a journal's names/,
  );
});

test("no version runs on positions of days before in a snapshot that it does not know; those of the day alone bar none", () => {
  using dir = scratchDirectory();
  const { birth } = updateNames(dir.path, [], [], SEGMENT_BYTES);
  const { operators: _, ...former } = OURS;
  // Account, symbol, day, start, today, and the high parts of both.
  const keep = (number: number, ...row: bigint[]): void => {
    const to = new SnapshotWriter(dir.path, number, birth);
    const words = new Int32Array(BigInt64Array.from(row).buffer);
    to.words("positions", words, words.length);
    to.finish({ atUs: 1, positions: {}, inputs: 0, clients: [], venues: [], sides: {} });
  };
  keep(1, 0n, 0n, 20_000n, 0n, 5n, 0n, 0n);
  expect(unknownThere(former, dir.path)).toBeNull();
  keep(2, 0n, 0n, 20_000n, 0n, 5n, 0n, 0n, 0n, 1n, 20_000n, 7n, 0n, 0n, 0n);
  expect(unknownThere(OURS, dir.path)).toBeNull();
  expect(unknownThere(former, dir.path)).toBe(
    "the snapshot there keeps positions of days before, which it does not know: it would pass over them",
  );
});
