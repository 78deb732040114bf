import { Type } from "@sinclair/typebox";
import { flag, table, whole } from "./fields.ts";

/** Memory of the process, and when its main thread's heap is collected; lanes collect nothing once they are warm. */
export const memory = table("Memory of the process.", {
  limitMiB: whole(
    "Memory of its own that the process may have, lanes' tables included, MiB: beyond it the main thread collects and gives back what it can, and raises an alarm where that is not enough; orders go on. 0: none.",
    0,
    16_777_216,
    { default: 0 },
  ),
  lock: flag(
    "Lock memory, so that none of what is there when the gateway is ready is swapped out; needs LimitMEMLOCK=infinity or CAP_IPC_LOCK. Without them what fits is locked, and the log says how much that is.",
    { default: true },
  ),
  prefault: flag("Bring rings, tables and the beginning of session buffers into memory before the first order.", {
    default: true,
  }),
  hugePages: flag("Ask for huge pages for tables of 2 MiB and more.", { default: true }),
  numa: flag("Keep the memory of a lane with a CPU of its own on that CPU's NUMA node.", { default: true }),
  dump: flag("Let what clients sent into core dumps.", { default: false }),
  growthPercent: Type.Optional(
    Type.Union([Type.Integer({ minimum: 10, maximum: 1_000 }), Type.Literal("off")], {
      description:
        'How far the main thread\'s heap grows over what a collection has left before the next, percent; "off": it is collected only while no orders come, and beyond limitMiB. Left out: as the engine sees fit.',
      expected: '10 to 1,000, or "off"',
    }),
  ),
});
