import { SystemError } from "../../ffi/errno.ts";
import { beginWrite, closeFd, dropCache, O_RDWR, openFile, syncData, syncDirectory, writeAt } from "../../ffi/file.ts";
import { addressOf, dontNeed, populateWrite } from "../../ffi/memory.ts";
import { KIB, MIB, NS_PER_MS } from "../base/units.ts";
import { Views } from "../base/views.ts";
import type { Agent } from "../lane/agent.ts";
import type { MainWakeup } from "../ring/main-wakeup.ts";
import type { DiskReserve } from "./disk-reserve.ts";
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
import { type Spare, SpareSegments } from "./spare-segments.ts";

/*  What the keeper does around one stream's writer; everything moves to the right:
 *
 *        given back to the kernel │ behind ≤ 1 MiB │ ahead ≤ 2 MiB   │ not in memory yet
 *     ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ┼────────────────┼─────────────────┼ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─
 *                              released         position          populated
 *
 *  Segment n + 1 takes the window of n − 1, once all of n − 1 is released. Work is done in bites: large ones while the
 *  streams rest; while they move only what is needed soon, a page in a turn in which nothing moved, so that on a shared lane
 *  it falls into the time when it waits; and large ones again, whatever else goes on, once half of that is used up.
 */
/** Where the disk is waited for, what is populated is written out with the rest: little is. */
const AHEAD_ON_DISK_BYTES = 256 * KIB;
const IDLE_ON_DISK_DEADLINE_NS = 5 * NS_PER_MS;
/** Populated ahead of a stream that rests: a burst then finds its pages there. */
const AHEAD_BYTES = 16 * MIB;
/** Below this it is also worked on between the messages of a stream that moves. */
const LOW_BYTES = 2 * MIB;
const BEHIND_BYTES = MIB;
/** So much may stay behind a stream that moves. */
const BEHIND_MOVING_BYTES = 8 * MIB;
/** A stream that has not moved for so long rests. */
const RESTS_AFTER_NS = NS_PER_MS;
const QUIET_BITE_BYTES = 4 * KIB;
/** Spare segments are made again once the streams have rested so long, and little by little. */
const SPARES_AFTER_NS = 100 * NS_PER_MS;
const SPARE_BITE_BYTES = 16 * KIB;
const BITE_BYTES = 256 * KIB;
/** Unmapping interrupts every CPU that runs this process, so it is done rarely and for much at once. */
const RELEASE_BYTES = 512 * KIB;
/** Pages are given back by the page cache this long after their writing out has begun. */
const DROP_LAG_BYTES = 2 * MIB;
/** Of a stream that moves so far in so short a time, the main thread brings in the pages ahead. */
const BURST_BYTES = 4 * MIB;
const BURST_WITHIN_NS = 100 * NS_PER_MS;
const PAGE_BYTES = 4 * KIB;
const RETRY_NS = 200 * NS_PER_MS;
const BUSY_DEADLINE_NS = NS_PER_MS;
const IDLE_DEADLINE_NS = 50 * NS_PER_MS;

export interface KeptStream {
  readonly name: string;
  readonly wordsAt: number;
  readonly address: number;
  /** Its writer is an agent of the keeper's own lane, which makes new pages at half the price. */
  readonly sameLane?: boolean;
}

/** Hears of a disk that is full, and of room on it. */
export interface DiskListener {
  /** `errno` is 0 when there is room again; `left` segments are kept back. */
  disk(errno: number, left: number): void;
}

/** What the keeper knows of one stream; positions are segment × segmentBytes + offset. */
class Kept {
  position = 0;
  synced = 0;
  populated = 0;
  released = 0;
  firstSegment = 0;
  retryNs = 0;
  /** Where it was when it was last asked whether this is a burst, and when. */
  markPosition = 0;
  markNs = 0;
  /** Its next segment could not be made, not even of what is kept back. */
  lacks = false;
  /** Descriptors of the newest segments, by number & 1, and whether they were spares, whose pages are there. */
  evenFd = -1;
  oddFd = -1;
  evenMade = false;
  oddMade = false;

