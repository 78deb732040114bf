import { Control, ControlAnswer } from "../../record/assembly/control.ts";
import { NO_PRICE } from "../../record/assembly/units.ts";
import {
  CONTROL_APPLIED,
  CONTROL_BAD_VALUE,
  CONTROL_CANCEL_ORDER,
  CONTROL_CLOSE_ORDER,
  CONTROL_KILL,
  CONTROL_OPERATOR_ACTION,
  CONTROL_REFERENCE_PRICE,
  CONTROL_UNCHANGED,
  CONTROL_UNKNOWN_KIND,
  CONTROL_UNKNOWN_NAME,
} from "../../record/control-codes.ts";
import { NONE } from "./codes.ts";
import { symbolNames } from "./names.ts";
import { operatorCancel } from "./operator-cancel.ts";
import { isKilled, setKilled } from "./state.ts";
import { instruct, symbolAt } from "./symbols.ts";

/** Applies a command, and sets the answer's value. Returns the answer's result. */
export function applyCommand(control: Control, timeUs: f64, answer: ControlAnswer): i32 {
  const kind = control.kind;
  if (kind === CONTROL_KILL) return kill(control, timeUs, answer);
  if (kind === CONTROL_REFERENCE_PRICE) return referencePrice(control);
  if (kind === CONTROL_CANCEL_ORDER || kind === CONTROL_CLOSE_ORDER) return operatorCancel(control, timeUs, answer);
  if (kind === CONTROL_OPERATOR_ACTION) return CONTROL_APPLIED;
  return CONTROL_UNKNOWN_KIND;
}

/** Engages the kill switch (value 1) or releases it (0); the answer's value says how it is. */
function kill(control: Control, timeUs: f64, answer: ControlAnswer): i32 {
  const value = control.value;
  if (value !== 0 && value !== 1) return CONTROL_BAD_VALUE;
  const before = isKilled();
  setKilled(value === 1, timeUs);
  answer.value = value;
  return before === isKilled() ? CONTROL_UNCHANGED : CONTROL_APPLIED;
}

/** Sets the reference price of a symbol; from then on the configuration's no longer counts. */
function referencePrice(control: Control): i32 {
  const symbol = symbolNames().find(control.nameAt, control.nameLength);
  if (symbol === NONE) return CONTROL_UNKNOWN_NAME;
  const priceE8 = control.price;
  const row = symbolAt(symbol);
  if (priceE8 !== NO_PRICE && !row.canRefer(priceE8)) return CONTROL_BAD_VALUE;
  const same = row.isInstructed === 1 && row.reference === priceE8;
  instruct(symbol, priceE8);
  return same ? CONTROL_UNCHANGED : CONTROL_APPLIED;
}
