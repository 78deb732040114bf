import type { Views } from "../base/views.ts";

/*  Control: what the main thread tells the core; each one is journalled, so that a restart knows it. 64 bytes.
 *
 *  byte 0     4        8          16        24       32 (name)                              64
 *       ┌─────┬────────┬──────────┬─────────┬────────┬─────────────────────────────────────┐
 *       │kind │value   │amount    │atUs     │        │ symbol or account, zero padded      │
 *       └─────┴────────┴──────────┴─────────┴────────┴─────────────────────────────────────┘
 */
export const CONTROL_BYTES = 64;
export const CONTROL_NAME_AT = 32;

/** Kill switch: value 1 blocks every new order and replace, 0 releases. Cancels always pass. */
export const CONTROL_KILL = 1;
/** Reference price of the symbol in `name`: amount in 1e-8. */
export const CONTROL_REFERENCE_PRICE = 2;

/** A view of one Control record; owns nothing, is re-aimed with `aim`. */
export class Control {
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
  get atUs(): number {
    return this.views.doubles[(this.at >> 3) + 2]!;
  }
  set atUs(value: number) {
    this.views.doubles[(this.at >> 3) + 2] = value;
  }
}
