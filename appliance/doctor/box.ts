import type { TimeSync } from "../../ffi/time-sync.ts";
import type { GatewayConfig } from "../../src/config/schema.ts";
import type { Files } from "./files.ts";

/** All that the checks judge: what is read when they ask, and what was measured for them before. */
export interface Box {
  readonly files: Files;
  /** The CPUs that lanes get: those configured, then isolated ones. */
  readonly laneCpus: readonly number[];
  readonly config: GatewayConfig | null;
  /** Null where the kernel does not tell. */
  readonly timeSync: TimeSync | null;
  readonly disk: Disk;
  readonly executable: Executable;
}

/** The disk under the journal. */
export interface Disk {
  /** The journal's directory as it was named, and the directory above it that is there already. */
  readonly dir: string;
  readonly measuredAt: string;
  /** How long each small write took to be on the disk, microseconds, sorted; or why it could not be tried. */
  readonly syncsUs: readonly number[] | string;
  /** Null where it is not told. */
  readonly freeBytes: number | null;
}

export interface Executable {
  readonly path: string;
  /** It carries the product in itself; else a plain runtime runs the product's sources. */
  readonly compiled: boolean;
  /** Null where it could not be read. */
  readonly sha256: string | null;
}
