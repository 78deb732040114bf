import {
  CONTROL_CANCEL_ORDER,
  CONTROL_CLOSE_ORDER,
  CONTROL_KILL,
  CONTROL_REFERENCE_PRICE,
} from "../record/control-codes.ts";
import type { Command } from "./command-ring.ts";

/** A command in words, for the log. */
export function commandText({ kind, value, amount, name }: Command): string {
  if (kind === CONTROL_KILL) return value === 1 ? "engage the kill switch" : "release the kill switch";
  if (kind === CONTROL_REFERENCE_PRICE) return `set the reference price of ${name}`;
  if (kind === CONTROL_CANCEL_ORDER) return `cancel order ${amount} at its venue`;
  if (kind === CONTROL_CLOSE_ORDER) return `close order ${amount} in the books`;
  return `command ${kind}`;
}
