import type { Views } from "../base/views.ts";
import { ControlAnswer } from "./control-answer.ts";

/** Most bytes of a command's text. */
export const SESSION_TEXT_BYTES = 160;
export const SESSION_TEXT_AT = 32;
export const SESSION_COMMAND_BYTES = SESSION_TEXT_AT + SESSION_TEXT_BYTES;
export const SESSION_ANSWER_BYTES = 64;

// Kinds of commands.
/** Sends a Logout with the text, or without one a Text (58) that says who did it, and closes once it is answered. */
export const SESSION_LOGOUT = 1;
/** Closes the connection at once, without a Logout. */
export const SESSION_KICK = 2;
/** Sets MsgSeqNum expected next and sent next; 0 leaves one as it is. */
export const SESSION_NUMBERS = 3;
/** Connects to the venue now. */
export const SESSION_CONNECT = 4;
/** Adds the client session or venue whose definition is in its place (record/definition.ts). */
export const SESSION_ADD = 5;
/** Logs it out and refuses its Logons; a venue is not dialled. Its name stays until a restart. */
export const SESSION_RETIRE = 6;
/** It is there again as it was. */
export const SESSION_REVIVE = 7;
/** Of drop copy: passes over what stops the copies of a client agent's reports; its number is in `nextIn`. */
export const SESSION_SKIP = 8;

// Results besides those of record/control-codes.ts.
/** Refused: with a connection, numbers can only be raised: ours, and the peer's within an open gap, up to the first message held. */
export const SESSION_NOT_WITH_CONNECTION = 100;
/** Refused: it logs on or out, its numbers are being reset, or a resend runs. */
export const SESSION_BUSY = 101;
/** Refused: the core has not taken the messages that came before the command. */
export const SESSION_UNDER_WAY = 102;
/** Refused: its schedule is closed. */
export const SESSION_CLOSED = 103;
/** Refused: it is switched off. */
export const SESSION_SWITCHED_OFF = 104;
/** Refused: a dynamic session without a client has no numbers to set. */
export const SESSION_UNBOUND = 105;

/** Refused: it can't be built; the text in its definition's place says why. */
export const SESSION_NOT_BUILT = 106;
/** Refused: the stream has no intact entry behind what is at fault. */
export const SESSION_NOTHING_BEHIND = 107;

/*  SessionCommand: a command from the main thread to the agent of a client session or a venue. 192 bytes.
 *
 *  byte 0      4        8         12       16        20           24      32 (text)             192
 *       ┌──────┬────────┬─────────┬────────┬─────────┬────────────┬───────┬─────────────────────┐
 *       │ kind │ number │ session │ nextIn │ nextOut │ textLength │       │ text                │
 *       └──────┴────────┴─────────┴────────┴─────────┴────────────┴───────┴─────────────────────┘
 *  number   counts the commands of one ring from 1; its SessionAnswer repeats it
 *  session  id of the client session or the venue
 */

/** A view of one SessionCommand record; `aim` moves it to another. */
export class SessionCommand {
  at = 0;
  constructor(readonly views: Views) {}

  aim(at: number): this {
    this.at = at;
    return this;
  }
  get kind(): number {
    return this.views.ints[this.at >> 2]!;
  }
  set kind(value: number) {
    this.views.ints[this.at >> 2] = value;
  }
  get number(): number {
    return this.views.ints[(this.at >> 2) + 1]!;
  }
  set number(value: number) {
    this.views.ints[(this.at >> 2) + 1] = value;
  }
  get session(): number {
    return this.views.ints[(this.at >> 2) + 2]!;
  }
  set session(value: number) {
    this.views.ints[(this.at >> 2) + 2] = value;
  }
  get nextIn(): number {
    return this.views.ints[(this.at >> 2) + 3]!;
  }
  set nextIn(value: number) {
    this.views.ints[(this.at >> 2) + 3] = value;
  }
  get nextOut(): number {
    return this.views.ints[(this.at >> 2) + 4]!;
  }
  set nextOut(value: number) {
    this.views.ints[(this.at >> 2) + 4] = value;
  }
  get textLength(): number {
    return this.views.ints[(this.at >> 2) + 5]!;
  }
  set textLength(value: number) {
    this.views.ints[(this.at >> 2) + 5] = value;
  }
}

/*  SessionAnswer: what the agent did with one command: a ControlAnswer, and the numbers before and after. 64 bytes.
 *
 *  byte 0                24       28        32      36       40    64
 *       ┌────────────────┬────────┬─────────┬───────┬────────┬─────┐
 *       │ ControlAnswer  │ wereIn │ wereOut │ areIn │ areOut │     │
 *       └────────────────┴────────┴─────────┴───────┴────────┴─────┘
 */

/** A view of one SessionAnswer record; `aim` moves it to another. */
export class SessionAnswer extends ControlAnswer {
  get wereIn(): number {
    return this.views.ints[(this.at >> 2) + 6]!;
  }
  set wereIn(value: number) {
    this.views.ints[(this.at >> 2) + 6] = value;
  }
  get wereOut(): number {
    return this.views.ints[(this.at >> 2) + 7]!;
  }
  set wereOut(value: number) {
    this.views.ints[(this.at >> 2) + 7] = value;
  }
  get areIn(): number {
    return this.views.ints[(this.at >> 2) + 8]!;
  }
  set areIn(value: number) {
    this.views.ints[(this.at >> 2) + 8] = value;
  }
  get areOut(): number {
    return this.views.ints[(this.at >> 2) + 9]!;
  }
  set areOut(value: number) {
    this.views.ints[(this.at >> 2) + 9] = value;
  }
}
