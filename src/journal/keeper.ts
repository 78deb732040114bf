import { EMFILE, ENFILE, SystemError } from "../../ffi/errno.ts";
import { beginWrite, closeFd, dropCache, O_RDWR, openFile, writeAt } from "../../ffi/file.ts";
import { addressOf, dontNeed, populateWrite } from "../../ffi/memory.ts";
import { KIB, MIB, NS_PER_MS } from "../base/units.ts";
import { Views } from "../base/views.ts";
import type { Agent } from "../lane/agent.ts";
import type { MainWakeup } from "../ring/main-wakeup.ts";
import { DirectoryFds, syncSegment } from "./directory-fds.ts";
import type { DiskReserve } from "./disk-reserve.ts";
import { StreamState } from "./keeper-stream.ts";
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
import { populatedAt, storeSynced } from "./positions.ts";
import { prepareSegment } from "./segment.ts";
import { type SpareSegment, SpareSegments } from "./spare-segments.ts";

/*  The keeper's work around one stream's writer; all positions advance to the right:
 *
 *        unmapped                 │ behind ≤ 1 MiB │ ahead ≤ 2 MiB   │ not populated
 *     ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ┼────────────────┼─────────────────┼ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─
 *                              released         position          populated
 *
 *  Segment n + 1 takes the window of n − 1 after all of n − 1 is released. The work is done in steps. While the streams are
 *  idle, steps are large. While they move, a step is one page, in a turn in which no stream moved, so that a shared lane
 *  does it between messages. When half of the pages ahead are used up, steps are large again in every turn.
 */
/** With durability "disk" a sync also writes the populated pages, so there are few. */
const AHEAD_ON_DISK_BYTES = 256 * KIB;
const IDLE_ON_DISK_DEADLINE_NS = 5 * NS_PER_MS;
/** Populated ahead of an idle stream, for the next burst. */
const AHEAD_BYTES = 16 * MIB;
/** Below this, pages are also populated between the messages of a moving stream. */
const LOW_BYTES = 2 * MIB;
const BEHIND_BYTES = MIB;
/** Most bytes that stay mapped behind a moving stream. */
const BEHIND_MOVING_BYTES = 8 * MIB;
/** Streams that have not moved for this long are idle. */
const IDLE_AFTER_NS = NS_PER_MS;
const IDLE_TURN_BYTES = 4 * KIB;
/** Spare segments are made again after the streams were idle for this long, in small steps. */
const SPARES_AFTER_NS = 100 * NS_PER_MS;
const SPARE_STEP_BYTES = 16 * KIB;
const STEP_BYTES = 256 * KIB;
/** Unmapping interrupts every CPU that runs this process, so it is done rarely and for many pages. */
const RELEASE_BYTES = 512 * KIB;
/** Pages leave the page cache this many bytes after their write-out has begun. */
const DROP_LAG_BYTES = 2 * MIB;
/** When a stream moves this far within this time, the main thread populates the pages ahead. */
const BURST_BYTES = 4 * MIB;
const BURST_WITHIN_NS = 100 * NS_PER_MS;
const PAGE_BYTES = 4 * KIB;
const RETRY_NS = 200 * NS_PER_MS;
const BUSY_DEADLINE_NS = NS_PER_MS;
const IDLE_DEADLINE_NS = 50 * NS_PER_MS;

export interface KeeperStream {
  readonly name: string;
  readonly wordsAt: number;
  readonly address: number;
  /** The writer is an agent of the keeper's lane: new pages then cost half. */
  readonly sameLane?: boolean;
}

/** Notified when the disk is full, and when it has room again. */
export interface DiskListener {
  /** `errno` is 0 when there is room again; `left` is the number of reserve segments. */
  disk(errno: number, left: number): void;
}

