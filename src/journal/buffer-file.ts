import { SystemError } from "../../ffi/errno.ts";
import { allocateFile, O_CREAT, O_EXCL, O_RDWR, openFile, writeAt } from "../../ffi/file.ts";
import { addressOf, mapFileAt } from "../../ffi/memory.ts";
import { ascii, text } from "../base/ascii.ts";
import { KIB } from "../base/units.ts";
import { Views } from "../base/views.ts";
import { FORMAT_VERSION_2 } from "./layout.ts";

/*  The file of all streams' buffers. It outlives the process: the next start writes the rest of them into the segment files.
 *
 *  byte 0        4096            4096 + bufferBytes
 *       ┌────────┬───────────────┬───────────────┬─ ─ ─
 *       │ header │ buffer 0      │ buffer 1      │
 *       └────────┴───────────────┴───────────────┴─ ─ ─
 *
 *  header  0       8         12      16             24             32             64                   64 + 64 · streams
 *          ┌───────┬─────────┬───────┬──────────────┬──────────────┬─ ─ ─ ─ ─ ─ ─ ┬────────────────────┬─ ─
 *          │ magic │ streams │ birth │ buffer bytes │ segment bytes│ dev, inode   │ written, 8: name   │
 *          └───────┴─────────┴───────┴──────────────┴──────────────┴─ ─ ─ ─ ─ ─ ─ ┴────────────────────┴─ ─
 *  dev and inode are the data directory's; at 48, an int, is the format version of the entries, 0 for 2. `written` is a position: all bytes before it are in the segment files.
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
const NAME_AT = 8;

/** What the header says. */
export interface BufferFacts {
  /** Format version of the entries. */
  readonly version: number;
  readonly birth: number;
  readonly bufferBytes: number;
  readonly segmentBytes: number;
  readonly device: number;
  readonly inode: number;
  /** In the order of their buffers; everything before `written` is in the segment files. */
  readonly streams: readonly { readonly name: string; readonly written: number }[];
}

const header = Views.allocate(BUFFER_HEADER_BYTES);
const headerAddress = addressOf(header);
const double = Views.allocate(8);
const doubleAddress = addressOf(double);

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
  for (const [i, { name, written }] of facts.streams.entries()) {
    doubles[(STREAMS_AT + i * STREAM_BYTES) >> 3] = written;
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
  const streams = Array.from({ length: ints[STREAMS_WORD]! }, (_, i) => {
    const at = STREAMS_AT + i * STREAM_BYTES;
    return { name: text(bytes, at + NAME_AT, bytes.indexOf(0, at + NAME_AT)), written: doubles[at >> 3]! };
  });
  return {
    birth: ints[BIRTH_WORD]!,
    // Buffers came with version 2, and had no number then.
    version: ints[VERSION_WORD]! || FORMAT_VERSION_2,
    bufferBytes: doubles[BUFFER_BYTES_DOUBLE]!,
    segmentBytes: doubles[SEGMENT_BYTES_DOUBLE]!,
    device: doubles[DEVICE_DOUBLE]!,
    inode: doubles[INODE_DOUBLE]!,
    streams,
  };
}

/** Maps a buffer at `address`, both copies. */
export function mapBuffer(fd: number, index: number, bufferBytes: number, address: number): void {
  for (const at of [address, address + bufferBytes]) mapFileAt(at, fd, bufferAt(index, bufferBytes), bufferBytes, true);
}

/** Notes in the file that everything before a position is in the segment files. Returns 0 or -errno. */
export function noteWritten(fd: number, index: number, position: number): number {
  double.doubles[0] = position;
  return Math.min(0, writeAt(fd, doubleAddress, 8, STREAMS_AT + index * STREAM_BYTES));
}
