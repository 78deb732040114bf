import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { syncDirectory } from "../../../ffi/file.ts";
import { segmentFile } from "../layout.ts";
import { archivedPath, archiveOf, listArchived, removedOf, removedPath } from "./archive.ts";
import { listStreams } from "./reader.ts";
import { listSnapshots, SnapshotReader, snapshotPath } from "./snapshot-file.ts";

const MS_PER_HOUR = 3_600_000;
const UNMADE = ".making";

/** Retention periods, from the configuration. */
export interface RetentionTerms {
  /** Segments stay in the data directory for at least this long after their last entry, for resends. */
  readonly resendHours: number;
  /** Archived segments are deleted after this many days (0: never), and the oldest while there are more GiB (0: no limit). */
  readonly archiveDays: number;
  readonly archiveGiB: number;
}

/** What one pass did: segments moved to the archive, and files deleted there. */
export interface Retained {
  readonly moved: number;
  readonly deleted: number;
  readonly deletedBytes: number;
  /** Time of the newest file deleted. */
  readonly deletedUntilMs: number;
}

interface Old {
  readonly stream: string;
  readonly segment: number;
}

/**
 * Moves segments that are not needed to the archive, and deletes expired ones there. A segment is needed while a kept
 * snapshot does not cover it, while resends may read it, and while it is one of the stream's newest.
 * `current`: the segment of each stream's writer. Throws errors of the disk.
 */
export async function retain(
  dir: string,
  segmentBytes: number,
  current: Readonly<Record<string, number>>,
  terms: RetentionTerms,
  nowMs: number,
): Promise<Retained> {
  const old = oldSegments(dir, segmentBytes, current, nowMs - terms.resendHours * MS_PER_HOUR);
  if (old.length > 0) mkdirSync(archiveOf(dir), { recursive: true, mode: 0o750 });
  for (const { stream, segment } of old) await archive(dir, stream, segment);
  return { moved: old.length, ...expire(dir, terms, nowMs) };
}

/** Oldest first, without gaps: the segments that stay are always a stream's end. */
function oldSegments(
  dir: string,
  segmentBytes: number,
  current: Readonly<Record<string, number>>,
  beforeMs: number,
): Old[] {
  const snapshots = listSnapshots(dir);
  if (snapshots.length === 0) return [];
  const covered = snapshots.map((number) => coveredBy(snapshotPath(dir, number)));
  const old: Old[] = [];
  for (const [stream, segments] of listStreams(dir)) {
    const needed = Math.min(...covered.map((positions) => Math.floor((positions[stream] ?? 0) / segmentBytes)));
    // The segment before the writer's stays: it may be the last one with an entry, and the next start continues its number.
    const last = Math.min(needed, (current[stream] ?? segments.at(-1)!) - 1);
    for (const segment of segments) {
      if (segment >= last || statSync(`${dir}/${segmentFile(stream, segment)}`).mtimeMs > beforeMs) break;
      old.push({ stream, segment });
    }
  }
  return old;
}

/** Positions that a snapshot covers; an unreadable one covers nothing, so every segment stays. */
function coveredBy(path: string): Readonly<Record<string, number>> {
  try {
    const snapshot = new SnapshotReader(path, true);
    snapshot.close();
    return snapshot.facts.positions;
  } catch {
    return {};
  }
}

/** Writes the compressed copy, syncs it, and only then removes the segment. */
async function archive(dir: string, stream: string, segment: number): Promise<void> {
  const from = `${dir}/${segmentFile(stream, segment)}`;
  const to = archivedPath(dir, stream, segment);
  const { atime, mtime } = statSync(from);
  const packed = await Bun.zstdCompress(readFileSync(from));
  const fd = openSync(to + UNMADE, "w", 0o440);
  try {
    for (let at = 0; at < packed.length; ) at += writeSync(fd, packed, at);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  utimesSync(to + UNMADE, atime, mtime);
  renameSync(to + UNMADE, to);
  syncDirectory(archiveOf(dir));
  unlinkSync(from);
}

/** Deletes archived segments that are too old or too many, each stream's oldest first. */
function expire(dir: string, terms: RetentionTerms, nowMs: number): Omit<Retained, "moved"> {
  const all = [...listArchived(dir)].flatMap(([stream, segments]) =>
    segments.map((segment) => {
      const { mtimeMs, size } = statSync(archivedPath(dir, stream, segment));
      return { stream, segment, mtimeMs, size };
    }),
  );
  let bytes = all.reduce((sum, { size }) => sum + size, 0);
  const most = terms.archiveGiB === 0 ? Number.POSITIVE_INFINITY : terms.archiveGiB * 2 ** 30;
  const since = terms.archiveDays === 0 ? 0 : nowMs - terms.archiveDays * 24 * MS_PER_HOUR;
  const removed = removedOf(dir);
  let deleted = 0;
  let deletedBytes = 0;
  let deletedUntilMs = 0;
  for (const { stream, segment, mtimeMs, size } of all.sort((a, b) => a.mtimeMs - b.mtimeMs || a.segment - b.segment)) {
    if (mtimeMs >= since && bytes <= most) break;
    removed[stream] = Math.max(removed[stream] ?? 0, segment);
    noteRemoved(dir, removed);
    unlinkSync(archivedPath(dir, stream, segment));
    bytes -= size;
    deleted++;
    deletedBytes += size;
    deletedUntilMs = mtimeMs;
  }
  return { deleted, deletedBytes, deletedUntilMs };
}

/** Records the deletion before the file is removed: a recorded file that still exists is deleted the next time. */
function noteRemoved(dir: string, removed: Record<string, number>): void {
  const path = removedPath(dir);
  writeFileSync(path + UNMADE, `${JSON.stringify(removed)}\n`);
  renameSync(path + UNMADE, path);
}