/** Prepares the streams' next segments, populates pages ahead of the writers, releases pages behind them, and syncs. */
export class Keeper implements Agent {
  readonly name = "keeper";
  private readonly ints: Int32Array;
  private readonly streams: StreamState[] = [];
  private readonly aheadBytes: number;
  private readonly lowBytes: number;
  private readonly stepBytes: number;
  private readonly behindMovingBytes: number;
  private readonly behindBytes: number;
  private readonly releaseBytes: number;
  private readonly idleTurnBytes: number;
  private readonly zerosAddress: number;
  private movedNs = 0;
  private streamsMovedNs = Number.NEGATIVE_INFINITY;
  private polledNs = 0;
  private stopping = false;
  /** Nothing to do until a stream moves or `retryNs` passes. */
  private idle = false;
  private retryNs = Number.POSITIVE_INFINITY;
  /** Error of the last allocation, or 0; and the time of the next attempt. */
  private fullErrno = 0;
  private readonly directory: DirectoryFds;
  private askDiskNs = 0;

  constructor(
    shared: Views,
    private readonly plans: readonly KeeperStream[],
    private readonly dir: string,
    private readonly segmentBytes: number,
    private readonly birth: number,
    /** Spare segments for each stream. */
    private readonly spareCount = 0,
    /** Syncs a file to the disk; null: files are synced only at the end. */
    private readonly syncFile: ((fd: number) => number) | null = null,
    private readonly reserve: DiskReserve | null = null,
    private readonly listener: DiskListener | null = null,
    /** Wakes the main thread in a burst; null: it does not help. */
    private readonly mainWakeup: MainWakeup | null = null,
  ) {
    this.ints = shared.ints;
    this.directory = new DirectoryFds(dir);
    this.aheadBytes = Math.min(syncFile === null ? AHEAD_BYTES : AHEAD_ON_DISK_BYTES, (segmentBytes >> 3) * 5);
    this.lowBytes = Math.min(LOW_BYTES, segmentBytes >> 2);
    this.stepBytes = Math.min(STEP_BYTES, segmentBytes >> 4);
    this.behindMovingBytes = Math.min(BEHIND_MOVING_BYTES, segmentBytes >> 1);
    this.behindBytes = Math.min(BEHIND_BYTES, segmentBytes >> 3);
    this.releaseBytes = Math.min(RELEASE_BYTES, segmentBytes >> 3);
    this.idleTurnBytes = Math.min(IDLE_TURN_BYTES, segmentBytes >> 4);
    this.zerosAddress = addressOf(Views.allocate(STEP_BYTES));
  }

  open(nowNs: number): void {
    for (const { name, wordsAt, address, sameLane } of this.plans) {
      const spares = new SpareSegments(this.dir, name, this.segmentBytes, this.spareCount);
      const stream = new StreamState(name, wordsAt >> 2, address, sameLane === true, spares);
      const segment = Atomics.load(this.ints, stream.word + SEGMENT_WORD);
      stream.firstSegment = segment;
      stream.position = this.positionOf(stream);
      stream.markPosition = stream.position;
      stream.markNs = nowNs;
      stream.populated = segment * this.segmentBytes + SEGMENT_HEADER_BYTES;
      stream.released = segment * this.segmentBytes;
      this.replaceFd(stream, segment, openFile(`${this.dir}/${segmentFile(name, segment)}`, O_RDWR));
      stream.synced = stream.released;
      if (this.spareCount > 0 && stream.sameLane && this.syncFile === null) this.populateFirst(stream);
      this.streams.push(stream);
      spares.fill();
    }
    const refilled = this.reserve === null ? 0 : this.reserve.refill();
    if (refilled < 0) this.full(-refilled, 0);
    // Contents were synced when the streams were opened; this syncs the directory entries.
    this.directory.open();
    if (this.syncFile !== null) this.directory.sync();
  }

  poll(nowNs: number): number {
    const streams = this.streams;
    let moved = false;
    for (let i = 0; i < streams.length; i++) {
      const stream = streams[i]!;
      const position = this.positionOf(stream);
      if (position === stream.position) continue;
      stream.position = position;
      moved = true;
      if (position - stream.markPosition >= BURST_BYTES) this.checkBurst(stream, nowNs);
    }
    this.polledNs = nowNs;
    if (moved) this.streamsMovedNs = nowNs;
    if (!moved && this.idle && nowNs < this.retryNs) return 0;
    let work = 0;
    if (this.syncFile !== null) work += this.syncAll(this.syncFile);
    this.retryNs = Number.POSITIVE_INFINITY;
    // While the streams are idle, a turn is one step of one stream: the next message waits no longer than that.
    const idle = nowNs - this.streamsMovedNs > IDLE_AFTER_NS;
    let steps = 0;
    for (let i = 0; i < streams.length && !(idle && steps > 0); i++) steps += this.maintain(streams[i]!, !moved, nowNs);
    work += steps;
    if (work === 0 && nowNs - this.streamsMovedNs > SPARES_AFTER_NS) work += this.makeSpares();
    this.idle = work === 0 && nowNs - this.streamsMovedNs > IDLE_AFTER_NS && !this.wantsSpares();
    if (this.fullErrno !== 0) this.retryDisk(nowNs);
    if (!this.idle) this.movedNs = nowNs;
    return work;
  }

