// Reads the stalls that lanes have recorded.

import { NS_PER_US } from "../base/units.ts";
import { Views } from "../base/views.ts";
import { CAUSES, STALL_CAUSES_AT, STALL_RECORD_BYTES, STALL_RECORDS, STALL_RECORDS_AT, STALLS_BYTES } from "./table.ts";

/** Sums of all stalls of one cause. */
export interface CauseSum {
  readonly cause: string;
  readonly count: number;
  readonly totalUs: number;
  readonly worstUs: number;
}

export interface StallRecord {
  readonly atUs: number;
  readonly gapUs: number;
  readonly cause: string;
  /** The agent with the longest turn; null: none was timed. */
  readonly agent: string | null;
  readonly agentUs: number;
  readonly waitUs: number;
  readonly switches: number;
  readonly minorFaults: number;
  readonly majorFaults: number;
  readonly collections: number;
  readonly recompilations: number;
  readonly stealMs: number;
}

/** The stalls of one lane; `agents` are its agents' names in their order. */
export class StallReader {
  private readonly copy = Views.allocate(STALLS_BYTES);

  constructor(
    private readonly views: Views,
    private readonly at: number,
    private readonly agents: readonly string[],
  ) {}

  get count(): number {
    return this.views.doubles[this.at >> 3]!;
  }

  /** Sums of every cause, also of those without a stall. */
  sums(): CauseSum[] {
    const first = (this.at + STALL_CAUSES_AT) >> 3;
    return CAUSES.map((cause, i) => ({
      cause,
      count: this.views.doubles[first + 3 * i]!,
      totalUs: this.views.doubles[first + 3 * i + 1]! / NS_PER_US,
      worstUs: this.views.doubles[first + 3 * i + 2]! / NS_PER_US,
    }));
  }

  /** The last stalls, oldest first, without those that the lane overwrites during the call. */
  records(): StallRecord[] {
    const end = this.count;
    this.copy.bytes.set(this.views.bytes.subarray(this.at, this.at + STALLS_BYTES));
    const oldest = Math.max(0, this.count - STALL_RECORDS + 1, end - STALL_RECORDS);
    const records: StallRecord[] = [];
    for (let n = oldest; n < end; n++) records.push(this.record(n % STALL_RECORDS));
    return records;
  }

  private record(place: number): StallRecord {
    const recordAt = STALL_RECORDS_AT + place * STALL_RECORD_BYTES;
    const double = (index: number): number => this.copy.doubles[(recordAt >> 3) + index]!;
    const int = (index: number): number => this.copy.ints[(recordAt >> 2) + index]!;
    return {
      atUs: double(0),
      gapUs: double(1) / NS_PER_US,
      cause: CAUSES[int(8)] ?? "unknown",
      agent: this.agents[int(9)] ?? null,
      agentUs: double(2) / NS_PER_US,
      waitUs: double(3) / NS_PER_US,
      switches: int(10),
      minorFaults: int(11),
      majorFaults: int(12),
      collections: int(13),
      recompilations: int(14),
      stealMs: int(15),
    };
  }
}
