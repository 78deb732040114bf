import type { Views } from "../base/views.ts";
import {
  SESSION_ANSWER_BYTES,
  SESSION_COMMAND_BYTES,
  SESSION_TEXT_AT,
  SESSION_TEXT_BYTES,
  SessionAnswer,
  SessionCommand,
} from "../record/session-command.ts";
import { OneToOne } from "../ring/one-to-one.ts";
import { AnsweredRing } from "./answered-ring.ts";

/** A command about a client session or a venue (record/session-command.ts); what a kind does not use stays 0 or "". */
export interface SessionOrder {
  readonly kind: number;
  readonly session: number;
  readonly nextIn?: number;
  readonly nextOut?: number;
  /** ASCII, up to SESSION_TEXT_BYTES. */
  readonly text?: string;
}

/** Where an agent's two rings are; a plan's side has these. */
export interface SessionRingPlan {
  readonly commandsAt: number;
  readonly commandAnswersAt: number;
}

/** The main thread's end of the rings between it and one client or venue agent. */
export class SessionRing extends AnsweredRing<SessionOrder, SessionAnswer> {
  private readonly record: SessionCommand;

  constructor(views: Views, plan: SessionRingPlan, slots: number) {
    super(
      new OneToOne(views, plan.commandsAt, slots, SESSION_COMMAND_BYTES),
      new OneToOne(views, plan.commandAnswersAt, slots, SESSION_ANSWER_BYTES),
      new SessionAnswer(views),
    );
    this.record = new SessionCommand(views);
  }

  protected write(at: number, command: SessionOrder, number: number): void {
    const { kind, session, nextIn = 0, nextOut = 0, text = "" } = command;
    if (text.length > SESSION_TEXT_BYTES)
      throw new Error(`text: expected up to ${SESSION_TEXT_BYTES} characters, got ${text.length}`);
    const record = this.record.aim(at);
    record.kind = kind;
    record.number = number;
    record.session = session;
    record.nextIn = nextIn;
    record.nextOut = nextOut;
    record.textLength = text.length;
    const { bytes } = record.views;
    for (let i = 0; i < text.length; i++) bytes[at + SESSION_TEXT_AT + i] = text.charCodeAt(i);
  }
}
