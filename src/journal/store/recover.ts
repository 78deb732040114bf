import { text } from "../../base/ascii.ts";
import {
  ENTRY_CONTROL,
  ENTRY_MESSAGE,
  ENTRY_ORDER,
  ENTRY_RECEIVED,
  ENTRY_REPORT,
  ENTRY_RESENT,
  ENTRY_SESSION,
  NO_SESSION,
  SESSION_EVENT_BOUND,
  SESSION_EVENT_CANCEL_TERMS,
  SESSION_EVENT_COPIED,
  SESSION_EVENT_DISCONNECT,
  SESSION_EVENT_HELD,
  SESSION_EVENT_LOGON,
  SESSION_EVENT_NUMBERS_SET,
  SESSION_EVENT_PASSED,
  SESSION_EVENT_RELEASED,
  SESSION_EVENT_RESET,
  SESSION_EVENT_THROTTLED,
} from "../layout.ts";
import { SequenceIndex } from "../sequence-index.ts";
import { type EntryView, readStream, type StreamEnd } from "./reader.ts";

/** State of one session from the journal; plain data for the lane that owns the session. */
export interface RecoveredSession {
  nextIn: number;
  nextOut: number;
  epoch: number;
  /** Highest report (or request) index of the session, over all epochs. */
  lastIndex: number;
  /** Requests to a venue that waited, and were neither sent nor refused; absent: none. */
  held?: number[];
  /** Time of the last reset of the numbers or the last Logon, microseconds since 1970. */
  countedUs: number;
  /** Sequences and positions of some messages of the epoch, for SequenceIndex. */
  indexSequences: number[];
  indexPositions: number[];
  /** CompID that a dynamic session is bound to. */
  peerCompId?: string;
  /** It is logged on; else why its last connection with a Logon ended (base/disconnect-reason.ts). Absent: not known. */
  isOn?: boolean;
  ended?: number;
  /** What its last Logon said about open orders (fix/session/cancel-terms.ts). */
  cancelType?: number;
  cancelWindowMs?: number;
  /** Numbers of messages that were refused because too many came: first and last of each range. The core has none of them. */
  throttled?: number[];
  /** The same of one whose answer, the next message, is not in the journal yet. */
  throttling?: number;
  /** Of a drop copy session, by number of a client agent: the position up to which the agent's stream is copied. */
  copied?: Record<number, number>;
  /** The same of a copy that is not in the journal yet. */
  copying?: { readonly index: number; readonly agent: number; readonly position: number };
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

/** Folds the entries of a client or venue stream, in order, into the state of its sessions. */
export class SideFold {
  private readonly followed = new Map<number, Followed>();

  /** `known`: state from the entries before. */
  constructor(known: Iterable<readonly [number, RecoveredSession]> = []) {
    for (const [id, session] of known) {
      const sequenceIndex = new SequenceIndex();
      for (const [i, sequence] of session.indexSequences.entries())
        sequenceIndex.note(sequence, session.indexPositions[i]!);
      this.followed.set(id, { session: copyOf(session), sequenceIndex });
    }
  }

  take(entry: EntryView): void {
    if (entry.session === NO_SESSION || entry.kind === ENTRY_RECEIVED || entry.kind === ENTRY_RESENT) return;
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
      delete session.throttled;
      delete session.throttling;
      sequenceIndex.clear();
    }
    if (entry.kind === ENTRY_MESSAGE) {
      session.nextOut = entry.sequence + 1;
      if (entry.index > session.lastIndex) session.lastIndex = entry.index;
      if (entry.index !== 0) release(session, entry.index);
      if (session.throttling !== undefined) endThrottled(session, session.throttling);
      sequenceIndex.note(entry.sequence, entry.position);
      if (session.copying !== undefined && session.copying.index === entry.index) endCopy(session, session.copying);
    } else if (entry.kind === ENTRY_SESSION) {
      // Events without a number have 0.
      session.nextIn = Math.max(session.nextIn, entry.sequence);
      if (entry.index === SESSION_EVENT_RESET || entry.index === SESSION_EVENT_LOGON) session.countedUs = entry.timeUs;
      // A reset that answers the peer's leaves number 1 to the Logon before it.
      if (entry.index === SESSION_EVENT_RESET)
        session.nextOut = Math.max(session.nextOut, entry.views.ints[entry.payloadAt >> 2]!);
      if (entry.index === SESSION_EVENT_BOUND)
        session.peerCompId = text(entry.views.bytes, entry.payloadAt, entry.payloadAt + entry.payloadLength);
      if (entry.index === SESSION_EVENT_PASSED)
        session.lastIndex = Math.max(session.lastIndex, entry.views.ints[entry.payloadAt >> 2]!);
      if (entry.index === SESSION_EVENT_HELD) hold(session, entry.views.ints[entry.payloadAt >> 2]!);
      if (entry.index === SESSION_EVENT_RELEASED) release(session, entry.views.ints[entry.payloadAt >> 2]!);
      if (entry.index === SESSION_EVENT_NUMBERS_SET) session.nextOut = entry.views.ints[entry.payloadAt >> 2]!;
      if (entry.index === SESSION_EVENT_THROTTLED) session.throttling = entry.views.ints[entry.payloadAt >> 2]!;
      if (entry.index === SESSION_EVENT_COPIED) beginCopy(session, entry);
      followConnection(session, entry);
    }
  }

