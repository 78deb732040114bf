import { statfsSync } from "node:fs";
import { resolve } from "node:path";
import { COUNTER_NAMES } from "../../core/counter-names.ts";
import type { Drain } from "../../operation/drain.ts";
import type { Reloading } from "../../operation/reload.ts";
import type { DiskView, SystemOperations, SystemView } from "../../operation/system.ts";

export interface SystemParts {
  readonly version: string;
  readonly reloading: Reloading;
  readonly dataDir: string;
  readonly lanes: number;
  /** The core's counters, in the order of COUNTER_NAMES. */
  readonly counters: Float64Array;
  readonly status: () => string;
  readonly drain: Drain;
}

/** The gateway as a whole, for operators. */
export class GatewaySystem implements SystemOperations {
  private readonly startedMs = Date.now();

  constructor(private readonly parts: SystemParts) {}

  view(): SystemView {
    const { version, reloading, dataDir, lanes, status, drain } = this.parts;
    return {
      version,
      pid: process.pid,
      startedAt: new Date(this.startedMs).toISOString(),
      uptimeS: Math.round((Date.now() - this.startedMs) / 1_000),
      status: status(),
      dataDirectory: resolve(dataDir),
      configuration: reloading.view(),
      lanes,
      drain: drain.view(),
    };
  }

  disk(): DiskView {
    try {
      const { bsize, bavail, blocks } = statfsSync(this.parts.dataDir);
      return { freeBytes: bsize * bavail, totalBytes: bsize * blocks };
    } catch {
      return { freeBytes: 0, totalBytes: 0 };
    }
  }

  counters(): Readonly<Record<string, number>> {
    return Object.fromEntries(COUNTER_NAMES.map((name, i) => [name, this.parts.counters[i]!]));
  }

  notReady(): string {
    if (this.parts.drain.view() !== null) return "it is draining";
    const { killSwitch } = this.counters();
    return killSwitch === 0 ? "" : "the kill switch is engaged";
  }
}
