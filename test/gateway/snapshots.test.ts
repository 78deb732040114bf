import { expect, test } from "bun:test";
import { deletedText } from "../../src/gateway/snapshots.ts";

test("the log names what was deleted in the archive, and the keys that decide it", () => {
  const deletedUntilMs = Date.UTC(2026, 10, 30, 17, 5);
  const limits = { archiveDays: 365, archiveGiB: 16 };
  expect(deletedText({ moved: 2, deleted: 3, deletedBytes: 3_500_000, deletedUntilMs }, limits)).toBe(
    "archive: deleted the oldest 3 segments, 3.3 MiB, until 2026-11-30T17:05:00Z (journal.archiveDays = 365, journal.archiveGiB = 16)",
  );
});
