import { Type } from "@sinclair/typebox";
import { flag, table, whole } from "./fields.ts";

/** Memory of the process, and collection of the main thread's heap; warm lanes have no garbage to collect. */
export const memory = table("Memory of the process.", {
  limitMiB: whole(
    "Limit of the process's private memory, lanes' tables included, MiB. Above it the main thread collects its heap and returns memory to the system, and raises an alarm if that is not enough; orders continue. 0: no limit.",
    0,
    16_777_216,
    { default: 0 },
  ),
  lock: flag(
    "Lock memory, so that nothing is swapped out after the gateway is ready; needs LimitMEMLOCK=infinity or CAP_IPC_LOCK. Otherwise memory up to the limit is locked, and the log has the amount.",
    { default: true },
  ),
  prefault: flag("Populate rings, tables and the start of session buffers before the first order.", {
    default: true,
  }),
  hugePages: flag("Ask for huge pages for tables of 2 MiB and more.", { default: true }),
  numa: flag("Keep the memory of a lane that has a CPU on that CPU's NUMA node.", { default: true }),
  dump: flag("Include client data in core dumps.", { default: false }),
  growthPercent: Type.Optional(
    Type.Union([Type.Integer({ minimum: 10, maximum: 1_000 }), Type.Literal("off")], {
      description:
        'Growth of the main thread\'s heap from one collection to the next, percent; "off": it is collected only while there are no orders, and above limitMiB. Default: decided by the engine.',
      expected: '10 to 1,000, or "off"',
    }),
  ),
});
