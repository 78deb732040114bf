import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readSync, statSync, unlinkSync } from "node:fs";
import { open } from "node:fs/promises";
import { SystemError } from "../../../ffi/errno.ts";
import { closeFd, O_RDWR, openFile, syncData, syncDirectory, truncateFile } from "../../../ffi/file.ts";
import { Views } from "../../base/views.ts";
import { mapBuffer } from "../buffer-file.ts";
import { OFFSET_WORD, PREPARED_WORD, SEGMENT_HEADER_BYTES, SEGMENT_WORD, segmentFile } from "../layout.ts";
import { storeLimit, storeWritten } from "../positions.ts";
import { prepareSegment, UNMADE_SUFFIX } from "../segment.ts";
import { type BufferPlace, type LeftBuffers, makeBuffers, type OpenBuffers, writeOutBuffers } from "./buffers.ts";
import { Damaged, repairHint } from "./damaged.ts";
import { DirectoryLock } from "./lock.ts";
import { type JournalNames, type NameChanges, readNames, updateNames } from "./names.ts";
import { listStreams } from "./reader.ts";
import { checkHeader, SegmentFile, WHOLE } from "./segment-file.ts";
import { endSyncLogs, replaySyncLogs } from "./sync-log.ts";

/** A data directory that this process has locked. */
export interface OpenJournal {
  readonly dir: string;
  readonly names: JournalNames;
  readonly lock: DirectoryLock;
  /** What a killed run left in its buffers, or null. */
  readonly left: LeftBuffers | null;
}

/** Where a stream's words and its buffer are. */
export interface StreamPlace {
  readonly name: string;
  /** Offset in the plan's memory. */
  readonly wordsAt: number;
  /** Address of memory that the buffer is mapped over. */
  readonly address: number;
}

/** Makes and locks the data directory, checks its files, and reads its names. Throws an error of one line with a remedy. */
export function openDirectory(
  dir: string,
  clients: readonly string[],
  venues: readonly string[],
  segmentBytes: number,
  changes: NameChanges = {},
): OpenJournal {
  if (existsSync(dir) && !statSync(dir).isDirectory()) {
    throw new Error(`data directory ${dir}: is a file; give a directory`);
  }
  try {
    mkdirSync(dir, { recursive: true, mode: 0o750 });
  } catch (error) {
    throw new Error(`data directory ${dir}: ${(error as Error).message}; give a directory that this user may write to`);
  }
  const lock = new DirectoryLock(dir);
  try {
    checkFiles(dir);
    const before = readNames(dir);
    const left = before === null ? null : takeUp(dir, before);
    return { dir, names: updateNames(dir, clients, venues, segmentBytes, changes), lock, left };
  } catch (error) {
    lock.close();
    throw error;
  }
}

/**
 * Writes into the segment files what a run that did not end cleanly has elsewhere. The caller has locked the directory.
 * Returns what it left in its buffers, or null.
 */
export function takeUp(dir: string, { birth, segmentBytes }: JournalNames): LeftBuffers | null {
  replaySyncLogs(dir, birth, segmentBytes);
  return writeOutBuffers(dir, birth);
}

/** Checks that every segment belongs to this directory; removes incomplete ones of an interrupted start. */
function checkFiles(dir: string): void {
  const birth = readNames(dir)?.birth;
  const header = Views.allocate(SEGMENT_HEADER_BYTES);
  for (const file of readdirSync(dir)) {
    const path = `${dir}/${file}`;
    if (file.endsWith(`.journal${UNMADE_SUFFIX}`)) unlinkSync(path);
    if (!file.endsWith(".journal")) continue;
    const found = checkHeader(path, header.ints, readStart(path, header.bytes));
    if (birth === undefined) {
      throw new Damaged(
        `${dir}/names.json: missing beside journal files; restore it, or give another --data directory`,
      );
    }
    if (found.birth !== birth) {
      throw new Damaged(`${path}: belongs to another data directory; move it elsewhere, or ${repairHint(dir)}`);
    }
  }
}

/** Reads the start of a file. Returns  number of bytes read into `bytes`. */
function readStart(path: string, bytes: Uint8Array): number {
  if (!statSync(path).isFile()) return 0;
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch (error) {
    throw new Damaged(`${path}: ${(error as Error).message}; make it readable to this user`);
  }
  const count = readSync(fd, bytes, 0, bytes.length, 0);
  closeSync(fd);
  return count;
}

/**
 * Opens every stream at a new segment: a start never appends to a segment of an earlier run, so a torn entry stays the last
 * of its segment. `usedBytes`: the used length of each stream's last segment, from reading it. Makes the buffers, maps each
 * at its address, and sets the streams' words. Throws SystemError.
 */
