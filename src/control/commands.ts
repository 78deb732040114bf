import { FULL } from "../base/units.ts";
import type { ControlAnswer } from "../record/control-answer.ts";
import {
  CONTROL_APPLIED,
  CONTROL_BAD_RECORD,
  CONTROL_BAD_VALUE,
  CONTROL_NO_ROOM,
  CONTROL_TABLE_FULL,
  CONTROL_TRY_AGAIN,
  CONTROL_UNCHANGED,
  CONTROL_UNKNOWN_KIND,
  CONTROL_UNKNOWN_NAME,
  CONTROL_UNKNOWN_ORDER,
  CONTROL_UNKNOWN_SETTING,
  CONTROL_VERSION_DIFFERS,
} from "../record/control-codes.ts";
import {
  SESSION_BUSY,
  SESSION_CLOSED,
  SESSION_NOT_WITH_CONNECTION,
  SESSION_NOTHING_BEHIND,
  SESSION_SWITCHED_OFF,
  SESSION_UNBOUND,
  SESSION_UNDER_WAY,
} from "../record/session-command.ts";
import type { AnsweredRing } from "./answered-ring.ts";
import type { Command } from "./command-ring.ts";

/** What became of a command. */
export interface CommandOutcome {
  /** The core has journalled and applied it. */
  readonly applied: boolean;
  /** False also where everything was as asked before. */
  readonly changed: boolean;
  /** The answer's value (record/control-answer.ts). */
  readonly value: number;
  /** Why it was not applied, or ""; one line for the log. */
  readonly reason: string;
  /** The answer's result (record/control-codes.ts), NOT_SENT or NO_ANSWER. */
  readonly result: number;
  /** Of a command about many orders: whose venues were asked, those that can't be canceled now, and all others that are open yet. */
  readonly count?: number;
  readonly left?: number;
  readonly pending?: number;
}

/** The command was not sent, so it is not applied. */
export const NOT_SENT = 0;
/** It was sent, and no answer came in time: it may be applied yet. */
export const NO_ANSWER = -1;

/** A stable word where a command has no answer: `not-sent`, `not-answered`; "" where it has one. */
export function unanswered({ result }: Pick<CommandOutcome, "result">): string {
  return result === NOT_SENT ? "not-sent" : result === NO_ANSWER ? "not-answered" : "";
}

/** `C` are the commands of a ring, `A` its answers, `O` what becomes of a command. */
export interface CommandsParts<C, A extends ControlAnswer, O extends CommandOutcome> {
  readonly ring: AnsweredRing<C, A>;
  /** Who answers, in the words of the log; "the core" where nothing is said. */
  readonly who?: string;
  /** Wakes the lane of who answers. */
  readonly wakeCore: () => void;
  /** Whether that journal is on the disk up to this position, or need not be. */
  readonly isDurable: (position: number) => boolean;
  readonly timeoutMs: number;
  /** Called with an answer that came after the time limit. */
  readonly late: (command: C, outcome: O, tookMs: number) => void;
  /** Adds to an outcome what the answer says besides. */
  readonly outcomeOf?: (answer: A, outcome: CommandOutcome) => O;
}

interface Pending<C, O> {
  readonly command: C;
  readonly sentMs: number;
  readonly resolve: (outcome: O) => void;
  timer: ReturnType<typeof setTimeout> | null;
}

interface Answered<O> {
  readonly number: number;
  readonly position: number;
  readonly outcome: O;
}

const REASONS: Readonly<Record<number, string>> = {
  [CONTROL_UNKNOWN_KIND]: "the core has no such command",
  [CONTROL_UNKNOWN_NAME]: "there is no symbol, account, session or venue of this name",
  [CONTROL_BAD_VALUE]: "the value is out of range",
  [CONTROL_UNKNOWN_ORDER]: "the core has no order of this number",
  [SESSION_NOT_WITH_CONNECTION]:
    "while it is logged on, the number sent next can only be raised, and the number expected next only within an open gap, up to the first message that waits behind it: log it out first, or switch a venue off",
  [SESSION_UNBOUND]: "no client is bound to it, and its first one begins at 1",
  [SESSION_BUSY]: "it logs on or out, resets its numbers or resends messages at this moment: try again",
  [SESSION_UNDER_WAY]: "the core has not taken all messages of the session within 1 s: try again",
  [SESSION_CLOSED]: "its schedule is closed",
  [SESSION_SWITCHED_OFF]: "it is switched off",
  [SESSION_NOTHING_BEHIND]:
    "no intact entry is behind what stops the copies yet: try again when reports have been written",
  [CONTROL_UNKNOWN_SETTING]: "the core has no such setting",
  [CONTROL_VERSION_DIFFERS]: "it was changed since it had this version",
  [CONTROL_BAD_RECORD]: "the core can't read it",
  [CONTROL_TABLE_FULL]: "the core's table has no room for it",
  [CONTROL_TRY_AGAIN]: "there is no room for what it leads to: try again",
  [CONTROL_NO_ROOM]: "there is no room for another account or symbol",
};
/** A sync takes about this long on a fast disk; nobody is woken by it. */
const DURABLE_EVERY_MS = 2;

