import { NONE } from "../base/units.ts";
import type { Control } from "../record/control.ts";
import type { ControlAnswer } from "../record/control-answer.ts";
import {
  CONTROL_APPLIED,
  CONTROL_BAD_VALUE,
  CONTROL_KILL,
  CONTROL_NAME_AT,
  CONTROL_REFERENCE_PRICE,
  CONTROL_UNCHANGED,
  CONTROL_UNKNOWN_NAME,
} from "../record/control-codes.ts";
import { COUNT_KILLED, COUNT_KILLED_US } from "./counters.ts";
import type { State } from "./state.ts";

/** One kind of command from the control plane. */
interface Command {
  /**
   * Applies a command to the state and sets the answer's value.
   * Returns  the answer's result.
   */
  apply(state: State, control: Control, timeUs: number, answer: ControlAnswer): number;
}

/** Engages the kill switch (value 1) or releases it (0); the answer's value says how it is. */
class KillSwitch implements Command {
  apply(state: State, control: Control, timeUs: number, answer: ControlAnswer): number {
    const value = control.value;
    if (value !== 0 && value !== 1) return CONTROL_BAD_VALUE;
    const before = state.risk.killed;
    setKilled(state, value === 1, timeUs);
    answer.value = value;
    return before === state.risk.killed ? CONTROL_UNCHANGED : CONTROL_APPLIED;
  }
}

/** Sets the reference price of a symbol; from then on the configuration's no longer counts. */
class ReferencePrice implements Command {
  apply(state: State, control: Control, _timeUs: number, _answer: ControlAnswer): number {
    const symbol = state.symbolNames.find(control.views.ints, control.at + CONTROL_NAME_AT, control.nameLength);
    if (symbol === NONE) return CONTROL_UNKNOWN_NAME;
    const priceE8 = control.amount;
    if (!(priceE8 >= 0 && priceE8 <= Number.MAX_SAFE_INTEGER)) return CONTROL_BAD_VALUE;
    const same = state.symbols.isInstructed(symbol) && state.symbols.reference(symbol) === priceE8;
    state.symbols.instruct(symbol, priceE8);
    return same ? CONTROL_UNCHANGED : CONTROL_APPLIED;
  }
}

/** Every command that the core knows, by kind. */
export const COMMANDS: (Command | undefined)[] = [];
COMMANDS[CONTROL_KILL] = new KillSwitch();
COMMANDS[CONTROL_REFERENCE_PRICE] = new ReferencePrice();

/** Sets the kill switch; `timeUs` is when, 0 where that is not known. An engaged one keeps its time. */
export function setKilled(state: State, killed: boolean, timeUs: number): void {
  const risk = state.risk;
  if (killed !== risk.killed) risk.killedUs = killed ? timeUs : 0;
  risk.killed = killed;
  state.counters[COUNT_KILLED] = killed ? 1 : 0;
  state.counters[COUNT_KILLED_US] = risk.killedUs;
}
