import { EMFILE, ENFILE, SystemError } from "../../ffi/errno.ts";
import { beginWrite, closeFd, O_RDWR, openFile, sizeOf, writeAt } from "../../ffi/file.ts";
import { MIB, NS_PER_MS } from "../base/units.ts";
import type { Views } from "../base/views.ts";
import type { Agent } from "../lane/agent.ts";
import { noteWritten } from "./buffer-file.ts";
import { DirectoryFds } from "./directory-fds.ts";
import type { DiskReserve, SpareSegment } from "./disk-reserve.ts";
import { OPEN_SEGMENTS, StreamState } from "./keeper-stream.ts";
import {
  ERRNO_WORD,
  OFFSET_WORD,
  PREPARED_WORD,
  SEGMENT_HEADER_BYTES,
  SEGMENT_WORD,
  SWITCHING,
  SYNCS_WORD,
  segmentFile,
} from "./layout.ts";
import { storeLimit, storeSynced, storeWritten } from "./positions.ts";
import { prepareSegment } from "./segment.ts";
import { JournalLost } from "./store/damaged.ts";
import { SyncLog } from "./sync-log.ts";

/*  The keeper's work for one stream; all positions advance to the right:
 *
 *     in the segment files          │ in the buffer only │ free in the buffer             │ an eighth of the buffer
 *     ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ┼────────────────────┼────────────────────────────────┼──────────
 *                                written              position                          limit
 *
 *  The keeper is on another thread than the writers: it copies from buffers to files, waits for the disk, and makes files.
 */
/**
 * Written out at once when there is so much, or an eighth of the buffer, and after WRITE_AFTER_NS whatever there is: where no CPU is
 * the keeper's own, each write delays somebody.
 */
const WRITE_BYTES = MIB;
const WRITE_AFTER_NS = 20 * NS_PER_MS;
/** Most bytes of one stream in one turn, so that no other waits for long. */
const TURN_BYTES = MIB;
/**
 * The disk begins with a range of this size; else the system would begin with all at once. Not more often, and not with more
 * than twice of it: what comes faster is the system's, because a full queue of the disk would hold the keeper up.
 */
const BEGIN_BYTES = 4 * MIB;
const BEGIN_EVERY_NS = 100 * NS_PER_MS;
const RETRY_NS = 200 * NS_PER_MS;
/** While streams move; with durability "process" it is the time in which a busy stream fills half of its buffer, at 2 GB/s. */
const BUSY_DEADLINE_NS = NS_PER_MS;
const BUFFER_BYTES_PER_NS = 2;
const IDLE_DEADLINE_NS = 20 * NS_PER_MS;
const IDLE_ON_DISK_DEADLINE_NS = 5 * NS_PER_MS;

export interface KeeperStream {
  readonly name: string;
  readonly wordsAt: number;
  /** Address of its buffer. */
  readonly address: number;
}

/** Notified when the disk is full, and when it has room again. */
export interface DiskListener {
  /** `errno` is 0 when there is room again; `left` is the number of reserve segments. */
  disk(errno: number, left: number): void;
}

/** What a keeper works with. */
export interface KeeperParts {
  readonly shared: Views;
  /** In the order of their buffers. */
  readonly streams: readonly KeeperStream[];
  readonly dir: string;
  readonly segmentBytes: number;
  readonly birth: number;
  readonly buffersFd: number;
  readonly bufferBytes: number;
  /** Syncs a file to the disk; null: files are synced only at the end. */
  readonly syncFile?: ((fd: number) => number) | null;
  readonly reserve?: DiskReserve | null;
  readonly listener?: DiskListener | null;
}

/** Writes the streams' buffers into their segment files, makes the next files, and syncs. */
export class Keeper implements Agent {
  readonly name = "keeper";
  private readonly ints: Int32Array;
  private readonly streams: StreamState[] = [];
  private readonly dir: string;
  private readonly segmentBytes: number;
  private readonly bufferBytes: number;
  private readonly writeBytes: number;
  private readonly busyDeadlineNs: number;
  /** With durability "disk". */
  private readonly log: SyncLog | null;
  private readonly reserve: DiskReserve | null;
  private readonly directory: DirectoryFds;
  private workedNs = Number.NEGATIVE_INFINITY;
  private polledNs = 0;
  private stopping = false;
  /** Error of the last allocation, or 0; and the time of the next attempt. */
  private fullErrno = 0;
  private askDiskNs = 0;

