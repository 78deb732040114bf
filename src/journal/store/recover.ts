import { text } from "../../base/ascii.ts";
import {
  ENTRY_CONTROL,
  ENTRY_MESSAGE,
  ENTRY_ORDER,
  ENTRY_REPORT,
  ENTRY_SESSION,
  NO_SESSION,
  SESSION_EVENT_BOUND,
  SESSION_EVENT_LOGON,
  SESSION_EVENT_NUMBERS_SET,
  SESSION_EVENT_PASSED,
  SESSION_EVENT_RESET,
} from "../layout.ts";
import { SequenceIndex } from "../sequence-index.ts";
import { type EntryView, readStream, type StreamEnd } from "./reader.ts";

/** What the journal knows of one session; plain data, handed to the lane that owns the session. */
export interface RecoveredSession {
  nextIn: number;
  nextOut: number;
  epoch: number;
  /** Highest report (or request) index that was given to the session, over all epochs. */
  lastIndex: number;
  /** When the numbers last began again, or a Logon took them on; microseconds since 1970. */
  countedUs: number;
  /** Sequences and positions of some messages of the epoch, for Anchors. */
  indexSequences: number[];
  indexPositions: number[];
  /** CompID that a dynamic session has been given. */
  peerCompId?: string;
}

export interface RecoveredStream {
  readonly end: StreamEnd;
  readonly sessions: Map<number, RecoveredSession>;
}

export function newSession(): RecoveredSession {
  return { nextIn: 1, nextOut: 1, epoch: 0, lastIndex: 0, countedUs: 0, indexSequences: [], indexPositions: [] };
}

interface Followed {
  session: RecoveredSession;
  sequenceIndex: SequenceIndex;
}

/** What the entries of a client or venue stream add up to, one after the other, whatever stretch of it was read before. Cold. */
export class SideFold {
  private readonly followed = new Map<number, Followed>();

  /** `known` is what was read before. */
  constructor(known: Iterable<readonly [number, RecoveredSession]> = []) {
    for (const [id, session] of known) {
      const sequenceIndex = new SequenceIndex();
      for (const [i, sequence] of session.indexSequences.entries())
        sequenceIndex.note(sequence, session.indexPositions[i]!);
      this.followed.set(id, { session: { ...session }, sequenceIndex });
    }
  }

  take(entry: EntryView): void {
    if (entry.session === NO_SESSION) return;
    let followed = this.followed.get(entry.session);
    if (followed === undefined) {
      followed = { session: newSession(), sequenceIndex: new SequenceIndex() };
      this.followed.set(entry.session, followed);
    }
    const { session, sequenceIndex } = followed;
    if (entry.epoch > session.epoch) {
      session.epoch = entry.epoch;
      session.nextIn = 1;
      session.nextOut = 1;
      sequenceIndex.clear();
    }
    if (entry.kind === ENTRY_MESSAGE) {
      session.nextOut = entry.sequence + 1;
      if (entry.index > session.lastIndex) session.lastIndex = entry.index;
      sequenceIndex.note(entry.sequence, entry.position);
    } else if (entry.kind === ENTRY_SESSION) {
      // Events that don't know the number say 0.
      session.nextIn = Math.max(session.nextIn, entry.sequence);
      if (entry.index === SESSION_EVENT_RESET || entry.index === SESSION_EVENT_LOGON) session.countedUs = entry.timeUs;
      if (entry.index === SESSION_EVENT_BOUND)
        session.peerCompId = text(entry.views.bytes, entry.payloadAt, entry.payloadAt + entry.payloadLength);
      if (entry.index === SESSION_EVENT_PASSED)
        session.lastIndex = Math.max(session.lastIndex, entry.views.ints[entry.payloadAt >> 2]!);
      if (entry.index === SESSION_EVENT_NUMBERS_SET) session.nextOut = entry.views.ints[entry.payloadAt >> 2]!;
    }
  }

  /** The last index that a session was given, or 0. */
  lastIndex(session: number): number {
    return this.followed.get(session)?.session.lastIndex ?? 0;
  }

  sessions(): Map<number, RecoveredSession> {
    return new Map(
      [...this.followed].map(([id, { session, sequenceIndex }]) => [id, { ...session, ...sequenceIndex.noted() }]),
    );
  }
}

/** Reads a client or venue stream: the numbers of each session, by session id. Throws Damaged. Cold. */
export function recoverSide(
  dir: string,
  stream: string,
  from = 0,
  known: Iterable<readonly [number, RecoveredSession]> = [],
  progress?: () => void,
): RecoveredStream {
  const fold = new SideFold(known);
  const end = readStream(dir, stream, (entry) => fold.take(entry), { from, progress });
  return { end, sessions: fold.sessions() };
}

/** What the core had taken of one session: the highest inbound number of its newest epoch. */
export interface Taken {
  epoch: number;
  sequence: number;
}

/** What the core's inputs add up to. Cold. */
export class CoreFold {
  readonly clients = new Map<number, Taken>();
  readonly venues = new Map<number, Taken>();
  inputs = 0;

  take(entry: EntryView): void {
    if (entry.kind === ENTRY_ORDER) note(this.clients, entry.session, entry.epoch, entry.sequence);
    else if (entry.kind === ENTRY_REPORT) note(this.venues, entry.session, entry.epoch, entry.sequence);
    else if (entry.kind !== ENTRY_CONTROL) return;
    this.inputs++;
  }
}

export interface RecoveredCore {
  readonly end: StreamEnd;
  readonly clients: Map<number, Taken>;
  readonly venues: Map<number, Taken>;
  /** How many were read now. */
  readonly inputs: number;
}

/** What of the core's stream was read before. */
export interface KnownCore {
  readonly clients: Iterable<readonly [number, Taken]>;
  readonly venues: Iterable<readonly [number, Taken]>;
}

/** Reads the core's stream for what it took from whom. Throws Damaged. Cold. */
export function recoverCore(
  dir: string,
  stream: string,
  from = 0,
  known: KnownCore | null = null,
  progress?: () => void,
): RecoveredCore {
  const fold = new CoreFold();
  for (const [id, taken] of known?.clients ?? []) fold.clients.set(id, { ...taken });
  for (const [id, taken] of known?.venues ?? []) fold.venues.set(id, { ...taken });
  const end = readStream(dir, stream, (entry) => fold.take(entry), { from, progress });
  return { end, clients: fold.clients, venues: fold.venues, inputs: fold.inputs };
}

function note(taken: Map<number, Taken>, session: number, epoch: number, sequence: number): void {
  const seen = taken.get(session);
  if (seen === undefined || epoch > seen.epoch) taken.set(session, { epoch, sequence });
  else if (epoch === seen.epoch && sequence > seen.sequence) seen.sequence = sequence;
}

/** The number we expect next: what the core took, or a clean stop wrote, of the newest epoch. */
export function mergeNextIn(session: RecoveredSession, taken: Taken | undefined): void {
  if (taken !== undefined && taken.epoch === session.epoch)
    session.nextIn = Math.max(session.nextIn, taken.sequence + 1);
}
