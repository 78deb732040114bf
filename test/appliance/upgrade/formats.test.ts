import { expect, test } from "bun:test";
import { versionJson } from "../../../appliance/commands/version-json.ts";
import { formatsSaid, misfit } from "../../../appliance/upgrade/formats.ts";

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
