import { EMPTY, FULL } from "../base/units.ts";
import type { Views } from "../base/views.ts";
import { Control } from "../record/control.ts";
import { ControlAnswer } from "../record/control-answer.ts";
import {
  CONTROL_ANSWER_BYTES,
  CONTROL_BYTES,
  CONTROL_NAME_AT,
  CONTROL_SLOT_BYTES,
  CONTROL_TEXT_AT,
} from "../record/control-codes.ts";
import { OneToOne } from "../ring/one-to-one.ts";

/** A command for the core; what a kind does not use stays 0 or "". */
export interface Command {
  readonly kind: number;
  readonly value?: number;
  readonly amount?: number;
  /** In the place of the amount, 1e-8. */
  readonly price?: bigint;
  /** Symbol or account. */
  readonly name?: string;
  /** UTF-8, up to CONTROL_TEXT_BYTES. */
  readonly text?: Uint8Array;
}

/** Where the two rings are; a plan has these. */
export interface ControlPlan {
  readonly controlAt: number;
  readonly controlAnswersAt: number;
  readonly controlSlots: number;
}

/** The main thread's end of the control ring and of the ring of answers. */
export class CommandRing {
  private readonly commands: OneToOne;
  private readonly answers: OneToOne;
  private readonly control: Control;
  private readonly answer: ControlAnswer;
  private sent = 0;
  private answered = 0;

  constructor(views: Views, plan: ControlPlan) {
    this.commands = new OneToOne(views, plan.controlAt, plan.controlSlots, CONTROL_SLOT_BYTES);
    this.answers = new OneToOne(views, plan.controlAnswersAt, plan.controlSlots, CONTROL_ANSWER_BYTES);
    this.control = new Control(views);
    this.answer = new ControlAnswer(views);
  }

  get slots(): number {
    return this.commands.slots;
  }

  /** Commands that the core has not answered, or whose answers were not read. */
  get underWay(): number {
    return this.sent - this.answered;
  }

  /**
   * Sends a command to the core, `atUs` microseconds since 1970.
   * Returns  its number, or FULL while as many are under way as a ring has slots: the ring of answers never overflows.
   */
  send(command: Command, atUs: number): number {
    if (this.underWay >= this.slots) return FULL;
    const at = this.commands.claim();
    if (at === FULL) return FULL;
    const { kind, value = 0, amount = 0, price, name = "", text } = command;
    const control = this.control.aim(at);
    control.kind = kind;
    control.value = value;
    if (price === undefined) control.amount = amount;
    else control.price = price;
    control.atUs = atUs;
    control.number = ++this.sent;
    const { bytes } = control.views;
    for (let i = CONTROL_NAME_AT; i < CONTROL_BYTES; i++) bytes[at + i] = name.charCodeAt(i - CONTROL_NAME_AT) || 0;
    control.textLength = text?.length ?? 0;
    if (text !== undefined) bytes.set(text, at + CONTROL_TEXT_AT);
    this.commands.publish();
    return this.sent;
  }

  /** Reads every answer that is there; the view is good during the call. */
  drain(take: (answer: ControlAnswer) => void): void {
    for (let at = this.answers.peek(); at !== EMPTY; at = this.answers.peek()) {
      this.answered++;
      take(this.answer.aim(at));
      this.answers.release();
    }
  }
}
