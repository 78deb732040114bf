import { createHash } from "node:crypto";
import type { GivenPosition } from "../operation/positions.ts";

/** Bytes of a list in the record of an action: old and new, who and why fit into one record (control/action-record.ts). */
const MOST_BYTES = 13_000;
const MOST_SHOWN = 10;

/** Positions that do not fit into a record: how many, the first of them, and the SHA-256 of all as JSON. */
export interface ManyPositions {
  readonly count: number;
  readonly first: readonly GivenPosition[];
  readonly sha256: string;
}

/** Positions as the record of an action has them: all of them, or what says which they were. */
export function recordedPositions(positions: readonly GivenPosition[]): readonly GivenPosition[] | ManyPositions {
  const text = JSON.stringify(positions);
  if (Buffer.byteLength(text) <= MOST_BYTES) return positions;
  const sha256 = createHash("sha256").update(text).digest("hex");
  return { count: positions.length, first: positions.slice(0, MOST_SHOWN), sha256 };
}
