import { existsSync } from "node:fs";
import { FIRM, FIRM_KILLED_SETTING } from "../core/assembly/layout.ts";
import { ENTRY_CONTROL } from "../journal/layout.ts";
import { readNames } from "../journal/store/names.ts";
import { readStream } from "../journal/store/reader.ts";
import { newestSnapshot } from "../journal/store/snapshot-file.ts";
import {
  CONTROL_APPLIED,
  CONTROL_CHANGE,
  CONTROL_CHANGE_LASTING,
  CONTROL_KILL,
  CONTROL_UNCHANGED,
} from "../record/control-codes.ts";
import { readChanges } from "../record/setting-changes.ts";
import { EntryRecords } from "./entry-records.ts";

/** The kill switch of a data directory, as its journal has it. */
export interface KillSwitchState {
  readonly engaged: boolean;
  /** When it was engaged, microseconds since 1970; 0: not known. */
  readonly sinceUs: number;
}

/** Reads the kill switch of a data directory, of a running gateway too; null when the directory has no journal. Throws Damaged. */
export function killSwitchOf(dir: string): KillSwitchState | null {
  const names = existsSync(dir) ? readNames(dir) : null;
  if (names === null) return null;
  const snapshot = newestSnapshot(dir, names.birth, () => {});
  const [killed = 0, killedUs = 0] = snapshot?.numbers("killed") ?? [];
  const from = snapshot?.facts.positions.core ?? 0;
  snapshot?.close();
  let state: KillSwitchState = { engaged: killed === 1, sinceUs: killedUs };
  const records = new EntryRecords();
  const set = (engaged: boolean, timeUs: number): void => {
    if (engaged !== state.engaged) state = { engaged, sinceUs: engaged ? timeUs : 0 };
  };
  readStream(
    dir,
    "core",
    (entry) => {
      if (entry.kind !== ENTRY_CONTROL) return;
      const { kind, value } = records.control(entry);
      if (kind === CONTROL_KILL && (value === 0 || value === 1)) set(value === 1, entry.timeUs);
      // As a replay does: what changed nothing may have, where the configuration had engaged it.
      const isMade = entry.index === CONTROL_APPLIED || entry.index === CONTROL_UNCHANGED;
      if ((kind !== CONTROL_CHANGE && kind !== CONTROL_CHANGE_LASTING) || !isMade) return;
      for (const { subject, setting, value: one } of readChanges(value, records.controlText(entry)))
        if (subject === FIRM && setting === FIRM_KILLED_SETTING) set(one === 1n, entry.timeUs);
    },
    { from },
  );
  return state;
}

/** The time since when it is engaged, for a line of text; empty where it is not known. */
export function sinceText(sinceUs: number): string {
  return sinceUs === 0 ? "" : ` since ${new Date(sinceUs / 1000).toISOString()}`;
}
