import type { Views } from "../base/views.ts";
import { Control } from "../record/control.ts";
import { ControlAnswer } from "../record/control-answer.ts";
import {
  CONTROL_ANSWER_BYTES,
  CONTROL_BYTES,
  CONTROL_NAME_AT,
  CONTROL_SLOT_BYTES,
  CONTROL_TEXT_AT,
  CONTROL_TEXT_BYTES,
} from "../record/control-codes.ts";
import { OneToOne } from "../ring/one-to-one.ts";
import { AnsweredRing } from "./answered-ring.ts";

const NO_TEXT = new Uint8Array();

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
export class CommandRing extends AnsweredRing<Command, ControlAnswer> {
  private readonly control: Control;

  constructor(views: Views, plan: ControlPlan) {
    super(
      new OneToOne(views, plan.controlAt, plan.controlSlots, CONTROL_SLOT_BYTES),
      new OneToOne(views, plan.controlAnswersAt, plan.controlSlots, CONTROL_ANSWER_BYTES),
      new ControlAnswer(views),
    );
    this.control = new Control(views);
  }

  protected write(at: number, command: Command, number: number, atUs: number): void {
    const { kind, value = 0, amount = 0, price, name = "", text = NO_TEXT } = command;
    if (text.length > CONTROL_TEXT_BYTES)
      throw new Error(`text of command ${kind}: expected at most ${CONTROL_TEXT_BYTES} bytes, got ${text.length}`);
    const control = this.control.aim(at);
    control.kind = kind;
    control.value = value;
    if (price === undefined) control.amount = amount;
    else control.price = price;
    control.atUs = atUs;
    control.number = number;
    const { bytes } = control.views;
    for (let i = CONTROL_NAME_AT; i < CONTROL_BYTES; i++) bytes[at + i] = name.charCodeAt(i - CONTROL_NAME_AT) || 0;
    control.textLength = text.length;
    bytes.set(text, at + CONTROL_TEXT_AT);
    // The slot may hold an earlier text, and readers take whole words.
    bytes.fill(0, at + CONTROL_TEXT_AT + text.length, at + CONTROL_TEXT_AT + ((text.length + 7) & ~7));
  }
}
