import { ActionParts, type ActionRecord } from "../control/action-record.ts";
import { ENTRY_CONTROL } from "../journal/layout.ts";
import { StreamReader } from "../journal/store/reader.ts";
import { CONTROL_OPERATOR_ACTION } from "../record/control-codes.ts";
import { EntryRecords } from "../recovery/entry-records.ts";
import { positionBefore } from "./positions.ts";
import type { Ends } from "./read.ts";

/** Which action is looked for: the one that led to a command of the core. */
export interface ActionQuestion {
  /** When the core took the command, microseconds since 1970. */
  readonly atUs: number;
  readonly who: string;
  /** What it may have been, by its name, and what it was about. */
  readonly about: readonly { readonly action: string; readonly target: string }[];
}

/** An action is journalled right before its command; a command has an answer within 5 s. */
const BEFORE_US = 30_000_000;
const KEPT_BYTES = 30;

/** The last action before the command that fits, or null; the journal may have it no more. */
export function readAction(dir: string, { atUs, who, about }: ActionQuestion, until: Ends = {}): ActionRecord | null {
  const from = positionBefore(dir, "core", atUs - BEFORE_US);
  const reader = new StreamReader(dir, "core", { partial: true, from, until: until.core });
  const records = new EntryRecords();
  const parts = new ActionParts();
  let found: ActionRecord | null = null;
  try {
    for (let entry = reader.next(); entry !== null && entry.timeUs <= atUs; entry = reader.next()) {
      if (entry.kind !== ENTRY_CONTROL) continue;
      const { kind, amount, value } = records.control(entry);
      if (kind !== CONTROL_OPERATOR_ACTION) continue;
      const record = parts.take(amount, value, records.controlText(entry));
      if (record === null || record.phase !== "asked" || !isWho(record.who, who)) continue;
      if (about.some(({ action, target }) => record.action === action && isAbout(record.target, target)))
        found = record;
    }
  } finally {
    reader.close();
  }
  return found;
}

/** A change of many settings names them all. */
function isAbout(targets: string, target: string): boolean {
  return targets === target || targets.split(", ").includes(target);
}

/** The core keeps the first bytes of who it was. */
function isWho(whole: string, kept: string): boolean {
  return whole === kept || (Buffer.byteLength(kept) >= KEPT_BYTES && whole.startsWith(kept));
}
