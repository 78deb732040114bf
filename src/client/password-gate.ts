import { NONE } from "../base/units.ts";
import type { Views } from "../base/views.ts";
import type { LogonReader } from "../fix/session/logon-reader.ts";

/*  Password checks. A hash takes far longer than a lane's turn may, so the main thread computes it.
 *
 *  slot  0      4         8             12             16          144                                 768
 *        ┌──────┬─────────┬─────────────┬──────────────┬───────────┬───────────────────────────────────┐
 *        │ state│ session │ name length │ length       │ username  │ password                          │
 *        └──────┴─────────┴─────────────┴──────────────┴───────────┴───────────────────────────────────┘
 *  state  FREE → ASKED by the lane, then RIGHT, WRONG or LOCKED by the main thread (which wipes the password), then FREE by the
 *         lane. The slot is owned by the side that writes its next state.
 */
const SLOTS = 8;
const SLOT_BYTES = 768;
export const GATE_BYTES = SLOTS * SLOT_BYTES;
const USERNAME_AT = 16;
const PASSWORD_AT = 144;
const USERNAME_BYTES = PASSWORD_AT - USERNAME_AT;
const PASSWORD_BYTES = SLOT_BYTES - PASSWORD_AT;

const FREE = 0;
export const ASKED = 1;
export const RIGHT = 2;
export const WRONG = 3;
/** The session is locked: the password was not looked at. */
export const LOCKED = 4;

/** A lane's side of the gate: asks, and polls the answer in later turns. */
export class PasswordGate {
  /** 1: the connection of this slot is closed; its answer is discarded. */
  private readonly abandoned = new Uint8Array(new ArrayBuffer(SLOTS));

  constructor(
    private readonly views: Views,
    private readonly at: number,
  ) {}

  /** Requests a check of a Logon's username and password. Returns  the slot, or NONE while all slots are in use. */
  ask(session: number, logon: LogonReader): number {
    return this.askFor(
      session,
      logon.bytes,
      logon.usernameFrom,
      logon.usernameTo,
      logon.passwordFrom,
      logon.passwordTo,
    );
  }

  askFor(
    session: number,
    bytes: Uint8Array,
    nameFrom: number,
    nameTo: number,
    passwordFrom: number,
    passwordTo: number,
  ): number {
    const slot = this.free();
    if (slot === NONE) return NONE;
    const at = this.at + slot * SLOT_BYTES;
    const ints = this.views.ints;
    const target = this.views.bytes;
    // A text that is cut off matches no password.
    const nameLength = Math.min(USERNAME_BYTES, nameTo - nameFrom);
    const length = Math.min(PASSWORD_BYTES, passwordTo - passwordFrom);
    ints[(at >> 2) + 1] = session;
    ints[(at >> 2) + 2] = nameLength;
    ints[(at >> 2) + 3] = length;
    for (let i = 0; i < nameLength; i++) target[at + USERNAME_AT + i] = bytes[nameFrom + i]!;
    for (let i = 0; i < length; i++) target[at + PASSWORD_AT + i] = bytes[passwordFrom + i]!;
    Atomics.store(ints, at >> 2, ASKED);
    return slot;
  }

  /** Returns ASKED while the answer is open, then RIGHT, WRONG or LOCKED once, which frees the slot. */
  answer(slot: number): number {
    const word = (this.at + slot * SLOT_BYTES) >> 2;
    const state = Atomics.load(this.views.ints, word);
    if (state >= RIGHT) Atomics.store(this.views.ints, word, FREE);
    return state;
  }

  /** Discards the answer: the connection is closed. */
  abandon(slot: number): void {
    this.abandoned[slot] = 1;
  }

  private free(): number {
    for (let slot = 0; slot < SLOTS; slot++) {
      if (this.abandoned[slot] === 1 && this.answer(slot) !== ASKED) this.abandoned[slot] = 0;
      if (this.abandoned[slot] === 0 && Atomics.load(this.views.ints, (this.at + slot * SLOT_BYTES) >> 2) === FREE)
        return slot;
    }
    return NONE;
  }
}

/** One password check for the main thread. */
export interface PasswordQuestion {
  readonly session: number;
  readonly username: string;
  /** A copy; the caller wipes it. */
  readonly password: Uint8Array;
  /** RIGHT, WRONG or LOCKED. */
  answer(state: number): void;
}

/** Takes the new questions of a gate and wipes their passwords there. Main thread. */
export function takeQuestions(views: Views, gateAt: number, taken: Set<number>): PasswordQuestion[] {
  const questions: PasswordQuestion[] = [];
  for (let slot = 0; slot < SLOTS; slot++) {
    const at = gateAt + slot * SLOT_BYTES;
    if (taken.has(at) || Atomics.load(views.ints, at >> 2) !== ASKED) continue;
    taken.add(at);
    const password = views.bytes.slice(at + PASSWORD_AT, at + PASSWORD_AT + views.ints[(at >> 2) + 3]!);
    views.bytes.fill(0, at + PASSWORD_AT, at + SLOT_BYTES);
    const name = views.bytes.slice(at + USERNAME_AT, at + USERNAME_AT + views.ints[(at >> 2) + 2]!);
    questions.push({
      session: views.ints[(at >> 2) + 1]!,
      username: Array.from(name, (byte) => String.fromCharCode(byte)).join(""),
      password,
      answer: (state) => {
        taken.delete(at);
        Atomics.store(views.ints, at >> 2, state);
      },
    });
  }
  return questions;
}