  constructor(
    readonly name: string,
    readonly word: number,
    readonly address: number,
    readonly sameLane: boolean,
    readonly spares: SpareSegments,
  ) {}
}

/** Keeps the journal's streams going: next segments, pages before and behind the writers, and the sync at the end. */
export class Keeper implements Agent {
  readonly name = "keeper";
  private readonly ints: Int32Array;
  private readonly streams: Kept[] = [];
  private readonly aheadBytes: number;
  private readonly lowBytes: number;
  private readonly biteBytes: number;
  private readonly behindMovingBytes: number;
  private readonly behindBytes: number;
  private readonly releaseBytes: number;
  private readonly quietBytes: number;
  private readonly zerosAddress: number;
  private movedNs = 0;
  private streamsMovedNs = Number.NEGATIVE_INFINITY;
  private polledNs = 0;
  private stopping = false;
  /** The last turn found nothing to do, and had no stream moved; until one moves, or `retryNs`, there is nothing. */
  private rests = false;
  private retryNs = Number.POSITIVE_INFINITY;
  /** Why the disk gives nothing more, or 0; and when it is asked again. */
  private fullErrno = 0;
  private askNs = 0;

  constructor(
    shared: Views,
    private readonly kept: readonly KeptStream[],
    private readonly dir: string,
    private readonly segmentBytes: number,
    private readonly birth: number,
    /** Spare segments for each stream. */
    private readonly spareCount = 0,
    /** Waits until a file is on the disk, or null: only at the end. */
    private readonly syncFile: ((fd: number) => number) | null = null,
    private readonly reserve: DiskReserve | null = null,
    private readonly listener: DiskListener | null = null,
    /** Calls the main thread in a burst; null: it does not help. */
    private readonly mainWakeup: MainWakeup | null = null,
  ) {
    this.ints = shared.ints;
    this.aheadBytes = Math.min(syncFile === null ? AHEAD_BYTES : AHEAD_ON_DISK_BYTES, (segmentBytes >> 3) * 5);
    this.lowBytes = Math.min(LOW_BYTES, segmentBytes >> 2);
    this.biteBytes = Math.min(BITE_BYTES, segmentBytes >> 4);
    this.behindMovingBytes = Math.min(BEHIND_MOVING_BYTES, segmentBytes >> 1);
    this.behindBytes = Math.min(BEHIND_BYTES, segmentBytes >> 3);
    this.releaseBytes = Math.min(RELEASE_BYTES, segmentBytes >> 3);
    this.quietBytes = Math.min(QUIET_BITE_BYTES, segmentBytes >> 4);
    this.zerosAddress = addressOf(Views.allocate(BITE_BYTES));
  }

  open(nowNs: number): void {
    for (const { name, wordsAt, address, sameLane } of this.kept) {
      const spares = new SpareSegments(this.dir, name, this.segmentBytes, this.spareCount);
      const kept = new Kept(name, wordsAt >> 2, address, sameLane === true, spares);
      const segment = Atomics.load(this.ints, kept.word + SEGMENT_WORD);
      kept.firstSegment = segment;
      kept.position = this.positionOf(kept);
      kept.markPosition = kept.position;
      kept.markNs = nowNs;
      kept.populated = segment * this.segmentBytes + SEGMENT_HEADER_BYTES;
      kept.released = segment * this.segmentBytes;
      this.keepFd(kept, segment, openFile(`${this.dir}/${segmentFile(name, segment)}`, O_RDWR));
      kept.synced = kept.released;
      if (this.spareCount > 0 && kept.sameLane && this.syncFile === null) this.makeFirst(kept);
      this.streams.push(kept);
      spares.fill();
    }
    const refilled = this.reserve === null ? 0 : this.reserve.refill();
    if (refilled < 0) this.full(-refilled, 0);
    // What stood in them before is on the disk since the streams were opened; now their names are, too.
    if (this.syncFile !== null) syncDirectory(this.dir);
  }