  /** Short while streams move. */
  deadlineNs(): number {
    const busy = this.polledNs - this.movedNs < IDLE_DEADLINE_NS;
    if (busy) return this.polledNs + BUSY_DEADLINE_NS;
    return this.polledNs + (this.syncFile === null ? IDLE_DEADLINE_NS : IDLE_ON_DISK_DEADLINE_NS);
  }

  stop(_nowNs: number): void {
    this.stopping = true;
  }

  stopped(): boolean {
    return this.stopping;
  }

  /** Syncs all streams to the disk. */
  close(): void {
    for (let i = 0; i < this.streams.length; i++) {
      this.streams[i]!.spares.close();
      this.sync(this.streams[i]!);
    }
    this.directory.sync();
    this.directory.close();
  }

  /** Populates the pages of the first segment, for a burst right after the start. */
  private populateFirst(stream: StreamState): void {
    const segment = Math.floor(stream.position / this.segmentBytes);
    const even = (segment & 1) === 0;
    const used = stream.position - segment * this.segmentBytes;
    for (let at = Math.ceil(used / PAGE_BYTES) * PAGE_BYTES; at < this.segmentBytes; at += STEP_BYTES) {
      const bytes = Math.min(STEP_BYTES, this.segmentBytes - at);
      if (writeAt(even ? stream.evenFd : stream.oddFd, this.zerosAddress, bytes, at) < bytes) return;
    }
    if (even) stream.evenPopulated = true;
    else stream.oddPopulated = true;
  }

  /** Position of the writer; during a switch to the next segment, the last known one. */
  private positionOf(stream: StreamState): number {
    const word = stream.word + SEGMENT_WORD;
    const segment = stream.sameLane ? this.ints[word]! : Atomics.load(this.ints, word);
    const offset = this.ints[stream.word + OFFSET_WORD]!;
    return offset === SWITCHING ? stream.position : segment * this.segmentBytes + offset;
  }

  /**
   * Group commit: syncs every entry of the streams, so that output that waits for it may be sent. The first stream, the
   * core's, comes last: the messages that its entries came from are then on the disk.
   */
  private syncAll(syncFile: (fd: number) => number): number {
    let work = 0;
    for (let i = this.streams.length - 1; i >= 0; i--) {
      const stream = this.streams[i]!;
      if (stream.position <= stream.synced) continue;
      this.syncTo(stream, stream.position, syncFile);
      work++;
    }
    return work;
  }

  /** Throws when the sync fails: output that waits for it is then never sent. */
  private syncTo(stream: StreamState, position: number, syncFile: (fd: number) => number): void {
    const to = Math.floor(position / this.segmentBytes);
    for (let segment = Math.floor(stream.synced / this.segmentBytes); segment <= to; segment++) {
      const synced = syncFile((segment & 1) === 0 ? stream.evenFd : stream.oddFd);
      if (synced < 0) throw new SystemError(`fdatasync ${this.dir}/${segmentFile(stream.name, segment)}`, synced);
      this.ints[stream.word + SYNCS_WORD] = (this.ints[stream.word + SYNCS_WORD]! + 1) | 0;
    }
    stream.synced = position;
    storeSynced(this.ints, stream.word, to, position - to * this.segmentBytes);
  }

