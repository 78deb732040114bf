import { EINVAL, ENOSYS } from "../../../ffi/errno.ts";
import {
  addressOf,
  bindToNode,
  dontDump,
  hugePages,
  keptRanges,
  populateWrite,
  preferNode,
} from "../../../ffi/memory.ts";
import { NO_NODE } from "./topology.ts";

/** What is asked of the kernel for hot memory; as the configuration has it. */
export interface MemorySettings {
  readonly prefault: boolean;
  readonly hugePages: boolean;
  readonly numa: boolean;
  /** What clients sent may be in core dumps. */
  readonly dump: boolean;
}

/** The pool is addresses whose pages come and go as sessions need them. */
export type HotKind = "rings" | "tables" | "buffers" | "pool";

/** A stretch of memory that orders go through. */
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

/** The hot memory of a lane, or that of all of them; plain data. */
export interface HotUse {
  /** The node it belongs on, or NO_NODE. */
  readonly node: number;
  readonly ranges: readonly HotRange[];
  readonly refusals: readonly Refusal[];
}

/** Tables of so much are read at random: huge pages save a walk through the page tables each time. */
const HUGE_BYTES = 2 * 1024 * 1024;
/** A session's buffers are filled from their beginning; more of them is used only behind a slow peer. */
const BUFFER_PREFAULT_BYTES = 65_536;
const PAGE_BYTES = 4096;

/** What a thread's hot memory is asked to be. Made before the thread lays it out, so that its pages come from the right node. */
export class HotMemory {
  private readonly refusals: Refusal[] = [];
  private readonly tables = new Set<number>();

  /**
   * `scarce`: the node has less free memory than is wanted, so that others may help out. `ownThread`: all that this thread
   * allocates from now on is to be there, too.
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

  /** A table that has just been made and is not touched yet. */
  table(buffer: ArrayBuffer): void {
    const address = addressOf(buffer);
    const { hugePages: huge, prefault } = this.settings;
    this.tables.add(address);
    if (huge && buffer.byteLength >= HUGE_BYTES)
      this.note("madvise MADV_HUGEPAGE", hugePages(address, buffer.byteLength));
    if (prefault) this.note("populate", populateWrite(address, buffer.byteLength));
  }

  /**
   * Sees to all memory of this thread whose address is in use by now, but for what lies at `except`, which another
   * thread sees to.
   */
  pinLane(except: ArrayBufferLike): HotUse {
    const elsewhere = addressOf(except);
    const own = keptRanges().filter(({ address }) => address !== elsewhere);
    return this.see(
      own.map(({ address, bytes }) => ({ kind: this.tables.has(address) ? "tables" : "buffers", address, bytes })),
    );
  }

  /** Sees to memory that no thread has made yet, or all use. */
  see(ranges: readonly HotRange[]): HotUse {
    for (const range of ranges) this.seeTo(range);
    return { node: this.places ? this.node : NO_NODE, ranges, refusals: this.refusals };
  }

  /** Whole pages: a neighbour on the same page goes along. */
  private seeTo({ kind, address, bytes }: HotRange): void {
    const from = address - (address % PAGE_BYTES);
    const length = address + bytes - from;
    if (this.places) this.note("mbind", bindToNode(from, length, this.node, this.scarce));
    if (!this.settings.dump) this.note("madvise MADV_DONTDUMP", dontDump(from, length));
    if (!this.settings.prefault || kind === "pool") return;
    const wanted = kind === "buffers" ? Math.min(length, BUFFER_PREFAULT_BYTES) : length;
    this.note("populate", populateWrite(from, wanted));
  }

  /** Each refusal once. */
  private note(call: Call, result: number): void {
    if (result >= 0 || this.refusals.some((one) => one.call === call && one.errno === -result)) return;
    this.refusals.push({ call, errno: -result });
  }
}

/** A kernel without NUMA or huge pages has nothing to give: no flaw of the machine's tuning. */
export function isAbsent({ call, errno }: Refusal): boolean {
  return errno === ENOSYS || (call === "madvise MADV_HUGEPAGE" && errno === EINVAL);
}
