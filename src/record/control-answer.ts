import type { Views } from "../base/views.ts";

/*  ControlAnswer: what the core did with one command, published once it has journalled and applied it. 64 bytes.
 *
 *  byte 0        4      8        12      16         24              64
 *       ┌────────┬──────┬────────┬───────┬──────────┬───────────────┐
 *       │ number │ kind │ result │ value │ position │               │
 *       └────────┴──────┴────────┴───────┴──────────┴───────────────┘
 *  number, kind  of the Control record
 *  value         what the command's kind says, 0 for a refused one
 *  position      of the command in the core's journal stream
 */
export const CONTROL_ANSWER_BYTES = 64;

/** Applied, and something changed. */
export const CONTROL_APPLIED = 1;
/** Applied, and everything was as asked before. */
export const CONTROL_UNCHANGED = 2;
/** Refused: the core knows no command of this kind. */
export const CONTROL_UNKNOWN_KIND = 3;
/** Refused: the core knows no symbol or account of this name. */
export const CONTROL_UNKNOWN_NAME = 4;
/** Refused: the value or the amount is out of range. */
export const CONTROL_BAD_VALUE = 5;
/** Refused: the core has no order of this slot and number. */
export const CONTROL_UNKNOWN_ORDER = 6;

/** A view of one ControlAnswer record; `aim` moves it to another. */
export class ControlAnswer {
  at = 0;
  constructor(readonly views: Views) {}

  aim(at: number): this {
    this.at = at;
    return this;
  }
  get number(): number {
    return this.views.ints[this.at >> 2]!;
  }
  set number(value: number) {
    this.views.ints[this.at >> 2] = value;
  }
  get kind(): number {
    return this.views.ints[(this.at >> 2) + 1]!;
  }
  set kind(value: number) {
    this.views.ints[(this.at >> 2) + 1] = value;
  }
  get result(): number {
    return this.views.ints[(this.at >> 2) + 2]!;
  }
  set result(value: number) {
    this.views.ints[(this.at >> 2) + 2] = value;
  }
  get value(): number {
    return this.views.ints[(this.at >> 2) + 3]!;
  }
  set value(value: number) {
    this.views.ints[(this.at >> 2) + 3] = value;
  }
  get position(): number {
    return this.views.doubles[(this.at >> 3) + 2]!;
  }
  set position(value: number) {
    this.views.doubles[(this.at >> 3) + 2] = value;
  }
}
