import { CONTROL_KILL, CONTROL_REFERENCE_PRICE } from "../record/control.ts";
import type { Command } from "./command-ring.ts";

/** A command in words, for the log. */
export function commandText({ kind, value, name }: Command): string {
  if (kind === CONTROL_KILL) return value === 1 ? "engage the kill switch" : "release the kill switch";
  if (kind === CONTROL_REFERENCE_PRICE) return `set the reference price of ${name}`;
  return `command ${kind}`;
}
