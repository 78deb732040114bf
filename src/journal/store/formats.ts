import { readdirSync } from "node:fs";
import { FORMAT_VERSION, FORMAT_VERSION_1, HEADER_VERSION_AT, MAGIC_0, MAGIC_1, segmentFile } from "../layout.ts";
import { headOf } from "./file-head.ts";
import { SNAPSHOT_FORMATS, snapshotFormats } from "./snapshot-file.ts";

/** Format versions that this binary reads, oldest and newest, and writes. */
export const FORMATS = {
  journal: { reads: [FORMAT_VERSION_1, FORMAT_VERSION], writes: FORMAT_VERSION },
  snapshot: SNAPSHOT_FORMATS,
} as const;

/** Format versions of the files in a data directory, also of those that this binary does not read. */
export interface DataFormats {
  /** The newest of the segments, 0 where there are none. */
  readonly journal: number;
  readonly snapshots: readonly number[];
  /** The core's first segment is there: a start needs no snapshot. */
  readonly beginsAtStart: boolean;
}

/** Reads them from the heads of the files; a gateway may run beside. */
export function formatsIn(dir: string): DataFormats {
  const segments = readdirSync(dir).filter((file) => file.endsWith(".journal"));
  return {
    journal: Math.max(0, ...segments.map((file) => segmentFormat(`${dir}/${file}`))),
    snapshots: snapshotFormats(dir),
    beginsAtStart: segments.includes(segmentFile("core", 1)),
  };
}

/** 0 for a file that is no segment, or is archived by now. */
function segmentFormat(path: string): number {
  const { ints } = headOf(path);
  return ints[0] === MAGIC_0 && ints[1] === MAGIC_1 ? ints[HEADER_VERSION_AT >> 2]! : 0;
}
