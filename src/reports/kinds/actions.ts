import type { ActionRecord } from "../../control/action-record.ts";
import type { Column, Value } from "../column.ts";

/** What an operator did: an action with all that the journal says about it, or a command alone (a signal's, or one of a start). */
export interface Action {
  readonly timeUs: number;
  /** Client session or venue whose numbers were set, or "". */
  readonly party: string;
  /** Null: the text is all that there is. */
  readonly record: ActionRecord | null;
  readonly text: string;
}

export const OPERATOR_ACTIONS: readonly Column<Action>[] = [
  { name: "time", type: "time", source: "when it was asked for", of: (row) => row.timeUs },
  { name: "id", type: "text", source: "the action's number", of: (row) => textOf(row.record?.id) },
  { name: "who", type: "text", source: "operator", of: (row) => textOf(row.record?.who) },
  { name: "from", type: "text", source: "how known, and where from", of: (row) => textOf(row.record?.from) },
  { name: "action", type: "text", source: "kind of action", of: (row) => textOf(row.record?.action) },
  { name: "target", type: "text", source: "what it is about", of: (row) => row.record?.target || row.party || null },
  { name: "old", type: "text", source: "value before, JSON", of: (row) => jsonOf(row.record?.old) },
  { name: "new", type: "text", source: "value asked for, JSON", of: (row) => jsonOf(row.record?.new) },
  { name: "why", type: "text", source: "reason that was given", of: (row) => textOf(row.record?.why) },
  { name: "confirmedBy", type: "text", source: "second person", of: (row) => textOf(row.record?.confirmedBy) },
  { name: "result", type: "text", source: "null: the journal has none", of: (row) => textOf(row.record?.result) },
  { name: "text", type: "text", source: "as journal print says it", of: (row) => row.text },
];

function textOf(value: string | number | undefined): Value {
  return value === undefined || value === "" ? null : String(value);
}

function jsonOf(value: unknown): Value {
  return value === undefined ? null : JSON.stringify(value);
}
