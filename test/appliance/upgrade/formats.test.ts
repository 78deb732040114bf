import { expect, test } from "bun:test";
import { versionJson } from "../../../appliance/commands/version-json.ts";
import { formatsSaid, misfit, unknownTo } from "../../../appliance/upgrade/formats.ts";
import { COMMAND_KINDS } from "../../../src/control/kinds.ts";
import { SETTINGS } from "../../../src/core/risk/settings.ts";
import { CONTROL_CHANGE } from "../../../src/record/control-codes.ts";

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
  const none = { kinds: new Set<number>(), settings: [] };
  const { operators, ...former } = OURS;
  expect(operators!.commands).toContain(CONTROL_CHANGE);
  expect(operators!.settings).toEqual(SETTINGS.map(({ length }) => length));
  const all = SETTINGS.flatMap((kinds, subject) => kinds.map((_, setting) => ({ subject, setting })));
  const kinds = new Set(COMMAND_KINDS);
  expect(unknownTo(OURS, { kinds, settings: all })).toBeNull();
  expect(unknownTo(former, none)).toBeNull();
  const first = all.filter(({ subject, setting }) => setting < [6, 5, 1][subject]!);
  expect(unknownTo(former, { kinds: new Set([1, 2, 3, 4, 5, 16, 17, 32, 33]), settings: first })).toBeNull();
  expect(unknownTo(former, { ...none, settings: [{ subject: 0, setting: 6 }] })).toMatch(
    /^operators have set \w.* of accounts there, which it does not know: it would pass over that$/,
  );
  expect(unknownTo(OURS, { ...none, kinds: new Set([1, 999]) })).toBe(
    "the journal there has a command of kind 999 (command 999), which it does not know: it would not start",
  );
});
