import { dontNeed, populateWrite } from "../../ffi/memory.ts";
import { closeFd, O_RDWR, openFile, syncData, syncDirectory } from "../../ffi/file.ts";
import type { Agent } from "../agent/agent.ts";
import { KIB, MIB, NS_PER_MS } from "../base/units.ts";
import type { Views } from "../base/views.ts";
import { ERRNO_WORD, OFFSET_WORD, PREPARED_WORD, SEGMENT_WORD, segmentFile } from "./layout.ts";
import { isNoSpace, prepareSegment } from "./segment.ts";

/** Pages are made ready this far ahead of the writer, in bites of this size. */
const AHEAD_BYTES = 2 * MIB;
const BITE_BYTES = 64 * KIB;
const RETIRE_BITE_BYTES = 256 * KIB;
const RETRY_NS = 200 * NS_PER_MS;
const BUSY_DEADLINE_NS = NS_PER_MS;
const IDLE_DEADLINE_NS = 100 * NS_PER_MS;

export interface KeptStream {
  readonly name: string;
  readonly wordsAt: number;
  readonly address: number;
}

/** What the keeper knows of one stream. */
class Kept {
  /** Absolute position up to which pages are populated. */
  populated: number;
  /** Pages of the retired window given back so far; all of it when there is none. */
  retired: number;
  /** Segment the writer was in at the last look. */
  segment: number;
  retryNs = 0;

  constructor(
    readonly name: string,
    readonly word: number,
    readonly address: number,
    segment: number,
    offset: number,
    segmentBytes: number,
  ) {
    this.segment = segment;
    this.populated = segment * segmentBytes + offset;
    this.retired = segmentBytes;
  }
}

/** Keeps the journal's streams going: next segments, populated pages, retired pages, and the sync at the end. */
export class Keeper implements Agent {
  readonly name = "keeper";
  private readonly ints: Int32Array;
  private readonly streams: Kept[] = [];
  private movedNs = 0;
  private polledNs = 0;
  private stopping = false;

  constructor(
    shared: Views,
    private readonly kept: readonly KeptStream[],
    private readonly dir: string,
    private readonly segmentBytes: number,
    private readonly birth: number,
  ) {
    this.ints = shared.ints;
  }

  open(_nowNs: number): void {
    for (let i = 0; i < this.kept.length; i++) {
      const stream = this.kept[i]!;
      const word = stream.wordsAt >> 2;
      const segment = Atomics.load(this.ints, word + SEGMENT_WORD);
      const offset = Atomics.load(this.ints, word + OFFSET_WORD);
      this.streams.push(new Kept(stream.name, word, stream.address, segment, offset, this.segmentBytes));
    }
  }

  poll(nowNs: number): number {
    let work = 0;
    for (let i = 0; i < this.streams.length; i++) work += this.keep(this.streams[i]!, nowNs);
    if (work > 0) this.movedNs = nowNs;
    this.polledNs = nowNs;
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
    for (let i = 0; i < this.streams.length; i++) this.sync(this.streams[i]!);
    syncDirectory(this.dir);
  }

  private keep(kept: Kept, nowNs: number): number {
    const segment = Atomics.load(this.ints, kept.word + SEGMENT_WORD);
    if (segment !== kept.segment) {
      kept.segment = segment;
      kept.retired = 0;
    }
    if (this.populateAhead(kept, segment)) return 1;
    if (kept.retired < this.segmentBytes) {
      const at = kept.address + ((segment - 1) & 1) * this.segmentBytes + kept.retired;
      dontNeed(at, Math.min(RETIRE_BITE_BYTES, this.segmentBytes - kept.retired));
      kept.retired += RETIRE_BITE_BYTES;
      return 1;
    }
    if (this.ints[kept.word + PREPARED_WORD]! > segment || nowNs < kept.retryNs) return 0;
    this.prepareNext(kept, segment + 1, nowNs);
    return 1;
  }

  private populateAhead(kept: Kept, segment: number): boolean {
    const position = segment * this.segmentBytes + this.ints[kept.word + OFFSET_WORD]!;
    if (kept.populated < position) kept.populated = position;
    if (kept.populated >= position + AHEAD_BYTES) return false;
    const into = Math.floor(kept.populated / this.segmentBytes);
    if (into > this.ints[kept.word + PREPARED_WORD]!) return false;
    const offset = kept.populated - into * this.segmentBytes;
    const from = offset & ~(4 * KIB - 1);
    const bytes = Math.min(BITE_BYTES, this.segmentBytes - from);
    populateWrite(kept.address + (into & 1) * this.segmentBytes + from, bytes);
    kept.populated = into * this.segmentBytes + from + bytes;
    return true;
  }

  /** Cold: once a segment. */
  private prepareNext(kept: Kept, segment: number, nowNs: number): void {
    const address = kept.address + (segment & 1) * this.segmentBytes;
    try {
      prepareSegment(this.dir, kept.name, segment, this.segmentBytes, this.birth, address);
    } catch (error) {
      const errno = isNoSpace(error);
      if (errno === 0) throw error;
      Atomics.store(this.ints, kept.word + ERRNO_WORD, errno);
      kept.retryNs = nowNs + RETRY_NS;
      return;
    }
    Atomics.store(this.ints, kept.word + ERRNO_WORD, 0);
    Atomics.store(this.ints, kept.word + PREPARED_WORD, segment);
  }

  /** Cold: at the end. */
  private sync(kept: Kept): void {
    const from = Math.max(1, kept.segment - 1);
    for (let segment = from; segment <= kept.segment; segment++) {
      try {
        const fd = openFile(`${this.dir}/${segmentFile(kept.name, segment)}`, O_RDWR);
        syncData(fd);
        closeFd(fd);
      } catch {
        // The segment before the first of this run may have been archived.
      }
    }
  }
}

