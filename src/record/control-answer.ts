import type { Views } from "../base/views.ts";

/*  ControlAnswer: what the core did with one command, published once it has journalled and applied it. 64 bytes.
 *
 *  byte 0        4      8        12      16         24      28     32        36              64
 *       ┌────────┬──────┬────────┬───────┬──────────┬───────┬──────┬─────────┬───────────────┐
 *       │ number │ kind │ result │ value │ position │ count │ left │ pending │               │
 *       └────────┴──────┴────────┴───────┴──────────┴───────┴──────┴─────────┴───────────────┘
 *  number, kind  of the Control record
 *  value         what the command's kind says, 0 for a refused one
 *  position      of the command in the core's journal stream, -1 where it is not journalled
 *  count, left   of a command about many orders: whose venues were asked, and those that can't be canceled now
 *  pending       those whose venues were asked before and have not answered, and those that are too new for the command
 */

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
  get count(): number {
    return this.views.ints[(this.at >> 2) + 6]!;
  }
  set count(value: number) {
    this.views.ints[(this.at >> 2) + 6] = value;
  }
  get left(): number {
    return this.views.ints[(this.at >> 2) + 7]!;
  }
  set left(value: number) {
    this.views.ints[(this.at >> 2) + 7] = value;
  }
  get pending(): number {
    return this.views.ints[(this.at >> 2) + 8]!;
  }
  set pending(value: number) {
    this.views.ints[(this.at >> 2) + 8] = value;
  }
}
