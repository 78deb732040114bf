import { Type } from "@sinclair/typebox";
import { table, whole } from "./fields.ts";

/** Memory of the process, and when its main thread's heap is collected; lanes collect nothing once they are warm. */
export const memory = table("Memory of the process.", {
  limitMiB: whole(
    "Memory of its own that the process may have, lanes' tables included, MiB: beyond it the main thread collects and gives back what it can, and raises an alarm where that is not enough; orders go on. 0: none.",
    0,
    16_777_216,
    { default: 0 },
  ),
  growthPercent: Type.Optional(
    Type.Union([Type.Integer({ minimum: 10, maximum: 1_000 }), Type.Literal("off")], {
      description:
        'How far the main thread\'s heap grows over what a collection has left before the next, percent; "off": it is collected only while no orders come, and beyond limitMiB. Left out: as the engine sees fit.',
      expected: '10 to 1,000, or "off"',
    }),
  ),
});
