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

/** What stays where; from the configuration. */
export interface RetentionTerms {
  /** Segments stay beside the gateway for at least so long after their last entry: resends come from them. */
  readonly resendHours: number;
  /** Archived segments are deleted after so many days, 0: never; and from the oldest on while they are more than so much, 0: any. */
  readonly archiveDays: number;
  readonly archiveGiB: number;
}

interface Old {
  readonly stream: string;
  readonly segment: number;
}

/**
 * Moves what nobody needs any more into the archive, and deletes there what is too old. A segment is needed while a kept
 * snapshot does not cover it, while resends may come from it, and while it is one of the stream's newest.
 * `current`: the segment that each stream's writer is in. Returns how many were moved. Throws what the disk says. Cold.
 */
export async function retain(
  dir: string,
  segmentBytes: number,
  current: Readonly<Record<string, number>>,
  terms: RetentionTerms,
  nowMs: number,
): Promise<number> {
  const old = oldSegments(dir, segmentBytes, current, nowMs - terms.resendHours * MS_PER_HOUR);
  if (old.length > 0) mkdirSync(archiveOf(dir), { recursive: true, mode: 0o750 });
  for (const { stream, segment } of old) await archive(dir, stream, segment);
  expire(dir, terms, nowMs);
  return old.length;
}

/** Oldest first, without gaps: what stays is always a stream's end. */
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
    // The one before the writer's stays: it may be the last that holds an entry, from which the next start counts on.
    const last = Math.min(needed, (current[stream] ?? segments.at(-1)!) - 1);
    for (const segment of segments) {
      if (segment >= last || statSync(`${dir}/${segmentFile(stream, segment)}`).mtimeMs > beforeMs) break;
      old.push({ stream, segment });
    }
  }
  return old;
}

/** Of a snapshot that cannot be read nothing is covered: then everything stays. */
function coveredBy(path: string): Readonly<Record<string, number>> {
  try {
    const snapshot = new SnapshotReader(path, true);
    snapshot.close();
    return snapshot.facts.positions;
  } catch {
    return {};
  }
}

/** Compressed, on the disk, and only then gone from beside the others. */
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
function expire(dir: string, terms: RetentionTerms, nowMs: number): void {
  if (terms.archiveDays === 0 && terms.archiveGiB === 0) return;
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
  for (const { stream, segment, mtimeMs, size } of all.sort((a, b) => a.mtimeMs - b.mtimeMs || a.segment - b.segment)) {
    if (mtimeMs >= since && bytes <= most) break;
    removed[stream] = Math.max(removed[stream] ?? 0, segment);
    noteRemoved(dir, removed);
    unlinkSync(archivedPath(dir, stream, segment));
    bytes -= size;
  }
}

/** Written before the file goes: what is noted and still there is only deleted again. */
function noteRemoved(dir: string, removed: Record<string, number>): void {
  const path = removedPath(dir);
  writeFileSync(path + UNMADE, `${JSON.stringify(removed)}\n`);
  renameSync(path + UNMADE, path);
}
