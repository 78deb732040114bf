import { SystemError } from "../../ffi/errno.ts";
import { closeFd, O_CREAT, O_RDWR, openFile, sizeOf, truncateFile, writeAt, writeZeros } from "../../ffi/file.ts";
import { addressOf, copyMemory } from "../../ffi/memory.ts";
import { KIB, MIB } from "../base/units.ts";
import { Views } from "../base/views.ts";
import { checkWords } from "./check.ts";

/*  With durability "disk" the new bytes of all streams go into one file, as a group, which one sync brings to the disk. The
 *  segment files get the same bytes a little later. After a power cut the next start writes the groups into the segment files.
 *  There are two files: when one is full, what the other has is synced in the segment files, and it is written anew.
 *
 *  byte 0         4096
 *       ┌─────────┬─────────┬─────────┬─ ─ ─    Group numbers follow each other; what an earlier lap left has a lower one, and
 *       │ header  │ group   │ group   │         what an earlier run left has another run.
 *       └─────────┴─────────┴─────────┴─ ─ ─
 *
 *  header  0       8        12      16    24               group  0       4       8     12      16    24       32
 *          ┌───────┬────────┬───────┬─────┬─ ─ ─ ─ ─ ─            ┌───────┬───────┬───────┬───────┬─────┬────────┬─ ─ ─ ─ ─
 *          │ magic │ birth  │ parts │ run │ at 64 names           │ magic │ parts │ bytes │ check │ run │ number │ parts …
 *          └───────┴────────┴───────┴─────┴─ ─ ─ ─ ─ ─            └───────┴───────┴───────┴───────┴─────┴────────┴─ ─ ─ ─ ─
 *  part    0        4       8          16
 *          ┌────────┬───────┬──────────┬───────────────────┐
 *          │ stream │ bytes │ position │ bytes of entries  │
 *          └────────┴───────┴──────────┴───────────────────┘
 */
export const SYNC_LOGS = ["sync-0.log", "sync-1.log"] as const;
export const SYNC_LOG_HEADER_BYTES = 4 * KIB;
const SYNC_LOG_BYTES = 16 * MIB;
export const SYNC_LOG_MAGIC = 0x434e5953;
export const GROUP_MAGIC = 0x50555247;
export const GROUP_HEADER_BYTES = 32;
export const PART_HEADER_BYTES = 16;
export const NAMES_AT = 64;
export const NAME_BYTES = 16;
/** Largest group; more is in several. */
export const GROUP_BYTES = MIB;

/** Check over a group of `words` that begins at `word`, without the check itself. */
export function groupCheck(ints: Int32Array, word: number, words: number): number {
  return checkWords(ints, word + 4, words - 4, checkWords(ints, word, 3, 0));
}

/** Writes the groups of a run. */
export class SyncLog {
  private readonly fds: number[] = [];
  private readonly group = Views.allocate(GROUP_BYTES);
  private readonly groupAddress = addressOf(this.group);
  private readonly run = Math.floor(Math.random() * 2 ** 52) + 1;
  private current = 0;
  private at = SYNC_LOG_HEADER_BYTES;
  private number = 0;
  private bytes = GROUP_HEADER_BYTES;
  private parts = 0;
  /** Whether the current file has bytes that are not synced. */
  private dirty = false;

  constructor(
    private readonly dir: string,
    private readonly birth: number,
    private readonly streams: readonly string[],
    private readonly syncFile: (fd: number) => number,
    /** Syncs the segment files: the groups of the other file are overwritten next. */
    private readonly syncSegments: () => void,
  ) {}

  /** Makes the files, with their blocks, or takes those of an earlier run, which are read by then. Throws SystemError. */
  open(): void {
    const header = Views.allocate(SYNC_LOG_HEADER_BYTES);
    header.ints[0] = SYNC_LOG_MAGIC;
    header.ints[2] = this.birth;
    header.ints[3] = this.streams.length;
    header.doubles[2] = this.run;
    for (const [i, name] of this.streams.entries())
      for (let k = 0; k < name.length; k++) header.bytes[NAMES_AT + i * NAME_BYTES + k] = name.charCodeAt(k);
    for (const file of SYNC_LOGS) {
      const path = `${this.dir}/${file}`;
      const fd = openFile(path, O_RDWR | O_CREAT);
      this.fds.push(fd);
      // Blocks that were written before are overwritten in place: a sync then writes no metadata.
      const made = sizeOf(fd) === SYNC_LOG_BYTES ? 0 : truncateFile(fd, 0) || writeZeros(fd, SYNC_LOG_BYTES);
      if (made < 0) throw new SystemError(`write ${path}`, made);
      this.write(fd, addressOf(header), SYNC_LOG_HEADER_BYTES, 0);
      this.sync(fd);
    }
  }

  /** Adds the bytes of a stream from `from` to `to`, in one segment, which begin at `address`. */
  add(stream: number, from: number, to: number, address: number): void {
    for (let at = from; at < to; ) {
      if (this.bytes + PART_HEADER_BYTES + 8 > GROUP_BYTES) this.flush();
      const bytes = Math.min(to - at, GROUP_BYTES - this.bytes - PART_HEADER_BYTES);
      const word = this.bytes >> 2;
      this.group.ints[word] = stream;
      this.group.ints[word + 1] = bytes;
      this.group.doubles[(this.bytes >> 3) + 1] = at;
      copyMemory(this.groupAddress + this.bytes + PART_HEADER_BYTES, address + (at - from), bytes);
      this.bytes += PART_HEADER_BYTES + bytes;
      this.parts++;
      at += bytes;
    }
  }

  /** Brings all that was added to the disk. Throws SystemError: what waits for it is then never sent. */
  commit(): void {
    if (this.parts > 0) this.flush();
    if (this.dirty) this.sync(this.fds[this.current]!);
    this.dirty = false;
  }

  close(): void {
    for (const fd of this.fds.splice(0)) closeFd(fd);
  }

  /** Writes the group. */
  private flush(): void {
    if (this.at + this.bytes > SYNC_LOG_BYTES) {
      if (this.dirty) this.sync(this.fds[this.current]!);
      this.syncSegments();
      this.current = 1 - this.current;
      this.at = SYNC_LOG_HEADER_BYTES;
    }
    const { ints, doubles } = this.group;
    ints[0] = GROUP_MAGIC;
    ints[1] = this.parts;
    ints[2] = this.bytes;
    doubles[2] = this.run;
    doubles[3] = ++this.number;
    ints[3] = groupCheck(ints, 0, this.bytes >> 2);
    this.write(this.fds[this.current]!, this.groupAddress, this.bytes, this.at);
    this.at += this.bytes;
    this.bytes = GROUP_HEADER_BYTES;
    this.parts = 0;
    this.dirty = true;
  }

  private write(fd: number, address: number, bytes: number, at: number): void {
    for (let done = 0; done < bytes; ) {
      const wrote = writeAt(fd, address + done, bytes - done, at + done);
      if (wrote < 0) throw new SystemError(`write ${this.dir}/${SYNC_LOGS[this.current]}`, wrote);
      done += wrote;
    }
  }

  private sync(fd: number): void {
    const synced = this.syncFile(fd);
    if (synced < 0) throw new SystemError(`fdatasync ${this.dir}/${SYNC_LOGS[this.fds.indexOf(fd)]}`, synced);
  }
}
