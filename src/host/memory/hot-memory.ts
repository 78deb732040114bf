import { EINVAL, ENOSYS } from "../../../ffi/errno.ts";
import {
  addressedRanges,
  addressOf,
  bindToNode,
  dontDump,
  hugePages,
  populateWrite,
  preferNode,
} from "../../../ffi/memory.ts";
import { NO_NODE } from "./topology.ts";

/** What the configuration asks of the kernel for hot memory. */
export interface MemorySettings {
  readonly prefault: boolean;
  readonly hugePages: boolean;
  readonly numa: boolean;
  /** Core dumps may contain client data. */
  readonly dump: boolean;
}

/** The pool's pages are brought in and given back as sessions need them. */
export type HotKind = "rings" | "tables" | "buffers" | "pool";

/** A range of memory on the path of orders. */
export interface HotRange {
  readonly kind: HotKind;
  readonly address: number;
  readonly bytes: number;
}

export type Call = "mbind" | "set_mempolicy" | "madvise MADV_HUGEPAGE" | "madvise MADV_DONTDUMP" | "populate";

/** A call that the kernel refused. */
export interface Refusal {
  readonly call: Call;
  readonly errno: number;
}

/** Hot memory of one lane, or of all lanes together; plain data. */
export interface HotUse {
  /** Its NUMA node, or NO_NODE. */
  readonly node: number;
  readonly ranges: readonly HotRange[];
  readonly refusals: readonly Refusal[];
}

/** Tables of this size and more are read at random: huge pages save a page table walk for each read. */
const HUGE_BYTES = 2 * 1024 * 1024;
/** A session's buffer is filled from its beginning; more of it is used only with a slow peer. */
const BUFFER_PREFAULT_BYTES = 65_536;
const PAGE_BYTES = 4096;
/** So much is brought in at a time: meanwhile no thread maps memory. */
const PART_BYTES = 32 * 1024 * 1024;

/** Places a thread's hot memory. Made before the thread allocates it, so that its pages come from the right node. */
export class HotMemory {
  private readonly refusals: Refusal[] = [];
  private readonly tables = new Set<number>();

  /**
   * `scarce`: the node is short of memory, so other nodes may be used. `ownThread`: also everything that this thread
   * allocates from now on is placed there.
   */
  constructor(
    private readonly settings: MemorySettings,
    private readonly node: number,
    private readonly scarce = false,
    ownThread = true,
  ) {
    if (this.places && ownThread) this.note("set_mempolicy", preferNode(node));
  }

  private get places(): boolean {
    return this.settings.numa && this.node !== NO_NODE;
  }

  /** Places a new table whose pages are not touched yet. */
  table(buffer: ArrayBuffer): void {
    const address = addressOf(buffer);
    this.tables.add(address);
    this.askHuge(address, buffer.byteLength);
    if (this.settings.prefault) this.note("populate", populateWrite(address, buffer.byteLength));
  }

  /**
   * Places all memory of this thread whose address has been taken, but for `except`, which another thread places.
   */
  placeOwn(except: ArrayBufferLike): HotUse {
    const elsewhere = addressOf(except);
    const own = addressedRanges().filter(({ address }) => address !== elsewhere);
    return this.place(
      own.map(({ address, bytes }) => ({ kind: this.tables.has(address) ? "tables" : "buffers", address, bytes })),
    );
  }

  /** Places memory that no thread has touched, or that all threads use, and brings in its pages. */
  place(ranges: readonly HotRange[]): HotUse {
    const use = this.bind(ranges);
    for (const part of this.parts(ranges)) this.note("populate", populateWrite(part.address, part.bytes));
    return use;
  }

  /** Says where memory comes from and how; its pages are not brought in yet. */
  bind(ranges: readonly HotRange[]): HotUse {
    for (const range of ranges) {
      const { address, bytes } = wholePages(range);
      if (this.places) this.note("mbind", bindToNode(address, bytes, this.node, this.scarce));
      if (!this.settings.dump) this.note("madvise MADV_DONTDUMP", dontDump(address, bytes));
      if (range.kind === "tables") this.askHuge(address, bytes);
    }
    return { node: this.places ? this.node : NO_NODE, ranges, refusals: this.refusals };
  }

  /** Brings in the pages of bound memory, while threads may use it already. */
  async bringIn(ranges: readonly HotRange[]): Promise<void> {
    for (const { address, bytes } of this.parts(ranges)) {
      this.note("populate", populateWrite(address, bytes));
      await Bun.sleep(0);
    }
  }

  /** What is to be brought in of these ranges. */
  private *parts(ranges: readonly HotRange[]): Generator<{ address: number; bytes: number }> {
    if (!this.settings.prefault) return;
    for (const range of ranges) {
      if (range.kind === "pool") continue;
      const { address, bytes } = wholePages(range);
      const end = address + (range.kind === "buffers" ? Math.min(bytes, BUFFER_PREFAULT_BYTES) : bytes);
      for (let at = address; at < end; at += PART_BYTES) yield { address: at, bytes: Math.min(PART_BYTES, end - at) };
    }
  }

  private askHuge(address: number, bytes: number): void {
    if (this.settings.hugePages && bytes >= HUGE_BYTES) this.note("madvise MADV_HUGEPAGE", hugePages(address, bytes));
  }

  /** Notes a refused call, each once. */
  private note(call: Call, result: number): void {
    if (result >= 0 || this.refusals.some((one) => one.call === call && one.errno === -result)) return;
    this.refusals.push({ call, errno: -result });
  }
}

/** A neighbour on the same page is placed with the range. */
function wholePages({ address, bytes }: HotRange): { address: number; bytes: number } {
  const from = address - (address % PAGE_BYTES);
  return { address: from, bytes: address + bytes - from };
}

/** The kernel has no NUMA or no huge pages: nothing that tuning could change. */
export function isAbsent({ call, errno }: Refusal): boolean {
  return errno === ENOSYS || (call === "madvise MADV_HUGEPAGE" && errno === EINVAL);
}