  private maintain(stream: StreamState, idleTurn: boolean, nowNs: number): number {
    let work = 0;
    const idle = nowNs - this.streamsMovedNs > IDLE_AFTER_NS;
    const populated = populatedAt(this.ints, stream.word, this.segmentBytes);
    if (populated > stream.populated) stream.populated = populated;
    const ahead = stream.populated - stream.position;
    if (idle) {
      if (ahead <= this.aheadBytes - this.stepBytes) work += this.populate(stream, this.stepBytes);
    } else if (ahead <= this.lowBytes - this.idleTurnBytes && (idleTurn || 2 * ahead < this.lowBytes)) {
      work += this.populate(stream, idleTurn ? this.idleTurnBytes : this.stepBytes);
    }
    const behind = stream.position - stream.released;
    if (behind >= (idle ? this.behindBytes : this.behindMovingBytes) + this.releaseBytes) {
      work += this.release(stream, this.releaseBytes);
    }
    const segment = Math.floor(stream.position / this.segmentBytes);
    if (this.ints[stream.word + PREPARED_WORD]! > segment || stream.released < segment * this.segmentBytes) return work;
    if (nowNs < stream.retryNs) {
      if (stream.retryNs < this.retryNs) this.retryNs = stream.retryNs;
      return work;
    }
    const halfWay = 2 * (stream.position - segment * this.segmentBytes) > this.segmentBytes;
    if (!idleTurn && !halfWay) return work;
    return work + this.prepareNext(stream, segment + 1, nowNs);
  }

  private checkBurst(stream: StreamState, nowNs: number): void {
    const isBurst = nowNs - stream.markNs < BURST_WITHIN_NS;
    stream.markPosition = stream.position;
    stream.markNs = nowNs;
    if (isBurst && stream.sameLane && this.mainWakeup !== null) this.mainWakeup.wake();
  }

  private wantsSpares(): boolean {
    for (let i = 0; i < this.streams.length; i++) if (this.streams[i]!.spares.wanting) return true;
    return false;
  }

  private makeSpares(): number {
    for (let i = 0; i < this.streams.length; i++) {
      const spares = this.streams[i]!.spares;
      if (!spares.wanting) continue;
      spares.step(SPARE_STEP_BYTES);
      return 1;
    }
    return 0;
  }

  /** Populates pages ahead of the writer. */
  private populate(stream: StreamState, most: number): number {
    // A writer that has overtaken us has populated its pages by faults.
    if (stream.populated < stream.position) stream.populated = Math.ceil(stream.position / PAGE_BYTES) * PAGE_BYTES;
    const segment = Math.floor(stream.populated / this.segmentBytes);
    if (segment > this.ints[stream.word + PREPARED_WORD]!) return 0;
    let offset = stream.populated - segment * this.segmentBytes;
    if (offset === 0) offset = SEGMENT_HEADER_BYTES;
    const bytes = Math.min(most, this.segmentBytes - offset);
    // Writing zeros makes the file's pages in one call, which is much cheaper than a fault for each. It must not overwrite
    // the writer's bytes: on the same lane it cannot, because the writer does not run during this turn.
    const even = (segment & 1) === 0;
    if (stream.sameLane && !(even ? stream.evenPopulated : stream.oddPopulated)) {
      writeAt(even ? stream.evenFd : stream.oddFd, this.zerosAddress, bytes, offset);
    }
    populateWrite(stream.address + (segment & 1) * this.segmentBytes + offset, bytes);
    stream.populated = segment * this.segmentBytes + offset + bytes;
    return 1;
  }

  /**
   * Releases pages behind the writer: unmaps them, begins their write-out, and drops earlier ones from the page cache, so
   * that later pages reuse the same memory. Their bytes stay in the file.
   */
  private release(stream: StreamState, most: number): number {
    const segment = Math.floor(stream.released / this.segmentBytes);
    const offset = stream.released - segment * this.segmentBytes;
    const bytes = Math.min(most, this.segmentBytes - offset);
    dontNeed(stream.address + (segment & 1) * this.segmentBytes + offset, bytes);
    // On a shared lane the kernel decides when to write out: disk interrupts would delay the lane.
    if (!stream.sameLane) this.writeOut((segment & 1) === 0 ? stream.evenFd : stream.oddFd, offset, bytes);
    stream.released += bytes;
    return 1;
  }

  private writeOut(fd: number, offset: number, bytes: number): void {
    beginWrite(fd, offset, bytes);
    if (offset >= DROP_LAG_BYTES) dropCache(fd, offset - DROP_LAG_BYTES, bytes);
  }

