import { SystemError } from "../../ffi/errno.ts";
import { beginWrite, closeFd, dropCache, O_RDWR, openFile, syncData, syncDirectory, writeAt } from "../../ffi/file.ts";
import { addressOf, dontNeed, populateWrite } from "../../ffi/memory.ts";
import type { Agent } from "../agent/agent.ts";
import { KIB, MIB, NS_PER_MS } from "../base/units.ts";
import { Views } from "../base/views.ts";
import { ERRNO_WORD, OFFSET_WORD, PREPARED_WORD, SEGMENT_HEADER_BYTES, SEGMENT_WORD, segmentFile } from "./layout.ts";
import { prepareSegment } from "./segment.ts";
import { Spares } from "./spares.ts";

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
/** Populated ahead of a stream that rests: a burst then finds its pages there. */
const AHEAD_BYTES = 40 * MIB;
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

/** What the keeper knows of one stream; positions are segment × segmentBytes + offset. */
class Kept {
  position = 0;
  populated = 0;
  released = 0;
  firstSegment = 0;
  retryNs = 0;
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
    readonly spares: Spares,
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

  constructor(
    shared: Views,
    private readonly kept: readonly KeptStream[],
    private readonly dir: string,
    private readonly segmentBytes: number,
    private readonly birth: number,
    /** Spare segments for each stream. */
    private readonly spareCount = 0,
  ) {
    this.ints = shared.ints;
    this.aheadBytes = Math.min(AHEAD_BYTES, (segmentBytes >> 3) * 5);
    this.lowBytes = Math.min(LOW_BYTES, segmentBytes >> 2);
    this.biteBytes = Math.min(BITE_BYTES, segmentBytes >> 4);
    this.behindMovingBytes = Math.min(BEHIND_MOVING_BYTES, segmentBytes >> 1);
    this.behindBytes = Math.min(BEHIND_BYTES, segmentBytes >> 3);
    this.releaseBytes = Math.min(RELEASE_BYTES, segmentBytes >> 3);
    this.quietBytes = Math.min(QUIET_BITE_BYTES, segmentBytes >> 4);
    this.zerosAddress = addressOf(Views.allocate(BITE_BYTES));
  }

  open(_nowNs: number): void {
    for (const { name, wordsAt, address, sameLane } of this.kept) {
      const spares = new Spares(this.dir, name, this.segmentBytes, this.spareCount);
      const kept = new Kept(name, wordsAt >> 2, address, sameLane === true, spares);
      const segment = Atomics.load(this.ints, kept.word + SEGMENT_WORD);
      kept.firstSegment = segment;
      kept.position = this.positionOf(kept);
      kept.populated = segment * this.segmentBytes + SEGMENT_HEADER_BYTES;
      kept.released = segment * this.segmentBytes;
      this.keepFd(kept, segment, openFile(`${this.dir}/${segmentFile(name, segment)}`, O_RDWR));
      this.streams.push(kept);
      spares.fill();
    }
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
    }
    this.polledNs = nowNs;
    if (moved) this.streamsMovedNs = nowNs;
    if (!moved && this.rests && nowNs < this.retryNs) return 0;
    let work = 0;
    this.retryNs = Number.POSITIVE_INFINITY;
    for (let i = 0; i < streams.length; i++) work += this.keep(streams[i]!, !moved, nowNs);
    if (work === 0 && nowNs - this.streamsMovedNs > SPARES_AFTER_NS) work += this.makeSpares();
    this.rests = work === 0 && nowNs - this.streamsMovedNs > RESTS_AFTER_NS && !this.wantsSpares();
    if (!this.rests) this.movedNs = nowNs;
    return work;
  }

  /** On a lane of its own: soon while streams move. */
  deadlineNs(): number {
    const busy = this.polledNs - this.movedNs < IDLE_DEADLINE_NS;
    return this.polledNs + (busy ? BUSY_DEADLINE_NS : IDLE_DEADLINE_NS);
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

  /** Where the writer is, or a little before: it moves the offset to the new segment's start first. */
  private positionOf(kept: Kept): number {
    const word = kept.word + SEGMENT_WORD;
    const segment = kept.sameLane ? this.ints[word]! : Atomics.load(this.ints, word);
    return segment * this.segmentBytes + this.ints[kept.word + OFFSET_WORD]!;
  }

  private keep(kept: Kept, quiet: boolean, nowNs: number): number {
    let work = 0;
    const rests = nowNs - this.streamsMovedNs > RESTS_AFTER_NS;
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
    const address = kept.address + (segment & 1) * this.segmentBytes;
    const spare = kept.spares.take();
    try {
      const { dir, segmentBytes, birth } = this;
      this.keepFd(kept, segment, prepareSegment(dir, kept.name, segment, segmentBytes, birth, address, spare));
      if ((segment & 1) === 0) kept.evenMade = spare !== null;
      else kept.oddMade = spare !== null;
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      Atomics.store(this.ints, kept.word + ERRNO_WORD, error.errno);
      kept.retryNs = nowNs + RETRY_NS;
      if (kept.retryNs < this.retryNs) this.retryNs = kept.retryNs;
      return 0;
    }
    Atomics.store(this.ints, kept.word + ERRNO_WORD, 0);
    Atomics.store(this.ints, kept.word + PREPARED_WORD, segment);
    return 1;
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
