import { FULL } from "../base/units.ts";
import {
  CONTROL_APPLIED,
  CONTROL_BAD_VALUE,
  CONTROL_UNCHANGED,
  CONTROL_UNKNOWN_KIND,
  CONTROL_UNKNOWN_NAME,
  CONTROL_UNKNOWN_ORDER,
} from "../record/control-codes.ts";
import type { Command, CommandRing } from "./command-ring.ts";

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
}

export interface CommandsParts {
  readonly ring: CommandRing;
  /** Wakes the core's lane. */
  readonly wakeCore: () => void;
  /** Whether the core's journal is on the disk up to this position, or need not be. */
  readonly isDurable: (position: number) => boolean;
  readonly timeoutMs: number;
  /** Called with an answer that came after the time limit. */
  readonly late: (command: Command, outcome: CommandOutcome, tookMs: number) => void;
}

interface Pending {
  readonly command: Command;
  readonly sentMs: number;
  readonly resolve: (outcome: CommandOutcome) => void;
  timer: ReturnType<typeof setTimeout> | null;
}

interface Answered {
  readonly number: number;
  readonly position: number;
  readonly outcome: CommandOutcome;
}

const REASONS: Readonly<Record<number, string>> = {
  [CONTROL_UNKNOWN_KIND]: "the core has no such command",
  [CONTROL_UNKNOWN_NAME]: "the core has no symbol or account of this name",
  [CONTROL_BAD_VALUE]: "the value is out of range",
  [CONTROL_UNKNOWN_ORDER]: "the core has no order of this number",
};
/** A sync takes about this long on a fast disk; nobody is woken by it. */
const DURABLE_EVERY_MS = 2;

/** Sends commands to the core and resolves each with the core's answer. */
export class Commands {
  private readonly pending = new Map<number, Pending>();
  /** Answers that wait for the disk, in the order of their positions. */
  private answered: Answered[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private closed = false;

  constructor(private readonly parts: CommandsParts) {}

  /** Resolves with the core's answer, or with why there is none. Never rejects. */
  send(command: Command): Promise<CommandOutcome> {
    if (this.closed) return Promise.resolve(notApplied("the gateway is stopping"));
    const { ring, wakeCore, timeoutMs } = this.parts;
    const number = ring.send(command, Date.now() * 1000);
    if (number === FULL) {
      const reason = `the control ring is full: the core has not answered the last ${ring.slots} commands`;
      return Promise.resolve(notApplied(reason));
    }
    wakeCore();
    return new Promise((resolve) => {
      const pending: Pending = { command, sentMs: performance.now(), resolve, timer: null };
      pending.timer = setTimeout(() => this.expire(pending), timeoutMs);
      this.pending.set(number, pending);
    });
  }

  /** The command stays pending: its answer may still come. */
  private expire(pending: Pending): void {
    pending.timer = null;
    const within = `within ${this.parts.timeoutMs / 1000} s`;
    pending.resolve(
      notApplied(`no answer from the core ${within}; the command is in the ring and may still be applied`),
    );
  }

  /** Reads the answers. Called when the core's lane has woken the main thread. */
  poll(): void {
    this.parts.ring.drain((answer) => {
      const { number, position, value, result } = answer;
      const changed = result === CONTROL_APPLIED;
      const applied = changed || result === CONTROL_UNCHANGED;
      const reason = applied ? "" : (REASONS[result] ?? `the core refused it: ${result}`);
      this.answered.push({ number, position, outcome: { applied, changed, value, reason } });
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

  /** The core has stopped: reads its last answers; commands without one were not applied. */
  end(): void {
    this.close();
    this.poll();
    clearTimeout(this.timer);
    for (const { number, outcome } of this.answered) this.settle(number, outcome);
    this.answered = [];
    for (const { resolve, timer } of this.pending.values()) {
      clearTimeout(timer ?? undefined);
      resolve(notApplied("the gateway stopped before the core answered"));
    }
    this.pending.clear();
  }

  private settle(number: number, outcome: CommandOutcome): void {
    const pending = this.pending.get(number);
    if (pending === undefined) return;
    this.pending.delete(number);
    if (pending.timer === null) this.parts.late(pending.command, outcome, performance.now() - pending.sentMs);
    clearTimeout(pending.timer ?? undefined);
    pending.resolve(outcome);
  }
}

function notApplied(reason: string): CommandOutcome {
  return { applied: false, changed: false, value: 0, reason };
}