  private replaceFd(stream: StreamState, segment: number, fd: number): void {
    const old = (segment & 1) === 0 ? stream.evenFd : stream.oddFd;
    if (old >= 0) this.directory.takeBack(old);
    if ((segment & 1) === 0) stream.evenFd = fd;
    else stream.oddFd = fd;
  }

  /** Called once a segment, and every RETRY_NS while the disk is full. Returns 1 when the segment is prepared. */
  private prepareNext(stream: StreamState, segment: number, nowNs: number): number {
    // This closes the descriptor of the segment before last, so its bytes must be on the disk.
    if (this.syncFile !== null) this.syncTo(stream, stream.position, this.syncFile);
    const made = stream.spares.take();
    let fd = this.tryPrepare(stream, segment, made);
    // Connections have taken all descriptors; the journal has its own. Another lane may be faster to take one.
    while ((fd === -EMFILE || fd === -ENFILE) && this.directory.release()) fd = this.tryPrepare(stream, segment, null);
    if (fd < 0) {
      this.full(-fd, nowNs);
      const spare = this.reserve === null ? null : this.reserve.take();
      if (spare !== null) fd = this.tryPrepare(stream, segment, spare);
      stream.lacksSegment = fd < 0;
      if (fd < 0) {
        stream.retryNs = nowNs + RETRY_NS;
        if (stream.retryNs < this.retryNs) this.retryNs = stream.retryNs;
        return 0;
      }
    }
    this.replaceFd(stream, segment, fd);
    if ((segment & 1) === 0) stream.evenPopulated = made !== null;
    else stream.oddPopulated = made !== null;
    stream.lacksSegment = false;
    if (this.syncFile !== null) this.directory.sync();
    Atomics.store(this.ints, stream.word + PREPARED_WORD, segment);
    return 1;
  }

  /** Returns  the descriptor of the segment's file, or -errno. */
  private tryPrepare(stream: StreamState, segment: number, spare: SpareSegment | null): number {
    try {
      return this.prepare(stream, segment, spare);
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      return -error.errno;
    }
  }

  /** Makes and maps the segment's file. */
  private prepare(stream: StreamState, segment: number, spare: SpareSegment | null): number {
    const address = stream.address + (segment & 1) * this.segmentBytes;
    return prepareSegment(this.dir, stream.name, segment, this.segmentBytes, this.birth, address, spare);
  }

  /** Notifies every stream's writer that there is no room for new orders. */
  private full(errno: number, nowNs: number): void {
    this.askDiskNs = nowNs + RETRY_NS;
    if (this.fullErrno === 0) this.notifyDisk(errno);
  }

  /** Refills the reserve; new orders are accepted again only when it is complete. */
  private retryDisk(nowNs: number): void {
    if (nowNs >= this.askDiskNs) {
      this.askDiskNs = nowNs + RETRY_NS;
      let lacksSegment = false;
      for (let i = 0; i < this.streams.length; i++) lacksSegment = lacksSegment || this.streams[i]!.lacksSegment;
      if (!lacksSegment && (this.reserve === null || this.reserve.refill() === 0)) {
        this.notifyDisk(0);
        return;
      }
    }
    if (this.askDiskNs < this.retryNs) this.retryNs = this.askDiskNs;
  }

  private notifyDisk(errno: number): void {
    this.fullErrno = errno;
    for (let i = 0; i < this.streams.length; i++) Atomics.store(this.ints, this.streams[i]!.word + ERRNO_WORD, errno);
    if (this.listener !== null) this.listener.disk(errno, this.reserve === null ? 0 : this.reserve.left);
  }

  /** Syncs the stream's segments of this run to the disk and closes their files, at the end. */
  private sync(stream: StreamState): void {
    const last = Math.floor(this.positionOf(stream) / this.segmentBytes);
    for (let segment = stream.firstSegment; segment <= last; segment++) {
      syncSegment(`${this.dir}/${segmentFile(stream.name, segment)}`);
    }
    if (stream.evenFd >= 0) closeFd(stream.evenFd);
    if (stream.oddFd >= 0) closeFd(stream.oddFd);
    stream.evenFd = -1;
    stream.oddFd = -1;
  }
}
