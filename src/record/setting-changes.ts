import {
  CHANGE_ANY_VERSION,
  CHANGE_IN_FILE,
  CHANGE_NAME_AT,
  CHANGE_RESETS,
  CHANGE_STRUCTURE,
  CONTROL_TEXT_BYTES,
  MOST_CHANGES,
} from "./control-codes.ts";

/** One change of a setting, or of what is configured, as the core takes it (core/assembly/change.ts). */
export interface CoreChange {
  /** ACCOUNTS, SYMBOLS, FIRM or SESSIONS. */
  readonly subject: number;
  /** Of the account, symbol or client session; "" for the firm. */
  readonly name: string;
  /** Its number; of a change of what is configured STRUCTURE_…. */
  readonly setting: number;
  /** Null: the file's value holds again. */
  readonly value: bigint | null;
  /** It is the file's value that changes: an operator's stays. */
  readonly inFile?: true;
  /** It is no setting that changes, but what is configured. */
  readonly isStructure?: true;
  /** Version that the account or symbol must have; absent: any. What the change of a symbol says besides its value. */
  readonly version?: number;
}

/** The text of a command that makes these changes; null when there are too many. `isShort`: only the first change of a name repeats the name. */
export function changesText(changes: readonly CoreChange[], isShort = false): Uint8Array | null {
  const rows = changes.map((change, i) => {
    const before = changes[i - 1];
    const isSame = isShort && before?.subject === change.subject && before.name === change.name;
    return rowOf(isSame ? { ...change, name: "" } : change);
  });
  const text = new Uint8Array(rows.reduce((bytes, { length }) => bytes + length, 0));
  if (changes.length > MOST_CHANGES || text.length > CONTROL_TEXT_BYTES) return null;
  let at = 0;
  for (const row of rows) {
    text.set(row, at);
    at += row.length;
  }
  return text;
}

/** The changes of a command's text. Stops at what is none. */
export function readChanges(count: number, text: Uint8Array): CoreChange[] {
  const view = new DataView(text.buffer, text.byteOffset, text.length);
  const changes: CoreChange[] = [];
  let at = 0;
  let name = "";
  for (let i = 0; i < count && at + CHANGE_NAME_AT <= text.length; i++) {
    const subject = view.getInt32(at, true);
    const setting = view.getInt32(at + 4, true);
    const length = view.getInt32(at + 20, true);
    const version = view.getInt32(at + 16, true);
    // A change without a name has that of the one before it.
    if (length > 0 || changes.at(-1)?.subject !== subject)
      name = Buffer.from(text.subarray(at + CHANGE_NAME_AT, at + CHANGE_NAME_AT + length)).toString("latin1");
    changes.push({
      subject,
      name,
      setting: setting & ~(CHANGE_RESETS | CHANGE_IN_FILE | CHANGE_STRUCTURE),
      value: (setting & CHANGE_RESETS) === 0 ? view.getBigInt64(at + 8, true) : null,
      ...((setting & CHANGE_IN_FILE) === 0 ? {} : { inFile: true as const }),
      ...((setting & CHANGE_STRUCTURE) === 0 ? {} : { isStructure: true as const }),
      ...(version === CHANGE_ANY_VERSION ? {} : { version }),
    });
    at += CHANGE_NAME_AT + wholeWords(length);
  }
  return changes;
}

function rowOf(change: CoreChange): Uint8Array {
  const { subject, name, setting, value, inFile, isStructure, version = CHANGE_ANY_VERSION } = change;
  const bits =
    (value === null ? CHANGE_RESETS : 0) |
    (inFile === true ? CHANGE_IN_FILE : 0) |
    (isStructure === true ? CHANGE_STRUCTURE : 0);
  const bytes = Buffer.from(name, "latin1");
  const row = new Uint8Array(CHANGE_NAME_AT + wholeWords(bytes.length));
  const view = new DataView(row.buffer);
  view.setInt32(0, subject, true);
  view.setInt32(4, setting | bits, true);
  view.setBigInt64(8, value ?? 0n, true);
  view.setInt32(16, version, true);
  view.setInt32(20, bytes.length, true);
  row.set(bytes, CHANGE_NAME_AT);
  return row;
}

function wholeWords(bytes: number): number {
  return (bytes + 7) & ~7;
}
