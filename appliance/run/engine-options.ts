import { readFileSync } from "node:fs";
import { MIB } from "../../src/base/units.ts";
import type { GatewayConfig } from "../../src/config/schema.ts";

/** Without a limit a heap that is not collected for its growth is collected once so much more has been allocated in it. */
const OFF_UNTIL_BYTES = 1024 * MIB;

/**
 * Bun looks at the main thread's heap every second and collects what little there is, for milliseconds in which nothing else
 * gets that CPU. Without that it is collected when it has grown.
 */
const QUIET = { BUN_GC_TIMER_DISABLE: "1" };

/**
 * What the engine must find in its environment when it starts for `memory` to hold; it takes these options from nowhere
 * else. They are for all heaps of the process, lanes' too, which allocate nothing.
 */
export function engineEnvironment({
  growthPercent,
  limitMiB,
}: Pick<GatewayConfig["memory"], "growthPercent" | "limitMiB">): Record<string, string> {
  if (growthPercent === undefined) return QUIET;
  if (growthPercent === "off")
    return {
      ...QUIET,
      BUN_JSC_largeHeapSize: String(limitMiB > 0 ? limitMiB * MIB : OFF_UNTIL_BYTES),
      // Of the timers that collect in quiet times by themselves; the gateway knows better when those are.
      BUN_JSC_collectionTimerMaxPercentCPU: "0.0000001",
    };
  const factor = String(1 + growthPercent / 100);
  return {
    ...QUIET,
    BUN_JSC_smallHeapGrowthFactor: factor,
    BUN_JSC_mediumHeapGrowthFactor: factor,
    BUN_JSC_largeHeapGrowthFactor: factor,
  };
}

/** Begins the process anew with what of `wanted` it was not started with; it keeps its number. */
export async function restartWith(wanted: Record<string, string>): Promise<void> {
  const missing = Object.entries(wanted).filter(([name, value]) => process.env[name] !== value);
  if (missing.length === 0) return;
  const { replaceProcess } = await import("../../ffi/replace.ts");
  const environment = Object.entries({ ...process.env, ...Object.fromEntries(missing) });
  const words = readFileSync("/proc/self/cmdline", "utf8").split("\0").slice(0, -1);
  replaceProcess(
    "/proc/self/exe",
    words,
    environment.map(([name, value]) => `${name}=${value}`),
  );
}
