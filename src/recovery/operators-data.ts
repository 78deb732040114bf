import { ACCOUNTS, ORDER_BYTES, SETTING_BYTES } from "../core/assembly/layout.ts";
import { OVERRIDES_SECTION } from "../core/kept-overrides.ts";
import { TEMPORARIES_SECTION } from "../core/kept-temporaries.ts";
import { hasAssigned, UNMATCHED_SECTION } from "../core/kept-unmatched.ts";
import { levelOf, type RowLevel } from "../core/level-rows.ts";
import { KEPT_LONGS } from "../core/position-table.ts";
import { ENTRY_CONTROL, ENTRY_REPORT } from "../journal/layout.ts";
import { readNames } from "../journal/store/names.ts";
import { readStream } from "../journal/store/reader.ts";
import { newestSnapshot, type SnapshotReader } from "../journal/store/snapshot-file.ts";
import { DECIDING_MARKS, REPORT_RULES, REPORT_RULES_BITS } from "../record/codes.ts";
import {
  CONTROL_APPLIED,
  CONTROL_CHANGE,
  CONTROL_CHANGE_LASTING,
  CONTROL_CHANGE_UNTIL,
  CONTROL_CHANGES_END,
  CONTROL_UNCHANGED,
} from "../record/control-codes.ts";
import { type CoreChange, readChanges } from "../record/setting-changes.ts";
import { EntryRecords } from "./entry-records.ts";

/** What operators have left in a data directory, as the next start takes it up. */
export interface OperatorsData {
  /** Kinds of the commands behind the newest snapshot. */
  readonly kinds: ReadonlySet<number>;
  /** Settings that hold in the place of the file's. */
  readonly settings: readonly HeldSetting[];
  /** The newest snapshot keeps a position from before its trading day: an operator's, or the end of a day before. */
  readonly keepsPositions: boolean;
  /** The newest rules (REPORT_RULES) by which something there was decided; 0: what every version decides alike. */
  readonly rules: number;
  /** The newest snapshot keeps values that end; overrides of checks. */
  readonly keepsTemporary: boolean;
  /** Marks of venues' reports behind the newest snapshot, by which a replay applies them: bits. */
  readonly marks: number;
  readonly keepsOverrides: boolean;
  /** It keeps unmatched reports that were assigned. */
  readonly keepsAssigned: boolean;
}

/** What a setting is of, and its number. */
export interface HeldSetting {
  readonly subject: number;
  readonly setting: number;
  /** Of a client, a client session, a trader or a currency, whose rows are among those of accounts. */
  readonly level?: RowLevel;
}

// Of a setting in a snapshot (core/kept-settings.ts), words: subject, index, setting; then the row without the file's value.
const KEPT_WORDS = 3 + SETTING_BYTES / 4 - 2;
const KEPT_SETTING = 2;
const KEPT_IS_SET = 3 + 4;
// Of a position in a snapshot (core/kept-exposure.ts), longs: account and symbol; then the day, and both parts of start and of today.
const POSITION_NAMES = 2;
const START_LONGS = [1, 3];
// Of an order in a snapshot (core/assembly/order.ts): the byte with its flags, and those that the rules of status and silence set.
const ORDER_FLAGS_AT = 187;
const RULED_FLAGS = 0x38;

const OF_SETTINGS = [CONTROL_CHANGE, CONTROL_CHANGE_LASTING, CONTROL_CHANGE_UNTIL, CONTROL_CHANGES_END];

