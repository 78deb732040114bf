import { rmSync } from "node:fs";
import { SystemError } from "../../ffi/errno.ts";
import { allocateFile, closeFd, O_CREAT, O_RDWR, O_TRUNC, openFile, rename, writeAt } from "../../ffi/file.ts";
import { addressOf } from "../../ffi/memory.ts";
import { ascii } from "../base/ascii.ts";
import { Views } from "../base/views.ts";
import { checkWords } from "./check.ts";
import type { SpareSegment } from "./disk-reserve.ts";
import {
  FORMAT_VERSION,
  HEADER_BIRTH_AT,
  HEADER_CHECK_AT,
  HEADER_NAME_AT,
  HEADER_SEGMENT_AT,
  HEADER_SEGMENT_BYTES_AT,
  HEADER_VERSION_AT,
  MAGIC_0,
  MAGIC_1,
  SEGMENT_HEADER_BYTES,
  segmentFile,
} from "./layout.ts";

/** Suffix of an incomplete segment's name: only complete ones are named `….journal`. */
export const UNMADE_SUFFIX = ".making";

const header = Views.allocate(SEGMENT_HEADER_BYTES);
const headerAddress = addressOf(header);

/**
 * Makes one segment's file with its header, and allocates its disk space; uses a file of the reserve if it is given. Called
 * once a segment.
 * Returns  its descriptor.
 * Fails    SystemError, and leaves no file.
 */
export function prepareSegment(
  dir: string,
  stream: string,
  segment: number,
  segmentBytes: number,
  birth: number,
  spare: SpareSegment | null = null,
): number {
  const path = `${dir}/${segmentFile(stream, segment)}`;
  const unmade = spare === null ? path + UNMADE_SUFFIX : spare.path;
  const fd = spare === null ? openFile(unmade, O_RDWR | O_CREAT | O_TRUNC) : spare.fd;
  try {
    const allocated = spare === null ? allocateFile(fd, segmentBytes) : 0;
    if (allocated < 0) throw new SystemError(`fallocate ${path} (${segmentBytes / 1024} KiB)`, allocated);
    writeHeader(stream, segment, segmentBytes, birth, FORMAT_VERSION);
    const written = writeAt(fd, headerAddress, SEGMENT_HEADER_BYTES, 0);
    if (written < 0) throw new SystemError(`write ${path}`, written);
    rename(unmade, path);
  } catch (error) {
    closeFd(fd);
    // It may be gone: with its directory, or under its final name.
    rmSync(unmade, { force: true });
    throw error;
  }
  return fd;
}

function writeHeader(stream: string, segment: number, segmentBytes: number, birth: number, version: number): void {
  header.bytes.fill(0);
  header.ints[0] = MAGIC_0;
  header.ints[1] = MAGIC_1;
  header.ints[HEADER_VERSION_AT >> 2] = version;
  header.ints[HEADER_BIRTH_AT >> 2] = birth;
  header.ints[HEADER_SEGMENT_AT >> 2] = segment;
  header.ints[HEADER_SEGMENT_BYTES_AT >> 2] = segmentBytes;
  header.bytes.set(ascii(stream), HEADER_NAME_AT);
  header.ints[HEADER_CHECK_AT >> 2] = headerCheck(header.ints);
}

/** The bytes of a segment's header. */
export function headerBytes(
  stream: string,
  segment: number,
  segmentBytes: number,
  birth: number,
  version: number,
): Uint8Array {
  writeHeader(stream, segment, segmentBytes, birth, version);
  return header.bytes.slice(0, SEGMENT_HEADER_BYTES);
}

/** Check over the header's words before the check, and over the stream's name. */
export function headerCheck(ints: Int32Array): number {
  return checkWords(ints, HEADER_NAME_AT >> 2, 16, checkWords(ints, 0, HEADER_CHECK_AT >> 2, 0));
}
