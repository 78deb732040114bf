import { PAGE_BYTES } from "../../ffi/abi.ts";
import { sharedMemory } from "../../src/assembly/module.ts";
import { coreBytes, sizesOf } from "../../src/core/area.ts";
import type { CoreConfig } from "../../src/core/config.ts";
import { Core } from "../../src/core/core.ts";
import { CORE_COUNTERS } from "../../src/core/counters.ts";
import { type RingSlots, ringBytes, ringsIn } from "../../src/core/own-rings.ts";

/** As Core.alone, with `more` bytes in the same memory, from `moreAt` on: a page's. */
export function coreBeside(
  config: CoreConfig,
  slots: RingSlots,
  more: number,
): { core: Core; memory: WebAssembly.Memory; moreAt: number } {
  const at = ringBytes(slots);
  const bytes = coreBytes(sizesOf(config, 1, 1));
  const countersAt = at + bytes;
  const moreAt = Math.ceil((countersAt + 8 * CORE_COUNTERS) / PAGE_BYTES) * PAGE_BYTES;
  const memory = sharedMemory(moreAt + more);
  const core = new Core(config, { memory, at, bytes, countersAt }, ringsIn(memory, config, slots));
  return { core, memory, moreAt };
}