  constructor(private readonly parts: KeeperParts) {
    this.ints = parts.shared.ints;
    this.dir = parts.dir;
    this.segmentBytes = parts.segmentBytes;
    this.bufferBytes = parts.bufferBytes;
    this.writeBytes = Math.min(WRITE_BYTES, parts.bufferBytes / 8);
    const { syncFile = null } = parts;
    const names = parts.streams.map(({ name }) => name);
    const halfNs = parts.bufferBytes / 2 / BUFFER_BYTES_PER_NS;
    this.busyDeadlineNs = syncFile === null ? Math.max(BUSY_DEADLINE_NS, halfNs) : BUSY_DEADLINE_NS;
    this.log =
      syncFile === null ? null : new SyncLog(parts.dir, parts.birth, names, syncFile, () => this.syncSegments());
    this.reserve = parts.reserve ?? null;
    this.directory = new DirectoryFds(parts.dir);
  }

  open(_nowNs: number): void {
    for (const [index, { name, wordsAt, address }] of this.parts.streams.entries()) {
      const stream = new StreamState(name, wordsAt >> 2, address, index);
      const segment = Atomics.load(this.ints, stream.word + SEGMENT_WORD);
      stream.segment = segment;
      stream.prepared = segment;
      stream.written = segment * this.segmentBytes + SEGMENT_HEADER_BYTES;
      stream.boundary = stream.written;
      stream.target = stream.written;
      stream.begun = stream.written;
      stream.synced = stream.written;
      stream.onDisk = stream.written;
      stream.position = stream.written;
      stream.fds[segment % OPEN_SEGMENTS] = openFile(this.pathOf(stream, segment), O_RDWR);
      this.streams.push(stream);
    }
    const refilled = this.reserve === null ? 0 : this.reserve.refill();
    if (refilled < 0) this.full(-refilled, 0);
    // Contents were synced when the streams were opened; this syncs the directory entries.
    this.directory.open();
    if (this.log === null) return;
    this.log.open();
    for (let i = 0; i < this.streams.length; i++) this.syncSegment(this.streams[i]!);
    this.directory.sync();
  }

  poll(nowNs: number): number {
    this.polledNs = nowNs;
    const { streams } = this;
    let work = 0;
    for (let i = 0; i < streams.length; i++) this.look(streams[i]!, nowNs);
    if (this.log !== null) work += this.syncAll(this.log);
    for (let i = 0; i < streams.length; i++) work += this.maintain(streams[i]!, nowNs);
    if (this.fullErrno !== 0) this.retryDisk(nowNs);
    if (work > 0) this.workedNs = nowNs;
    return work;
  }

  /** Short while streams move. */
  deadlineNs(): number {
    let waits = false;
    for (let i = 0; i < this.streams.length; i++)
      if (this.streams[i]!.position > this.streams[i]!.written) waits = true;
    if (waits || this.polledNs - this.workedNs < IDLE_DEADLINE_NS) return this.polledNs + this.busyDeadlineNs;
    return this.polledNs + (this.log === null ? IDLE_DEADLINE_NS : IDLE_ON_DISK_DEADLINE_NS);
  }

  stop(_nowNs: number): void {
    this.stopping = true;
  }

  stopped(): boolean {
    return this.stopping;
  }

  /** Writes out whatever the streams have now. */
  writeAll(): void {
    for (let i = 0; i < this.streams.length; i++) {
      const stream = this.streams[i]!;
      this.look(stream, this.polledNs);
      while (stream.written < stream.position) this.writeOut(stream, stream.position, this.polledNs);
    }
  }

  /** Closes the files. What is left in the buffers is written by `closeDirectory`. */
  close(): void {
    for (let i = 0; i < this.streams.length; i++) {
      const { fds } = this.streams[i]!;
      for (let k = 0; k < fds.length; k++) if (fds[k]! >= 0) closeFd(fds[k]!);
      fds.fill(-1);
    }
    this.directory.close();
    this.log?.close();
  }

  /** Reads the writer's position; during a switch to the next segment it stays the last known one. */
  private look(stream: StreamState, nowNs: number): void {
    const segment = Atomics.load(this.ints, stream.word + SEGMENT_WORD);
    const offset = Atomics.load(this.ints, stream.word + OFFSET_WORD);
    if (offset === SWITCHING || Atomics.load(this.ints, stream.word + SEGMENT_WORD) !== segment) return;
    if (stream.position <= stream.written) stream.sinceNs = nowNs;
    stream.position = segment * this.segmentBytes + offset;
  }

