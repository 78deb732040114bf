import { broken } from "../base/broken.ts";
import type { LaneTime } from "../base/lane-time.ts";
import {
  AREA_AT,
  BASE,
  EPOCH,
  GROUP_RING_END_AT,
  JOURNAL_ROOM,
  LONGEST,
  NEXT,
  RING_END_AT,
  STREAM_AT,
  WALL_US,
} from "../fix/batch/layout.ts";
import type { Codec } from "../fix/wire/codec.ts";
import type { Scanner } from "../fix/wire/scan.ts";
import type { StreamWriter } from "../journal/writer.ts";
import type { OneToOne } from "../ring/one-to-one.ts";
import { putRingEnd } from "../ring/ring-end.ts";
import type { GroupRings } from "./group-rings.ts";

/** What an agent receives and sends batches with. */
export interface BatchParts {
  readonly codec: Codec;
  readonly scan: Scanner;
  readonly journal: StreamWriter;
  /** Rings of what stands beside the records. */
  readonly groups: GroupRings;
  /** Journal room that one message may need, with what it causes. */
  readonly roomBytes: number;
  readonly time: LaneTime;
}

/** What compiled code must know for a batch (fix/batch/layout.ts), in the codec's memory. */
export class BatchMemory {
  readonly bytes: Uint8Array;
  readonly doubles: Float64Array;
  private readonly at: number;
  private readonly words: Int32Array;

  constructor(bytes: number, parts: BatchParts, records: OneToOne, groups: OneToOne, produces: boolean) {
    const { codec, journal, roomBytes } = parts;
    const { peers } = codec;
    this.at = peers.take(bytes);
    if (this.at === 0) broken("room for batches", bytes);
    this.bytes = new Uint8Array(peers.bytes.buffer, this.at, bytes);
    this.doubles = new Float64Array(peers.bytes.buffer, this.at, bytes >> 3);
    this.words = new Int32Array(peers.bytes.buffer, this.at, bytes >> 2);
    this.set(AREA_AT, codec.areaAt);
    this.set(STREAM_AT, journal.at);
    this.set(JOURNAL_ROOM, roomBytes);
    putRingEnd(this.words, RING_END_AT >> 2, records, produces);
    putRingEnd(this.words, GROUP_RING_END_AT >> 2, groups, produces);
  }

  /** Address of it. */
  get address(): number {
    return this.at;
  }

  /** Begins a batch of the messages from number `next` on. */
  begin(base: number, next: number, epoch: number, wallUs: number, longest: number): void {
    this.set(BASE, base);
    this.set(NEXT, next);
    this.set(EPOCH, epoch);
    this.set(LONGEST, longest);
    this.doubles[WALL_US >> 3] = wallUs;
  }

  get(at: number): number {
    return this.words[at >> 2]!;
  }

  set(at: number, value: number): void {
    this.words[at >> 2] = value;
  }
}
