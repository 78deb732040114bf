import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closeFd } from "../../../ffi/file.ts";
import { FORMAT_VERSION, HEADER_VERSION_AT, segmentFile } from "../../../src/journal/layout.ts";
import { prepareSegment } from "../../../src/journal/segment.ts";
import { formatsIn } from "../../../src/journal/store/formats.ts";
import { SNAPSHOT_FORMATS, SnapshotWriter } from "../../../src/journal/store/snapshot-file.ts";

const dir = mkdtempSync(join(tmpdir(), "sallyport-formats-"));
afterAll(() => rmSync(dir, { recursive: true }));

/** Changes the version in a file's head. */
function become(file: string, version: number): void {
  const path = join(dir, file);
  const bytes = readFileSync(path);
  bytes.writeInt32LE(version, HEADER_VERSION_AT);
  writeFileSync(path, bytes);
}

test("the formats of a data directory are those of its files, also ones that nobody reads yet", () => {
  expect(formatsIn(dir)).toEqual({ journal: 0, snapshots: [], beginsAtStart: false });
  writeFileSync(join(dir, "other.journal"), "no segment");
  for (const segment of [1, 2]) closeFd(prepareSegment(dir, "core", segment, 65_536, 7));
  expect(formatsIn(dir)).toEqual({ journal: FORMAT_VERSION, snapshots: [], beginsAtStart: true });
  become(segmentFile("core", 1), 2);
  become(segmentFile("core", 2), 4);
  expect(formatsIn(dir).journal).toBe(4);
  rmSync(join(dir, segmentFile("core", 1)));
  const facts = { atUs: 0, positions: {}, inputs: 0, clients: [], venues: [], sides: {} };
  new SnapshotWriter(dir, 5, 7).finish(facts);
  expect(formatsIn(dir)).toEqual({ journal: 4, snapshots: [SNAPSHOT_FORMATS.writes], beginsAtStart: false });
  become("00000005.snapshot", 9);
  expect(formatsIn(dir).snapshots).toEqual([9]);
});
