import { NS_PER_MS } from "../base/units.ts";
import { Views } from "../base/views.ts";
import * as tag from "../fix/wire/tags.ts";
import type { Latest } from "../ring/latest.ts";
import { SlidingWindow } from "./sliding-window.ts";

/*  Limits of messages of the sessions of a client agent, as one latest value, so that they can change while the lane runs. Written
 *  by the lane before it opens, then by the main thread.
 *
 *  int 10·place + 3·class  most messages, those above it are refused · most before the session is ended · window, milliseconds
 *  int 10·place + 9        1: new orders of the session need a trader
 *
 *  0: no limit.
 */
const CLASS_WORDS = 3;
const MESSAGE_CLASSES = 3;
const NEEDS_TRADER = CLASS_WORDS * MESSAGE_CLASSES;
const SESSION_WORDS = NEEDS_TRADER + 1;

/** Classes: new orders and replaces; cancels, mass cancels and status requests; all application messages. */
export const ORDER_CLASS = 0;
export const CANCEL_CLASS = 1;
export const ALL_CLASS = 2;

/** What is to be done with a message. */
export const TAKEN = 0;
export const REFUSED = 1;
export const ENDS = 2;

/** Limits of one class of a session; 0: none. */
export interface ClassLimits {
  readonly most: number;
  readonly mostToEnd: number;
  readonly windowMs: number;
}

/** Size of the value, a multiple of 8. */
export function messageLimitsBytes(sessions: number): number {
  return (4 * SESSION_WORDS * sessions + 7) & ~7;
}

/** Publishes the limits of all sessions, in the order of their places, three classes each; and which of them need traders. */
export function writeMessageLimits(
  latest: Latest,
  sessions: readonly (readonly ClassLimits[])[],
  needTraders: readonly boolean[] = [],
): void {
  const { ints } = latest.views;
  const at = latest.begin() >> 2;
  for (const [place, classes] of sessions.entries())
    for (const [i, { most, mostToEnd, windowMs }] of classes.entries())
      ints.set([most, mostToEnd, windowMs], at + SESSION_WORDS * place + CLASS_WORDS * i);
  for (const place of sessions.keys())
    ints[at + SESSION_WORDS * place + NEEDS_TRADER] = needTraders[place] === true ? 1 : 0;
  latest.end();
}

/** Counts the messages of one session by class. A session keeps its counts from one connection to the next. */
export class SessionLimits {
  /** Class whose limit the last message has passed. */
  passed = ALL_CLASS;
  readonly windows = [new SlidingWindow(), new SlidingWindow(), new SlidingWindow()];
  private readonly orders = this.windows[ORDER_CLASS]!;
  private readonly cancels = this.windows[CANCEL_CLASS]!;
  private readonly all = this.windows[ALL_CLASS]!;
  /** Some window has a limit. */
  isLimited = false;
  needsTrader = false;

  /**
   * How many messages, whatever they are, pass no limit at this time; up to `most`.
   * Returns  0 where only the class of a message says whether it passes.
   */
  allowance(most: number, nowNs: number): number {
    let count = most;
    while (count > 0 && !this.admits(count, nowNs)) count >>= 1;
    return count;
  }

  private admits(count: number, nowNs: number): boolean {
    return this.orders.admits(count, nowNs) && this.cancels.admits(count, nowNs) && this.all.admits(count, nowNs);
  }

  /** Counts orders and cancels that `allowance` has let pass. */
  noteBatch(count: number, cancels: number, nowNs: number): void {
    this.orders.note(count - cancels, nowNs);
    this.cancels.note(cancels, nowNs);
    this.all.note(count, nowNs);
  }

  /** Counts a message of this type. Returns  TAKEN, REFUSED or ENDS; `passed` is the class of the limit. */
  take(msgType: number, nowNs: number): number {
    const kind = classOf(msgType);
    const own = this.windows[kind]!;
    const all = this.all;
    all.note(1, nowNs);
    if (kind !== ALL_CLASS) own.note(1, nowNs);
    this.passed = kind;
    if (own.isAbove(own.mostToEnd, nowNs)) return ENDS;
    if (all.isAbove(all.mostToEnd, nowNs)) return this.passes(ALL_CLASS, ENDS);
    // What answers a message of ours is not refused: its peer would get nothing for it.
    if (kind === ALL_CLASS && (msgType === tag.BUSINESS_MESSAGE_REJECT || msgType === tag.DONT_KNOW_TRADE))
      return TAKEN;
    if (own.isAbove(own.most, nowNs)) return REFUSED;
    if (kind !== CANCEL_CLASS && all.isAbove(all.most, nowNs)) return this.passes(ALL_CLASS, REFUSED);
    return TAKEN;
  }

