import { type ChangeWords, changeWords } from "../../audit/change-text.ts";
import { decimalText } from "../../base/decimal.ts";
import { idText } from "../../base/id.ts";
import { NO_PRICE } from "../../base/units.ts";
import type { EntryView } from "../../journal/store/reader.ts";
import { TRADING_STATES } from "../../operation/session-commands.ts";
import {
  CONTROL_CHANGE,
  CONTROL_CHANGE_LASTING,
  CONTROL_CHANGE_UNTIL,
  CONTROL_CHANGES_END,
  CONTROL_CONFIGURE,
  CONTROL_KILL,
  CONTROL_NAME_AT,
  CONTROL_REFERENCE_PRICE,
  CONTROL_SESSION_TRADING,
  CONTROL_VENUE_TRADING,
} from "../../record/control-codes.ts";
import { readChanges } from "../../record/setting-changes.ts";
import type { EntryRecords } from "../../recovery/entry-records.ts";
import type { Column } from "../column.ts";
import type { OpenActions } from "../open-actions.ts";

/** One setting of an account, a symbol or the firm, or a trading state, that was changed while the gateway ran. */
export interface LimitChange extends Omit<ChangeWords, "subject"> {
  readonly subject: ChangeWords["subject"] | "venue";
  readonly timeUs: number;
  readonly by: string;
  readonly why: string | null;
  /** End of a value that has one. */
  readonly untilUs?: number;
}

const TRADING: Readonly<Record<number, "session" | "venue">> = {
  [CONTROL_SESSION_TRADING]: "session",
  [CONTROL_VENUE_TRADING]: "venue",
};

const OF_CHANGES = [
  ...[CONTROL_CHANGE, CONTROL_CHANGE_LASTING, CONTROL_CHANGE_UNTIL, CONTROL_CHANGES_END],
  CONTROL_CONFIGURE,
];

export const LIMIT_CHANGES: readonly Column<LimitChange>[] = [
  { name: "time", type: "time", source: "when the core decided", of: (row) => row.timeUs },
  { name: "subject", type: "text", source: "account, symbol, firm, session or venue", of: (row) => row.subject },
  { name: "name", type: "text", source: "of the account, symbol, session or venue", of: (row) => row.name || null },
  { name: "setting", type: "text", source: "as PATCH names it; killed, configured", of: (row) => row.setting },
  { name: "value", type: "text", source: "new value; null: the file's again", of: (row) => row.value },
  { name: "until", type: "time", source: "when it ends; null: it has no end", of: (row) => row.untilUs ?? null },
  { name: "by", type: "text", source: "who asked for it", of: (row) => row.by || null },
  { name: "why", type: "text", source: "operator's reason", of: (row) => row.why },
  { name: "result", type: "text", source: "applied, unchanged or refused", of: (row) => row.result },
];

/** The changes of an entry of the core's stream; none where it is no command that changes a setting or a trading state. */
export function limitChangesOf(entry: EntryView, records: EntryRecords, actions: OpenActions): LimitChange[] {
  const control = records.control(entry);
  const name = idText(control.views.bytes, control.at + CONTROL_NAME_AT, control.nameLength);
  const { timeUs, index } = entry;
  const { kind, value } = control;
  const of = (by: string, change: Omit<LimitChange, "timeUs" | "by" | "why">): LimitChange => {
    const names = [change.name, change.subject === "firm" ? "firm" : `${change.subject}:${change.name}`];
    return { ...change, timeUs, by, why: actions.reasonOf(by, names) };
  };
  if (kind === CONTROL_KILL)
    return [of(name, { subject: "firm", name: "", setting: "killed", value: String(value === 1), result: "applied" })];
  const subject = TRADING[kind];
  if (subject !== undefined) {
    const by = new TextDecoder().decode(records.controlText(entry));
    const state = TRADING_STATES[value] ?? `state ${value}`;
    return [of(by, { subject, name, setting: "tradingState", value: state, result: "applied" })];
  }
  if (kind === CONTROL_REFERENCE_PRICE) {
    const price = control.price === NO_PRICE ? "none" : decimalText(control.price);
    return [of("", { subject: "symbol", name, setting: "referencePrice", value: price, result: "applied" })];
  }
  if (!OF_CHANGES.includes(kind)) return [];
  const until = kind === CONTROL_CHANGE_UNTIL ? { untilUs: control.amount } : {};
  return readChanges(value, records.controlText(entry)).map((change) =>
    of(name, { ...changeWords(change, index), ...until }),
  );
}
