import type { Views } from "../base/views.ts";
import { CONTROL_NAME_AT } from "./control-codes.ts";

/*  Control: a command from the main thread to the core. The core journals each one, so that a restart applies it again. 128 bytes.
 *
 *  byte 0      4       8        16       24       28     32 (name)                         96      128
 *       ┌──────┬───────┬────────┬────────┬────────┬──────┬─────────────────────────────────┬───────┐
 *       │ kind │ value │ amount │ atUs   │ number │ text │ symbol or account, zero padded  │       │
 *       └──────┴───────┴────────┴────────┴────────┴──────┴─────────────────────────────────┴───────┘
 *  amount  a double, or in its place a price
 *  number  counts the commands of one run from 1; its ControlAnswer repeats it
 *  text    length of the text behind the record
 */
const NAME_BYTES = 64;

/** A view of one Control record; `aim` moves it to another. */
export class Control {
  at = 0;
  constructor(readonly views: Views) {}

  aim(at: number): this {
    this.at = at;
    return this;
  }
  /** Length of the name; 0 without one. */
  get nameLength(): number {
    const at = this.at + CONTROL_NAME_AT;
    let length = 0;
    while (length < NAME_BYTES && this.views.bytes[at + length] !== 0) length++;
    return length;
  }
  get kind(): number {
    return this.views.ints[this.at >> 2]!;
  }
  set kind(value: number) {
    this.views.ints[this.at >> 2] = value;
  }
  get value(): number {
    return this.views.ints[(this.at >> 2) + 1]!;
  }
  set value(value: number) {
    this.views.ints[(this.at >> 2) + 1] = value;
  }
  get amount(): number {
    return this.views.doubles[(this.at >> 3) + 1]!;
  }
  set amount(value: number) {
    this.views.doubles[(this.at >> 3) + 1] = value;
  }
  /** A price in the place of the amount, 1e-8. */
  get price(): bigint {
    return this.views.longs[(this.at >> 3) + 1]!;
  }
  set price(value: bigint) {
    this.views.longs[(this.at >> 3) + 1] = value;
  }
  get atUs(): number {
    return this.views.doubles[(this.at >> 3) + 2]!;
  }
  set atUs(value: number) {
    this.views.doubles[(this.at >> 3) + 2] = value;
  }
  get number(): number {
    return this.views.ints[(this.at >> 2) + 6]!;
  }
  set number(value: number) {
    this.views.ints[(this.at >> 2) + 6] = value;
  }
  /** Length of the text behind the record, bytes. */
  get textLength(): number {
    return this.views.ints[(this.at >> 2) + 7]!;
  }
  set textLength(value: number) {
    this.views.ints[(this.at >> 2) + 7] = value;
  }
}