  /** The index up to which all outputs of the session are handled, or 0. */
  handledIndex(session: number): number {
    const followed = this.followed.get(session);
    return followed === undefined ? 0 : handledIndex(followed.session);
  }

  sessions(): Map<number, RecoveredSession> {
    return new Map(
      [...this.followed].map(([id, { session, sequenceIndex }]) => [
        id,
        { ...copyOf(session), ...sequenceIndex.noted() },
      ]),
    );
  }
}

/** A copy whose ranges do not grow with those of the other. */
function copyOf(session: RecoveredSession): RecoveredSession {
  return session.throttled === undefined ? { ...session } : { ...session, throttled: [...session.throttled] };
}

/** Ranges that are kept: between two of them is a message that the core may not have journalled, and its ring has room for fewer. */
const MOST_RANGES = 1_024;

/** The journal has the answer to a refused message. */
function endThrottled(session: RecoveredSession, sequence: number): void {
  session.throttled = withThrottled(session.throttled ?? [], sequence);
  delete session.throttling;
}

/** The ranges with one more message. */
function withThrottled(ranges: number[], sequence: number): number[] {
  const last = ranges.length - 1;
  if (last >= 0 && sequence === ranges[last]! + 1) ranges[last] = sequence;
  else ranges.push(sequence, sequence);
  return ranges.length > 2 * MOST_RANGES ? ranges.slice(2) : ranges;
}

/** The index up to which all outputs of a session are handled; later ones may be, too. */
export function handledIndex({ lastIndex, held }: RecoveredSession): number {
  return held === undefined ? lastIndex : Math.min(lastIndex, ...held.map((index) => index - 1));
}

function hold(session: RecoveredSession, index: number): void {
  if (session.held?.includes(index) !== true) session.held = [...(session.held ?? []), index];
}

/** A request that was held is sent or refused. */
function release(session: RecoveredSession, index: number): void {
  if (session.held?.includes(index) !== true) return;
  const held = session.held.filter((one) => one !== index);
  if (held.length > 0) session.held = held;
  else delete session.held;
}

function beginCopy(session: RecoveredSession, { views, payloadAt }: EntryView): void {
  const word = payloadAt >> 2;
  const index = views.ints[word]!;
  session.copying = { index, agent: views.ints[word + 1]!, position: views.doubles[(payloadAt + 8) >> 3]! };
  if (index === 0) endCopy(session, session.copying);
}

/** The journal has the copy. */
function endCopy(session: RecoveredSession, { agent, position }: NonNullable<RecoveredSession["copying"]>): void {
  session.copied = { ...session.copied, [agent]: position };
  delete session.copying;
}

/** A connection that ends without a Logon says nothing about the one before it. */
function followConnection(session: RecoveredSession, { index, views, payloadAt }: EntryView): void {
  const ints = views.ints;
  const word = payloadAt >> 2;
  if (index === SESSION_EVENT_LOGON) session.isOn = true;
  else if (index === SESSION_EVENT_DISCONNECT && session.isOn === true) {
    session.isOn = false;
    session.ended = ints[word + 2]!;
  } else if (index === SESSION_EVENT_CANCEL_TERMS) {
    session.cancelType = ints[word]!;
    session.cancelWindowMs = ints[word + 1]!;
  }
}

/** Reads a client or venue stream: the numbers of each session, by session id. Throws Damaged. */
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

/** The core's position in one session: the highest accepted inbound number of the newest epoch. */
export interface Taken {
  epoch: number;
  sequence: number;
}

/** Folds the core's inputs into its position in each session. */
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
  /** Number of inputs that were read. */
  readonly inputs: number;
}

/** State from the entries of the core's stream before. */
export interface KnownCore {
  readonly clients: Iterable<readonly [number, Taken]>;
  readonly venues: Iterable<readonly [number, Taken]>;
}

/** Reads the core's stream: its position in each session. Throws Damaged. */
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

/** Sets the next expected number: the higher of the core's position and the session's own, in the newest epoch. */
export function mergeNextIn(session: RecoveredSession, taken: Taken | undefined): void {
  if (taken !== undefined && taken.epoch === session.epoch)
    session.nextIn = Math.max(session.nextIn, taken.sequence + 1);
}
