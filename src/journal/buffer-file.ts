import { SystemError } from "../../ffi/errno.ts";
import { allocateFile, O_CREAT, O_EXCL, O_RDWR, openFile, writeAt } from "../../ffi/file.ts";
import { addressOf, mapFileAt } from "../../ffi/memory.ts";
import { ascii, text } from "../base/ascii.ts";
import { KIB } from "../base/units.ts";
import { Views } from "../base/views.ts";
import { FORMAT_VERSION_2, SEGMENT_HEADER_BYTES } from "./layout.ts";

/*  The file of all streams' buffers. It outlives the process: the next start writes the rest of them into the segment files.
 *
 *  byte 0        4096            4096 + bufferBytes
 *       ┌────────┬───────────────┬───────────────┬─ ─ ─
 *       │ header │ buffer 0      │ buffer 1      │
 *       └────────┴───────────────┴───────────────┴─ ─ ─
 *
 *  header  0       8         12      16             24             32             64                   64 + 64 · streams
 *          ┌───────┬─────────┬───────┬──────────────┬──────────────┬─ ─ ─ ─ ─ ─ ─ ┬────────────────────┬─ ─
 *          │ magic │ streams │ birth │ buffer bytes │ segment bytes│ dev, inode   │ written, boundary, │
 *          └───────┴─────────┴───────┴──────────────┴──────────────┴─ ─ ─ ─ ─ ─ ─ ┴────────────────────┴─ ─
 *  dev and inode are the data directory's; at 48, an int, is the format version of the entries, 0 for 2. `written`
 *  and `boundary` are positions: all bytes before `written` are in the segment files, perhaps a part of an entry; at `boundary`, not
 *  behind it, an entry ends. In files of version 2 the name is at the place of `boundary`.
 */
export const BUFFER_HEADER_BYTES = 4 * KIB;
const MAGIC_0 = 0x4c4c4153;
const MAGIC_1 = 0x46465542;
const STREAMS_WORD = 2;
const BIRTH_WORD = 3;
const BUFFER_BYTES_DOUBLE = 2;
const SEGMENT_BYTES_DOUBLE = 3;
const DEVICE_DOUBLE = 4;
const INODE_DOUBLE = 5;
const VERSION_WORD = 12;
const STREAMS_AT = 64;
const STREAM_BYTES = 64;
const NAME_AT = 16;
const NAME_AT_2 = 8;

/** What the header says. */
export interface BufferFacts {
  /** Format version of the entries. */
  readonly version: number;
  readonly birth: number;
  readonly bufferBytes: number;
  readonly segmentBytes: number;
  readonly device: number;
  readonly inode: number;
  /** In the order of their buffers. */
  readonly streams: readonly BufferStream[];
}

/** Everything before `written` is in the segment files; at `boundary` an entry ends. */
export interface BufferStream {
  readonly name: string;
  readonly written: number;
  readonly boundary: number;
}

const header = Views.allocate(BUFFER_HEADER_BYTES);
const headerAddress = addressOf(header);
const positions = Views.allocate(16);
const positionsAddress = addressOf(positions);

/** Bytes of a file with this many buffers. */
export function bufferFileBytes(streams: number, bufferBytes: number): number {
  return BUFFER_HEADER_BYTES + streams * bufferBytes;
}

/** Offset of a buffer in the file. */
export function bufferAt(index: number, bufferBytes: number): number {
  return BUFFER_HEADER_BYTES + index * bufferBytes;
}

/** Makes a new file with its pages. Returns its descriptor. Throws SystemError, and then there may be a file. */
export function makeBufferFile(path: string, facts: BufferFacts): number {
  const { bytes, ints, doubles } = header;
  bytes.fill(0);
  ints[0] = MAGIC_0;
  ints[1] = MAGIC_1;
  ints[STREAMS_WORD] = facts.streams.length;
  ints[BIRTH_WORD] = facts.birth;
  ints[VERSION_WORD] = facts.version;
  doubles[BUFFER_BYTES_DOUBLE] = facts.bufferBytes;
  doubles[SEGMENT_BYTES_DOUBLE] = facts.segmentBytes;
  doubles[DEVICE_DOUBLE] = facts.device;
  doubles[INODE_DOUBLE] = facts.inode;
  for (const [i, { name, written, boundary }] of facts.streams.entries()) {
    doubles[(STREAMS_AT + i * STREAM_BYTES) >> 3] = written;
    doubles[(STREAMS_AT + i * STREAM_BYTES + 8) >> 3] = boundary;
    bytes.set(ascii(name), STREAMS_AT + i * STREAM_BYTES + NAME_AT);
  }
  const fd = openFile(path, O_RDWR | O_CREAT | O_EXCL, 0o600);
  const fileBytes = bufferFileBytes(facts.streams.length, facts.bufferBytes);
  const made = allocateFile(fd, fileBytes);
  if (made < 0) throw new SystemError(`fallocate ${path} (${fileBytes / KIB} KiB)`, made);
  const written = writeAt(fd, headerAddress, BUFFER_HEADER_BYTES, 0);
  if (written < 0) throw new SystemError(`write ${path}`, written);
  return fd;
}

/** Reads the start of a file; null when it is not the start of a buffer file. */
export function readFacts({ bytes, ints, doubles }: Views): BufferFacts | null {
  if (ints[0] !== MAGIC_0 || ints[1] !== MAGIC_1) return null;
  // Buffers came with version 2, and had no number then.
  const version = ints[VERSION_WORD]! || FORMAT_VERSION_2;
  const isFormer = version === FORMAT_VERSION_2;
  const segmentBytes = doubles[SEGMENT_BYTES_DOUBLE]!;
  const segmentStart = (position: number): number => position - (position % segmentBytes) + SEGMENT_HEADER_BYTES;
  const streams = Array.from({ length: ints[STREAMS_WORD]! }, (_, i) => {
    const at = STREAMS_AT + i * STREAM_BYTES;
    const nameAt = at + (isFormer ? NAME_AT_2 : NAME_AT);
    const written = doubles[at >> 3]!;
    const boundary = isFormer ? Math.min(written, segmentStart(written)) : doubles[(at + 8) >> 3]!;
    return { name: text(bytes, nameAt, bytes.indexOf(0, nameAt)), written, boundary };
  });
  return {
    birth: ints[BIRTH_WORD]!,
    version,
    bufferBytes: doubles[BUFFER_BYTES_DOUBLE]!,
    segmentBytes,
    device: doubles[DEVICE_DOUBLE]!,
    inode: doubles[INODE_DOUBLE]!,
    streams,
  };
}

/** Maps a buffer at `address`, both copies. */
export function mapBuffer(fd: number, index: number, bufferBytes: number, address: number): void {
  for (const at of [address, address + bufferBytes]) mapFileAt(at, fd, bufferAt(index, bufferBytes), bufferBytes, true);
}

/** Notes in the file what is in the segment files. Returns 0 or -errno. */
export function noteWritten(fd: number, index: number, written: number, boundary: number): number {
  positions.doubles[0] = written;
  positions.doubles[1] = boundary;
  return Math.min(0, writeAt(fd, positionsAddress, 16, STREAMS_AT + index * STREAM_BYTES));
}
