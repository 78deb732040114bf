import { COUNT_ATTENTION, COUNT_KILLED, COUNT_KILLED_US, COUNT_OPEN } from "../counters.ts";
import { APPLIED, NEEDS_ATTENTION } from "../outcomes.ts";
import { counters, double, setDouble, setWord, word } from "./area.ts";
import { ATTENTION_COUNT, FAULT_TAG, KILLED, KILLED_US, OPEN_COUNT, OUTCOME } from "./layout.ts";
import { Order } from "./order.ts";

// @ts-ignore: decorator
@inline
export function count(counter: usize): void {
  const at = counters + (counter << 3);
  store<f64>(at, load<f64>(at) + 1);
}

// @ts-ignore: decorator
@inline
export function setCounter(counter: usize, value: f64): void {
  store<f64>(counters + (counter << 3), value);
}

export function showOpen(): void {
  setCounter(COUNT_OPEN, word(OPEN_COUNT));
}

export function showAttention(): void {
  setCounter(COUNT_ATTENTION, word(ATTENTION_COUNT));
}

/** True when somebody must look at the order of a report with such an outcome. */
export function needsAttention(outcome: i32): bool {
  return ((NEEDS_ATTENTION >>> outcome) & 1) === 1;
}

/** Notes what is wrong with the report that is being applied, and the tag of the field; the first one counts. */
export function note(order: Order, outcome: i32, tag: i32): void {
  if (word(OUTCOME) === APPLIED) {
    setWord(OUTCOME, outcome);
    setWord(FAULT_TAG, tag);
  }
  if (needsAttention(outcome)) markForAttention(order, outcome);
}

/** Somebody must look at the order; the first outcome counts. */
export function markForAttention(order: Order, outcome: i32): void {
  if (order.attention !== 0) return;
  order.attention = outcome;
  setWord(ATTENTION_COUNT, word(ATTENTION_COUNT) + 1);
  showAttention();
}

/** Somebody has looked at an order that needed attention. */
export function release(order: Order): void {
  order.attention = 0;
  setWord(ATTENTION_COUNT, word(ATTENTION_COUNT) - 1);
  showAttention();
}

// @ts-ignore: decorator
@inline
export function isKilled(): bool {
  return word(KILLED) !== 0;
}

/** Sets the kill switch; `timeUs` is when, 0 where that is not known. An engaged one keeps its time. */
export function setKilled(killed: bool, timeUs: f64): void {
  if (killed !== isKilled()) setDouble(KILLED_US, killed ? timeUs : 0);
  setWord(KILLED, killed ? 1 : 0);
  setCounter(COUNT_KILLED, killed ? 1 : 0);
  setCounter(COUNT_KILLED_US, double(KILLED_US));
}