  poll(nowNs: number): number {
    const streams = this.streams;
    let moved = false;
    for (let i = 0; i < streams.length; i++) {
      const kept = streams[i]!;
      const position = this.positionOf(kept);
      if (position === kept.position) continue;
      kept.position = position;
      moved = true;
      if (position - kept.markPosition >= BURST_BYTES) this.tellBurst(kept, nowNs);
    }
    this.polledNs = nowNs;
    if (moved) this.streamsMovedNs = nowNs;
    if (!moved && this.rests && nowNs < this.retryNs) return 0;
    let work = 0;
    if (this.syncFile !== null) work += this.syncAll(this.syncFile);
    this.retryNs = Number.POSITIVE_INFINITY;
    // While the streams rest a turn is one bite of one of them: what comes next waits for no more than that.
    const rest = nowNs - this.streamsMovedNs > RESTS_AFTER_NS;
    let bites = 0;
    for (let i = 0; i < streams.length && !(rest && bites > 0); i++) bites += this.keep(streams[i]!, !moved, nowNs);
    work += bites;
    if (work === 0 && nowNs - this.streamsMovedNs > SPARES_AFTER_NS) work += this.makeSpares();
    this.rests = work === 0 && nowNs - this.streamsMovedNs > RESTS_AFTER_NS && !this.wantsSpares();
    if (this.fullErrno !== 0) this.askForRoom(nowNs);
    if (!this.rests) this.movedNs = nowNs;
    return work;
  }

  /** On a lane of its own: soon while streams move. */
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

  /** Everything written is on the disk when this returns. */
  close(): void {
    for (let i = 0; i < this.streams.length; i++) {
      this.streams[i]!.spares.close();
      this.sync(this.streams[i]!);
    }
    syncDirectory(this.dir);
  }

  /** Cold: a burst right after the start finds the pages of the segment made that the start opened, as those of spares are. */
  private makeFirst(kept: Kept): void {
    const segment = Math.floor(kept.position / this.segmentBytes);
    const even = (segment & 1) === 0;
    const used = kept.position - segment * this.segmentBytes;
    for (let at = Math.ceil(used / PAGE_BYTES) * PAGE_BYTES; at < this.segmentBytes; at += BITE_BYTES) {
      const bytes = Math.min(BITE_BYTES, this.segmentBytes - at);
      if (writeAt(even ? kept.evenFd : kept.oddFd, this.zerosAddress, bytes, at) < bytes) return;
    }
    if (even) kept.evenMade = true;
    else kept.oddMade = true;
  }

  /** Where the writer is, or a little before: it moves the offset to the new segment's start first. */
  private positionOf(kept: Kept): number {
    const word = kept.word + SEGMENT_WORD;
    const segment = kept.sameLane ? this.ints[word]! : Atomics.load(this.ints, word);
    const offset = this.ints[kept.word + OFFSET_WORD]!;
    return offset === SWITCHING ? kept.position : segment * this.segmentBytes + offset;
  }

  /** Group commit: whatever the streams hold by now goes to the disk, and then may leave. */
  private syncAll(syncFile: (fd: number) => number): number {
    let work = 0;
    for (let i = 0; i < this.streams.length; i++) {
      const kept = this.streams[i]!;
      if (kept.position <= kept.synced) continue;
      this.syncTo(kept, kept.position, syncFile);
      work++;
    }
    return work;
  }

  /** Throws where the disk does not say that it has it: then nothing that waits for it ever leaves. */
  private syncTo(kept: Kept, position: number, syncFile: (fd: number) => number): void {
    const to = Math.floor(position / this.segmentBytes);
    for (let segment = Math.floor(kept.synced / this.segmentBytes); segment <= to; segment++) {
      const synced = syncFile((segment & 1) === 0 ? kept.evenFd : kept.oddFd);
      if (synced < 0) throw new SystemError(`fdatasync ${this.dir}/${segmentFile(kept.name, segment)}`, synced);
      this.ints[kept.word + SYNCS_WORD] = (this.ints[kept.word + SYNCS_WORD]! + 1) | 0;
    }
    kept.synced = position;
    storeSynced(this.ints, kept.word, to, position - to * this.segmentBytes);
  }

