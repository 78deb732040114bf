import { closeSync, existsSync, fdatasyncSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { text } from "../../base/ascii.ts";
import { Views } from "../../base/views.ts";
import { segmentFile } from "../layout.ts";
import {
  GROUP_BYTES,
  GROUP_HEADER_BYTES,
  GROUP_MAGIC,
  groupCheck,
  NAME_BYTES,
  NAMES_AT,
  PART_HEADER_BYTES,
  SYNC_LOG_HEADER_BYTES,
  SYNC_LOG_MAGIC,
  SYNC_LOGS,
} from "../sync-log.ts";

/** The groups of one file. */
interface Read {
  readonly views: Views;
  readonly run: number;
  /** Number of the first group, and where each begins. */
  readonly first: number;
  readonly groups: readonly number[];
}

/**
 * Writes the groups that a run with durability "disk" left, because it did not end cleanly, into the segment files, and syncs
 * these. May be repeated. The caller has locked the directory. Returns the number of groups.
 */
export function replaySyncLogs(dir: string, birth: number, segmentBytes: number): number {
  const paths = SYNC_LOGS.map((file) => `${dir}/${file}`).filter((path) => existsSync(path));
  const read = paths.flatMap((path) => readGroups(path, birth) ?? []);
  // The files of one run: the start of another was interrupted between the two headers otherwise.
  const run = read[0]?.run;
  const both = read.filter((one) => one.run === run).sort((a, b) => a.first - b.first);
  const files = new Map<string, number>();
  try {
    for (const { views, groups } of both) for (const at of groups) writeGroup(dir, segmentBytes, views, at, files);
    for (const fd of files.values()) if (fd >= 0) fsyncSync(fd);
  } finally {
    for (const fd of files.values()) if (fd >= 0) closeSync(fd);
  }
  endSyncLogs(dir);
  return both.reduce((sum, { groups }) => sum + groups.length, 0);
}

/** What the files have is in the segment files: nobody reads it again. */
export function endSyncLogs(dir: string): void {
  for (const file of SYNC_LOGS) {
    if (!existsSync(`${dir}/${file}`)) continue;
    const fd = openSync(`${dir}/${file}`, "r+");
    writeSync(fd, new Uint8Array(SYNC_LOG_HEADER_BYTES), 0, SYNC_LOG_HEADER_BYTES, 0);
    fdatasyncSync(fd);
    closeSync(fd);
  }
}

function readGroups(path: string, birth: number): Read | null {
  const file = readFileSync(path);
  const views = Views.allocate(file.length);
  views.bytes.set(file);
  const { ints, doubles } = views;
  if (ints[0] !== SYNC_LOG_MAGIC || ints[2] !== birth) return null;
  const run = doubles[2]!;
  const groups: number[] = [];
  let first = 0;
  for (let at = SYNC_LOG_HEADER_BYTES; at + GROUP_HEADER_BYTES <= file.length; ) {
    const word = at >> 2;
    const bytes = ints[word + 2]!;
    const number = doubles[(at >> 3) + 3]!;
    const fits = bytes >= GROUP_HEADER_BYTES && bytes <= GROUP_BYTES && (bytes & 7) === 0 && at + bytes <= file.length;
    if (ints[word] !== GROUP_MAGIC || !fits || doubles[(at >> 3) + 2] !== run) break;
    if (groups.length > 0 && number !== first + groups.length) break;
    if (ints[word + 3] !== groupCheck(ints, word, bytes >> 2)) break;
    if (groups.length === 0) first = number;
    groups.push(at);
    at += bytes;
  }
  return { views, run, first, groups };
}

function writeGroup(dir: string, segmentBytes: number, views: Views, at: number, files: Map<string, number>): void {
  const { ints, doubles, bytes } = views;
  let part = at + GROUP_HEADER_BYTES;
  for (let left = ints[(at >> 2) + 1]!; left > 0; left--) {
    const name = nameOf(bytes, ints[part >> 2]!);
    const length = ints[(part >> 2) + 1]!;
    const position = doubles[(part >> 3) + 1]!;
    const from = part + PART_HEADER_BYTES;
    const segment = Math.floor(position / segmentBytes);
    const fd = fileOf(`${dir}/${segmentFile(name, segment)}`, files);
    for (let done = 0; fd >= 0 && done < length; )
      done += writeSync(fd, bytes, from + done, length - done, position - segment * segmentBytes + done);
    part = from + length;
  }
}

function nameOf(bytes: Uint8Array, stream: number): string {
  const at = NAMES_AT + stream * NAME_BYTES;
  return text(bytes, at, bytes.indexOf(0, at));
}

/** Returns  its descriptor, or -1: a segment that is gone is in the archive, and was synced long before. */
function fileOf(path: string, files: Map<string, number>): number {
  let fd = files.get(path);
  if (fd === undefined) {
    fd = existsSync(path) ? openSync(path, "r+") : -1;
    files.set(path, fd);
  }
  return fd;
}