  private passes(kind: number, what: number): number {
    this.passed = kind;
    return what;
  }
}

/** The limits of an agent's sessions, by place. Looks whether they have changed once a turn. */
export class MessageLimits {
  private readonly copy: Views;
  private readonly sessions: SessionLimits[] = [];
  private version = 0;
  /** By place: what was refused before this start (RecoveredSession.throttled), and its epoch; null: nothing that may come again. */
  private readonly refusedBefore: (Int32Array | null)[] = [];
  private readonly epochs: number[] = [];

  constructor(private readonly latest: Latest) {
    this.copy = Views.allocate(latest.bytes);
  }

  /** The session at `place`; null: it has no limit. */
  of(place: number): SessionLimits | null {
    const limits = this.sessions[place]!;
    return limits.isLimited ? limits : null;
  }

  /** True when new orders of the session at `place` need a trader. */
  needsTrader(place: number): boolean {
    return this.sessions[place]!.needsTrader;
  }

  /** The session at `place` has refused these messages before this start. */
  recovered(place: number, ranges: readonly number[], epoch: number): void {
    this.refusedBefore[place] = Int32Array.from(ranges);
    this.epochs[place] = epoch;
  }

  /** True for a message that comes again after a crash, and was refused before: its answer is in the journal. */
  isAnswered(place: number, epoch: number, sequence: number): boolean {
    const ranges = this.refusedBefore[place];
    if (ranges === undefined || ranges === null) return false;
    let last = 0;
    for (let i = 0; i < ranges.length && epoch === this.epochs[place]; i += 2) {
      if (sequence >= ranges[i]! && sequence <= ranges[i + 1]!) return true;
      if (ranges[i + 1]! > last) last = ranges[i + 1]!;
    }
    if (sequence > last) this.refusedBefore[place] = null;
    return false;
  }

  /** The next session is there from now on. */
  added(): void {
    this.sessions.push(new SessionLimits());
    this.read();
    this.apply(this.sessions.length - 1);
  }

  /** Takes the newest limits. */
  refresh(): void {
    if (this.latest.version() !== this.version) this.takeAll();
  }

  private takeAll(): void {
    if (!this.read()) return;
    for (let place = 0; place < this.sessions.length; place++) this.apply(place);
  }

  /** Reads the newest value. Returns  false while its writer overtakes the reader. */
  private read(): boolean {
    const version = this.latest.version();
    if (!this.latest.read(this.copy, 0)) return false;
    this.version = version;
    return true;
  }

  private apply(place: number): void {
    const session = this.sessions[place]!;
    const windows = session.windows;
    session.isLimited = false;
    session.needsTrader = this.copy.ints[SESSION_WORDS * place + NEEDS_TRADER] === 1;
    for (let i = 0; i < MESSAGE_CLASSES; i++) {
      const word = SESSION_WORDS * place + CLASS_WORDS * i;
      const most = this.copy.ints[word]!;
      const mostToEnd = this.copy.ints[word + 1]!;
      windows[i]!.set(most, mostToEnd, this.copy.ints[word + 2]! * NS_PER_MS);
      if (windows[i]!.isLimited) session.isLimited = true;
    }
  }
}

function classOf(msgType: number): number {
  switch (msgType) {
    case tag.NEW_ORDER_SINGLE:
    case tag.ORDER_CANCEL_REPLACE_REQUEST:
      return ORDER_CLASS;
    case tag.ORDER_CANCEL_REQUEST:
    case tag.ORDER_MASS_CANCEL_REQUEST:
    case tag.ORDER_STATUS_REQUEST:
    case tag.ORDER_MASS_STATUS_REQUEST:
      return CANCEL_CLASS;
    default:
      return ALL_CLASS;
  }
}
