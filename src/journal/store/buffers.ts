import {
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  openSync,
  readlinkSync,
  readSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { SystemError } from "../../../ffi/errno.ts";
import { Views } from "../../base/views.ts";
import { BUFFER_HEADER_BYTES, type BufferFacts, bufferAt, makeBufferFile, readFacts } from "../buffer-file.ts";
import { claimedLength, headerBytesOf, isWhole } from "../entry.ts";
import { FORMAT_VERSION, SEGMENT_HEADER_BYTES, segmentFile } from "../layout.ts";

/** Name of the buffers in the data directory: the file itself, or a link to it. */
export const BUFFERS = "buffers";

/** Where the buffers of a run are made. */
export interface BufferPlace {
  /** Directory in memory that outlives the process; null: they are made in the data directory. */
  readonly memory: string | null;
  /** Why they are not in memory, or "". */
  readonly why: string;
}

export const IN_DATA_DIRECTORY: BufferPlace = { memory: null, why: "" };

/** The buffers of a run. */
export interface OpenBuffers {
  readonly fd: number;
  readonly bufferBytes: number;
  /** Path of the file, for the log. */
  readonly path: string;
  /** Why they are not in memory, or "". */
  readonly why: string;
  /** First segment of each stream in this run. */
  readonly segments: Readonly<Record<string, number>>;
}

/** Makes the buffers of a run; those of an earlier run are written out by then. Throws SystemError. */
export function makeBuffers(
  dir: string,
  place: BufferPlace,
  facts: Pick<BufferFacts, "birth" | "bufferBytes" | "segmentBytes" | "streams">,
): OpenBuffers {
  const { dev, ino } = statSync(dir);
  const whole = { ...facts, version: FORMAT_VERSION, device: dev, inode: ino };
  const { bufferBytes, segmentBytes } = facts;
  const segments = Object.fromEntries(
    facts.streams.map(({ name, written }) => [name, Math.floor(written / segmentBytes)]),
  );
  let { why } = place;
  if (place.memory !== null) {
    const path = `${place.memory}/sallyport-${crypto.randomUUID()}.${BUFFERS}`;
    try {
      const fd = makeBufferFile(path, whole);
      symlinkSync(path, `${dir}/${BUFFERS}`);
      return { fd, bufferBytes, path, why: "", segments };
    } catch (error) {
      if (existsSync(path)) unlinkSync(path);
      if (!(error instanceof SystemError)) throw error;
      why = error.message;
    }
  }
  const path = `${dir}/${BUFFERS}`;
  try {
    return { fd: makeBufferFile(path, whole), bufferBytes, path, why, segments };
  } catch (error) {
    if (existsSync(path)) unlinkSync(path);
    throw error;
  }
}

/** Removes the buffers of a data directory that is itself about to be removed, wherever they lie. */
export function removeBuffers(dir: string): void {
  if (!statSync(dir, { throwIfNoEntry: false })?.isDirectory()) return;
  const name = `${dir}/${BUFFERS}`;
  if (lstatSync(name, { throwIfNoEntry: false })?.isSymbolicLink()) rmSync(readlinkSync(name), { force: true });
}

/** What a killed run left in its buffers. */
export interface LeftBuffers {
  /** Bytes that were written into the segment files. */
  readonly bytes: number;
  /** What could not be read, or "". */
  readonly lost: string;
}

/**
 * Writes what a run that was killed left in its buffers into the segment files, syncs these, and removes the buffers. May be
 * repeated. The caller has locked the directory. Returns null when there is nothing. Throws errors of the disk.
 */
export function writeOutBuffers(dir: string, birth: number): LeftBuffers | null {
  const name = `${dir}/${BUFFERS}`;
  const status = lstatSync(name, { throwIfNoEntry: false });
  if (status === undefined) return null;
  const path = status.isSymbolicLink() ? readlinkSync(name) : name;
  if (!existsSync(path)) {
    unlinkSync(name);
    return { bytes: 0, lost: `${path} is gone` };
  }
  const file = openSync(path, "r");
  try {
    const header = Views.allocate(BUFFER_HEADER_BYTES);
    readSync(file, header.bytes, 0, BUFFER_HEADER_BYTES, 0);
    const facts = readFacts(header);
    const isOurs = facts !== null && facts.birth === birth;
    let bytes = 0;
    if (isOurs) for (const index of facts.streams.keys()) bytes += writeOutStream(dir, file, facts, index);
    const { dev, ino } = statSync(dir);
    // A copy of a data directory leaves them to the original.
    removeFile(dir, path, isOurs && facts.device === dev && facts.inode === ino);
    return { bytes, lost: isOurs ? "" : `${path} belongs to another data directory` };
  } finally {
    closeSync(file);
  }
}

function removeFile(dir: string, path: string, isOwn: boolean): void {
  if (!statSync(dir, { throwIfNoEntry: false })?.isDirectory()) return;
  const name = `${dir}/${BUFFERS}`;
  if (lstatSync(name, { throwIfNoEntry: false }) !== undefined) unlinkSync(name);
  if (isOwn && path !== name && existsSync(path)) unlinkSync(path);
}

/** Writes the entries of one buffer that no segment file has. Returns their bytes. */
function writeOutStream(dir: string, file: number, facts: BufferFacts, index: number): number {
  const { segmentBytes, version } = facts;
  const { name, written, boundary } = facts.streams[index]!;
  const views = unrolled(dir, file, facts, index);
  const { length: most } = views.bytes;
  let position = boundary;
  let from = written;
  const flush = (): void => {
    if (position > from)
      writeTo(dir, name, segmentBytes, from, views.bytes.subarray(from - boundary, position - boundary));
  };
  for (;;) {
    const segment = Math.floor(position / segmentBytes);
    const offset = position - segment * segmentBytes;
    const rest = segmentBytes - offset;
    if (offset < SEGMENT_HEADER_BYTES || rest < headerBytesOf(version)) {
      flush();
      position = offset === 0 ? position + SEGMENT_HEADER_BYTES : (segment + 1) * segmentBytes + SEGMENT_HEADER_BYTES;
      from = position;
      continue;
    }
    const at = position - boundary;
    const length = most - at < headerBytesOf(version) ? 0 : claimedLength(views.ints, at >> 2, rest, version);
    if (length <= 0 || length > most - at || !isWhole(views.ints, at >> 2, length, version, position)) break;
    position += length;
  }
  flush();
  return Math.max(0, position - written);
}

/** The bytes from the boundary on in their order: what is written is in the segment file, the others are in the buffer. */
function unrolled(
  dir: string,
  file: number,
  { bufferBytes, segmentBytes, streams }: BufferFacts,
  index: number,
): Views {
  const { name, written, boundary } = streams[index]!;
  const before = written - boundary;
  const views = new Views(new ArrayBuffer(before + bufferBytes));
  if (before > 0) {
    const segment = Math.floor(boundary / segmentBytes);
    const fd = openSync(`${dir}/${segmentFile(name, segment)}`, "r");
    readInto(views, 0, fd, boundary - segment * segmentBytes, before);
    closeSync(fd);
  }
  const at = written % bufferBytes;
  const place = bufferAt(index, bufferBytes);
  readInto(views, before, file, place + at, bufferBytes - at);
  readInto(views, before + bufferBytes - at, file, place, at);
  return views;
}

/** Reads what the file has of these bytes. */
function readInto({ bytes }: Views, to: number, fd: number, from: number, length: number): void {
  for (let done = 0; done < length; ) {
    const count = readSync(fd, bytes, to + done, length - done, from + done);
    if (count <= 0) return;
    done += count;
  }
}

function writeTo(dir: string, stream: string, segmentBytes: number, from: number, bytes: Uint8Array): void {
  const segment = Math.floor(from / segmentBytes);
  const fd = openSync(`${dir}/${segmentFile(stream, segment)}`, "r+");
  try {
    const at = from - segment * segmentBytes;
    for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done, bytes.length - done, at + done);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
