import { NONE } from "../base/units.ts";
import type { Views } from "../base/views.ts";

/*  Passwords on their way to be checked: hashing takes far longer than a lane may, so the main thread does it.
 *
 *  slot  0      4         8             12             16          144                                 768
 *        ┌──────┬─────────┬─────────────┬──────────────┬───────────┬───────────────────────────────────┐
 *        │ state│ session │ name length │ length       │ username  │ password                          │
 *        └──────┴─────────┴─────────────┴──────────────┴───────────┴───────────────────────────────────┘
 *  state  FREE → ASKED by the lane, then RIGHT or WRONG by the main thread (which wipes the password), then FREE by the
 *         lane. Whoever may move the state on owns the slot.
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

/** A lane's end: asks, and looks for the answer in later turns. */
export class PasswordGate {
  /** Slots whose answer nobody waits for any more. */
  private readonly abandoned = new Uint8Array(new ArrayBuffer(SLOTS));

  constructor(
    private readonly views: Views,
    private readonly at: number,
  ) {}

  /** Asks for `bytes[…)` to be checked. Returns the slot, or NONE while all are in use or when one is too long to be right. */
  ask(
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
    // One that is cut off can't be right.
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

  /** ASKED while it is not known, then RIGHT or WRONG, once: the slot is free then. */
  answer(slot: number): number {
    const word = (this.at + slot * SLOT_BYTES) >> 2;
    const state = Atomics.load(this.views.ints, word);
    if (state === RIGHT || state === WRONG) Atomics.store(this.views.ints, word, FREE);
    return state;
  }

  /** The connection is gone; whatever the answer will be, it is for nobody. */
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

/** One question, as the main thread sees it. */
export interface PasswordQuestion {
  readonly session: number;
  readonly username: string;
  /** A copy, the asker's to wipe. */
  readonly password: Uint8Array;
  answer(right: boolean): void;
}

/** Takes the questions that no one has taken yet out of a gate, and wipes the passwords there. Cold: the main thread's. */
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
      answer: (right) => {
        taken.delete(at);
        Atomics.store(views.ints, at >> 2, right ? RIGHT : WRONG);
      },
    });
  }
  return questions;
}
