import { addressOf, nodeOf } from "../../../ffi/memory.ts";
import { Views } from "../../../src/base/views.ts";
import { HotMemory, type HotUse, type MemorySettings } from "../../../src/host/memory/hot-memory.ts";

declare const self: Worker;

export interface Settled {
  readonly use: HotUse;
  /** The address of the table. */
  readonly at: number;
  readonly tableNode: number;
}

/** A thread that makes a table, shares some memory with others, and has its hot memory seen to. */
if (!Bun.isMainThread) {
  self.onmessage = ({ data }: MessageEvent<{ settings: MemorySettings; shared: SharedArrayBuffer }>) => {
    const hot = new HotMemory(data.settings, 0);
    const views = Views.allocate(2 << 20);
    hot.table(views.buffer as ArrayBuffer);
    const use = hot.placeOwn(data.shared);
    const at = addressOf(views);
    self.postMessage({ use, at, tableNode: nodeOf(at) } satisfies Settled);
  };
}
