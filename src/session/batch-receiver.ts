import type { LaneTime } from "../base/lane-time.ts";
import {
  ANSWER_TIMES_AT,
  BASE,
  BESIDE_RULES,
  CANCELS,
  CHECKS,
  CONSUMED,
  NEEDS_SLOTS,
  NOW_NS,
  RECEIVER_BYTES,
  REPORT_PLACE,
  SESSION,
  TOLERANCE_US,
  VALIDATION_RULES,
  VERSION,
} from "../fix/batch/layout.ts";
import type { CodecRules } from "../fix/orders/codec-rules.ts";
import { TYPES } from "../fix/orders/place-rules.ts";
import type { FixSession } from "../fix/session/session.ts";
import { type Codec, wordOfVersion } from "../fix/wire/codec.ts";
import type { Scanner } from "../fix/wire/scan.ts";
import type { Stream } from "../net/stream.ts";
import type { OneToOne } from "../ring/one-to-one.ts";
import { BatchMemory, type BatchParts } from "./batch-memory.ts";
import type { Link } from "./link.ts";

/**
 * Receives plain messages in sequence in compiled code, many in one call (fix/batch/receive.ts): from the bytes to the journal and to
 * the core's ring. All other messages are left to the session.
 */
export class BatchReceiver {
  private readonly codec: Codec;
  private readonly scan: Scanner;
  private readonly groups: OneToOne;
  private readonly memory: BatchMemory;
  private readonly time: LaneTime;
  /** The session that the memory describes. */
  private session: FixSession | null = null;

  /** `records`: where the records go, reports of a venue, else requests of clients; `slots` of it must be free for a message. */
  constructor(
    parts: BatchParts,
    private readonly records: OneToOne,
    private readonly isVenue: boolean,
    slots: number,
    /** Address of the orders' times, where a venue's reports are measured; 0: nobody does. */
    answerTimesAt = 0,
  ) {
    this.codec = parts.codec;
    this.time = parts.time;
    this.scan = parts.scan;
    this.groups = parts.groups.inward;
    this.memory = new BatchMemory(RECEIVER_BYTES, parts, records, this.groups, true);
    this.memory.set(NEEDS_SLOTS, slots);
    this.memory.set(ANSWER_TIMES_AT, answerTimesAt);
  }

  /**
   * Takes up to `most` messages of a stream's input.
   * Returns  how many were taken: 0 when the first one needs more than that.
   */
  receive(link: Link<FixSession>, stream: Stream, most: number): number {
    const codec = this.codec;
    const session = link.session;
    const rules = link.groups === null ? null : link.groups.rules;
    if (rules === null || !session.isStraight || stream.in !== codec.input) return 0;
    if (this.session !== session) this.describe(link.id, session, rules);
    const memory = this.memory;
    const scan = this.scan;
    const numbers = session.numbers;
    memory.begin(scan.batchBase(), numbers.nextIn, numbers.epochIn, link.wallUs, scan.maxMessageBytes);
    memory.doubles[NOW_NS >> 3] = this.time.nowNs;
    codec.expect(session.identity.peerTexts);
    const count = codec.receive(memory.address, stream.inFrom, stream.inTo, most);
    scan.batchEnded(memory.get(BASE));
    if (count === 0) return 0;
    stream.inFrom = memory.get(CONSUMED) - codec.inputAt;
    this.records.resumeProducer();
    this.groups.resumeProducer();
    session.received(count);
    link.counts.recordsIn += count;
    return count;
  }

  /** Of the messages that were last taken: how many were OrderCancelRequests. */
  get cancels(): number {
    return this.memory.get(CANCELS);
  }

  private describe(id: number, session: FixSession, rules: CodecRules): void {
    const memory = this.memory;
    const validator = session.profile.validator ?? null;
    const own = validator === null ? null : validator.codecRules;
    this.session = session;
    memory.set(SESSION, id);
    memory.set(VERSION, wordOfVersion(session.profile.version));
    memory.doubles[TOLERANCE_US >> 3] = session.identity.toleranceUs;
    memory.set(CHECKS, validator === null ? 0 : validator.checks);
    for (let i = 0; i < TYPES.length; i++) {
      const isTaken = (i === REPORT_PLACE) === this.isVenue;
      memory.set(VALIDATION_RULES + 4 * i, own === null ? 0 : own.of(TYPES[i]!));
      memory.set(BESIDE_RULES + 4 * i, isTaken ? rules.of(TYPES[i]!) : 0);
    }
  }
}