  private maintain(stream: StreamState, nowNs: number): number {
    const waiting = stream.position - stream.written;
    const isDue = waiting >= this.writeBytes || nowNs - stream.sinceNs >= WRITE_AFTER_NS;
    const work = waiting > 0 && isDue ? this.writeOut(stream, stream.position, nowNs) : 0;
    const { prepared } = stream;
    const isAhead = prepared > Math.floor(stream.position / this.segmentBytes);
    const isFar = prepared >= stream.segment + OPEN_SEGMENTS - 1;
    if (isAhead || isFar || nowNs < stream.retryNs) return work;
    return work + this.prepareNext(stream, prepared + 1, nowNs);
  }

  /** Writes a part of what the buffer has up to `position` into the segment file. Returns 1. */
  private writeOut(stream: StreamState, position: number, nowNs: number): number {
    if (stream.written === (stream.segment + 1) * this.segmentBytes) this.enterNext(stream);
    const begin = stream.segment * this.segmentBytes;
    if (stream.target <= stream.written) stream.target = position;
    const end = Math.min(stream.target, begin + this.segmentBytes, stream.written + TURN_BYTES);
    const fd = stream.fds[stream.segment % OPEN_SEGMENTS]!;
    if (sizeOf(fd) < this.segmentBytes) throw new JournalLost(cutText(this.pathOf(stream, stream.segment), this.dir));
    while (stream.written < end) {
      const from = stream.address + (stream.written % this.bufferBytes);
      const wrote = writeAt(fd, from, end - stream.written, stream.written - begin);
      if (wrote < 0) throw new SystemError(`write ${this.pathOf(stream, stream.segment)}`, wrote);
      stream.written += wrote;
    }
    stream.sinceNs = nowNs;
    const isEnd = end === begin + this.segmentBytes;
    if (isEnd || end === stream.target) stream.boundary = end;
    if (isEnd || end - stream.begun >= BEGIN_BYTES) this.beginWrite(stream, end, fd, nowNs);
    if (isEnd && this.log !== null) this.syncSegment(stream);
    this.publish(stream);
    return 1;
  }

  private beginWrite(stream: StreamState, end: number, fd: number, nowNs: number): void {
    const bytes = end - stream.begun;
    if (nowNs - stream.begunNs >= BEGIN_EVERY_NS) {
      if (bytes <= 2 * BEGIN_BYTES) beginWrite(fd, stream.begun - stream.segment * this.segmentBytes, bytes);
      stream.begunNs = nowNs;
      stream.begun = end;
    } else if (end === (stream.segment + 1) * this.segmentBytes) stream.begun = end;
  }

  /** The writer is in the next segment: the bytes of its header are not in the buffer. */
  private enterNext(stream: StreamState): void {
    const slot = stream.segment % OPEN_SEGMENTS;
    this.directory.takeBack(stream.fds[slot]!);
    stream.fds[slot] = -1;
    stream.segment++;
    stream.written += SEGMENT_HEADER_BYTES;
    stream.boundary = stream.written;
    stream.begun = stream.written;
  }

  /** Gives the writer room, after the file knows what is written. */
  private publish(stream: StreamState): void {
    const { written, segment } = stream;
    const noted = noteWritten(this.parts.buffersFd, stream.index, written, stream.boundary);
    if (noted < 0) throw new SystemError("write the journal's buffers", noted);
    storeWritten(this.ints, stream.word, segment, written - segment * this.segmentBytes);
    storeLimit(this.ints, stream.word, written, this.bufferBytes, (stream.prepared + 1) * this.segmentBytes);
  }

  /** Group commit: syncs every entry of the streams at once, so that output that waits for it may be sent. */
  private syncAll(log: SyncLog): number {
    let moved = false;
    for (let i = 0; i < this.streams.length; i++) {
      const stream = this.streams[i]!;
      for (let at = stream.synced; at < stream.position; ) {
        const end = (Math.floor(at / this.segmentBytes) + 1) * this.segmentBytes;
        const to = Math.min(end, stream.position);
        log.add(i, at, to, stream.address + (at % this.bufferBytes));
        // The bytes of the next segment's header are not in the buffer.
        at = to === end ? to + SEGMENT_HEADER_BYTES : to;
        moved = true;
      }
    }
    if (!moved) return 0;
    log.commit();
    for (let i = 0; i < this.streams.length; i++) this.publishSynced(this.streams[i]!);
    const word = this.streams[0]!.word + SYNCS_WORD;
    this.ints[word] = (this.ints[word]! + 1) | 0;
    return 1;
  }

