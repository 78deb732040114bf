import {
  CONTROL_CHANGE,
  CONTROL_CHANGE_UNTIL,
  CONTROL_CHANGES_END,
  CONTROL_CONFIGURE,
} from "../record/control-codes.ts";
import { type CoreChange, changesText } from "../record/setting-changes.ts";
import type { Command } from "./command-ring.ts";

/** The command that makes these changes, all of them or none; null when there are too many. */
export function changeCommand(changes: readonly CoreChange[], by: string): Command | null {
  const text = changesText(changes);
  return text === null ? null : { kind: CONTROL_CHANGE, value: changes.length, name: by, text };
}

/** The same; the values hold until this time, and then those that held before. */
export function changeUntilCommand(changes: readonly CoreChange[], by: string, untilUs: number): Command | null {
  const command = changeCommand(changes, by);
  return command === null ? null : { ...command, kind: CONTROL_CHANGE_UNTIL, amount: untilUs };
}

/** Ends values before their time; what holds then is nothing that a change says. */
export function endCommand(changes: readonly CoreChange[], by: string): Command | null {
  const command = changeCommand(changes, by);
  return command === null ? null : { ...command, kind: CONTROL_CHANGES_END, amount: 1 };
}

/** The same of what is configured, and of the file's values of settings. Changes of a name that one of them adds stand behind that one. */
export function configureCommand(changes: readonly CoreChange[], by: string): Command | null {
  const text = changesText(changes, true);
  return text === null ? null : { kind: CONTROL_CONFIGURE, value: changes.length, name: by, text };
}