  private keep(kept: Kept, quiet: boolean, nowNs: number): number {
    let work = 0;
    const rests = nowNs - this.streamsMovedNs > RESTS_AFTER_NS;
    const populated = populatedAt(this.ints, kept.word, this.segmentBytes);
    if (populated > kept.populated) kept.populated = populated;
    const ahead = kept.populated - kept.position;
    if (rests) {
      if (ahead <= this.aheadBytes - this.biteBytes) work += this.populate(kept, this.biteBytes);
    } else if (ahead <= this.lowBytes - this.quietBytes && (quiet || 2 * ahead < this.lowBytes)) {
      work += this.populate(kept, quiet ? this.quietBytes : this.biteBytes);
    }
    const behind = kept.position - kept.released;
    if (behind >= (rests ? this.behindBytes : this.behindMovingBytes) + this.releaseBytes) {
      work += this.release(kept, this.releaseBytes);
    }
    const segment = Math.floor(kept.position / this.segmentBytes);
    if (this.ints[kept.word + PREPARED_WORD]! > segment || kept.released < segment * this.segmentBytes) return work;
    if (nowNs < kept.retryNs) {
      if (kept.retryNs < this.retryNs) this.retryNs = kept.retryNs;
      return work;
    }
    const halfWay = 2 * (kept.position - segment * this.segmentBytes) > this.segmentBytes;
    if (!quiet && !halfWay) return work;
    return work + this.prepareNext(kept, segment + 1, nowNs);
  }

  private tellBurst(kept: Kept, nowNs: number): void {
    const isBurst = nowNs - kept.markNs < BURST_WITHIN_NS;
    kept.markPosition = kept.position;
    kept.markNs = nowNs;
    if (isBurst && kept.sameLane && this.mainWakeup !== null) this.mainWakeup.ring();
  }

  private wantsSpares(): boolean {
    for (let i = 0; i < this.streams.length; i++) if (this.streams[i]!.spares.wanting) return true;
    return false;
  }

  private makeSpares(): number {
    for (let i = 0; i < this.streams.length; i++) {
      const spares = this.streams[i]!.spares;
      if (!spares.wanting) continue;
      spares.step(SPARE_BITE_BYTES);
      return 1;
    }
    return 0;
  }

  /** Brings pages in ahead of the writer. */
  private populate(kept: Kept, most: number): number {
    // Where the writer has overtaken us it has brought in its pages itself.
    if (kept.populated < kept.position) kept.populated = Math.ceil(kept.position / PAGE_BYTES) * PAGE_BYTES;
    const segment = Math.floor(kept.populated / this.segmentBytes);
    if (segment > this.ints[kept.word + PREPARED_WORD]!) return 0;
    let offset = kept.populated - segment * this.segmentBytes;
    if (offset === 0) offset = SEGMENT_HEADER_BYTES;
    const bytes = Math.min(most, this.segmentBytes - offset);
    // Writing zeros makes the file's pages in one piece, which is much cheaper than a fault for each. They must not meet
    // the writer's bytes: from this lane they can't, as it is in no turn of its own while we are in ours.
    const even = (segment & 1) === 0;
    if (kept.sameLane && !(even ? kept.evenMade : kept.oddMade)) {
      writeAt(even ? kept.evenFd : kept.oddFd, this.zerosAddress, bytes, offset);
    }
    populateWrite(kept.address + (segment & 1) * this.segmentBytes + offset, bytes);
    kept.populated = segment * this.segmentBytes + offset + bytes;
    return 1;
  }

  /**
   * Gives pages behind the writer back: unmaps them, begins to write them out, and lets the page cache forget what was
   * written before, so that the same warm memory serves the pages to come. Their bytes stay in the file.
   */
  private release(kept: Kept, most: number): number {
    const segment = Math.floor(kept.released / this.segmentBytes);
    const offset = kept.released - segment * this.segmentBytes;
    const bytes = Math.min(most, this.segmentBytes - offset);
    dontNeed(kept.address + (segment & 1) * this.segmentBytes + offset, bytes);
    // The disk's work would interrupt a lane that is shared; there the kernel writes out when it sees fit.
    if (!kept.sameLane) this.writeOut((segment & 1) === 0 ? kept.evenFd : kept.oddFd, offset, bytes);
    kept.released += bytes;
    return 1;
  }

