import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BaselineState } from "./baseline.ts";
import type { Alarm } from "./book.ts";
import type { Waiting } from "./delivery.ts";
import type { Silence } from "./silences.ts";

/** In the data directory, replaced as a whole. */
export const ALARMS_FILE = "alarms.json";
const VERSION = 1;

/** What the alarms know and a restart must keep. */
export interface AlarmState {
  readonly nextId: number;
  readonly open: readonly Alarm[];
  readonly resolved: readonly Alarm[];
  readonly silences: readonly Silence[];
  /** By receiver: events that it has not taken yet. */
  readonly waiting: Readonly<Record<string, readonly Waiting[]>>;
  /** By stage. */
  readonly baselines: Readonly<Record<string, BaselineState>>;
}

/** The state of the run before, or null when there is none. Throws an error of one line when the file is not ours. */
export function readAlarmState(dir: string): AlarmState | null {
  const path = join(dir, ALARMS_FILE);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  const read = JSON.parse(text) as { version?: unknown } & AlarmState;
  if (read.version !== VERSION) throw new Error(`${path}: expected version ${VERSION}, got ${String(read.version)}`);
  return read;
}

export function writeAlarmState(dir: string, state: AlarmState): void {
  const path = join(dir, ALARMS_FILE);
  writeFileSync(`${path}.new`, JSON.stringify({ version: VERSION, ...state }), { mode: 0o640 });
  renameSync(`${path}.new`, path);
}
