import { NONE, NS_PER_S } from "../base/units.ts";
import type { FixSession } from "../fix/session/session.ts";
import { SESSION_EVENT_NUMBERS_SET } from "../journal/layout.ts";
import { CONTROL_APPLIED, CONTROL_BAD_VALUE, CONTROL_UNCHANGED } from "../record/control-codes.ts";
import {
  SESSION_BUSY,
  SESSION_NOT_WITH_CONNECTION,
  SESSION_UNBOUND,
  SESSION_UNDER_WAY,
  type SessionCommand,
} from "../record/session-command.ts";
import type { OneToOne } from "../ring/one-to-one.ts";
import type { Link } from "./link.ts";

/** The command can't be carried out yet. */
export const WAITS = NONE;
/** Longest wait for the core. */
const LONGEST_WAIT_NS = NS_PER_S;

/**
 * Sets the numbers of a session at an operator's command.
 *
 *   without a connection   any number. Where none is lower than before, the epoch stays, and what was sent can be sent again.
 *   logged on              ours only up: SequenceReset-Reset (4) says so. The peer's only up, within an open gap: what is missing
 *                          before it is given up. No message that waits behind the gap may be skipped: it has come.
 */
export class SetNumbers {
  /** The command that waits for the core: its number, when it began to wait, and what the ring's tail and the session's number were. */
  private waiting = 0;
  private sinceNs = 0;
  private tail = 0;
  private nextIn = 0;

  /** `records` leads to the core, which journals a record before it releases it. */
  constructor(private readonly records: OneToOne) {}

  /** Returns  the answer's result, or WAITS. */
  apply(link: Link<FixSession>, command: SessionCommand, nowNs: number): number {
    const numbers = link.session.numbers;
    const nextIn = command.nextIn === 0 ? numbers.nextIn : command.nextIn;
    const nextOut = command.nextOut === 0 ? numbers.nextOut : command.nextOut;
    if (nextIn < 1 || nextOut < 1) return CONTROL_BAD_VALUE;
    if (link.session.identity.peerCompId === "") return SESSION_UNBOUND;
    if (nextIn === numbers.nextIn && nextOut === numbers.nextOut) return CONTROL_UNCHANGED;
    const refusal = link.stream === null ? 0 : refusalWithConnection(link, nextIn, nextOut);
    if (refusal !== 0) return refusal;
    const begins = nextIn < numbers.nextIn || nextOut < numbers.nextOut;
    // Before the core has journalled a message, the journal must not say that it came.
    if ((begins || nextIn > numbers.nextIn) && !this.isTaken(command.number, numbers.nextIn, nowNs))
      return nowNs - this.sinceNs > LONGEST_WAIT_NS ? SESSION_UNDER_WAY : WAITS;
    set(link, nextIn, nextOut, begins);
    return CONTROL_APPLIED;
  }

  /** True when the core has taken what the session had handed over by the first call for this command. */
  private isTaken(number: number, nextIn: number, nowNs: number): boolean {
    if (this.waiting !== number) this.sinceNs = nowNs;
    if (this.waiting !== number || this.nextIn !== nextIn) this.tail = this.records.tail;
    this.waiting = number;
    this.nextIn = nextIn;
    const taken = (this.records.tail - this.records.size()) | 0;
    return ((taken - this.tail) | 0) >= 0;
  }
}

/** The reason to refuse these numbers while there is a connection, or 0. */
function refusalWithConnection(link: Link<FixSession>, nextIn: number, nextOut: number): number {
  const session = link.session;
  const numbers = session.numbers;
  if (!session.active || numbers.restarting || !link.live) return SESSION_BUSY;
  if (nextOut < numbers.nextOut || nextIn < numbers.nextIn) return SESSION_NOT_WITH_CONNECTION;
  if (nextIn === numbers.nextIn) return 0;
  const gap = session.gap;
  return nextIn > gap.to + 1 || gap.holdsBelow(nextIn) ? SESSION_NOT_WITH_CONNECTION : 0;
}

function set(link: Link<FixSession>, nextIn: number, nextOut: number, begins: boolean): void {
  const session = link.session;
  const numbers = session.numbers;
  const number = numbers.nextOut;
  const isInSet = begins || nextIn !== numbers.nextIn;
  if (begins) beginEpoch(link);
  numbers.nextOut = nextOut;
  if (link.stream === null) numbers.nextIn = nextIn;
  else if (isInSet) session.skipTo(nextIn);
  link.recorder.event(SESSION_EVENT_NUMBERS_SET, isInSet ? nextIn : 0);
  if (link.stream === null) return;
  if (nextOut !== number) session.out.sequenceReset(number, nextOut);
  // Messages that waited behind the gap.
  if (!session.holds) return;
  link.stalled = true;
  link.stream.wake();
}

/** What was sent under the numbers before can't be sent again. */
function beginEpoch(link: Link<FixSession>): void {
  link.session.numbers.epoch++;
  const resender = link.resender;
  if (resender === null) return;
  resender.sequenceIndex.clear();
  resender.staleTo = 0;
}