  private publishSynced(stream: StreamState): void {
    if (stream.position <= stream.synced) return;
    stream.synced = stream.position;
    const segment = Math.floor((stream.synced - 1) / this.segmentBytes);
    storeSynced(this.ints, stream.word, segment, stream.synced - segment * this.segmentBytes);
  }

  /** Syncs all that is synced in the log in the segment files as well. */
  private syncSegments(): void {
    for (let i = 0; i < this.streams.length; i++) {
      const stream = this.streams[i]!;
      while (stream.written < stream.synced) this.writeOut(stream, stream.synced, this.polledNs);
      if (stream.written > stream.onDisk) this.syncSegment(stream);
    }
  }

  private syncSegment(stream: StreamState): void {
    const synced = this.parts.syncFile!(stream.fds[stream.segment % OPEN_SEGMENTS]!);
    if (synced < 0) throw new SystemError(`fdatasync ${this.pathOf(stream, stream.segment)}`, synced);
    stream.onDisk = stream.written;
  }

  private pathOf(stream: StreamState, segment: number): string {
    return `${this.dir}/${segmentFile(stream.name, segment)}`;
  }

  /** Called once a segment, and every RETRY_NS while the disk is full. Returns 1 when the segment is prepared. */
  private prepareNext(stream: StreamState, segment: number, nowNs: number): number {
    let fd = this.tryPrepare(stream, segment, null);
    // Connections have taken all descriptors; the journal has its own. Another lane may be faster to take one.
    while ((fd === -EMFILE || fd === -ENFILE) && this.directory.release()) fd = this.tryPrepare(stream, segment, null);
    if (fd < 0) {
      this.full(-fd, nowNs);
      const spare = this.reserve === null ? null : this.reserve.take();
      if (spare !== null) fd = this.tryPrepare(stream, segment, spare);
      stream.lacksSegment = fd < 0;
      if (fd < 0) {
        stream.retryNs = nowNs + RETRY_NS;
        return 0;
      }
    }
    stream.lacksSegment = false;
    if (this.log !== null) this.syncMade(fd, segment, stream);
    stream.fds[segment % OPEN_SEGMENTS] = fd;
    stream.prepared = segment;
    Atomics.store(this.ints, stream.word + PREPARED_WORD, segment);
    this.publish(stream);
    return 1;
  }

  /** A power cut leaves a segment with its header, and under its name. */
  private syncMade(fd: number, segment: number, stream: StreamState): void {
    const synced = this.parts.syncFile!(fd);
    if (synced < 0) throw new SystemError(`fdatasync ${this.pathOf(stream, segment)}`, synced);
    this.directory.sync();
  }

  /** Returns  the descriptor of the segment's file, or -errno. */
  private tryPrepare(stream: StreamState, segment: number, spare: SpareSegment | null): number {
    try {
      return prepareSegment(this.dir, stream.name, segment, this.segmentBytes, this.parts.birth, spare);
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      return -error.errno;
    }
  }

  /** Notifies every stream's writer that there is no room for new orders. */
  private full(errno: number, nowNs: number): void {
    this.askDiskNs = nowNs + RETRY_NS;
    if (this.fullErrno === 0) this.notifyDisk(errno);
  }

  /** Refills the reserve; new orders are accepted again only when it is complete. */
  private retryDisk(nowNs: number): void {
    if (nowNs < this.askDiskNs) return;
    this.askDiskNs = nowNs + RETRY_NS;
    let lacksSegment = false;
    for (let i = 0; i < this.streams.length; i++) lacksSegment = lacksSegment || this.streams[i]!.lacksSegment;
    if (!lacksSegment && (this.reserve === null || this.reserve.refill() === 0)) this.notifyDisk(0);
  }

  private notifyDisk(errno: number): void {
    this.fullErrno = errno;
    for (let i = 0; i < this.streams.length; i++) Atomics.store(this.ints, this.streams[i]!.word + ERRNO_WORD, errno);
    const { listener = null } = this.parts;
    if (listener !== null) listener.disk(errno, this.reserve === null ? 0 : this.reserve.left);
  }
}

function cutText(path: string, dir: string): string {
  return `${path} was cut while the gateway writes to it: the gateway ends at once. To examine what is left: sallyport journal repair ${dir}`;
}
