import { NONE } from "../base/units.ts";
import { Views } from "../base/views.ts";
import type { DictionaryDescription } from "../fix/dictionary/description.ts";
import type { FieldSettings } from "../fix/orders/message-fields.ts";
import { peerTable } from "../fix/orders/peer-table.ts";
import { GapQueues } from "../fix/session/gap-queues.ts";
import type { SessionProfile } from "../fix/session/profile.ts";
import { FixSession } from "../fix/session/session.ts";
import { MessageBuffer } from "../fix/wire/message-buffer.ts";
import { BackwardReader } from "../journal/backward-reader.ts";
import { SequenceIndex } from "../journal/sequence-index.ts";
import type { RecoveredSession } from "../journal/store/recover.ts";
import type { StreamWriter } from "../journal/writer.ts";
import { placesOf } from "../plan/needs.ts";
import { Latest } from "../ring/latest.ts";
import { SCHEDULE_BYTES, SessionSchedule } from "../schedule/session-schedule.ts";
import { Link } from "../session/link.ts";
import type { LinkHandler } from "../session/link-handler.ts";
import type { SessionHost } from "../session/protocol.ts";
import { Resender } from "../session/resender.ts";
import { DISCONNECT_RECORD_BYTES, DisconnectRecordWriter } from "../telemetry/disconnect-record.ts";
import { gateFor } from "./durability.ts";
import type { LaneContext } from "./lane-context.ts";
import { type ValidationConfig, Validators } from "./validators.ts";

export interface SessionParts {
  readonly id: number;
  readonly name: string;
  readonly settings: ValidationConfig & { readonly version: string; readonly schedule?: string };
  readonly profile: Omit<SessionProfile, "validator">;
  /** Its dictionary, where that is not built in. */
  readonly dialect: DictionaryDescription | undefined;
  /** What the configuration says about the fields of requests to a venue. */
  readonly fields?: FieldSettings;
  /** Tags of requests whose values may be others at the venue. */
  readonly mapped?: readonly number[];
  /** Types of the messages with records that it sends, but OrderCancelRejects. */
  readonly sends: readonly number[];
  readonly handler: LinkHandler<Link<FixSession>>;
  readonly journal: StreamWriter;
  readonly streamWordsAt: number;
  readonly recovered: RecoveredSession | undefined;
  /** Messages older than this are not sent again. */
  readonly maxAgeUs: number;
}

/** Most sessions of a lane that hold messages behind a gap at a time. */
const GAP_QUEUES = 64;

/**
 * Builds the FIX sessions of a lane. They share dictionaries, schedules, the buffer of outgoing messages, the queues for messages
 * behind a gap, the record of a connection's end and, by stream, the reader for resends.
 */
export class SessionBuilder {
  private readonly validators: Validators;
  private readonly schedules = new Map<string, SessionSchedule>();
  private readonly backwardReaders = new Map<StreamWriter, BackwardReader>();
  private readonly buffer: MessageBuffer;
  private readonly disconnectRecord = new DisconnectRecordWriter(Views.allocate(DISCONNECT_RECORD_BYTES));
  /** By room for messages behind a gap. */
  private readonly queues = new Map<number, GapQueues>();

  constructor(private readonly lane: LaneContext) {
    this.buffer = new MessageBuffer(lane.messageBytes);
    this.validators = new Validators(lane.scan);
  }

  build(parts: SessionParts): Link<FixSession> {
    const { id, name, settings, dialect, handler, journal, recovered } = parts;
    const { data, views, time, scan, messageBytes, roomBytes } = this.lane;
    const validator = this.validators.build(settings, settings.version, dialect);
    const profile: SessionProfile = { ...parts.profile, validator };
    const protocol = (host: SessionHost) => new FixSession(profile, host, time, scan, this.buffer);
    const link = new Link(id, name, protocol, handler, journal, time, messageBytes, this.disconnectRecord);
    const sequenceIndex = new SequenceIndex();
    const reader = this.backwardReader(journal);
    link.resender = new Resender(sequenceIndex, reader, parts.maxAgeUs, roomBytes);
    link.gate = gateFor(data, journal, views.ints, parts.streamWordsAt);
    link.groups = this.validators.groupsOf(settings, settings.version, dialect, parts.fields ?? null, parts.mapped);
    // All of them now, so that no message meets a memory that is full.
    for (const type of parts.sends) peerTable(this.lane.codec, link.groups.fields.of(type), profile.version);
    link.schedule = this.schedule(settings.schedule);
    if (recovered !== undefined) restore(link, sequenceIndex, recovered);
    return link;
  }

  /** The queues of this room for messages behind a gap. */
  gapQueues(bytes: number): GapQueues {
    const known = this.queues.get(bytes);
    if (known !== undefined) return known;
    const { sessions, venues, spareSessions, spareVenues } = placesOf(this.lane.data.config);
    const most = sessions + venues + spareSessions + spareVenues;
    const queues = new GapQueues(bytes, Math.min(GAP_QUEUES, most));
    this.queues.set(bytes, queues);
    return queues;
  }

  private schedule(calendar: string | undefined): SessionSchedule | null {
    if (calendar === undefined) return null;
    const known = this.schedules.get(calendar);
    if (known !== undefined) return known;
    const { views, data } = this.lane;
    const schedule = new SessionSchedule(new Latest(views, data.plan.schedulesAt[calendar]!, SCHEDULE_BYTES));
    this.schedules.set(calendar, schedule);
    return schedule;
  }

  private backwardReader(journal: StreamWriter): BackwardReader {
    const known = this.backwardReaders.get(journal);
    if (known !== undefined) return known;
    const reader = new BackwardReader(journal, this.lane.data.dir);
    this.backwardReaders.set(journal, reader);
    return reader;
  }
}

/** Continues a session where the journal ends. */
function restore(link: Link<FixSession>, sequenceIndex: SequenceIndex, recovered: RecoveredSession): void {
  const { session } = link;
  link.countedUs = recovered.countedUs;
  if (recovered.peerCompId !== undefined) session.adopt(recovered.peerCompId);
  session.numbers.nextIn = recovered.nextIn;
  session.numbers.nextOut = recovered.nextOut;
  session.numbers.epoch = recovered.epoch;
  if (session.out.cancelTerms !== null) {
    session.out.cancelTerms.type = recovered.cancelType ?? NONE;
    session.out.cancelTerms.windowMs = recovered.cancelWindowMs ?? NONE;
  }
  for (const [i, sequence] of recovered.indexSequences.entries())
    sequenceIndex.note(sequence, recovered.indexPositions[i]!);
}
