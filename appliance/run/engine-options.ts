import { readFileSync } from "node:fs";
import { MIB } from "../../src/base/units.ts";
import type { GatewayConfig } from "../../src/config/schema.ts";

/** Heap size at which garbage is collected when growthPercent is "off" and there is no limit. */
const OFF_UNTIL_BYTES = 1024 * MIB;

/**
 * Turns off Bun's timer, which collects the main thread's heap every second and takes the CPU for milliseconds. Without
 * it the heap is collected when it has grown.
 */
export const NO_GC_TIMER = { BUN_GC_TIMER_DISABLE: "1" };

/**
 * Environment that the engine needs at its start for the options of `memory`; it reads them nowhere else. They apply to
 * all heaps of the process, also those of lanes, which allocate nothing.
 */
export function engineEnvironment({
  growthPercent,
  limitMiB,
}: Pick<GatewayConfig["memory"], "growthPercent" | "limitMiB">): Record<string, string> {
  if (growthPercent === undefined) return NO_GC_TIMER;
  if (growthPercent === "off")
    return {
      ...NO_GC_TIMER,
      BUN_JSC_largeHeapSize: String(limitMiB > 0 ? limitMiB * MIB : OFF_UNTIL_BYTES),
      // Turns off the engine's idle collection: the gateway knows when no orders arrive.
      BUN_JSC_collectionTimerMaxPercentCPU: "0.0000001",
    };
  const factor = String(1 + growthPercent / 100);
  return {
    ...NO_GC_TIMER,
    BUN_JSC_smallHeapGrowthFactor: factor,
    BUN_JSC_mediumHeapGrowthFactor: factor,
    BUN_JSC_largeHeapGrowthFactor: factor,
  };
}

/** Restarts the process with the variables of `wanted` that it lacks; the pid stays. */
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
