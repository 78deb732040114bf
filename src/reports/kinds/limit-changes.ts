import { type ChangeWords, changeWords } from "../../audit/change-text.ts";
import { decimalText } from "../../base/decimal.ts";
import { idText } from "../../base/id.ts";
import { NO_PRICE } from "../../base/units.ts";
import type { EntryView } from "../../journal/store/reader.ts";
import { CONTROL_CHANGE, CONTROL_NAME_AT, CONTROL_REFERENCE_PRICE } from "../../record/control-codes.ts";
import { readChanges } from "../../record/setting-changes.ts";
import type { EntryRecords } from "../../recovery/entry-records.ts";
import type { Column } from "../column.ts";

/** One setting of an account, a symbol or the firm that was changed while the gateway ran. */
export interface LimitChange extends ChangeWords {
  readonly timeUs: number;
  readonly by: string;
}

export const LIMIT_CHANGES: readonly Column<LimitChange>[] = [
  { name: "time", type: "time", source: "when the core decided", of: (row) => row.timeUs },
  { name: "subject", type: "text", source: "account, symbol or firm", of: (row) => row.subject },
  { name: "name", type: "text", source: "of the account or symbol", of: (row) => row.name || null },
  { name: "setting", type: "text", source: "as PATCH names it", of: (row) => row.setting },
  { name: "value", type: "text", source: "new value; null: the file's again", of: (row) => row.value },
  { name: "by", type: "text", source: "who asked for it", of: (row) => row.by || null },
  { name: "result", type: "text", source: "applied, unchanged or refused", of: (row) => row.result },
];

/** The changes of an entry of the core's stream; none where it is no command that changes a setting. */
export function limitChangesOf(entry: EntryView, records: EntryRecords): LimitChange[] {
  const control = records.control(entry);
  const name = idText(control.views.bytes, control.at + CONTROL_NAME_AT, control.nameLength);
  const { timeUs, index } = entry;
  if (control.kind === CONTROL_REFERENCE_PRICE) {
    const value = control.price === NO_PRICE ? "none" : decimalText(control.price);
    return [{ timeUs, by: "", subject: "symbol", name, setting: "referencePrice", value, result: "applied" }];
  }
  if (control.kind !== CONTROL_CHANGE) return [];
  const changes = readChanges(control.value, records.controlText(entry));
  return changes.map((change) => ({ timeUs, by: name, ...changeWords(change, index) }));
}
