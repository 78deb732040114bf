import { closeSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { closeFd, lockFile, O_CREAT, O_RDWR, openFile, truncateFile } from "../../ffi/file.ts";
import { reserve } from "../../ffi/memory.ts";
import type { Views } from "../base/views.ts";
import { OFFSET_WORD, PREPARED_WORD, SEGMENT_HEADER_BYTES, SEGMENT_WORD, segmentFile, WINDOWS } from "./layout.ts";
import { type JournalNames, updateNames } from "./names.ts";
import { listStreams } from "./reader.ts";
import { prepareSegment } from "./segment.ts";

/** A data directory that is this process's alone. */
export interface OpenJournal {
  readonly dir: string;
  readonly names: JournalNames;
  readonly lockFd: number;
}

/** One stream that is ready to be written: where its windows are. */
export interface OpenStream {
  readonly name: string;
  readonly address: number;
}

/** Makes and locks the data directory, and reads its names. Throws one line that says what to do. Cold. */
export function openDirectory(dir: string, clients: readonly string[], venues: readonly string[], segmentBytes: number): OpenJournal {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o750 });
  } catch (error) {
    throw new Error(`data directory ${dir}: ${(error as Error).message}; give a directory that this user may write to`);
  }
  if (!statSync(dir).isDirectory()) throw new Error(`data directory ${dir}: is a file; give a directory`);
  const lockFd = lock(dir);
  return { dir, names: updateNames(dir, clients, venues, segmentBytes), lockFd };
}

function lock(dir: string): number {
  const path = `${dir}/lock`;
  const fd = openFile(path, O_RDWR | O_CREAT);
  if (!lockFile(fd)) {
    const pid = readFileSync(path, "utf8").trim();
    closeFd(fd);
    throw new Error(`data directory ${dir}: in use by another process${pid === "" ? "" : ` (pid ${pid})`}; stop it, or give another --data directory`);
  }
  truncateFile(fd, 0);
  const writer = openSync(path, "w");
  writeFileSync(writer, `${process.pid}\n`);
  closeSync(writer);
  return fd;
}

/**
 * Opens a stream at a new segment: a start never appends to a segment of an earlier run. The rest of that one becomes a
 * hole. Fills the stream's words. Throws SystemError. Cold.
 */
export function openStream(journal: OpenJournal, name: string, usedBytes: number, shared: Views, wordsAt: number): OpenStream {
  const { segmentBytes, birth } = journal.names;
  const last = listStreams(journal.dir).get(name)?.at(-1) ?? 0;
  if (last > 0) punch(`${journal.dir}/${segmentFile(name, last)}`, usedBytes, segmentBytes);
  const address = reserve(WINDOWS * segmentBytes);
  const segment = last + 1;
  prepareSegment(journal.dir, name, segment, segmentBytes, birth, address + (segment & 1) * segmentBytes);
  const word = wordsAt >> 2;
  shared.ints[word + SEGMENT_WORD] = segment;
  shared.ints[word + OFFSET_WORD] = SEGMENT_HEADER_BYTES;
  shared.ints[word + PREPARED_WORD] = segment;
  return { name, address };
}

/** Gives back the space behind what is used, and keeps the length that lookback maps. */
function punch(path: string, usedBytes: number, segmentBytes: number): void {
  const fd = openFile(path, O_RDWR);
  truncateFile(fd, usedBytes);
  truncateFile(fd, segmentBytes);
  closeFd(fd);
}
