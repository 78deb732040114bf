import { copyMemory } from "../../ffi/memory.ts";
import {
  BASE,
  IS_VENUE,
  NOTE_FROM,
  NOTED,
  NOTED_POSITION,
  PEER_TABLES,
  PROCESSED,
  REFUSED,
  REPORT_PLACE,
  SENDER_BYTES,
  SESSION,
  STAGED_AT,
  STAGED_BYTES,
  STAGES_AT,
  TIMES_AT,
  WRITTEN,
} from "../fix/batch/layout.ts";
import { peerTable } from "../fix/orders/peer-table.ts";
import { TYPES } from "../fix/orders/place-rules.ts";
import type { FixSession } from "../fix/session/session.ts";
import type { Codec } from "../fix/wire/codec.ts";
import type { Scanner } from "../fix/wire/scan.ts";
import type { SequenceIndex } from "../journal/sequence-index.ts";
import type { Stream } from "../net/stream.ts";
import type { OneToOne } from "../ring/one-to-one.ts";
import { BatchMemory, type BatchParts } from "./batch-memory.ts";
import type { Link } from "./link.ts";

/** No message has this number. */
const NEVER = 0x7fffffff;

/**
 * Sends records of the core that can be written as they are in compiled code, many in one call (fix/batch/send.ts): from the ring to
 * the journal and to the session's output. All other records are left to the agent.
 */
export class BatchSender {
  private readonly codec: Codec;
  private readonly scan: Scanner;
  private readonly groups: OneToOne;
  private readonly memory: BatchMemory;
  /** The session that the memory describes. */
  private session: FixSession | null = null;

  /** `records`: where they come from; requests to venues, else reports to clients. */
  constructor(
    parts: BatchParts,
    private readonly records: OneToOne,
    private readonly isVenue: boolean,
  ) {
    this.codec = parts.codec;
    this.scan = parts.scan;
    this.groups = parts.groups.outward;
    this.memory = new BatchMemory(SENDER_BYTES, parts, records, this.groups, false);
    this.memory.set(STAGED_AT, parts.codec.stagedAt);
    this.memory.set(IS_VENUE, isVenue ? 1 : 0);
  }

  /**
   * Sends up to `most` records at the ring's front that are for the link, while it is connected and its output has room.
   * Returns  how many: 0 when the first one needs more than that.
   */
  send(link: Link<FixSession>, most: number): number {
    const stream = link.stream;
    if (!link.live || stream === null || link.overflow || !stream.room(link.maxMessageBytes)) return 0;
    const session = link.session;
    if (this.session !== session) this.describe(link);
    const index = link.resender === null ? null : link.resender.sequenceIndex;
    this.begin(link, session, stream, index);
    const memory = this.memory;
    const count = this.codec.send(memory.address, most);
    this.scan.batchEnded(memory.get(BASE));
    if (count === 0) return 0;
    this.records.resumeConsumer();
    this.groups.resumeConsumer();
    const noted = memory.get(NOTED);
    if (noted !== 0 && index !== null) index.note(noted, memory.doubles[NOTED_POSITION >> 3]!);
    const bytes = memory.get(WRITTEN);
    copyMemory(stream.outAddress + stream.outTo, this.codec.stagedAddress, bytes);
    stream.wrote(stream.outTo + bytes);
    session.out.sent(count);
    link.lastWired = session.numbers.nextOut - 1;
    link.counts.sent(count, link.wallUs);
    link.counts.recordsOut += count;
    link.counts.refused += memory.get(REFUSED);
    return count;
  }

  private begin(link: Link<FixSession>, session: FixSession, stream: Stream, index: SequenceIndex | null): void {
    const memory = this.memory;
    const numbers = session.numbers;
    const room = stream.outRoom;
    const stagedBytes = this.codec.stagedBytes;
    memory.begin(this.scan.batchBase(), numbers.nextOut, numbers.epoch, link.wallUs, link.maxMessageBytes);
    memory.set(STAGED_BYTES, room < stagedBytes ? room : stagedBytes);
    memory.set(PROCESSED, session.out.processed);
    memory.set(NOTE_FROM, index === null ? NEVER : index.wanted);
    this.codec.begin(session.identity.ownTexts, session.out.writer, link.wallUs);
  }

  private describe(link: Link<FixSession>): void {
    this.session = link.session;
    this.memory.set(SESSION, link.id);
    this.memory.set(STAGES_AT, link.stages === null ? 0 : link.stages.address);
    this.memory.set(TIMES_AT, link.stages === null ? 0 : link.stages.timesAt);
    for (let i = 0; i < TYPES.length; i++) {
      if ((i === REPORT_PLACE) === this.isVenue) continue;
      const fields = link.groups!.fields.of(TYPES[i]!);
      this.memory.set(PEER_TABLES + 4 * i, peerTable(this.codec, fields, link.session.profile.version));
    }
  }
}