  private writeOut(fd: number, offset: number, bytes: number): void {
    beginWrite(fd, offset, bytes);
    if (offset >= DROP_LAG_BYTES) dropCache(fd, offset - DROP_LAG_BYTES, bytes);
  }

  private keepFd(kept: Kept, segment: number, fd: number): void {
    const old = (segment & 1) === 0 ? kept.evenFd : kept.oddFd;
    if (old >= 0) closeFd(old);
    if ((segment & 1) === 0) kept.evenFd = fd;
    else kept.oddFd = fd;
  }

  /** Cold: once a segment, and every RETRY_NS while there is no room for it. Returns 1 when it is there. */
  private prepareNext(kept: Kept, segment: number, nowNs: number): number {
    // The descriptor of the segment before last goes: it must be on the disk by now.
    if (this.syncFile !== null) this.syncTo(kept, kept.position, this.syncFile);
    const made = kept.spares.take();
    let fd: number;
    try {
      fd = this.prepare(kept, segment, made);
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      this.full(error.errno, nowNs);
      const spare = this.reserve === null ? null : this.reserve.take();
      kept.lacks = spare === null;
      if (spare === null) {
        kept.retryNs = nowNs + RETRY_NS;
        if (kept.retryNs < this.retryNs) this.retryNs = kept.retryNs;
        return 0;
      }
      fd = this.prepare(kept, segment, spare);
    }
    this.keepFd(kept, segment, fd);
    if ((segment & 1) === 0) kept.evenMade = made !== null;
    else kept.oddMade = made !== null;
    kept.lacks = false;
    if (this.syncFile !== null) syncDirectory(this.dir);
    Atomics.store(this.ints, kept.word + PREPARED_WORD, segment);
    return 1;
  }

  /** Cold: once a segment. */
  private prepare(kept: Kept, segment: number, spare: Spare | null): number {
    const address = kept.address + (segment & 1) * this.segmentBytes;
    return prepareSegment(this.dir, kept.name, segment, this.segmentBytes, this.birth, address, spare);
  }

  /** Cold: every stream's writer sees that new orders have no room. */
  private full(errno: number, nowNs: number): void {
    this.askNs = nowNs + RETRY_NS;
    if (this.fullErrno === 0) this.tellDisk(errno);
  }

  /** Cold: the reserve is made whole again before new orders are taken again. */
  private askForRoom(nowNs: number): void {
    if (nowNs >= this.askNs) {
      this.askNs = nowNs + RETRY_NS;
      let lacks = false;
      for (let i = 0; i < this.streams.length; i++) lacks = lacks || this.streams[i]!.lacks;
      if (!lacks && (this.reserve === null || this.reserve.refill() === 0)) {
        this.tellDisk(0);
        return;
      }
    }
    if (this.askNs < this.retryNs) this.retryNs = this.askNs;
  }

  /** Cold. */
  private tellDisk(errno: number): void {
    this.fullErrno = errno;
    for (let i = 0; i < this.streams.length; i++) Atomics.store(this.ints, this.streams[i]!.word + ERRNO_WORD, errno);
    if (this.listener !== null) this.listener.disk(errno, this.reserve === null ? 0 : this.reserve.left);
  }

  /** Cold: at the end. */
  private sync(kept: Kept): void {
    const last = Math.floor(this.positionOf(kept) / this.segmentBytes);
    for (let segment = kept.firstSegment; segment <= last; segment++) {
      const path = `${this.dir}/${segmentFile(kept.name, segment)}`;
      const fd = openFile(path, O_RDWR);
      const synced = syncData(fd);
      closeFd(fd);
      if (synced < 0) throw new SystemError(`fdatasync ${path}`, synced);
    }
    if (kept.evenFd >= 0) closeFd(kept.evenFd);
    if (kept.oddFd >= 0) closeFd(kept.oddFd);
    kept.evenFd = -1;
    kept.oddFd = -1;
  }
}
