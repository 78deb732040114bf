import { EMPTY, FULL } from "../base/units.ts";
import type { ControlAnswer } from "../record/control-answer.ts";
import type { OneToOne } from "../ring/one-to-one.ts";

/** The main thread's end of a ring of commands and of the ring of their answers. */
export abstract class AnsweredRing<Command, Answer extends ControlAnswer> {
  private sent = 0;
  private answered = 0;

  constructor(
    private readonly commands: OneToOne,
    private readonly answers: OneToOne,
    private readonly answer: Answer,
  ) {}

  get slots(): number {
    return this.commands.slots;
  }

  /** Commands that have no answer yet, or whose answers were not read. */
  get underWay(): number {
    return this.sent - this.answered;
  }

  /**
   * Sends a command, `atUs` microseconds since 1970.
   * Returns  its number, or FULL while as many are under way as a ring has slots: the ring of answers never overflows.
   */
  send(command: Command, atUs: number): number {
    if (this.underWay >= this.slots) return FULL;
    const at = this.commands.claim();
    if (at === FULL) return FULL;
    this.write(at, command, ++this.sent, atUs);
    this.commands.publish();
    return this.sent;
  }

  /** Reads every answer that is there; the view is good during the call. */
  drain(take: (answer: Answer) => void): void {
    for (let at = this.answers.peek(); at !== EMPTY; at = this.answers.peek()) {
      this.answered++;
      take(this.answer.aim(at));
      this.answers.release();
    }
  }

  /** Writes the command's record into a slot that may hold an earlier one. */
  protected abstract write(at: number, command: Command, number: number, atUs: number): void;
}
