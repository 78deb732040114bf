import type { DrainView } from "./drain.ts";
import type { ConfigurationView } from "./reload.ts";

export interface SystemView {
  readonly version: string;
  readonly pid: number;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly uptimeS: number;
  /** The line that the service manager shows. */
  readonly status: string;
  readonly dataDirectory: string;
  readonly configuration: ConfigurationView;
  readonly lanes: number;
  /** Null: it is not draining. */
  readonly drain: DrainView | null;
}

export interface DiskView {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

export interface SystemOperations {
  view(): SystemView;
  /** Of the data directory's file system; zeros where it does not say. */
  disk(): DiskView;
  /** The core's counters by name. */
  counters(): Readonly<Record<string, number>>;
  /** "", or why it takes no orders now. */
  notReady(): string;
}