/** Reads it from the journal and the newest snapshot, of a running gateway too. Throws Damaged. */
export function operatorsDataOf(dir: string): OperatorsData {
  const kinds = new Set<number>();
  const held = new Map<string, Named>();
  const names = readNames(dir);
  if (names === null)
    return {
      kinds,
      settings: [],
      keepsPositions: false,
      keepsTemporary: false,
      keepsOverrides: false,
      keepsAssigned: false,
      rules: 0,
      marks: 0,
    };
  const snapshot = newestSnapshot(dir, names.birth, () => {});
  const from = snapshot?.facts.positions.core ?? 0;
  if (snapshot !== null) for (const one of keptSettings(snapshot)) held.set(keyOf(one), one);
  const keepsPositions = snapshot !== null && keepsStart(snapshot);
  let rules = snapshot !== null && keepsRuled(snapshot) ? REPORT_RULES : 0;
  const keeps = (section: string): boolean => snapshot?.has(section) === true && snapshot.length(section) > 0;
  const keepsTemporary = keeps(TEMPORARIES_SECTION);
  const keepsOverrides = keeps(OVERRIDES_SECTION);
  const keepsAssigned = keeps(UNMATCHED_SECTION) && hasAssigned(snapshot!);
  snapshot?.close();
  const records = new EntryRecords();
  let marks = 0;
  readStream(
    dir,
    "core",
    (entry) => {
      if (entry.kind === ENTRY_REPORT) {
        const said = records.venueReport(entry).rules;
        rules = Math.max(rules, said & REPORT_RULES_BITS);
        marks |= said & DECIDING_MARKS;
      }
      if (entry.kind !== ENTRY_CONTROL) return;
      const { kind, value } = records.control(entry);
      kinds.add(kind);
      const isMade = entry.index === CONTROL_APPLIED || entry.index === CONTROL_UNCHANGED;
      if (!OF_SETTINGS.includes(kind) || !isMade) return;
      for (const change of readChanges(value, records.controlText(entry))) {
        if (change.inFile === true) continue;
        if (change.value === null) held.delete(keyOf(change));
        else held.set(keyOf(change), change);
      }
    },
    { from },
  );
  const settings = [...held.values()].map(heldSetting);
  return { kinds, settings, keepsPositions, keepsTemporary, keepsOverrides, keepsAssigned, rules, marks };
}

type Named = Pick<CoreChange, "subject" | "name" | "setting">;

function heldSetting({ subject, name, setting }: Named): HeldSetting {
  const { level } = levelOf(subject === ACCOUNTS ? name : "");
  return level === "account" || level === "firm" ? { subject, setting } : { subject, setting, level };
}

function keyOf({ subject, name, setting }: Named): string {
  return `${subject} ${setting} ${name}`;
}

/** Settings that a snapshot holds as set. */
function keptSettings(snapshot: SnapshotReader): Named[] {
  if (!snapshot.has("settings")) return [];
  const kept = new Int32Array(snapshot.length("settings"));
  snapshot.words("settings", kept);
  const names = [namesOf(snapshot, "accountNames"), namesOf(snapshot, "symbolNames")];
  const found: Named[] = [];
  for (let at = 0; at < kept.length; at += KEPT_WORDS) {
    if (kept[at + KEPT_IS_SET] !== 1) continue;
    const subject = kept[at]!;
    found.push({ subject, setting: kept[at + KEPT_SETTING]!, name: names[subject]?.[kept[at + 1]!] ?? "" });
  }
  return found;
}

/** A position at the start of the trading day that is not 0. */
function keepsStart(snapshot: SnapshotReader): boolean {
  if (!snapshot.has("positions")) return false;
  const words = new Int32Array(snapshot.length("positions"));
  snapshot.words("positions", words);
  const longs = new BigInt64Array(words.buffer);
  for (let at = POSITION_NAMES; at < longs.length; at += POSITION_NAMES + KEPT_LONGS)
    if (START_LONGS.some((long) => longs[at + long] !== 0n)) return true;
  return false;
}

/** An order of which something is noted that versions without the rules would misread. */
function keepsRuled(snapshot: SnapshotReader): boolean {
  if (!snapshot.has("orders")) return false;
  const words = new Int32Array(snapshot.length("orders"));
  snapshot.words("orders", words);
  const bytes = new Uint8Array(words.buffer);
  for (let at = ORDER_FLAGS_AT; at < bytes.length; at += ORDER_BYTES) if ((bytes[at]! & RULED_FLAGS) !== 0) return true;
  return false;
}

function namesOf(snapshot: SnapshotReader, section: string): string[] {
  const lengths = snapshot.numbers(section);
  const words = new Int32Array(snapshot.length(section));
  snapshot.words(section, words);
  const bytes = Buffer.from(words.buffer);
  const stride = lengths.length === 0 ? 0 : bytes.length / lengths.length;
  return lengths.map((length, i) => bytes.toString("latin1", i * stride, i * stride + length));
}
