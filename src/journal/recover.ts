import { text } from "../base/ascii.ts";
import {
  ENTRY_CONTROL,
  ENTRY_MESSAGE,
  ENTRY_ORDER,
  ENTRY_REPORT,
  ENTRY_SESSION,
  EVENT_BOUND,
  EVENT_LOGON,
  EVENT_NUMBERS_SET,
  EVENT_RESET,
  NO_SESSION,
} from "./layout.ts";
import { readStream, type StreamEnd } from "./reader.ts";

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
  anchorSequences: number[];
  anchorPositions: number[];
  /** CompID that a dynamic session has been given. */
  peerCompId?: string;
}

export interface RecoveredStream {
  readonly end: StreamEnd;
  readonly sessions: Map<number, RecoveredSession>;
}

const ANCHOR_STRIDE = 64;

export function newSession(): RecoveredSession {
  return { nextIn: 1, nextOut: 1, epoch: 0, lastIndex: 0, countedUs: 0, anchorSequences: [], anchorPositions: [] };
}

/** Reads a client or venue stream: the numbers of each session, by session id. Throws Damaged. Cold. */
export function recoverSide(dir: string, stream: string): RecoveredStream {
  const sessions = new Map<number, RecoveredSession>();
  const end = readStream(dir, stream, (entry) => {
    if (entry.session === NO_SESSION) return;
    let session = sessions.get(entry.session);
    if (session === undefined) {
      session = newSession();
      sessions.set(entry.session, session);
    }
    if (entry.epoch > session.epoch) {
      session.epoch = entry.epoch;
      session.nextIn = 1;
      session.nextOut = 1;
      session.anchorSequences.length = 0;
      session.anchorPositions.length = 0;
    }
    if (entry.kind === ENTRY_MESSAGE) {
      session.nextOut = entry.sequence + 1;
      if (entry.index > session.lastIndex) session.lastIndex = entry.index;
      const last = session.anchorSequences.at(-1);
      if (last !== undefined && entry.sequence - last < ANCHOR_STRIDE) return;
      session.anchorSequences.push(entry.sequence);
      session.anchorPositions.push(entry.position);
    } else if (entry.kind === ENTRY_SESSION) {
      // Events that don't know the number say 0.
      session.nextIn = Math.max(session.nextIn, entry.sequence);
      if (entry.index === EVENT_RESET || entry.index === EVENT_LOGON) session.countedUs = entry.timeUs;
      if (entry.index === EVENT_BOUND)
        session.peerCompId = text(entry.views.bytes, entry.payloadAt, entry.payloadAt + entry.payloadLength);
      if (entry.index === EVENT_NUMBERS_SET) session.nextOut = entry.views.ints[entry.payloadAt >> 2]!;
    }
  });
  return { end, sessions };
}

/** What the core had taken of one session: the highest inbound number of its newest epoch. */
export interface Taken {
  epoch: number;
  sequence: number;
}

export interface RecoveredCore {
  readonly end: StreamEnd;
  readonly clients: Map<number, Taken>;
  readonly venues: Map<number, Taken>;
  readonly inputs: number;
}

/** Reads the core's stream for what it took from whom. Throws Damaged. Cold. */
export function recoverCore(dir: string, stream: string): RecoveredCore {
  const clients = new Map<number, Taken>();
  const venues = new Map<number, Taken>();
  let inputs = 0;
  const end = readStream(dir, stream, (entry) => {
    if (entry.kind === ENTRY_ORDER) note(clients, entry.session, entry.epoch, entry.sequence);
    else if (entry.kind === ENTRY_REPORT) note(venues, entry.session, entry.epoch, entry.sequence);
    else if (entry.kind !== ENTRY_CONTROL) return;
    inputs++;
  });
  return { end, clients, venues, inputs };
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