/** Sends commands to the core or to an agent, and resolves each with its answer. */
export class Commands<C = Command, A extends ControlAnswer = ControlAnswer, O extends CommandOutcome = CommandOutcome> {
  private readonly pending = new Map<number, Pending<C, O>>();
  /** Answers that wait for the disk, in the order of their positions. */
  private answered: Answered<O>[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private closed = false;

  constructor(private readonly parts: CommandsParts<C, A, O>) {}

  /** How many more commands the ring takes now. */
  get free(): number {
    return this.parts.ring.slots - this.parts.ring.underWay;
  }

  /** True while a command waits for its answer. */
  get isWaiting(): boolean {
    return this.pending.size > 0;
  }

  /** Resolves with the answer, or with why there is none. Never rejects. */
  send(command: C): Promise<O> {
    if (this.closed) return Promise.resolve(this.notApplied("the gateway is stopping"));
    const { ring, wakeCore, timeoutMs } = this.parts;
    const number = ring.send(command, Date.now() * 1000);
    if (number === FULL) {
      const reason = `the control ring is full: ${this.who} has not answered the last ${ring.slots} commands`;
      return Promise.resolve(this.notApplied(reason));
    }
    wakeCore();
    return new Promise((resolve) => {
      const pending: Pending<C, O> = { command, sentMs: performance.now(), resolve, timer: null };
      pending.timer = setTimeout(() => this.expire(pending), timeoutMs);
      this.pending.set(number, pending);
    });
  }

  /** The command stays pending: its answer may still come. */
  private expire(pending: Pending<C, O>): void {
    pending.timer = null;
    const within = `within ${this.parts.timeoutMs / 1000} s`;
    pending.resolve(
      this.notApplied(
        `no answer from ${this.who} ${within}; the command is in the ring and may still be applied`,
        NO_ANSWER,
      ),
    );
  }

  /** Reads the answers. Called when a lane has woken the main thread. */
  poll(): void {
    this.parts.ring.drain((answer) => {
      const { number, position, value, result } = answer;
      const changed = result === CONTROL_APPLIED;
      const applied = changed || result === CONTROL_UNCHANGED;
      const reason = applied ? "" : (REASONS[result] ?? `${this.who} refused it: ${result}`);
      const outcome = { applied, changed, value, reason, result };
      this.answered.push({ number, position, outcome: this.parts.outcomeOf?.(answer, outcome) ?? (outcome as O) });
    });
    let durable = 0;
    while (durable < this.answered.length && this.parts.isDurable(this.answered[durable]!.position)) durable++;
    for (const { number, outcome } of this.answered.splice(0, durable)) this.settle(number, outcome);
    clearTimeout(this.timer);
    if (this.answered.length > 0) this.timer = setTimeout(() => this.poll(), DURABLE_EVERY_MS);
  }

  /** From now on no command is sent; those without an answer are answered by the next `end`. */
  close(): void {
    this.closed = true;
  }

  /** Who answers has stopped: reads its last answers; commands without one were not applied. */
  end(): void {
    this.close();
    this.poll();
    clearTimeout(this.timer);
    for (const { number, outcome } of this.answered) this.settle(number, outcome);
    this.answered = [];
    for (const { resolve, timer } of this.pending.values()) {
      clearTimeout(timer ?? undefined);
      resolve(this.notApplied(`the gateway stopped before ${this.who} answered`));
    }
    this.pending.clear();
  }

  private get who(): string {
    return this.parts.who ?? "the core";
  }

  /** What an answer says besides is not there. */
  private notApplied(reason: string, result = NOT_SENT): O {
    return { applied: false, changed: false, value: 0, reason, result } as O;
  }

  private settle(number: number, outcome: O): void {
    const pending = this.pending.get(number);
    if (pending === undefined) return;
    this.pending.delete(number);
    if (pending.timer === null) this.parts.late(pending.command, outcome, performance.now() - pending.sentMs);
    clearTimeout(pending.timer ?? undefined);
    pending.resolve(outcome);
  }
}
