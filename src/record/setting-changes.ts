import {
  CHANGE_ANY_VERSION,
  CHANGE_IN_FILE,
  CHANGE_NAME_AT,
  CHANGE_RESETS,
  CONTROL_TEXT_BYTES,
  MOST_CHANGES,
} from "./control-codes.ts";

/** One change of a setting, as the core takes it (core/assembly/changes.ts). */
export interface CoreChange {
  /** ACCOUNTS, SYMBOLS or FIRM. */
  readonly subject: number;
  /** Of the account or symbol; "" for the firm. */
  readonly name: string;
  readonly setting: number;
  /** Null: the file's value holds again. */
  readonly value: bigint | null;
  /** It is the file's value that changes: an operator's stays. */
  readonly inFile?: true;
  /** Version that the account or symbol must have; absent: any. */
  readonly version?: number;
}

/** The text of a command that makes these changes; null when there are too many. */
export function changesText(changes: readonly CoreChange[]): Uint8Array | null {
  const rows = changes.map(rowOf);
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
  for (let i = 0; i < count && at + CHANGE_NAME_AT <= text.length; i++) {
    const setting = view.getInt32(at + 4, true);
    const length = view.getInt32(at + 20, true);
    const version = view.getInt32(at + 16, true);
    changes.push({
      subject: view.getInt32(at, true),
      name: Buffer.from(text.subarray(at + CHANGE_NAME_AT, at + CHANGE_NAME_AT + length)).toString("latin1"),
      setting: setting & ~(CHANGE_RESETS | CHANGE_IN_FILE),
      value: (setting & CHANGE_RESETS) === 0 ? view.getBigInt64(at + 8, true) : null,
      ...((setting & CHANGE_IN_FILE) === 0 ? {} : { inFile: true as const }),
      ...(version === CHANGE_ANY_VERSION ? {} : { version }),
    });
    at += CHANGE_NAME_AT + wholeWords(length);
  }
  return changes;
}

function rowOf({ subject, name, setting, value, inFile, version = CHANGE_ANY_VERSION }: CoreChange): Uint8Array {
  const bytes = Buffer.from(name, "latin1");
  const row = new Uint8Array(CHANGE_NAME_AT + wholeWords(bytes.length));
  const view = new DataView(row.buffer);
  view.setInt32(0, subject, true);
  view.setInt32(4, setting | (value === null ? CHANGE_RESETS : 0) | (inFile === true ? CHANGE_IN_FILE : 0), true);
  view.setBigInt64(8, value ?? 0n, true);
  view.setInt32(16, version, true);
  view.setInt32(20, bytes.length, true);
  row.set(bytes, CHANGE_NAME_AT);
  return row;
}

function wholeWords(bytes: number): number {
  return (bytes + 7) & ~7;
}