export function openStreams(
  journal: OpenJournal,
  streams: readonly StreamPlace[],
  usedBytes: ReadonlyMap<string, number>,
  shared: Views,
  bufferBytes: number,
  place: BufferPlace,
): OpenBuffers {
  const { dir, names } = journal;
  const { segmentBytes, birth } = names;
  const segments = streams.map(({ name }) => openSegment(journal, name, usedBytes.get(name) ?? 0));
  const begins = segments.map((segment) => segment * segmentBytes + SEGMENT_HEADER_BYTES);
  const written = streams.map(({ name }, i) => ({ name, written: begins[i]!, boundary: begins[i]! }));
  const buffers = makeBuffers(dir, place, { birth, bufferBytes, segmentBytes, streams: written });
  for (const [i, { wordsAt, address }] of streams.entries()) {
    mapBuffer(buffers.fd, i, bufferBytes, address);
    const word = wordsAt >> 2;
    const segment = segments[i]!;
    shared.ints[word + SEGMENT_WORD] = segment;
    shared.ints[word + OFFSET_WORD] = SEGMENT_HEADER_BYTES;
    shared.ints[word + PREPARED_WORD] = segment;
    storeWritten(shared.ints, word, segment, SEGMENT_HEADER_BYTES);
    storeLimit(shared.ints, word, begins[i]!, bufferBytes, (segment + 1) * segmentBytes);
  }
  return buffers;
}

/** Returns  the number of the stream's new segment. */
function openSegment(journal: OpenJournal, name: string, usedBytes: number): number {
  const { segmentBytes, birth } = journal.names;
  const last = dropEmpty(journal.dir, name);
  if (last > 0) cut(`${journal.dir}/${segmentFile(name, last)}`, usedBytes);
  closeFd(prepareSegment(journal.dir, name, last + 1, segmentBytes, birth));
  return last + 1;
}

/**
 * Syncs the segments of a run to the disk. They may be many, and the disk slow, so this does not block the thread. One that
 * was removed is no error here: an alarm was raised while the gateway ran.
 */
export async function syncSegments(dir: string, { segments }: OpenBuffers): Promise<void> {
  for (const [stream, first] of Object.entries(segments)) {
    const made = listStreams(dir).get(stream) ?? [];
    for (const segment of made.filter((number) => number >= first)) {
      const file = await open(`${dir}/${segmentFile(stream, segment)}`, "r+").catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return null;
        throw error;
      });
      await file?.datasync().finally(() => file.close());
    }
  }
}

/**
 * Closes the directory of a clean run, after every lane has ended: writes out the buffers, cuts each stream's last segment to
 * its used length, removes the prepared one behind it, syncs these, and releases the lock. Throws errors of the disk.
 */
export function closeDirectory(
  journal: OpenJournal,
  streams: readonly { readonly name: string; readonly wordsAt: number }[],
  shared: Views,
  buffers: OpenBuffers,
): void {
  closeFd(buffers.fd);
  leaveDirectory(journal, streams, shared);
}

/** The same where no lane has run: threads that are about to start may use the descriptor of the buffers, which stays open. */
export function leaveDirectory(
  journal: OpenJournal,
  streams: readonly { readonly name: string; readonly wordsAt: number }[],
  shared: Views,
): void {
  writeOutBuffers(journal.dir, journal.names.birth);
  for (const { name, wordsAt } of streams) {
    const word = wordsAt >> 2;
    const segment = shared.ints[word + SEGMENT_WORD]!;
    const last = dropEmpty(journal.dir, name);
    if (last === segment) cut(`${journal.dir}/${segmentFile(name, last)}`, shared.ints[word + OFFSET_WORD]!);
  }
  syncDirectory(journal.dir);
  endSyncLogs(journal.dir);
  journal.lock.giveBack();
}

/** Removes segments without an intact entry at the stream's end. Returns the number of the last one that has entries, or 0. */
function dropEmpty(dir: string, name: string): number {
  const segments = listStreams(dir).get(name) ?? [];
  for (let last = segments.pop(); last !== undefined; last = segments.pop()) {
    const path = `${dir}/${segmentFile(name, last)}`;
    if (holdsEntries(path)) return last;
    unlinkSync(path);
  }
  return 0;
}

/** An incomplete first entry, torn by the end of the process, does not count. */
function holdsEntries(path: string): boolean {
  const file = new SegmentFile(path, Views.allocate(2 * SEGMENT_HEADER_BYTES));
  const room = file.size - SEGMENT_HEADER_BYTES;
  const holds = room >= file.headerBytes && file.check(SEGMENT_HEADER_BYTES) === WHOLE;
  file.close();
  return holds;
}

function cut(path: string, usedBytes: number): void {
  const fd = openFile(path, O_RDWR);
  const done = truncateFile(fd, usedBytes) || syncData(fd);
  closeFd(fd);
  if (done < 0) throw new SystemError(`truncate ${path}`, done);
}
